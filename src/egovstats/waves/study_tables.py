"""Tables of a study folder as rows of text: CSV as any spreadsheet program saves it, or an Excel sheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from egovstats.errors import MissingExtraError
from egovstats.spreadsheets import as_typed
from egovstats.waves.codes import code_text
from egovstats.waves.faults import Fault

Row = tuple[int, dict[str, str]]
"""Line of the file, counted from 1, and the cells by column."""

_DELIMITERS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DECIMALS = re.compile(r"0\.(0+)")
_BROKEN = (
    *(BadZipFile, zlib.error, OSError, EOFError, SyntaxError, NotImplementedError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError),
)
"""What openpyxl raises on a damaged workbook; an error of its XML is a SyntaxError."""


class _TableError(Exception):
    """A table of which no row can be read."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


def read_study_table(
    path: Path, needed: Sequence[str], *, optional: Sequence[str] | None = (), name: str = ""
) -> tuple[list[Row], list[Fault]]:
    """Read a table whose first row names the columns.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 (or the UTF-16 of Excel's "Unicode text") with commas, semicolons or tabs; or ``.xlsx``,
        of which the sheet that is named as the file is read, or the only one. Cells stay text.
    needed : sequence of str
        Columns that must be there, in any order.
    optional : sequence of str, optional
        Columns that may be there; None for any.
    name : str
        How faults name the file; its own name by default.

    Returns
    -------
    tuple
        Rows that hold anything, and the faults of the others.

    Raises
    ------
    MissingExtraError
        openpyxl is not installed (extra ``xlsx``).
    """
    name = name or path.name
    try:
        if path.suffix.lower() == ".xlsx":
            lines, faults = _excel_lines(path, name)
        else:
            lines, faults = _csv_lines(path, needed, name)
        header = _header(lines, needed, optional)
    except _TableError as fault:
        return [], [Fault(name, fault.line, fault.what)]
    rows: list[Row] = []
    wrong = {fault.line for fault in faults}
    for line, cells in lines[1:]:
        if line in wrong or not any(cells):
            continue
        if len(cells) < len(header):
            what = f"has {len(cells)} cells and must have {len(header)}. Quote cells that hold commas."
            faults.append(Fault(name, line, what))
        elif any(cells[len(header) :]):
            what = (
                f"has cells to the right of the column {header[-1]}. Clear them, or quote cells with commas."
            )
            faults.append(Fault(name, line, what))
        else:
            rows.append((line, dict(zip(header, cells, strict=False))))
    return rows, faults


def _header(
    lines: Sequence[tuple[int, list[str]]], needed: Sequence[str], optional: Sequence[str] | None
) -> list[str]:
    header = list(lines[0][1]) if lines else []
    while header and not header[-1]:
        header.pop()
    gone = [column for column in needed if column not in header]
    strange = [] if optional is None else [each for each in header if each not in (*needed, *optional)]
    if gone or strange or len(set(header)) < len(header):
        more = f" (and {', '.join(optional)}, if wanted)" if optional else ""
        found = ", ".join(header)[:120] or "nothing"
        must = "hold" if optional is None else "be"
        raise _TableError(1, f"the header must {must} {', '.join(needed)}{more}; found {found!r}.")
    return header


def _csv_lines(
    path: Path, needed: Sequence[str], name: str
) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    """Each record with the line it begins in."""
    text = _decoded(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text, needed))
    lines: list[tuple[int, list[str]]] = []
    before = 0
    try:
        for cells in reader:
            lines.append((before + 1, [as_typed(cell.strip()) for cell in cells]))
            before = reader.line_num
    except csv.Error as error:
        return lines, [Fault(name, reader.line_num, f"is not CSV: {error}. Close its quotes.")]
    return lines, []


def _decoded(path: Path) -> str:
    try:
        content = path.read_bytes()
        return content.decode("utf-16" if content[:2] in _UTF16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 (byte {error.start}). Save it as CSV UTF-8."
    except OSError as error:
        what = f"cannot be opened: {error.strerror or error}."
    raise _TableError(0, what)


def _delimiter(text: str, needed: Sequence[str]) -> str:
    """The mark by which the first line has the columns; in many countries Excel writes ``;``."""
    first = text.split("\n", 1)[0].rstrip("\r")
    for mark in _DELIMITERS:
        try:
            cells = next(csv.reader([first], delimiter=mark), [])
        except csv.Error:
            continue
        if set(needed) <= {cell.strip() for cell in cells}:
            return mark
    return ","


def open_workbook(path: Path) -> Any:
    """Open an Excel workbook with openpyxl, formulas as they were typed.

    Raises
    ------
    MissingExtraError
        openpyxl is not installed (extra ``xlsx``).
    ValueError
        The file is no workbook that can be read.
    """
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise MissingExtraError("reading tables of a study from Excel", "xlsx") from None
    try:
        return openpyxl.load_workbook(path, read_only=False, data_only=False)
    except (*_BROKEN, InvalidFileException) as error:
        raise ValueError(f"is no Excel workbook that can be read: {error}.") from error


def sheet_of(book: Any, title: str) -> Any:
    """Give the sheet of that title, or the only one.

    Raises
    ------
    ValueError
        There are several, and none has the title.
    """
    names = book.sheetnames
    if title not in names and len(names) != 1:
        raise ValueError(f"has the sheets {', '.join(map(repr, names))} and none of the name {title!r}.")
    return book[title if title in names else names[0]]


def _excel_lines(path: Path, name: str) -> tuple[list[tuple[int, list[str]]], list[Fault]]:
    try:
        rows = list(sheet_of(open_workbook(path), path.stem).iter_rows())
    except ValueError as error:
        raise _TableError(0, str(error)) from error
    lines: list[tuple[int, list[str]]] = []
    faults: list[Fault] = []
    for line, row in enumerate(rows, 1):
        cells, wrong = [], []
        for at, cell in enumerate(row):
            column = lines[0][1][at] if lines and at < len(lines[0][1]) else f"column {at + 1}"
            text, what = _cell_text(cell, exact=column == "percent")
            cells.append(text)
            wrong += [Fault(name, line, f"{column or f'column {at + 1}'} {what}")] if what else []
        lines.append((line, cells))
        faults += wrong
    return lines, faults


def _cell_text(cell: Any, *, exact: bool) -> tuple[str, str]:
    """A cell as it was typed (`exact`: with the zeros it shows), or what a program has made of it instead."""
    value, shown = cell.value, str(cell.number_format)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return "", f"is a date ({value}). Type it as text, with an apostrophe before it."
    if cell.data_type == "f":
        return "", "is a formula. Type the text itself."
    if isinstance(value, bool):
        return "", f"is the logical value {value}. Type it as text, with an apostrophe before it."
    if isinstance(value, int | float) and "%" in shown:
        return (
            "",
            f"is formatted as a percentage ({value:g} in the cell). Format it as a number, and type it anew.",
        )
    decimals = _DECIMALS.fullmatch(shown) if exact and isinstance(value, int | float) else None
    if decimals and round(value, len(decimals[1])) == value:
        return f"{value:.{len(decimals[1])}f}", ""
    return code_text(value), ""
