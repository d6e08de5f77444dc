"""Totals of numbers and counts of people, by domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import assemble, item_names, keys_of
from egovstats.estimate.moments import moments
from egovstats.estimate.proportion import answer_tally
from egovstats.results import Estimates


def total(
    design: Design,
    item: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = None,
    where: Where = None,
    answers: bool | None = None,
) -> Estimates:
    """Estimated population total of an item, or number of people giving each answer.

    Parameters
    ----------
    design : Design
        Its weights must add up to the population for the total to mean people.
    item : str or sequence of str
        Columns of numbers (their totals), or one column of answers in words (people by answer).
    by, where
        As in `mean`.
    answers : bool, optional
        Count people by answer even if the answers are numbers. Left out, words are counted and
        numbers are summed.

    Returns
    -------
    Estimates
        Domain by domain; ``"total"`` in the item's unit, or ``"count"`` of people.

    Raises
    ------
    EstimateError
        Several items of which one is in words.

    References
    ----------
    Saerndal, Swensson and Wretman (1992), result 3.7.2 (stratified), 4.3.1 (stages).
    """
    domains = check_design(design).domains(by, where)
    names = item_names(item)
    worded = [_in_words(design, name) for name in names]
    if answers or (answers is None and any(worded)):
        if len(names) > 1:
            raise EstimateError("people are counted by the answers of one item at a time. Pass one item.")
        return _count(design, names[0], domains)
    found = [moments(design, name, domains) for name in names]
    cell_total = np.column_stack([each.cell_sum + each.centre * each.cell_weight for each in found])
    population = np.column_stack([each.population for each in found])
    variance = np.column_stack([each.element_variance / each.n for each in found])
    return assemble(
        design,
        domains,
        cell_total,
        keys=keys_of(domains, {"item": list(names)}),
        estimate=domains.cells.by_domain(cell_total),
        n=np.column_stack([each.n for each in found]),
        population=population,
        var_srs=variance * population**2,
        statistic="total",
        unit=design.unit(names[0]) if len(names) == 1 else "own unit of each item",
    )


def _in_words(design: Design, name: str) -> bool:
    from egovstats.design.columns import column

    return column(design.frame, name, "item").dtype.kind not in "iufb"


def _count(design: Design, item: str, domains: object) -> Estimates:
    found = answer_tally(design, item, domains)  # type: ignore[arg-type]
    cells = found.domains.cells
    people = cells.by_domain(found.weighted)
    base = people.sum(axis=1, keepdims=True)
    n = np.broadcast_to(found.n[:, None], people.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = people / base
        var_srs = share * (1 - share) / (n - 1) * base**2
    return assemble(
        design,
        found.domains,
        found.weighted,
        keys=keys_of(found.domains, {"item": [item] * len(found.answers), "answer": found.answers}),
        estimate=people,
        n=np.array(n, dtype=float),
        population=np.broadcast_to(base, people.shape).copy(),
        var_srs=var_srs,
        statistic="count",
        unit="people",
    )
