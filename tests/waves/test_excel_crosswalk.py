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
        (True, "line 3: source_label is the logical value True. Type it as text"),
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


def test_percentages_from_excel_keep_the_zeros_that_the_cell_shows(tmp_path: Path) -> None:
    """40.0 is rounded to a tenth; a cell formatted as a percentage holds 0.4 and is refused."""
    study = write_study(tmp_path / "demo")
    book = openpyxl.Workbook()
    page = book.active
    columns = ("wave", "year", "item", "answer", "percent", "n", "base", "deff", "decimals", "source")
    page.append(columns)
    page.append(["2019", 2019, "trust", 3, 40.0, 1000, "valid", None, None, "a book"])
    page["E2"].number_format = "0.0"
    book.save(study / "published.xlsx")
    shares = open_series(study).published.shares("trust")
    assert shares[["share", "half_step"]].values[0] == pytest.approx([0.4, 0.0005])
    page["E2"].value, page["E2"].number_format = 0.4, "0%"
    book.save(study / "published.xlsx")
    with pytest.raises(WaveError, match=r"line 2: percent is formatted as a percentage \(0.4 in the cell\)"):
        _ = open_series(study).published


def test_a_text_cell_that_begins_with_equals_is_no_formula(tmp_path: Path) -> None:
    study = write_study(tmp_path / "demo")
    _as_excel(study)
    book = openpyxl.load_workbook(study / "crosswalk.xlsx")
    cell = book["crosswalk"].cell(3, 8)
    cell.value, cell.data_type = "=text", "s"
    book.save(study / "crosswalk.xlsx")
    assert open_series(study).crosswalk.rules[1].note == "=text"
