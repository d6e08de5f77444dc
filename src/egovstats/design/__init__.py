"""How people were sampled: weights, strata, PSUs, population sizes."""

from egovstats.design.design import Design, Domains

__all__ = ["Design", "Domains"]
