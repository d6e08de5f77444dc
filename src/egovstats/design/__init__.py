"""How people were sampled: weights, strata, PSUs, population sizes."""

from egovstats.design.calibrate import calibrate
from egovstats.design.calibrated import CalibratedDesign
from egovstats.design.design import Design, Domains
from egovstats.design.lazy import LazyDesign
from egovstats.design.poststratify import adjust_nonresponse, poststratify, standardise
from egovstats.design.raking import rake
from egovstats.design.replicate import ReplicateDesign
from egovstats.design.resampling import bootstrap, brr, jackknife
from egovstats.design.trimming import trim, weight_diagnostics

__all__ = [
    "CalibratedDesign",
    "Design",
    "Domains",
    "LazyDesign",
    "ReplicateDesign",
    "adjust_nonresponse",
    "bootstrap",
    "brr",
    "calibrate",
    "jackknife",
    "poststratify",
    "rake",
    "standardise",
    "trim",
    "weight_diagnostics",
]
