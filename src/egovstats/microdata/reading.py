"""What each format's reader gives back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError, nearest
from egovstats.microdata.codebook import Codebook

_SAMPLE, _SPREAD = 1_000, 8
_NO_TEXT = set("biufcmM")  # kinds of column that numpy names so: numbers, times
_NEARLY = 0.9  # share of numbers from which a column of text is taken for one of numbers with slips


@dataclass
class Reading:
    """A file as its format's reader leaves it.

    Parameters
    ----------
    frame : pd.DataFrame
    book : Codebook
        What the file says of itself, and notes on what was done.
    tags : dict of str to pd.Series
        Why cells are empty, where the file says so.
    doubts : list of str
        Sentences that the caller must hear as warnings.
    """

    frame: pd.DataFrame
    book: Codebook
    tags: dict[str, pd.Series] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def check_columns(path: Path, columns: Iterable[str] | None, known: Sequence[str]) -> None:
    """Stop at a column that the file does not have.

    Raises
    ------
    SourceError
        With the near names.
    """
    there = set(known)
    for name in columns or ():
        if name not in there:
            raise SourceError(f"{path.name!r} has no column {name!r}. {nearest(str(name), known)}")


def in_file_order(columns: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """The columns asked for (all by default), in the order of the file."""
    wanted = set(known if columns is None else columns)
    return [name for name in known if name in wanted]


def nearly_numbers(frame: pd.DataFrame, decimal: str = ".") -> list[str]:
    """Sentences on text columns that are numbers but for a few cells, for formats without a dictionary.

    Such a cell is a word for missing ("NA"), a slip or damage, and it makes a whole column text.
    """
    found = []
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        if dtype.kind in _NO_TEXT:
            continue
        if not _may_be_numbers(frame[name].iloc[:: len(frame) // _SPREAD + 1].tolist()):
            continue
        cells = frame[name].dropna()
        share = _share_of_numbers(cells.iloc[:_SAMPLE], decimal)
        if share >= _NEARLY and _NEARLY <= (share := _share_of_numbers(cells, decimal)) < 1:
            found.append(
                f"{name}: {round(share * len(cells))} of {len(cells)} values are numbers and the others are "
                "not, so the column was read as text. Correct the others in the file, or map them in the "
                "crosswalk."
            )
    return found


def _may_be_numbers(cells: list[object]) -> bool:
    """Whether half of some cells hold a digit: asked first, since it takes no time."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    digits = sum(any(letter.isdigit() for letter in text) for text in texts)
    return 2 * digits >= len(texts)


def _share_of_numbers(cells: pd.Series, decimal: str) -> float:
    if decimal != ".":
        cells = cells.str.replace(".", " ", regex=False).str.replace(decimal, ".", regex=False)
    return float(pd.to_numeric(cells, errors="coerce").notna().mean()) if len(cells) else 0.0


def kind_of_column(column: pd.Series) -> str:
    """Kind of a variable by the type of its column, for formats without a dictionary."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return "datetime"
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return "time"
    return "number" if pd.api.types.is_numeric_dtype(column.dtype) else "text"
