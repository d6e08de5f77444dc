"""Mann-Kendall tests: against every order of the values, textbook numbers, and truths for any series."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import (
    hamed_rao,
    kendall_score,
    kendall_tau,
    mann_kendall,
    prewhitened,
    seasonal_mann_kendall,
    seasonal_sen_slope,
    spearman_rho,
    yue_wang,
)
from egovstats.indicators.rank_score import exact_p_value, score_counts


def _by_every_order(values: list[float]) -> float:
    """Two-sided p-value by listing every order of the values."""
    scores = [kendall_score(np.array(order)).score for order in permutations(values)]
    seen = abs(kendall_score(np.array(values)).score)
    return min(1.0, 2 * sum(score >= seen for score in scores) / len(scores))


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3, 4],
        [1, 3, 2, 4, 5],
        [2, 1, 2, 3, 3],
        [1, 1, 1, 2],
        [4, 4, 2, 2, 1, 1],
        [3, 1, 2, 2, 5, 4, 2],
        [5, 5, 5, 1, 1],
    ],
)
def test_the_exact_p_value_is_that_of_every_order(values):
    test = mann_kendall(range(2000, 2000 + len(values)), values)
    assert test.distribution == "exact"
    assert test.p_value == pytest.approx(_by_every_order(values), rel=1e-14)


def test_counts_of_orders_add_up_and_are_symmetric():
    score, counts = score_counts((3, 2, 1, 1))
    assert sum(counts) == 5040 // (6 * 2)
    assert counts == counts[::-1]
    assert score[0] == -score[-1]
    assert kendall_score(np.array([1, 1, 1, 2, 2, 3, 4])).score == score[-1]


def test_the_exact_variance_is_the_formula_for_ties():
    values = np.array([1, 1, 2, 3, 3, 3, 4, 5])
    found = kendall_score(values)
    score, counts = score_counts(found.ties)
    share = np.array(counts) / sum(counts)
    assert (share * score).sum() == pytest.approx(0, abs=1e-12)
    assert (share * score**2).sum() == pytest.approx(found.variance, rel=1e-12)


def test_kendalls_table_of_the_score():
    # Kendall (1975), appendix table 1: n = 10, S = 23 has one tail of 0.023; n = 8, S = 18 of 0.016.
    assert exact_p_value(23, (1,) * 10)[0] / 2 == pytest.approx(0.023, abs=5e-4)
    assert exact_p_value(18, (1,) * 8)[0] / 2 == pytest.approx(0.016, abs=5e-4)


def test_four_years_cannot_be_significant_and_the_result_says_so():
    test = mann_kendall([2015, 2016, 2017, 2018], [1, 2, 3, 4])
    assert test.p_value == pytest.approx(2 / 24)
    assert test.notes[0] == (
        "With 4 years the smallest two-sided p-value there can be is 0.0833, "
        "so this series cannot be significant at 5 per cent whatever its values."
    )
    assert not mann_kendall([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]).notes[0].startswith("With 5 years")


def test_equal_values_can_make_a_longer_series_powerless():
    test = mann_kendall(range(6), [1, 1, 1, 1, 1, 2])
    assert "cannot be significant" in test.notes[0]
    same = mann_kendall(range(5), [2, 2, 2, 2, 2])
    assert (same.p_value, same.statistic) == (1.0, 0.0)


def test_a_long_series_takes_the_normal_curve_unless_asked():
    values = np.random.default_rng(7).normal(size=80)
    normal, exact = mann_kendall(range(80), values), mann_kendall(range(80), values, method="exact")
    assert (normal.distribution, exact.distribution) == ("normal", "exact")
    assert normal.p_value == pytest.approx(exact.p_value, abs=2e-3)


def test_the_order_of_rows_and_any_rising_scale_do_not_matter():
    rng = np.random.default_rng(11)
    year, value = np.arange(2000, 2015), rng.normal(size=15)
    test = mann_kendall(year, value)
    order = rng.permutation(15)
    assert mann_kendall(year[order], value[order]).p_value == test.p_value
    assert mann_kendall(year, np.exp(value)).p_value == test.p_value
    turned = mann_kendall(year, -value)
    assert (turned.statistic, turned.p_value) == (-test.statistic, test.p_value)


def test_what_the_result_holds():
    test = mann_kendall(
        [2010, 2012, 2014, 2016, 2018], [1.0, 2.0, 3.0, 4.0, 5.0], unit="points", keys={"area": "MNG"}
    )
    assert test.effect is not None
    assert (test.effect.estimate, test.effect.unit, test.n) == (0.5, "points per year", 5.0)
    assert test.others[0].estimate == 1.0
    assert test.keys == {"area": "MNG"}


@pytest.mark.parametrize(
    ("year", "value", "message"),
    [
        (
            [2000, 2001],
            [1, 2],
            "the Mann-Kendall test needs at least 3 years, got 2. "
            "Add years, or compare two of them with change_of_indicator.",
        ),
        (
            [2000, 2000, 2001],
            [1, 2, 3],
            "the Mann-Kendall test needs one value a year, and 2000 comes twice. "
            "Take the values from one edition.",
        ),
        (
            [2000, 2001, 2002],
            [1, np.nan, 3],
            "the Mann-Kendall test cannot take missing values; 1 of 3 years have none. "
            "Leave those years out, so that the gap is seen.",
        ),
        (
            [2000, 2001, 2002],
            [1, 2],
            "the Mann-Kendall test needs a value for each year, got 3 years and 2 values. "
            "Pass two arrays of one length.",
        ),
    ],
)
def test_what_is_refused(year, value, message):
    with pytest.raises(SeriesError) as error:
        mann_kendall(year, value)
    assert str(error.value) == message


def test_an_unknown_method_is_refused():
    with pytest.raises(SeriesError, match="Did you mean 'exact'"):
        mann_kendall([1, 2, 3], [1, 2, 3], method="exakt")


def test_corrections_need_even_years():
    for correct in (hamed_rao, yue_wang, prewhitened):
        with pytest.raises(SeriesError, match="needs evenly spaced years"):
            correct([2003, 2004, 2005, 2008, 2010], [1, 2, 3, 4, 5.5])


def test_independent_values_are_hardly_corrected_and_likeness_widens():
    rng = np.random.default_rng(3)
    year = np.arange(200)
    noise = rng.normal(size=200)
    like = np.zeros(200)
    for at in range(1, 200):
        like[at] = 0.7 * like[at - 1] + noise[at]
    assert yue_wang(year, like, lags="first").factor > 3
    assert yue_wang(year, noise, lags="first").factor == pytest.approx(1, abs=0.35)
    assert abs(prewhitened(year, like).z) < abs(kendall_score(like).z())
    test = hamed_rao(year, like).test(year, like, unit="points")
    assert test.test == "Mann-Kendall test (Hamed and Rao)"
    assert test.effect is not None


def test_a_correction_that_turns_the_variance_negative_has_no_p_value():
    year = np.arange(24)
    value = np.sin(2 * np.pi * year / 5) + 0.001 * year
    found = hamed_rao(year, value)
    assert found.factor < 0
    assert np.isnan(found.z)
    assert np.isnan(found.p_value)
    assert "no p-value" in found.test(year, value).notes[-1]


def test_seasons_are_compared_with_themselves():
    year = np.arange(12) / 4
    value = np.tile([10.0, 20.0, 30.0, 40.0], 3) + np.repeat([0, 1, 2], 4)
    found = seasonal_mann_kendall(year, value, season=np.tile([1, 2, 3, 4], 3))
    assert found.by_season == {1: 3, 2: 3, 3: 3, 4: 3}
    assert found.score == 12
    assert seasonal_sen_slope(year, value, season=np.tile([1, 2, 3, 4], 3)) == (1.0, 12)
    with pytest.raises(SeriesError, match="got 12 values and 3 seasons"):
        seasonal_mann_kendall(year, value, season=[1, 2, 3])


def test_rank_correlations_of_a_time_and_a_value():
    from scipy import stats

    x, y = np.arange(12.0), np.array([1, 3, 2, 5, 4, 4, 7, 8, 6, 9, 9, 10.0])
    tau = kendall_tau(x, y, exact=False)
    known = stats.kendalltau(x, y, method="asymptotic")
    assert (tau.effect.estimate, tau.p_value) == pytest.approx((known.statistic, known.pvalue), rel=1e-12)
    assert kendall_tau(x, y).p_value == mann_kendall(x, y).p_value
    rho = spearman_rho(x, y)
    known = stats.spearmanr(x, y)
    assert (rho.effect.estimate, rho.p_value) == pytest.approx((known.statistic, known.pvalue), rel=1e-10)
    both = np.array([1.0, 1, 2, 3])
    with pytest.raises(SeriesError, match="an exact tau needs"):
        kendall_tau(both, both, exact=True)
