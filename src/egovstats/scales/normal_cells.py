"""Probabilities of the cells that cuts make of a bivariate normal distribution, and their derivatives.

References
----------
Owen (1956), Annals of Mathematical Statistics 27, 1075-1090, equation 2.1 (the distribution function by his
T function); Olsson (1979), Psychometrika 44, 443-460, equations 7 to 15 (derivatives).
"""

from __future__ import annotations

import numpy as np
from scipy import special


def bivariate_below(h: np.ndarray, k: np.ndarray, rho: float) -> np.ndarray:
    """P(X <= h, Y <= k) of standard normal X and Y with correlation `rho`; finite h and k, any shape."""
    h, k = np.broadcast_arrays(np.asarray(h, dtype=float), np.asarray(k, dtype=float))
    # T(0, a) is arctan(a) / 2 pi with a infinite: a speck instead of 0 gives its limit.
    h, k = np.where(h == 0, 1e-300, h), np.where(k == 0, 1e-300, k)
    root = np.sqrt(1 - rho**2)
    with np.errstate(over="ignore"):
        of_h = special.owens_t(h, (k / h - rho) / root)
        of_k = special.owens_t(k, (h / k - rho) / root)
    apart = np.where(h * k > 0, 0.0, np.where((h * k == 0) & (h + k >= 0), 0.0, 0.5))
    return np.asarray((special.ndtr(h) + special.ndtr(k)) / 2 - of_h - of_k - apart)


def _corners(first: np.ndarray, second: np.ndarray, rho: float) -> np.ndarray:
    """The distribution function at all pairs of cuts, those at minus and plus infinity among them."""
    grid = np.zeros((len(first) + 2, len(second) + 2))
    grid[1:-1, 1:-1] = bivariate_below(first[:, None], second[None, :], rho)
    grid[-1, 1:-1], grid[1:-1, -1] = special.ndtr(second), special.ndtr(first)
    grid[-1, -1] = 1.0
    return grid


def cell_probabilities(first: np.ndarray, second: np.ndarray, rho: float) -> np.ndarray:
    """Probabilities of all cells, shape (K, L), from K - 1 and L - 1 cuts."""
    return np.diff(np.diff(_corners(first, second, rho), axis=0), axis=1)


def cell_slopes(first: np.ndarray, second: np.ndarray, rho: float) -> np.ndarray:
    """Derivatives of the cells by the correlation, shape (K, L): the density at the corners, differenced."""
    grid = np.zeros((len(first) + 2, len(second) + 2))
    a, b = first[:, None], second[None, :]
    spread = 1 - rho**2
    grid[1:-1, 1:-1] = np.exp(-(a**2 - 2 * rho * a * b + b**2) / (2 * spread)) / (2 * np.pi * np.sqrt(spread))
    return np.diff(np.diff(grid, axis=0), axis=1)


def threshold_slopes(first: np.ndarray, second: np.ndarray, rho: float) -> np.ndarray:
    """Derivatives of the cells by each cut, shape (K - 1 + L - 1, K, L)."""
    rows = _by_first(first, second, rho)
    columns = _by_first(second, first, rho).transpose(0, 2, 1)
    return np.concatenate([rows, columns])


def _by_first(first: np.ndarray, second: np.ndarray, rho: float) -> np.ndarray:
    """By the cuts of the first variable, shape (K - 1, K, L): a cut moves the cells at its two sides."""
    density = np.exp(-(first**2) / 2) / np.sqrt(2 * np.pi)
    given = special.ndtr((second[None, :] - rho * first[:, None]) / np.sqrt(1 - rho**2))
    edge = np.diff(np.column_stack([np.zeros(len(first)), given, np.ones(len(first))]), axis=1)
    out = np.zeros((len(first), len(first) + 1, len(second) + 1))
    at = np.arange(len(first))
    out[at, at] = density[:, None] * edge
    out[at, at + 1] = -density[:, None] * edge
    return out
