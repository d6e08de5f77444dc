"""Design-based regression at its edges, and where it must agree with something simpler."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    n = 300
    return pd.DataFrame(
        {
            "psu": np.arange(n) // 10,
            "w": rng.lognormal(0, 0.4, n),
            "age": rng.integers(18, 80, n),
            "edu level": rng.choice(["low", "mid", "high"], n),
            "y": (rng.random(n) < 0.4).astype(float),
            "score": rng.normal(5, 2, n),
        }
    )


def test_intercept_alone_is_the_mean(frame: pd.DataFrame) -> None:
    design = eg.Design(frame, weight="w", psu="psu")
    fit, mean = eg.glm(design, "score ~ 1"), eg.mean(design, "score")
    assert fit.estimate[0] == pytest.approx(mean.estimate[0])
    assert fit.std_error[0] == pytest.approx(mean.std_error[0])
    assert fit.df_residual == mean.df[0]


def test_saturated_logit_gives_the_shares(frame: pd.DataFrame) -> None:
    design = eg.Design(frame, weight="w", psu="psu")
    fit = eg.glm(design, "y ~ `edu level` - 1", family="binomial")
    shares = eg.mean(design, "y", by="edu level")
    np.testing.assert_allclose(1 / (1 + np.exp(-fit.estimate)), shares.estimate)
    slope = shares.estimate * (1 - shares.estimate)
    np.testing.assert_allclose(fit.std_error * slope, shares.std_error)


def test_unknown_name_in_a_formula(frame: pd.DataFrame) -> None:
    with pytest.raises(
        EstimateError, match=r"the formula names 'agee', which is no column. Did you mean 'age'"
    ):
        eg.glm(eg.Design(frame), "y ~ agee")
    with pytest.raises(EstimateError, match="cannot be read"):
        eg.glm(eg.Design(frame), "y ~ age +* ")
    with pytest.raises(EstimateError, match="has no outcome"):
        eg.glm(eg.Design(frame), "age")


def test_outcome_that_the_family_cannot_have(frame: pd.DataFrame) -> None:
    with pytest.raises(
        EstimateError, match=r"a binomial model needs 0 or 1 .*'age' holds other values \(300 of 300\)"
    ):
        eg.glm(eg.Design(frame), "age ~ score", family="binomial")
    with pytest.raises(EstimateError, match=r"there is no family 'binomal'. Did you mean 'binomial'"):
        eg.glm(eg.Design(frame), "y ~ age", family="binomal")
    with pytest.raises(EstimateError, match="the poisson family takes no 'logit' link"):
        eg.glm(eg.Design(frame), "y ~ age", family="poisson", link="logit")


def test_aliased_columns_are_left_out_and_named(frame: pd.DataFrame) -> None:
    fit = eg.glm(eg.Design(frame.assign(months=frame.age * 12)), "score ~ age + months")
    assert np.isnan(fit.estimate[2])
    assert fit.notes == ("left out as sums of other columns: months",)
    assert np.isfinite(fit.std_error[:2]).all()


def test_perfect_prediction_is_refused(frame: pd.DataFrame) -> None:
    split = frame.assign(group=(frame.y == 1).astype(float))
    with pytest.raises(EstimateError, match="predicts the outcome perfectly"):
        eg.glm(eg.Design(split), "y ~ group", family="binomial")


def test_domain_rows_outside_stay_in_the_design(frame: pd.DataFrame) -> None:
    design = eg.Design(frame, weight="w", psu="psu")
    fit = eg.glm(design, "score ~ 1", where="age >= 40")
    mean = eg.mean(design, "score", where="age >= 40")
    assert fit.std_error[0] == pytest.approx(mean.std_error[0])


def test_wald_of_one_coefficient_is_its_t_squared(frame: pd.DataFrame) -> None:
    fit = eg.glm(eg.Design(frame, weight="w", psu="psu"), "score ~ age")
    test = eg.wald_test(fit, "age")
    t = fit.estimate[1] / fit.std_error[1]
    assert test.statistic == pytest.approx(t**2)
    assert test.p_value == pytest.approx(fit.to_frame()["p_value"][1])
    with pytest.raises(EstimateError, match="the model has no term 'agge'"):
        eg.wald_test(fit, "agge")


def test_two_answers_in_words_are_0_and_1_in_their_order(frame: pd.DataFrame) -> None:
    frame["voted"] = pd.Categorical(np.where(frame.y == 1, "yes", "no"), categories=["yes", "no"])
    design = eg.Design(frame, weight="w", psu="psu")
    words = eg.glm(design, "voted ~ age", family="binomial")
    numbers = eg.glm(design, "I(1 - y) ~ age", family="binomial")
    np.testing.assert_array_equal(words.estimate, numbers.estimate)
    np.testing.assert_array_equal(words.cov, numbers.cov)
    assert words.notes == ("models the share of 'no'",)
    asked = eg.glm(design, "I(voted == 'no') ~ age", family="binomial")
    np.testing.assert_array_equal(asked.estimate, numbers.estimate)


def test_words_that_are_no_outcome(frame: pd.DataFrame) -> None:
    design = eg.Design(frame, weight="w", psu="psu")
    with pytest.raises(EstimateError, match=r"has 3 answers, not two. Ask for one of them"):
        eg.glm(design, "`edu level` ~ age", family="binomial")
    with pytest.raises(EstimateError, match=r"is not one column of numbers, which this family needs"):
        eg.glm(design, "`edu level` ~ age")


@pytest.mark.parametrize("term", ["I(age^2)", "I(age ** 2)", "I(age**2)"])
def test_a_term_however_it_is_written(frame: pd.DataFrame, term: str) -> None:
    fit = eg.glm(eg.Design(frame, weight="w", psu="psu"), "score ~ age + I(age^2) + `edu level`:age")
    assert eg.wald_test(fit, term).df[0] == 1
    assert eg.wald_test(fit, "age:`edu level`").df[0] == 2


def test_offsets_are_arithmetic(frame: pd.DataFrame) -> None:
    design = eg.Design(frame, weight="w", psu="psu")
    moved = eg.glm(design, "score ~ age", offset="age / 2 + 1")
    plain = eg.glm(design, "score ~ age")
    np.testing.assert_allclose(moved.estimate, plain.estimate - [1, 0.5])


def test_families_of_statsmodels_against_r() -> None:
    """R: svyglm(visits ~ age + urban, family=MASS::negative.binomial(2)), statmod::tweedie(1.5, link.power=0)."""
    import statsmodels.api as sm

    frame = pd.read_csv(Path(__file__).resolve().parents[1] / "reference" / "data" / "trustwaves.csv")
    design = eg.Design(frame, weight="wt", stratum="stratum", psu="psu", nest=True)
    binomial = eg.glm(design, "visits ~ age + urban", family=sm.families.NegativeBinomial(alpha=0.5))
    np.testing.assert_allclose(binomial.estimate, [1.14137904696, -0.010194997581, 0.081603162260], rtol=1e-8)
    np.testing.assert_allclose(binomial.std_error, [0.09516457289, 0.001730135382, 0.06492430857], rtol=1e-8)
    log = sm.families.links.Log()
    tweedie = eg.glm(design, "visits ~ age + urban", family=sm.families.Tweedie(var_power=1.5, link=log))
    np.testing.assert_allclose(tweedie.estimate, [1.14142708572, -0.010198622539, 0.081650284195], rtol=1e-7)
    np.testing.assert_allclose(tweedie.std_error, [0.09521147580, 0.001730629370, 0.06492656269], rtol=1e-8)
