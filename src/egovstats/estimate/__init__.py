"""Estimates of totals, means, shares and ratios, with their joint covariance."""

from egovstats.estimate.mean import mean
from egovstats.estimate.proportion import proportion
from egovstats.estimate.ratio import ratio
from egovstats.estimate.topline import Topline, topline
from egovstats.estimate.total import total

__all__ = ["Topline", "mean", "proportion", "ratio", "topline", "total"]
