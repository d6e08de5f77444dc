"""Columns and labels in the form that SPSS or Stata takes them."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.dates import kind_of
from egovstats.microdata.dictionary import USUAL_WIDTH
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.variable import Variable
from egovstats.microdata.write_dta import MOST_LABEL

_SPSS_ORIGIN = pd.Timestamp("1582-10-14")
_ORIGIN_1960 = pd.Timestamp("1960-01-01")
_FORMATS = {
    "spss": {"date": "DATE11", "datetime": "DATETIME20", "time": "TIME8"},
    "stata": {"date": "%td", "datetime": "%tc", "time": "%tcHH:MM:SS"},
}
# Longest texts in the bytes of UTF-8 (SPSS) or in letters (Stata): variable, code, file
_LONGEST = {"spss": (256, 120, 64), "stata": (MOST_LABEL, 32_000, 80)}
_HIGHEST = sys.float_info.max
_LOWEST = float(np.nextafter(-_HIGHEST, 0))
_STATA_MONTHS = {"m": 1, "q": 3, "h": 6}
_MOST_DISCRETE = 3
_LONGEST_MISSING = 8  # bytes of a text that SPSS takes for missing
_WIDEST = 32_767  # bytes of a text in SPSS
_NOTE_LINE = 80  # bytes of a line of SPSS's documents
_LONGEST_INTEGER = 2_147_483_620  # of Stata; its missing values are beyond
_OWN_FORMATS = re.compile(r"(F|A|N|E|COMMA|DOT|DOLLAR|PCT|CC[A-E]|WKDAY|MONTH)\d+(\.\d+)?")


@dataclass
class Outgoing:
    """What pyreadstat writes."""

    frame: pd.DataFrame
    file_label: str
    labels: dict[str, str] = field(default_factory=dict)
    value_labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    missing: dict[str, list[Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    display_widths: dict[str, int] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)


def outgoing(data: Microdata, book: Codebook, family: str) -> Outgoing:
    """The columns of a codebook, in its order, ready to be written.

    Parameters
    ----------
    data : Microdata
        Its frame is not changed.
    book : Codebook
        The variables to write.
    family : str
        "spss" or "stata".
    """
    longest = _LONGEST[family]
    columns = {}
    ready = Outgoing(pd.DataFrame(), _cut(book.file_label, longest[2], family))
    for name, variable in book.variables.items():
        format_name = _format(variable, family)
        if format_name:
            ready.formats[name] = format_name
        columns[name] = _column(data, name, variable, format_name, family, ready)
        if variable.label:
            ready.labels[name] = _cut(variable.label, longest[0], family)
        labels = _labels(variable, family)
        if labels:
            ready.value_labels[name] = {code: _cut(text, longest[1], family) for code, text in labels.items()}
        if family == "spss":
            missing = _missing(variable)
            if missing:
                ready.missing[name] = missing
            ready.display_widths[name] = variable.display_width or USUAL_WIDTH
    ready.frame = pd.DataFrame(columns)
    ready.notes = [line for each in book.documents for line in _lines(each)]
    return ready


def _cut(text: str, size: int, family: str) -> str:
    """A text as long as the format allows, no letter cut in two."""
    if family == "stata":
        return text[:size]
    return text.encode("utf-8")[:size].decode("utf-8", "ignore")


def _lines(note: str) -> list[str]:
    """A note in lines that SPSS takes, no letter cut in two."""
    lines = []
    for line in note.splitlines():
        while line:
            part = _cut(line, _NOTE_LINE, "spss")
            lines.append(part)
            line = line[len(part) :]
    return lines


def _format(variable: Variable, family: str) -> str:
    """The variable's own format if it is of this program, else one of the same kind."""
    own = variable.format
    is_stata = own.startswith("%")
    if variable.kind in ("number", "text"):
        fits = is_stata if family == "stata" else bool(_OWN_FORMATS.fullmatch(own))
        return own if fits else ""
    if own and is_stata == (family == "stata") and kind_of(own, family) == variable.kind:
        return own
    return _FORMATS[family][variable.kind]


def _column(
    data: Microdata, name: str, variable: Variable, format_name: str, family: str, ready: Outgoing
) -> pd.Series:
    column = data.frame[name]
    tags = data.tags.get(name)
    if variable.kind == "text":
        texts = column.fillna("").astype(str).astype(object)
        return _as_wide(texts, variable) if family == "spss" else texts
    numbers = column.astype(float) if variable.kind == "number" else _counted(column, format_name, family)
    if tags is None:
        return _whole(numbers) if family == "stata" and variable.kind == "number" else numbers
    codes = pd.to_numeric(tags.astype(object), errors="coerce").astype(float)
    numbers = numbers.where(codes.isna(), codes)  # a code that stood among dates
    if family == "stata":
        letters = tags.where(tags.str.fullmatch(r"\.[A-Za-z]")).str[1:].str.lower()
        if letters.notna().any():
            ready.tags[name] = sorted(letters.dropna().unique())
            return _whole(numbers).astype(object).mask(letters.notna(), letters)
    return numbers


def _as_wide(texts: pd.Series, variable: Variable) -> pd.Series:
    """The first cell padded: the writer takes the width from the longest, and SPSS pads every cell."""
    own = re.fullmatch(r"A(\d+)", variable.format)
    width = min(int(own[1]) if own else variable.width or 0, _WIDEST)
    if len(texts) and len(texts.iloc[0].encode("utf-8")) < width:
        texts = texts.copy()
        texts.iloc[0] += " " * (width - len(texts.iloc[0].encode("utf-8")))
    return texts


def _whole(numbers: pd.Series) -> pd.Series:
    """Whole numbers as such, half as long in a Stata file; others as they are."""
    known = numbers.dropna()
    if len(known) and bool(((known % 1 == 0) & (known.abs() <= _LONGEST_INTEGER)).all()):
        return numbers.astype("Int32")
    return numbers


def _counted(column: pd.Series, format_name: str, family: str) -> pd.Series:
    """Datetimes as the numbers that the program counts: seconds, days, milliseconds or periods."""
    if pd.api.types.is_timedelta64_dtype(column.dtype):
        return column.dt.total_seconds() * (1_000 if family == "stata" else 1)
    if family == "spss":
        return _since(column, _SPSS_ORIGIN) / 1_000_000
    text = format_name.replace("%-", "%")
    if text.startswith(("%tc", "%tC")):
        return _since(column, _ORIGIN_1960) / 1_000
    period = text[2:3] if text.startswith("%t") else "d"
    years = column.dt.year - 1960
    if period == "w":
        return years * 52 + ((column.dt.day_of_year - 1) // 7).clip(upper=51)
    if period in _STATA_MONTHS:
        return (years * 12 + column.dt.month - 1) // _STATA_MONTHS[period]
    return _since(column, _ORIGIN_1960) / 86_400_000_000


def _since(column: pd.Series, origin: pd.Timestamp) -> pd.Series:
    """Microseconds since an origin; on whole numbers, since nanoseconds do not reach to 1582."""
    micro = column.astype("datetime64[us]")
    start = int(np.datetime64(origin.to_pydatetime(), "us").astype(np.int64))
    numbers = (micro.to_numpy().astype(np.int64) - start).astype(float)
    return pd.Series(np.where(micro.isna(), np.nan, numbers), index=column.index)


def _labels(variable: Variable, family: str) -> dict[Any, str]:
    if family == "spss":
        return {
            code if isinstance(code, str) else float(code): text
            for code, text in variable.values.items()
            if isinstance(code, str) == (variable.kind == "text") and text
        }
    whole: dict[Any, str] = {
        code: text
        for code, text in variable.values.items()
        if isinstance(code, int) and abs(code) < 2**31 - 100 and text and variable.kind != "text"
    }
    tags = {tag[1:].lower(): text for tag, text in variable.tagged_missing.items() if text and tag != "._"}
    return whole | tags


def _missing(variable: Variable) -> list[Any]:
    """As many as SPSS holds: three codes, or a range and a code."""
    ranges = [
        {"lo": low if not math.isinf(low) else _LOWEST, "hi": high if not math.isinf(high) else _HIGHEST}
        for low, high in variable.missing_ranges[:1]
    ]
    codes = [
        code
        for code in variable.missing_codes
        if isinstance(code, str) == (variable.kind == "text")
        and not (isinstance(code, str) and len(code.encode("utf-8")) > _LONGEST_MISSING)
    ]
    return [*ranges, *codes[: 1 if ranges else _MOST_DISCRETE]]
