"""Markdown and CSV: the same document as text and as rows."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from report_sample import sample_report

import egovstats.report as er
from egovstats.report.renderers.markdown import escaped


def _rows(folder: Path) -> list[dict[str, str]]:
    with open(folder / "tables.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _text(folder: Path) -> str:
    return (folder / "report.md").read_text(encoding="utf-8")


def test_each_table_has_heads_alignment_and_rows_of_one_length(english: Path) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", _text(english), re.MULTILINE)
    assert len(tables) == sum(isinstance(block, er.Table) for block in sample_report("en").numbered())
    for table in tables:
        lines = table.splitlines()
        assert set(re.split(r"\s*\|\s*", lines[1].strip("| "))) <= {":---", ":---:", "---:"}
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in lines}
        assert len(counts) == 1


def test_pointers_lead_to_tables_and_figures(english: Path) -> None:
    text = _text(english)
    targets = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert targets
    assert targets <= set(re.findall(r'<a id="([^"]+)"></a>', text))
    pictures = re.findall(r"\]\((figures/[^)]+)\)", text)
    assert pictures
    for name in pictures:
        assert (english / name).read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<script>", r"\<script\>"),
        ("a | b", r"a \| b"),
        ("# no heading", r"\# no heading"),
        ("2. not a list", r"2\. not a list"),
        ("- not a list", r"\- not a list"),
        ("[x](y) *z* _w_ `v`", r"\[x\](y) \*z\* \_w\_ \`v\`"),
        ("2.5 points", "2.5 points"),
    ],
)
def test_text_of_a_survey_is_never_markup(given: str, kept: str) -> None:
    assert escaped(given) == kept


def test_cells_lead_to_results(english: Path) -> None:
    results = {
        each["id"]: each
        for each in json.loads((english / "results.json").read_text(encoding="utf-8"))["results"]
    }
    numbers = [row for row in _rows(english) if row["result_id"]]
    assert len(numbers) > 50
    for row in numbers:
        result = results[row["result_id"]]
        assert row["status"] == result["status"]
        assert row["unit"] == result["unit"]
        assert row["value"] == ("" if result["value"] is None else repr(result["value"]))


def test_withheld_numbers_are_in_no_format(russian: Path) -> None:
    hidden = [row for row in _rows(russian) if row["status"] == "suppressed"]
    assert hidden
    assert {row["value"] for row in hidden} == {""}
    assert {row["text"] for row in hidden} <= {"*", "< 30"}


def test_made_up_data_are_stamped(mongolian: Path, english: Path) -> None:
    stamp = er.Language("mn").say("stamp.short")
    assert _text(mongolian).startswith(f"> **{stamp}.**")
    toplines = [row for row in _rows(mongolian) if row["result_id"].startswith("topline.")]
    assert {row["synthetic"] for row in toplines} == {"True"}
    assert "True" not in {row["synthetic"] for row in _rows(english)}
    assert er.Language("en").say("stamp.short") not in _text(english)


def test_text_that_a_spreadsheet_would_run_is_quoted(english: Path) -> None:
    texts = [row["text"] for row in _rows(english)]
    assert "=" in texts  # a mark in tables: a sign alone runs nothing
    assert not any(text.startswith(("=", "@")) for text in texts if text.strip("=@"))
    assert any(re.fullmatch(r"\+[\d.]+", text) for text in texts)
