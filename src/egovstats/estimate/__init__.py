"""Estimates of totals, means, shares, ratios, quantiles and variances, with their joint covariance."""

from egovstats.estimate.crosstab import Crosstab, crosstab
from egovstats.estimate.distribution import distribution
from egovstats.estimate.mean import mean
from egovstats.estimate.net import item_difference, net
from egovstats.estimate.proportion import proportion
from egovstats.estimate.quantile import Quantiles, quantile
from egovstats.estimate.ratio import ratio
from egovstats.estimate.topline import Topline, topline
from egovstats.estimate.total import total
from egovstats.estimate.variance import correlation, population_variance

__all__ = [
    "Crosstab",
    "Quantiles",
    "Topline",
    "correlation",
    "crosstab",
    "distribution",
    "item_difference",
    "mean",
    "net",
    "population_variance",
    "proportion",
    "quantile",
    "ratio",
    "topline",
    "total",
]
