"""No text of a table that people open in a spreadsheet program runs there, and numbers stay numbers."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import egovstats as eg
from egovstats.cli.output import Result
from egovstats.microdata import Codebook, Variable, load_codebook
from egovstats.spreadsheets import as_typed, harmless, harmless_frame
from egovstats.waves.crosswalk import COLUMNS
from egovstats.waves.crosswalk_write import change_notes, write_crosswalk
from egovstats.waves.study_tables import read_study_table

HOSTILE = "=HYPERLINK(1)"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.mark.parametrize(
    "number",
    ["-1", "-1.5", "+1", "-.5", "-1,5", "-1,234.5", "-1e-05", "-12%", "-12 %", "-inf", "-9..-1", "-", "="],
)
def test_a_number_stays_a_number(number: str) -> None:
    assert harmless(number) == number


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "+1+1",
        "-1-1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "- none",
        "-1 pp",
        "+976 9911 2233",
    ],
)
def test_a_text_that_runs_gets_one_apostrophe_and_comes_back(text: str) -> None:
    for written in (text, "'" + text, "''" + text):
        assert harmless(written) == "'" + written
        assert as_typed(harmless(written)) == written


def test_a_frame_keeps_its_numbers_and_its_caller_the_frame() -> None:
    frame = pd.DataFrame({HOSTILE: [HOSTILE, "-1", None], "n": [-1.5, 0.0, 1.0], "mixed": [-1, "-x", None]})
    safe = harmless_frame(frame)
    assert list(safe.columns) == ["'" + HOSTILE, "n", "mixed"]
    assert safe["'" + HOSTILE].tolist()[:2] == ["'" + HOSTILE, "-1"]
    assert safe["n"].equals(frame["n"])
    assert safe["mixed"].tolist()[:2] == [-1, "'-x"]
    assert frame.columns[0] == HOSTILE


def _cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


def _runs(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.startswith(STARTS) and cell != harmless(cell)]


def _formulas(path: Path) -> list[object]:
    sheets = openpyxl.load_workbook(path).worksheets
    return [
        cell.value for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_codebook_runs_nowhere_and_reads_back(tmp_path: Path, ending: str) -> None:
    hostile = Variable("@q", label=HOSTILE, values={-1: "-1+1", 1: "'=1", 2: "-5"}, kind="number")
    frame = pd.DataFrame({"@q": [-1, 1, 2, 2]})
    data = eg.read_microdata(frame, codebook=Codebook({"@q": hostile}))
    path = eg.write_codebook(data, tmp_path / f"book{ending}")
    if ending == ".csv":
        assert not _runs(_cells(path))
    else:
        assert not _formulas(path)
    again = load_codebook(path).variables["@q"]
    assert again.label == HOSTILE
    assert again.values == {"-1": "-1+1", "1": "'=1", "2": "-5"}  # texts until they meet their column


@pytest.mark.parametrize("excel", [False, True])
def test_a_crosswalk_runs_nowhere_and_reads_back(tmp_path: Path, excel: bool) -> None:
    cells = {"source_code": "-1", "source_label": "'=1", "code": "=", "note": HOSTILE}
    rows = [dict.fromkeys(COLUMNS, "") | {"wave": "2020", "item": "q", "source_variable": "@q"} | cells]
    path = write_crosswalk(tmp_path, rows, excel=excel)
    for note in (HOSTILE, "+1+1"):
        assert change_notes(path, lambda row, note=note: note) == (note != HOSTILE)
        assert not (_formulas(path) if excel else _runs(_cells(path)))
        found, faults = read_study_table(path, COLUMNS)
        assert not faults
        assert found == [(2, rows[0] | {"note": note})]


def test_a_table_of_the_command_line_runs_nowhere() -> None:
    text = Result("t", "", [{HOSTILE: HOSTILE, "n": -1.5, "list": ["=a", "b"]}]).as_csv()
    assert text.splitlines() == [f"'{HOSTILE},n,list", f"'{HOSTILE},-1.5,'=a b"]
