"""First and second moments of items by domain: shared by means, totals and variances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.design import Design, Domains
from egovstats.design.terms import Term
from egovstats.variance import Totals


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Weighted totals of q items, each taken about its own centre so that large values lose no digits.

    Parameters
    ----------
    totals : Totals
        Two columns an item: y - centre, and who answered.
    centre : np.ndarray, shape (q,)
        A number amid the item's own.
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
        return list(range(0, 2 * len(self.centre), 2))

    @property
    def base(self) -> list[int]:
        """Columns of those who answered."""
        return list(range(1, 2 * len(self.centre), 2))


def moments(design: Design, items: Sequence[str], domains: Domains) -> Moments:
    """Sum items by domain."""
    centre = design.centres(items)
    about = list(zip(items, centre, strict=True))
    totals, second = design.term_totals(
        domains,
        [term for item, c in about for term in (Term((item,), ((item, c),)), Term((item,)))],
        [Term((item,), ((item, c), (item, c))) for item, c in about],
    )
    n = np.column_stack([design.base_counts(domains, (item,)) for item in items])
    first, population = totals.value[:, 0::2], totals.value[:, 1::2]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(second / population - (first / population) ** 2, 0.0)
        element_variance = np.where(n > 1, spread * n / (n - 1), np.nan)
    return Moments(totals, np.array(centre), n, population, element_variance)
