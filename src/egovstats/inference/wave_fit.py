"""Lines through waves whose weights are estimates: each wave's precision comes from its own few PSUs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.inference.statement import untested
from egovstats.inference.wald import f_tail
from egovstats.inference.wave_points import WavePoints, gls, shared_too_much
from egovstats.results import HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class WaveFit:
    """Generalised least squares through k waves.

    Parameters
    ----------
    beta : np.ndarray, shape (p,)
    cov : np.ndarray, shape (p, p)
        With what the estimated weights add, where each wave has degrees of freedom of its own.
    map : np.ndarray, shape (p, k)
        ``beta = map @ estimate``.
    rest : float
        Weighted sum of squares that the fit leaves; NaN where the waves cannot be weighted.
    leverage : np.ndarray, shape (k,)
    points : WavePoints
    """

    beta: np.ndarray
    cov: np.ndarray
    map: np.ndarray
    rest: float
    leverage: np.ndarray
    points: WavePoints

    def df_of(self, pick: np.ndarray) -> float:
        """Degrees of freedom of ``pick @ beta``."""
        if _one_covariance(self.points, self.rest):
            return self.points.df - (len(self.points) - len(self.beta))
        return contrast_df(self.points, pick @ self.map)

    def departure(self, left: int) -> tuple[float, float]:
        """F of the waves against the fit, `left` unknowns fewer than waves, and its denominator."""
        own, df = self.points.own_df, self.points.df
        if own is None or self.points.weights == "known":
            # As a Wald test of so many contrasts, of which an estimated covariance leaves fewer.
            ddf = max(df - left + 1, 1.0)
            return self.rest / left * ddf / df, ddf
        spread = float(((1 - self.leverage) ** 2 / own).sum())
        scale = left + 2 * spread - 6 * spread / (left + 2)
        return self.rest / scale, left * (left + 2) / (3 * spread)


def departure_test(fit: WaveFit, left: int, *, test: str, null: str) -> HypothesisTest:
    """Whether the waves lie on the fit, `left` unknowns fewer than waves."""
    points = fit.points
    if np.isnan(fit.rest):
        return untested(test, null, shared_too_much(points.cov), keys=points.keys, sources=points.sources)
    statistic, ddf = fit.departure(left)
    return HypothesisTest(
        test=test,
        null=null,
        statistic=statistic,
        distribution="F",
        df=(float(left), ddf),
        p_value=f_tail(statistic, float(left), ddf),
        n=points.n,
        keys=points.keys,
        sources=points.sources,
    )


def contrast_df(points: WavePoints, row: np.ndarray) -> float:
    """Degrees of freedom of ``row @ estimate``: Welch's and Satterthwaite's, or the design's of all waves."""
    if points.own_df is None or points.weights == "known":
        return points.df
    parts = row**2 * np.diag(points.cov)
    return float(parts.sum() ** 2 / (parts**2 / points.own_df).sum())


def _one_covariance(points: WavePoints, rest: float) -> bool:
    """Whether waves that share PSUs were weighted by their one estimated covariance."""
    return (
        points.weights == "estimated" and points.own_df is None and bool(np.isfinite([rest, points.df]).all())
    )


def fit_waves(points: WavePoints, X: np.ndarray) -> WaveFit:
    """Fit waves on the columns of `X`, shape (k, p).

    Notes
    -----
    Waves with their own PSUs have variances estimated apart from one another, on few degrees of freedom. A
    wave whose variance came out small by chance gets a large weight, so the textbook's variance is too small.
    What is added is that of Kenward and Roger (1997, equation 5, with a variance a wave); in `departure` the
    scale and the denominator are those of Johansen, Welch's test for a line. Waves that share PSUs have one
    covariance, and what their weights add is Rao's: exact where the covariance is a Wishart one.

    References
    ----------
    Kenward and Roger (1997), Biometrics 53, 983-997; Johansen (1980), Biometrika 67, 85-92; Welch (1951),
    Biometrika 38, 330-336; Rao (1959), Biometrika 46, 49-58 (one covariance).
    """
    fit = gls(X, points.estimate, points.cov)
    leverage = np.einsum("kp,pk->k", X, fit.map)
    cov = fit.cov
    if _one_covariance(points, fit.rest):
        df, left = points.df, len(points) - X.shape[1]
        cov = cov * (1 + fit.rest / df) * df / (df - left) if df > left else np.full_like(cov, np.nan)
    elif points.own_df is not None and points.weights == "estimated":
        extra = (1 - leverage) * np.diag(points.cov) / points.own_df
        cov = cov + 4 * (fit.map * extra) @ fit.map.T
    return WaveFit(fit.beta, cov, fit.map, fit.rest, leverage, points)
