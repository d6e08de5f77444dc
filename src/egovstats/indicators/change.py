"""The change of an indicator between two years, against its published margin of error."""

from __future__ import annotations

import numpy as np
import pandas as pd

from egovstats.errors import SeriesError
from egovstats.indicators.kendall import normal_p_value
from egovstats.indicators.series import EACH, IndicatorSeries
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest

#: Level of the limits and margins that publishers print.
PUBLISHED_LEVEL = 0.90

_NAME = "change between two years against the margin of error"
_NO_ERROR = (
    "No p-value: the publisher gives no standard error or limits for {indicator}, so how much of a change "
    "is chance is not known."
)
_EACH = "No p-value: the two values come from different editions, which are not on one scale."
_LIMITS = (
    "No p-value: only the limits of an interval are published. Overlap of two intervals is not a test; "
    "pass assume_normal_limits=True to take them as +/-1.645 standard errors."
)


def change_of_indicator(
    series: IndicatorSeries,
    year_a: int,
    year_b: int,
    *,
    conf_level: float = PUBLISHED_LEVEL,
    correlation: float = 0.0,
    assume_normal_limits: bool = False,
) -> HypothesisTest:
    """Change from one year to another, with a test where the publisher gives the precision.

    z = (b - a) / sqrt(SE_a^2 + SE_b^2 - 2 r SE_a SE_b).

    Parameters
    ----------
    series : IndicatorSeries
        One indicator of one area in one edition.
    year_a, year_b : int
        From, to.
    conf_level : float
        Of the interval of the change; publishers of indicators use 90 per cent.
    correlation : float
        Between the errors of the two years. Sources that judge a country year after year make it
        positive; zero is then on the safe side.
    assume_normal_limits : bool
        Where only limits are published (percentile ranks), derive standard errors from them, as if
        each interval were estimate +/- 1.645 standard errors. Ranks are bounded and their limits
        lopsided, so this is a rough figure; the estimate's own scale is the better one.

    Returns
    -------
    HypothesisTest
        The p-value is NaN, with the reason in `notes`, where the precision is not published.

    Raises
    ------
    SeriesError
        A year that the series lacks, one year twice, or a correlation that is not below 1 in size.
    """
    if year_a == year_b:
        raise SeriesError(f"a change needs two years, got {year_a} twice. Pass another year.")
    if not -1 <= correlation < 1:
        raise SeriesError(
            f"correlation must be at least -1 and below 1, got {correlation}. Pass 0 if unknown."
        )
    a, b = series.at(year_a), series.at(year_b)
    error_a, error_b, reasons = _errors(series, a, b, assume_normal_limits)
    variance = error_a**2 + error_b**2 - 2 * correlation * error_a * error_b
    std_error = float(np.sqrt(variance))
    change = float(b["value"] - a["value"])
    margin = float(t_quantile(np.array(np.inf), conf_level)) * std_error
    statistic = change / std_error if std_error > 0 else float("nan")
    return HypothesisTest(
        test=_NAME,
        null=f"{series.indicator} of {series.area} was the same in {year_a} and {year_b}.",
        statistic=statistic,
        distribution="normal",
        df=(),
        p_value=normal_p_value(statistic),
        effect=Effect(
            "difference", change, change - margin, change + margin, series.unit, conf_level, std_error
        ),
        keys={**series.keys, "year_a": int(year_a), "year_b": int(year_b)},
        sources=(series.source,),
        notes=(*reasons, *_cautions(series, a, b, correlation), *series.notes),
    )


def _errors(
    series: IndicatorSeries, a: pd.Series, b: pd.Series, assume: bool
) -> tuple[float, float, list[str]]:
    """Standard errors of the two values (NaN where unknown), and what has to be said of them."""
    if series.edition == EACH:
        return np.nan, np.nan, [_EACH]
    if a["std_error"] > 0 and b["std_error"] > 0:
        return float(a["std_error"]), float(b["std_error"]), []
    if not all(np.isfinite(row["conf_low"]) and np.isfinite(row["conf_high"]) for row in (a, b)):
        return np.nan, np.nan, [_NO_ERROR.format(indicator=series.indicator)]
    if not assume:
        return np.nan, np.nan, [_LIMITS]
    width = 2 * float(t_quantile(np.array(np.inf), PUBLISHED_LEVEL))
    first, second = ((row["conf_high"] - row["conf_low"]) / width for row in (a, b))
    note = (
        "Standard errors are derived from the published 90 per cent limits, as if they were symmetric "
        "and normal: an assumption of this analysis, not the publisher's."
    )
    return float(first), float(second), [note]


def _cautions(series: IndicatorSeries, a: pd.Series, b: pd.Series, correlation: float) -> list[str]:
    """What the reader has to know of this indicator's change."""
    notes = []
    if series.indicator.startswith("WGI_"):
        notes.append(
            "The indicator is set each year against the average of all countries, so a change is relative "
            "to the world."
        )
    if np.isfinite([a["conf_low"], a["conf_high"], b["conf_low"], b["conf_high"]]).all():
        apart = a["conf_high"] < b["conf_low"] or b["conf_high"] < a["conf_low"]
        notes.append(
            f"The published intervals {'do not overlap' if apart else 'overlap'}; this is not what the "
            "test rests on."
        )
    if series.edition != EACH and np.isfinite([a["std_error"], b["std_error"]]).all():
        notes.append(f"Errors of the two years are taken as correlated by {correlation:g}.")
    return notes
