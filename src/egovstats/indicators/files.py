"""Publisher's files as plain grids of cells, before anything is known of their layout."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from egovstats.errors import MissingExtraError, SourceError
from egovstats.sources import Source, sha256_of

#: What publishers write where they have no number.
NO_VALUE = frozenset({"", "..", "...", "#N/A", "N/A", "n/a", "NA", "-", "–"})


def is_workbook(path: Path) -> bool:
    """Whether the file is an Excel workbook by its first bytes (a zip archive)."""
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError as error:
        raise SourceError(
            f"the file {path.name!r} cannot be read: {error.strerror or error}. "
            "Check its name, its folder and its permissions."
        ) from error


def read_sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Every sheet of a workbook as a grid of cells without a header row, by sheet name.

    Raises
    ------
    MissingExtraError
        openpyxl is not installed.
    SourceError
        The file is no workbook that can be opened.
    """
    try:
        import openpyxl  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("reading an Excel workbook", "xlsx") from error
    from zipfile import BadZipFile

    try:
        return pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl", keep_default_na=False)
    except (BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise SourceError(
            f"{path.name!r} cannot be opened as an Excel workbook: {error}. "
            "It may be cut off or encrypted; download it again."
        ) from error


def read_rows(path: Path) -> pd.DataFrame:
    """A comma-separated file as text, with its header row as column names.

    Raises
    ------
    SourceError
        The file is not UTF-8 text, has no rows, or has rows longer than its header.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False)
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path.name!r} is not UTF-8 text (byte {error.start}). Save it as CSV in UTF-8."
        ) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error, OSError) as error:
        raise SourceError(
            f"{path.name!r} cannot be read as a comma-separated table: {error}. Download it again."
        ) from error
    frame.columns = [str(name).strip() for name in frame.columns]
    return frame


def numbers(cells: pd.Series, *, path: Path, column: str) -> pd.Series:
    """Cells as numbers, NaN where the publisher has none.

    Raises
    ------
    SourceError
        A cell holds anything else.
    """
    text = cells.map(lambda cell: "" if cell is None else str(cell).strip())
    blank = text.isin(NO_VALUE) | (text.str.lower() == "nan")
    found = pd.to_numeric(text.mask(blank), errors="coerce")
    wrong = found.isna() & ~blank
    if wrong.any():
        raise SourceError(
            f"the column {column!r} of {path.name!r} must hold numbers, found {text[wrong].iloc[0]!r} "
            f"({int(wrong.sum())} such cells). Check that the file is the publisher's own, unchanged."
        )
    return found.astype(float)


def not_this_file(path: Path, what: str, looked_for: str, found: str) -> SourceError:
    """The error for a file that is not what it was said to be."""
    return SourceError(
        f"{path.name!r} is not {what}: looked for {looked_for}, found {found}. "
        "Pass the publisher's file as downloaded, or another publisher."
    )


def columns_found(frame: pd.DataFrame) -> str:
    """The column names of a frame, shortened for an error."""
    names = [str(name) for name in frame.columns[:8]]
    more = len(frame.columns) - len(names)
    return "the columns " + ", ".join(names) + (f" and {more} more" if more > 0 else "")


def indicator_source(path: Path, title: str, *, edition: str = "") -> Source:
    """The file as a source of an indicator table."""
    return Source(title=title, kind="indicator", file=path.name, sha256=sha256_of(path), edition=edition)
