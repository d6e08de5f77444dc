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


def test_trimming_once_spreads_over_those_not_cut() -> None:
    """Weights at a bound are not cut, so they take their part of the excess, as in R."""
    design = eg.Design(pd.DataFrame({"w": [1.0, 4.0, 6.0, 9.0, 0.0]}), weight="w")
    assert eg.trim(design, upper=6).weight.tolist() == [2.0, 5.0, 7.0, 6.0, 0.0]
    # Round by round: 2, 5, 7, 6; 2.33, 5.33, 6, 6.33; ... the two inside share what bounces off the bound.
    inside = eg.trim(design, lower=2, upper=6, strict=True).weight
    assert inside.tolist() == pytest.approx([2.5, 5.5, 6.0, 6.0, 0.0])
    assert inside.max() <= 6
    assert eg.trim(design, upper=2).weight.tolist() == [14.0, 2.0, 2.0, 2.0, 0.0]
    with pytest.raises(DesignError, match=r"weights with mean 5 cannot be trimmed to 0\.\.2"):
        eg.trim(design, upper=2, strict=True)


def test_raking_residuals_are_those_of_calibration_or_of_equal_weights(design: eg.Design) -> None:
    """The same weights by Newton's method have the same variance; equal weights make both regressions one."""
    totals = {"Intercept": 1000.0, "sex[T.woman]": 520, "C(age)[T.2]": 400, "C(age)[T.3]": 300}
    raked = eg.rake(design, {"sex": SEX, "age": AGE})
    newton = eg.calibrate(design, "sex + C(age)", totals, method="raking")
    np.testing.assert_allclose(raked.weight, newton.weight)
    np.testing.assert_allclose(eg.mean(raked, "y").cov, eg.mean(newton, "y").cov, rtol=1e-8)
    other = eg.rake(design, {"sex": SEX, "age": AGE}, regression="unweighted")
    assert eg.mean(other, "y").variance[0] != pytest.approx(eg.mean(raked, "y").variance[0], rel=1e-6)
    assert (eg.total(other, "sex").std_error < 1e-6).all()
    even = eg.Design(design.frame.assign(w=2.0), weight="w", stratum="stratum", psu="psu")
    both = [eg.rake(even, {"sex": SEX, "age": AGE}, regression=r) for r in ("weighted", "unweighted")]
    np.testing.assert_allclose(eg.mean(both[0], "y").cov, eg.mean(both[1], "y").cov)


def test_a_population_frame_gives_the_totals(design: eg.Design) -> None:
    rng = np.random.default_rng(3)
    people = pd.DataFrame({"sex": rng.choice(["man", "woman"], 900), "x": rng.normal(5, 1, 900)})
    named = {"Intercept": 900.0, "sex[T.woman]": (people.sex == "woman").sum(), "x": people.x.sum()}
    a, b = eg.calibrate(design, "sex + x", people), eg.calibrate(design, "sex + x", named)
    np.testing.assert_array_equal(a.weight, b.weight)
    dotted = eg.Design(design.frame.rename(columns={"x": "x.1"}), weight="w", stratum="stratum", psu="psu")
    c = eg.calibrate(dotted, "sex * `x.1`", people.rename(columns={"x": "x.1"}))
    assert eg.total(c, "x.1").estimate[0] == pytest.approx(people.x.sum())
    with pytest.raises(DesignError, match=r"no total for 'sex\[T.woman\]'. Its columns are"):
        eg.calibrate(design, "sex + x", people[people.sex == "man"])
    with pytest.raises(DesignError, match="1 units have no 'x', which the calibration needs"):
        eg.calibrate(design, "sex + x", people.assign(x=people.x.where(people.index > 0)))


def test_diagnostics_before_and_after(design: eg.Design) -> None:
    made = eg.rake(design, {"sex": SEX, "age": AGE})
    table = eg.weight_diagnostics(made, before=design)
    assert table["weights"].tolist() == ["before", "now"]
    assert table["population"].tolist() == pytest.approx([design.weight.sum(), 1000])
    factor = made.weight / design.weight
    assert table["smallest_factor"][1] == factor.min()
    assert table["largest_factor"][1] == factor.max()
    with pytest.raises(DesignError, match="before has 2 respondents and this one 240"):
        eg.weight_diagnostics(made, before=eg.Design(pd.DataFrame({"y": [1, 2]})))


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


def test_margins_that_no_weights_meet_together_are_named() -> None:
    """Every woman is old, so as many women as old people must be asked for."""
    frame = pd.DataFrame({"sex": ["man", "man", "woman"], "age": ["young", "old", "old"]})
    margins = {"sex": {"man": 40, "woman": 60}, "age": {"young": 60, "old": 40}}
    with pytest.raises(
        DesignError, match=r"category '(man|woman)' of margin 'sex' should be \d+ and comes to"
    ):
        eg.rake(eg.Design(frame), margins, max_steps=50)
    with pytest.raises(DesignError, match=r"replicate 3 of 3: .* margin 'sex'"):
        eg.rake(eg.jackknife(eg.Design(frame)), {"sex": {"man": 40, "woman": 60}}, max_steps=50)


def test_a_replicate_that_lacks_a_category_is_named() -> None:
    frame = pd.DataFrame({"sex": ["man", "man", "woman"]})
    with pytest.raises(
        DesignError, match="replicate 3 of 3: margin 'sex': category 'woman' has a control total of 60 and no"
    ):
        eg.poststratify(eg.jackknife(eg.Design(frame)), "sex", {"man": 40, "woman": 60})


def test_a_category_that_nobody_has_cannot_be_calibrated_to(design: eg.Design) -> None:
    frame = design.frame.assign(empty=0.0, negative=-1.0)
    other = eg.Design(frame, weight="w")
    with pytest.raises(DesignError, match="'empty' should be 5, and no respondent has it"):
        eg.calibrate(other, "empty", {"Intercept": 1000, "empty": 5})
    with pytest.raises(DesignError, match="the control total of 'x' is nan"):
        eg.calibrate(other, "x", {"Intercept": 1000, "x": np.nan})
    with pytest.raises(DesignError, match="240 respondents have no spread above 0 in 'negative'"):
        eg.calibrate(other, "x - 1", {"x": 5000}, spread="negative")


def test_standardising_needs_every_category_in_every_group(design: eg.Design) -> None:
    frame = design.frame
    frame = frame[~((frame.sex == "man") & (frame.age == 3))]
    with pytest.raises(DesignError, match="group 'man' has no respondents in category 3 of 'age'"):
        eg.standardise(eg.Design(frame, weight="w"), "age", "sex", AGE)


def test_missing_margin_is_counted(frame: pd.DataFrame) -> None:
    frame.loc[[0, 5], "sex"] = None
    with pytest.raises(DesignError, match="2 respondents have no category in margin 'sex'"):
        eg.poststratify(eg.Design(frame, weight="w"), "sex", SEX)
    with pytest.raises(DesignError, match="2 respondents have no category in margin 'sex'"):
        eg.rake(eg.Design(frame, weight="w"), {"sex": SEX})


def test_nobody_responded_in_a_cell(frame: pd.DataFrame) -> None:
    frame.loc[frame.age == 2, "answered"] = False
    with pytest.raises(DesignError, match=r"nobody responded in cell 2 of \['age'\]"):
        eg.adjust_nonresponse(eg.Design(frame, weight="w"), "answered", "age")


@pytest.mark.parametrize("kind", ["string", "str", object, "category"])
def test_words_of_every_kind_are_categories(kind: object) -> None:
    frame = pd.DataFrame(
        {"sex": ["f", "m", "m", "f", "f"], "w": 1.0, "n": pd.array([1, 2, 3, 4, 5], "Int64")}
    )
    design = eg.Design(frame.assign(sex=frame["sex"].astype(kind)), weight="w")
    found = eg.calibrate(design, "sex + n", {"Intercept": 10, "sex[T.m]": 5, "n": 30})
    np.testing.assert_allclose(found.weight @ (frame.sex == "m"), 5)
    np.testing.assert_allclose(found.weight @ frame.n.astype(float), 30)
