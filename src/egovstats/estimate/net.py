"""Nets and differences of items: one number from several shares, on their joint covariance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.estimate.proportion import answer_tally
from egovstats.estimate.wording import joined, less
from egovstats.results import Estimates
from egovstats.variance.smooth import smooth_by_domain


def net(
    design: Design,
    item: str,
    *,
    plus: Any,
    minus: Any = (),
    by: str | Sequence[str] | None = None,
    where: Where = None,
) -> Estimates:
    """Share of some answers less that of others: trust minus distrust.

    Parameters
    ----------
    design : Design
    item : str
        Column of answers.
    plus, minus : answer, or sequence of answers
        What is added up and what is taken off; other answers stay in the base.
    by, where
        As in `mean`.

    Returns
    -------
    Estimates
        One a domain, from -1 to 1; both shares have the same base, so the variance is that of one total
        over another.

    Raises
    ------
    EstimateError
        An answer that nobody could give, or one on both sides.

    Examples
    --------
    >>> import pandas as pd
    >>> net(Design(pd.DataFrame({"q": [1, 1, 2, 3]})), "q", plus=1, minus=3).estimate.tolist()
    [0.25]
    """
    domains = check_design(design).domains(by, where)
    found = answer_tally(design, item, domains)
    added, taken = chosen_answers(item, plus, found.answers), chosen_answers(item, minus, found.answers)
    both = [answer for answer in added if answer in taken]
    if both:
        raise EstimateError(f"answer {both[0]!r} of {item!r} is added and taken off. Name it on one side.")
    k = len(found.answers)
    weights = np.zeros((k + 1, 2))
    weights[:k, 0] = [float(answer in added) - float(answer in taken) for answer in found.answers]
    weights[k, 1] = 1
    totals = found.totals.combine(weights)
    estimate, covariance = totals.covariance([0], [1])
    label = less(joined(added), joined(taken)) if taken else str(joined(added))
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [item], "net": [label]}),
        estimate=estimate,
        n=found.n[:, None],
        population=totals.value[:, [1]],
        var_srs=_net_srs(found.totals.value, weights[:k, 0], found.n),
        statistic="net",
        unit="share difference",
    )


def chosen_answers(item: str, given: Any, known: Sequence[Any]) -> list[Any]:
    """One or several answers as a list, refused where the item has no such answer."""
    answers = list(given) if isinstance(given, (list, tuple, set, frozenset, range)) else [given]
    for answer in answers:
        if answer not in known:
            raise EstimateError(f"item {item!r} has no answer {answer!r}. {nearest(str(answer), known)}")
    return answers


def _net_srs(totals: np.ndarray, sign: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Variance of the mean of +1, 0 and -1 under simple random sampling of n, shape (G, 1)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = totals[:, :-1] / totals[:, -1:]
        spread = share @ sign**2 - (share @ sign) ** 2
        return (spread / (n - 1))[:, None]


def item_difference(
    design: Design,
    first: str,
    second: str,
    *,
    answers: Any = None,
    by: str | Sequence[str] | None = None,
    where: Where = None,
) -> Estimates:
    """Difference between two items asked of the same people: `first` less `second`.

    Parameters
    ----------
    design : Design
    first, second : str
        Columns of numbers; or of answers if `answers` is given.
    answers : answer, or sequence of answers, optional
        Compare the shares of these answers; means are compared where left out.
    by, where
        As in `mean`.

    Returns
    -------
    Estimates
        One a domain. Each item keeps its own base; the covariance of the two is in the standard error.

    Raises
    ------
    EstimateError
        A column that is not there, words without `answers`, an answer that an item does not have.
    """
    domains = check_design(design).domains(by, where)
    columns, bases = zip(*(_values(design, item, answers) for item in (first, second)), strict=True)
    totals = design.totals(domains, [each for pair in zip(columns, bases, strict=True) for each in pair])
    estimate, covariance = smooth_by_domain(
        totals, lambda t: (t[..., 0] / t[..., 1] - t[..., 2] / t[..., 3])[..., None]
    )
    either = (bases[0] + bases[1]) > 0
    share = answers is not None
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [less(first, second)]}),
        estimate=estimate,
        n=design.counts(domains, either)[:, None],
        population=np.maximum(totals.value[:, [1]], totals.value[:, [3]]),
        var_srs=None,
        statistic="difference",
        unit="share difference" if share else design.unit(first),
    )


def _values(design: Design, item: str, answers: Any) -> tuple[np.ndarray, np.ndarray]:
    """An item's numbers (0 and 1 for chosen answers) and who answered, as floats, shape (n,) each."""
    if answers is None:
        y, answered = design.values(item)
        return y, answered.astype(float)
    codes, known = design.codes(item)
    wanted = np.array([0.0] + [float(each in chosen_answers(item, answers, known)) for each in known])
    return wanted[codes], (codes > 0).astype(float)
