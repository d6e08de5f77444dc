"""Whole distributions in print: counts, paired answers, and all the answers of a question in two surveys.

References
----------
Rao and Scott (1981), JASA 76, 221-230 (dividing by the design effect); Cramer (1946), 21.9 (V); Smithson
(2003), Confidence Intervals, ch. 4 (interval from the noncentral chi-square); Fisher (1935), JRSS 98, 39-82;
McNemar (1947), Psychometrika 12, 153-157.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from egovstats.errors import EstimateError
from egovstats.inference.published_share import PublishedShare, difference_effect
from egovstats.results import Effect, HypothesisTest


def chisq_counts(
    table: np.ndarray, *, deff: float = 1.0, continuity: bool = False, conf_level: float = 0.95
) -> HypothesisTest:
    """Pearson's chi-square of a table of counts, with Cramer's V.

    Parameters
    ----------
    table : np.ndarray, shape (r, c)
        Counts; rows are groups.
    deff : float
        Design effect by which the statistic is divided (Rao and Scott's first-order correction).
    continuity : bool
        Yates' correction, of a 2 x 2 table only.
    conf_level : float
        Of the interval of V.

    Raises
    ------
    EstimateError
        Fewer than two rows or columns, a negative count, or an empty row or column.
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or min(counts.shape) < 2 or (counts < 0).any():
        raise EstimateError("a table needs two rows and two columns or more, and no count below 0.")
    if not ((counts.sum(0) > 0).all() and (counts.sum(1) > 0).all()):
        raise EstimateError("a row or column of the table is empty. Leave it out, then test the rest.")
    n = counts.sum()
    expected = np.outer(counts.sum(1), counts.sum(0)) / n
    off = np.abs(counts - expected)
    plain = float((off**2 / expected).sum()) / deff
    if continuity and counts.shape == (2, 2):
        off = off - min(0.5, float(off.min()))
    statistic = float((off**2 / expected).sum()) / deff
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return HypothesisTest(
        test="chi-square test" + (f" divided by a design effect of {deff:g}" if deff != 1 else ""),
        null="the groups have the same distribution",
        statistic=statistic,
        distribution="chi2",
        df=(float(df),),
        p_value=float(special.chdtrc(df, statistic)),
        effect=_cramers_v(plain, df, n / deff, min(counts.shape) - 1, conf_level),
        n=float(n),
    )


def _cramers_v(statistic: float, df: int, n: float, smaller: int, conf_level: float) -> Effect:
    """V with the interval that the noncentrality's limits give; its lower limit is 0 when not significant."""
    tail = (1 - conf_level) / 2
    low, high = (_noncentrality(statistic, df, 1 - tail), _noncentrality(statistic, df, tail))
    scale = n * smaller
    return Effect(
        "Cramer's V",
        math.sqrt(statistic / scale),
        math.sqrt(low / scale),
        math.sqrt(high / scale),
        "0 to 1",
        conf_level,
    )


def _noncentrality(statistic: float, df: int, p: float) -> float:
    """The noncentrality that puts chi-square below `statistic` with probability p; 0 where there is none."""
    if special.chdtr(df, statistic) <= p:
        return 0.0
    return float(special.chndtrinc(statistic, df, p))


def published_distribution_change(
    before: Sequence[float],
    after: Sequence[float],
    *,
    n_before: float,
    n_after: float,
    deff_before: float = 1.0,
    deff_after: float = 1.0,
    conf_level: float = 0.95,
) -> HypothesisTest:
    """Test whether all the answers of a question together changed between two published surveys.

    Parameters
    ----------
    before, after : sequence of float
        Shares of all answers, in one order, summing to 1 (1e-6 is allowed).
    n_before, n_after : float
    deff_before, deff_after : float
        The counts are taken at n over the design effect, which for equal design effects is the first-order
        correction of Rao and Scott.
    conf_level : float

    Returns
    -------
    HypothesisTest
        Chi-square with (answers - 1) df; the change of each answer is in `others`, in order.

    Raises
    ------
    EstimateError
        Shares that do not match, or do not sum to 1.
    """
    rows = np.array([before, after], dtype=float) if len(before) == len(after) else np.empty((0, 0))
    if rows.size == 0 or (np.abs(rows.sum(axis=1) - 1) > 1e-6).any():
        raise EstimateError(
            f"both surveys need shares of the same answers, summing to 1, got {len(before)} and {len(after)} "
            f"with sums {sum(before):.4g} and {sum(after):.4g}. Add the rest as an answer of its own."
        )
    sizes = np.array([n_before / deff_before, n_after / deff_after])
    used = rows.any(axis=0)
    test = chisq_counts(rows[:, used] * sizes[:, None], conf_level=conf_level)
    changes = tuple(
        difference_effect(
            PublishedShare(p, n_before, deff_before), PublishedShare(q, n_after, deff_after), conf_level
        )
        for p, q in zip(rows[0], rows[1], strict=True)
    )
    return HypothesisTest(
        test="chi-square test of two published distributions",
        null="the answers are distributed alike in both surveys",
        statistic=test.statistic,
        distribution="chi2",
        df=test.df,
        p_value=test.p_value,
        effect=test.effect,
        others=changes,
        n=n_before + n_after,
    )


def n_for_distribution_change(
    before: Sequence[float], after: Sequence[float], *, deff: float = 1.0, alpha: float = 0.05
) -> int:
    """Smallest n of each survey from which `published_distribution_change` is significant.

    The statistic grows in proportion to n, so one evaluation gives it.
    """
    once = published_distribution_change(before, after, n_before=1, n_after=1)
    critical = float(special.chdtri(once.df[0], alpha))
    if once.statistic == 0:
        raise EstimateError("both distributions are the same: no n can show a change. Pass two that differ.")
    return max(1, math.ceil(critical * deff / once.statistic * (1 - 1e-12)))


def mcnemar(first_only: int, second_only: int, *, continuity: bool = True) -> HypothesisTest:
    """McNemar's test of paired yes/no answers, from the two counts of pairs that differ.

    Raises
    ------
    EstimateError
        No pair differs.
    """
    total = first_only + second_only
    if total == 0:
        raise EstimateError("no pair differs, so there is nothing to test. Report the agreement instead.")
    gap = abs(first_only - second_only)
    correction = min(1, gap) if continuity else 0
    statistic = (gap - correction) ** 2 / total
    return HypothesisTest(
        test="McNemar's test" + (" with continuity correction" if continuity else ""),
        null="as many pairs changed one way as the other",
        statistic=statistic,
        distribution="chi2",
        df=(1.0,),
        p_value=float(special.chdtrc(1, statistic)),
        n=float(total),
    )


def fisher_exact(table: np.ndarray, *, tolerance: float = 1e-14, conf_level: float = 0.95) -> HypothesisTest:
    """Fisher's exact test of a 2 x 2 table, with the conditional odds ratio and its interval.

    Parameters
    ----------
    table : np.ndarray, shape (2, 2)
        Counts; rows are groups.
    tolerance : float
        Where the search for the odds ratio stops, on its scale or that of its inverse, whichever is below 1.
        R's ``fisher.test`` stops at 2**-13, which moves its printed odds ratio in the fourth digit; pass that
        to get the number R shows.
    conf_level : float

    Raises
    ------
    EstimateError
        Another shape, or a negative count.
    """
    from scipy import stats

    counts = np.asarray(table, dtype=int)
    if counts.shape != (2, 2) or (counts < 0).any():
        raise EstimateError(
            f"Fisher's test here takes a 2 x 2 table of counts, got shape {counts.shape}. Use chisq_counts."
        )
    limits = stats.contingency.odds_ratio(counts, kind="conditional").confidence_interval(conf_level)
    ratio = _conditional_odds_ratio(counts, tolerance)
    return HypothesisTest(
        test="Fisher's exact test",
        null="the odds are the same in both groups",
        statistic=ratio,
        distribution="exact",
        df=(),
        p_value=float(stats.fisher_exact(counts)[1]),
        effect=Effect("odds ratio", ratio, limits.low, limits.high, "ratio", conf_level),
        n=float(counts.sum()),
    )


def _conditional_odds_ratio(counts: np.ndarray, tolerance: float) -> float:
    """The odds ratio under which the first cell's expectation, given the margins, is what was found."""
    from scipy import optimize

    (found, _), (_, _) = counts
    column, other, row = counts[:, 0].sum(), counts[:, 1].sum(), counts[0].sum()
    cells = np.arange(max(0, row - other), min(row, column) + 1)
    weight = -sum(special.gammaln(x + 1) for x in (cells, column - cells, row - cells, other - row + cells))

    def excess(log_ratio: float) -> float:
        share = weight + cells * log_ratio
        share = np.exp(share - share.max())
        return float(share @ cells / share.sum()) - found

    if found in (cells[0], cells[-1]):
        return 0.0 if found == cells[0] else math.inf
    if excess(0.0) == 0:
        return 1.0
    sign = 1 if excess(0.0) > 0 else -1
    tiny = float(np.finfo(float).eps)
    root = optimize.brentq(lambda ratio: excess(sign * math.log(ratio)), tiny, 1.0, xtol=tolerance)
    return float(root) if sign == 1 else 1 / float(root)
