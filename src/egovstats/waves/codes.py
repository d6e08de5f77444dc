"""Codes of a file as the crosswalk writes them, and the rule for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from egovstats.waves.crosswalk import Rule

_PADDED = re.compile(r"^-?0\d")


def code_text(code: Any) -> str:
    """Write a code as the crosswalk does: ``"1"`` for 1.0; ``""`` for a missing value or an empty text.

    Examples
    --------
    >>> code_text(1.0), code_text(2.5), code_text("01"), code_text(float("nan"))
    ('1', '2.5', '01', '')
    """
    if isinstance(code, str):
        return code.strip()
    if code is None or code is pd.NaT or code is pd.NA or (isinstance(code, float) and np.isnan(code)):
        return ""
    if isinstance(code, bool | np.bool_):
        return str(int(code))
    if isinstance(code, int | float | np.integer | np.floating):
        number = float(code)
        return str(int(number)) if number.is_integer() else repr(number)
    if isinstance(code, pd.Timestamp):
        return code.date().isoformat() if code == code.normalize() else code.isoformat()
    return str(code)


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column as numbered codes.

    Parameters
    ----------
    index : np.ndarray of int, shape (n,)
        Number of each respondent's code.
    texts : tuple of str
        The codes as the crosswalk writes them; ``""`` is a system-missing value.
    counts : np.ndarray of int, shape (len(texts),)
        Respondents with each code.
    numeric : bool
        Whether the file holds numbers.
    """

    index: np.ndarray
    texts: tuple[str, ...]
    counts: np.ndarray
    numeric: bool


def coded(column: pd.Series, tags: pd.Series | None = None) -> Coded:
    """Number the codes of a column, tagged missings (``".a"``) told from other missing values.

    Parameters
    ----------
    column : pd.Series, shape (n,)
    tags : pd.Series, shape (n,), optional
        Tag of each tagged missing, missing elsewhere.
    """
    numeric = pd.api.types.is_numeric_dtype(column.dtype)
    number, values = pd.factorize(column, use_na_sentinel=True)
    texts = [code_text(value) for value in values] + [""]
    index = np.where(number < 0, len(texts) - 1, number)
    if tags is not None:
        tag_number, tag_values = pd.factorize(tags, use_na_sentinel=True)
        index = np.where(tag_number < 0, index, len(texts) + tag_number)
        texts += [str(tag) for tag in tag_values]
    unique = list(dict.fromkeys(texts))  # "a" and "a " are one code
    place = {text: at for at, text in enumerate(unique)}
    index = np.array([place[text] for text in texts])[index]
    return Coded(index, tuple(unique), np.bincount(index, minlength=len(unique)), numeric)


def rule_of_each(found: Coded, rules: Iterable[Rule]) -> list[Rule | None]:
    """Find the rule of each code, shape (len(texts),); a rule for one code goes before a range."""
    exact: dict[str, Rule] = {}
    ranges: list[tuple[float, float, Rule]] = []
    for rule in rules:
        if rule.bounds is not None:
            ranges.append((*rule.bounds, rule))
        else:
            exact[as_written(rule.source_code, numeric=found.numeric)] = rule
    return [exact.get(text) or _in_range(text, ranges, numeric=found.numeric) for text in found.texts]


def as_written(source_code: str, *, numeric: bool) -> str:
    """Give a crosswalk's code as `code_text` writes it, so that ``"1.0"`` finds the number 1."""
    if not numeric:
        return source_code
    try:
        return code_text(float(source_code))
    except ValueError:
        return source_code


def unfit_codes(found: Coded, rules: Iterable[Rule]) -> list[tuple[Rule, str]]:
    """List the rules whose code can never be found in the column, each with the reason."""
    unfit = []
    first: dict[str, Rule] = {}
    for rule in rules:
        code = rule.source_code
        earlier = first.setdefault(as_written(code, numeric=found.numeric), rule)
        if earlier is not rule:
            unfit.append((rule, f"the code {code!r} is the same number as in line {earlier.line}"))
            continue
        if rule.copies and rule.bounds is None and not _is_number(code):
            unfit.append((rule, f"the code {code!r} is no number that could be copied"))
            continue
        if code == "" or code.startswith("."):
            continue
        if found.numeric and _PADDED.match(code):
            unfit.append(
                (
                    rule,
                    f"the column holds numbers, so the code {code!r} is written {code_text(float(code))!r}",
                )
            )
        elif found.numeric and rule.bounds is None and not _is_number(code):
            unfit.append((rule, f"the column holds numbers, and {code!r} is none"))
        elif not found.numeric and rule.bounds is not None:
            unfit.append((rule, f"the column holds text, in which the range {code!r} means nothing"))
    return unfit


def labels_by_text(values: Mapping[Any, str]) -> dict[str, str]:
    """Labels of a variable's codes, by the code as the crosswalk writes it."""
    return {code_text(code): label for code, label in values.items()}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _in_range(text: str, ranges: list[tuple[float, float, Rule]], *, numeric: bool) -> Rule | None:
    if not numeric or text == "" or not _is_number(text):
        return None
    number = float(text)
    return next((rule for low, high, rule in ranges if low <= number <= high), None)
