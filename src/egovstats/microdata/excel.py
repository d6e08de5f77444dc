"""Excel workbooks, through openpyxl: the first sheet that holds a table.

A sheet called "codebook" or "labels" with the columns of a codebook table is taken as the labels.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.errors import MissingExtraError, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_fit import fit
from egovstats.microdata.codebook_table import from_table
from egovstats.microdata.reading import Reading, check_columns, in_file_order, kind_of_column, nearly_numbers
from egovstats.microdata.text_layout import check_names
from egovstats.microdata.variable import Variable

_CODEBOOK_SHEETS = {"codebook", "labels", "values", "value labels"}
# What openpyxl and zipfile raise for workbooks whose inside is broken.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, SyntaxError, RuntimeError, struct.error),
    *(LookupError, ValueError, TypeError, AttributeError, OverflowError),
)
_FORMULA_WITHOUT_VALUE = re.compile(rb"<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")


def read_excel(path: Path, *, columns: list[str] | None) -> Reading:
    """Read the first sheet of a workbook that holds a table; its first row has the names.

    Raises
    ------
    SourceError
        A damaged or encrypted workbook, no table, a name missing or there twice, or formulas whose values
        were never computed.
    MissingExtraError
        openpyxl is not installed.
    """
    _check_formulas(path)
    sheets = _sheets(path)
    labels = [name for name in sheets if name.strip().lower() in _CODEBOOK_SHEETS]
    tables = [name for name in sheets if name not in labels and not sheets[name].empty]
    if not tables:
        raise SourceError(f"{path.name!r} holds no table: no sheet has a row of names and rows below it.")
    frame = _typed(path, tables[0], sheets[tables[0]])
    check_columns(path, columns, list(frame.columns))
    frame = frame[in_file_order(columns, list(frame.columns))]
    notes = []
    if len(tables) > 1:
        notes.append(f"The sheet {tables[0]!r} was read; also there: {', '.join(map(repr, tables[1:]))}.")
    book = Codebook(
        variables={name: Variable(name, kind=kind_of_column(frame[name])) for name in frame.columns},
        encoding_how="declared",
        notes=tuple(notes),
        n=len(frame),
        format="xlsx",
    )
    if labels:
        given = from_table(_as_text(sheets[labels[0]]), f"{path.name}, sheet {labels[0]}")
        book, _ = fit(given, book, frame)
    return Reading(frame, book, doubts=nearly_numbers(frame))


def read_as_text(path: Path) -> pd.DataFrame:
    """The first sheet of a workbook with every cell as text, for codebooks.

    Raises
    ------
    SourceError
        The workbook is missing, damaged or empty.
    """
    if not path.is_file():
        raise SourceError(
            f"there is no file {path.name!r} in the folder {path.parent.resolve().name!r}. Check its name."
        )
    sheets = _sheets(path)
    first = next((sheet for sheet in sheets.values() if not sheet.empty), None)
    if first is None:
        raise SourceError(f"the codebook {path.name!r} is empty. Fill in variable, label, code, value label.")
    return _as_text(first)


def _sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Every sheet as cells, nothing interpreted: the first row holds the names."""
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtraError("Reading Excel workbooks", "xlsx") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            return {sheet.title: _cells(sheet) for sheet in book.worksheets}
        finally:
            book.close()
    except _DAMAGE as error:
        raise SourceError(
            f"{path.name!r} cannot be read as an Excel workbook: it is damaged, cut off, or not a "
            "workbook inside. Get the file again, or open it in Excel and save it anew as .xlsx."
        ) from error


def _cells(sheet: Any) -> pd.DataFrame:
    rows = [row for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]
    if not rows:
        return pd.DataFrame()
    width = max(len(row) for row in rows)
    padded = [(*row, *[None] * (width - len(row))) for row in rows]
    frame = pd.DataFrame(padded[1:], columns=range(width), dtype=object)
    frame.attrs["names"] = padded[0]
    return frame.loc[:, [padded[0][k] is not None or frame[k].notna().any() for k in range(width)]]


def _names(sheet: pd.DataFrame) -> list[str]:
    written = sheet.attrs["names"]
    return ["" if written[place] is None else str(written[place]).strip() for place in sheet.columns]


def _typed(path: Path, title: str, sheet: pd.DataFrame) -> pd.DataFrame:
    """Columns of one type each: numbers, dates, or text (a code kept as text stays text)."""
    names = _names(sheet)
    if "" in names:
        place = int(sheet.columns[names.index("")]) + 1
        raise SourceError(
            f"{path.name!r} cannot be read: column {place} of the sheet {title!r} has values and no name "
            "in its first row. Name it, and remove titles above the table."
        )
    check_names(path.name, names)
    columns = {name: _column(sheet[place]) for name, place in zip(names, sheet.columns, strict=True)}
    return pd.DataFrame(columns)


def _column(cells: pd.Series) -> pd.Series:
    cells = cells.where(cells.notna(), None)
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds and all(issubclass(kind, int | float) and kind is not bool for kind in kinds):
        return pd.to_numeric(cells, errors="coerce")
    converted = cells.infer_objects()
    if pd.api.types.is_datetime64_any_dtype(converted.dtype) or pd.api.types.is_timedelta64_dtype(
        converted.dtype
    ):
        return converted
    if kinds <= {str}:
        return converted
    return cells.map(_cell_text, na_action="ignore")


def _cell_text(cell: object) -> str:
    """A cell of a mixed column: a whole number without a point, as Excel shows it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    return f"{cell:.15g}" if isinstance(cell, int | float) else str(cell)


def _as_text(sheet: pd.DataFrame) -> pd.DataFrame:
    text = sheet.map(lambda cell: "" if cell is None or cell != cell else _cell_text(cell))
    return text.set_axis(_names(sheet), axis=1)


def _check_formulas(path: Path) -> None:
    """Stop at formulas without a value: they would read as empty cells.

    Raises
    ------
    SourceError
        With the sheet's file inside the workbook and the number of such cells.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    found = len(_FORMULA_WITHOUT_VALUE.findall(archive.read(name)))
                    if found:
                        raise SourceError(
                            f"{path.name!r} cannot be read: {found} cells of {Path(name).stem} hold "
                            "formulas whose values were never computed. Open it in Excel or LibreOffice "
                            "and save it."
                        )
    except SourceError:
        raise
    except _DAMAGE as error:
        raise SourceError(
            f"{path.name!r} cannot be read as an Excel workbook: it is damaged, cut off or encrypted. "
            "Get the file again, or open it in Excel and save it anew as .xlsx."
        ) from error
