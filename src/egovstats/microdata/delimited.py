"""Tables in text: CSV, and the like with semicolons or tabs.

Codes stay codes: "01" is not 1, "TRUE" is not 1, "NA" is not an empty cell, and no digit of a long
number is lost. pandas guesses the types of most columns right and fast; those it would change are read
once more as text.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.encoding import TextChoice, choose, python_name, tidy_name
from egovstats.microdata.progress import ReadingBar, TellingBytes
from egovstats.microdata.reading import Reading, check_columns, in_file_order, kind_of_column, nearly_numbers
from egovstats.microdata.text_layout import Layout, has_leading_zero, layout_of, prepared
from egovstats.microdata.variable import Variable
from egovstats.microdata.whole import cut_off

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Before version 3, pandas reads decimals fast and not to the last digit unless told otherwise.
_EXACT_FLOATS: dict[str, Any] = (
    {} if int(pd.__version__.split(".")[0]) >= 3 else {"float_precision": "round_trip"}
)
_SAMPLE_LINES = 5_000
_EXACT = 2**53  # larger whole numbers lose digits as floats


def read_delimited(
    path: Path, *, columns: list[str] | None, encoding: str | None, bar: ReadingBar
) -> Reading:
    """Read a table in text.

    Parameters
    ----------
    path : Path
    columns : list of str or None
    encoding : str or None
    bar : ReadingBar
        Told how far the parsing is.

    Raises
    ------
    SourceError
        Text that no encoding fits, a row with another number of fields than the header, a name twice,
        an end inside quotes, or a column asked for that is not there.
    """
    data, choice = _decoded(path, encoding)
    data, delimiter = prepared(data)
    layout = layout_of(path.name, data, delimiter)
    check_columns(path, columns, layout.names)
    names = in_file_order(columns, layout.names)
    frame, long = _codes(path, data, layout, names, bar)
    frame, empty = _without_empty_rows(path, data, layout, frame)
    notes = [note for note in (choice.note, *layout.notes) if note]
    doubts = [] if choice.sure or not choice.note else [choice.note]
    doubts += nearly_numbers(frame, layout.decimal)
    if data[-1:] not in (b"\n", b"\r"):
        notes.append(
            "The file does not end with a line break: if it was cut off, its last value may be too short."
        )
    if empty:
        notes.append(f"Rows without any value were left out: {empty}.")
    notes += [f"{name}: has numbers of so many digits that the column was read as text." for name in long]
    if len(layout.names) == 1:
        doubts.append(
            "Only one column was found; columns must be separated by a comma, semicolon, tab or bar."
        )
    book = Codebook(
        variables={name: Variable(name, kind=kind_of_column(frame[name])) for name in names},
        encoding=choice.encoding,
        encoding_how=choice.how,
        notes=tuple(notes),
        n=len(frame),
        format="csv",
    )
    return Reading(frame, book, doubts=doubts)


def read_as_text(path: Path) -> pd.DataFrame:
    """A table in text with every cell as text, for codebooks.

    Raises
    ------
    SourceError
        See `read_delimited`, or the file is missing.
    """
    if not path.is_file():
        raise SourceError(
            f"there is no file {path.name!r} in the folder {path.parent.resolve().name!r}. Check its name."
        )
    data, _ = _decoded(path, None)
    data, delimiter = prepared(data)
    layout = layout_of(path.name, data, delimiter)
    return _parse(path, data, layout, layout.names, as_text=True).fillna("")


def _decoded(path: Path, given: str | None) -> tuple[bytes, TextChoice]:
    """The table as UTF-8 bytes, and what it was in."""
    data = path.read_bytes()
    mark = next((name for start, name in _MARKS if data.startswith(start)), None)
    if given is not None:
        choice = TextChoice(tidy_name(given), "given by the user")
    elif mark:
        choice = TextChoice(mark, "declared")
    else:
        choice = _by_evidence(path, data)
    python = python_name(choice.encoding)
    try:
        if python != "utf-8":
            data = data.decode(python).removeprefix("\ufeff").encode("utf-8")
        elif not data.isascii():
            data = data.removeprefix(_MARKS[0][0])
            data.decode("utf-8")
    except UnicodeError as error:
        raise SourceError(
            f"the text of {path.name!r} cannot be read as {choice.encoding} ({choice.how}): some of its "
            "bytes are no letters there. Pass encoding= with the encoding it was written in."
        ) from error
    if b"\0" in data[: 1 << 20]:
        raise SourceError(
            f"{path.name!r} cannot be read as a table in text: it holds zero bytes, so it is UTF-16 "
            "without its mark, or no text. Pass encoding='utf-16-le' if it is text."
        )
    return data, choice


def _by_evidence(path: Path, data: bytes) -> TextChoice:
    try:
        data.decode("utf-8")
        return TextChoice("utf-8", "utf-8")
    except UnicodeDecodeError:
        lines = [line for line in data.splitlines() if not line.isascii()]
        return choose(lines[:_SAMPLE_LINES], "", name=path.name)


def _parse(
    path: Path,
    data: bytes,
    layout: Layout,
    names: list[str],
    *,
    as_text: bool = False,
    bar: ReadingBar | None = None,
) -> pd.DataFrame:
    try:
        return pd.read_csv(
            TellingBytes(data, bar) if bar else io.BytesIO(data),
            sep=layout.delimiter,
            header=0,
            names=layout.names,
            usecols=names,
            index_col=False,
            dtype=str if as_text else None,
            keep_default_na=False,
            na_values=[""],
            decimal=layout.decimal,
            **_EXACT_FLOATS,
            skipinitialspace=True,
            skip_blank_lines=len(layout.names) > 1,
            low_memory=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        inside = "EOF inside string" in str(error)
        raise cut_off(
            path.name, "it ends inside quotation marks" if inside else "its rows cannot be told apart"
        ) from error


def _codes(
    path: Path, data: bytes, layout: Layout, names: list[str], bar: ReadingBar
) -> tuple[pd.DataFrame, list[str]]:
    """The columns, with those as text that would change as numbers; and which are too long for numbers."""
    frame = _parse(path, data, layout, names, bar=bar)
    changed = [name for name in names if _would_change(frame[name])]
    long = [name for name in changed if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    long = [name for name in long if not pd.api.types.is_bool_dtype(frame[name].dtype)]
    numbers = [
        name for name in names if name not in changed and pd.api.types.is_numeric_dtype(frame[name].dtype)
    ]
    if numbers and has_leading_zero(data):
        text = _parse(path, data, layout, numbers, as_text=True)
        for name in numbers:
            if text[name].str.match(r"[+-]?0\d").any():
                frame[name] = text[name]
    if changed:
        text = _parse(path, data, layout, changed, as_text=True)
        for name in changed:
            frame[name] = text[name]
    for name in names:
        if kind_of_column(frame[name]) == "text" and (frame[name] == "").any():
            frame[name] = frame[name].mask(frame[name] == "")  # pandas leaves them so beside long numbers
    return frame, long


def _without_empty_rows(
    path: Path, data: bytes, layout: Layout, frame: pd.DataFrame
) -> tuple[pd.DataFrame, int]:
    """Leave out rows of nothing but delimiters, which Excel writes below a table: they are no respondents."""
    empty = frame.isna().all(axis=1)
    if empty.any() and len(frame.columns) < len(layout.names):
        empty = _parse(path, data, layout, layout.names, as_text=True).isna().all(axis=1)
    if not empty.any():
        return frame, 0
    return frame[~empty].reset_index(drop=True), int(empty.sum())


def _would_change(column: pd.Series) -> bool:
    """Whether pandas made true or false, infinity, or a number with lost digits of a code."""
    if pd.api.types.is_bool_dtype(column.dtype) or column.dtype == np.uint64:
        return True
    if column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) not in ("string", "empty"):
        return True
    if not pd.api.types.is_float_dtype(column.dtype) or column.isna().all():
        return False
    return bool(column.abs().max() >= _EXACT)
