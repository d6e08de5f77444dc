"""The waves of one item as points in time: what trends of wave estimates start from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from egovstats.errors import EstimateError, nearest
from egovstats.results import Estimates
from egovstats.sources import Source

WEIGHTS = ("estimated", "known")
_HARDLY = 0.2  # correlation of waves with PSUs of their own that leaves their variances nearly independent


@dataclass(frozen=True, slots=True, eq=False)
class WavePoints:
    """Estimates of one quantity at k times, in order of time.

    Parameters
    ----------
    time, estimate : np.ndarray, shape (k,)
    cov : np.ndarray, shape (k, k)
        Sampling covariance.
    df : float
        Design degrees of freedom of all these waves together.
    own_df : np.ndarray, shape (k,), or None
        Of each wave; None where waves share PSUs.
    weights : str
        ``"estimated"`` or ``"known"``: as variances are taken.
    n : float
        Respondents of all waves.
    unit : str
    share : bool
        Whether the quantity lies between 0 and 1.
    keys : dict
        What is the same at all times: item, answer, domain.
    dropped : tuple of str
        Why some waves are not among the points.
    sources : tuple of Source
    """

    time: np.ndarray
    estimate: np.ndarray
    cov: np.ndarray
    df: float
    own_df: np.ndarray | None
    weights: str
    n: float
    unit: str
    share: bool
    keys: dict[str, Any]
    dropped: tuple[str, ...]
    sources: tuple[Source, ...]

    def __len__(self) -> int:
        return len(self.time)

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors, shape (k,)."""
        return np.sqrt(np.diag(self.cov))

    def transformed(self, estimate: np.ndarray, slope: np.ndarray, unit: str) -> WavePoints:
        """The same on another scale, with the covariance of the delta method."""
        cov = self.cov * np.outer(slope, slope)
        return replace(self, estimate=estimate, cov=cov, unit=unit, share=False)


def wave_points(estimates: Estimates, on: str = "year", *, weights: str = "estimated") -> WavePoints:
    """Estimates split by time alone, as points in order of time.

    Waves without an estimate or without variance are left out, and `dropped` says so. `weights` is
    ``"estimated"`` or ``"known"``, as variances are taken.

    Raises
    ------
    EstimateError
        No such key, a time that is no number, several items, answers or domains, unknown `weights`.
    """
    if weights not in WEIGHTS:
        raise EstimateError(f"weights cannot be {weights!r}. {nearest(weights, WEIGHTS)}")
    if on not in estimates.keys.columns:
        raise EstimateError(
            f"these estimates are not split by {on!r}. Pass by={on!r} to the estimator. "
            f"{nearest(on, estimates.keys.columns)}"
        )
    try:
        time = estimates.keys[on].astype(float).to_numpy()
    except (TypeError, ValueError) as error:
        raise EstimateError(
            f"a trend needs times that are numbers, and {on!r} holds other values. "
            "Split the estimates by a column of years or dates."
        ) from error
    others = [name for name in estimates.keys.columns if name != on]
    several = [name for name in others if len(estimates.keys[name].unique()) > 1]
    if several or len(np.unique(time)) != len(time):
        raise EstimateError(
            f"one quantity is needed, and these estimates differ in {several or [on]} too. "
            "Select one with estimates.select(...), or pass answers=[...] to proportion()."
        )
    known = np.isfinite(estimates.estimate) & np.isfinite(estimates.variance) & (estimates.variance > 0)
    order = np.argsort(time, kind="stable")
    order = order[known[order]]
    lost = [f"{at:g}" for at in np.sort(time[~known])]
    reason = (f"left out, since no answers or no variance: {', '.join(lost)}",) if lost else ()
    return WavePoints(
        time=time[order],
        estimate=estimates.estimate[order],
        cov=estimates.cov[np.ix_(order, order)],
        df=estimates.df_of(order) if len(order) else 0.0,
        own_df=_own_df(estimates, order) if len(order) else None,
        weights=weights,
        n=float(estimates.n[order].sum()),
        unit="share" if estimates.statistic == "proportion" else estimates.unit,
        share=estimates.statistic == "proportion",
        keys={str(name): estimates.keys[name].iloc[0] for name in others} if len(estimates) else {},
        dropped=reason,
        sources=estimates.sources,
    )


def _own_df(estimates: Estimates, rows: np.ndarray) -> np.ndarray | None:
    """Degrees of freedom of each wave; None where waves share PSUs, or have no limit of them."""
    cov = estimates.cov[np.ix_(rows, rows)]
    size = np.sqrt(np.diag(cov))
    shared = np.abs(cov / np.outer(size, size) - np.eye(len(rows))).max()
    own = np.array([estimates.df_of(np.array([row])) for row in rows])
    # Waves held to one composition are a little alike, whoever was asked; their PSUs are their own if
    # degrees of freedom add up.
    whole = estimates.reach is not None and estimates.df_of(rows) >= own.sum() - 1e-9
    apart = shared < 1e-9 or (whole and shared < _HARDLY)
    return own if apart and (own > 0).all() and np.isfinite(own).all() else None


def shared_too_much(cov: np.ndarray) -> str:
    """Why waves cannot be weighted by their joint covariance, shape (k, k); empty where they can.

    Waves that share their PSUs have a covariance of no higher rank than PSUs minus strata.
    """
    size = np.sqrt(np.diag(cov))
    rank = int(np.linalg.matrix_rank(cov / np.outer(size, size), hermitian=True, tol=1e-9))
    if rank == len(cov):
        return ""
    return (
        f"the {len(cov)} waves share PSUs, and their joint covariance rests on {rank} independent "
        "comparisons of these, so waves cannot be weighted by it; compare waves, or follow respondents with "
        "trend()"
    )


@dataclass(frozen=True, slots=True, eq=False)
class LinearFit:
    """Generalised least squares with known covariance.

    Parameters
    ----------
    beta : np.ndarray, shape (p,)
    cov : np.ndarray, shape (p, p)
    map : np.ndarray, shape (p, k)
        ``beta = map @ estimate``.
    rest : float
        Weighted sum of squares that the fit leaves; chi-square with k - p df if the form is right.
        NaN where `cov` has no inverse: then waves count alike.
    """

    beta: np.ndarray
    cov: np.ndarray
    map: np.ndarray
    rest: float


def gls(X: np.ndarray, estimate: np.ndarray, cov: np.ndarray) -> LinearFit:
    """Fit `estimate` (k,) on the columns of `X` (k, p) with covariance `cov` (k, k).

    References
    ----------
    Grizzle, Starmer and Koch (1969), Biometrics 25, 489-504; Koch, Freeman and Freeman (1975),
    International Statistical Review 43, 59-78 (for complex samples).
    """
    if shared_too_much(cov):
        pinv = np.linalg.pinv(X)
        return LinearFit(pinv @ estimate, pinv @ cov @ pinv.T, pinv, float("nan"))
    root = np.linalg.cholesky(cov)
    A, b = np.linalg.solve(root, X), np.linalg.solve(root, estimate)
    pinv = np.linalg.pinv(A)
    beta = pinv @ b
    left = b - A @ beta
    return LinearFit(beta, pinv @ pinv.T, pinv @ np.linalg.inv(root), float(left @ left))
