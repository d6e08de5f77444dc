"""Questions asked of estimates: did it change, by how much, how sure is that, and is it a trend."""

from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import Changes, change
from egovstats.inference.chi_square import ChiSquareTest, ChiSquareTests, chi_square
from egovstats.inference.contrast import contrast
from egovstats.inference.distribution_change import DistributionChange, distribution_change
from egovstats.inference.equivalence import equivalence
from egovstats.inference.max_t import max_t, max_t_quantile, max_t_tail
from egovstats.inference.published import newcombe_difference, published_change, tost_two_proportions
from egovstats.inference.published_interval import margin_of_error, proportion_interval
from egovstats.inference.published_power import n_for_significance, n_two_proportions
from egovstats.inference.published_share import PublishedShare
from egovstats.inference.published_summary import p_from_statistic, pool
from egovstats.inference.published_table import published_distribution_change
from egovstats.inference.published_trend import published_trend
from egovstats.inference.superiority import superiority
from egovstats.inference.trend import Trend, trend
from egovstats.inference.wald import wald_test
from egovstats.inference.wasserstein import wasserstein

__all__ = [
    "Changes",
    "ChiSquareTest",
    "ChiSquareTests",
    "DistributionChange",
    "PublishedShare",
    "Trend",
    "change",
    "chi_square",
    "contrast",
    "distribution_change",
    "equivalence",
    "margin_of_error",
    "max_t",
    "max_t_quantile",
    "max_t_tail",
    "n_for_significance",
    "n_two_proportions",
    "newcombe_difference",
    "p_adjust",
    "p_from_statistic",
    "pool",
    "proportion_interval",
    "published_change",
    "published_distribution_change",
    "published_trend",
    "superiority",
    "tost_two_proportions",
    "trend",
    "wald_test",
    "wasserstein",
]
