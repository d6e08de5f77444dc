"""The battery as tables: what a cell holds, what is withheld, and what is said of the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.inference import TrendBattery, trend_battery
from egovstats.report import BatteryDocument, Disclosure, Language, Table

YEARS = [2010, 2012, 2014, 2016, 2018]


def frame(years: list[int] = YEARS, n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    year = np.repeat(years, n)
    falls = rng.random(len(year)) < 0.6 - 0.03 * (year - years[0])
    return pd.DataFrame(
        {
            "year": year,
            "psu": np.arange(len(year)) // 8,
            "trust": falls.astype(float),
            "score": rng.integers(1, 6, len(year)).astype(float),
            "once": np.where(year == years[0], 1.0, np.nan),
        }
    )


def document(battery: TrendBattery, language: str = "en") -> BatteryDocument:
    return BatteryDocument(
        battery=battery,
        language=Language(language),
        rule=Disclosure(),
        names={
            row.item: (row.item.title(), "yes" if row.item == "trust" else "mean") for row in battery.rows
        },
        times={year: f"{year:.0f}" for year in battery.times},
        title="A series",
        source="",
    )


@pytest.fixture(scope="module")
def battery() -> TrendBattery:
    design = eg.Design(frame(), psu="psu")
    return trend_battery(design, ["trust", "score", "once"], answers={"trust": [1.0]})


def cells(table: Table, label: str, language: Language) -> list[str]:
    for row in table.rows():
        texts = ["–" if c.absent else language.plain(c.content) for c in row.cells]
        if texts[0] == label:
            return [
                language.show(c.value, "cell") if c.value is not None else text
                for c, text in zip(row.cells, texts, strict=True)
            ]
    raise AssertionError(label)


def test_cells_are_the_numbers_of_the_battery(battery: TrendBattery) -> None:
    made = document(battery)
    changes, trends, turns = made.tables()
    row = battery.to_frame().set_index("item").loc["trust"]
    have = cells(changes, "Trust", made.language)
    shares = [row[f"{year}"] * 100 for year in YEARS]
    assert [float(text) for text in have[1:6]] == pytest.approx(shares, abs=0.0501)
    assert float(have[6].replace("−", "-")) == pytest.approx(row.change * 100, abs=0.0501)
    assert have[9] == "<\xa0.001"
    score = cells(changes, "Score", made.language)
    assert "." in score[1]
    assert len(score[1].split(".")[1]) == 2
    assert cells(trends, "Trust", made.language)[-1] == "400"
    assert cells(turns, "Trust", made.language)[4] == "changed"
    assert cells(turns, "Score", made.language)[4] == "–"
    assert [group.label for group in changes.groups] == ["yes", "mean"]


def test_the_family_and_the_reasons_are_said(battery: TrendBattery) -> None:
    made = document(battery)
    text = " ".join(made.language.plain(note) for table in made.tables() for note in table.notes)
    assert "adjusted over 2 items by Holm" in text
    assert "margin of ±3 points" in text
    (notes,) = made.last_notes()
    assert notes.items == ("Once: asked once (year 2010), so there is no trend",)
    assert "3 items: clear rise 0, clear fall 1" in made.language.plain(made.summary())


@pytest.mark.parametrize("language", ["en", "mn", "ru"])
def test_it_is_a_report_in_each_language(battery: TrendBattery, language: str) -> None:
    report = document(battery, language).report()
    assert [table.id for table in report.numbered()] == ["battery-changes", "battery-trends", "battery-turns"]
    report.disclosure.check(report.values().values())


def test_small_waves_are_withheld_everywhere() -> None:
    small = pd.concat([frame(YEARS[:4]), frame([2018], 20).assign(psu=lambda part: part["psu"] + 900)])
    battery = trend_battery(eg.Design(small, psu="psu"), ["trust"], answers={"trust": [1.0]})
    made = document(battery)
    changes, trends, turns = made.tables()
    assert cells(changes, "Trust", made.language)[5:9] == ["*"] * 4
    assert cells(trends, "Trust", made.language)[1:4] == ["*"] * 3
    assert "–" in cells(turns, "Trust", made.language)[1]
    (record,) = made.records()
    assert record["reason"] == "not shown, too few respondents"
    assert not any(isinstance(value, float) for value in record.values())
    made.report().disclosure.check(made.report().values().values())


def test_many_waves_show_first_and_last_with_their_years() -> None:
    years = list(range(2004, 2020, 2))
    battery = trend_battery(eg.Design(frame(years, 200), psu="psu"), ["trust"], answers={"trust": [1.0]})
    made = document(battery)
    first, last = cells(made.tables()[0], "Trust", made.language)[1:3]
    assert first.endswith("(2004)")
    assert last.endswith("(2018)")
    assert len(made.tables()[0].columns) == 7
