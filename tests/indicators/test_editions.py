"""Which release and year a printed value belongs to."""

from __future__ import annotations

import pandas as pd
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import make_table, shipped_indicators, which_edition


@pytest.fixture(scope="module")
def table():
    return shipped_indicators()


def test_the_printed_government_effectiveness_is_a_rank_of_2020_in_the_release_of_2021(table):
    found = which_edition(table, "MNG", "WGI_GE", 39.9, 1)
    assert found.unique
    assert found.matches[["edition", "year", "scale"]].to_numpy().tolist() == [
        ["2021", 2020, "percentile rank"]
    ]
    assert found.searched == 2 * sum(
        len(table.series("MNG", "WGI_GE_EST", edition=e).year) for e in table.editions("MNG", "WGI_GE_EST")
    )


def test_the_stated_year_alone_has_no_match_but_near_misses(table):
    found = which_edition(table, "MNG", "WGI_GE", 39.9, 1, year=2021)
    assert not found.found
    assert found.misses["value"].iloc[0] == pytest.approx(34.61538)
    assert (found.misses["year"] == 2021).all()


def test_a_rank_is_searched_too(table):
    found = which_edition(table, "MNG", "EGDI", 92, 0)
    assert found.matches[["edition", "scale"]].to_numpy().tolist() == [["2020", "rank"], ["2018", "rank"]]
    assert not found.unique


@pytest.mark.parametrize(
    ("value", "hits"), [(0.25, True), (0.2, True), (0.3, True), (0.24, False), (0.26, False)]
)
def test_half_a_unit_of_the_last_digit_counts_either_way(value, hits):
    rows = pd.DataFrame([{"area": "MNG", "indicator": "X", "year": 2000, "edition": "1", "value": 0.25}])
    decimals = len(str(value).split(".")[1])
    assert which_edition(make_table(rows), "MNG", "X", value, decimals).found is hits


def test_misses_come_nearest_first(table):
    found = which_edition(table, "MNG", "WGI_GE_PCTRANK", 39.9, 1, n_misses=8)
    assert found.misses["difference"].abs().is_monotonic_increasing
    assert len(found.misses) == 8


def test_an_unknown_indicator_shows_the_near_ones(table):
    with pytest.raises(SeriesError, match="has no indicator 'WGI_GX' for MNG"):
        which_edition(table, "MNG", "WGI_GX", 1, 0)
    with pytest.raises(SeriesError, match="decimals must be 0 or more, got -1"):
        which_edition(table, "MNG", "EGDI", 1, -1)
