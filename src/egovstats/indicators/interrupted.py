"""Interrupted time series: the change of level and of slope at a known year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from egovstats.console import as_html, as_text
from egovstats.errors import SeriesError, nearest
from egovstats.indicators.ar1 import fit_ar1
from egovstats.indicators.regression import Fit, least_squares, newey_west_cov, robust_cov, t_p_value
from egovstats.indicators.yearly import in_order, is_even
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest

Covariance = Literal["newey-west", "classical", "HC0", "HC1", "HC2", "HC3", "HC4", "HC4m", "HC5", "ar1"]
NAMES = ("intercept", "slope before", "change of level", "change of slope")

_COVARIANCES = get_args(Covariance)


@dataclass(frozen=True, slots=True, eq=False)
class Interrupted:
    """A line that may break at one known year.

    Parameters
    ----------
    estimate : np.ndarray, shape (4,)
        In the order of `NAMES`. The intercept is the value at the first year. The change of level is
        measured against the old line at the last year before.
    cov : np.ndarray, shape (4, 4)
    df : int
        Years less four.
    covariance : str
        How `cov` was made.
    at : float
        First year after the interruption.
    last_before : float
        Last year before it.
    fit : Fit
        The least-squares fit (also where `covariance` is ``"ar1"``).
    unit : str
    notes : tuple of str
    """

    estimate: np.ndarray
    cov: np.ndarray
    df: int
    covariance: str
    at: float
    last_before: float
    fit: Fit
    unit: str
    notes: tuple[str, ...] = ()

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors, shape (4,)."""
        return np.sqrt(np.diag(self.cov))

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient, with interval and test."""
        margin = float(t_quantile(np.array(self.df), conf_level)) * self.std_error
        return pd.DataFrame(
            {
                "term": list(NAMES),
                "estimate": self.estimate,
                "std_error": self.std_error,
                "conf_low": self.estimate - margin,
                "conf_high": self.estimate + margin,
                "statistic": self.estimate / self.std_error,
                "df": float(self.df),
                "p_value": t_p_value(self.estimate / self.std_error, self.df),
            }
        )

    def effect_at(self, year: float, *, conf_level: float = 0.95) -> HypothesisTest:
        """How far the new line lies from the old one at a year after the interruption.

        Raises
        ------
        SeriesError
            A year before the interruption.
        """
        if year < self.at:
            raise SeriesError(
                f"the effect is defined from {self.at:g} on, got {year:g}. "
                "Pass a year after the interruption."
            )
        weight = np.array([0.0, 0.0, 1.0, year - self.last_before])
        effect = float(weight @ self.estimate)
        std_error = float(np.sqrt(weight @ self.cov @ weight))
        margin = float(t_quantile(np.array(self.df), conf_level)) * std_error
        return HypothesisTest(
            test=f"interrupted series, effect at {year:g}",
            null="The old line would have gone on through the interruption.",
            statistic=effect / std_error,
            distribution="t",
            df=(float(self.df),),
            p_value=float(t_p_value(np.array(effect / std_error), self.df)),
            effect=Effect(
                "difference from the old line",
                effect,
                effect - margin,
                effect + margin,
                self.unit,
                conf_level,
                std_error,
            ),
            n=float(self.df + 4),
            keys={"interruption": self.at, "year": year},
            notes=self.notes,
        )


def interrupted(
    year: ArrayLike,
    value: ArrayLike,
    *,
    at: float,
    covariance: Covariance = "newey-west",
    lag: int | None = None,
    prewhite: bool = False,
    adjust: bool = True,
    unit: str = "",
) -> Interrupted:
    """Fit a line whose level and slope may change at a known year.

    value = a + b (year - first) + c [year >= at] + d (year - last before) [year >= at].

    Parameters
    ----------
    year, value : array_like, shape (m,)
        At least two years on either side.
    at : float
        First year after the interruption.
    covariance : str
        ``"newey-west"`` (near years may be alike), ``"classical"``, ``"HC0"`` to ``"HC5"`` (the
        variance may change), or ``"ar1"`` (generalised least squares with a first-order
        autoregression, by maximum likelihood; evenly spaced years only).
    lag, prewhite, adjust
        For Newey-West; see `newey_west_cov`.
    unit : str

    Raises
    ------
    SeriesError
        Too few years on a side, or an unknown covariance.

    References
    ----------
    Wagner, Soumerai, Zhang and Ross-Degnan (2002), J. Clinical Pharmacy and Therapeutics 27, 299-309.
    """
    if covariance not in _COVARIANCES:
        raise SeriesError(f"there is no covariance {covariance!r}. {nearest(covariance, _COVARIANCES)}")
    years, values = in_order(year, value, least=5, method="an interrupted series")
    after = years >= at
    if min(after.sum(), (~after).sum()) < 2:
        raise SeriesError(
            f"an interrupted series needs two years before and two from {at:g} on, got "
            f"{int((~after).sum())} and {int(after.sum())}. Choose another year or add data."
        )
    last_before = float(years[~after][-1])
    columns: list[Any] = [np.ones(len(years)), years - years[0], after, (years - last_before) * after]
    fit = least_squares(values, np.column_stack(columns).astype(float))
    estimate, cov, notes = _estimated(fit, years, values, covariance, lag, prewhite, adjust)
    return Interrupted(estimate, cov, fit.df, covariance, float(at), last_before, fit, unit, notes)


def _estimated(
    fit: Fit,
    years: np.ndarray,
    values: np.ndarray,
    covariance: str,
    lag: int | None,
    prewhite: bool,
    adjust: bool,
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    if covariance == "classical":
        return fit.estimate, fit.cov, ("Errors are taken as independent with one variance.",)
    if covariance.startswith("HC"):
        return fit.estimate, robust_cov(fit, covariance), ("Errors are taken as independent.",)
    if not is_even(years):
        raise SeriesError(
            f"the covariance {covariance!r} needs evenly spaced years. Use 'HC3', or a stretch without gaps."
        )
    if covariance == "ar1":
        model = fit_ar1(values, fit.design)
        note = f"Errors follow the year before with a correlation of {model.correlation:.3f}."
        return model.estimate, model.cov, (note,)
    cov = newey_west_cov(fit, lag=lag, prewhite=prewhite, adjust=adjust)
    few = f"Newey-West standard errors are too small in a series as short as {len(years)} years."
    return fit.estimate, cov, (few,) if len(years) < 50 else ()
