"""How many breaks a series has, and where: the best division into segments."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from egovstats.errors import SeriesError
from egovstats.indicators.regression import least_squares
from egovstats.indicators.yearly import in_order


@dataclass(frozen=True, slots=True, eq=False)
class Breakpoints:
    """The best division of a series for each number of breaks.

    Parameters
    ----------
    positions : tuple of tuple of int
        For 0, 1, 2, ... breaks: how many values lie before each.
    rss : np.ndarray, shape (b + 1,)
        Sum of squared residuals.
    bic : np.ndarray, shape (b + 1,)
        Bayesian information criterion; the dates count as parameters.
    years : np.ndarray, shape (m,)
    """

    positions: tuple[tuple[int, ...], ...]
    rss: np.ndarray
    bic: np.ndarray
    years: np.ndarray

    @property
    def best(self) -> int:
        """The number of breaks with the lowest criterion."""
        return int(self.bic.argmin())

    @property
    def break_years(self) -> tuple[float, ...]:
        """Last year of each segment but the last, for that number."""
        return tuple(float(self.years[place - 1]) for place in self.positions[self.best])


def breakpoints(
    year: ArrayLike, value: ArrayLike, *, trend: bool = False, min_segment: float = 0.15
) -> Breakpoints:
    """Divide a series into segments with a level (or line) each, by least squares.

    Parameters
    ----------
    year, value : array_like, shape (m,)
    trend : bool
        Lines with a slope; otherwise levels.
    min_segment : float
        Shortest segment as a share of the series (rounded down to whole years).

    Raises
    ------
    SeriesError
        Segments too short for the line, or longer than half the series.

    References
    ----------
    Bai and Perron (2003), J. Applied Econometrics 18, 1-22.
    """
    years, values = in_order(year, value, least=6, method="the division into segments")
    ones = np.ones(len(years))
    design = np.column_stack([ones, years - years[0]]) if trend else ones[:, None]
    m, k = design.shape
    shortest = int(np.floor(min_segment * m + 1e-9))
    if shortest <= k or 2 * shortest > m:
        raise SeriesError(
            f"segments of at least {shortest} of {m} years cannot be fitted with {k} coefficients and leave "
            "room for a break. Pass another min_segment."
        )
    most = int(np.ceil(m / shortest)) - 2
    cost = _segment_costs(values, design, shortest)
    positions = _divide(cost, shortest, most)
    rss = np.array([_total(cost, places, m) for places in positions])
    breaks = np.arange(len(positions))
    log_likelihood = -0.5 * m * (np.log(rss) + 1 - np.log(m) + np.log(2 * np.pi))
    bic = -2 * log_likelihood + np.log(m) * (k + 1) * (breaks + 1)
    return Breakpoints(positions, rss, bic, years)


def _segment_costs(values: np.ndarray, design: np.ndarray, shortest: int) -> np.ndarray:
    """Residual sum of squares of rows i to j (j not included), infinite where too short: (m+1, m+1)."""
    m = len(values)
    cost = np.full((m + 1, m + 1), np.inf)
    for start in range(m):
        for end in range(start + shortest, m + 1):
            cost[start, end] = least_squares(values[start:end], design[start:end]).rss
    return cost


def _divide(cost: np.ndarray, shortest: int, most: int) -> tuple[tuple[int, ...], ...]:
    """Dynamic programming over the end of the last segment but one."""
    m = len(cost) - 1
    best = cost[0].copy()  # cheapest division of the first j rows with the breaks so far
    came_from: list[np.ndarray] = []
    positions: list[tuple[int, ...]] = [()]
    for breaks in range(1, most + 1):
        if (breaks + 1) * shortest > m:
            break
        total = best[:, None] + cost
        came_from.append(total.argmin(axis=0))
        best = total.min(axis=0)
        place, places = m, []
        for step in reversed(came_from):
            place = int(step[place])
            places.append(place)
        positions.append(tuple(reversed(places)))
    return tuple(positions)


def _total(cost: np.ndarray, places: tuple[int, ...], m: int) -> float:
    ends = [0, *places, m]
    return float(sum(cost[start, end] for start, end in pairwise(ends)))
