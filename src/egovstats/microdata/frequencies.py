"""Counts by code, and which values may be shown at all.

Labelled codes are questions' answers and always shown. A value without a label may be a name or a
birth date: it is shown only where many respondents share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from egovstats.errors import SourceError, nearest
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.variable import Code, Variable, tidy_code

_MOST_LISTED = 30  # unlabelled values that are listed one by one
_QUARTERS = (0.25, 0.5, 0.75)


@dataclass
class Count:
    """One line of a frequency table.

    Parameters
    ----------
    code : int, float, str or None
        None for lines about several values, or about none.
    label : str
    missing : str
        "", "declared", "tagged" or "system".
    n : int
    """

    code: Code | None
    label: str
    missing: str
    n: int


@dataclass
class Counts:
    """The counts of one variable; their sum is the number of rows."""

    variable: Variable
    lines: list[Count] = field(default_factory=list)


def frequencies(
    book: Codebook,
    frame: pd.DataFrame,
    *,
    names: Iterable[str] | None,
    tags: Mapping[str, pd.Series] | None,
    least: int,
) -> pd.DataFrame:
    """Counts by code for a frame; see `Codebook.frequencies`."""
    chosen = list(book.variables) if names is None else [names] if isinstance(names, str) else list(names)
    rows = []
    for name in chosen:
        if name not in book.variables:
            raise SourceError(f"the codebook has no variable {name!r}. {nearest(name, book.variables)}")
        if name not in frame.columns:
            raise SourceError(f"the frame has no column {name!r} to count. {nearest(name, frame.columns)}")
        tag = None if tags is None else tags.get(name)
        for line in counts_of(book.variables[name], frame[name], tag, least=least).lines:
            rows.append((name, line.code, line.label, line.missing, line.n))
    columns = ["variable", "code", "label", "missing", "n"]
    return pd.DataFrame(rows, columns=columns).astype({"code": object})


def counts_of(variable: Variable, column: pd.Series, tags: pd.Series | None, *, least: int = 5) -> Counts:
    """Counts of one variable, without any value that may name a respondent.

    Parameters
    ----------
    variable : Variable
    column : pd.Series, shape (n,)
    tags : pd.Series or None
        Tag of each empty cell that has one.
    least : int
        An unlabelled value held by fewer respondents is not listed by itself.
    """
    counts = Counts(variable)
    blank = _blanks(variable, column)
    if blank:
        column = column.mask(column == "")
    found = column.value_counts(dropna=True, sort=False)
    if variable.kind in ("number", "text"):
        seen = {tidy_code(code): int(n) for code, n in found.items()}
        _add_coded(counts, variable, seen)
        rest = found[[tidy_code(code) not in variable.values for code in found.index]]
        _add_unlabelled(counts, variable, rest, least)
    elif len(found):
        counts.lines.append(Count(None, _span(column, variable.kind), "", int(found.sum())))
    if blank:
        counts.lines.append(Count(None, "blank", "system", blank))
    _add_empty(counts, variable, int(column.isna().sum()) - blank, tags)
    return counts


def _blanks(variable: Variable, column: pd.Series) -> int:
    """Texts without a letter: no answer, unless the file says what they mean."""
    if variable.kind != "text" or "" in variable.values or "" in variable.missing_codes:
        return 0
    return int((column == "").sum())


def _add_coded(counts: Counts, variable: Variable, seen: Mapping[Code, int]) -> None:
    missing = _is_declared(variable, list(variable.values))
    for (code, label), declared in zip(variable.values.items(), missing, strict=True):
        counts.lines.append(Count(code, label, "declared" if declared else "", seen.get(code, 0)))


def _is_declared(variable: Variable, codes: list[Code]) -> list[bool]:
    return [
        code in variable.missing_codes
        or (not isinstance(code, str) and any(low <= code <= high for low, high in variable.missing_ranges))
        for code in codes
    ]


def _add_unlabelled(counts: Counts, variable: Variable, found: pd.Series, least: int) -> None:
    """Values without a label: declared ones by themselves, the others listed, summed up or only counted."""
    declared = np.array(_is_declared(variable, [tidy_code(code) for code in found.index]), dtype=bool)
    for code, n in found[declared].sort_index().items():
        counts.lines.append(Count(tidy_code(code), "", "declared", int(n)))
    found = found[~declared]
    if not len(found):
        return
    answered = int(found.sum())
    sharing = answered / len(found)
    if len(found) > _MOST_LISTED or (variable.kind == "text" and sharing < least):
        counts.lines.append(Count(None, _described(found, variable.kind, sharing, least), "", answered))
        return
    common = found[found >= least].sort_index()
    for code, n in common.items():
        counts.lines.append(Count(tidy_code(code), "", "", int(n)))
    rare = found[found < least]
    if len(rare):
        text = (
            f"{len(rare)} other value{'s' if len(rare) > 1 else ''}, each of fewer than {least} respondents"
        )
        counts.lines.append(Count(None, text, "", int(rare.sum())))


def _described(found: pd.Series, kind: str, sharing: float, least: int) -> str:
    """What can be said of many values without showing them."""
    different = f"{len(found)} different value{'s' if len(found) > 1 else ''}"
    if kind == "text":
        return f"{different}, not listed: text may name people"
    if sharing < 2 and least > 1:
        return f"{different}, not listed: nearly all differ"
    ordered = found.sort_index()
    reached = ordered.cumsum() / ordered.sum()
    quarters = [ordered.index[int(np.searchsorted(reached.to_numpy(), each))] for each in _QUARTERS]
    low, middle, high = (f"{float(each):.6g}" for each in quarters)
    return f"{different}: quartiles {low}, {middle}, {high}"


def _span(column: pd.Series, kind: str) -> str:
    """Dates only by their years: a whole date may be a birthday."""
    if kind == "time":
        return "times, not listed"
    first, last = column.min().year, column.max().year
    return f"dates in {first}" if first == last else f"dates from {first} to {last}"


def _add_empty(counts: Counts, variable: Variable, empty: int, tags: pd.Series | None) -> None:
    tagged = {} if tags is None else {str(tag): int(n) for tag, n in tags.value_counts().items()}
    for tag in dict.fromkeys([*variable.tagged_missing, *sorted(tagged)]):
        label = variable.tagged_missing.get(tag, variable.values.get(_as_code(tag), ""))
        counts.lines.append(Count(tag, label, "tagged", tagged.get(tag, 0)))
    rest = empty - sum(tagged.values())
    if rest:
        counts.lines.append(Count(None, "no value", "system", rest))


def _as_code(tag: str) -> Code:
    try:
        return tidy_code(float(tag))
    except ValueError:
        return tag
