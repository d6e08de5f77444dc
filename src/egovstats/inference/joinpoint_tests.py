"""Whether one bend more is needed: the largest t over all places, and permuted residuals."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np

from egovstats.errors import EstimateError
from egovstats.inference.max_t import max_t_tail
from egovstats.inference.wave_fit import fit_waves
from egovstats.inference.wave_points import WavePoints

_ALL_ORDERS = 7  # waves whose orders are all gone through


def _whitened(points: WavePoints, X: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Residuals (k,) and unit bends (k, places) of the model without the bend, errors made alike."""
    root = np.linalg.cholesky(points.cov)
    A, b = np.linalg.solve(root, X), np.linalg.solve(root, points.estimate)
    basis = np.linalg.qr(A)[0]
    bends = np.linalg.solve(root, columns)
    bends = bends - basis @ (basis.T @ bends)
    size = np.linalg.norm(bends, axis=0)
    return b - basis @ (basis.T @ b), bends[:, size > 1e-9] / size[size > 1e-9]


def sup_t(points: WavePoints, X: np.ndarray, columns: np.ndarray) -> float:
    """p-value of the largest |t| of a bend over all places.

    Parameters
    ----------
    points : WavePoints
    X : np.ndarray, shape (k, p)
        Columns of the model without the bend.
    columns : np.ndarray, shape (k, places)
        The bend at each place.

    Notes
    -----
    Given the place, the change of slope is a linear function of the waves; so the statistics of all places
    are jointly t with known correlation, and the largest has the distribution of `max_t_tail`.
    """
    bends = _whitened(points, X, columns)[1]
    last = np.append(np.zeros(X.shape[1]), 1.0)
    fits = [fit_waves(points, np.column_stack([X, column])) for column in columns.T]
    t = [abs(fit.beta[-1]) / np.sqrt(fit.cov[-1, -1]) for fit in fits]
    at = int(np.argmax(t))
    return max_t_tail(float(t[at]), bends.T @ bends, fits[at].df_of(last))


def permutation_p(
    points: WavePoints, X: np.ndarray, columns: np.ndarray, *, draws: int, rng: np.random.Generator | None
) -> float:
    """p-value of the best bend by permuting the residuals of the model without it.

    All orders are gone through up to 7 waves; beyond that `draws` are drawn, and the p-value counts the
    order that was seen among them.

    References
    ----------
    Kim, Fay, Feuer and Midthune (2000), Statistics in Medicine 19, 335-351, section 3.
    """
    residual, bends = _whitened(points, X, columns)
    k = len(residual)
    if k > _ALL_ORDERS and rng is None:
        raise EstimateError(
            f"{k} waves have {math.factorial(k)} orders, so permutations are drawn. "
            "Pass rng=np.random.default_rng(seed)."
        )
    if k <= _ALL_ORDERS:
        orders = np.array(list(permutations(range(k))))
    else:
        assert rng is not None
        drawn = np.argsort(rng.random((draws, k)), axis=1)
        orders = np.vstack([np.arange(k), drawn])
    root = np.linalg.cholesky(points.cov)
    basis = np.linalg.qr(np.linalg.solve(root, X))[0]
    left = residual[orders]
    left = left - (left @ basis) @ basis.T  # the fit itself stays what it was
    gain = (left @ bends) ** 2
    rest = (left**2).sum(axis=1)
    ratio = gain.max(axis=1) / np.maximum(rest - gain.max(axis=1), 1e-300)
    seen = (residual @ bends) ** 2
    observed = seen.max() / max(float(residual @ residual) - seen.max(), 1e-300)
    return float((ratio >= observed * (1 - 1e-9)).mean())
