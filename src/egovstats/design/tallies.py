"""Weights summed by cell and answer, item by item, kept with the design while they fit.

All that shares, counts, means of small numbers and their tests need of an item; a pass over the
respondents happens once an item and set of domains.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from egovstats.design.domains import Domains
from egovstats.design.terms import Term, term_arrays
from egovstats.variance import Cells, CellTotals, Totals, sum_columns, tallies

if TYPE_CHECKING:
    from egovstats.design.design import Design


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """An item's K answers, their totals by domain, and the respondents who gave one, shape (G,)."""

    totals: Totals
    n: np.ndarray
    answers: list[Any]


def by_cell(design: Design, cells: Cells, domains: Domains, items: Sequence[str]) -> list[Answered]:
    """Tallies of items from one pass for all that are not kept.

    Parameters
    ----------
    design : Design
    cells : Cells
    domains : Domains
    items : sequence of str
    """
    found = {item: _kept(design, domains, item) for item in items}
    # Items whose totals are kept need no codes: those may have been let go, and are slow to make again.
    coded = {item: design.codes(item) for item, entry in found.items() if entry is None}
    for levels in dict.fromkeys(len(answers) for _, answers in coded.values()):
        names = [item for item, (_, answers) in coded.items() if len(answers) == levels]
        sums = tallies(cells.index, [coded[item][0] for item in names], design.weight, len(cells), levels)
        for item, each in zip(names, sums, strict=True):
            codes, answers = coded[item]
            n = design.counts(domains, codes > 0)
            found[item] = _keep(design, domains, item, (each, n, answers))
    done = []
    for item in items:
        entry = found[item]
        assert entry is not None
        done.append(Answered(CellTotals(cells, entry[0]), entry[1], entry[2]))
    return done


Entry = tuple[np.ndarray, np.ndarray, list[Any]]
"""Totals by cell, shape (K, C), respondents who answered by domain, shape (G,), and the K answers."""


def _kept(design: Design, domains: Domains, item: str) -> Entry | None:
    found: Entry | None = design._kept.get((item, domains))
    return found


def _keep(design: Design, domains: Domains, item: str, entry: Entry) -> Entry:
    # A tally of domains that nobody will ask for again would hold on to their numbering.
    if any(domains is each for each in design._domains.values()):
        design._kept.put((item, domains), entry, entry[0].nbytes)
    return entry


def terms_by_cell(design: Design, cells: Cells, domains: Domains, terms: Sequence[Term]) -> CellTotals:
    """Totals of terms: from tallies where an item has few answers, else column by column.

    Parameters
    ----------
    design : Design
    cells : Cells
    domains : Domains
    terms : sequence of Term
    """
    small = {
        item: found
        for item in dict.fromkeys(term.item for term in terms)
        if item is not None and (found := _few(design, cells, item)) is not None
    }
    rows: dict[int, np.ndarray] = {}
    for item, (codes, numbers) in small.items():
        at = [place for place, term in enumerate(terms) if term.item == item]
        sums = _number_sums(design, cells, domains, item, codes, numbers)
        # einsum adds in one order, whatever the number of cores that BLAS would use.
        values = np.einsum("tk,kc->tc", np.stack([terms[place].of(numbers) for place in at]), sums)
        rows |= dict(zip(at, values, strict=True))
    others = [at for at in range(len(terms)) if at not in rows]
    if others:
        columns = term_arrays([terms[at] for at in others], design.values)
        sums = sum_columns(cells.index, [design.weight * each for each in columns], len(cells))
        rows |= dict(zip(others, sums, strict=True))
    return CellTotals(cells, np.stack([rows[at] for at in range(len(terms))]))


def _few(design: Design, cells: Cells, item: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Small numbers of an item where a tally is no larger than its columns would be."""
    found = design.numbers(item)
    if found is None or (len(found[1]) > 8 and len(found[1]) * len(cells) > 4 * len(found[0])):
        return None
    return found


def _number_sums(
    design: Design, cells: Cells, domains: Domains, item: str, codes: np.ndarray, numbers: np.ndarray
) -> np.ndarray:
    # An item without declared answers has the same codes as an answer and as a number.
    shared = design.items.get(item) is None
    found = _kept(design, domains, item) if shared else None
    if found is not None:
        return found[0]
    sums = tallies(cells.index, [codes], design.weight, len(cells), len(numbers))[0]
    if shared:
        answers = [int(number) for number in numbers]
        _keep(design, domains, item, (sums, design.counts(domains, codes > 0), answers))
    return sums
