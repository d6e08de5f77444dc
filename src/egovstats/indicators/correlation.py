"""Rank correlations of two yearly quantities."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from egovstats.errors import SeriesError
from egovstats.indicators.kendall import normal_p_value
from egovstats.indicators.rank_score import exact_p_value, ranks
from egovstats.indicators.regression import t_p_value
from egovstats.results import Effect, HypothesisTest

_NULL = "The two quantities are independent."


def kendall_tau(
    x: ArrayLike, y: ArrayLike, *, exact: bool | None = None, continuity: bool = False
) -> HypothesisTest:
    """Kendall's tau-b, with its test.

    Parameters
    ----------
    x, y : array_like, shape (m,)
    exact : bool, optional
        Count all orders; possible where one of the two has no equal values, and then the default
        below 50 pairs. Otherwise the normal form, with the variance for ties in both.
    continuity : bool
        Continuity correction of the normal form.

    References
    ----------
    Kendall (1975), Rank Correlation Methods, chapters 3 to 5.
    """
    first, second = _pairs(x, y, "Kendall's tau")
    n = len(first)
    i, j = np.triu_indices(n, k=1)
    score = float((np.sign(first[j] - first[i]) * np.sign(second[j] - second[i])).sum())
    sizes = [np.unique(each, return_counts=True)[1].astype(float) for each in (first, second)]
    tied = [float((size * (size - 1) / 2).sum()) for size in sizes]
    pairs = n * (n - 1) / 2
    tau = score / np.sqrt((pairs - tied[0]) * (pairs - tied[1]))
    countable = min(tied) == 0
    if exact and not countable:
        raise SeriesError(
            "an exact tau needs one quantity without equal values; both have some. Pass exact=False."
        )
    use_exact = (countable and n < 50) if exact is None else exact
    if use_exact:
        ties = sizes[0] if tied[1] == 0 else sizes[1]
        statistic, p_value = score, exact_p_value(int(score), tuple(int(size) for size in ties))[0]
    else:
        toward_zero = score - np.sign(score) if continuity else score
        statistic = float(toward_zero / np.sqrt(_tau_variance(n, sizes[0], sizes[1])))
        p_value = normal_p_value(statistic)
    return HypothesisTest(
        test="Kendall's rank correlation",
        null=_NULL,
        statistic=statistic,
        distribution="exact" if use_exact else "normal",
        df=(),
        p_value=p_value,
        effect=Effect("Kendall's tau-b", float(tau), np.nan, np.nan, ""),
        n=float(n),
    )


def spearman_rho(x: ArrayLike, y: ArrayLike) -> HypothesisTest:
    """Spearman's rank correlation, with its test by t with m - 2 degrees of freedom.

    `others` holds S, the sum of squared differences of ranks (where values are equal, what it would
    have to be for the correlation).

    References
    ----------
    Kendall (1975), Rank Correlation Methods, section 4.14.
    """
    first, second = _pairs(x, y, "Spearman's correlation")
    n = len(first)
    rho = float(np.corrcoef(ranks(first), ranks(second))[0, 1])
    with np.errstate(divide="ignore"):
        statistic = float(rho * np.sqrt(np.divide(n - 2, 1 - rho**2)))
    squared = (n**3 - n) * (1 - rho) / 6
    return HypothesisTest(
        test="Spearman's rank correlation",
        null=_NULL,
        statistic=statistic,
        distribution="t",
        df=(float(n - 2),),
        p_value=float(t_p_value(np.array(statistic), n - 2)),
        effect=Effect("Spearman's rho", rho, np.nan, np.nan, ""),
        others=(Effect("sum of squared rank differences", squared, np.nan, np.nan, ""),),
        n=float(n),
    )


def _pairs(x: ArrayLike, y: ArrayLike, method: str) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(x, dtype=float).ravel(), np.asarray(y, dtype=float).ravel()
    if len(first) != len(second) or len(first) < 3:
        raise SeriesError(
            f"{method} needs at least three pairs, got {len(first)} and {len(second)} values. "
            "Pass two arrays of one length."
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise SeriesError(f"{method} cannot take missing values. Leave those pairs out.")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        raise SeriesError(
            f"{method} needs values that differ; one quantity has one value only. Leave it out."
        )
    return first, second


def _tau_variance(n: int, first: np.ndarray, second: np.ndarray) -> float:
    """Variance of the score with equal values in both quantities."""
    main = float(n * (n - 1) * (2 * n + 5))
    for size in (first, second):
        main -= float((size * (size - 1) * (2 * size + 5)).sum())
    pairs = [float((size * (size - 1)).sum()) for size in (first, second)]
    triples = [float((size * (size - 1) * (size - 2)).sum()) for size in (first, second)]
    return float(
        main / 18
        + pairs[0] * pairs[1] / (2 * n * (n - 1))
        + triples[0] * triples[1] / (9 * n * (n - 1) * (n - 2))
    )
