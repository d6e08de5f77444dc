"""How people were sampled: weights, strata, PSUs, population sizes."""

from egovstats.design.calibrate import (
    adjust_nonresponse,
    calibrate,
    poststratify,
    rake,
    standardise,
    trim,
    weight_diagnostics,
)
from egovstats.design.calibrated import CalibratedDesign
from egovstats.design.design import Design, Domains
from egovstats.design.lazy import LazyDesign
from egovstats.design.replicate import ReplicateDesign, bootstrap, brr, jackknife

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
