"""Likeness of neighbouring years: autocorrelation, and tests of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from egovstats.errors import SeriesError
from egovstats.indicators.regression import Fit, least_squares
from egovstats.results import Effect, HypothesisTest


def autocorrelation(value: ArrayLike, *, lags: int) -> np.ndarray:
    """Autocorrelations of a series at lags 1 to `lags`, shape (lags,).

    Parameters
    ----------
    value : array_like, shape (m,)
        In order of time, evenly spaced.
    lags : int
        Between 1 and m - 1.

    Raises
    ------
    SeriesError
        Missing values, all values alike, or a lag that the series is too short for.

    Notes
    -----
    Sums of products over the whole sum of squares (divisor m at every lag), as in Box and Jenkins.
    """
    values = np.asarray(value, dtype=float).ravel()
    if not np.isfinite(values).all():
        raise SeriesError("autocorrelation cannot take missing values. Leave a gap-free stretch of years.")
    if not 1 <= lags < len(values):
        raise SeriesError(
            f"lags must lie between 1 and {len(values) - 1} for {len(values)} values, got {lags}. Pass fewer."
        )
    centred = values - values.mean()
    spread = float(centred @ centred)
    if spread == 0:
        raise SeriesError("autocorrelation needs values that differ; all are alike. Leave it out.")
    return np.array([centred[lag:] @ centred[:-lag] for lag in range(1, lags + 1)]) / spread


def ljung_box(value: ArrayLike, *, lags: int) -> HypothesisTest:
    """Ljung-Box test that the autocorrelations at lags 1 to `lags` are all zero.

    References
    ----------
    Ljung and Box (1978), Biometrika 65, 297-303.
    """
    found = autocorrelation(value, lags=lags)
    n = np.asarray(value).size
    statistic = float(n * (n + 2) * (found**2 / (n - np.arange(1, lags + 1))).sum())
    return HypothesisTest(
        test="Ljung-Box test",
        null=f"The values are not correlated with those 1 to {lags} steps before.",
        statistic=statistic,
        distribution="chi2",
        df=(float(lags),),
        p_value=float(special.chdtrc(lags, statistic)),
        effect=Effect("autocorrelation at lag 1", float(found[0]), np.nan, np.nan, ""),
        n=float(n),
    )


def durbin_watson(fit: Fit) -> HypothesisTest:
    """Durbin-Watson test that residuals are not positively correlated with those one step before.

    The p-value is exact for normal errors: a quadratic form in normals, by Imhof's integral.

    References
    ----------
    Durbin and Watson (1971), Biometrika 58, 1-19; Imhof (1961), Biometrika 48, 419-426.
    """
    residual = fit.residual
    n = len(residual)
    statistic = float(np.sum(np.diff(residual) ** 2) / (residual @ residual))
    step = np.diff(np.eye(n), axis=0)
    annihilator = np.eye(n) - fit.design @ np.linalg.pinv(fit.design)
    form = annihilator @ (step.T @ step) @ annihilator
    values = np.sort(np.linalg.eigvalsh((form + form.T) / 2))[len(fit.estimate) :]
    return HypothesisTest(
        test="Durbin-Watson test",
        null="The errors of neighbouring years are not positively correlated (one-sided).",
        statistic=statistic,
        distribution="exact",
        df=(),
        p_value=_below_zero(values - statistic),
        n=float(n),
    )


def breusch_godfrey(fit: Fit, *, order: int = 1) -> HypothesisTest:
    """Breusch-Godfrey test that residuals are not correlated with those 1 to `order` steps before.

    Residuals are regressed on the model's columns and on lagged residuals (zero before the start);
    the statistic is n times the uncentred R squared.

    References
    ----------
    Breusch (1978), Australian Economic Papers 17, 334-355; Godfrey (1978), Econometrica 46, 1293-1301.
    """
    residual = fit.residual
    n = len(residual)
    if not 1 <= order < n - len(fit.estimate):
        raise SeriesError(
            f"the order must lie between 1 and {n - len(fit.estimate) - 1} for this fit, got {order}. "
            "Pass a smaller one."
        )
    lagged = [np.concatenate([np.zeros(lag), residual[:-lag]]) for lag in range(1, order + 1)]
    auxiliary = least_squares(residual, np.column_stack([fit.design, *lagged]))
    fitted = residual - auxiliary.residual
    statistic = float(n * (fitted @ fitted) / (residual @ residual))
    return HypothesisTest(
        test="Breusch-Godfrey test",
        null=f"The errors are not correlated with those 1 to {order} steps before.",
        statistic=statistic,
        distribution="chi2",
        df=(float(order),),
        p_value=float(special.chdtrc(order, statistic)),
        n=float(n),
    )


def breusch_pagan(fit: Fit) -> HypothesisTest:
    """Breusch-Pagan test that the errors have one variance, in Koenker's studentised form.

    References
    ----------
    Breusch and Pagan (1979), Econometrica 47, 1287-1294; Koenker (1981), J. Econometrics 17, 107-112.
    """
    squared = fit.residual**2
    auxiliary = least_squares(squared, fit.design)
    centred = squared - squared.mean()
    statistic = float(len(squared) * (1 - auxiliary.residual @ auxiliary.residual / (centred @ centred)))
    df = len(fit.estimate) - 1
    return HypothesisTest(
        test="Breusch-Pagan test",
        null="The variance of the errors does not depend on the columns of the model.",
        statistic=statistic,
        distribution="chi2",
        df=(float(df),),
        p_value=float(special.chdtrc(df, statistic)),
        n=float(len(squared)),
    )


def _below_zero(weight: np.ndarray) -> float:
    """Probability that a weighted sum of squared standard normals is negative, by Imhof's integral.

    It is 1/2 less 1/pi times the integral over u > 0 of sin(theta) / (u rho); with u the tangent of an
    angle the range is finite.
    """
    from scipy import integrate

    scaled = weight / np.abs(weight).max()

    def integrand(angle: float) -> float:
        u = np.tan(angle)
        theta = 0.5 * np.arctan(scaled * u).sum()
        log_rho = 0.25 * np.log1p((scaled * u) ** 2).sum()
        return float(np.sin(theta) * np.exp(-log_rho) / (u * np.cos(angle) ** 2))

    area, _ = integrate.quad(integrand, 0, np.pi / 2, limit=400, epsabs=1e-12, epsrel=1e-10)
    return float(np.clip(0.5 - area / np.pi, 0, 1))
