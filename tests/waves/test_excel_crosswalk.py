"""A crosswalk kept in Excel reads as the CSV file does, and says what Excel has changed."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from wave_files import HEADER, ROWS_2019, ROWS_2021, write_both, write_study

from egovstats.errors import WaveError
from egovstats.waves import open_series

openpyxl = pytest.importorskip("openpyxl", reason="Excel needs the extra 'xlsx'")


def _as_excel(
    study: Path, *, change: dict[tuple[int, int], Any] | None = None, sheet: str = "crosswalk"
) -> None:
    """Put the rows into a workbook, numbers as numbers, as somebody who types them gets them."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    rows: list[list[Any]] = list(csv.reader(io.StringIO(HEADER + ROWS_2019 + ROWS_2021)))
    for row in rows:
        page.append([int(cell) if cell.lstrip("-").isdigit() else cell for cell in row])
    for (line, column), value in (change or {}).items():
        page.cell(line, column).value = value
    book.save(study / "crosswalk.xlsx")
    (study / "crosswalk.csv").unlink()


def test_excel_and_csv_give_the_same_waves(tmp_path: Path) -> None:
    text, excel = write_study(tmp_path / "a" / "demo"), write_study(tmp_path / "b" / "demo")
    _as_excel(excel)
    data = write_both(tmp_path / "data")
    one, two = open_series(text).read(data), open_series(excel).read(data)
    assert one.frame.equals(two.frame)
    assert one.log.equals(two.log)


def test_both_files_at_once_are_refused(tmp_path: Path) -> None:
    study = write_study(tmp_path / "demo")
    rows = (study / "crosswalk.csv").read_text(encoding="utf-8")
    _as_excel(study)
    (study / "crosswalk.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(WaveError, match=r"crosswalk.xlsx: is there beside crosswalk.csv, and only one"):
        open_series(study)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("=1+1", r"crosswalk.xlsx, line 3: source_label is a formula. Type the text itself."),
        (dt.datetime(2020, 1, 2), r"line 3: source_label is a date \(2020-01-02 00:00:00\)"),
    ],
)
def test_cells_that_excel_changed_are_faults(tmp_path: Path, value: Any, said: str) -> None:
    study = write_study(tmp_path / "demo")
    _as_excel(study, change={(3, 5): value})
    with pytest.raises(WaveError, match=said):
        open_series(study)


def test_a_cell_beyond_the_columns_is_a_fault(tmp_path: Path) -> None:
    study = write_study(tmp_path / "demo")
    _as_excel(study, change={(4, 9): "stray"})
    with pytest.raises(WaveError, match=r"the header|to the right of the column note"):
        open_series(study)


def test_a_file_that_is_no_workbook_is_a_fault(tmp_path: Path) -> None:
    study = write_study(tmp_path / "demo")
    (study / "crosswalk.csv").rename(study / "crosswalk.xlsx")
    with pytest.raises(WaveError, match=r"crosswalk.xlsx: is no Excel workbook that can be read"):
        open_series(study)
