"""Smooth functions of totals, with their covariance.

From linearised totals the covariance is that of the first-order expansion; from replicate weights the
function is worked out again for each replicate.

References
----------
Saerndal, Swensson and Wretman (1992), result 5.5.1 (Taylor linearisation); Squire and Trapp (1998), SIAM
Review 40, 110-112 (derivatives by a complex step, exact to rounding).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from egovstats.one_thread import one_thread
from egovstats.results import Covariance
from egovstats.variance.replicates import ReplicateTotals
from egovstats.variance.totals import CellTotals, Totals

Function = Callable[[np.ndarray], np.ndarray]
_STEP = 1e-20
_BATCH = 1 << 20  # numbers in one batch of complex points


@one_thread
def smooth(
    totals: Totals, function: Function, *, jacobian: Function | None = None, linear: bool = False
) -> tuple[np.ndarray, Covariance]:
    """Functions of the totals of all domains together.

    Parameters
    ----------
    totals : Totals of r columns in G domains
    function : callable
        Takes totals, shape (..., G, r), and gives shape (..., q). It must be analytic: arithmetic, log,
        exp and sqrt, no absolute values or comparisons.
    jacobian : callable, optional
        Takes totals, shape (G, r), and gives the derivatives, shape (q, G * r); worked out by a complex
        step where left out.
    linear : bool
        Take the first-order expansion from replicate weights too.

    Returns
    -------
    estimate : np.ndarray, shape (q,)
    covariance : Covariance
        NaN where the estimate is not finite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.asarray(function(totals.value))
        if isinstance(totals, ReplicateTotals) and not linear:
            return estimate, totals.scheme.covariance(function(totals.replicates), estimate)
        slope = jacobian(totals.value) if jacobian else _complex_step(function, totals.value)
    if isinstance(totals, CellTotals):
        sums = totals.joint()
    elif isinstance(totals, ReplicateTotals):
        moved = totals.replicates.reshape(len(totals.replicates), -1)
        sums = totals.scheme.covariance(moved, totals.value.ravel()).matrix
    else:
        sums = totals.covariance(range(totals.value.shape[1]))[1].matrix
    void = ~np.isfinite(estimate) | ~np.isfinite(slope).all(axis=1)
    slope = np.where(void[:, None], 0.0, slope)
    cov = slope @ sums @ slope.T
    cov[void, :] = cov[:, void] = np.nan
    return estimate, Covariance.of(cov)


def smooth_by_domain(totals: Totals, function: Function) -> tuple[np.ndarray, Covariance]:
    """The same functions of each domain's own totals.

    Parameters
    ----------
    totals : Totals of r columns in G domains
    function : callable
        Takes totals, shape (..., r), and gives shape (..., q); analytic as in `smooth`.

    Returns
    -------
    estimate : np.ndarray, shape (G, q)
    covariance : Covariance of G * q estimates, domain by domain
    """
    groups, r = totals.value.shape

    def every(points: np.ndarray) -> np.ndarray:
        moved = function(points)
        return moved.reshape(*moved.shape[:-2], -1)

    def slope(value: np.ndarray) -> np.ndarray:
        # A domain's function moves with its own totals alone: r steps serve all domains at once.
        steps = value.astype(complex) + 1j * _STEP * np.eye(r)[:, None, :]
        moved = function(steps).imag / _STEP  # (r, G, q)
        q = moved.shape[2]
        blocks = np.zeros((groups, q, groups, r))
        at = np.arange(groups)
        blocks[at, :, at, :] = moved.transpose(1, 2, 0)
        return blocks.reshape(groups * q, groups * r)

    estimate, covariance = smooth(totals, every, jacobian=slope)
    return estimate.reshape(groups, -1), covariance


def _complex_step(function: Function, value: np.ndarray) -> np.ndarray:
    """Derivatives (q, G * r) by one complex step in each total."""
    size = value.size
    parts = []
    most = max(_BATCH // max(size, 1), 1)
    for low in range(0, size, most):
        step = np.zeros((min(most, size - low), size))
        step[np.arange(len(step)), np.arange(low, low + len(step))] = _STEP
        points = value + 1j * step.reshape(-1, *value.shape)
        parts.append(function(points).imag / _STEP)
    return np.concatenate(parts).T
