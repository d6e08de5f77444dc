"""Mann-Kendall tests for series whose neighbouring years are alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egovstats.errors import SeriesError
from egovstats.indicators.autocorrelation import autocorrelation
from egovstats.indicators.kendall import NULL, normal_p_value
from egovstats.indicators.rank_score import KendallScore, kendall_score, ranks
from egovstats.indicators.sen import pairwise_slopes, sen_slope
from egovstats.indicators.yearly import in_order, is_even
from egovstats.results import HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedKendall:
    """A Mann-Kendall test corrected for serial correlation.

    Parameters
    ----------
    method : str
    score : KendallScore
        Of the series that was ranked (for prewhitening, one year shorter).
    slope : float
        Sen's slope of the series as given, per year.
    autocorrelation : np.ndarray
        The autocorrelations that the correction looked at, from lag 1.
    lags : tuple of int
        Lags that entered the correction.
    factor : float
        What the variance of the score was multiplied by; 1 for prewhitening.
    z, p_value : float
        NaN where the corrected variance is not positive, which a long swing can bring about.
    """

    method: str
    score: KendallScore
    slope: float
    autocorrelation: np.ndarray
    lags: tuple[int, ...]
    factor: float
    z: float
    p_value: float

    @property
    def variance(self) -> float:
        """Variance of the score after the correction."""
        return self.score.variance * self.factor

    def test(self, year: ArrayLike, value: ArrayLike, *, unit: str = "") -> HypothesisTest:
        """The outcome as a test result, with Sen's slope of the series as its effect."""
        notes = [f"Corrected for serial correlation: {self.method}; variance factor {self.factor:.4g}."]
        if np.isnan(self.z):
            notes.append("The corrected variance is not positive, so there is no p-value.")
        return HypothesisTest(
            test=f"Mann-Kendall test ({self.method})",
            null=NULL,
            statistic=self.z,
            distribution="normal",
            df=(),
            p_value=self.p_value,
            effect=replace(sen_slope(year, value, unit=unit).effect),
            n=float(self.score.n),
            notes=tuple(notes),
        )


def hamed_rao(year: ArrayLike, value: ArrayLike, *, significance: float = 0.05) -> CorrectedKendall:
    """Mann-Kendall test with the variance corrected by the autocorrelation of the ranks.

    The factor is 1 + 2 / (n (n-1) (n-2)) times the sum of (n-i) (n-i-1) (n-i-2) r_i over the lags
    whose autocorrelation, in the ranks of the series less its Sen slope, is significant.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Evenly spaced.
    significance : float
        Lags count when |r_i| exceeds the normal quantile over the square root of n.

    References
    ----------
    Hamed and Rao (1998), J. Hydrology 204, 182-196.
    """
    years, values = _even(year, value, "the Hamed-Rao correction")
    slope, left = _detrended(years, values)
    n = len(values)
    found = autocorrelation(ranks(left), lags=n - 1)
    lag = np.arange(1, n)
    used = np.abs(found) > special.ndtri(1 - significance / 2) / np.sqrt(n)
    terms = (n - lag) * (n - lag - 1) * (n - lag - 2) * found
    factor = 1 + 2 / (n * (n - 1) * (n - 2)) * terms[used].sum()
    return _corrected("Hamed and Rao", values, slope, found, lag[used], float(factor))


def yue_wang(year: ArrayLike, value: ArrayLike, *, lags: Literal["all", "first"] = "all") -> CorrectedKendall:
    """Mann-Kendall test with the variance corrected by the effective number of years.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Evenly spaced.
    lags : str
        ``"all"``: the factor is 1 + 2 sum (1 - i/n) r_i over every lag. ``"first"``: the closed form
        of that sum for a first-order autoregression.

    References
    ----------
    Yue and Wang (2004), Water Resources Management 18, 201-218.
    """
    years, values = _even(year, value, "the Yue-Wang correction")
    slope, left = _detrended(years, values)
    n = len(values)
    found = autocorrelation(left, lags=n - 1)
    lag = np.arange(1, n)
    if lags == "all":
        return _corrected(
            "Yue and Wang", values, slope, found, lag, float(1 + 2 * ((1 - lag / n) * found).sum())
        )
    r = found[0]
    factor = 1 + 2 * (r ** (n + 1) - n * r**2 + (n - 1) * r) / (n * (r - 1) ** 2)
    return _corrected("Yue and Wang, lag 1", values, slope, found[:1], lag[:1], float(factor))


def prewhitened(year: ArrayLike, value: ArrayLike, *, trend_free: bool = False) -> CorrectedKendall:
    """Mann-Kendall test of a series less what follows from the year before.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Evenly spaced.
    trend_free : bool
        Take out Sen's slope before the autocorrelation is measured and removed, and put it back
        after; otherwise the series is whitened as it is, which also takes away part of a trend.

    References
    ----------
    von Storch (1995), in Analysis of Climate Variability, 11-26; Yue, Pilon, Phinney and Cavadias
    (2002), Hydrological Processes 16, 1807-1829 (trend free).
    """
    years, values = _even(year, value, "prewhitening")
    slope, left = _detrended(years, values)
    base = left if trend_free else values
    found = autocorrelation(base, lags=1)
    white = base[1:] - found[0] * base[:-1] + (slope * years[1:] if trend_free else 0.0)
    name = "trend-free prewhitening" if trend_free else "prewhitening"
    score = kendall_score(white)
    z = score.z()
    return CorrectedKendall(name, score, slope, found, (1,), 1.0, z, normal_p_value(z))


def _even(year: ArrayLike, value: ArrayLike, method: str) -> tuple[np.ndarray, np.ndarray]:
    years, values = in_order(year, value, least=4, method=method)
    if not is_even(years):
        raise SeriesError(
            f"{method} needs evenly spaced years, and these are not "
            f"({', '.join(f'{each:g}' for each in years[:6])}, ...). Use mann_kendall, or a stretch "
            "without gaps."
        )
    return years, values


def _detrended(years: np.ndarray, values: np.ndarray) -> tuple[float, np.ndarray]:
    slope = float(np.median(pairwise_slopes(years, values)))
    return slope, values - slope * years


def _corrected(
    method: str, values: np.ndarray, slope: float, found: np.ndarray, lags: np.ndarray, factor: float
) -> CorrectedKendall:
    score = kendall_score(values)
    z = score.z(variance=score.variance * factor)
    return CorrectedKendall(
        method, score, slope, found, tuple(int(lag) for lag in lags), factor, z, normal_p_value(z)
    )
