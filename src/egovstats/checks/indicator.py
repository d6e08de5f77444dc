"""Claims on published indicators: the change between two years, the course, the distance from a limit."""

from __future__ import annotations

from typing import Any

import numpy as np

from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, check
from egovstats.checks.wording import Message, Word
from egovstats.indicators import (
    IndicatorSeries,
    IndicatorTable,
    change_of_indicator,
    trend_of_indicator,
)
from egovstats.intervals import t_quantile


def _without_indicators(name: str, indicator: str, *, result: Result = "informs") -> Outcome:
    values = {"indicator": Word("indicators", indicator)}
    needed = Message("indicator", values, "needs") if result == "unknown" else None
    return Outcome(name, result, Message("no_indicators", values), needed)


def _decimals(series: IndicatorSeries) -> int:
    """Decimals to show a series with: by the size of its values."""
    size = float(np.abs(series.value).max())
    return 3 if size < 1 else 2 if size < 10 else 1


@check("indicator_change")
def indicator_change(
    evidence: Evidence, *, area: str, indicator: str, edition: str, start: int, end: int
) -> Outcome:
    """How much did an indicator change between two years of one release, against its margin? Informs only.

    The interval has the publishers' level of 90 per cent. The errors of the two years are taken as
    independent, which makes it rather too wide where the same sources enter both.
    """
    if evidence.indicators is None:
        return _without_indicators("indicator_change", indicator)
    series = evidence.indicators.series(area, indicator, edition=edition)
    test = change_of_indicator(series, start, end)
    effect = test.effect
    assert effect is not None  # a change always has its difference
    values: dict[str, Any] = {
        "indicator": Word("indicators", indicator),
        "edition": edition,
        "start": start,
        "end": end,
    }
    values |= {"before": series.at(start)["value"], "after": series.at(end)["value"]}
    values |= {"change": effect.estimate, "low": effect.conf_low, "high": effect.conf_high}
    values["percent"] = 100 * effect.conf_level
    known = np.isfinite([effect.conf_low, effect.conf_high]).all()
    clear = known and not effect.conf_low <= 0 <= effect.conf_high
    key = "indicator_change_clear" if clear else "indicator_change_unclear"
    number = Number.of(
        "indicator_change",
        (effect.conf_low, effect.estimate, effect.conf_high),
        decimals=2,
        indicator=Word("indicators", indicator),
        start=start,
        end=end,
    )
    return Outcome(
        "indicator_change",
        "informs",
        Message(key if known else "indicator_change_untested", values),
        numbers=(number,),
        tests=(test,),
        sources=(series.source,),
    )


@check("indicator_course")
def indicator_course(
    evidence: Evidence, *, area: str, indicator: str, start: int, end: int, edition: str | None = None
) -> Outcome:
    """Which way did an indicator go from one year to another? Informs only.

    With standard errors the trend is tested. Editions that compare countries anew each time, without standard
    errors, carry no p-value for one country: then the course is told without a test.

    Parameters
    ----------
    start, end : int
        First and last year.
    edition : str, optional
        The newest by default.
    """
    if evidence.indicators is None:
        return _without_indicators("indicator_course", indicator)
    series = _between(evidence.indicators, area, indicator, start, end, edition)
    test = trend_of_indicator(series)
    effect = test.effect
    assert effect is not None  # a trend always has its slope
    steps = np.diff(series.value)
    values: dict[str, Any] = {
        "indicator": Word("indicators", indicator),
        "start": int(series.year[0]),
        "end": int(series.year[-1]),
    }
    values |= {"before": series.value[0], "after": series.value[-1], "p_value": test.p_value}
    values |= {"rises": int((steps > 0).sum()), "steps": len(steps)}
    values |= {"slope": effect.estimate, "low": effect.conf_low, "high": effect.conf_high}
    decimals = _decimals(series)
    slope = (effect.conf_low, effect.estimate, effect.conf_high)
    tested = bool(np.isfinite(test.p_value))
    return Outcome(
        "indicator_course",
        "informs",
        Message("indicator_trend" if tested else "indicator_course", values),
        numbers=(
            *(
                Number.of(
                    "indicator_value",
                    value,
                    decimals=decimals,
                    indicator=Word("indicators", indicator),
                    year=int(year),
                )
                for year, value in zip(series.year, series.value, strict=True)
            ),
            Number.of("slope", slope, decimals=decimals + 1, indicator=Word("indicators", indicator)),
        ),
        tests=(test,),
        sources=(series.source,),
    )


def _between(
    table: IndicatorTable, area: str, indicator: str, start: int, end: int, edition: str | None
) -> IndicatorSeries:
    whole = table.series(area, indicator, edition=edition)
    years = [int(year) for year in whole.year if start <= year <= end]
    return table.series(area, indicator, edition=edition, years=years)


@check("indicator_below")
def indicator_below(
    evidence: Evidence,
    *,
    area: str,
    indicator: str,
    limit: float,
    start: int,
    end: int,
    edition: str | None = None,
) -> Outcome:
    """Did an indicator stay below a limit in every year?

    Years with a standard error count as below when their interval is; it fails when a whole interval lies at
    the limit or above.

    Parameters
    ----------
    limit : float
        In the unit of the indicator, such as the middle of its scale.
    start, end : int
        First and last year.
    edition : str, optional
        The newest by default.
    """
    if evidence.indicators is None:
        return _without_indicators("indicator_below", indicator, result="unknown")
    series = _between(evidence.indicators, area, indicator, start, end, edition)
    year, value = series.year, series.value
    margin = t_quantile(np.array(np.inf), 1 - evidence.alpha) * np.nan_to_num(series.std_error)
    low, high = value - margin, value + margin
    result: Result = "fails" if (low >= limit).any() else "holds" if (high < limit).all() else "unknown"
    names: dict[str, Any] = {"indicator": Word("indicators", indicator)}
    values = names | {"start": int(year[0]), "end": int(year[-1]), "limit": limit}
    values |= {"least": value.min(), "most": value.max(), "highest": high.max()}
    numbers = [
        Number.of("indicator_value", (a, v, b), year=int(y), **names)
        for y, a, v, b in zip(year, low, value, high, strict=True)
    ]
    return Outcome(
        "indicator_below",
        result,
        Message(f"indicator_below_{result}", values),
        Message("smaller_margin", names, "needs") if result == "unknown" else None,
        (Number.of("highest_value", (value.min(), value.max(), high.max()), **names), *numbers),
        sources=(series.source,),
    )
