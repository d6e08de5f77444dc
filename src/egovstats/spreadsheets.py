"""Texts in tables that people open in a spreadsheet program, which takes some of them for formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MARK = "\ufeff"
"""At the start of CSV files: spreadsheet programs see by it that Cyrillic letters are UTF-8."""

# Signs that begin a formula; their wide forms do in East Asian settings, a tab or a line break is passed over
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DIGITS = r"(?:\d[\d.,]*|[.,]\d+)"
# -1  -1.5  -1,234.5  +.5  -1e-05  -12%  -inf, and a range of codes such as -9..-1
_NUMBER = re.compile(rf"[+-]?(?:{_DIGITS}(?:e[+-]?\d+)?\s?%?|inf)(?:\.\.[+-]?{_DIGITS})?", re.IGNORECASE)
_NOTHING_TO_RUN = re.compile(r"[=+@-]+")


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run; numbers and lone signs stay.

    A text that has such an apostrophe already gets one more, so that `as_typed` gives back any text.

    Examples
    --------
    >>> harmless("=1+1"), harmless("-1.5"), harmless("-9..-1"), harmless("="), harmless("- none")
    ("'=1+1", '-1.5', '-9..-1', '=', "'- none")
    """
    return "'" + text if _would_run(text.lstrip("'")) else text


def _would_run(text: str) -> bool:
    if not text.startswith(_STARTS):
        return False
    return not (_NUMBER.fullmatch(text) or _NOTHING_TO_RUN.fullmatch(text))


def as_typed(text: str) -> str:
    """Take off the apostrophe that `harmless` puts before a text.

    Examples
    --------
    >>> as_typed("'=1+1"), as_typed("''=1+1"), as_typed("'tis")
    ('=1+1', "'=1+1", "'tis")
    """
    return text[1:] if text.startswith("'") and _would_run(text.lstrip("'")) else text


def harmless_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a copy of a table whose texts, and names of columns, run nowhere."""
    safe = frame.copy()
    for column, dtype in safe.dtypes.items():
        if dtype.kind not in "biufcmM":
            safe[column] = safe[column].map(harmless_cell)
    return safe.rename(columns=harmless_cell)


def harmless_cell(value: Any) -> Any:
    """Give a text in a form that runs nowhere, anything else as it is."""
    return harmless(value) if isinstance(value, str) else value
