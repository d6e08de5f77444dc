from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from egovstats.checks.figures import read_figures
from egovstats.errors import ClaimError

HEAD = "id,topic,label,value,unit,year,n,step,printed,qualifier\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "figures.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_intervals_follow_from_what_was_printed(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEAD
        + "share,t,Share,57.6,percent,2015,,,,\n"
        + "units,t,Units,463,units,,,,,\n"
        + "users,t,Users,1700000,persons,,,100000,1.7 million,about\n",
    )
    figures = read_figures(path)
    assert figures["share"].rounded.low == Fraction("57.55")
    assert figures["units"].half_step == 0
    assert figures["users"].rounded.high == 1_750_000
    assert figures["users"].shown == "about 1.7 million"
    assert figures["users"].told.text("ru") == "около 1\N{NO-BREAK SPACE}700\N{NO-BREAK SPACE}000"
    assert figures.source.kind == "published"


def test_every_fault_is_listed_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        HEAD
        + "a,t,A,57;6,percent,2015,,,,\n"
        + "b,t,,5,percent,next,,-1,,round about\n"
        + "b,t,B,5,percent,,,,,\n"
        + "b,t,B,5,percent,,,,,\n"
        + "c,t,C,5\n",
    )
    with pytest.raises(ClaimError) as caught:
        read_figures(path)
    assert str(caught.value).splitlines() == [
        "'figures.csv' is not a table of figures, with 7 faults:",
        "  line 2: value is not a plain number: '57;6'",
        "  line 3: label is empty",
        "  line 3: step must be above 0, found '-1'",
        "  line 3: year must be a whole number, found 'next'",
        "  line 3: unknown qualifier 'round about'. Did you mean 'about'?",
        "  line 5: the id 'b' is there twice",
        "  line 6: the row has more or fewer cells than the header",
        "Correct them, then read again.",
    ]


def test_columns_are_checked_first(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match=r"unknown column 'yaer'. Did you mean 'year'"):
        read_figures(write(tmp_path, "id,topic,label,value,unit,yaer\n"))
    with pytest.raises(ClaimError, match="the column 'unit' is not there"):
        read_figures(write(tmp_path, "id,topic,label,value\n"))


def test_an_unknown_figure_names_the_near_ones(root: Path) -> None:
    figures = read_figures(root / "surveys/mongolia/figures.csv")
    with pytest.raises(ClaimError, match="Did you mean 'egdi_rank'"):
        figures["egdi_rnak"]


def test_the_study_has_every_figure_of_the_article(root: Path) -> None:
    shared = root.parent / "shared/paper/figures.csv"
    if not shared.is_file():
        pytest.skip("the article's figures are not beside this checkout (../shared/paper)")
    theirs = pd.read_csv(shared, dtype=str, keep_default_na=False).set_index("id")
    ours = pd.read_csv(root / "surveys/mongolia/figures.csv", dtype=str, keep_default_na=False).set_index(
        "id"
    )
    columns = ["topic", "value", "unit", "year", "n", "section"]
    pd.testing.assert_frame_equal(ours.loc[theirs.index, columns], theirs[columns])
    assert (ours[["label", "label_mn", "label_ru"]] != "").all(axis=None)
    added = set(ours.index) - set(theirs.index)
    assert added == {
        "signature_issuers_listed",
        "multilateral_kinds",
        "multilateral_kinds_g2c",
        "internet_base_russian",
    }
