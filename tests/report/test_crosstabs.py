"""Crosstabs in reports: letters, effective bases and withheld cells, the same in every format."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import egovstats.report as er
from egovstats import Design
from egovstats.report.crossed import NET, cross
from egovstats.report.crosstab_table import crosstab_table
from egovstats.waves import Item


def _words(text: str) -> dict[str, str]:
    return {"en": text, "mn": text, "ru": text}


TRUST = Item.model_validate(
    {
        "name": "trust",
        "topic": "trust",
        "kind": "ordinal",
        "label": _words("Trust"),
        "answers": [{"code": code, "label": _words(f"answer {code}")} for code in (1, 2, 3)],
        "headline": {"codes": [2, 3], "label": _words("trust")},
    }
)
PLACE = Item.model_validate(
    {
        "name": "place",
        "topic": "background",
        "kind": "nominal",
        "label": _words("Place"),
        "answers": [{"code": code, "label": _words(f"place {code}")} for code in (1, 2, 3)],
    }
)
COUNTS = np.array([[120, 60, 20], [40, 90, 70], [50, 47, 3]])


@pytest.fixture(scope="module")
def crossed() -> er.Report:
    rows = [
        {"place": float(k + 1), "trust": float(r + 1)}
        for k in range(3)
        for r in range(3)
        for _ in range(COUNTS[k, r])
    ]
    design = Design(pd.DataFrame(rows))
    rule, language = er.Disclosure(), er.Language("en")
    found = cross(design, TRUST, PLACE, where=None, prefix="x", rule=rule)
    everybody = {
        code: er.Value(
            f"all.{code}", float(COUNTS[:, code - 1].sum() / 500), "share", er.Format("percent", 1), n=500
        )
        for code in (1, 2, 3)
    }
    table = crosstab_table(
        [found],
        everybody,
        n=er.Value("all.n", 500, "respondents", er.Format("count", 0), n=500),
        id="crossed",
        caption="Trust by place",
        language=language,
        say=language.pick,
        rule=rule,
        conf_level=0.95,
    )
    return er.Report("r", "t", language, (er.Section("s", "S", (table,)),))


@pytest.fixture(scope="module")
def written(crossed: er.Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crossed")
    crossed.write(folder)
    return folder


def test_shares_are_of_the_group_and_letters_name_the_lower_groups(written: Path) -> None:
    with open(written / "tables.csv", encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["column"] == "answer 1"]
    assert [row["row"] for row in rows] == ["All", "place 1 (A)", "place 2 (B)", "place 3 (C)"]
    assert [row["text"] for row in rows] == ["42.0", "60.0 B", "20.0", "50.0 B"]
    assert float(rows[1]["value"]) == 120 / 200


def test_a_small_cell_is_withheld_with_what_would_give_it_away(written: Path, crossed: er.Report) -> None:
    values = crossed.values()
    hidden = {name for name, value in values.items() if value.status == "suppressed"}
    assert "x.trust.place.3.3.estimate" in hidden  # 3 respondents
    assert "x.trust.place.2.3.estimate" in hidden  # the net less it would be the other
    assert len({name.split(".")[4] for name in hidden}) > 1  # and another group, or all less the rest would
    record = json.loads((written / "results.json").read_text(encoding="utf-8"))
    by_id = {each["id"]: each for each in record["results"]}
    for name in hidden:
        assert by_id[name]["value"] is None
        assert by_id[name]["reason"] == "fewer than 5 respondents, or needed to hide such a cell"
    for file in ("report.html", "report.md", "tables.csv", "results.json"):
        assert not re.search(
            r"\b3\.0\b(?!\d)%?</data>|0\.03\b", (written / file).read_text(encoding="utf-8-sig")
        )


def test_the_legend_says_what_letters_and_marks_mean(written: Path) -> None:
    text = (written / "report.md").read_text(encoding="utf-8")
    assert "Letters name the rows of the same group whose share is clearly lower" in text
    assert "cells of fewer than 5 respondents, and what such a cell could be computed from" in text


def test_letters_are_in_every_format_and_numbers_stay_numbers(written: Path) -> None:
    page = (written / "report.html").read_text(encoding="utf-8")
    assert (
        '<span class="letters" aria-hidden="true">B</span><span class="hidden">clearly above B</span>' in page
    )
    assert "60.0 B" in (written / "report.md").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(io.BytesIO((written / "report.xlsx").read_bytes())).worksheets[1]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == pytest.approx(60.0)]
    assert cells
    assert all('" B"' in part for part in cells[0].number_format.split(";"))


def test_letters_of_withheld_numbers_are_withheld(crossed: er.Report) -> None:
    (table,) = crossed.numbered()
    cells = [cell for row in table.rows() for cell in row.cells]
    assert all(not cell.letters for cell in cells if cell.value is not None and not cell.value.visible)


def test_a_net_of_one_answer_is_not_repeated() -> None:
    single = TRUST.model_copy(update={"headline": TRUST.headline.model_copy(update={"codes": (3.0,)})})
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"place": rng.integers(1, 4, 400) * 1.0, "trust": rng.integers(1, 4, 400) * 1.0})
    found = cross(Design(frame), single, PLACE, where=None, prefix="x", rule=er.Disclosure())
    assert all(NET not in row.shares for row in found.rows)


def test_groups_on_few_respondents_are_not_shown() -> None:
    rng = np.random.default_rng(2)
    place = np.where(np.arange(400) < 20, 1.0, rng.integers(2, 4, 400) * 1.0)
    frame = pd.DataFrame({"place": place, "trust": rng.integers(1, 4, 400) * 1.0})
    found = cross(Design(frame), TRUST, PLACE, where=None, prefix="x", rule=er.Disclosure())
    hidden = [row for row in found.rows if not row.n.visible]
    assert 1.0 in [row.level for row in hidden]
    assert len(hidden) == 2  # all less the others would be its respondents
    assert all(not value.visible for row in hidden for value in (*row.shares.values(), row.n_effective))
