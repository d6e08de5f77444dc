"""Rotations of factor loadings by gradient projection.

References
----------
Jennrich (2001), Psychometrika 66, 289-306 (uncorrelated factors); Jennrich (2002), Psychometrika 67, 7-19
(correlated ones); Kaiser (1958), Psychometrika 23, 187-200 (varimax on rows of length 1).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

ROTATIONS = ("none", "varimax", "oblimin")
_SMALL = 1e-10  # length of the projected gradient at which a rotation has converged
_STEPS = 5000

Criterion = Callable[[np.ndarray], tuple[float, np.ndarray]]


def rotate(loadings: np.ndarray, rotation: str) -> tuple[np.ndarray, np.ndarray]:
    """Rotated loadings (k, m) and the correlations of the factors (m, m); column sums are positive."""
    m = loadings.shape[1]
    if rotation == "none" or m == 1:
        return loadings, np.eye(m)
    if rotation == "varimax":
        length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
        length[length == 0] = 1.0
        T = _project(loadings / length, _varimax, oblique=False)
        turned, together = loadings @ T, np.eye(m)
    else:
        T = _project(loadings, _quartimin, oblique=True)
        turned, together = loadings @ np.linalg.inv(T).T, T.T @ T
    sign = np.where(turned.sum(axis=0) < 0, -1.0, 1.0)
    return turned * sign, together * np.outer(sign, sign)


def _varimax(L: np.ndarray) -> tuple[float, np.ndarray]:
    """Minus the variance of squared loadings within columns, and its gradient."""
    left = L**2 - (L**2).mean(axis=0)
    return -float((left**2).sum()) / 4, -L * left


def _quartimin(L: np.ndarray) -> tuple[float, np.ndarray]:
    """Products of squared loadings of different columns (direct oblimin with 0), and the gradient."""
    square = L**2
    others = square.sum(axis=1, keepdims=True) - square
    return float((square * others).sum()) / 4, L * others


def _project(A: np.ndarray, criterion: Criterion, *, oblique: bool) -> np.ndarray:
    """The matrix T of the best rotation: A T, or A inv(T)' where factors may correlate."""
    T, step = np.eye(A.shape[1]), 1.0
    value, slope = _at(A, T, criterion, oblique=oblique)
    for _ in range(_STEPS):
        if oblique:
            inside = slope - T * (T * slope).sum(axis=0)
        else:
            both = T.T @ slope
            inside = slope - T @ (both + both.T) / 2
        length = float(np.sqrt((inside**2).sum()))
        if length < _SMALL:
            break
        step *= 2
        for _ in range(60):
            moved = T - step * inside
            if oblique:
                moved /= np.sqrt((moved**2).sum(axis=0))
            else:
                left, _, right = np.linalg.svd(moved)
                moved = left @ right
            better, turned = _at(A, moved, criterion, oblique=oblique)
            if better < value - 0.5 * length**2 * step:
                T, value, slope = moved, better, turned
                break
            step /= 2
        else:
            break
    return T


def _at(A: np.ndarray, T: np.ndarray, criterion: Criterion, *, oblique: bool) -> tuple[float, np.ndarray]:
    """The criterion at T and its gradient there."""
    if not oblique:
        value, slope = criterion(A @ T)
        return value, A.T @ slope
    inverse = np.linalg.inv(T)
    L = A @ inverse.T
    value, slope = criterion(L)
    return value, -(L.T @ slope @ inverse).T
