"""Questions asked of estimates: did it change, by how much, how sure is that, and is it a trend."""

from egovstats.inference.adjust import p_adjust
from egovstats.inference.answer_trend import AnswerTrend, answer_trend
from egovstats.inference.apc_bounds import CohortBounds, apc_bounds
from egovstats.inference.battery import BatteryRow, TrendBattery, trend_battery
from egovstats.inference.bayes import (
    PosteriorChange,
    posterior_change,
    posterior_changes,
    posterior_of_published,
)
from egovstats.inference.change import Changes, change
from egovstats.inference.chi_square import chi_square
from egovstats.inference.chi_square_result import ChiSquareTest, ChiSquareTests
from egovstats.inference.chi_square_sum import weighted_chi_square_tail
from egovstats.inference.cochran_armitage import cochran_armitage_test
from egovstats.inference.cohort import cohort_replacement
from egovstats.inference.columns import ColumnComparison, compare_columns
from egovstats.inference.contrast import contrast
from egovstats.inference.decompose import Decomposition, KitagawaParts, decompose_change, kitagawa
from egovstats.inference.distribution_change import DistributionChange, distribution_change
from egovstats.inference.equivalence import equivalence
from egovstats.inference.goodness_of_fit import goodness_of_fit
from egovstats.inference.joinpoint import Joinpoint, joinpoint
from egovstats.inference.loglinear import LogLinear, loglinear
from egovstats.inference.loglinear_compare import loglinear_test
from egovstats.inference.mantel_haenszel import mantel_haenszel
from egovstats.inference.max_t import max_t, max_t_quantile, max_t_tail
from egovstats.inference.measurements import Measurements, measurements
from egovstats.inference.multiverse import Multiverse, multiverse
from egovstats.inference.oaxaca import oaxaca
from egovstats.inference.parallel import ParallelTrends, parallel_trends
from egovstats.inference.pingouin_methods import effect_size, simple_comparison
from egovstats.inference.policy_break import PolicyBreak, policy_break
from egovstats.inference.precision import (
    detectable_change,
    detectable_factor,
    minimum_detectable_change,
    n_for_change,
    t_power,
    waves_for_slope,
    with_detectable,
)
from egovstats.inference.published import newcombe_difference, published_change, tost_two_proportions
from egovstats.inference.published_interval import margin_of_error, proportion_interval
from egovstats.inference.published_power import n_for_significance, n_two_proportions
from egovstats.inference.published_share import PublishedShare
from egovstats.inference.published_summary import p_from_statistic, pool
from egovstats.inference.published_table import published_distribution_change
from egovstats.inference.published_trend import published_trend
from egovstats.inference.rank_test import RankTest, rank_test
from egovstats.inference.smoother import SmoothCurve, smooth_trend
from egovstats.inference.standardised import StandardisedTrend, standardised_trend
from egovstats.inference.superiority import superiority
from egovstats.inference.t_test import t_test
from egovstats.inference.term_tests import TermTest, compare_models, score_test, term_test
from egovstats.inference.trend import Trend, trend
from egovstats.inference.trend_shape import TrendShape, orthogonal_polynomials, trend_shape
from egovstats.inference.unweighted import (
    jonckheere_terpstra,
    kendall_tau_b,
    kruskal_wallis,
    mantel_linear_by_linear,
)
from egovstats.inference.wald import wald_test
from egovstats.inference.wasserstein import wasserstein

__all__ = [
    "AnswerTrend",
    "BatteryRow",
    "Changes",
    "ChiSquareTest",
    "ChiSquareTests",
    "CohortBounds",
    "ColumnComparison",
    "Decomposition",
    "DistributionChange",
    "Joinpoint",
    "KitagawaParts",
    "LogLinear",
    "Measurements",
    "Multiverse",
    "ParallelTrends",
    "PolicyBreak",
    "PosteriorChange",
    "PublishedShare",
    "RankTest",
    "SmoothCurve",
    "StandardisedTrend",
    "TermTest",
    "Trend",
    "TrendBattery",
    "TrendShape",
    "answer_trend",
    "apc_bounds",
    "change",
    "chi_square",
    "cochran_armitage_test",
    "cohort_replacement",
    "compare_columns",
    "compare_models",
    "contrast",
    "decompose_change",
    "detectable_change",
    "detectable_factor",
    "distribution_change",
    "effect_size",
    "equivalence",
    "goodness_of_fit",
    "joinpoint",
    "jonckheere_terpstra",
    "kendall_tau_b",
    "kitagawa",
    "kruskal_wallis",
    "loglinear",
    "loglinear_test",
    "mantel_haenszel",
    "mantel_linear_by_linear",
    "margin_of_error",
    "max_t",
    "max_t_quantile",
    "max_t_tail",
    "measurements",
    "minimum_detectable_change",
    "multiverse",
    "n_for_change",
    "n_for_significance",
    "n_two_proportions",
    "newcombe_difference",
    "oaxaca",
    "orthogonal_polynomials",
    "p_adjust",
    "p_from_statistic",
    "parallel_trends",
    "policy_break",
    "pool",
    "posterior_change",
    "posterior_changes",
    "posterior_of_published",
    "proportion_interval",
    "published_change",
    "published_distribution_change",
    "published_trend",
    "rank_test",
    "score_test",
    "simple_comparison",
    "smooth_trend",
    "standardised_trend",
    "superiority",
    "t_power",
    "t_test",
    "term_test",
    "tost_two_proportions",
    "trend",
    "trend_battery",
    "trend_shape",
    "wald_test",
    "wasserstein",
    "waves_for_slope",
    "weighted_chi_square_tail",
    "with_detectable",
]
