"""Generalised least squares with errors that follow the year before (first-order autoregression)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.errors import SeriesError, nearest
from egovstats.indicators.regression import Fit, least_squares


@dataclass(frozen=True, slots=True, eq=False)
class AutoregressiveFit:
    """A line with first-order autoregressive errors.

    Parameters
    ----------
    estimate : np.ndarray, shape (k,)
    cov : np.ndarray, shape (k, k)
        With the divisor m - k for the variance of the errors.
    correlation : float
        Of the errors of neighbouring years.
    sigma : float
        Standard deviation of the errors (divisor m for ML, m - k for REML).
    log_likelihood : float
    """

    estimate: np.ndarray
    cov: np.ndarray
    correlation: float
    sigma: float
    log_likelihood: float


def fit_ar1(value: np.ndarray, design: np.ndarray, *, method: str = "ML") -> AutoregressiveFit:
    """Maximum likelihood (or restricted) fit of a line with first-order autoregressive errors.

    Parameters
    ----------
    value : np.ndarray, shape (m,)
        Evenly spaced, in order of time.
    design : np.ndarray, shape (m, k)
    method : str
        ``"ML"`` or ``"REML"``.

    Raises
    ------
    SeriesError
        An unknown method, or too few values.

    References
    ----------
    Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, section 5.3; Beach and MacKinnon
    (1978), Econometrica 46, 51-58.
    """
    from scipy import optimize

    if method not in ("ML", "REML"):
        raise SeriesError(f"there is no fit {method!r}. {nearest(method, ('ML', 'REML'))}")
    if len(value) < design.shape[1] + 2:
        raise SeriesError(
            f"autoregressive errors need at least {design.shape[1] + 2} values, got {len(value)}. Add years."
        )
    found = optimize.minimize_scalar(
        lambda each: -_log_likelihood(each, value, design, method),
        bounds=(-0.9999, 0.9999),
        method="bounded",
        options={"xatol": 1e-10},
    )
    correlation = float(found.x)
    fit = _whitened(correlation, value, design)
    divisor = len(value) if method == "ML" else fit.df
    return AutoregressiveFit(
        estimate=fit.estimate,
        cov=fit.cov,
        correlation=correlation,
        sigma=float(np.sqrt(fit.rss / divisor)),
        log_likelihood=_log_likelihood(correlation, value, design, method),
    )


def _whitened(correlation: float, value: np.ndarray, design: np.ndarray) -> Fit:
    """Least squares after the rows were made independent with one variance."""
    scale = np.sqrt(1 - correlation**2)

    def white(rows: np.ndarray) -> np.ndarray:
        return np.concatenate([rows[:1], (rows[1:] - correlation * rows[:-1]) / scale])

    return least_squares(white(value), white(design))


def _log_likelihood(correlation: float, value: np.ndarray, design: np.ndarray, method: str) -> float:
    """Log likelihood at its best coefficients and variance for one correlation."""
    m = len(value)
    fit = _whitened(correlation, value, design)
    log_det = (m - 1) * np.log(1 - correlation**2)
    if method == "ML":
        return float(-0.5 * (m * (np.log(2 * np.pi * fit.rss / m) + 1) + log_det))
    _, log_inverse = np.linalg.slogdet(fit.inverse)
    return float(-0.5 * (fit.df * (np.log(2 * np.pi * fit.rss / fit.df) + 1) + log_det - log_inverse))
