"""Sen's slope: the median of the changes a year between all pairs of years."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from egovstats.errors import SeriesError
from egovstats.indicators.rank_score import kendall_score
from egovstats.indicators.yearly import in_order
from egovstats.intervals import t_quantile
from egovstats.results import Effect


@dataclass(frozen=True, slots=True)
class SenSlope:
    """Sen's slope with its interval.

    Parameters
    ----------
    estimate, conf_low, conf_high : float
        Change per year. The limits are NaN where the series is too short for the level.
    conf_level : float
    unit : str
        Unit of the values; the slope is in it per year.
    n_slopes : int
        Pairs of years.
    lower_rank, upper_rank : float
        Ranks of the limits among the ordered slopes, counted from 1, before interpolation.
    intercept_median : float
        Median of value - slope * year.
    intercept_conover : float
        Median value - slope * median year.
    """

    estimate: float
    conf_low: float
    conf_high: float
    conf_level: float
    unit: str
    n_slopes: int
    lower_rank: float
    upper_rank: float
    intercept_median: float
    intercept_conover: float

    @property
    def effect(self) -> Effect:
        """The slope as the effect of a test."""
        return Effect(
            name="Sen slope",
            estimate=self.estimate,
            conf_low=self.conf_low,
            conf_high=self.conf_high,
            unit=f"{self.unit} per year".strip(),
            conf_level=self.conf_level,
        )


def sen_slope(year: ArrayLike, value: ArrayLike, *, conf_level: float = 0.95, unit: str = "") -> SenSlope:
    """Median yearly change of a series, with its confidence interval.

    The limits are the slopes at the ranks (N - C) / 2 and (N + C) / 2 + 1 of the N ordered slopes,
    interpolated between neighbours, with C = z sqrt(Var S) of the Mann-Kendall score.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Calendar years, no two alike, and the indicator in its own unit.
    conf_level : float
    unit : str
        Unit of `value`.

    Returns
    -------
    SenSlope
        Change per year, in the unit of `value`.

    Raises
    ------
    SeriesError
        Fewer than three years, a year twice, or a missing value.

    References
    ----------
    Sen (1968), JASA 63, 1379-1389; Gilbert (1987), Statistical Methods for Environmental Pollution
    Monitoring, section 16.5.

    Examples
    --------
    >>> sen_slope([2005, 2010, 2020], [1.0, 2.0, 4.0]).estimate
    0.2
    """
    years, values = in_order(year, value, least=3, method="Sen's slope")
    slopes = pairwise_slopes(years, values)
    slope = float(np.median(slopes))
    reach = float(t_quantile(np.array(np.inf), conf_level)) * np.sqrt(kendall_score(values).variance)
    lower_rank = (len(slopes) - reach) / 2
    upper_rank = (len(slopes) + reach) / 2 + 1
    return SenSlope(
        estimate=slope,
        conf_low=_at_rank(slopes, lower_rank),
        conf_high=_at_rank(slopes, upper_rank),
        conf_level=conf_level,
        unit=unit,
        n_slopes=len(slopes),
        lower_rank=float(lower_rank),
        upper_rank=float(upper_rank),
        intercept_median=float(np.median(values - slope * years)),
        intercept_conover=float(np.median(values) - slope * np.median(years)),
    )


def pairwise_slopes(year: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Change per year between every two years, sorted, shape (m (m - 1) / 2,)."""
    first, second = np.triu_indices(len(year), k=1)
    return np.sort((value[second] - value[first]) / (year[second] - year[first]))


def seasonal_sen_slope(year: ArrayLike, value: ArrayLike, *, season: ArrayLike) -> tuple[float, int]:
    """Median of the slopes between years of one season, and how many slopes there are.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Times in years with decimals.
    season : array_like, shape (m,)
        The season of each value, such as the quarter.

    Returns
    -------
    tuple of float and int
        Change per year, and the number of slopes.

    Raises
    ------
    SeriesError
        No season has two years.

    References
    ----------
    Hirsch, Slack and Smith (1982), Water Resources Research 18, 107-121.
    """
    times = np.asarray(year, dtype=float).ravel()
    labels = np.asarray(season).ravel()
    in_order(times, value, least=3, method="the seasonal Sen slope")
    values = np.asarray(value, dtype=float).ravel()
    found = []
    for label in np.unique(labels):
        at = np.flatnonzero(labels == label)
        at = at[np.argsort(times[at])]
        found.append(pairwise_slopes(times[at], values[at]))
    slopes = np.concatenate(found)
    if len(slopes) == 0:
        raise SeriesError(
            "a seasonal slope needs two years of one season; every season has one value. "
            "Use sen_slope on the whole series."
        )
    return float(np.median(slopes)), len(slopes)


def _at_rank(ordered: np.ndarray, rank: float) -> float:
    """The value at a rank counted from 1, interpolated; NaN beyond the ends."""
    if rank < 1 or rank > len(ordered):
        return float("nan")
    below = int(np.floor(rank))
    share = rank - below
    above = ordered[min(below, len(ordered) - 1)]
    return float(ordered[below - 1] * (1 - share) + above * share)
