"""Encodings in which pyreadstat mixes the end of one text into the next.

In windows-1255 (Hebrew) and windows-1258 (Vietnamese) a letter may be followed by a sign that changes it, so
iconv, which pyreadstat decodes with, keeps the last letter back. pyreadstat does not ask for it before the
next text, which then begins with it. Such files are read as raw bytes, and these are decoded here.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from egovstats.errors import SourceError
from egovstats.microdata.encoding import python_name

RAW = "iso-8859-1"  # every byte is a letter in it, so the bytes behind a text can be had back
_LEAKING = {"cp1255", "cp1258"}


def leaking(encoding: str | None) -> str:
    """Python's name of an encoding that leaks; empty for all others, and for those it does not know."""
    try:
        name = python_name(encoding or "ascii")
    except SourceError:
        return ""
    return name if name in _LEAKING else ""


def decode_frame(frame: pd.DataFrame, encoding: str) -> pd.DataFrame:
    """A frame read as raw bytes, with its names and texts decoded.

    Raises
    ------
    UnicodeDecodeError
        A text is not valid in the encoding.
    """
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            texts = {cell: decoded(cell, encoding) for cell in column.unique() if isinstance(cell, str)}
            column = column.map(lambda cell, texts=texts: texts.get(cell, cell))
        columns[decoded(name, encoding)] = column
    return pd.DataFrame(columns, index=frame.index)


def decoded(found: Any, encoding: str) -> Any:
    """A text, or every text in lists and dictionaries, from raw bytes to letters."""
    if isinstance(found, str):
        return found.encode(RAW).decode(encoding)
    if isinstance(found, list):
        return [decoded(each, encoding) for each in found]
    if isinstance(found, dict):
        return {decoded(key, encoding): decoded(each, encoding) for key, each in found.items()}
    return found
