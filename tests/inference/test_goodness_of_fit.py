"""Goodness of fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import egovstats as eg
from egovstats.errors import EstimateError
from random_samples import design_of, random_sample

REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "data"


def test_two_answers_of_a_simple_random_sample_are_the_squared_t_of_the_share() -> None:
    frame = pd.DataFrame({"a": [0] * 33 + [1] * 17})
    test = eg.goodness_of_fit(eg.Design(frame), "a", [0.5, 0.5])
    share = eg.proportion(eg.Design(frame), "a").select([1])
    assert test.statistic == pytest.approx(((share.estimate - 0.5) / share.std_error)[0] ** 2)
    assert test.df == pytest.approx((1, 49))
    assert test.p_value == pytest.approx(2 * stats.t.sf(np.sqrt(test.statistic), 49))
    assert test.pearson == pytest.approx(stats.chisquare([33, 17]).statistic)


def test_shares_by_name_or_by_order_and_in_any_scale() -> None:
    design = design_of(random_sample(4))
    by_order = eg.goodness_of_fit(design, "z", [0.5, 0.3, 0.2])
    by_name = eg.goodness_of_fit(design, "z", {"w": 20, "u": 50, "v": 30})
    assert by_order.statistic == pytest.approx(by_name.statistic)
    assert by_order.expected.to_numpy().sum() == pytest.approx(by_order.observed.to_numpy().sum())


def test_references_agree_where_they_should() -> None:
    design = design_of(random_sample(4))
    tests = {
        name: eg.goodness_of_fit(design, "z", [0.4, 0.35, 0.25], statistic=name)
        for name in ("F", "satterthwaite", "lincom", "saddlepoint")
    }
    p = {name: test.p_value for name, test in tests.items()}
    assert p["satterthwaite"] == pytest.approx(p["lincom"], abs=0.02)
    assert p["saddlepoint"] == pytest.approx(p["lincom"], abs=0.02)
    assert p["F"] > p["satterthwaite"] * 0.9
    assert len({test.pearson for test in tests.values()}) == 1
    assert tests["satterthwaite"].statistic * tests["satterthwaite"].scale == tests["F"].pearson


def test_the_estimated_shares_fit() -> None:
    design = design_of(random_sample(4))
    test = eg.goodness_of_fit(design, "z", eg.proportion(design, "z").estimate.tolist())
    assert test.statistic == pytest.approx(0, abs=1e-20)
    assert test.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ([0.5, 0.5], "2 shares for the 3 answers to 'z' (['u', 'v', 'w']). Give each one."),
        ([0.5, 0.5, 0], "shares of 'z' must be above 0, got 0. Join rare answers."),
        (
            {"u": 1, "v": 1},
            "shares leaves out 'w' of the answers to 'z' (['u', 'v', 'w']). Give each a share.",
        ),
        (
            {"u": 1, "v": 1, "w": 1, "x": 1},
            "shares names 'x', which is none of the answers to 'z' (['u', 'v', 'w']). Give each a share.",
        ),
    ],
)
def test_what_is_refused(shares: object, message: str) -> None:
    with pytest.raises(EstimateError) as error:
        eg.goodness_of_fit(design_of(random_sample(4)), "z", shares)  # type: ignore[arg-type]
    assert str(error.value) == message


def test_one_answer_has_nothing_to_vary() -> None:
    test = eg.goodness_of_fit(eg.Design(pd.DataFrame({"a": [1, 1, 1]})), "a", [1.0])
    assert np.isnan(test.p_value)
    assert test.notes == ("no variance: the PSUs of each stratum are alike",)


def test_order_of_the_answers_does_not_matter() -> None:
    """R's svygofchisq (survey 4.1-1) of the levels named a, b, c in order: 65.6583281, 1.743415262, 1.968305045.

    Of the same levels as low, mid, high it prints the scale 1.943324223: it puts the expected counts in the
    alphabetical order of the names, the observed ones in that of the levels.
    """
    frame = pd.read_csv(REFERENCE / "trustwaves.csv")
    design = eg.Design(frame, weight="wt", stratum="stratum", psu="psu", nest=True)
    shares = {"low": 0.3, "mid": 0.4, "high": 0.3}
    test = eg.goodness_of_fit(design, "edu_f", shares, statistic="satterthwaite")
    assert test.pearson == pytest.approx(65.6583281, rel=1e-8)
    assert test.scale == pytest.approx(1.743415262, rel=1e-8)
    assert test.df[0] == pytest.approx(1.968305045, rel=1e-8)


def test_replicates_are_linearised_like_r() -> None:
    """R: svygofchisq(~comp.imp, p=c(.3, .7), as.svrepdesign(dclus1)) prints scale 28.393983939, p 0.3881407523."""
    frame = pd.read_csv(REFERENCE / "apiclus1.csv")
    design = eg.jackknife(eg.Design(frame, weight="pw", psu="dnum"))
    test = eg.goodness_of_fit(design, "comp.imp", [0.3, 0.7], statistic="satterthwaite")
    assert test.scale == pytest.approx(28.393983939, rel=1e-8)
    assert test.p_value == pytest.approx(0.3881407523, rel=1e-8)
