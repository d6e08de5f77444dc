"""Weighted totals of answers and of their products, from which moments of several items follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from egovstats.design.design import Design
from egovstats.design.domains import Domains
from egovstats.one_thread import one_thread
from egovstats.variance.totals import Totals


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Totals of people, deviations and their products, pair by pair, for p items.

    Parameters
    ----------
    totals : Totals
        Columns: people who answered all items; p deviations; their p (p + 1) / 2 products.
    n : np.ndarray, shape (G,)
        Respondents who answered all items.
    names : list of str
    centre : np.ndarray, shape (p,)
        What the deviations were taken from.
    """

    totals: Totals
    n: np.ndarray
    names: list[str]
    centre: np.ndarray

    def means(self, totals: np.ndarray) -> np.ndarray:
        """Means of the items, shape (..., p), from totals, shape (..., r)."""
        return self.centre + totals[..., 1 : len(self.names) + 1] / totals[..., :1]

    def central(self, totals: np.ndarray) -> np.ndarray:
        """Central second moments of all pairs, shape (..., pairs), from totals, shape (..., r)."""
        p = len(self.names)
        mean = totals[..., 1 : p + 1] / totals[..., :1]
        first, second = zip(*combinations_with_replacement(range(p), 2), strict=True)
        square = totals[..., p + 1 :] / totals[..., :1]
        return square - mean[..., list(first)] * mean[..., list(second)]

    def matrix(self, totals: np.ndarray) -> np.ndarray:
        """The same as symmetric matrices, shape (..., p, p)."""
        p = len(self.names)
        place = np.zeros((p, p), dtype=int)
        upper = np.triu_indices(p)
        place[upper] = np.arange(len(upper[0]))
        return self.central(totals)[..., np.maximum(place, place.T)]


def products(design: Design, names: list[str], domains: Domains) -> Products:
    """Totals of the items and their products among the people who answered all of them."""
    return products_of(design, names, [design.values(name) for name in names], domains)


@one_thread
def products_of(
    design: Design, names: list[str], read: Sequence[tuple[np.ndarray, np.ndarray]], domains: Domains
) -> Products:
    """The same from numbers and who answered, shape (n,) each, an item.

    Deviations are taken from the overall mean, so that large values lose no digits.
    """
    answered = np.logical_and.reduce([each for _, each in read])
    mass = design.weight[answered].sum()
    centre = np.zeros(len(names))
    deviations = []
    for at, (y, _) in enumerate(read):
        centre[at] = float(design.weight[answered] @ y[answered] / mass) if mass > 0 else 0.0
        deviations.append(np.where(answered, y - centre[at], 0.0))
    pairs = [a * b for a, b in combinations_with_replacement(deviations, 2)]
    totals = design.totals(domains, [answered.astype(float), *deviations, *pairs])
    return Products(totals, design.counts(domains, answered), names, centre)


def bessel(n: np.ndarray) -> np.ndarray:
    """n / (n - 1), shape (G,); NaN below two respondents."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 1, n / (n - 1), np.nan)
