"""The weighted distribution function: what share gave this answer or a lower one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.estimate.proportion import check_interval
from egovstats.results import Estimates
from egovstats.variance import Totals

_MOST = 1000


def totals_below(
    design: Design, domains: Domains, y: np.ndarray, answered: np.ndarray, thresholds: np.ndarray
) -> Totals:
    """Totals of those at or below each threshold and, last, of all who answered.

    Parameters
    ----------
    y, answered : np.ndarray, shape (n,)
    thresholds : np.ndarray, shape (G, P)
        Ascending along P; each domain has its own.
    """
    steps = thresholds.shape[1]
    kind = np.uint8 if steps < 254 else np.uint16
    codes = np.ones(len(y), kind)
    for column in thresholds.T:
        above = y > (column[0] if domains.code is None else column[domains.code])
        np.add(codes, above, out=codes)
    if not answered.all():
        codes[~answered] = 0
    at_or_below = np.triu(np.ones((steps + 1, steps + 1)))
    return design.code_totals(domains, codes, steps + 1).combine(at_or_below)


def distribution(
    design: Design,
    item: str,
    *,
    at: Sequence[float] | None = None,
    by: str | Sequence[str] | None = None,
    where: Where = None,
    interval: str = "logit",
) -> Estimates:
    """Share of people with an answer at or below given values.

    Parameters
    ----------
    design : Design
    item : str
        Column of numbers.
    at : sequence of float, optional
        The values; every value that occurs where left out.
    by, where
        As in `mean`.
    interval : str
        As in `proportion`.

    Returns
    -------
    Estimates
        Domain by domain, values within (key ``at``); shares from 0 to 1.

    Raises
    ------
    EstimateError
        No values, or more than 1,000 different ones and none named.

    References
    ----------
    Francisco and Fuller (1991), Annals of Statistics 19, 454-469.
    """
    check_interval(interval)
    domains = check_design(design).domains(by, where)
    y, answered = design.values(item)
    if at is None:
        points = np.unique(y[answered])
        if len(points) > _MOST:
            raise EstimateError(
                f"item {item!r} has {len(points)} different values. Name those of interest: at=[...]."
            )
    else:
        points = np.asarray(sorted({float(value) for value in at}))
    if not len(points) or np.isnan(points).any():
        raise EstimateError(f"there are no values of {item!r} to go by. Pass at=[...] with numbers.")
    totals = totals_below(design, domains, y, answered, np.tile(points, (len(domains), 1)))
    k = len(points)
    share, covariance = totals.covariance(range(k), [k] * k)
    n = np.repeat(design.counts(domains, answered)[:, None], k, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        var_srs = share * (1 - share) / (n - 1)
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [item] * k, "at": points.tolist()}),
        estimate=share,
        n=n,
        population=np.repeat(totals.value[:, [k]], k, axis=1),
        var_srs=var_srs,
        statistic="distribution",
        unit="share",
        interval=interval,
    )
