"""The workbook: numbers as numbers, text as text, a sheet a table."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import egovstats.report as er
from egovstats.report.renderers.sheets import number_format

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")


@pytest.fixture(scope="module")
def book(english: Path) -> Any:
    return openpyxl.load_workbook(english / "report.xlsx")


def cells(sheet: Any) -> dict[str, Any]:
    return {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}


def find(sheet: Any, text: str) -> Any:
    return next(cell for cell in cells(sheet).values() if cell.value == text)


def test_a_sheet_a_table_and_a_list_of_them(book: Any) -> None:
    assert book.sheetnames == ["Contents", "Table 1", "Table 2", "Table 3", "Table 4", "Table 5"]
    links = [cell.hyperlink.location for cell in cells(book["Contents"]).values() if cell.hyperlink]
    assert links[:2] == ["'Table 1'!A1", "'Table 2'!A1"]


def test_numbers_are_numbers_on_the_printed_scale(book: Any) -> None:
    sheet = book["Table 1"]
    row = find(sheet, "Somewhat or a lot").row
    first = sheet.cell(row, 2)
    assert first.data_type == "n"
    assert first.value == pytest.approx(51.08, abs=1e-12)
    assert first.number_format == "#,##0.0;\N{MINUS SIGN}#,##0.0;#,##0.0"
    change = sheet.cell(row, 8)
    assert change.value == pytest.approx(21.0)
    assert change.number_format == '"▲ "+#,##0.0;"▼ "\N{MINUS SIGN}#,##0.0;#,##0.0'
    assert change.font.bold


def test_p_values_are_numbers_that_print_as_in_the_report(book: Any) -> None:
    sheet = book["Table 3"]
    p = sheet.cell(find(sheet, "Trust in the president").row, 5)
    assert 0 < p.value < 0.001
    assert p.number_format == '[<0.001]"< .001";.000'


def test_marks_of_small_bases_are_formats(russian: Path) -> None:
    sheet = openpyxl.load_workbook(russian / "report.xlsx")["Таблица 1"]
    row = find(sheet, "Совсем не доверяю").row
    assert sheet.cell(row, 3).value == "*"
    flagged = sheet.cell(row, 4)
    assert flagged.value == pytest.approx(31.13)
    assert flagged.number_format == '"("#,##0.0")"'


def test_text_that_looks_like_a_formula_stays_text(book: Any) -> None:
    found = [cell for cell in cells(book["Table 5"]).values() if "=1+1" in str(cell.value)]
    assert len(found) == 1
    assert found[0].data_type == "s"
    assert not any(cell.data_type == "f" for sheet in book for cell in cells(sheet).values())


def test_head_is_frozen_and_notes_stand_below(book: Any) -> None:
    sheet = book["Table 1"]
    row = find(sheet, "Not at all").row
    assert sheet.freeze_panes == f"B{row}"
    note = next(cell for cell in cells(sheet).values() if str(cell.value).startswith("Note. ▲ ▼"))
    assert note.row > find(sheet, "Margin of error, ± points").row


def test_made_up_data_are_stamped_on_every_sheet(mongolian: Path, book: Any) -> None:
    stamped = openpyxl.load_workbook(mongolian / "report.xlsx")
    for sheet in stamped:
        assert sheet["A1"].value.startswith("SYNTHETIC · ЗОХИОМОЛ ӨГӨГДӨЛ. ")
        assert "SYNTHETIC" in sheet.oddHeader.left.text
    assert not any("SYNTHETIC" in str(sheet["A1"].value) for sheet in book)


def test_properties_have_a_fixed_date(book: Any) -> None:
    assert book.properties.created == dt.datetime(2000, 1, 1)
    assert book.properties.creator == "egovstats"


@pytest.mark.parametrize(
    ("fmt", "expected"),
    [
        (er.Format("count", 0), "#,##0;\N{MINUS SIGN}#,##0;#,##0"),
        (er.Format("label", 0), "0;\N{MINUS SIGN}0;0"),
        (er.Format("points", 1), "+#,##0.0;\N{MINUS SIGN}#,##0.0;#,##0.0"),
    ],
)
def test_number_formats(fmt: er.Format, expected: str) -> None:
    assert number_format(er.Value("a", 1.0, "", fmt), er.Language("en")) == expected


def test_a_decimal_comma_keeps_the_zero_of_a_p_value() -> None:
    p = er.Value("p", 0.2, "p-value", er.Format("p", 3))
    assert number_format(p, er.Language("ru")) == '[<0.001]"< 0,001";0.000'
