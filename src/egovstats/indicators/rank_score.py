"""Kendall's score of a series in time: how many pairs rise, less how many fall; its exact distribution."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np


@dataclass(frozen=True, slots=True)
class KendallScore:
    """Score S of a series and its moments when order does not matter.

    Parameters
    ----------
    score : int
        Pairs that rise minus pairs that fall.
    variance : float
        Variance of the score under no trend, with the correction for ties.
    n : int
        Length of the series.
    tau_a, tau_b : float
        Score over all pairs; over the pairs corrected for ties. NaN where all values are alike.
    ties : tuple of int
        Sizes of the groups of equal values, largest first (1 for a value on its own).
    """

    score: int
    variance: float
    n: int
    tau_a: float
    tau_b: float
    ties: tuple[int, ...]

    def z(self, *, continuity: bool = True, variance: float | None = None) -> float:
        """Standardised score; NaN where the variance is not positive."""
        spread = self.variance if variance is None else variance
        if not spread > 0:
            return float("nan")
        toward_zero = self.score - np.sign(self.score) if continuity else self.score
        return float(toward_zero / np.sqrt(spread))


def kendall_score(value: np.ndarray) -> KendallScore:
    """Kendall's score of values in the order of time.

    References
    ----------
    Kendall (1975), Rank Correlation Methods; Gilbert (1987), section 16.4.

    Examples
    --------
    >>> kendall_score(np.array([1.0, 3.0, 2.0, 4.0])).score
    4
    """
    n = len(value)
    first, second = np.triu_indices(n, k=1)
    score = int(np.sign(value[second] - value[first]).sum())
    sizes = np.unique(value, return_counts=True)[1]
    pairs = n * (n - 1) / 2
    tied = float((sizes * (sizes - 1) / 2).sum())
    spread = n * (n - 1) * (2 * n + 5) - float((sizes * (sizes - 1) * (2 * sizes + 5)).sum())
    return KendallScore(
        score=score,
        variance=spread / 18,
        n=n,
        tau_a=score / pairs if pairs else float("nan"),
        tau_b=score / np.sqrt(pairs * (pairs - tied)) if pairs > tied else float("nan"),
        ties=tuple(sorted((int(size) for size in sizes), reverse=True)),
    )


def score_counts(ties: tuple[int, ...]) -> tuple[np.ndarray, list[int]]:
    """Every possible score, and in how many orders of the values it comes up: the exact distribution.

    Orders of values with groups of equal ones are counted by their inversions; the counts are the
    coefficients of the Gaussian multinomial, a product and quotient of polynomials 1 - q^k, and
    stay whole numbers, so nothing is rounded.

    Parameters
    ----------
    ties : tuple of int
        Sizes of the groups of equal values.

    Returns
    -------
    score : np.ndarray of int, shape (d + 1,)
        From the lowest to the highest.
    counts : list of int
        Distinct orders with that score.

    References
    ----------
    Kendall (1975), chapter 5; Andrews (1976), The Theory of Partitions, theorem 3.6.
    """
    n = sum(ties)
    most = (n * n - sum(size * size for size in ties)) // 2
    counts = [0] * (most + 1)
    counts[0] = 1
    for power in range(1, n + 1):
        _times(counts, power)
    for size in ties:
        for power in range(1, size + 1):
            _over(counts, power)
    return most - 2 * np.arange(most, -1, -1), counts


def exact_p_value(score: int, ties: tuple[int, ...]) -> tuple[float, float]:
    """Two-sided p-value of a score from its exact distribution, and the smallest there can be.

    Twice the probability of a score as large in size on its own side, at most 1.

    Examples
    --------
    >>> exact_p_value(6, (1, 1, 1, 1))
    (0.08333333333333333, 0.08333333333333333)
    """
    possible, counts = score_counts(ties)
    total = sum(counts)
    beyond = sum(count for held, count in zip(possible, counts, strict=True) if held >= abs(score))
    p_value = min(Fraction(1), Fraction(2 * beyond, total))
    smallest = min(Fraction(1), Fraction(2 * counts[-1], total))
    return float(p_value), float(smallest)


def ranks(value: np.ndarray) -> np.ndarray:
    """Ranks from 1, shape (m,); equal values share the mean of theirs.

    Examples
    --------
    >>> ranks(np.array([2.0, 1.0, 2.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, place, sizes = np.unique(value, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - (sizes - 1) / 2)[place]


def _times(counts: list[int], power: int) -> None:
    """Multiply a polynomial by 1 - q^power, in place, up to its degree."""
    for at in range(len(counts) - 1, power - 1, -1):
        counts[at] -= counts[at - power]


def _over(counts: list[int], power: int) -> None:
    """Divide a polynomial by 1 - q^power, in place, up to its degree."""
    for at in range(power, len(counts)):
        counts[at] += counts[at - power]
