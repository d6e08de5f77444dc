"""Survey and indicator statistics: from wave files to a sentence, and back from any number to its rows.

Public names load when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "microdata": [
        "read_microdata",
        "Microdata",
        "Codebook",
        "inspect_file",
        "probable_identifiers",
        "write_codebook",
        "write_microdata",
        "as_microdata",
    ],
    "waves": ["open_series", "SurveySeries", "Waves", "draft_survey", "Draft", "accept_proposals"],
    "design": [
        "Design",
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
    ],
    "estimate": [
        "total",
        "mean",
        "proportion",
        "ratio",
        "topline",
        "quantile",
        "distribution",
        "population_variance",
        "correlation",
        "crosstab",
        "net",
        "item_difference",
    ],
    "models": [
        "combine_imputations",
        "cox",
        "glm",
        "information_criteria",
        "kaplan_meier",
        "log_rank",
        "margins",
        "multinomial",
        "ordinal",
        "predict",
        "predictive_margins",
        "profile_intervals",
        "pseudo_r2",
        "small_sample",
        "standardised_predictions",
    ],
    "indicators": [
        "read_indicators",
        "shipped_indicators",
        "IndicatorSeries",
        "mann_kendall",
        "sen_slope",
        "change_of_indicator",
        "growth",
        "interrupted",
        "trend_of_indicator",
        "weighted_trend",
        "which_edition",
        "IndicatorTable",
    ],
    "inference": [
        "PublishedShare",
        "answer_trend",
        "apc_bounds",
        "change",
        "chi_square",
        "cochran_armitage_test",
        "cohort_replacement",
        "compare_models",
        "contrast",
        "decompose_change",
        "detectable_change",
        "distribution_change",
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
        "measurements",
        "minimum_detectable_change",
        "multiverse",
        "n_for_change",
        "n_for_significance",
        "n_two_proportions",
        "oaxaca",
        "p_adjust",
        "p_from_statistic",
        "parallel_trends",
        "policy_break",
        "posterior_change",
        "posterior_changes",
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
        "t_test",
        "term_test",
        "trend",
        "trend_battery",
        "trend_shape",
        "wald_test",
        "wasserstein",
        "waves_for_slope",
    ],
    "checks": ["check_claims"],
    "report": ["build_report", "Report"],
    "results": ["Estimates", "HypothesisTest", "Effect"],
    "sources": ["Source"],
    "errors": [
        "EgovstatsError",
        "SourceError",
        "WaveError",
        "DesignError",
        "EstimateError",
        "SeriesError",
        "ClaimError",
        "ReportError",
        "DisclosureError",
        "MissingExtraError",
        "DataWarning",
        "PrecisionWarning",
    ],
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted([*_MODULE_OF, "__version__"])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'egovstats' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"egovstats.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
