"""Waves from print: figures as printed, their precision and rounding, and what they cannot give."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from wave_files import CARD_2019, CARD_2021, write_both, write_study

import egovstats
from egovstats.errors import WaveError
from egovstats.waves import SurveySeries, open_series

HEAD = "wave,year,item,answer,percent,n,base,deff,decimals,source\n"
PRINT = """\
2019,2019,trust,1,20,500,all,1.5,,Report A
2019,2019,trust,2,30,500,all,1.5,,Report A
2019,2019,trust,Yes,40,500,all,1.5,,Report A
2019,2019,trust,dont_know,10,500,all,1.5,,Report A
2021,2021,trust,3,55.5,800,valid,,,Report B
"""


def _series(folder: Path, rows: str = PRINT) -> SurveySeries:
    study = write_study(
        folder / "demo", cards=(CARD_2019.replace("stratum: [REG]\npsu: VILLAGE\n", ""), CARD_2021)
    )
    (study / "published.csv").write_text(HEAD + rows, encoding="utf-8")
    return open_series(study)


def test_shares_are_as_printed_with_their_rounding(tmp_path: Path) -> None:
    table = _series(tmp_path).published.shares("trust")
    assert table["wave"].tolist() == ["2019", "2021"]
    assert table["share"].tolist() == pytest.approx([0.4, 0.555])
    assert table["low"].tolist() == pytest.approx([0.395, 0.5545])
    assert table["high"].tolist() == pytest.approx([0.405, 0.5555])
    assert table["std_error"].tolist() == pytest.approx(
        [math.sqrt(1.5 * 0.4 * 0.6 / 500), math.sqrt(0.555 * 0.445 / 800)]
    )


def test_answers_are_added_up_with_their_rounding(tmp_path: Path) -> None:
    row = _series(tmp_path).published.shares("trust", codes=[2, 3]).iloc[0]
    assert row["share"] == pytest.approx(0.7)
    assert (row["low"], row["high"]) == pytest.approx((0.69, 0.71))


def test_shares_of_all_become_shares_of_those_with_an_answer(tmp_path: Path) -> None:
    row = _series(tmp_path).published.shares("trust", base="valid").iloc[0]
    assert row["share"] == pytest.approx(0.4 / 0.9)
    assert row["n"] == pytest.approx(450)
    assert row["low"] == pytest.approx(0.395 / 0.905)
    assert row["high"] == pytest.approx(0.405 / 0.895)


def test_changes_and_trends_take_them(tmp_path: Path) -> None:
    published = _series(tmp_path).published
    test = egovstats.change(published.estimates("trust"))[0]
    first = egovstats.PublishedShare(0.4, 500, 1.5)
    second = egovstats.PublishedShare(0.555, 800)
    assert test.p_value == pytest.approx(egovstats.published_change(first, second).p_value)
    line = egovstats.published_trend(published.shares("trust"))
    assert line.slope.effect is not None
    assert line.slope.effect.estimate == pytest.approx(0.155 / 2)


def test_they_join_the_waves_of_respondents(tmp_path: Path) -> None:
    rows = "2021,2021,trust,3,55.5,800,valid,,,Report B\n"
    series = _series(tmp_path, rows)
    waves = series.read(write_both(tmp_path), waves=["2019"])
    found = egovstats.proportion(waves.design(), "trust", by="wave", answers=[3])
    both = waves.published.joined(found)
    assert both.keys["wave"].tolist() == ["2019", "2021"]
    assert both.estimate[0] == found.estimate[0]
    assert both.cov[0, 1] == 0
    assert np.isinf(both.df[1])
    test = egovstats.change(both)[0]
    assert test.effect is not None
    assert test.effect.std_error == pytest.approx(math.hypot(found.std_error[0], both.std_error[1]))
    assert any("no design effect is stated" in note for note in both.notes)


def test_a_wave_with_respondents_keeps_them(tmp_path: Path) -> None:
    series = _series(tmp_path)
    waves = series.read(write_both(tmp_path))
    found = egovstats.proportion(waves.design(), "trust", by="wave", answers=[3])
    assert waves.published.joined(found).estimate.tolist() == found.estimate.tolist()


def test_what_cannot_be_given_is_said(tmp_path: Path) -> None:
    rows = "2019,2019,trust,3,40,,,,,A\n2021,2021,trust,2,30,800,valid,,,B\n"
    published = _series(tmp_path, rows).published
    said = published.cannot("trust", base="valid")
    assert "2019: the percentages are of an unknown base, and cannot be turned to valid" in said
    assert "2021: not printed: Yes" in said
    assert "2019: the number of respondents is not printed, so no precision" in published.cannot("trust")
    with pytest.raises(WaveError, match=r"^no published wave has both the answers of 'trust' and a number"):
        published.estimates("trust")
    with pytest.raises(WaveError, match=r"^no published percentage is of the item 'age'"):
        published.of("age")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("2019,2019,trst,3,40,,,,,A\n", r"line 2: series.yaml has no item 'trst'. Did you mean 'trust'\?"),
        (
            "2019,2019,trust,9,40,,,,,A\n",
            r"answer '9' is no answer of trust \(1, 2, 3\) and no missing reason",
        ),
        ("2019,2019,trust,3,140,,,,,A\n", r"percent '140' must be a number from 0 to 100"),
        ("2019,2019,trust,3,40%,,,,,A\n", r"percent '40%' must be a number"),
        ("2019,2019,trust,3,40,0,,,,A\n", r"n '0' must be a number above 0"),
        ("2019,2019,trust,3,40,,some,,,A\n", r"base 'some' must be 'all', 'valid' or empty"),
        ('2019,2019,trust,3,"40,5",,,,,A\n', r"percent '40,5' must be a number from 0 to 100, with a point"),
        ("2019,2019,trust,3,1/3,,,,,A\n", r"percent '1/3' must be a number"),
        ("2019,2019,trust,3,4e1,,,,,A\n", r"percent '4e1' must be a number"),
        ('2019,2019,trust,3,40,"1,200",,,,A\n', r"n '1,200' must be a number above 0"),
        ("2019,2019,trust,3,40,1000.5,,,,A\n", r"n '1000.5' must be a whole number of respondents"),
        ("2019,2019,trust,3,40.5,,,,0,A\n", r"percent '40.5' has more decimals than the 0 in its row"),
        (
            "2019,2019,trust,3,40,,those with an answer,,,A\n",
            r"base 'those with an answer' must be 'all', 'valid'",
        ),
        (
            "2019,2019,trust,1,20,,valid,,,A\n2019,2019,trust,2,30,,valid,,,A\n2019,2019,trust,3,40,,valid,,,A\n",
            r"line 2: the answers of trust in 2019 add up to 90 per cent, and all of them are here",
        ),
        (
            "2019,2019,trust,1,0.2,,valid,,,A\n2019,2019,trust,2,0.3,,valid,,,A\n2019,2019,trust,3,0.5,,valid,,,A\n",
            r"add up to 1 per cent. Write per cent, not shares of 1",
        ),
        ("2019,2019,trust,3,40,,,,,\n", r"source is empty"),
        ("2020,2020,trust,3,40,,,,,A\n", r"no card has the wave '2020'"),
        ("2019,2018,trust,3,40,,,,,A\n", r"the year 2018 is not that of the card of 2019, 2019"),
        ("2019,2019,trust,3,40,,,,,A\n2019,2019,trust,Yes,41,,,,,A\n", r"is in line 2 already"),
        ("2019,2019,trust,3,60,,,,,A\n2019,2019,trust,2,50,,,,,A\n", r"add up to 110 per cent"),
        ("2019,2019,trust,3,60,9,,,,A\n2019,2019,trust,2,30,8,,,,A\n", r"must be those of line 2"),
        ("2019,2019,trust,3,40\n", r"line 2: has 5 cells and must have 10"),
    ],
)
def test_faults_of_the_table_are_told_with_their_line(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(WaveError, match=said):
        _ = _series(tmp_path, rows).published


def test_excel_gives_the_same_where_decimals_are_named(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    series = _series(tmp_path, "2019,2019,trust,3,40.0,500,all,1.5,1,A\n")
    text = series.published.shares("trust")
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append(["2019", 2019, "trust", 3, 40.0, 500, "all", 1.5, 1, "A"])
    book.save(series.folder / "published.xlsx")
    (series.folder / "published.csv").unlink()
    assert series.published.shares("trust").equals(text)
    assert text["half_step"].iloc[0] == pytest.approx(0.0005)


def test_the_figures_of_the_politbarometer_ship() -> None:
    published = open_series("sant-maral").published
    vote = published.shares("vote_participation", codes=[1])
    assert vote.set_index("wave")["share"].to_dict() == pytest.approx(
        {"2009-04": 0.799, "2012-04": 0.773, "2013-04": 0.844}
    )
    test = egovstats.change(
        published.estimates("vote_participation", codes=[1]), pairs=[("2012-04", "2013-04")]
    )[0]
    assert test.effect is not None
    assert test.effect.estimate == pytest.approx(0.071)
    assert published.shares("vote_participation", codes=[1], area="Ulaanbaatar")["n"].isna().all()


def test_a_series_without_print_has_an_empty_table() -> None:
    assert len(open_series("bureaucracy").published) == 0


def test_headings_in_another_language_say_which_are_wanted(tmp_path: Path) -> None:
    study = write_study(tmp_path / "demo")
    text = (
        "давалгаа,он,асуулт,хариулт,хувь,n,суурь,deff,decimals,эх сурвалж\n2019,2019,trust,3,40,500,all,,,A\n"
    )
    (study / "published.csv").write_text(text, encoding="utf-8")
    with pytest.raises(WaveError) as caught:
        _ = open_series(study).published
    for column in ("wave", "year", "item", "answer", "percent", "base", "source"):
        assert column in str(caught.value)


def test_percentages_in_whole_points_may_miss_a_hundred_by_their_rounding(tmp_path: Path) -> None:
    rows = "".join(f"2019,2019,trust,{code},33,500,valid,,,A\n" for code in (1, 2, 3))
    row = _series(tmp_path, rows).published.shares("trust", codes=[2, 3]).iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((0.65, 0.67))
