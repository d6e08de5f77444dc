"""The public names, as a written list: adding one is a decision, losing one breaks somebody's script."""

from __future__ import annotations

import importlib
import inspect
import types

import pytest

import egovstats

PUBLIC = {
    "Check",
    "ClaimError",
    "Codebook",
    "DataWarning",
    "Design",
    "DesignError",
    "DisclosureError",
    "Draft",
    "Effect",
    "EgovstatsError",
    "EstimateError",
    "Estimates",
    "HypothesisTest",
    "IndicatorSeries",
    "IndicatorTable",
    "LazyDesign",
    "Microdata",
    "MissingExtraError",
    "PrecisionWarning",
    "PublishedShare",
    "ReplicateDesign",
    "Report",
    "ReportError",
    "SeriesError",
    "Source",
    "SourceError",
    "SurveySeries",
    "WaveError",
    "Waves",
    "__version__",
    "accept_proposals",
    "adjust_nonresponse",
    "alpha",
    "alpha_interval",
    "answer_trend",
    "apc_bounds",
    "as_microdata",
    "bootstrap",
    "brr",
    "build_report",
    "bundle",
    "calibrate",
    "cfa",
    "change",
    "change_of_indicator",
    "check_claims",
    "check_text",
    "chi_square",
    "cochran_armitage_test",
    "cohen_kappa",
    "cohort_replacement",
    "combine_imputations",
    "compare",
    "compare_columns",
    "compare_models",
    "contrast",
    "correlation",
    "cox",
    "crosstab",
    "decompose_change",
    "detectable_change",
    "distribution",
    "distribution_change",
    "draft_survey",
    "equivalence",
    "factor_analysis",
    "fleiss_kappa",
    "glm",
    "goodness_of_fit",
    "growth",
    "hierarchical_omega",
    "icc",
    "index",
    "information_criteria",
    "inspect_file",
    "interrupted",
    "invariance",
    "item_difference",
    "jackknife",
    "joinpoint",
    "jonckheere_terpstra",
    "kaplan_meier",
    "kappa_of_table",
    "kendall_tau_b",
    "kitagawa",
    "krippendorff_alpha",
    "kruskal_wallis",
    "log_rank",
    "loglinear",
    "loglinear_test",
    "mann_kendall",
    "mantel_haenszel",
    "mantel_linear_by_linear",
    "margin_of_error",
    "margins",
    "max_t",
    "mean",
    "measurements",
    "minimum_detectable_change",
    "multinomial",
    "multiverse",
    "n_for_change",
    "n_for_significance",
    "n_two_proportions",
    "net",
    "oaxaca",
    "omega",
    "open_series",
    "ordered_cfa",
    "ordinal",
    "p_adjust",
    "p_from_statistic",
    "parallel_trends",
    "policy_break",
    "polychoric",
    "population_variance",
    "posterior_change",
    "posterior_changes",
    "poststratify",
    "predict",
    "predictive_margins",
    "principal_components",
    "probable_identifiers",
    "profile_intervals",
    "proportion",
    "proportion_interval",
    "pseudo_r2",
    "published_change",
    "published_distribution_change",
    "published_trend",
    "quantile",
    "rake",
    "rank_test",
    "ratio",
    "read_indicators",
    "read_microdata",
    "read_microdata_files",
    "sampling_adequacy",
    "score_test",
    "sen_slope",
    "sentences",
    "shipped_indicators",
    "simple_comparison",
    "small_sample",
    "smooth_trend",
    "spearman_brown",
    "sphericity",
    "standardise",
    "standardised_predictions",
    "standardised_trend",
    "superiority",
    "t_test",
    "term_test",
    "topline",
    "total",
    "trend",
    "trend_battery",
    "trend_of_indicator",
    "trend_shape",
    "trim",
    "variants",
    "verify",
    "wald_test",
    "wasserstein",
    "waves_for_slope",
    "weight_diagnostics",
    "weighted_trend",
    "which_edition",
    "write_codebook",
    "write_microdata",
}
ROOMS = sorted(egovstats._HOME)


def test_public_names_are_these() -> None:
    assert set(egovstats.__all__) == PUBLIC
    assert dir(egovstats) == egovstats.__all__ == sorted(egovstats.__all__)


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_name_resolves_to_what_its_room_calls_public(name: str) -> None:
    value = getattr(egovstats, name)
    if name == "__version__":
        return
    room = importlib.import_module(f"egovstats.{egovstats._MODULE_OF[name]}")
    assert value is getattr(room, name)
    assert name in getattr(room, "__all__", [name])


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_name_has_a_docstring(name: str) -> None:
    text = inspect.getdoc(getattr(egovstats, name))
    assert text
    assert len(text.splitlines()[0]) > 10


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_list_what_they_export(room: str) -> None:
    module = importlib.import_module(f"egovstats.{room}")
    for name in getattr(module, "__all__", []):
        assert not isinstance(getattr(module, name), types.ModuleType)


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match=r"module 'egovstats' has no attribute 'meen'"):
        _ = egovstats.meen


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_choices_are_keyword_only(name: str) -> None:
    """What must be said may go by position, and the one choice that a function is about; the rest is named."""
    value = getattr(egovstats, name)
    if not inspect.isfunction(value):
        return
    by_position = [
        each.name
        for each in inspect.signature(value).parameters.values()
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD) and each.default is not each.empty
    ]
    assert len(by_position) <= 1
