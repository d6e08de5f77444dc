"""Straight-line trends of a series: with published standard errors, or without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import SeriesError
from egovstats.indicators.kendall import mann_kendall
from egovstats.indicators.regression import Fit, least_squares, t_p_value
from egovstats.indicators.series import EACH, IndicatorSeries
from egovstats.indicators.yearly import in_order
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest
from egovstats.sources import Source

NULL = "The straight line through the values is level: no change per year."


@dataclass(frozen=True, slots=True, eq=False)
class LineTrend:
    """A straight-line trend by least squares.

    Parameters
    ----------
    test : HypothesisTest
        Test of the slope, t with m - 2 degrees of freedom; the effect is the slope per year.
    intercept : float
        Value of the line in year 0.
    r_squared, sigma : float
    fit : Fit
    """

    test: HypothesisTest
    intercept: float
    r_squared: float
    sigma: float
    fit: Fit

    __repr__ = as_text
    _repr_html_ = as_html


def ols_trend(year: ArrayLike, value: ArrayLike, *, conf_level: float = 0.95, unit: str = "") -> LineTrend:
    """Straight line through a series, every year counting the same.

    Parameters
    ----------
    year, value : array_like, shape (m,)
    conf_level : float
    unit : str
        Unit of `value`.

    Raises
    ------
    SeriesError
        Fewer than three years, a year twice, or a missing value.
    """
    years, values = in_order(year, value, least=3, method="a straight-line trend")
    middle = years.mean()
    fit = least_squares(values, np.column_stack([np.ones(len(years)), years - middle]))
    slope, std_error = float(fit.estimate[1]), float(np.sqrt(fit.cov[1, 1]))
    effect = _slope_effect("slope", slope, std_error, fit.df, conf_level, unit)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = float(np.divide(slope, std_error))
    test = HypothesisTest(
        test="straight-line trend",
        null=NULL,
        statistic=statistic,
        distribution="t",
        df=(float(fit.df),),
        p_value=float(t_p_value(np.array(statistic), fit.df)),
        effect=effect,
        n=float(len(years)),
        notes=("Errors are taken as independent with one variance.",),
    )
    return LineTrend(test, float(fit.estimate[0] - slope * middle), fit.r_squared(values), fit.sigma, fit)


def weighted_trend(
    year: ArrayLike,
    value: ArrayLike,
    std_error: ArrayLike,
    *,
    conf_level: float = 0.95,
    unit: str = "",
    keys: Mapping[str, Any] | None = None,
    sources: tuple[Source, ...] = (),
) -> HypothesisTest:
    """Straight-line trend of values whose standard errors are known.

    Weights are 1 / (SE^2 + tau^2), with tau^2 the scatter round the line beyond the standard errors
    (Paule and Mandel's moment estimate); the slope is referred to t with m - 2 degrees of freedom.

    Parameters
    ----------
    year, value, std_error : array_like, shape (m,)
        Every value with its own positive standard error.
    conf_level : float
    unit : str
        Unit of `value`.
    keys, sources
        Carried into the result.

    Returns
    -------
    HypothesisTest
        The effect is the slope per year; `others` holds tau.

    Raises
    ------
    SeriesError
        Fewer than three years, a year twice, a missing value, or a standard error that is not positive.

    References
    ----------
    Paule and Mandel (1982), J. Research NBS 87, 377-385; Thompson and Sharp (1999), Statistics in
    Medicine 18, 2693-2708 (lines with known errors).
    """
    years, values = in_order(year, value, least=3, method="a weighted trend")
    errors = np.asarray(std_error, dtype=float).ravel()
    if len(errors) != len(years) or not (np.isfinite(errors) & (errors > 0)).all():
        raise SeriesError(
            "a weighted trend needs a positive standard error for each year. "
            "Leave years without one out, or use ols_trend or mann_kendall."
        )
    errors = errors[np.argsort(np.asarray(year, dtype=float).ravel(), kind="stable")]
    design = np.column_stack([np.ones(len(years)), years - years.mean()])
    tau2 = _scatter(values, design, errors**2)
    (slope, variance), _ = _weighted(values, design, errors**2 + tau2)
    _, heterogeneity = _weighted(values, design, errors**2)
    slope_error = float(np.sqrt(variance))
    df = len(years) - 2
    statistic = slope / slope_error
    departure = float(special.chdtrc(df, heterogeneity))
    notes = [
        f"Scatter round the line against the standard errors: chi-square {heterogeneity:.2f} on {df} "
        f"(p = {departure:.3f}); tau = {np.sqrt(tau2):.3g}.",
        "Errors of different years are taken as independent; published years share sources, so the "
        "interval is a rough one.",
    ]
    if departure > 0.95:
        notes.append(
            "The values lie closer to the line than their standard errors allow for independent errors: the "
            "errors of different years are alike."
        )
    return HypothesisTest(
        test="weighted straight-line trend",
        null=NULL,
        statistic=statistic,
        distribution="t",
        df=(float(df),),
        p_value=float(t_p_value(np.array(statistic), df)),
        effect=_slope_effect("weighted slope", slope, slope_error, df, conf_level, unit),
        others=(Effect("tau", float(np.sqrt(tau2)), np.nan, np.nan, unit, conf_level),),
        n=float(len(years)),
        keys=dict(keys or {}),
        sources=sources,
        notes=tuple(notes),
    )


def trend_of_indicator(series: IndicatorSeries, *, conf_level: float = 0.95) -> HypothesisTest:
    """The trend of a published series, by the method that its precision allows.

    With a standard error for every year, `weighted_trend`; without, `mann_kendall`. A series that runs
    over editions (``"each"``) gets Sen's slope and no p-value: its values are not on one scale.

    Parameters
    ----------
    series : IndicatorSeries
    conf_level : float
    """
    if series.edition != EACH and np.isfinite(series.std_error).all() and (series.std_error > 0).all():
        found = weighted_trend(
            series.year, series.value, series.std_error, conf_level=conf_level, unit=series.unit
        )
    else:
        found = mann_kendall(series.year, series.value, conf_level=conf_level, unit=series.unit)
    notes = (*found.notes, *series.notes)
    if series.edition == EACH and found.effect is not None:
        reason = "No p-value and no interval: the values come from different editions, not on one scale."
        effect = replace(found.effect, conf_low=np.nan, conf_high=np.nan)
        found = replace(found, p_value=np.nan, effect=effect)
        notes = (reason, *series.notes)
    return replace(found, keys=dict(series.keys), sources=(series.source,), notes=notes)


def _slope_effect(name: str, slope: float, std_error: float, df: int, conf_level: float, unit: str) -> Effect:
    margin = float(t_quantile(np.array(df), conf_level)) * std_error
    return Effect(
        name, slope, slope - margin, slope + margin, f"{unit} per year".strip(), conf_level, std_error
    )


def _weighted(
    values: np.ndarray, design: np.ndarray, variance: np.ndarray
) -> tuple[tuple[float, float], float]:
    """Slope and its variance, and the weighted sum of squared residuals."""
    root = 1 / np.sqrt(variance)
    fit = least_squares(values * root, design * root[:, None])
    return (float(fit.estimate[1]), float(fit.inverse[1, 1])), fit.rss


def _scatter(values: np.ndarray, design: np.ndarray, variance: np.ndarray) -> float:
    """Extra variance that brings the weighted sum of squares down to its degrees of freedom; 0 if below."""
    df = len(values) - design.shape[1]

    def excess(tau2: float) -> float:
        return _weighted(values, design, variance + tau2)[1] - df

    if excess(0.0) <= 0:
        return 0.0
    from scipy import optimize

    most = float(np.var(values)) + float(variance.max())
    while excess(most) > 0:
        most *= 2
    return float(optimize.brentq(excess, 0.0, most, xtol=1e-15, rtol=1e-12))
