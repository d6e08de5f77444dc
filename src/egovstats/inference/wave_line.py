"""A line through wave estimates with a random wave effect: the wave, not the respondent, as the unit.

References
----------
DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188, extended to a line and to correlated
estimates (Jackson, White and Riley, 2012, Statistics in Medicine 31, 3805-3820, for the moment equation);
Knapp and Hartung (2003), Statistics in Medicine 22, 2693-2710 (the variance of the coefficients: with few
waves the textbook one makes the test far too cautious, or far too bold, as the waves scatter little or much).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class WaveLine:
    """Line through k wave estimates.

    Parameters
    ----------
    intercept, slope, std_error : float
        At time 0; per unit of time; of the slope, with the random wave effect.
    wave_variance : float
        Variance of the waves about the line beyond their sampling error (tau squared).
    df : float
        k - 2.
    """

    intercept: float
    slope: float
    std_error: float
    wave_variance: float
    df: float


def wave_line(time: np.ndarray, estimate: np.ndarray, cov: np.ndarray) -> WaveLine:
    """Fit a line to 3 or more estimates, shape (k,), with sampling covariance `cov`, shape (k, k)."""
    k = len(time)
    centre = float(time.mean())
    X = np.column_stack([np.ones(k), time - centre])
    beta, spread, wave_variance = wave_regression(X, estimate, cov)
    return WaveLine(
        intercept=float(beta[0] - beta[1] * centre),
        slope=float(beta[1]),
        std_error=float(np.sqrt(spread[1, 1])),
        wave_variance=wave_variance,
        df=float(k - 2),
    )


def wave_regression(
    X: np.ndarray, estimate: np.ndarray, cov: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients (p,), their covariance (p, p) and the wave variance; X has shape (k, p), p < k."""
    k, p = X.shape
    inverse = np.linalg.inv(cov)
    project = inverse - inverse @ X @ np.linalg.solve(X.T @ inverse @ X, X.T @ inverse)
    excess = float(estimate @ project @ estimate) - (k - p)
    wave_variance = max(0.0, excess / float(np.trace(project)))
    weight = np.linalg.inv(cov + wave_variance * np.eye(k))
    bread = np.linalg.inv(X.T @ weight @ X)
    beta = bread @ X.T @ weight @ estimate
    rest = estimate - X @ beta
    return beta, bread * float(rest @ weight @ rest) / (k - p), wave_variance
