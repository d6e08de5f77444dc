"""Variances, covariances and correlations of answers in the population, with standard errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains, Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import assemble, item_names, keys_of
from egovstats.results import Covariance, Estimates
from egovstats.variance.smooth import smooth_by_domain
from egovstats.variance.totals import Totals

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
    found = _products(design, names, domains)
    factor = _bessel(found.n)
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
    found = _products(design, names, domains)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Products:
    """Totals of people, deviations and their products, pair by pair; respondents (G,); the items."""

    totals: Totals
    n: np.ndarray
    names: list[str]

    def central(self, totals: np.ndarray) -> np.ndarray:
        """Central second moments of all pairs, shape (..., pairs), from totals, shape (..., r)."""
        p = len(self.names)
        mean = totals[..., 1 : p + 1] / totals[..., :1]
        first, second = zip(*combinations_with_replacement(range(p), 2), strict=True)
        square = totals[..., p + 1 :] / totals[..., :1]
        return square - mean[..., list(first)] * mean[..., list(second)]


def _products(design: Design, names: list[str], domains: Domains) -> _Products:
    """Deviations are taken from the overall mean, so that large values lose no digits."""
    read = [design.values(name) for name in names]
    answered = np.logical_and.reduce([each for _, each in read])
    mass = design.weight[answered].sum()
    deviations = []
    for y, _ in read:
        centre = float(design.weight[answered] @ y[answered] / mass) if mass > 0 else 0.0
        deviations.append(np.where(answered, y - centre, 0.0))
    products = [a * b for a, b in combinations_with_replacement(deviations, 2)]
    totals = design.totals(domains, [answered.astype(float), *deviations, *products])
    return _Products(totals, design.counts(domains, answered), names)


def _bessel(n: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 1, n / (n - 1), np.nan)


def _assembled(
    design: Design,
    domains: Domains,
    found: _Products,
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
