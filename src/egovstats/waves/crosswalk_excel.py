"""A crosswalk kept as an Excel sheet, read as the CSV file is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from egovstats.errors import MissingExtraError
from egovstats.waves.codes import code_text
from egovstats.waves.crosswalk import COLUMNS, COPY, Crosswalk, Rule, read_crosswalk, rule_of_cells
from egovstats.waves.faults import Fault

SHEET = "crosswalk"


def read_study_crosswalk(folder: Path) -> tuple[Crosswalk, list[Fault]]:
    """Read ``crosswalk.csv`` of a study folder, or ``crosswalk.xlsx`` where there is no CSV file."""
    text, book = folder / "crosswalk.csv", folder / "crosswalk.xlsx"
    if not book.is_file():
        return read_crosswalk(text)
    if text.is_file():
        what = "is there beside crosswalk.csv, and only one of them can hold. Move the other away."
        return Crosswalk(()), [Fault(book.name, 0, what)]
    return read_excel_crosswalk(book)


def read_excel_crosswalk(path: Path) -> tuple[Crosswalk, list[Fault]]:
    """Read a crosswalk from the sheet ``crosswalk`` of a workbook, or from its only sheet.

    Parameters
    ----------
    path : Path
        The first row holds the header of ``crosswalk.csv``. Numbers become codes (1, not 1.0); a cell that is
        a formula or a date is a fault, since a program has changed what was typed.

    Returns
    -------
    tuple
        The rows that can be read, and the faults of the others.

    Raises
    ------
    MissingExtraError
        openpyxl is not installed (extra ``xlsx``).
    """
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("reading a crosswalk from Excel", "xlsx") from None
    try:
        book = openpyxl.load_workbook(path, read_only=False, data_only=False)
    except (BadZipFile, KeyError, ValueError, OSError) as error:
        return Crosswalk(()), [Fault(path.name, 0, f"is no Excel workbook that can be read: {error}.")]
    names = book.sheetnames
    if SHEET not in names and len(names) != 1:
        what = f"has the sheets {', '.join(map(repr, names))} and none of the name {SHEET!r}. Name it so."
        return Crosswalk(()), [Fault(path.name, 0, what)]
    sheet = book[SHEET if SHEET in names else names[0]]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return _rules(rows, path.name)


def _rules(rows: list[list[Any]], name: str) -> tuple[Crosswalk, list[Fault]]:
    header = [str(cell or "").strip() for cell in (rows[0] if rows else [])]
    while header and not header[-1]:
        header.pop()
    if tuple(header) != COLUMNS:
        expected = ", ".join(COLUMNS)
        return Crosswalk(()), [Fault(name, 1, f"the header must be {expected}; found {', '.join(header)}.")]
    rules: list[Rule] = []
    faults: list[Fault] = []
    for line, cells in enumerate(rows[1:], 2):
        texts, wrong = _texts(cells)
        beyond = [text for text in texts[len(COLUMNS) :] if text]
        if beyond:
            wrong.append(f"has {len(beyond)} cells to the right of the column note. Clear them.")
        if wrong:
            faults += [Fault(name, line, what) for what in wrong]
        elif any(texts):
            rule, fault = rule_of_cells(texts[: len(COLUMNS)], line)
            rules += [rule] if rule is not None else []
            faults += [Fault(name, line, fault)] if fault else []
    return Crosswalk(tuple(rules)), faults


def _texts(cells: list[Any]) -> tuple[list[str], list[str]]:
    texts, wrong = [], []
    for column, value in zip((*COLUMNS, *[""] * len(cells)), cells, strict=False):
        if isinstance(value, dt.datetime | dt.date | dt.time):
            wrong.append(f"{column} is a date ({value}). Type it as text, with an apostrophe before it.")
        elif isinstance(value, str) and value.startswith("=") and value != COPY:
            wrong.append(f"{column} is a formula. Type the text itself.")
        texts.append(code_text(value))
    return texts, wrong
