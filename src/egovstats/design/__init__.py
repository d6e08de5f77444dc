"""How people were sampled: weights, strata, PSUs, population sizes."""

from egovstats.design.design import Design, Domains
from egovstats.design.replicate import ReplicateDesign, bootstrap, brr, jackknife

__all__ = ["Design", "Domains", "ReplicateDesign", "bootstrap", "brr", "jackknife"]
