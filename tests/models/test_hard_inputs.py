"""Questions that the data cannot answer: a reason that says what to do, never a crash or a silent gap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    n = 300
    made = pd.DataFrame(
        {
            "psu": np.arange(n) // 10,
            "w": rng.lognormal(0, 0.4, n),
            "x": rng.normal(size=n),
            "a": rng.choice(list("pqr"), n),
            "urban": rng.integers(0, 2, n),
            "time": rng.exponential(5, n).round(1) + 0.1,
            "ended": rng.integers(0, 2, n),
            "same": 1.0,
        }
    )
    made["parted"] = np.where(made.a == "p", 1.0, (rng.random(n) < 0.5).astype(float))
    return made.assign(above=(made.x > 0).astype(float))


@pytest.fixture(scope="module", params=["linearised", "jackknife"])
def design(request: pytest.FixtureRequest, frame: pd.DataFrame) -> eg.Design:
    plain = eg.Design(frame, weight="w", psu="psu")
    return plain if request.param == "linearised" else eg.jackknife(plain)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "cauchit"])
def test_perfect_prediction_under_every_link(design: eg.Design, link: str) -> None:
    with pytest.raises(EstimateError, match=r"predicts the outcome perfectly|does not converge"):
        eg.glm(design, "above ~ x", family="binomial", link=link)
    with pytest.raises(EstimateError, match=r"'a\[T\..\]' predicts the outcome perfectly|does not converge"):
        eg.glm(design, "parted ~ a", family="binomial", link=link)


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson", "gamma"])
def test_an_outcome_that_never_varies(design: eg.Design, family: str) -> None:
    with pytest.raises(EstimateError, match=r"have the same .*so nothing can explain it"):
        eg.glm(design, "same ~ x", family=family)
    assert eg.glm(design, "same ~ 1").estimate[0] == pytest.approx(1)


def test_cox_models_of_what_defines_the_event(design: eg.Design) -> None:
    with pytest.raises(EstimateError, match=r"may predict the answers perfectly"):
        eg.cox(design, "ended", time="time", event="ended")


def test_empty_domains(design: eg.Design) -> None:
    with pytest.raises(EstimateError, match=r"nobody is in this domain. Check where="):
        eg.glm(design, "x ~ urban", where="urban > 5")
    with pytest.raises(EstimateError, match=r"no respondent of the fit is in this domain"):
        eg.margins(eg.glm(design, "x ~ urban"), where="urban > 5")


def test_a_column_that_is_constant_in_the_domain(design: eg.Design) -> None:
    fit = eg.glm(design, "x ~ urban + a", where="urban == 1")
    assert np.isnan(fit.estimate[1])
    assert fit.notes == ("left out as sums of other columns: urban",)
    assert np.isfinite(np.delete(fit.std_error, 1)).all()
    with pytest.raises(EstimateError, match=r"urban cannot be tested: all 1 coefficients are left out"):
        eg.wald_test(fit, "urban")


def test_a_replicate_without_anybody(frame: pd.DataFrame) -> None:
    design = eg.jackknife(eg.Design(frame, weight="w", psu="psu"))
    with pytest.raises(EstimateError, match=r"replicate 1 of 30 gives nobody in this model a weight"):
        eg.glm(design, "x ~ 1", where=np.arange(len(frame)) < 2)


def test_known_terms_are_listed_once(design: eg.Design) -> None:
    with pytest.raises(
        EstimateError, match=r"no term 'region'. There are: 'x', 'a', 'Intercept', 'a\[T.q\]'"
    ):
        eg.term_test(eg.glm(design, "time ~ x + a"), "region")


def test_size_of_numbers_and_weights_changes_no_digit(frame: pd.DataFrame) -> None:
    """Predictors in billions or millionths, weights in billions: the same fit in other units."""
    frame = frame.assign(vote=(frame.x + np.sin(np.arange(300)) > 0).astype(float))
    plain = eg.glm(eg.Design(frame, weight="w", psu="psu"), "vote ~ x + a", family="binomial")
    huge = frame.assign(x=frame.x * 1e6 + 1e9, w=frame.w * 1e9)
    moved = eg.glm(eg.Design(huge, weight="w", psu="psu"), "vote ~ x + a", family="binomial")
    np.testing.assert_allclose(moved.estimate[1:], plain.estimate[1:] / [1e6, 1, 1], rtol=1e-7)
    np.testing.assert_allclose(moved.std_error[1:], plain.std_error[1:] / [1e6, 1, 1], rtol=1e-7)
    tiny = frame.assign(x=frame.x * 1e-6, w=frame.w * 1e-9)
    small = eg.glm(eg.Design(tiny, weight="w", psu="psu"), "vote ~ x + a", family="binomial")
    np.testing.assert_allclose(small.estimate, plain.estimate * [1, 1e6, 1, 1], rtol=1e-9)
    np.testing.assert_allclose(small.std_error, plain.std_error * [1, 1e6, 1, 1], rtol=1e-9)


def test_weights_of_0_are_a_domain(frame: pd.DataFrame) -> None:
    zeroed = eg.Design(frame.assign(w=np.where(frame.urban == 1, 0.0, frame.w)), weight="w", psu="psu")
    by_weight = eg.glm(zeroed, "x ~ a")
    by_domain = eg.glm(eg.Design(frame, weight="w", psu="psu"), "x ~ a", where="urban == 0")
    np.testing.assert_array_equal(by_weight.cov, by_domain.cov)
    assert by_weight.df_residual == by_domain.df_residual
