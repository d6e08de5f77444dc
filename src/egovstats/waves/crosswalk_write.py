"""Crosswalks written: a new one as CSV or Excel sheet, and the notes of one that is there."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from egovstats.errors import MissingExtraError
from egovstats.sources import write_whole
from egovstats.waves.crosswalk import COLUMNS, csv_text
from egovstats.waves.faults import raise_faults
from egovstats.waves.study_tables import open_workbook, read_study_table, sheet_of

WIDTHS = (8, 28, 16, 12, 36, 8, 14, 60)
"""Widths of the columns of an Excel sheet, in characters."""


def write_crosswalk(folder: Path, rows: Sequence[Mapping[str, str]], *, excel: bool = False) -> Path:
    """Write a new crosswalk into a study folder; one of the other kind goes away.

    Raises
    ------
    MissingExtraError
        xlsxwriter is not installed (extra ``xlsx``).
    """
    text, book = folder / "crosswalk.csv", folder / "crosswalk.xlsx"
    path, other = (book, text) if excel else (text, book)
    written = write_whole(path, _workbook(rows) if excel else csv_text(rows))
    other.unlink(missing_ok=True)
    return written


def _workbook(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A sheet of text cells, so that no program makes dates of codes; proposals are marked by colour."""
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtraError("writing a crosswalk to Excel", "xlsx") from None
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})
    sheet = book.add_worksheet("crosswalk")
    head, cell = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    proposed = book.add_format({"bg_color": "#FFF2CC"})
    for at, (column, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(at, at, width, cell)
        sheet.write_string(0, at, column, head)
        for line, row in enumerate(rows, 1):
            if row.get(column):
                sheet.write_string(line, at, row[column], cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    rule = {"type": "formula", "criteria": '=LEFT($H2,9)="proposed:"', "format": proposed}
    sheet.conditional_format(1, 0, max(len(rows), 1), len(COLUMNS) - 1, rule)
    book.close()
    return content.getvalue()


def change_notes(path: Path, note_of: Callable[[Mapping[str, str]], str]) -> int:
    """Give rows of a crosswalk other notes; an Excel sheet keeps its looks.

    Parameters
    ----------
    path : Path
    note_of : callable
        The note of a row, from its cells.

    Returns
    -------
    int
        How many notes are others now; without any the file is left alone.
    """
    rows, faults = read_study_table(path, COLUMNS)
    raise_faults(f"the crosswalk {path.name!r}", faults)
    changed = {line: note for line, row in rows if (note := note_of(row)) != row["note"]}
    if not changed:
        return 0
    if path.suffix.lower() == ".xlsx":
        write_whole(path, _with_notes(path, changed))
    else:
        write_whole(path, csv_text([row | {"note": changed.get(line, row["note"])} for line, row in rows]))
    return len(changed)


def _with_notes(path: Path, notes: Mapping[int, str]) -> bytes:
    book = open_workbook(path)
    sheet = sheet_of(book, path.stem)
    column = next(cell.column for cell in sheet[1] if str(cell.value or "").strip() == "note")
    for line, note in notes.items():
        cell = sheet.cell(line, column)
        cell.value, cell.data_type = note, "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
