"""Shares of answers, by domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains, Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.intervals import METHODS
from egovstats.results import Estimates
from egovstats.variance.sums import count, tally


@dataclass(frozen=True, slots=True, eq=False)
class AnswerTally:
    """Weighted sums of an item's answers by cell (C, K), respondents by domain (G,), and the answers."""

    domains: Domains
    weighted: np.ndarray
    n: np.ndarray
    answers: list[Any]


def answer_tally(design: Design, item: str, domains: Domains) -> AnswerTally:
    """One pass over the respondents: everything that shares, counts and tests of an item need."""
    codes, answers = design.codes(item)
    cells = domains.cells
    weighted = tally(cells.index, codes, design.weight, len(cells), len(answers))
    if domains.code is None:
        n = np.array([np.count_nonzero(codes)])
    else:
        group = np.where(domains.code < 0, len(domains), domains.code)
        n = count(group, (codes > 0).view(np.uint8), len(domains), 1)[:, 0]
    return AnswerTally(domains, weighted, n.astype(float), answers)


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
        ``"logit"``, ``"wald"``, ``"beta"`` (Korn-Graubard), ``"wilson"`` or ``"arcsine"``.

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
    if interval not in METHODS:
        raise EstimateError(f"there is no interval method {interval!r}. {nearest(interval, METHODS)}")
    found = answer_tally(design, item, check_design(design).domains(by, where))
    if answers is None:
        return shares(design, item, found, interval=interval)
    return shares(design, item, _net(found, item, answers), interval=interval, net=True)


def shares(
    design: Design, item: str, found: AnswerTally, *, interval: str = "logit", net: bool = False
) -> Estimates:
    """Shares of the answers of a tally; with `net`, of its first answer only."""
    cells = found.domains.cells
    people = cells.by_domain(found.weighted)
    base = people.sum(axis=1, keepdims=True)
    kept = 1 if net else len(found.answers)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (people / base)[:, :kept]
        cell_base = found.weighted.sum(axis=1, keepdims=True)
        scores = (found.weighted[:, :kept] - share[cells.domain] * cell_base) / base[cells.domain]
        n = np.repeat(found.n[:, None], kept, axis=1)
        var_srs = share * (1 - share) / (n - 1)
    return assemble(
        design,
        found.domains,
        scores,
        keys=keys_of(found.domains, {"item": [item] * kept, "answer": found.answers[:kept]}),
        estimate=share,
        n=n,
        population=np.repeat(base, kept, axis=1),
        var_srs=var_srs,
        statistic="proportion",
        unit="share",
        interval=interval,
    )


def _net(found: AnswerTally, item: str, answers: Sequence[Any]) -> AnswerTally:
    chosen = [answers] if isinstance(answers, str) or not isinstance(answers, Sequence) else list(answers)
    unknown = [each for each in chosen if each not in found.answers]
    if unknown:
        raise EstimateError(
            f"item {item!r} has no answer {unknown[0]!r}. {nearest(str(unknown[0]), found.answers)}"
        )
    inside = np.array([each in chosen for each in found.answers])
    weighted = np.column_stack(
        [found.weighted[:, inside].sum(axis=1), found.weighted[:, ~inside].sum(axis=1)]
    )
    name = chosen[0] if len(chosen) == 1 else " + ".join(str(each) for each in chosen)
    return AnswerTally(found.domains, weighted, found.n, [name, "other"])
