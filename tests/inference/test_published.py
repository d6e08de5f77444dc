from __future__ import annotations

import math

import pytest

from egovstats.errors import EstimateError
from egovstats.inference.published import (
    newcombe_difference,
    p_value_range,
    published_change,
    tost_two_proportions,
    two_proportion_chisq,
)
from egovstats.inference.published_interval import margin_of_error, proportion_interval
from egovstats.inference.published_power import (
    n_for_significance,
    n_two_means,
    n_two_proportions,
    power_two_means,
    power_two_proportions,
)
from egovstats.inference.published_share import PublishedShare, effect_sizes
from egovstats.inference.published_summary import difference_of_estimates, p_from_statistic, pool


def test_percent_as_text_knows_its_rounding() -> None:
    share = PublishedShare.from_percent("57.6", n=1000)
    assert share.share == pytest.approx(0.576)
    assert share.half_step == pytest.approx(0.0005)
    assert PublishedShare.from_percent("57.60").half_step == pytest.approx(0.00005)
    assert PublishedShare.from_percent(57.6).half_step == 0


def test_newcombe_published_checks() -> None:
    # Newcombe (1998), table II: 56/70 v 48/80 by method 10 and 11, and 10/10 v 0/20
    first, second = PublishedShare(56 / 70, 70), PublishedShare(48 / 80, 80)
    assert newcombe_difference(first, second) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe_difference(first, second, continuity=True) == pytest.approx((0.0428, 0.3422), abs=5e-5)
    all_none = newcombe_difference(PublishedShare(1, 10), PublishedShare(0, 20))
    assert all_none == pytest.approx((0.6791, 1), abs=5e-5)


def test_change_turns_round_with_its_arguments() -> None:
    before, after = PublishedShare(0.62, 1000, 1.5), PublishedShare(0.53, 1200, 1.5)
    fall, rise = published_change(before, after), published_change(after, before)
    assert fall.effect is not None
    assert rise.effect is not None
    assert fall.effect.estimate == pytest.approx(-0.09)
    assert fall.p_value == pytest.approx(rise.p_value)
    assert fall.effect.conf_low == pytest.approx(-rise.effect.conf_high)
    assert fall.others[0].estimate == pytest.approx(1 / rise.others[0].estimate)


def test_design_effect_is_the_same_as_fewer_respondents() -> None:
    wide = published_change(PublishedShare(0.62, 1000, 2), PublishedShare(0.53, 1200, 2))
    few = published_change(PublishedShare(0.62, 500), PublishedShare(0.53, 600))
    assert wide.p_value == pytest.approx(few.p_value)
    for one, other in zip(wide.others, few.others, strict=True):
        assert (one.conf_low, one.conf_high) == pytest.approx((other.conf_low, other.conf_high))


def test_without_n_there_is_no_p_value_but_a_reason() -> None:
    test = published_change(PublishedShare(0.62), PublishedShare(0.53, 1000))
    assert math.isnan(test.p_value)
    assert test.notes == (
        "no p-value: the number of respondents is not published for both surveys",
        "significant at 0.05 from n = 230 in each survey",
    )


def test_shares_without_variance_have_a_reason_instead_of_a_p_value() -> None:
    test = published_change(PublishedShare(0, 100), PublishedShare(0, 100))
    assert math.isnan(test.p_value)
    assert test.notes == (
        "in each survey nobody or everybody gave the answer, so there is no sampling error to see",
    )


@pytest.mark.parametrize(("deff", "n"), [(1, 230), (1.5, 345), (2, 460)])
def test_n_for_significance_is_the_first_significant_n(deff: float, n: int) -> None:
    assert n_for_significance(0.62, 0.53, deff1=deff, deff2=deff) == n

    def p_value(size: int) -> float:
        pair = (PublishedShare(0.62, size, deff), PublishedShare(0.53, size, deff))
        return published_change(*pair).p_value

    assert p_value(n) <= 0.05 < p_value(n - 1)


def test_p_value_range_covers_every_rounding() -> None:
    before = PublishedShare.from_percent("42", n=400)
    after = PublishedShare.from_percent("39", n=400)
    low, high = p_value_range(before, after)
    inside = [
        published_change(PublishedShare(0.42 + a / 1000, 400), PublishedShare(0.39 + b / 1000, 400)).p_value
        for a in range(-5, 6)
        for b in range(-5, 6)
    ]
    assert low == pytest.approx(min(inside))
    assert high == pytest.approx(max(inside))
    near = PublishedShare.from_percent("41", n=400)
    assert p_value_range(before, near)[1] == 1


def test_margins_of_error_in_print() -> None:
    assert [round(100 * margin_of_error(0.5, n), 1) for n in (1200, 2000, 3600)] == [2.8, 2.2, 1.6]
    assert margin_of_error(0.5, 100, population=100) == 0
    with pytest.raises(EstimateError, match="n must lie between 0 and the population"):
        margin_of_error(0.5, 200, population=100)


def test_intervals_hold_their_estimate_and_stay_in_range() -> None:
    for method in ("wilson", "clopper_pearson", "jeffreys"):
        for share in (0.0, 0.3, 1.0):
            low, high = proportion_interval(share, 40, method=method)
            assert 0 <= low <= share <= high <= 1
    with pytest.raises(EstimateError, match=r"there is no interval method 'wilsn'. Did you mean 'wilson'\?"):
        proportion_interval(0.5, 10, method="wilsn")
    with pytest.raises(EstimateError, match="no continuity correction of 'wald'"):
        proportion_interval(0.5, 10, method="wald", continuity=True)


def test_power_and_n_undo_each_other() -> None:
    n = n_two_proportions(0.62, 0.53, power=0.9, deff=1.5)
    assert power_two_proportions(0.62, 0.53, n=n, deff=1.5) == pytest.approx(0.9)
    assert power_two_means(2, 10, n=n_two_means(2, 10, power=0.7)) == pytest.approx(0.7)
    with pytest.raises(EstimateError, match="no n can show a difference"):
        n_two_proportions(0.5, 0.5)


def test_chi_square_is_the_square_of_the_pooled_z() -> None:
    first, second = PublishedShare(0.4, 300), PublishedShare(0.5, 250)
    z = published_change(second, first, pooled=True)
    plain = two_proportion_chisq(first, second, continuity=False)
    assert plain.statistic == pytest.approx(z.statistic**2)
    assert two_proportion_chisq(first, second).statistic < plain.statistic
    with pytest.raises(EstimateError, match="needs n of both shares and simple random sampling"):
        two_proportion_chisq(first, PublishedShare(0.5, 250, 1.5))


def test_equivalence_is_the_interval_inside_the_margins() -> None:
    first, second = PublishedShare(0.41, 1003), PublishedShare(0.405, 998)
    for margin in (0.02, 0.05):
        tests = tost_two_proportions(first, second, low=-margin, high=margin)
        effect = tests[0].effect
        assert effect is not None
        inside = -margin < effect.conf_low and effect.conf_high < margin
        assert (max(test.p_value for test in tests) <= 0.05) == inside
    with pytest.raises(EstimateError, match="margins must rise"):
        tost_two_proportions(first, second, low=0.1, high=-0.1)


def test_ratios_of_zero_have_no_interval() -> None:
    odds, risk, h = effect_sizes(PublishedShare(0.1, 100), PublishedShare(0, 100))
    assert math.isnan(odds.estimate)
    assert math.isnan(risk.conf_low)
    assert h.conf_low < h.estimate < h.conf_high


@pytest.mark.parametrize("wrong", [{"share": 62}, {"share": 0.5, "n": 0}, {"share": 0.5, "deff": -1}])
def test_impossible_shares_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(EstimateError):
        PublishedShare(**wrong)
    with pytest.raises(EstimateError, match=r"got '57\.6%'"):
        PublishedShare.from_percent("57.6%")


def test_p_values_from_statistics() -> None:
    assert p_from_statistic("z", 1.959963984540054) == pytest.approx(0.05)
    assert p_from_statistic("chi2", 3.841458820694124, df=[1]) == pytest.approx(0.05)
    assert p_from_statistic("F", 2.5**2, df=[1, 30]) == pytest.approx(p_from_statistic("t", 2.5, df=[30]))
    assert p_from_statistic("r", 0.5, df=[8]) == pytest.approx(
        p_from_statistic("t", 1.632993161855452, df=[8])
    )
    with pytest.raises(EstimateError, match="F has 2 degrees of freedom, got 1"):
        p_from_statistic("F", 3.0, df=[2])


def test_correlated_errors_narrow_a_difference() -> None:
    apart = difference_of_estimates(1.0, 0.5, std_error1=0.2, std_error2=0.2)
    tied = difference_of_estimates(1.0, 0.5, std_error1=0.2, std_error2=0.2, correlation=0.5)
    assert apart.statistic == pytest.approx(0.5 / math.hypot(0.2, 0.2))
    assert tied.statistic == pytest.approx(0.5 / 0.2)


def test_pooling_equal_estimates_only_adds_precision() -> None:
    found = pool([0.4, 0.4], [0.02, 0.02], random=True)
    assert (found.estimate, found.tau_squared, found.i_squared) == pytest.approx((0.4, 0, 0))
    assert found.std_error == pytest.approx(0.02 / math.sqrt(2))
    with pytest.raises(EstimateError, match="pooling needs two estimates or more"):
        pool([0.4], [0.02])
