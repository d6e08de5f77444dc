"""Rank tests for survey data: groups compared by the mean score of their people's estimated ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.inference.group_means import GroupMeans, answering, group_means
from egovstats.inference.wald import f_tail
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest

Score = Callable[[np.ndarray], np.ndarray]
SCORES: dict[str, Score] = {
    "wilcoxon": lambda rank: rank,
    "kruskal-wallis": lambda rank: rank,
    "van-der-waerden": special.ndtri,
    "median": lambda rank: (rank > 0.5).astype(float),
}
TIES = ("middle", "row")


@dataclass(frozen=True, slots=True, eq=False)
class RankTest(HypothesisTest):
    """A rank test.

    Parameters
    ----------
    groups : tuple
    mean_scores : tuple of float
        Mean score of each group.
    chi_square : float
        Wald's chi-square of more than two groups: its degrees of freedom times F. NaN for two.
    """

    groups: tuple[Any, ...] = ()
    mean_scores: tuple[float, ...] = ()
    chi_square: float = float("nan")

    __repr__ = as_text
    _repr_html_ = as_html


def rank_test(
    design: Design,
    item: str,
    *,
    by: str,
    test: str | Score = "wilcoxon",
    ties: str = "middle",
    where: Where = None,
    conf_level: float = 0.95,
) -> RankTest:
    """Test that the groups have the same distribution of answers, sensitive to shifts.

    Parameters
    ----------
    design : Design
    item : str
        Column of numbers (codes of an ordered scale will do).
    by : str
        Column of groups, two or more.
    test : str or callable
        Score of a rank between 0 and 1: ``"wilcoxon"`` and ``"kruskal-wallis"`` (the rank itself),
        ``"van-der-waerden"`` (normal quantile), ``"median"`` (above one half), or a function of ranks (n,).
    ties : str
        ``"middle"``: equal answers share the middle of their weights. ``"row"``: the plain average of the
        middles of each, in the order of the rows, as R's survey has it; with unequal weights it changes
        with that order.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.
    conf_level : float
        Of the interval.

    Returns
    -------
    RankTest
        Two groups: t with the design's degrees of freedom minus 1; the effect is the second's mean score
        less the first's. For ``"wilcoxon"`` that is the probability that someone of the second group
        answers higher (half for ties) less 1/2, and stands beside it as such. More groups: F, which rejects
        too often where the groups have few PSUs each (waves with two a stratum). Standard errors take the
        ranks as known, which holds when the groups do not differ.

    Raises
    ------
    EstimateError
        One group, an unknown test, a column that holds no numbers.

    References
    ----------
    Lumley and Scott (2013), Biometrika 100, 831-842.
    """
    if not callable(test) and test not in SCORES:
        raise EstimateError(f"there is no rank test {test!r}. {nearest(test, SCORES)}")
    if ties not in TIES:
        raise EstimateError(f"ties cannot be {ties!r}. {nearest(ties, TIES)}")
    y, answered = check_design(design).values(item)
    inside = answering(design, answered, by, where)
    rows = np.flatnonzero(inside)
    rank = mid_ranks(y[rows], design.weight[rows], ties=ties)
    scores = np.zeros(len(y))
    scores[rows] = (test if callable(test) else SCORES[test])(rank)
    means = group_means(design, scores, inside, by, linear=True)
    if len(means.groups) < 2:
        raise EstimateError(
            f"a rank test compares groups, and {by!r} has one here ({means.groups[0]!r}). Widen where=."
        )
    name = "by own scores" if callable(test) else test.replace("-", " ")
    facts: dict[str, Any] = {
        "test": f"design-based rank test ({name})",
        "null": f"{item} has the same distribution in all groups of {by}.",
        "n": float(means.n.sum()),
        "keys": {"item": item, "by": by},
        "sources": design.sources,
        "groups": means.groups,
        "mean_scores": tuple(means.mean.tolist()),
    }
    if len(means.groups) == 2:
        return _two(means, conf_level, facts, shift=test in ("wilcoxon", "kruskal-wallis"))
    return _several(means, facts)


def mid_ranks(y: np.ndarray, weight: np.ndarray, *, ties: str = "middle") -> np.ndarray:
    """Share of the population below each answer plus half of its own, shape (m,).

    Parameters
    ----------
    y, weight : np.ndarray, shape (m,)
    ties : str
        As in `rank_test`.
    """
    order = np.argsort(y, kind="stable")
    running = np.cumsum(weight[order])
    value = y[order]
    first = np.flatnonzero(np.append(True, value[1:] != value[:-1]))
    size = np.diff(np.append(first, len(y)))
    if ties == "middle":
        end = running[first + size - 1]
        middle = (np.concatenate([[0.0], end[:-1]]) + end) / 2
    else:
        middle = np.add.reduceat(running - weight[order] / 2, first) / size
    rank = np.empty(len(y))
    rank[order] = np.repeat(middle, size) / running[-1]
    return rank


def _two(means: GroupMeans, conf_level: float, facts: dict[str, Any], *, shift: bool) -> RankTest:
    sign = np.array([-1.0, 1.0])
    gap, variance, df = float(sign @ means.mean), float(sign @ means.cov @ sign), means.df - 1
    known = variance > 1e-24 and df > 0
    std_error = float(np.sqrt(variance)) if known else float("nan")
    statistic = gap / std_error
    margin = float(t_quantile(np.array(df), conf_level)) * std_error
    chance = Effect(
        "probability of a higher answer",
        gap + 0.5,
        gap + 0.5 - margin,
        gap + 0.5 + margin,
        "probability",
        conf_level,
        std_error,
    )
    return RankTest(
        statistic=statistic,
        distribution="t",
        df=(df,),
        p_value=float(2 * special.stdtr(df, -abs(statistic))) if known else float("nan"),
        effect=Effect(
            "difference in mean rank score", gap, gap - margin, gap + margin, "score", conf_level, std_error
        ),
        others=(chance,) if shift else (),
        notes=means.notes if known else (*means.notes, _why_unknown(df)),
        **facts,
    )


def _several(means: GroupMeans, facts: dict[str, Any]) -> RankTest:
    """Wald's test that all mean scores are that of the first group."""
    ndf = len(means.groups) - 1
    ddf = means.df - ndf
    contrast = np.column_stack([-np.ones(ndf), np.eye(ndf)])
    gap, cov = contrast @ means.mean, contrast @ means.cov @ contrast.T
    known = ddf > 0 and bool(np.isfinite(cov).all()) and np.linalg.matrix_rank(cov, hermitian=True) == ndf
    wald = float(gap @ np.linalg.solve(cov, gap)) if known else float("nan")
    return RankTest(
        statistic=wald / ndf,
        distribution="F",
        df=(float(ndf), ddf),
        p_value=f_tail(wald / ndf, ndf, ddf) if known else float("nan"),
        chi_square=wald,
        notes=means.notes if known else (*means.notes, _why_unknown(ddf)),
        **facts,
    )


def _why_unknown(df: float) -> str:
    if df <= 0:
        return f"no degrees of freedom ({df:g}): fewer groups or more PSUs are needed"
    return "no variance: the weighted scores of all PSUs of a stratum are alike in some group"
