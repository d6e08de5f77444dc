"""Totals of numbers and counts of people, by domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
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
    worded = [design.in_words(name) for name in names]
    if answers or (answers is None and any(worded)):
        if len(names) > 1:
            raise EstimateError("people are counted by the answers of one item at a time. Pass one item.")
        return _count(design, names[0], domains)
    found = moments(design, names, domains)
    # The total of y is that of y - centre plus centre times the people who answered.
    q = len(names)
    weights = np.zeros((2 * q, q))
    weights[found.first, range(q)] = 1
    weights[found.base, range(q)] = found.centre
    estimate, covariance = found.totals.combine(weights).covariance(range(q))
    with np.errstate(invalid="ignore", divide="ignore"):
        var_srs = found.element_variance / found.n * found.population**2
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": list(names)}),
        estimate=estimate,
        n=found.n,
        population=found.population,
        var_srs=var_srs,
        statistic="total",
        unit=design.unit(names[0]) if len(names) == 1 else "own unit of each item",
    )


def _count(design: Design, item: str, domains: Domains) -> Estimates:
    found = answer_tally(design, item, domains)
    k = len(found.answers)
    people, covariance = found.totals.covariance(range(k))
    base = np.repeat(found.totals.value[:, [k]], k, axis=1)
    n = np.repeat(found.n[:, None], k, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = people / base
        var_srs = share * (1 - share) / (n - 1) * base**2
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [item] * k, "answer": found.answers}),
        estimate=people,
        n=n,
        population=base,
        var_srs=var_srs,
        statistic="count",
        unit="people",
    )
