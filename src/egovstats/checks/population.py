"""Counts of people against the population that other printed figures imply."""

from __future__ import annotations

from typing import Any

import numpy as np

from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.rounding import Rounded
from egovstats.checks.wording import Message, Word


def implied_whole(evidence: Evidence, part: FigureId, share: FigureId) -> Rounded:
    """The whole of which a count is the stated percentage."""
    return evidence.rounded(part) / (evidence.rounded(share) / Rounded.exact(100))


@check("implied_total")
def whole_is_published(
    evidence: Evidence, *, part: FigureId, share: FigureId, area: str, indicator: str
) -> Outcome:
    """Is the whole that a count and its percentage imply the published total of some year?

    Parameters
    ----------
    part, share : str
        Figures: the count, and the per cent that it is of the whole.
    area, indicator : str
        Series of the whole, such as the population; its newest edition is used.
    """
    whole = implied_whole(evidence, part, share)
    number = Number.of("implied_whole", whole, unit=evidence.figure(part).unit, figures=(part, share))
    values: dict[str, Any] = {
        "part": evidence.told(part),
        "share": evidence.told(share),
        "whole": whole.value,
    }
    values |= {"low": whole.low, "high": whole.high}
    if evidence.indicators is None:
        return Outcome(
            "implied_total",
            "unknown",
            Message("implied_unknown", values),
            Message("indicator", {"indicator": Word("indicators", indicator)}, "needs"),
            (number,),
            figures=(part, share),
        )
    series = evidence.indicators.series(area, indicator)
    inside = [int(y) for y, v in zip(series.year, series.value, strict=True) if whole.low <= v <= whole.high]
    nearest = int(np.abs(series.value - float(whole.value)).argmin())
    year, published = int(series.year[nearest]), float(series.value[nearest])
    values |= {"years": inside, "year": year, "published": published}
    result: Result = "holds" if inside else "fails"
    beside = Number.of("published_whole", published, unit=evidence.figure(part).unit, year=year)
    return Outcome(
        "implied_total",
        result,
        Message(f"implied_{result}", values),
        numbers=(number, beside),
        figures=(part, share),
        sources=(series.source,),
    )


@check("all_in_group")
def part_fits_group(evidence: Evidence, *, part: FigureId, share: FigureId, group: FigureId) -> Outcome:
    """Can all of a part of the population belong to a group of it?

    Parameters
    ----------
    part, share : str
        The part as a count, and in per cent of the population.
    group : str
        The group in per cent of the population.
    """
    whole = implied_whole(evidence, part, share)
    of_group = evidence.rounded(group) / Rounded.exact(100)
    people = whole * of_group
    # each figure enters once, so that the interval is no wider than it must be
    outside = evidence.rounded(part) * (Rounded.exact(1) - evidence.rounded(group) / evidence.rounded(share))
    result = evidence.rounded(share).below(evidence.rounded(group))
    values = {
        "part": evidence.told(part),
        "share": evidence.told(share),
        "group": evidence.told(group),
        "people": people.value,
        "outside": outside.value,
        "least": outside.low,
    }
    unit = evidence.figure(part).unit
    figures = (part, share, group)
    return Outcome(
        "all_in_group",
        result,
        Message(f"group_{result}", values),
        numbers=(
            Number.of("group_people", people, unit=unit, printed=evidence.shown(part), figures=figures),
            Number.of("outside_group", outside, unit=unit, figures=figures),
        ),
        figures=figures,
    )


@check("no_more_than")
def no_more_than(
    evidence: Evidence, *, parts: tuple[FigureId, ...], whole: FigureId, share: FigureId | None = None
) -> Outcome:
    """Is each count at most the whole: a printed count, or what a count and its percentage imply?

    Parameters
    ----------
    parts : tuple of str
        Counts.
    whole : str
        The count that they cannot exceed; with `share`, the count whose percentage of the whole that is.
    share : str, optional
    """
    limit = evidence.rounded(whole) if share is None else implied_whole(evidence, whole, share)
    extra = (whole,) if share is None else (whole, share)
    results = [evidence.rounded(part).below(limit) for part in parts]
    worst = next(each for each in ("fails", "within_rounding", "holds") if each in results)
    percents = [Rounded.exact(100) * evidence.rounded(part) / limit for part in parts]
    told = [
        Message(
            "part_of_whole",
            {"label": evidence.figure(part).label, "part": evidence.told(part), "percent": percent.value},
            "parts",
        )
        for part, percent in zip(parts, percents, strict=True)
    ]
    kind = "population" if share is not None else "count"
    values = {"parts": told, "whole": limit.value, "label": evidence.figure(whole).label}
    return Outcome(
        "no_more_than",
        worst,
        Message(f"no_more_than_{kind}_{'fails' if worst == 'fails' else 'holds'}", values),
        numbers=tuple(
            Number.of(
                "percent_of_population" if share is not None else "percent_of",
                percent,
                unit="percent",
                decimals=1,
                figures=(part, *extra),
                part=evidence.figure(part).label,
                whole=evidence.figure(whole).label,
            )
            for part, percent in zip(parts, percents, strict=True)
        ),
        figures=(*parts, *extra),
    )


@check("ratios")
def ratios(evidence: Evidence, *, pairs: list[tuple[FigureId, FigureId]]) -> Outcome:
    """How many of the first there are for each of the second; informs only."""
    numbers, told = [], []
    for first, second in pairs:
        ratio = evidence.rounded(first) / evidence.rounded(second)
        labels: dict[str, Any] = {
            "first": evidence.figure(first).label,
            "second": evidence.figure(second).label,
        }
        numbers.append(Number.of("ratio", ratio, decimals=2, figures=(first, second), **labels))
        told.append(
            Message("ratio", {**labels, "ratio": ratio.value, "low": ratio.low, "high": ratio.high}, "parts")
        )
    return Outcome(
        "ratios",
        "informs",
        Message("ratios", {"ratios": told}),
        numbers=tuple(numbers),
        figures=tuple(name for pair in pairs for name in pair),
    )
