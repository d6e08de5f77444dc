"""Shares of answers, by domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.estimate.wording import joined
from egovstats.intervals import METHODS
from egovstats.results import Covariance, Estimates
from egovstats.variance import Totals


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTally:
    """Totals of an item's K answers and, last, of its base; respondents by domain (G,); the answers."""

    totals: Totals
    n: np.ndarray
    answers: list[Any]


def answer_tally(design: Design, item: str, domains: Domains) -> AnswerTally:
    """One pass over the respondents: everything that shares, counts and tests of an item need."""
    found = design.answered(domains, [item])[0]
    k = len(found.answers)
    with_base = found.totals.combine(np.column_stack([np.eye(k), np.ones(k)]))
    return AnswerTally(with_base, found.n, found.answers)


def proportion(
    design: Design,
    item: str,
    *,
    by: str | Sequence[str] | None = None,
    where: Where = None,
    answers: Sequence[Any] | None = None,
    interval: str = "logit",
) -> Estimates:
    """Share of each answer among those who answered.

    Parameters
    ----------
    design : Design
    item : str
        Column of answers: codes, words or a categorical. Missing answers are not in the base.
    by, where
        As in `mean`.
    answers : sequence, optional
        Join these answers into one share (a net), the rest of the base being the others.
    interval : str
        ``"logit"`` (also ``"xlogit"``), ``"wald"``, ``"beta"`` (Korn-Graubard), ``"wilson"``,
        ``"arcsine"`` or ``"likelihood"`` (Rao-Scott likelihood ratio).

    Returns
    -------
    Estimates
        Domain by domain, answers within; shares from 0 to 1. With `answers`, one share a domain.

    Raises
    ------
    EstimateError
        A column that is not there, an answer that nobody could give, an unknown interval.

    References
    ----------
    Woodruff (1971), JASA 66, 411-414; Korn and Graubard (1998), Survey Methodology 24, 193-201.
    """
    check_interval(interval)
    domains = check_design(design).domains(by, where)
    found = answer_tally(design, item, domains)
    if answers is not None:
        found = _net(found, item, answers)
    return shares(design, item, domains, found, interval=interval)


def check_interval(interval: str) -> None:
    """Refuse an interval method that is not there."""
    if interval not in METHODS:
        raise EstimateError(f"there is no interval method {interval!r}. {nearest(interval, METHODS)}")


@dataclass(frozen=True, slots=True, eq=False)
class ShareNumbers:
    """Shares, bases and simple-random variances, shape (G, K) each, with the covariance of the shares."""

    share: np.ndarray
    covariance: Covariance
    n: np.ndarray
    population: np.ndarray
    var_srs: np.ndarray


def share_numbers(found: AnswerTally) -> ShareNumbers:
    """Everything about the shares of a tally but their names."""
    k = len(found.answers)
    share, covariance = found.totals.covariance(range(k), [k] * k)
    n = np.repeat(found.n[:, None], k, axis=1)
    population = np.repeat(found.totals.value[:, [k]], k, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return ShareNumbers(share, covariance, n, population, share * (1 - share) / (n - 1))


def shares(
    design: Design, item: str, domains: Domains, found: AnswerTally, *, interval: str = "logit"
) -> Estimates:
    """Shares of the answers of a tally."""
    numbers = share_numbers(found)
    answers = found.answers
    return assemble(
        design,
        domains,
        numbers.covariance,
        keys=keys_of(domains, {"item": [item] * len(answers), "answer": answers}),
        estimate=numbers.share,
        n=numbers.n,
        population=numbers.population,
        var_srs=numbers.var_srs,
        statistic="proportion",
        unit="share",
        interval=interval,
    )


def _net(found: AnswerTally, item: str, answers: Sequence[Any]) -> AnswerTally:
    """The tally of one answer that joins several, beside the same base."""
    chosen = [answers] if isinstance(answers, str) or not isinstance(answers, Sequence) else list(answers)
    unknown = [each for each in chosen if each not in found.answers]
    if unknown:
        raise EstimateError(
            f"item {item!r} has no answer {unknown[0]!r}. {nearest(str(unknown[0]), found.answers)}"
        )
    k = len(found.answers)
    weights = np.zeros((k + 1, 2))
    weights[:k, 0] = [each in chosen for each in found.answers]
    weights[k, 1] = 1
    return AnswerTally(found.totals.combine(weights), found.n, [joined(chosen)])
