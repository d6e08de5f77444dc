"""Terms under replicate weights: which columns are added up in blocks, and how terms follow from the sums.

An item whose answers are consecutive whole numbers enters as its code x (0 for no answer) and as whether it
was answered, which come from its bytes without a look-up; its terms are polynomials of x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.design.terms import Term, Values, term_arrays
from egovstats.variance.blocks import Arrays, Codes, Columns, LookedUp, Squares

Numbers = Callable[[str], tuple[np.ndarray, np.ndarray] | None]


@dataclass(frozen=True, slots=True, eq=False)
class TermColumns:
    """What is added up for some terms under every weight, and for others under the full-sample weight.

    Parameters
    ----------
    columns, beside : list of Columns
        c columns under every weight, b under the first.
    recipe : np.ndarray, shape (c, terms)
        Terms as combinations of the columns.
    recipe_beside : np.ndarray, shape (c + b, terms beside)
        The others as combinations of the columns and of those beside.
    """

    columns: list[Columns]
    beside: list[Columns]
    recipe: np.ndarray
    recipe_beside: np.ndarray


Small = dict[str, tuple[np.ndarray, np.ndarray]]
"""Items with few answers: codes, shape (n,), and the number of each code 1..K."""


class _Stack:
    """Sources one below the other; columns are numbered on from `width`."""

    def __init__(self, width: int = 0) -> None:
        self.sources: list[Columns] = []
        self.width = width

    def add(self, source: Columns) -> int:
        """Put a source below the others; gives the number of its first column."""
        low = self.width
        self.sources.append(source)
        self.width += len(source)
        return low


def term_columns(
    terms: Sequence[Term], beside: Sequence[Term], numbers: Numbers, values: Values
) -> TermColumns:
    """Columns for terms whose variance is wanted, and for others `beside`.

    Parameters
    ----------
    terms, beside : sequences of Term
    numbers : callable
        Item name to its codes, shape (n,), and the number of each code; None for other items.
    values : callable
        As in `term_arrays`.
    """
    small: Small = {
        item: found
        for item in dict.fromkeys(term.item for term in (*terms, *beside))
        if item is not None and (found := numbers(item)) is not None
    }
    even = [item for item, (_, levels) in small.items() if levels[-1] - levels[0] == len(levels) - 1]
    stack = _Stack()
    if even:
        stack.add(Codes([small[item][0] for item in even]))
    powers = {item: [len(even) + at, at] for at, item in enumerate(even)}  # columns of x^0 and x^1
    made = _combinations(terms, powers, small, values, stack)
    aside = _Stack(stack.width)
    twice = {term.item for term in beside if len(term.factors) == 2}
    squared = [item for item in even if item in twice]
    if squared:
        low = aside.add(Squares([small[item][0] for item in squared]))
        for at, item in enumerate(squared):
            powers[item].append(low + at)
    others = _combinations(beside, powers, small, values, aside)
    return TermColumns(stack.sources, aside.sources, _matrix(made, stack.width), _matrix(others, aside.width))


def _combinations(
    terms: Sequence[Term], powers: dict[str, list[int]], small: Small, values: Values, stack: _Stack
) -> list[dict[int, float]]:
    """Each term as column to coefficient; columns that are not there yet are put on the stack."""
    made: dict[int, dict[int, float]] = {}
    for at, term in enumerate(terms):
        item = term.item or ""
        if len(term.factors) < len(powers.get(item, [])):
            coefficients = _polynomial(term, float(small[item][1][0]) - 1)
            made[at] = dict(zip(powers[item], coefficients, strict=False))
        elif item in small:
            codes, levels = small[item]
            made[at] = {stack.add(LookedUp(codes, np.append(0.0, term.of(levels))[None])): 1.0}
    wide = [at for at in range(len(terms)) if at not in made]
    if wide:
        low = stack.add(Arrays(term_arrays([terms[at] for at in wide], values)))
        made |= {at: {low + place: 1.0} for place, at in enumerate(wide)}
    return [made[at] for at in range(len(terms))]


def _polynomial(term: Term, below: float) -> list[float]:
    """Coefficients, from x^0 up, of a term of an item whose number is x + below."""
    found = [1.0]
    for _, centre in term.factors:
        constant = below - centre
        found = [a * constant + b for a, b in zip([*found, 0.0], [0.0, *found], strict=True)]
    return found


def _matrix(combinations: Sequence[dict[int, float]], width: int) -> np.ndarray:
    """Combinations as columns, shape (width, combinations)."""
    matrix = np.zeros((width, len(combinations)))
    for at, each in enumerate(combinations):
        matrix[list(each), at] = list(each.values())
    return matrix
