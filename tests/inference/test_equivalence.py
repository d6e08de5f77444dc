"""Equivalence: against the textbook's two tests, pingouin, and the interval that it must agree with."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import equivalence
from egovstats.results import Effect, HypothesisTest


def a_test(estimate: float, std_error: float, df: float = 30.0, p_value: float = 0.5) -> HypothesisTest:
    effect = Effect("difference", estimate, np.nan, np.nan, "share", 0.95, std_error)
    return HypothesisTest("t", "", estimate / std_error, "t", (df,), p_value, effect=effect)


def test_against_pingouin() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pingouin import tost
    rng = np.random.default_rng(5)
    x, y = rng.normal(0.2, 1, 40), rng.normal(0, 1, 55)
    pooled = np.sqrt((39 * x.var(ddof=1) + 54 * y.var(ddof=1)) / 93)
    ours = equivalence(a_test(x.mean() - y.mean(), pooled * np.sqrt(1 / 40 + 1 / 55), 93), 0.5)[0]
    assert ours.p_value == pytest.approx(float(tost(x, y, bound=0.5)["pval"].iloc[0]), rel=1e-10)


def test_rejects_exactly_when_the_interval_lies_within_the_margin() -> None:
    design = design_of_waves()
    changes = eg.change(eg.proportion(design, "trust", by="year", answers=[1]), on="year", adjust="none")
    for margin in np.linspace(0.01, 0.2, 40):
        for test in equivalence(changes, float(margin), adjust="none"):
            inside = -margin < test.effect.conf_low and test.effect.conf_high < margin
            assert inside == (test.p_value < 0.05)
            assert test.effect.conf_level == pytest.approx(0.9)


def test_smallest_margin_is_where_the_p_value_is_alpha() -> None:
    found = equivalence(a_test(0.012, 0.01), 0.05)[0]
    smallest = found.others[0].estimate
    assert equivalence(a_test(0.012, 0.01), smallest)[0].p_value == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("estimate", "std_error", "p_value", "verdict"),
    [
        (0.002, 0.005, 0.7, "equivalent"),
        (0.012, 0.004, 0.005, "changed, but within the margin"),
        (0.08, 0.01, 1e-6, "changed"),
        (0.02, 0.03, 0.5, "undecided"),
    ],
)
def test_four_verdicts(estimate: float, std_error: float, p_value: float, verdict: str) -> None:
    assert equivalence(a_test(estimate, std_error, p_value=p_value), 0.03)[0].keys["verdict"] == verdict


def test_unequal_margins_and_adjustment() -> None:
    family = equivalence([a_test(0.0, 0.01), a_test(0.01, 0.01)], (-0.03, 0.05))
    assert family[0].keys["margin_low"] == -0.03
    np.testing.assert_allclose(
        [test.p_adjusted for test in family], eg.p_adjust([test.p_value for test in family], "holm")
    )
    assert family[1].null == "The difference is -0.03 or less, or 0.05 or more."


def test_what_cannot_be_tested() -> None:
    void = equivalence(a_test(0.01, float("nan")), 0.03)[0]
    assert np.isnan(void.p_value)
    assert void.keys["verdict"] == "undecided"
    with pytest.raises(EstimateError, match=r"a margin must hold 0 between its limits, got 0\.01 to 0\.03"):
        equivalence(a_test(0.01, 0.01), (0.01, 0.03))
    with pytest.raises(EstimateError, match="equivalence needs an effect with a standard error"):
        equivalence(HypothesisTest("F", "", 1.0, "F", (1.0, 2.0), 0.4), 0.03)
