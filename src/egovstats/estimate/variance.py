"""Variances, covariances and correlations of answers in the population, with standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, combinations_with_replacement

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import assemble, item_names, keys_of
from egovstats.estimate.products import Products, bessel, products
from egovstats.results import Covariance, Estimates
from egovstats.variance.smooth import smooth_by_domain

Pairs = list[tuple[int, int]]


def population_variance(
    design: Design, item: str | Sequence[str], *, by: str | Sequence[str] | None = None, where: Where = None
) -> Estimates:
    """Estimated population variance of answers, or the covariance matrix of several items.

    Parameters
    ----------
    design : Design
    item : str or sequence of str
        Columns of numbers. Several items count the people who answered all of them.
    by, where
        As in `mean`.

    Returns
    -------
    Estimates
        Domain by domain; keys ``item`` and ``other``, each pair once (an item with itself is its
        variance). Weighted mean of cross products of deviations, times n/(n - 1) with n respondents.

    Raises
    ------
    EstimateError
        A column that is not there or holds no numbers.

    References
    ----------
    Saerndal, Swensson and Wretman (1992), section 5.9 (variances and covariances as functions of totals).

    Examples
    --------
    >>> import pandas as pd
    >>> found = population_variance(Design(pd.DataFrame({"y": [1.0, 2.0, 3.0, 6.0]})), "y")
    >>> round(float(found.estimate[0]), 3)
    4.667
    """
    domains = check_design(design).domains(by, where)
    names = item_names(item)
    pairs = list(combinations_with_replacement(range(len(names)), 2))
    found = products(design, names, domains)
    factor = bessel(found.n)
    estimate, covariance = smooth_by_domain(found.totals, found.central)
    scale = np.repeat(factor, len(pairs))
    return _assembled(
        design,
        domains,
        found,
        pairs,
        factor[:, None] * estimate,
        Covariance(scale**2 * covariance.variance, lambda: covariance.matrix * np.outer(scale, scale)),
        statistic="variance" if len(names) == 1 else "covariance",
        unit="own unit squared" if len(names) == 1 else "product of the own units",
    )


def correlation(
    design: Design, items: Sequence[str], *, by: str | Sequence[str] | None = None, where: Where = None
) -> Estimates:
    """Pearson correlations of answers in the population.

    Parameters
    ----------
    design : Design
    items : sequence of str
        Two or more columns of numbers; people who answered all of them count.
    by, where
        As in `mean`.

    Returns
    -------
    Estimates
        Domain by domain; keys ``item`` and ``other``, each pair of different items once; from -1 to 1,
        standard errors by the delta method, intervals symmetric on artanh(r).

    Raises
    ------
    EstimateError
        Fewer than two items, a column that is not there or holds no numbers.

    References
    ----------
    Kendall and Stuart, Advanced Theory of Statistics 1, section 10.9 (the delta method for r); Fisher
    (1921), Metron 1, 3-32 (artanh).
    """
    domains = check_design(design).domains(by, where)
    names = item_names(items)
    if len(names) < 2:
        raise EstimateError(f"a correlation needs two items, got {names}. Name another one.")
    found = products(design, names, domains)
    every = list(combinations_with_replacement(range(len(names)), 2))
    place = {pair: at for at, pair in enumerate(every)}
    pairs = list(combinations(range(len(names)), 2))
    top = [place[pair] for pair in pairs]
    left, right = [place[i, i] for i, _ in pairs], [place[j, j] for _, j in pairs]

    def ratio(totals: np.ndarray) -> np.ndarray:
        moment = found.central(totals)
        return moment[..., top] / np.sqrt(moment[..., left] * moment[..., right])

    estimate, covariance = smooth_by_domain(found.totals, ratio)
    return _assembled(
        design,
        domains,
        found,
        pairs,
        estimate,
        covariance,
        statistic="correlation",
        unit="correlation",
        interval="fisher",
    )


def _assembled(
    design: Design,
    domains: Domains,
    found: Products,
    pairs: Pairs,
    estimate: np.ndarray,
    covariance: Covariance,
    *,
    statistic: str,
    unit: str,
    interval: str = "wald",
) -> Estimates:
    k = len(pairs)
    keys: dict[str, list[object]] = {
        "item": [found.names[i] for i, _ in pairs],
        "other": [found.names[j] for _, j in pairs],
    }
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, keys),
        estimate=estimate,
        n=np.repeat(found.n[:, None], k, axis=1),
        population=np.repeat(found.totals.value[:, :1], k, axis=1),
        var_srs=None,
        statistic=statistic,
        unit=unit,
        interval=interval,
    )
