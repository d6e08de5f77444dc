"""Ordinary least squares on a few columns, and the covariances of its coefficients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from egovstats.errors import SeriesError, nearest

_HC = ("HC0", "HC1", "HC2", "HC3", "HC4", "HC4m", "HC5")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted line.

    Parameters
    ----------
    estimate : np.ndarray, shape (k,)
    design : np.ndarray, shape (m, k)
    residual : np.ndarray, shape (m,)
    inverse : np.ndarray, shape (k, k)
        Inverse of design' design.
    df : int
        m - k.
    """

    estimate: np.ndarray
    design: np.ndarray
    residual: np.ndarray
    inverse: np.ndarray
    df: int

    @property
    def rss(self) -> float:
        """Sum of the squared residuals."""
        return float(self.residual @ self.residual)

    @property
    def sigma(self) -> float:
        """Standard deviation of the errors."""
        return float(np.sqrt(self.rss / self.df)) if self.df > 0 else float("nan")

    @property
    def cov(self) -> np.ndarray:
        """Covariance of the coefficients when errors are independent with one variance, (k, k)."""
        return self.sigma**2 * self.inverse

    def r_squared(self, value: np.ndarray) -> float:
        """Share of the variance of `value` (what was fitted) that the line accounts for."""
        centred = value - value.mean()
        return 1 - self.rss / float(centred @ centred)


def least_squares(value: np.ndarray, design: np.ndarray) -> Fit:
    """Ordinary least squares.

    Parameters
    ----------
    value : np.ndarray, shape (m,)
    design : np.ndarray, shape (m, k)
        With a column of ones where there is an intercept.

    Raises
    ------
    SeriesError
        Fewer rows than columns, or columns that add up to one another.
    """
    m, k = design.shape
    # Columns of one size keep years near 2000 from looking like the intercept to the rank check.
    size = np.sqrt((design**2).sum(axis=0))
    if (
        m < k
        or (size == 0).any()
        or np.linalg.matrix_rank(design / np.where(size == 0, 1, size), tol=1e-12) < k
    ):
        raise SeriesError(
            f"a line with {k} coefficients cannot be fitted to {m} values: too few, or columns that "
            "depend on one another. Leave out a term or add years."
        )
    q, r = np.linalg.qr(design / size)
    estimate = np.linalg.solve(r, q.T @ value) / size
    half = np.linalg.solve(r, np.eye(k)) / size[:, None]
    return Fit(estimate, design, value - design @ estimate, half @ half.T, m - k)


def robust_cov(fit: Fit, kind: str = "HC3") -> np.ndarray:
    """Covariance of the coefficients when the errors' variance may change, shape (k, k).

    Parameters
    ----------
    fit : Fit
    kind : str
        ``"HC0"`` White's; ``"HC1"`` times m/(m-k); ``"HC2"`` and ``"HC3"`` divide by powers of
        1 - leverage, ``"HC4"`` by one that grows with the leverage; ``"HC4m"`` and ``"HC5"`` bound that
        power more gently, for errors that are not normal and for leverages far above the mean.

    References
    ----------
    MacKinnon and White (1985), J. Econometrics 29, 305-325; Cribari-Neto (2004), Computational Statistics &
    Data Analysis 45, 215-233 (HC4); Cribari-Neto, Souza and Vasconcellos (2007), Communications in
    Statistics 36, 1877-1888 (HC5, with their k of 0.7); Cribari-Neto and da Silva (2011), Advances in
    Statistical Analysis 95, 129-146 (HC4m, with their bounds of 1 and 1.5).
    """
    if kind not in _HC:
        raise SeriesError(f"there is no robust covariance {kind!r}. {nearest(kind, _HC)}")
    m, k = fit.design.shape
    leverage = np.einsum("ij,jk,ik->i", fit.design, fit.inverse, fit.design)
    relative = m * leverage / k  # over the mean leverage
    weight = {
        "HC0": np.ones(m),
        "HC1": np.full(m, m / (m - k)),
        "HC2": 1 / (1 - leverage),
        "HC3": 1 / (1 - leverage) ** 2,
        "HC4": (1 - leverage) ** -np.minimum(4, relative),
        "HC4m": (1 - leverage) ** -(np.minimum(1, relative) + np.minimum(1.5, relative)),
        "HC5": (1 - leverage) ** (-np.minimum(relative, max(4.0, 0.7 * float(relative.max()))) / 2),
    }[kind]
    scores = fit.design * fit.residual[:, None]
    return fit.inverse @ (scores.T * weight @ scores) @ fit.inverse


def newey_west_cov(
    fit: Fit, *, lag: int | None = None, prewhite: bool = False, adjust: bool = False
) -> np.ndarray:
    """Covariance of the coefficients when errors of near years may be alike, shape (k, k).

    Parameters
    ----------
    fit : Fit
        Rows in order of time.
    lag : int, optional
        Years that may be alike, with Bartlett weights 1 - j/(lag + 1); by default the whole part of
        `newey_west_bandwidth`.
    prewhite : bool
        Take out a first-order vector autoregression of the scores first, and put it back after.
    adjust : bool
        Multiply by m/(m - k).

    References
    ----------
    Newey and West (1987), Econometrica 55, 703-708; Andrews and Monahan (1992), Econometrica 60,
    953-966 (prewhitening).
    """
    scores = fit.design * fit.residual[:, None]
    m, k = scores.shape
    if lag is None:
        lag = int(np.floor(newey_west_bandwidth(fit, prewhite=prewhite)))
    back = np.eye(k)
    if prewhite:
        scores, back = _prewhitened(scores)
    meat = scores.T @ scores
    for step in range(1, min(lag, len(scores) - 1) + 1):
        product = scores[:-step].T @ scores[step:]
        meat += (1 - step / (lag + 1)) * (product + product.T)
    meat = back @ meat @ back.T
    if adjust:
        meat *= m / (m - k)
    return fit.inverse @ meat @ fit.inverse


def newey_west_bandwidth(fit: Fit, *, prewhite: bool = False) -> float:
    """How many years may be alike, chosen from the data for Bartlett weights.

    References
    ----------
    Newey and West (1994), Review of Economic Studies 61, 631-653, table II C.
    """
    scores = fit.design * fit.residual[:, None]
    m = len(scores)
    most = int(np.floor((3 if prewhite else 4) * (m / 100) ** (2 / 9)))
    if prewhite:
        scores, _ = _prewhitened(scores)
    ones = np.all(fit.design == 1, axis=0)
    summed = scores @ (~ones if len(ones) > 1 else np.ones(len(ones)))
    n = len(summed)
    covariances = np.array([summed[: n - step] @ summed[step:] for step in range(most + 1)]) / n
    flat = covariances[0] + 2 * covariances[1:].sum()
    sloped = 2 * (np.arange(1, most + 1) * covariances[1:]).sum()
    return float(1.1447 * ((sloped / flat) ** 2) ** (1 / 3) * m ** (1 / 3))


def t_p_value(statistic: np.ndarray, df: float) -> np.ndarray:
    """Two-sided p-values of Student's t (normal where `df` is infinite)."""
    size = -np.abs(np.asarray(statistic, dtype=float))
    return 2 * (special.ndtr(size) if np.isinf(df) else special.stdtr(df, size))


def _prewhitened(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Residuals of scores on those one step before, and the matrix that puts the likeness back."""
    before, after = scores[:-1], scores[1:]
    transition = np.linalg.lstsq(before, after, rcond=None)[0]  # after = before @ transition
    return after - before @ transition, np.linalg.inv(np.eye(scores.shape[1]) - transition.T)
