"""Max-t: against Tukey's distribution, R's mvtnorm, and what any adjustment must do."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.inference.max_t import max_t, max_t_quantile, max_t_tail

EVEN = np.full((3, 3), 0.5) + 0.5 * np.eye(3)


def all_pairs(k: int) -> np.ndarray:
    rows = [np.eye(k)[j] - np.eye(k)[i] for i in range(k) for j in range(i + 1, k)]
    return np.array(rows) @ np.array(rows).T / 2


@pytest.mark.parametrize(("k", "df"), [(3, 12.0), (5, 40.0), (6, 60.0)])
def test_all_pairs_are_tukeys_range(k: int, df: float) -> None:
    """With equal variances the largest |t| of all pairs is the studentised range over root 2."""
    quantile = stats.studentized_range.ppf(0.95, k, df) / np.sqrt(2)
    assert max_t_tail(quantile, all_pairs(k), df) == pytest.approx(0.05, abs=3e-4)
    assert max_t_quantile(0.95, all_pairs(k), df) == pytest.approx(quantile, rel=1e-3)


@pytest.mark.parametrize(
    ("statistic", "df", "expected"),
    [(2.2, 20.0, 0.09842714), (4.0, 30.0, 0.0010860672), (2.5, np.inf, 0.033582125)],
)
def test_against_mvtnorm(statistic: float, df: float, expected: float) -> None:
    """R 4.2.2, mvtnorm: 1 - pmvt(-rep(t, 3), rep(t, 3), df, corr = .5, abseps = 1e-7)."""
    assert max_t_tail(statistic, EVEN, df) == pytest.approx(expected, rel=2e-3)


def test_independent_statistics() -> None:
    single = 2 * special.ndtr(-2.3)
    assert max_t_tail(2.3, np.eye(4), np.inf) == pytest.approx(1 - (1 - single) ** 4, rel=2e-3)


def test_far_tails_keep_their_digits() -> None:
    far = max_t_tail(9.0, EVEN, 50.0)
    single = 2 * special.stdtr(50.0, -9.0)
    assert single <= far <= 3 * single


def test_family_of_waves() -> None:
    shares = eg.proportion(design_of_waves(slope=-0.01), "trust", by="year", answers=[1])
    plain = eg.change(shares, on="year", adjust="none")
    holm = eg.change(shares, on="year", adjust="bonferroni")
    joint = eg.change(shares, on="year", adjust="max-t")
    down = max_t(shares, on="year", step_down=True)
    for one, bonferroni, all_of_them, stepped in zip(plain, holm, joint, down, strict=True):
        assert one.p_value <= stepped.p_adjusted <= all_of_them.p_adjusted <= bonferroni.p_adjusted + 1e-12
        assert all_of_them.effect.conf_low < one.effect.conf_low
        covers = all_of_them.effect.conf_low <= 0 <= all_of_them.effect.conf_high
        assert covers == (all_of_them.p_adjusted > 0.05)
    assert joint.adjust == "max-t"
    assert joint[0].notes == ("the interval holds for all comparisons of the family together",)


def test_same_input_same_p_value() -> None:
    shares = eg.proportion(design_of_waves(), "rating", by="year")
    first = [test.p_adjusted for test in max_t(shares, on="year", pairs="first")]
    assert first == [test.p_adjusted for test in max_t(shares, on="year", pairs="first")]
    assert len(first) == 16  # four answers, four later waves, one family


def test_one_comparison_needs_no_adjustment() -> None:
    shares = eg.proportion(design_of_waves(years=(2010, 2014)), "trust", by="year", answers=[1])
    test = max_t(shares, on="year")[0]
    assert test.p_adjusted == pytest.approx(test.p_value, rel=1e-6)


def test_no_variance_stays_without_a_number() -> None:
    frame = design_of_waves().frame.assign(trust=1.0)
    found = max_t(eg.proportion(design_of_waves(frame), "trust", by="year", answers=[1]), on="year")
    assert all(np.isnan(test.p_adjusted) for test in found)
