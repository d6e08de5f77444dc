"""Calibration: identities, and what can't be met by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import DesignError

SEX = {"man": 480.0, "woman": 520.0}
AGE = {1: 300.0, 2: 400.0, 3: 300.0}


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    n = 240
    return pd.DataFrame(
        {
            "psu": np.arange(n) // 8,
            "stratum": np.arange(n) // 48,
            "w": rng.lognormal(1, 0.3, n),
            "sex": rng.choice(["man", "woman"], n),
            "age": rng.integers(1, 4, n),
            "y": rng.normal(10, 2, n),
            "x": rng.normal(5, 1, n),
            "answered": rng.random(n) < 0.8,
        }
    )


@pytest.fixture
def design(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


def test_calibrated_totals_have_no_variance(design: eg.Design) -> None:
    for made in (
        eg.poststratify(design, "sex", SEX),
        eg.rake(design, {"sex": SEX, "age": AGE}),
        eg.calibrate(design, "sex", {"Intercept": 1000, "sex[T.woman]": 520}),
        eg.calibrate(
            design, "sex", {"Intercept": 1000, "sex[T.woman]": 520}, method="logit", bounds=(0.1, 9)
        ),
    ):
        people = eg.total(made, "sex")
        np.testing.assert_allclose(people.estimate, [480, 520], rtol=1e-8)
        assert (people.std_error < 1e-6).all()


def test_raking_meets_every_margin_and_explains_variance(design: eg.Design) -> None:
    raked = eg.rake(design, {"sex": SEX, "age": AGE})
    np.testing.assert_allclose(eg.total(raked, "age", answers=True).estimate, list(AGE.values()), rtol=1e-9)
    before, after = eg.total(design, "y"), eg.total(raked, "y")
    assert after.std_error[0] / after.estimate[0] < before.std_error[0] / before.estimate[0]


def test_one_margin_raked_is_poststratified(design: eg.Design) -> None:
    a, b = eg.poststratify(design, "sex", SEX), eg.rake(design, {"sex": SEX})
    np.testing.assert_allclose(a.weight, b.weight)
    x, y = eg.mean(a, "y", by="age"), eg.mean(b, "y", by="age")
    np.testing.assert_allclose(x.cov, y.cov, rtol=1e-9, atol=1e-14)


def test_linear_calibration_on_cells_is_poststratification(design: eg.Design) -> None:
    a = eg.poststratify(design, "sex", SEX)
    b = eg.calibrate(design, "sex - 1", {"sex[man]": 480, "sex[woman]": 520})
    np.testing.assert_allclose(a.weight, b.weight)
    np.testing.assert_allclose(eg.mean(a, "y").std_error, eg.mean(b, "y").std_error)


def test_models_and_means_agree_on_a_calibrated_design(design: eg.Design) -> None:
    raked = eg.rake(design, {"sex": SEX, "age": AGE})
    fit, mean = eg.glm(raked, "y ~ 1"), eg.mean(raked, "y")
    assert fit.estimate[0] == pytest.approx(mean.estimate[0])
    assert fit.std_error[0] == pytest.approx(mean.std_error[0])


def test_domains_of_a_calibrated_design_borrow_across_rows(design: eg.Design) -> None:
    """Rows outside the domain have residuals too: leaving them out would change the error."""
    raked = eg.poststratify(design, "age", AGE)
    by = eg.mean(raked, "y", by="sex")
    alone = eg.mean(raked, "y", where="sex == 'man'")
    assert by.std_error[0] == pytest.approx(alone.std_error[0])


def test_steps_compose(design: eg.Design) -> None:
    """Calibrating twice to the same totals is calibrating once."""
    once = eg.poststratify(design, "sex", SEX)
    twice = eg.poststratify(once, "sex", SEX)
    np.testing.assert_allclose(once.weight, twice.weight)
    np.testing.assert_allclose(eg.mean(once, "y").cov, eg.mean(twice, "y").cov, rtol=1e-9)


def test_every_replicate_is_calibrated(design: eg.Design) -> None:
    made = eg.rake(eg.jackknife(design), {"sex": SEX, "age": AGE})
    people = eg.total(made, "sex")
    np.testing.assert_allclose(people.estimate, [480, 520], rtol=1e-8)
    assert (people.std_error < 1e-6).all()
    linear = eg.rake(design, {"sex": SEX, "age": AGE})
    assert eg.mean(made, "y").std_error[0] == pytest.approx(eg.mean(linear, "y").std_error[0], rel=0.1)


def test_trimming_keeps_the_sum(design: eg.Design) -> None:
    trimmed = eg.trim(design, lower=1.5, upper=5, strict=True)
    assert trimmed.weight.sum() == pytest.approx(design.weight.sum())
    assert trimmed.weight.max() <= 5 + 1e-9
    assert eg.weight_diagnostics(trimmed)["deff"][0] < eg.weight_diagnostics(design)["deff"][0]


def test_bounds_hold(design: eg.Design) -> None:
    totals = {"Intercept": 1000.0, "x": 5200.0}
    base = eg.poststratify(design, "sex", SEX)
    for method in ("linear", "logit", "raking"):
        made = eg.calibrate(base, "x", totals, method=method, bounds=(0.8, 1.3))
        ratio = made.weight / base.weight
        assert ratio.min() >= 0.8 - 1e-9
        assert ratio.max() <= 1.3 + 1e-9
        assert (made.weight * made.frame["x"]).sum() == pytest.approx(5200)


def test_nonresponse_moves_weight_within_cells(design: eg.Design) -> None:
    made = eg.adjust_nonresponse(design, "answered", ["sex", "age"])
    before = design.frame.assign(w=design.weight).groupby(["sex", "age"])["w"].sum()
    after = made.frame.assign(w=made.weight).groupby(["sex", "age"])["w"].sum()
    np.testing.assert_allclose(before, after)
    assert (made.weight[~made.frame["answered"]] == 0).all()


def test_standardising_gives_groups_one_composition(design: eg.Design) -> None:
    made = eg.standardise(design, "age", "sex", {1: 3, 2: 4, 3: 3})
    shares = eg.proportion(made, "age", by="sex").estimate.reshape(2, 3)
    np.testing.assert_allclose(shares, [[0.3, 0.4, 0.3]] * 2)


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        (
            {"sex": SEX | {"other": 10.0}},
            r"margin 'sex': category 'other' has a control total of 10 but no respondents",
        ),
        (
            {"sex": {"man": 480.0}},
            r"margin 'sex': 1 categories of the sample have no control total, such as 'woman'",
        ),
        (
            {"sex": SEX, "age": {1: 300.0, 2: 400.0, 3: 400.0}},
            r"'sex' and 'age' add up to different populations",
        ),
        ({"sex": {"man": -1.0, "woman": 2.0}}, r"the total of 'man' is -1.0"),
        ({}, "no margins were given"),
    ],
)
def test_margins_that_cannot_be(design: eg.Design, margins: dict, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        eg.rake(design, margins)


def test_what_cannot_be_met_is_named(design: eg.Design) -> None:
    with pytest.raises(DesignError, match=r"no weights meet the control totals: '(x|Intercept)' should be"):
        eg.calibrate(design, "x", {"Intercept": 1000, "x": 9000}, bounds=(0.9, 1.1))
    with pytest.raises(DesignError, match=r"no total for 'x'. Its columns are: Intercept, x"):
        eg.calibrate(design, "x", {"Intercept": 1000})


def test_missing_margin_is_counted(frame: pd.DataFrame) -> None:
    frame.loc[[0, 5], "sex"] = None
    with pytest.raises(DesignError, match="2 respondents have no category in margin 'sex'"):
        eg.rake(eg.Design(frame, weight="w"), {"sex": SEX})


def test_nobody_responded_in_a_cell(frame: pd.DataFrame) -> None:
    frame.loc[frame.age == 2, "answered"] = False
    with pytest.raises(DesignError, match=r"nobody responded in cell 2 of \['age'\]"):
        eg.adjust_nonresponse(eg.Design(frame, weight="w"), "answered", "age")
