"""The classics of ordered answers, for data without weights or clusters: each person counts once.

With a sample design use `rank_test`, `chi_square` or `trend` instead.

References
----------
Jonckheere (1954), Biometrika 41, 133-145; Hollander and Wolfe (1999), Nonparametric Statistical Methods,
2nd ed., section 6.2 (the variance with ties); Mantel (1963), JASA 58, 690-700; Kendall (1945), Biometrika
33, 239-251; Kruskal and Wallis (1952), JASA 47, 583-621.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError
from egovstats.results import Effect, HypothesisTest

Numbers = Sequence[float] | np.ndarray | pd.Series


@dataclass(frozen=True, slots=True, eq=False)
class Jonckheere(HypothesisTest):
    """Jonckheere and Terpstra's test.

    Parameters
    ----------
    j : float
        Pairs from different groups in which the later group's answer is higher, ties counting one half.
    expected, variance : float
        Of j if the groups have the same distribution.
    """

    j: float = float("nan")
    expected: float = float("nan")
    variance: float = float("nan")

    __repr__ = as_text
    _repr_html_ = as_html


def jonckheere_terpstra(values: Numbers, group: Numbers) -> Jonckheere:
    """Test that answers do not rise or fall over ordered groups, such as years.

    Parameters
    ----------
    values, group : sequence of float, length n
        Answers, and the group of each in an order that means something; pairs with a missing one are left
        out.

    Returns
    -------
    Jonckheere
        Two-sided, by the normal approximation with the variance for ties.

    Raises
    ------
    EstimateError
        Fewer than two groups or different answers.

    References
    ----------
    Hollander and Wolfe (1999), Nonparametric Statistical Methods, 2nd ed., equations 6.13 and 6.19.
    """
    y, g = _pairs(values, group, "values", "group")
    table = pd.crosstab(pd.Series(g), pd.Series(y)).to_numpy(dtype=float)
    sizes, ties = table.sum(axis=1), table.sum(axis=0)
    n = table.sum()
    j = 0.0
    for earlier in range(len(table)):
        below = np.cumsum(table[earlier]) - table[earlier] / 2
        j += float((table[earlier + 1 :].sum(axis=0) * below).sum())
    expected = float((n**2 - (sizes**2).sum()) / 4)
    variance = _jonckheere_variance(n, sizes, ties)
    z = (j - expected) / np.sqrt(variance)
    pairs = 2 * expected
    return Jonckheere(
        test="Jonckheere-Terpstra test",
        null="Answers have the same distribution in all groups.",
        statistic=float(z),
        distribution="normal",
        df=(),
        p_value=float(2 * special.ndtr(-abs(z))),
        effect=Effect(
            "probability of a higher answer later", j / pairs, float("nan"), float("nan"), "probability"
        ),
        n=float(n),
        j=j,
        expected=expected,
        variance=variance,
    )


def _jonckheere_variance(n: float, sizes: np.ndarray, ties: np.ndarray) -> float:
    def cubic(m: np.ndarray | float) -> Any:
        return m * (m - 1) * (2 * m + 5)

    first = (cubic(n) - cubic(sizes).sum() - cubic(ties).sum()) / 72
    thirds = [(each * (each - 1) * (each - 2)).sum() for each in (sizes, ties)]
    halves = [(each * (each - 1)).sum() for each in (sizes, ties)]
    second = thirds[0] * thirds[1] / (36 * n * (n - 1) * (n - 2)) if n > 2 else 0.0
    return float(first + second + halves[0] * halves[1] / (8 * n * (n - 1)))


def mantel_linear_by_linear(x: Numbers, y: Numbers) -> HypothesisTest:
    """Mantel's test of linear association of two scored items: (n - 1) r squared as chi-square(1).

    Parameters
    ----------
    x, y : sequence of float, length n
        Scores; pairs with a missing one are left out.

    Returns
    -------
    HypothesisTest
        The effect is Pearson's correlation, its interval symmetric on artanh(r).

    Raises
    ------
    EstimateError
        Fewer than two different scores of either.

    References
    ----------
    Mantel (1963), JASA 58, 690-700.

    Examples
    --------
    >>> test = mantel_linear_by_linear([1, 2, 3, 4], [1, 3, 2, 4])
    >>> round(test.effect.estimate, 6), round(test.statistic, 6)
    (0.8, 1.92)
    """
    a, b = _pairs(x, y, "x", "y")
    r = float(np.corrcoef(a, b)[0, 1])
    n = len(a)
    statistic = (n - 1) * r**2
    with np.errstate(divide="ignore"):
        margin = special.ndtri(0.975) / np.sqrt(n - 3) if n > 3 else np.nan
        low, high = np.tanh(np.arctanh(r) + np.array([-margin, margin]))
    return HypothesisTest(
        test="Mantel's linear-by-linear test",
        null="The two items have no linear association.",
        statistic=statistic,
        distribution="chi2",
        df=(1.0,),
        p_value=float(special.chdtrc(1, statistic)),
        effect=Effect("correlation", r, float(low), float(high), "correlation"),
        n=float(n),
    )


def kendall_tau_b(x: Numbers, y: Numbers) -> HypothesisTest:
    """Kendall's rank correlation with its correction for ties.

    Parameters
    ----------
    x, y : sequence of float, length n
        Pairs with a missing one are left out.

    Raises
    ------
    EstimateError
        Fewer than two different values of either.

    References
    ----------
    Kendall (1945), Biometrika 33, 239-251.
    """
    from scipy import stats

    a, b = _pairs(x, y, "x", "y")
    found = stats.kendalltau(a, b, variant="b")
    return HypothesisTest(
        test="Kendall's tau-b",
        null="The two items are not associated.",
        statistic=float(found.statistic),
        distribution="exact" if len(a) <= 33 and len(set(a)) == len(set(b)) == len(a) else "normal",
        df=(),
        p_value=float(found.pvalue),
        effect=Effect("tau-b", float(found.statistic), float("nan"), float("nan"), "correlation"),
        n=float(len(a)),
    )


def kruskal_wallis(values: Numbers, group: Numbers) -> HypothesisTest:
    """Kruskal and Wallis' test that groups have the same distribution, corrected for ties.

    Parameters
    ----------
    values, group : sequence of float, length n
        Answers and groups; pairs with a missing one are left out.

    Returns
    -------
    HypothesisTest
        The effect is epsilon squared: the statistic over n - 1, from 0 to 1.

    Raises
    ------
    EstimateError
        Fewer than two groups or different answers.

    References
    ----------
    Kruskal and Wallis (1952), JASA 47, 583-621.
    """
    from scipy import stats

    y, g = _pairs(values, group, "values", "group")
    parts = [y[g == each] for each in np.unique(g)]
    found = stats.kruskal(*parts)
    statistic = float(found.statistic)
    return HypothesisTest(
        test="Kruskal-Wallis test",
        null="Answers have the same distribution in all groups.",
        statistic=statistic,
        distribution="chi2",
        df=(float(len(parts) - 1),),
        p_value=float(found.pvalue),
        effect=Effect("epsilon squared", statistic / (len(y) - 1), float("nan"), float("nan"), "share"),
        n=float(len(y)),
    )


def _pairs(first: Numbers, second: Numbers, *names: str) -> tuple[np.ndarray, np.ndarray]:
    """Both as numbers, complete pairs only; each must vary."""
    a, b = (pd.Series(each).to_numpy(dtype=float, na_value=np.nan) for each in (first, second))
    if a.shape != b.shape:
        raise EstimateError(f"{names[0]} has {len(a)} entries and {names[1]} has {len(b)}. Pass pairs.")
    complete = ~(np.isnan(a) | np.isnan(b))
    a, b = a[complete], b[complete]
    for each, name in ((a, names[0]), (b, names[1])):
        if len(np.unique(each)) < 2:
            raise EstimateError(
                f"{name} takes {len(np.unique(each))} different values in {len(each)} complete pairs, "
                "so there is nothing to compare. Check the columns."
            )
    return a, b
