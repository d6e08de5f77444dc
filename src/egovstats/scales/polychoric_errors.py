"""Each respondent's part in polychoric correlations and cuts: what their covariance is made of.

References
----------
Olsson (1979), Psychometrika 44, 443-460; Muthen (1984), Psychometrika 49, 115-132.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from egovstats.one_thread import one_thread
from egovstats.scales.normal_cells import cell_probabilities, cell_slopes, threshold_slopes

DIFFERENCE = 1e-5
Derivatives = Callable[[np.ndarray, np.ndarray, np.ndarray, float], np.ndarray]


def table_of(a: np.ndarray, b: np.ndarray, rows: int, columns: int, weight: np.ndarray) -> np.ndarray:
    """Weighted counts of two items' answers, shape (rows, columns)."""
    counted = np.bincount(a * columns + b, weights=weight, minlength=rows * columns)
    return np.asarray(counted.reshape(rows, columns))


@one_thread
def two_step(
    codes: list[np.ndarray],
    cuts: list[np.ndarray],
    rho: dict[tuple[int, int], float],
    weight: np.ndarray,
    *,
    derivatives: Derivatives,
) -> np.ndarray:
    """Weighted contributions (n, thresholds + q): their totals have the covariance of the estimates."""
    mass = weight.sum()
    starts = np.cumsum([0, *(len(each) for each in cuts)])
    out = np.zeros((len(weight), starts[-1] + len(rho)))
    for item, (code, cut) in enumerate(zip(codes, cuts, strict=True)):
        below = code[:, None] <= np.arange(len(cut))
        density = np.exp(-(cut**2) / 2) / np.sqrt(2 * np.pi)
        out[:, starts[item] : starts[item + 1]] = (
            weight[:, None] * (below - special.ndtr(cut)) / density / mass
        )
    for at, ((a, b), r) in enumerate(rho.items()):
        share = table_of(codes[a], codes[b], len(cuts[a]) + 1, len(cuts[b]) + 1, weight) / mass
        own = [*range(starts[a], starts[a + 1]), *range(starts[b], starts[b + 1])]
        slope = derivatives(share, cuts[a], cuts[b], r)
        score = weight * _score(cuts[a], cuts[b], r)[codes[a], codes[b]] / mass
        out[:, starts[-1] + at] = (score + out[:, own] @ slope[:-1]) / -slope[-1]
    return out


def _score(first: np.ndarray, second: np.ndarray, r: float) -> np.ndarray:
    """Derivative of the log-likelihood of each cell by the correlation, shape (K, L)."""
    return cell_slopes(first, second, r) / np.maximum(cell_probabilities(first, second, r), 1e-300)


def by_differences(share: np.ndarray, first: np.ndarray, second: np.ndarray, r: float) -> np.ndarray:
    """Derivatives of the mean score by the cuts and the correlation: central differences of exact scores."""
    theta, split = np.concatenate([first, second, [r]]), len(first)

    def mean(at: np.ndarray) -> float:
        return float(np.sum(share * _score(at[:split], at[split:-1], float(at[-1]))))

    steps = DIFFERENCE * np.eye(len(theta))
    return np.array([(mean(theta + each) - mean(theta - each)) / (2 * DIFFERENCE) for each in steps])


def by_products(share: np.ndarray, first: np.ndarray, second: np.ndarray, r: float) -> np.ndarray:
    """The same, approximated by averages of products of scores, which is Muthen's choice."""
    score = _score(first, second, r)
    p = np.maximum(cell_probabilities(first, second, r), 1e-300)
    by_cut = [np.sum(share * score * each / p) for each in threshold_slopes(first, second, r)]
    return -np.array([*by_cut, np.sum(share * score**2)])


@one_thread
def together(
    codes: list[np.ndarray], cuts: list[np.ndarray], r: float, weight: np.ndarray, information: np.ndarray
) -> np.ndarray:
    """Weighted contributions (n, thresholds + 1) where both are estimated at once."""
    p = np.maximum(cell_probabilities(cuts[0], cuts[1], r), 1e-300)
    slopes = [*threshold_slopes(cuts[0], cuts[1], r), cell_slopes(cuts[0], cuts[1], r)]
    scores = np.stack([(each / p)[codes[0], codes[1]] for each in slopes], axis=1)
    return np.asarray(weight[:, None] * scores / weight.sum() @ np.linalg.inv(information))
