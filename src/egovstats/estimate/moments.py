"""First and second moments of items by domain: shared by means, totals and variances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.design import Design, Domains
from egovstats.variance import Totals


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Weighted totals of q items, each taken about its own centre so that large values lose no digits.

    Parameters
    ----------
    totals : Totals
        Three columns an item: y - centre, who answered, (y - centre) squared.
    centre : np.ndarray, shape (q,)
        Weighted mean of everyone.
    n, population, element_variance : np.ndarray, shape (G, q)
        Respondents who answered, the people they stand for, and the weighted variance of the item
        times n/(n - 1).
    """

    totals: Totals
    centre: np.ndarray
    n: np.ndarray
    population: np.ndarray
    element_variance: np.ndarray

    @property
    def first(self) -> list[int]:
        """Columns of the deviations."""
        return list(range(0, 3 * len(self.centre), 3))

    @property
    def base(self) -> list[int]:
        """Columns of those who answered."""
        return list(range(1, 3 * len(self.centre), 3))


def moments(design: Design, items: Sequence[str], domains: Domains) -> Moments:
    """Sum items by domain."""
    columns, counts, centres = [], [], []
    for item in items:
        y, answered = design.values(item)
        mass = design.weight @ answered
        centre = float(design.weight @ y / mass) if mass > 0 else 0.0
        deviation = np.where(answered, y - centre, 0.0)
        columns += [deviation, answered.astype(float), deviation * deviation]
        counts.append(design.counts(domains, answered))
        centres.append(centre)
    totals = design.totals(domains, columns)
    n = np.column_stack(counts)
    first, population, second = totals.value[:, 0::3], totals.value[:, 1::3], totals.value[:, 2::3]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(second / population - (first / population) ** 2, 0.0)
        element_variance = np.where(n > 1, spread * n / (n - 1), np.nan)
    return Moments(totals, np.array(centres), n, population, element_variance)
