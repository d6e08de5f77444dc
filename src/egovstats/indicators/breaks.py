"""Structural breaks: at a known year, at an unknown one, and by the path of the residuals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egovstats.errors import SeriesError, nearest
from egovstats.indicators.hansen1997 import break_p_value
from egovstats.indicators.regression import least_squares
from egovstats.indicators.yearly import in_order
from egovstats.results import HypothesisTest

BreakStatistic = Literal["supF", "aveF", "expF"]
_NULLS = {False: "The level is the same in all years.", True: "Level and slope are the same in all years."}
_KINDS = ("supF", "aveF", "expF")


@dataclass(frozen=True, slots=True, eq=False)
class BreakSequence:
    """Wald statistics of a break after each candidate year.

    Parameters
    ----------
    position : np.ndarray of int, shape (c,)
        How many values lie before the break.
    year : np.ndarray, shape (c,)
        Last year before it.
    statistic : np.ndarray, shape (c,)
        (RSS of one line - RSS of two) over the variance of two: k times the Chow F.
    n, coefficients : int
    """

    position: np.ndarray
    year: np.ndarray
    statistic: np.ndarray
    n: int
    coefficients: int

    @property
    def likeliest(self) -> int:
        """Values before the break with the largest statistic."""
        return int(self.position[self.statistic.argmax()])

    @property
    def trimming(self) -> float:
        """Share left out at either end; for unlike ends, the equal share with the same ratio of odds."""
        first, last = int(self.position[0]), int(self.position[-1])
        odds = (self.n - first) * last / (first * (self.n - last))
        return float(1 / (1 + np.sqrt(odds)))


def chow(year: ArrayLike, value: ArrayLike, *, break_after: int, trend: bool = True) -> HypothesisTest:
    """Chow's test of one line against two, broken at a place that was known beforehand.

    Parameters
    ----------
    year, value : array_like, shape (m,)
    break_after : int
        How many values lie before the break.
    trend : bool
        Lines with a slope; otherwise levels only.

    References
    ----------
    Chow (1960), Econometrica 28, 591-605.
    """
    years, values = in_order(year, value, least=4, method="Chow's test")
    design = _design(years, trend)
    m, k = design.shape
    if not k <= break_after <= m - k or m <= 2 * k:
        raise SeriesError(
            f"either side of the break needs {k} values, got {break_after} and {m - break_after} of {m}. "
            "Move the break or add years."
        )
    whole = least_squares(values, design).rss
    parts = _split_rss(values, design, break_after)
    statistic = ((whole - parts) / k) / (parts / (m - 2 * k))
    return HypothesisTest(
        test="Chow test",
        null=_NULLS[trend],
        statistic=float(statistic),
        distribution="F",
        df=(float(k), float(m - 2 * k)),
        p_value=float(special.fdtrc(k, m - 2 * k, statistic)),
        n=float(m),
        keys={"last_year_before": float(years[break_after - 1])},
        notes=("Valid only where the year was chosen without looking at the values.",),
    )


def break_sequence(
    year: ArrayLike, value: ArrayLike, *, trend: bool = False, trimming: float = 0.15
) -> BreakSequence:
    """Wald statistics of a break after each year but those near the ends.

    Parameters
    ----------
    year, value : array_like, shape (m,)
    trend : bool
        Lines with a slope; otherwise levels only.
    trimming : float
        Share of the years left out at either end (rounded down to whole years).

    References
    ----------
    Andrews (1993), Econometrica 61, 821-856.
    """
    years, values = in_order(year, value, least=6, method="a break at an unknown year")
    design = _design(years, trend)
    m, k = design.shape
    first = int(np.floor(trimming * m + 1e-9))
    if not k < first + 1 or first < k or m - first <= first:
        raise SeriesError(
            f"trimming {trimming:g} of {m} years leaves {first} at either end; a line needs at least {k}, "
            "and a candidate year must remain. Pass another share."
        )
    whole = least_squares(values, design).rss
    position = np.arange(first, m - first + 1)
    parts = np.array([_split_rss(values, design, int(place)) for place in position])
    statistic = (whole - parts) / (parts / (m - 2 * k))
    return BreakSequence(position, years[position - 1], statistic, m, k)


def break_test(sequence: BreakSequence, *, kind: BreakStatistic = "supF") -> HypothesisTest:
    """Test of no break against one break at an unknown year.

    Parameters
    ----------
    sequence : BreakSequence
    kind : str
        ``"supF"`` the largest statistic, ``"aveF"`` their mean, ``"expF"`` the logarithm of the mean of
        exp(statistic / 2).

    References
    ----------
    Andrews and Ploberger (1994), Econometrica 62, 1383-1414; Hansen (1997), J. Business and Economic
    Statistics 15, 60-67 (p-values).
    """
    if kind not in _KINDS:
        raise SeriesError(f"there is no break statistic {kind!r}. {nearest(kind, _KINDS)}")
    found = sequence.statistic
    half = found / 2
    top = half.max()
    statistic = {
        "supF": float(found.max()),
        "aveF": float(found.mean()),
        "expF": float(top + np.log(np.exp(half - top).mean())),
    }[kind]
    p_value = break_p_value(
        statistic, kind=kind, coefficients=sequence.coefficients, trimming=sequence.trimming
    )
    return HypothesisTest(
        test=f"{kind} test",
        null=_NULLS[sequence.coefficients > 1],
        statistic=statistic,
        distribution="exact",
        df=(),
        p_value=p_value,
        n=float(sequence.n),
        keys={"last_year_before": float(sequence.year[found.argmax()])},
        notes=("The p-value is Hansen's approximation for long series with independent errors.",),
    )


def ols_cusum(year: ArrayLike, value: ArrayLike, *, trend: bool = False) -> HypothesisTest:
    """Test of the path of summed residuals: does it stray further than a Brownian bridge?

    References
    ----------
    Ploberger and Kraemer (1992), Econometrica 60, 271-285.
    """
    years, values = in_order(year, value, least=5, method="the CUSUM test")
    fit = least_squares(values, _design(years, trend))
    path = np.cumsum(fit.residual) / (fit.sigma * np.sqrt(len(values)))
    statistic = float(np.abs(path).max())
    return HypothesisTest(
        test="OLS-based CUSUM test",
        null=_NULLS[trend],
        statistic=statistic,
        distribution="exact",
        df=(),
        p_value=float(special.kolmogorov(statistic)),
        n=float(len(values)),
        keys={"furthest_year": float(years[np.abs(path).argmax()])},
        notes=("The p-value holds for long series with independent errors.",),
    )


def _design(years: np.ndarray, trend: bool) -> np.ndarray:
    ones = np.ones(len(years))
    return np.column_stack([ones, years - years[0]]) if trend else ones[:, None]


def _split_rss(values: np.ndarray, design: np.ndarray, place: int) -> float:
    before = least_squares(values[:place], design[:place]).rss
    return before + least_squares(values[place:], design[place:]).rss
