"""Arithmetic that must add up: parts and their total, a count stated and the same thing counted."""

from __future__ import annotations

from egovstats.checks.outcomes import Number, Outcome
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.rounding import Rounded, agreement
from egovstats.checks.wording import Message, Terms


def total_of(evidence: Evidence, parts: list[FigureId]) -> Rounded:
    """Sum of figures, with the interval that their rounding leaves open."""
    total = Rounded.exact(0)
    for part in parts:
        total = total + evidence.rounded(part)
    return total


def decimals_of(evidence: Evidence, figures: list[FigureId]) -> int:
    """Decimals that a sum of figures is shown with: the most that any of them has."""
    return max(evidence.figure(each).decimals for each in figures)


def terms(evidence: Evidence, parts: list[FigureId]) -> Terms:
    """Printed parts of a sum, to stand in a sentence."""
    return Terms(tuple(evidence.told(part) for part in parts))


@check("sum")
def parts_make_total(evidence: Evidence, *, parts: list[FigureId], total: FigureId | float) -> Outcome:
    """Do the parts make the total?

    Parameters
    ----------
    parts : list
        Ids of figures.
    total : str or float
        Id of a figure, or an agreed constant such as 100.
    """
    computed, printed = total_of(evidence, parts), evidence.rounded(total)
    figures = (*parts, *([total] if isinstance(total, str) else []))
    result = agreement(printed, computed)
    shown = evidence.shown(total) or f"{total:g}"
    decimals = decimals_of(evidence, parts)
    values = {
        "parts": terms(evidence, parts),
        "sum": computed.value,
        "total": evidence.told(total),
        "gap": abs(computed.value - printed.value),
    }
    return Outcome(
        "sum",
        result,
        Message(f"sum_{result}", values),
        numbers=(
            Number.of(
                "sum",
                computed,
                unit=evidence.figure(parts[0]).unit,
                decimals=decimals,
                printed=shown,
                figures=figures,
            ),
        ),
        figures=figures,
    )


@check("same_number")
def stated_and_listed(evidence: Evidence, *, stated: FigureId, listed: FigureId) -> Outcome:
    """Is the number that a text states the number of things that it lists?"""
    printed, computed = evidence.rounded(stated), evidence.rounded(listed)
    result = agreement(printed, computed)
    values = {"stated": evidence.told(stated), "listed": evidence.told(listed)}
    figure = evidence.figure(listed)
    return Outcome(
        "same_number",
        result,
        Message(f"same_number_{'holds' if result == 'holds' else 'fails'}", values),
        numbers=(
            Number.of(
                "listed",
                computed,
                unit=figure.unit,
                printed=evidence.shown(stated),
                figures=(stated, listed),
            ),
        ),
        figures=(stated, listed),
    )
