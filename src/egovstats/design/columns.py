"""Columns of the user's frame, checked: every fault names the column, the count and the way out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import DesignError, EstimateError, nearest
from egovstats.variance import dense_codes, whole_codes

_NUMBERS = ("integer", "floating", "mixed-integer-float", "boolean", "decimal", "empty")


def column(frame: pd.DataFrame, name: Hashable, role: str) -> pd.Series:
    """A column by name.

    Raises
    ------
    EstimateError
        It is not there, or its name stands for several columns.
    """
    if not isinstance(name, Hashable):
        raise EstimateError(f"the {role} is one column, got {name!r}. Pass its name.")
    if name not in frame.columns:
        raise EstimateError(
            f"there is no column {name!r} for the {role}. {nearest(str(name), frame.columns)}"
        )
    found = frame[name]
    if isinstance(found, pd.DataFrame):
        raise EstimateError(f"{found.shape[1]} columns are named {name!r}. Rename all but one of them.")
    return found


def as_numbers(series: pd.Series, role: str) -> np.ndarray:
    """A column as float64, NaN where missing, shape (n,).

    Raises
    ------
    EstimateError
        It holds text or infinite numbers.
    """
    if not holds_numbers(series):
        raise EstimateError(
            f"column {series.name!r} ({series.dtype}) does not hold numbers, which a {role} needs. "
            "Use proportion() or crosstab() for answers in words."
        )
    numbers: np.ndarray = series.to_numpy(dtype=float, na_value=np.nan)
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        raise EstimateError(
            f"column {series.name!r} holds {infinite} infinite values. Set them to missing or correct them."
        )
    return numbers


def holds_numbers(series: pd.Series) -> bool:
    """Whether a column holds numbers (or true and false), not words, dates or digits written as text."""
    kind = series.cat.categories if isinstance(series.dtype, pd.CategoricalDtype) else series
    if kind.dtype == object:
        return pd.api.types.infer_dtype(kind, skipna=True) in _NUMBERS
    return pd.api.types.is_numeric_dtype(kind.dtype) and not pd.api.types.is_complex_dtype(kind.dtype)


def design_numbers(frame: pd.DataFrame, name: str, role: str) -> np.ndarray:
    """Numbers that the design rests on, shape (n,): all there, none infinite.

    Raises
    ------
    DesignError
        Words, dates, missing or infinite numbers.
    """
    series = column(frame, name, role)
    if not holds_numbers(series):
        raise DesignError(
            f"the column {name!r} ({series.dtype}) does not hold numbers, which a {role} is. Convert it "
            "first, with pandas.to_numeric where digits are written as text."
        )
    found: np.ndarray = series.to_numpy(dtype=float, na_value=np.nan)
    for fault, what in ((np.isnan(found), "missing"), (np.isinf(found), "infinite")):
        if fault.any():
            raise DesignError(
                f"{role} is {what} for {int(fault.sum())} of {len(found)} respondents in {name!r}. Fill it "
                "in from the sampling documentation."
            )
    return found


def weights(frame: pd.DataFrame, name: str) -> np.ndarray:
    """Sampling weights, shape (n,).

    Raises
    ------
    DesignError
        Missing, negative or infinite weights, or none above zero.
    """
    series = column(frame, name, "weight")
    if not holds_numbers(series):
        raise DesignError(
            f"the weight column {name!r} ({series.dtype}) does not hold numbers. Convert it first, with "
            "pandas.to_numeric where digits are written as text."
        )
    found: np.ndarray = series.to_numpy(dtype=float, na_value=np.nan)
    for fault, what in (
        (np.isnan(found), "missing"),
        (np.isinf(found), "infinite"),
        (found < 0, "negative"),
    ):
        if fault.any():
            raise DesignError(
                f"{int(fault.sum())} of {len(found)} weights in {name!r} are {what}. "
                "Correct them, or set them to 0 to keep these respondents out of the estimates."
            )
    if not (found > 0).any():
        raise DesignError(f"no weight in {name!r} is above 0, so nobody is represented. Pass another column.")
    return found


def labels(
    frame: pd.DataFrame, names: str | Sequence[str] | None, role: str
) -> np.ndarray | pd.Series | None:
    """Stratum or unit labels, shape (n,); several columns together make one label.

    Raises
    ------
    DesignError
        A label is missing.
    """
    if names is None or (not isinstance(names, str) and len(names) == 0):
        return None
    several = [names] if isinstance(names, str) else list(names)
    parts = [column(frame, name, role) for name in several]
    for part in parts:
        whole = isinstance(part.dtype, np.dtype) and part.dtype.kind in "iub"  # these have no missing value
        missing = 0 if whole else int(part.isna().sum())
        if missing:
            raise DesignError(
                f"{missing} of {len(part)} respondents have no {role} in {part.name!r}. "
                "Fill it in, or give them a label of their own."
            )
    if len(parts) == 1:
        return (
            parts[0] if parts[0].dtype == object or parts[0].dtype.kind not in "iu" else parts[0].to_numpy()
        )
    code, wide = np.zeros(len(frame), np.int64), 1
    names_of: list[str] = [""]
    for part in parts:
        own, levels = dense_codes(part)
        code = code * len(levels) + own
        wide *= len(levels)
        names_of = [f"{before}|{level}" if before else str(level) for before in names_of for level in levels]
        if wide > 1 << 20:
            return pd.Series(["|".join(map(str, row)) for row in zip(*parts, strict=True)])
    return pd.Series(pd.Categorical.from_codes(code, pd.Index(names_of)))


def answer_codes(series: pd.Series, item: Any, *, most: int = 65_000) -> tuple[np.ndarray, list[Any]]:
    """Answers as small integers.

    Parameters
    ----------
    series : pd.Series, shape (n,)
    item : object, optional
        Something with `answers`, each with a `code`: fixes the answers and their order.

    Returns
    -------
    codes : np.ndarray of uint8 or uint16, shape (n,)
        0 where missing, 1..K for the answers.
    levels : list
        The K answers.
    """
    if item is not None and getattr(item, "answers", None):
        return _declared_codes(series, [answer.code for answer in item.answers])
    if isinstance(series.dtype, pd.CategoricalDtype):
        # Categories are declared answers, too: those that nobody gave are shares of 0, not unheard of.
        return _declared_codes(series, series.cat.categories.tolist())
    found, levels = category_codes(series)
    if len(levels) > most:
        raise EstimateError(
            f"column {series.name!r} has {len(levels)} different values, too many for answers. "
            "Use mean() or quantile() for a measurement."
        )
    return found, _plain(levels)


def small_numbers(series: pd.Series) -> tuple[np.ndarray, np.ndarray] | None:
    """A column of whole numbers within a narrow range, as small integers.

    Parameters
    ----------
    series : pd.Series, shape (n,)

    Returns
    -------
    codes : np.ndarray of uint8, shape (n,)
        0 where missing, 1..K otherwise.
    numbers : np.ndarray, shape (K,)
        The number of each code, ascending; every one occurs. None for any other column.
    """
    if isinstance(series.dtype, np.dtype):
        return whole_codes(series.to_numpy()) if series.dtype.kind in "fiub" else None
    if not pd.api.types.is_numeric_dtype(series.dtype):
        return None
    return whole_codes(series.to_numpy(dtype=float, na_value=np.nan))


def category_codes(series: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A column as small integers, narrow whole numbers without factorising.

    Returns
    -------
    codes : np.ndarray of unsigned int, shape (n,)
        0 where missing, 1..K otherwise.
    levels : np.ndarray, shape (K,)
        The values that occur, ascending where they can be ordered.
    """
    small = small_numbers(series)
    if small is not None:
        return small
    found, levels = dense_codes(series)
    kind = np.uint8 if len(levels) < 255 else np.uint16 if len(levels) < 65_535 else np.uint32
    return (found + 1).astype(kind), levels


def _declared_codes(series: pd.Series, declared: list[Any]) -> tuple[np.ndarray, list[Any]]:
    found, levels = category_codes(series)
    place = {code: at + 1 for at, code in enumerate(declared)}
    table = np.zeros(len(levels) + 1, np.uint8 if len(declared) < 255 else np.uint16)
    strange = []
    for at, level in enumerate(_plain(levels), start=1):
        if level in place:
            table[at] = place[level]
        else:
            strange.append(level)
    if strange:
        raise EstimateError(
            f"column {series.name!r} holds {strange[:5]} which its item does not list "
            f"(it lists {declared}). Add the answers to the item, or map the codes in the crosswalk."
        )
    return table[found], declared


def _plain(levels: np.ndarray) -> list[Any]:
    """Python values; whole numbers stored as floats become integers again."""
    return [
        int(level)
        if isinstance(level, (float, np.floating)) and float(level).is_integer()
        else getattr(level, "item", lambda x=level: x)()
        for level in levels
    ]
