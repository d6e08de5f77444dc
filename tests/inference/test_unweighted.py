"""The unweighted classics: by counting, and against scipy."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import egovstats as eg
from egovstats.errors import EstimateError

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=6, max_size=30).filter(
    lambda rows: len({a for a, _ in rows}) > 1 and len({b for _, b in rows}) > 1
)
quick = settings(max_examples=30, deadline=None)


@quick
@given(pairs)
def test_jonckheeres_j_counts_pairs(rows: list[tuple[int, int]]) -> None:
    values, group = zip(*rows, strict=True)
    count = sum((b > a) + 0.5 * (b == a) for a, g in rows for b, h in rows if h > g)
    test = eg.jonckheere_terpstra(values, group)
    assert test.j == pytest.approx(count)
    turned = eg.jonckheere_terpstra([-value for value in values], group)
    assert turned.statistic == pytest.approx(-test.statistic)


def test_jonckheeres_moments_are_those_of_all_orders() -> None:
    values, group = [1, 2, 2, 3, 3], [0, 0, 1, 1, 2]
    js = [eg.jonckheere_terpstra(order, group).j for order in permutations(values)]
    test = eg.jonckheere_terpstra(values, group)
    assert test.expected == pytest.approx(np.mean(js))
    assert test.variance == pytest.approx(np.var(js))


@quick
@given(pairs)
def test_two_groups_are_mann_and_whitneys(rows: list[tuple[int, int]]) -> None:
    values = [a for a, _ in rows]
    group = [int(b > 1) for _, b in rows]
    if len(set(group)) < 2:
        return
    test = eg.jonckheere_terpstra(values, group)
    a, b = ([v for v, g in zip(values, group, strict=True) if g == each] for each in (0, 1))
    plain = stats.mannwhitneyu(b, a, use_continuity=False, method="asymptotic")
    assert test.j == pytest.approx(plain.statistic)
    assert test.p_value == pytest.approx(plain.pvalue)


def test_mantel_is_the_correlation_as_chi_square() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 5, 60)
    y = x + rng.integers(0, 4, 60)
    test = eg.mantel_linear_by_linear(x, y)
    r = stats.pearsonr(x, y)
    assert test.effect.estimate == pytest.approx(r.statistic)
    assert test.statistic == pytest.approx(59 * r.statistic**2)
    low, high = r.confidence_interval()
    assert (test.effect.conf_low, test.effect.conf_high) == pytest.approx((low, high))


def test_missing_answers_leave_out_the_pair() -> None:
    values, group = [1, 2, np.nan, 4, 3], [1, 1, 2, 2, np.nan]
    assert eg.kruskal_wallis(values, group).n == 3
    assert eg.kendall_tau_b(values, group).effect.estimate == pytest.approx(
        stats.kendalltau([1, 2, 4], [1, 1, 2]).statistic
    )


def test_kruskal_and_wallis_effect_is_epsilon_squared() -> None:
    test = eg.kruskal_wallis([1, 2, 3, 4, 5, 6], [1, 1, 2, 2, 3, 3])
    assert test.statistic == pytest.approx(stats.kruskal([1, 2], [3, 4], [5, 6]).statistic)
    assert test.effect.estimate == pytest.approx(test.statistic / 5)


@pytest.mark.parametrize(
    "function", [eg.jonckheere_terpstra, eg.mantel_linear_by_linear, eg.kendall_tau_b, eg.kruskal_wallis]
)
def test_what_is_refused(function: object) -> None:
    with pytest.raises(
        EstimateError, match="takes 1 different values in 3 complete pairs, so there is nothing"
    ):
        function([1, 2, 3], [1, 1, 1])  # type: ignore[operator]
    with pytest.raises(EstimateError, match=r"has 2 entries and .* has 3\. Pass pairs"):
        function([1, 2], [1, 1, 2])  # type: ignore[operator]
