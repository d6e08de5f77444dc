"""Sums of printed shares against a range that the text states."""

from __future__ import annotations

from typing import Any

from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.rounding import Rounded
from egovstats.checks.sums import decimals_of, terms, total_of
from egovstats.checks.wording import Message

_WORST: tuple[Result, ...] = ("fails", "within_rounding", "holds")


@check("sums_in_range")
def sums_in_range(
    evidence: Evidence, *, sums: list[list[FigureId]], low: FigureId, high: FigureId
) -> Outcome:
    """Does each sum lie in the stated range?

    A sum is outside when no values that round to the printed figures bring it into a range whose ends are
    rounded themselves; it agrees within rounding when only some do.

    Parameters
    ----------
    sums : list of list
        Figures to add, one list a sum.
    low, high : str
        Figures with the ends of the range.
    """
    bottom, top = evidence.rounded(low), evidence.rounded(high)
    stated = f"{evidence.figure(low).value}-{evidence.figure(high).value}"
    ends = {"low": evidence.plain(low), "high": evidence.plain(high)}
    parts: list[Message] = []
    numbers: list[Number] = []
    results: list[Result] = []
    for each in sums:
        total = total_of(evidence, each)
        result = _place(total, bottom, top)
        results.append(result)
        over, end = (
            (total.value - top.value, top)
            if total.value > top.value
            else (bottom.value - total.value, bottom)
        )
        values: dict[str, Any] = {
            "parts": terms(evidence, each),
            "sum": total.value,
            "year": evidence.figure(each[0]).year or "",
            "over": max(over, 0),
            "least": total.gap(end),
        }
        parts.append(Message(f"range_{result}", values, "parts"))
        numbers.append(
            Number.of(
                "sum_of_year" if values["year"] else "sum",
                total,
                unit=evidence.figure(each[0]).unit,
                decimals=decimals_of(evidence, each),
                printed=stated,
                figures=each,
                year=values["year"],
            )
        )
    worst = next(result for result in _WORST if result in results)
    return Outcome(
        "sums_in_range",
        worst,
        Message(f"range_{worst}", {**ends, "sums": parts}),
        numbers=tuple(numbers),
        figures=(*[name for each in sums for name in each], low, high),
    )


def _place(total: Rounded, bottom: Rounded, top: Rounded) -> Result:
    if not (total.overlaps(bottom) or total.overlaps(top)):
        return "holds" if bottom.value <= total.value <= top.value else "fails"
    return "holds" if bottom.value <= total.value <= top.value else "within_rounding"
