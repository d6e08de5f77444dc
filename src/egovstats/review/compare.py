"""Two runs of a report, number by number: what is the same, and what would change a reader's mind."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.review.run import Run, read_run

STATUSES = (
    "identical",
    "within tolerance",
    "same at printed precision",
    "differs",
    "decision differs",
    "missing",
    "new",
)
"""What two runs can be to one another in one number, from the best to what only one of them has."""

AGREE = STATUSES[:3]
TOLERANCE = 1e-8
_NEAR_ZERO = 1e-12


@dataclass(frozen=True, slots=True)
class NumberComparison:
    """One number of two runs.

    Parameters
    ----------
    id : str
        Of the result, or ``claim N`` for a verdict.
    status : str
        One of `STATUSES`.
    first, second : str
        As printed; empty where a run has no such number.
    difference : float
        Second minus first in full precision; NaN where either has no number.
    """

    id: str
    status: str
    first: str
    second: str
    difference: float = math.nan


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared.

    Parameters
    ----------
    rows : tuple of NumberComparison
        In the order of the first run, then what is new in the second.
    """

    rows: tuple[NumberComparison, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers have each status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in STATUSES if found[status]}

    @property
    def agrees(self) -> bool:
        """Whether a reader of either run would read the same."""
        return all(row.status in AGREE for row in self.rows)

    @property
    def differing(self) -> tuple[NumberComparison, ...]:
        """What a reader would read otherwise."""
        return tuple(row for row in self.rows if row.status not in AGREE)

    def to_frame(self) -> pd.DataFrame:
        """One row a number."""
        columns = ["id", "status", "first", "second", "difference"]
        return pd.DataFrame([[getattr(row, name) for name in columns] for row in self.rows], columns=columns)


def compare(run_a: str | Path | Run, run_b: str | Path | Run, *, tolerance: float = TOLERANCE) -> Comparison:
    """Compare two runs of a report, number by number.

    Parameters
    ----------
    run_a, run_b : path or Run
        Folders that reports were written into with the format json, or their ``results.json``.
    tolerance : float
        Largest relative difference of numbers that are taken for the same; counts must be equal.

    Returns
    -------
    Comparison
        A decision differs where a p-value lies on the other side of the level, a limit of an interval on the
        other side of 0, or a claim has another verdict.

    Raises
    ------
    SourceError
        There is no results.json.
    ReportError
        A file is no record of a report.
    """
    first, second = (run if isinstance(run, Run) else read_run(run) for run in (run_a, run_b))
    rows = [*_numbers(first, second, tolerance), *_claims(first.verdicts, second.verdicts)]
    return Comparison(tuple(rows))


def _numbers(first: Run, second: Run, tolerance: float) -> Iterator[NumberComparison]:
    before, after = first.numbers, second.numbers
    level = 1 - first.conf_level
    same_words = first.language == second.language
    for name, entry in before.items():
        other = after.get(name)
        if other is None:
            yield NumberComparison(name, "missing", str(entry.get("display", "")), "")
            continue
        status = _status(entry, other, level, tolerance, same_words=same_words)
        a: Any = entry.get("value")
        b: Any = other.get("value")
        difference = float(b) - float(a) if _number(a) and _number(b) else math.nan
        yield NumberComparison(
            name, status, str(entry.get("display", "")), str(other.get("display", "")), difference
        )
    for name, entry in after.items():
        if name not in before:
            yield NumberComparison(name, "new", "", str(entry.get("display", "")))


def _status(
    first: Mapping[str, Any], second: Mapping[str, Any], level: float, tolerance: float, *, same_words: bool
) -> str:
    a: Any = first.get("value")
    b: Any = second.get("value")
    if first.get("unit") != second.get("unit"):
        return "differs"
    if not (_number(a) and _number(b)):
        return "identical" if a == b and first.get("status") == second.get("status") else "differs"
    printed_alike = first.get("display") == second.get("display")
    if a == b:
        return "identical" if printed_alike or not same_words else "differs"
    if _decides(first) and _side(first, level) != _side(second, level):
        return "decision differs"
    exact = isinstance(a, int) and isinstance(b, int)
    if not exact and math.isclose(a, b, rel_tol=tolerance, abs_tol=_NEAR_ZERO):
        return "within tolerance" if printed_alike or not same_words else "differs"
    return "same at printed precision" if printed_alike and same_words and not exact else "differs"


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decides(entry: Mapping[str, Any]) -> bool:
    return entry.get("statistic") in ("p_value", "conf_low", "conf_high")


def _side(entry: Mapping[str, Any], level: float) -> bool:
    """On which side of what decides a number lies: of the level for p-values, of 0 for limits."""
    limit = level if entry["statistic"] == "p_value" else 0.0
    return bool(entry["value"] < limit)


def _claims(first: Mapping[str, str], second: Mapping[str, str]) -> Iterator[NumberComparison]:
    for claim, verdict in first.items():
        other = second.get(claim)
        status = "missing" if other is None else "identical" if other == verdict else "decision differs"
        yield NumberComparison(f"claim {claim}", status, verdict, other or "")
    for claim, verdict in second.items():
        if claim not in first:
            yield NumberComparison(f"claim {claim}", "new", "", verdict)
