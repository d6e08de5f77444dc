"""Terms: what moments and ratios add up over people, said in items rather than in arrays.

An estimator that asks for totals of terms never touches a respondent, so the same call is answered from
arrays, from tallies of small codes, from blocks of replicate weights, or from a GROUP BY.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Values = Callable[[str], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Term:
    """A product of items, counted among those who answered all of `base`.

    Parameters
    ----------
    base : tuple of str
        Items that must be answered; everybody else counts 0.
    factors : tuple of (str, float)
        Items of the base and what is subtracted from each before they are multiplied; none for the
        number of people.
    """

    base: tuple[str, ...]
    factors: tuple[tuple[str, float], ...] = ()

    @property
    def item(self) -> str | None:
        """The item, where the term is about one alone."""
        return self.base[0] if len(self.base) == 1 else None

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """The term's value for each possible answer of its one item, same shape as `numbers`."""
        product = np.ones(len(numbers))
        for _, centre in self.factors:
            product *= numbers - centre
        return product


def term_arrays(terms: Sequence[Term], values: Values) -> list[np.ndarray]:
    """Terms as columns, shape (n,) each; every item is read once.

    Parameters
    ----------
    terms : sequence of Term
    values : callable
        Item name to its numbers (0 where unanswered) and who answered, shape (n,) each.
    """
    read = {item: values(item) for term in terms for item in term.base}
    return [_array(term, read) for term in terms]


def _array(term: Term, read: dict[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    inside = read[term.base[0]][1]
    for item in term.base[1:]:
        inside = inside & read[item][1]
    product: np.ndarray | None = None
    for item, centre in term.factors:
        factor = read[item][0] - centre if centre else read[item][0]
        product = factor if product is None else product * factor
    if product is None:
        return inside.astype(float)
    return product if inside.all() else np.where(inside, product, 0.0)
