"""Numbers that mean dates: which formats they are, and how they become datetimes.

SPSS counts seconds from 14 October 1582, Stata and SAS days, seconds or milliseconds from 1 January
1960. The conversion works on whole columns; a number outside the years 1 to 9999 (for SPSS: before
15 October 1582, its first date) becomes a missing value and is counted, not an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.microdata.variable import Variable

_DAY = 86_400_000_000  # microseconds
_SPSS_ORIGIN = -12_219_379_200_000_000
_ORIGIN_1960 = -315_619_200_000_000
_YEAR_1 = -62_135_596_800_000_000
_YEAR_10000 = 253_402_300_800_000_000

_SPSS = {
    "date": {"DATE", "ADATE", "EDATE", "SDATE", "JDATE", "QYR", "MOYR", "WKYR"},
    "datetime": {"DATETIME", "YMDHMS"},
    "time": {"TIME", "DTIME", "MTIME"},
}
_SAS_DATE = re.compile(
    r"[EB]8601DA|IS8601DA|DATE|DDMMYY[BCDNPS]?|MMDDYY[BCDNPS]?|YYMMDD[BCDNPS]?|MMYY[CDNPS]?|YYMM[CDNPS]?"
    r"|MONYY|YYMON|YYQ[CDNPS]?|YYQR[CDNPS]?|JULIAN|WEEKDATE|WEEKDATX|WORDDATE|WORDDATX|NLDATE[A-Z]*|MINGUO"
    r"|YEAR|QTRR?|MONTH|MONNAME|WEEKDAY|DOWNAME|DAY|JULDAY"  # whole dates, shown in part
)
_SAS_DATETIME = re.compile(
    r"DATETIME|DATEAMPM|MDYAMPM|DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|[EB]8601D[TNZXL]|IS8601D[TNZ]|NLDATM[A-Z]*"
)
_SAS_TIME = re.compile(r"TIME|HHMM|HOUR|MMSS|TOD|TIMEAMPM|[EB]8601T[MZX]|IS8601T[MZ]|NLTIMA?P?")
_STATA_MONTHS = {"m": 1, "q": 3, "h": 6}


def kind_of(format_name: str, family: str) -> str:
    """Whether a display format makes a number a date, a datetime or a time.

    Parameters
    ----------
    format_name : str
        As the file writes it: "ADATE10", "%tdD_m_Y", "YYMMDD10".
    family : str
        "spss", "stata" or "sas".

    Returns
    -------
    str
        "date", "datetime", "time" or "number".
    """
    return {"spss": _spss_kind, "stata": _stata_kind, "sas": _sas_kind}[family](format_name or "")


def _spss_kind(format_name: str) -> str:
    stem = re.sub(r"[\d.]+$", "", format_name).upper()
    return next((kind for kind, stems in _SPSS.items() if stem in stems), "number")


def _stata_kind(format_name: str) -> str:
    text = format_name.replace("%-", "%")
    if text.startswith(("%tc", "%tC")):
        shows_date = not text[3:] or re.search(r"[CYJDdNnLlWw]|[Mm]on", text[3:])
        return "datetime" if shows_date else "time"
    if text.startswith(("%td", "%d")) or (text[:2] == "%t" and text[2:3] in {"w", *_STATA_MONTHS}):
        return "date"
    return "number"


def _sas_kind(format_name: str) -> str:
    stem = re.sub(r"[\d.]+$", "", format_name).upper()
    for kind, pattern in (("datetime", _SAS_DATETIME), ("date", _SAS_DATE), ("time", _SAS_TIME)):
        if pattern.fullmatch(stem):
            return kind
    return "number"


@dataclass(frozen=True)
class Converted:
    """A column of datetimes, and what could not become one.

    Parameters
    ----------
    column : pd.Series of datetime64 or timedelta64
    kind : str
        "date", "datetime" or "time", as the values turned out.
    declared : pd.Series of str or None
        The number, as text, where it is declared missing or has a label; missing elsewhere.
    out_of_range : int
        Cells with a number that no calendar date has.
    """

    column: pd.Series
    kind: str
    declared: pd.Series | None
    out_of_range: int


def convert(column: pd.Series, variable: Variable, family: str) -> Converted:
    """Turn a column of numbers into datetimes (times of day and durations into timedeltas).

    Parameters
    ----------
    column : pd.Series of float, shape (n,)
    variable : Variable
        Its format and kind, and the numbers it declares missing or labels: those are codes, not dates.
    family : str
        "spss", "stata" or "sas".
    """
    number = column.to_numpy(dtype=float)
    labelled = [code for code in variable.values if not isinstance(code, str)]
    declared = (variable.declared_missing(column) | column.isin(labelled)).to_numpy(dtype=bool)
    usable = ~np.isnan(number) & ~declared
    kind = variable.kind
    if kind == "time" and family == "stata" and not _within_a_day(number[usable]):
        kind = "datetime"  # the format shows the clock only, but the values hold a day as well
    with np.errstate(over="ignore", invalid="ignore"):
        micro, least = _microseconds(number, kind, family, variable.format)
    inside = usable & (micro >= least) & (micro < _YEAR_10000)
    dtype = "timedelta64[us]" if kind == "time" else "datetime64[us]"
    values = np.rint(np.where(inside, micro, 0)).astype(np.int64).view(dtype)
    values[~inside] = np.array("NaT", dtype=dtype)
    return Converted(
        column=pd.Series(values, index=column.index, name=column.name),
        kind=kind,
        declared=_numbers_as_tags(column, declared) if declared.any() else None,
        out_of_range=int((usable & ~inside).sum()),
    )


def _microseconds(number: np.ndarray, kind: str, family: str, format_name: str) -> tuple[np.ndarray, float]:
    """Microseconds since 1970 (of a time: since midnight), and the least that is a date at all."""
    if kind == "time":
        return number * (1_000 if family == "stata" else 1_000_000), -_YEAR_10000
    if family == "spss":
        return number * 1_000_000 + _SPSS_ORIGIN, _SPSS_ORIGIN + _DAY
    if family == "stata" and kind == "datetime":
        return number * 1_000 + _ORIGIN_1960, _YEAR_1
    if family == "stata":
        return _stata_date(number, format_name), _YEAR_1
    return number * (1_000_000 if kind == "datetime" else _DAY) + _ORIGIN_1960, _YEAR_1


def _numbers_as_tags(column: pd.Series, declared: np.ndarray) -> pd.Series:
    """The declared codes as text, where there is one: a column of dates cannot hold them."""
    codes, place = np.unique(column.to_numpy(dtype=float)[declared], return_inverse=True)
    tags = pd.Series(pd.NA, index=column.index, dtype="string")
    tags[declared] = np.array([f"{code:.15g}" for code in codes], dtype=object)[place]
    return tags


def _within_a_day(milliseconds: np.ndarray) -> bool:
    return bool(((milliseconds >= 0) & (milliseconds < _DAY / 1_000)).all())


def _stata_date(number: np.ndarray, format_name: str) -> np.ndarray:
    """Days, weeks, months, quarters or half-years since 1960 to microseconds since 1970."""
    text = format_name.replace("%-", "%")
    period = text[2:3] if text.startswith("%t") else "d"
    if period == "w":
        # Stata's year has 52 weeks, the last of 8 or 9 days; week 1 starts on 1 January
        year = np.floor(number / 52)
        return _first_of_month(year * 12) + (number - year * 52) * 7 * _DAY
    if period in _STATA_MONTHS:
        return _first_of_month(number * _STATA_MONTHS[period])
    return number * _DAY + _ORIGIN_1960


def _first_of_month(months: np.ndarray) -> np.ndarray:
    """First day of a month counted from January 1960, in microseconds since 1970; infinite past all dates."""
    fits = np.abs(months) < 120_000
    whole = np.where(fits, np.floor(months), 0).astype(np.int64) - 120
    first = whole.astype("datetime64[M]").astype("datetime64[us]").astype(np.int64)
    return np.where(fits, first.astype(float), np.inf)
