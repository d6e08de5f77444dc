"""Shipped indicators, and series that never mix releases."""

from __future__ import annotations

import pandas as pd
import pytest

from egovstats.errors import SeriesError, SourceError
from egovstats.indicators import EACH, make_table, shipped_indicators
from egovstats.indicators.table import COLUMNS

PEERS = ("CHN", "EST", "GEO", "KAZ", "KGZ", "KOR", "MNG", "RUS", "UZB")


@pytest.fixture(scope="module")
def table():
    return shipped_indicators("mongolia")


def _rows(*editions: tuple[str, dict[int, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"area": "MNG", "indicator": "X", "year": year, "edition": edition, "value": value}
            for edition, values in editions
            for year, value in values.items()
        ]
    )


def test_the_shipped_table_has_the_areas_and_releases_of_the_study(table):
    assert tuple(table.frame.columns) == COLUMNS
    assert table.areas == PEERS
    assert table.editions("MNG", "WGI_GE_EST") == ("2016", "2019", "2020", "2021", "2022", "2023", "2024")
    assert table.editions("KAZ", "WGI_GE_EST") == ("2022", "2024")
    assert len(table.editions("MNG", "EGDI")) == 12
    assert len(table.sources[0].sha256) == 64


def test_every_shipped_estimate_has_a_standard_error_and_every_rank_its_limits(table):
    frame = table.frame
    score = frame.loc[frame["indicator"].str.match("WGI_.._EST")]
    rank = frame.loc[frame["indicator"].str.match("WGI_.._PCTRANK")]
    assert (score["std_error"] > 0).all()
    assert score["value"].between(-3.5, 3.5).all()
    assert ((rank["conf_low"] <= rank["value"]) & (rank["value"] <= rank["conf_high"])).all()
    assert rank["conf_high"].max() <= 100
    cpi = frame.loc[frame["indicator"] == "TI_CPI"]
    assert (cpi["std_error"] > 0).all()


def test_the_shipped_index_is_the_mean_of_its_three_parts(table):
    parts = table.frame.pivot_table(index=["area", "year"], columns="indicator", values="value")
    parts = parts.dropna(subset=["EGDI"]).loc[lambda held: held.index.get_level_values("year") >= 2012]
    mean = parts[["EGDI_OSI", "EGDI_HCI", "EGDI_TII"]].mean(axis=1)
    assert (parts["EGDI"] - mean).abs().max() < 2e-4


def test_no_file_name_of_a_host_or_a_person_stands_in_the_shipped_sources(table):
    titles = set(table.frame["source"])
    assert len(titles) == 5
    assert not any(mark in title.lower() for title in titles for mark in ("github", "http", "/", "@"))


def test_the_newest_edition_is_taken_and_recorded(table):
    series = table.series("MNG", "WGI_GE_EST")
    assert series.edition == "2024"
    assert series.source.edition == "2024"
    assert series.notes == ("Edition 2024 (the newest of 7: 2016, 2019, 2020, 2021, 2022, 2023, 2024).",)
    assert series.at(2021)["value"] == pytest.approx(-0.515, abs=5e-4)
    assert table.series("MNG", "WGI_GE_EST", edition="2022").at(2021)["value"] == pytest.approx(
        -0.467, abs=5e-4
    )


def test_editions_of_one_year_each_run_as_one_series_that_says_so(table):
    series = table.series("MNG", "EGDI")
    assert series.edition == EACH
    assert list(series.frame["edition"]) == [str(year) for year in series.frame["year"]]
    assert "not" not in series.keys["edition"]
    assert series.notes[0].startswith("Each value comes from an edition of its own")
    assert table.series("MNG", "EGDI", edition="2018").at(2018)["rank"] == 92


def test_two_editions_are_refused_with_the_way_out(table):
    with pytest.raises(SeriesError, match="a series comes from one edition") as error:
        table.series("MNG", "WGI_GE_EST", edition=["2019", "2024"])
    assert "compare two series side by side" in str(error.value)
    with pytest.raises(SeriesError) as error:
        table.series("MNG", "WGI_GE_EST", edition="2019", years=[2005, 2021])
    assert str(error.value) == (
        "years of two editions cannot make one series: edition 2019 of WGI_GE_EST of MNG lacks 2021 in "
        "2022, 2023, 2024. Each release revises earlier years; ask for an edition that holds them all."
    )
    with pytest.raises(SeriesError, match="would mix releases"):
        table.series("MNG", "WGI_GE_EST", edition=EACH)


def test_a_year_that_no_edition_has_is_named_with_those_there_are(table):
    with pytest.raises(SeriesError) as error:
        table.series("MNG", "WGI_GE_EST", years=[1997])
    assert str(error.value) == (
        "WGI_GE_EST of MNG has no value for 1997 in edition 2024. It has 1996, 1998, 2000, 2002-2023."
    )


def test_years_restrict_the_series(table):
    series = table.series("MNG", "WGI_GE_EST", years=[2021, 2005])
    assert list(series.frame["year"]) == [2005, 2021]


@pytest.mark.parametrize(
    ("area", "indicator", "edition", "message"),
    [
        ("Mongolia", "EGDI", None, "the table has no area 'Mongolia' (areas are ISO 3166 alpha-3 codes)."),
        (
            "MNG",
            "WGI_GE_ES",
            None,
            "the table has no indicator 'WGI_GE_ES' for MNG. Did you mean 'WGI_GE_EST'",
        ),
        ("MNG", "WGI_GE_EST", "2018", "WGI_GE_EST of MNG has no edition '2018'."),
    ],
)
def test_an_unknown_name_shows_the_near_ones(table, area, indicator, edition, message):
    with pytest.raises(SeriesError) as error:
        table.series(area, indicator, edition=edition)
    assert str(error.value).startswith(message)


def test_a_study_that_did_not_come_is_an_error():
    with pytest.raises(SourceError) as error:
        shipped_indicators("mongola")
    assert str(error.value) == ("no indicators came with a study named 'mongola'. Did you mean 'mongolia'?")


def test_a_year_twice_in_an_edition_is_refused():
    rows = pd.concat([_rows(("2020", {2019: 1.0})), _rows(("2020", {2019: 2.0}))])
    with pytest.raises(SeriesError) as error:
        make_table(rows)
    assert str(error.value) == (
        "a series has one value a year in an edition; X of MNG has two for 2019 in edition '2020'. "
        "Remove one of them."
    )


def test_a_missing_column_is_named():
    with pytest.raises(SeriesError, match="needs the columns edition"):
        make_table(_rows(("2020", {2019: 1.0})).drop(columns="edition"))


def test_row_order_does_not_matter():
    rows = _rows(("2020", {2018: 1.0, 2019: 2.0}), ("2021", {2018: 1.5, 2019: 2.5, 2020: 3.0}))
    a, b = make_table(rows), make_table(rows.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(a.frame, b.frame)
    assert a.series("MNG", "X").edition == "2021"


def test_the_callers_frame_is_not_changed():
    rows = _rows(("2020", {2018: 1.0}))
    before = rows.copy()
    make_table(rows)
    pd.testing.assert_frame_equal(rows, before)
