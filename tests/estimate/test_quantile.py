"""Quantiles: against numpy, by hand, over random designs, at the edges."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.estimate.quantile_buckets import BucketCurve
from egovstats.estimate.quantile_curves import EachCurve, StackedCurves, each_curve
from egovstats.estimate.quantile_rules import RULES, Curve, invert
from random_samples import design_of, random_sample

PROBS = [0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.95]
NUMPY = {
    "hf1": "inverted_cdf",
    "math": "inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "school": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
    "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}
SCALE_FREE = sorted(set(RULES) - {"shahvaish"})
quick = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 10_000)


@pytest.mark.parametrize(("rule", "method"), NUMPY.items())
@pytest.mark.parametrize("n", [2, 7, 20, 41])
def test_equal_weights_give_hyndman_and_fans_types(rule: str, method: str, n: int) -> None:
    x = np.random.default_rng(n).normal(size=n)
    found = eg.quantile(eg.Design(pd.DataFrame({"x": x})), "x", [0, *PROBS, 1], rule=rule)
    np.testing.assert_allclose(found.estimate, np.quantile(x, [0, *PROBS, 1], method=method), rtol=1e-12)


@pytest.mark.parametrize("rule", ["math", "school", "hf1", "hf2"])
def test_whole_weights_are_repeated_respondents(rule: str) -> None:
    frame = pd.DataFrame({"x": [3.0, 1.0, 4.0, 1.5], "w": [2.0, 3.0, 1.0, 4.0]})
    repeated = pd.DataFrame({"x": np.repeat(frame.x, frame.w.astype(int))})
    weighted = eg.quantile(eg.Design(frame, weight="w"), "x", PROBS, rule=rule).estimate
    np.testing.assert_array_equal(weighted, eg.quantile(eg.Design(repeated), "x", PROBS, rule=rule).estimate)


def test_type_three_keeps_the_even_answer_where_the_share_is_met() -> None:
    x = eg.Design(pd.DataFrame({"x": [1.0, 2, 3, 4]}))
    assert eg.quantile(x, "x", [0.25, 0.5, 0.75, 0.6], rule="hf3").estimate.tolist() == [2, 2, 4, 3]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_constant_is_every_quantile_of_itself(rule: str) -> None:
    frame = pd.DataFrame({"x": [7.0] * 6, "w": [1.0, 2, 3, 4, 5, 6]})
    found = eg.quantile(eg.Design(frame, weight="w"), "x", PROBS, rule=rule)
    assert found.estimate.tolist() == [7.0] * len(PROBS)
    if rule != "shahvaish":  # its shares depend on the scale of the weights
        assert np.nanmax(found.std_error) == 0


@quick
@given(seeds, st.sampled_from(sorted(RULES)))
def test_quantiles_rise_with_the_share_and_stay_within_the_answers(seed: int, rule: str) -> None:
    frame = random_sample(seed)
    found = eg.quantile(design_of(frame), "y", [0, *PROBS, 1], by="group", rule=rule)
    for _, rows in found.keys.groupby("group"):
        values = found.estimate[rows.index]
        assert (np.diff(values) >= -1e-9).all()
        assert values.min() >= frame.y.min()
        assert values.max() <= frame.y.max()


@quick
@given(seeds, st.sampled_from(SCALE_FREE), st.sampled_from(["mean", "beta", "xlogit", "arcsine", "score"]))
def test_row_order_and_weight_scale_do_not_matter(seed: int, rule: str, interval: str) -> None:
    frame = random_sample(seed)
    mixed = frame.sample(frac=1, random_state=seed).assign(w=lambda d: d.w * 37)
    found, other = (
        eg.quantile(design_of(each), "y", [0.3, 0.5], by="wave", rule=rule, interval=interval)
        for each in (frame, mixed)
    )
    np.testing.assert_allclose(found.estimate, other.estimate, rtol=1e-9)
    np.testing.assert_allclose(found.conf_int(), other.conf_int(), rtol=1e-7)
    np.testing.assert_allclose(found.cov, other.cov, rtol=1e-6, atol=1e-12)


@quick
@given(seeds)
def test_a_domain_is_a_group_and_keeps_the_design(seed: int) -> None:
    design = design_of(random_sample(seed))
    by = eg.quantile(design, "y", [0.25, 0.5], by=["wave", "group"])
    where = eg.quantile(design, "y", [0.25, 0.5], where="wave == 2020 and group == 'b'")
    same = by.select(((by.keys.wave == 2020) & (by.keys.group == "b")).to_numpy())
    np.testing.assert_array_equal(same.estimate, where.estimate)
    np.testing.assert_allclose(same.conf_int(), where.conf_int())
    np.testing.assert_array_equal(same.df, where.df)


@quick
@given(seeds, st.integers(1, 4))
def test_buckets_find_what_sorting_finds(seed: int, digits: int) -> None:
    rng = np.random.default_rng(seed)
    y, weight = np.round(rng.lognormal(0, 2, 500), digits), rng.lognormal(0, 1, 500)
    p = np.concatenate([rng.random(20), [0, 1e-9, 0.5, 1 - 1e-9, 1]])
    sorted_one, buckets = Curve.of(y, weight, rule="math"), BucketCurve(y, weight)
    np.testing.assert_array_equal(invert(sorted_one, p, "math"), invert(buckets, p, "math"))
    np.testing.assert_array_equal(sorted_one.x, buckets.x)


@quick
@given(seeds)
def test_small_domains_together_find_what_each_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, weight = np.round(rng.normal(size=300), 1), rng.lognormal(0, 2, 300)
    group = rng.integers(0, 12, 300)
    rows = [np.flatnonzero(group == g) for g in range(14)]  # the last two are empty
    p = np.concatenate(
        [rng.random((14, 5)), np.tile([-0.1, 0, 1e-12, 1 - 1e-12, 1, 1.1, np.nan], (14, 1))], axis=1
    )
    together, apart = (
        StackedCurves(y, weight, rows),
        EachCurve(each_curve(y, weight, rows, "math", "weight"), "math"),
    )
    np.testing.assert_array_equal(together.turn(p), apart.turn(p))
    np.testing.assert_array_equal(together.turn(np.stack([p, p]))[1], apart.turn(p))


def test_many_respondents_go_through_buckets_and_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"x": rng.normal(size=9000).round(2), "w": rng.lognormal(0, 1, 9000)})
    design = eg.Design(frame, weight="w")
    by_buckets = eg.quantile(design, "x", [0.1, 0.5])
    monkeypatch.setattr(sys.modules["egovstats.estimate.quantile_curves"], "WORTH", 10**9)
    by_sorting = eg.quantile(design, "x", [0.1, 0.5])
    np.testing.assert_array_equal(by_buckets.estimate, by_sorting.estimate)
    np.testing.assert_array_equal(by_buckets.conf_int(), by_sorting.conf_int())


def test_woodruffs_interval_by_hand() -> None:
    x = np.arange(1.0, 101.0)
    found = eg.quantile(eg.Design(pd.DataFrame({"x": x})), "x", 0.5)
    # Half of 100 lie at or below 50; the share's standard error is sqrt(.5 * .5 / 99), t(99) is 1.984217.
    assert found.estimate[0] == 50
    low, high = (int(np.ceil(100 * (0.5 + sign * 1.984217 * np.sqrt(0.25 / 99)))) for sign in (-1, 1))
    assert [float(each[0]) for each in found.conf_int()] == [low, high] == [41.0, 60.0]
    assert found.std_error[0] == pytest.approx((high - low) / (2 * 1.984217), rel=1e-6)


def test_other_levels_and_degrees_of_freedom_move_the_limits() -> None:
    design = design_of(random_sample(11))
    found = eg.quantile(design, "x", 0.5)
    wide, narrow = (np.ravel(found.conf_int(level)) for level in (0.99, 0.5))
    assert wide[0] < narrow[0] <= found.estimate[0] <= narrow[1] < wide[1]
    again = eg.quantile(design, "x", 0.5, conf_level=0.99)
    np.testing.assert_array_equal(np.ravel(again.conf_int(0.99)), wide)
    normal = eg.quantile(design, "x", 0.5, df=np.inf)
    assert normal.conf_int(df=np.inf)[1][0] <= found.conf_int()[1][0]


def test_score_limits_are_the_answers_the_test_does_not_reject() -> None:
    frame = random_sample(3)
    design = design_of(frame)
    found = eg.quantile(design, "y", 0.4, interval="score")
    below = eg.distribution(design, "y")
    with np.errstate(divide="ignore"):
        score = (0.4 - below.estimate) / below.std_error
    at, t = below.keys["at"].to_numpy(), 2 * found.margin()[0] / (2 * found.std_error[0])
    assert found.conf_int()[0][0] == at[score <= t][0]
    assert found.conf_int()[1][0] == at[score < -t][0]


def test_changes_of_medians_come_from_the_joint_covariance() -> None:
    design = design_of(random_sample(8, least=3))
    found = eg.quantile(design, "x", 0.5, by="wave")
    assert found.cov[0, 1] == 0  # waves share no stratum
    test = eg.change(found, on="wave")[0]
    assert test.effect is not None
    assert test.effect.std_error == pytest.approx(np.sqrt(found.variance.sum()))
    pair = eg.quantile(design, "x", [0.4, 0.5])
    assert 0 < pair.cov[0, 1] <= np.sqrt(pair.variance.prod()) * (1 + 1e-12)


def test_replicated_quantiles_match_the_formula() -> None:
    frame = random_sample(4)
    design = eg.jackknife(design_of(frame))
    found = eg.quantile(design, "x", [0.25, 0.5], interval="quantile", rule="hf7")
    moved = np.array(
        [
            invert(Curve.of(frame.x.to_numpy()[w > 0], w[w > 0], rule="hf7"), np.array([0.25, 0.5]), "hf7")
            for w in design.replicate_weights()
        ]
    )
    variance = (design.scheme.deviations(moved, found.estimate) ** 2).sum(axis=0)
    np.testing.assert_allclose(found.variance, variance)
    low, high = found.conf_int()
    np.testing.assert_allclose((low + high) / 2, found.estimate)


def test_limits_beyond_the_answers_are_unknown_and_said_to_be() -> None:
    design = eg.Design(pd.DataFrame({"x": np.arange(20.0)}))
    found = eg.quantile(design, "x", [0.05, 0.5])
    assert np.isnan(found.std_error).tolist() == [True, False]
    assert found.notes == (
        "1 of 2 quantiles lie too near an end for an interval at level 0.95 of this kind; interval='beta' or "
        "'xlogit' may have one",
    )
    assert np.isfinite(eg.quantile(design, "x", 0.05, interval="beta").conf_int()[1]).all()


@pytest.mark.parametrize("rule", ["hf5", "hf6", "hf7", "hf8", "hf9"])
def test_a_line_that_passes_through_an_answer_gives_that_answer(rule: str) -> None:
    """Off by rounding, the share at or below the median would lack everyone who gave it."""
    for n in range(3, 400, 2):
        y = np.arange(n) * 3.0
        curve = Curve.of(y, np.full(n, 6194 / 200), rule=rule)
        assert invert(curve, np.array([0.5]), rule)[0] == y[n // 2]


def test_equal_answers_come_by_weight_or_by_row() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 2.0, 3.0], "w": [1.0, 4.0, 1.0, 2.0]})
    back = frame.iloc[::-1]
    one, other = (eg.Design(each, weight="w") for each in (frame, back))
    for p in (0.2, 0.3, 0.7):
        same = [eg.quantile(each, "x", p, rule="hf4").estimate[0] for each in (one, other)]
        assert same[0] == same[1]
    # Shares reached, the heavy 2 first: 1/8, 5/8, 6/8, 8/8; the light one first: 1/8, 2/8, 6/8, 8/8.
    assert eg.quantile(one, "x", 0.25, rule="hf4", ties="row").estimate[0] == pytest.approx(1.25)
    assert eg.quantile(other, "x", 0.25, rule="hf4", ties="row").estimate[0] == 2
    assert eg.quantile(one, "x", 0.25, rule="hf4").estimate[0] == 2


def test_a_domain_without_answers_is_void() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, np.nan], "g": ["a", "a", "a", "b"]})
    found = eg.quantile(eg.Design(frame), "x", 0.5, by="g")
    assert found.estimate[0] == 2
    assert np.isnan(found.estimate[1])
    assert found.n.tolist() == [3, 0]
    assert found.notes[0] == "1 of 2 estimates have no respondents in their base"


def test_zero_weights_take_no_part() -> None:
    frame = pd.DataFrame({"x": [1.0, 2, 3, 100], "w": [1.0, 1, 1, 0]})
    assert eg.quantile(eg.Design(frame, weight="w"), "x", 1.0, rule="hf7").estimate[0] == 3


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        ({"probs": 1.5}, "probs must be shares from 0 to 1, got 1.5. Pass 0.5 for the median."),
        ({"probs": []}, "probs must be shares from 0 to 1, got []. Pass 0.5 for the median."),
        ({"rule": "hf10"}, "there is no quantile rule 'hf10'. Did you mean 'hf1'?"),
        ({"ties": "first"}, "ties cannot be 'first'. There are: 'weight', 'row'."),
        (
            {"interval": "wilson"},
            "quantiles have no interval 'wilson'. There are: 'mean', 'beta', 'xlogit', 'arcsine', 'score', "
            "'quantile'.",
        ),
        (
            {"interval": "quantile"},
            "interval='quantile' replicates the quantile, and this design has no replicate weights. Make them "
            "with bootstrap(design) or brr(design), or use interval='mean'.",
        ),
    ],
)
def test_what_is_refused(ask: dict[str, object], message: str) -> None:
    design = eg.Design(pd.DataFrame({"x": [1.0, 2.0, 3.0]}))
    with pytest.raises(EstimateError) as error:
        eg.quantile(design, "x", **ask)  # type: ignore[arg-type]
    assert str(error.value) == message
