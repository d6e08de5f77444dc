"""Growth between two printed figures, and printed figures beside a publisher's series."""

from __future__ import annotations

from typing import Any

from egovstats.checks.figures import Figure
from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.wording import Message, Word
from egovstats.errors import ClaimError


@check("growth")
def grew(evidence: Evidence, *, pairs: list[tuple[FigureId, FigureId]]) -> Outcome:
    """Did each figure grow: by what factor, and how much a year (compound annual growth rate)?

    Parameters
    ----------
    pairs : list of pairs
        The earlier and the later figure, each with a year.
    """
    factors: list[Number] = []
    yearly: list[Number] = []
    told: list[Message] = []
    results: list[Result] = []
    for first, last in pairs:
        before, after = evidence.figure(first), evidence.figure(last)
        years = _years(before, after)
        factor = after.rounded / before.rounded
        rates = tuple(
            100 * (float(each) ** (1 / years) - 1) for each in (factor.low, factor.value, factor.high)
        )
        results.append("holds" if factor.low > 1 else "within_rounding" if factor.high > 1 else "fails")
        label: dict[str, Any] = {"label": after.label}
        used = (first, last)
        factors.append(Number.of("growth_factor", factor, unit="times", decimals=1, figures=used, **label))
        yearly.append(Number.of("annual_growth", rates, unit="percent", decimals=1, figures=used, **label))
        values = {**label, "factor": factor.value, "rate": rates[1]}
        told.append(Message("growth", values, "parts"))
    worst = next(each for each in ("fails", "within_rounding", "holds") if each in results)
    start, end = (evidence.figure(pairs[0][at]).year for at in (0, 1))
    return Outcome(
        "growth",
        worst,
        Message(f"growth_{worst}", {"growths": told, "start": start, "end": end}),
        numbers=(*factors, *yearly),
        figures=tuple(name for pair in pairs for name in pair),
    )


def _years(before: Figure, after: Figure) -> int:
    if before.year is None or after.year is None or after.year <= before.year:
        raise ClaimError(
            f"growth needs a later year, got {before.year} for {before.id!r} and {after.year} for "
            f"{after.id!r}. Give both years in the table of figures."
        )
    return after.year - before.year


@check("beside_indicator")
def beside_indicator(
    evidence: Evidence, *, figures: tuple[FigureId, ...], area: str, indicator: str
) -> Outcome:
    """How far printed figures are from a publisher's series of the same years; informs only.

    The two may count differently, so a gap contradicts nothing.
    """
    if evidence.indicators is None:
        return Outcome(
            "beside_indicator",
            "informs",
            Message("no_indicators", {"indicator": Word("indicators", indicator)}),
        )
    series = evidence.indicators.series(area, indicator)
    numbers, told = [], []
    for name in figures:
        figure = evidence.figure(name)
        if figure.year not in set(series.year):
            continue
        published = float(series.at(int(figure.year or 0))["value"])
        gap = 100 * (float(figure.number) / published - 1)
        numbers.append(
            Number.of(
                "series_value",
                published,
                unit=figure.unit,
                figures=(name,),
                label=figure.label,
                year=figure.year,
            )
        )
        values = {"printed": figure.told, "published": published, "year": figure.year, "gap": gap}
        told.append(Message("beside", values, "parts"))
    return Outcome(
        "beside_indicator",
        "informs",
        Message(
            "beside_indicator",
            {"values": told, "source": series.source.title, "indicator": Word("indicators", indicator)},
        ),
        numbers=tuple(numbers),
        figures=figures,
        sources=(series.source,),
    )
