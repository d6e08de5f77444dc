"""First and second moments of an item by cell and domain: one pass, shared by means, totals and variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.design import Design, Domains
from egovstats.variance import sum_columns


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums of an item, taken about `centre` so that large values lose no digits.

    Parameters
    ----------
    centre : float
        Weighted mean over everyone.
    cell_sum, cell_weight : np.ndarray, shape (C,)
        Sums of w (y - centre) and of w over those who answered.
    population : np.ndarray, shape (G,)
        Sum of w by domain.
    n : np.ndarray, shape (G,)
        Respondents who answered, with a weight above 0.
    mean : np.ndarray, shape (G,)
    element_variance : np.ndarray, shape (G,)
        Weighted variance of the item times n/(n - 1).
    """

    centre: float
    cell_sum: np.ndarray
    cell_weight: np.ndarray
    population: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    element_variance: np.ndarray


def moments(design: Design, item: str, domains: Domains) -> Moments:
    """Sum an item within cells and domains."""
    y, answered = design.values(item)
    weight = np.where(answered, design.weight, 0.0)
    mass = weight.sum()
    centre = float(weight @ y / mass) if mass > 0 else 0.0
    deviation = np.where(answered, y - centre, 0.0)
    cells = domains.cells
    counted = (answered & (design.weight > 0)).astype(float)
    weighted = weight * deviation
    sums = sum_columns(cells.index, [weighted, weight, weighted * deviation, counted], len(cells))
    first, population, second, n = cells.by_domain(sums).T
    with np.errstate(invalid="ignore", divide="ignore"):
        offset = np.where(n > 0, first / population, np.nan)
        spread = np.maximum(second / population - offset**2, 0.0)
        element_variance = np.where(n > 1, spread * n / (n - 1), np.nan)
    return Moments(centre, sums[:, 0], sums[:, 1], population, n, centre + offset, element_variance)
