"""The public names, as a written list: adding one is a decision, losing one breaks somebody's script."""

from __future__ import annotations

import importlib
import inspect
import types

import pytest

import egovstats

PUBLIC = {
    "Codebook",
    "DataWarning",
    "Design",
    "DesignError",
    "DisclosureError",
    "Effect",
    "EgovstatsError",
    "EstimateError",
    "Estimates",
    "ClaimError",
    "HypothesisTest",
    "IndicatorSeries",
    "Microdata",
    "MissingExtraError",
    "PrecisionWarning",
    "Report",
    "ReportError",
    "SeriesError",
    "Source",
    "SourceError",
    "SurveySeries",
    "WaveError",
    "Waves",
    "__version__",
    "build_report",
    "change",
    "change_of_indicator",
    "check_claims",
    "contrast",
    "glm",
    "inspect_file",
    "mann_kendall",
    "mean",
    "open_series",
    "p_adjust",
    "proportion",
    "published_change",
    "published_trend",
    "ratio",
    "read_indicators",
    "read_microdata",
    "sen_slope",
    "shipped_indicators",
    "topline",
    "total",
    "trend",
    "wald_test",
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
def test_arguments_after_the_data_are_keyword_only(name: str) -> None:
    """At most the data (a design, a file, a series, two samples) and one or two words about it go by position."""
    value = getattr(egovstats, name)
    if not inspect.isfunction(value):
        return
    by_position = [
        each
        for each in inspect.signature(value).parameters.values()
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
    ]
    assert len(by_position) <= 3
    assert sum(each.default is not each.empty for each in by_position) <= 1
