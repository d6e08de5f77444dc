"""Mann-Kendall test: whether a series rises or falls with time, whatever the shape of the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egovstats.errors import SeriesError, nearest
from egovstats.indicators.rank_score import exact_p_value, kendall_score
from egovstats.indicators.sen import sen_slope
from egovstats.indicators.yearly import in_order
from egovstats.results import Effect, HypothesisTest
from egovstats.sources import Source

#: Up to this length "auto" counts every order of the values instead of using the normal curve.
EXACT_UP_TO = 60
NULL = "The values have no trend: every order of them in time is equally likely."

_METHODS = ("auto", "exact", "normal")


def mann_kendall(
    year: ArrayLike,
    value: ArrayLike,
    *,
    method: str = "auto",
    continuity: bool = True,
    conf_level: float = 0.95,
    unit: str = "",
    keys: Mapping[str, Any] | None = None,
    sources: tuple[Source, ...] = (),
) -> HypothesisTest:
    """Mann-Kendall test of trend, with Sen's slope as its effect.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Years, no two alike, and the indicator. Only the order of the years matters to the test, and
        their distances to the slope.
    method : str
        ``"exact"`` counts all orders of the values, equal values included; ``"normal"`` uses the
        normal curve with the variance corrected for ties; ``"auto"`` is exact up to 60 years.
    continuity : bool
        Continuity correction of the normal form.
    conf_level : float
        For the interval of the slope.
    unit : str
        Unit of `value`.
    keys, sources
        Carried into the result.

    Returns
    -------
    HypothesisTest
        The statistic is the score S (exact) or z (normal); `others` holds Kendall's tau.

    Raises
    ------
    SeriesError
        Fewer than three years, a year twice, a missing value, or an unknown method.

    References
    ----------
    Mann (1945), Econometrica 13, 245-259; Kendall (1975), Rank Correlation Methods.

    Examples
    --------
    >>> mann_kendall([2016, 2018, 2020, 2022, 2024], [0.52, 0.58, 0.65, 0.72, 0.85]).p_value
    0.016666666666666666
    """
    if method not in _METHODS:
        raise SeriesError(f"there is no Mann-Kendall method {method!r}. {nearest(method, _METHODS)}")
    years, values = in_order(year, value, least=3, method="the Mann-Kendall test")
    score = kendall_score(values)
    exact = method == "exact" or (method == "auto" and score.n <= EXACT_UP_TO)
    slope = sen_slope(years, values, conf_level=conf_level, unit=unit)
    notes = []
    if exact:
        statistic, distribution = float(score.score), "exact"
        p_value, smallest = exact_p_value(score.score, score.ties)
        if smallest > 0.05:
            notes.append(
                f"With {score.n} years the smallest two-sided p-value there can be is {smallest:.3g}, "
                "so this series cannot be significant at 5 per cent whatever its values."
            )
    else:
        statistic, distribution = score.z(continuity=continuity), "normal"
        p_value = normal_p_value(statistic)
        if score.n <= 10:
            notes.append("The normal approximation is poor for ten years or fewer; use method='exact'.")
    if len(score.ties) == 1:
        notes.append("All values are alike: there is no trend to test.")
        p_value = 1.0
    if np.isnan(slope.conf_low) or np.isnan(slope.conf_high):
        notes.append(f"Too few years for an interval of Sen's slope at {100 * conf_level:g} per cent.")
    notes.append(
        "Takes the years as independent; likeness of neighbouring years makes the p-value too small."
    )
    return HypothesisTest(
        test="Mann-Kendall test",
        null=NULL,
        statistic=statistic,
        distribution=distribution,
        df=(),
        p_value=p_value,
        effect=slope.effect,
        others=(Effect("Kendall's tau-b", float(score.tau_b), np.nan, np.nan, "", conf_level),),
        n=float(score.n),
        keys=dict(keys or {}),
        sources=sources,
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True)
class SeasonalKendall:
    """Seasonal Mann-Kendall test: the scores of the seasons, added up.

    Parameters
    ----------
    score : int
        Sum of the scores.
    variance : float
        Sum of their variances (seasons taken as independent).
    by_season : dict
        Score of each season.
    z, p_value : float
        With the continuity correction; two-sided.
    """

    score: int
    variance: float
    by_season: dict[Any, int]
    z: float
    p_value: float


def seasonal_mann_kendall(year: ArrayLike, value: ArrayLike, *, season: ArrayLike) -> SeasonalKendall:
    """Mann-Kendall test of a series with seasons: pairs are compared within a season only.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Times in years with decimals, no two alike.
    season : array_like, shape (m,)
        The season of each value, such as the quarter.

    Raises
    ------
    SeriesError
        As for `mann_kendall`, or a season for each value.

    References
    ----------
    Hirsch, Slack and Smith (1982), Water Resources Research 18, 107-121.
    """
    times = np.asarray(year, dtype=float).ravel()
    labels = np.asarray(season).ravel()
    in_order(times, value, least=3, method="the seasonal Mann-Kendall test")
    if len(labels) != len(times):
        raise SeriesError(
            f"each value needs a season, got {len(times)} values and {len(labels)} seasons. "
            "Pass one season a value."
        )
    values = np.asarray(value, dtype=float).ravel()
    scores = {}
    for label in np.unique(labels):
        at = np.flatnonzero(labels == label)
        scores[label] = kendall_score(values[at[np.argsort(times[at])]])
    total = sum(score.score for score in scores.values())
    variance = sum(score.variance for score in scores.values())
    if not variance > 0:
        raise SeriesError(
            "a seasonal test needs two different values in one season; there are none. "
            "Use mann_kendall on the whole series."
        )
    z = float((total - np.sign(total)) / np.sqrt(variance))
    return SeasonalKendall(
        score=total,
        variance=variance,
        by_season={label.item(): score.score for label, score in scores.items()},
        z=z,
        p_value=normal_p_value(z),
    )


def normal_p_value(z: float) -> float:
    """Two-sided p-value of a standard normal statistic."""
    return float(2 * special.ndtr(-abs(z)))
