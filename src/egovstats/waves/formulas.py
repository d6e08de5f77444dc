"""Cells of tables that people open in a spreadsheet program, which takes some texts for formulas."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:e[+-]?\d+)?(?:\.\.[+-]?\d+(?:\.\d+)?)?")


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; numbers and a lone ``=`` stay.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-1"), harmless("-1..5"), harmless("="), harmless("- none")
    ("'=1+1", '-1', '-1..5', '=', "'- none")
    """
    if not text.startswith(_STARTS) or text == "=" or _NUMBER.fullmatch(text):
        return text
    return "'" + text


def as_typed(text: str) -> str:
    """Take off the apostrophe that `harmless` puts before a text.

    Examples
    --------
    >>> as_typed("'=1+1"), as_typed("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text.startswith("'") and harmless(text[1:]) == text else text


def harmless_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a copy of a table whose texts, and names of columns, run nowhere."""
    safe = frame.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column].dtype):
            safe[column] = safe[column].map(_cell)
    return safe.rename(columns=_cell)


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value
