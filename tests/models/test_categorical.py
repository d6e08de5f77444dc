"""Ordinal and multinomial models: against simpler models, other packages' numbers, and at their edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.models.cumulative import DISTRIBUTIONS

LINKS = ("logit", "probit", "cloglog", "loglog", "cauchit")


def again(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


@pytest.mark.parametrize("link", LINKS)
def test_two_answers_are_a_binary_model(sample: eg.Design, link: str) -> None:
    """P(answer <= 0) = F(threshold - x'b), so the chance of a 1 is the mirrored link of x'b - threshold."""
    mirrored = {"cloglog": "loglog", "loglog": "cloglog"}.get(link, link)
    two = eg.ordinal(sample, "vote ~ age + region", link=link)
    one = eg.glm(sample, "vote ~ age + region", family="binomial", link=mirrored)
    np.testing.assert_allclose(two.estimate, [*one.estimate[1:], -one.estimate[0]], rtol=1e-8)
    # The sandwich takes the observed information here, the expected one there: equal for the logit.
    errors = one.std_error[[1, 2, 3, 0]]
    np.testing.assert_allclose(two.std_error, errors, rtol=1e-7 if link == "logit" else 0.05)


@pytest.mark.parametrize(
    ("link", "estimate"),
    [
        ("probit", [-0.075619828, -1.523617437, -1.136430413, -5.415162662, -4.065068639, -2.380649123]),
        (
            "cloglog",
            [-0.0794623444, -1.4841009153, -1.3398368939, -6.2374943111, -4.7649733986, -3.0336619401],
        ),
        (
            "loglog",
            [-0.0920869003, -1.9984633847, -1.2353598461, -6.0378302932, -4.4287929532, -2.2968833974],
        ),
    ],
)
def test_coefficients_of_polr(clus: eg.Design, link: str, estimate: list[float]) -> None:
    """MASS::polr 7.3-58 with the sampling weights, run to reltol = 1e-15."""
    fit = eg.ordinal(clus, "score ~ meals + stype", link=link)
    np.testing.assert_allclose(fit.estimate, estimate, rtol=1e-5)
    assert fit.names[-3:] == ("1|2", "2|3", "3|4")


@pytest.mark.parametrize("link", LINKS)
def test_derivatives_are_those_of_the_likelihood(sample: eg.Design, link: str) -> None:
    likelihood = eg.ordinal(sample, "trust ~ age + region", link=link).likelihood
    theta = np.array([0.01, 0.2, -0.3, -1.0, 0.4, 1.3])
    at = likelihood.derivatives(theta)
    step = 1e-6 * np.maximum(np.abs(theta), 0.1)
    gradient, information = [], []
    for move in np.diag(step):
        up, down = likelihood.derivatives(theta + move), likelihood.derivatives(theta - move)
        gradient.append((up.value - down.value) / (2 * move.max()))
        information.append(-(up.gradient - down.gradient) / (2 * move.max()))
    np.testing.assert_allclose(at.gradient, gradient, rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(at.information, information, rtol=1e-4, atol=1e-2)
    summed = sum(block.sum(axis=1) for _, block in likelihood.score_blocks(theta))
    np.testing.assert_allclose(summed, at.gradient, rtol=1e-9)


@pytest.mark.parametrize("name", LINKS)
def test_distributions_hang_together(name: str) -> None:
    own = DISTRIBUTIONS[name]
    x = np.linspace(-3, 3, 25)
    np.testing.assert_allclose(own.quantile(own.below(x)), x, rtol=1e-9, atol=1e-12)
    h = 1e-6
    np.testing.assert_allclose(
        (own.below(x + h) - own.below(x - h)) / (2 * h), own.density(x), rtol=1e-7, atol=1e-10
    )
    slope = (own.density(x + h) - own.density(x - h)) / (2 * h)
    np.testing.assert_allclose(slope, own.slope(x), rtol=1e-6, atol=1e-9)


def test_no_terms_give_the_shares(sample: eg.Design) -> None:
    fit = eg.ordinal(sample, "trust ~ 1")
    shares = eg.proportion(sample, "trust")
    below = np.cumsum(shares.estimate)[:-1]
    np.testing.assert_allclose(special.expit(fit.estimate), below)
    assert fit.df_residual == sample.df


def test_ordinal_rows_scale_and_zero(sample: eg.Design) -> None:
    frame = sample.frame
    fit = eg.ordinal(sample, "trust ~ age + region")
    words = pd.Categorical.from_codes(frame.trust - 1, ["none", "little", "some", "much"], ordered=True)
    far = again(frame.assign(trust=words, age=frame.age + 2000.0, w=frame.w * 9))
    moved = eg.ordinal(far, "trust ~ age + region")
    np.testing.assert_allclose(moved.estimate[:3], fit.estimate[:3], rtol=1e-8)
    np.testing.assert_allclose(moved.std_error[:3], fit.std_error[:3], rtol=1e-7)
    np.testing.assert_allclose(moved.estimate[3:] - 2000 * fit.estimate[0], fit.estimate[3:], rtol=1e-7)
    assert moved.names[3] == "none|little"
    reversed_scale = eg.ordinal(again(frame.assign(trust=5 - frame.trust)), "trust ~ age + region")
    np.testing.assert_allclose(reversed_scale.estimate[:3], -fit.estimate[:3], rtol=1e-8)


def test_an_answer_that_nobody_gave_is_left_out_and_named(sample: eg.Design) -> None:
    words = ["none", "hardly", "little", "some", "much"]
    code = np.array([0, 2, 3, 4])[sample.frame.trust - 1]
    design = again(sample.frame.assign(trust=pd.Categorical.from_codes(code, words, ordered=True)))
    fit = eg.ordinal(design, "trust ~ age")
    assert fit.answers == ["none", "little", "some", "much"]
    assert fit.notes == ("nobody used gave the answer hardly: left out",)
    np.testing.assert_allclose(fit.estimate, eg.ordinal(sample, "trust ~ age").estimate)


def test_aliased_columns_beside_thresholds(sample: eg.Design) -> None:
    frame = sample.frame.assign(one=1.0, months=sample.frame.age * 12)
    fit = eg.ordinal(again(frame), "trust ~ one + age + months")
    assert np.isnan(fit.estimate[[0, 2]]).all()
    assert fit.notes == ("left out as sums of other columns: one, months",)
    np.testing.assert_allclose(fit.estimate[fit.kept], eg.ordinal(sample, "trust ~ age").estimate)


def test_ordinal_terms(sample: eg.Design) -> None:
    fit = eg.ordinal(sample, "trust ~ age + region + urban")
    smaller = eg.ordinal(sample, "trust ~ age + urban")
    found = eg.term_test(fit, "region")
    assert found.chi_square * found.deff == pytest.approx(smaller.working_deviance - fit.working_deviance)
    assert eg.wald_test(fit).df[0] == 4  # all terms, no thresholds
    with pytest.raises(EstimateError, match="the method 'score' needs a model of glm"):
        eg.term_test(fit, "region", method="score")
    with pytest.raises(EstimateError, match="thresholds cannot be left out of an ordinal model"):
        eg.term_test(fit, "1|2")


def test_margins_of_answers_add_up(sample: eg.Design) -> None:
    for fit in (
        eg.ordinal(sample, "trust ~ age + region", link="probit"),
        eg.multinomial(sample, "party ~ age + region"),
    ):
        effects = eg.margins(fit).to_frame().groupby(["item", "contrast"])["estimate"].sum()
        np.testing.assert_allclose(effects, 0, atol=1e-12)
        groups = eg.predictive_margins(fit, "region")
        sums = groups.to_frame().groupby("region")["estimate"].sum()
        np.testing.assert_allclose(sums, 1)
        assert groups.statistic == "proportion"


def test_multinomial_of_groups_alone_are_their_shares(sample: eg.Design) -> None:
    fit = eg.multinomial(sample, "party ~ region")
    shares = eg.proportion(sample, "party", by="region", interval="wald")
    margins = eg.predictive_margins(fit, "region")
    np.testing.assert_allclose(margins.estimate, shares.estimate, rtol=1e-8)
    np.testing.assert_allclose(margins.cov, shares.cov, rtol=1e-6, atol=1e-12)
    assert margins.keys["answer"].tolist()[:3] == ["blue", "green", "red"]


def test_multinomial_of_two_answers_is_the_logit(sample: eg.Design) -> None:
    two = eg.multinomial(sample, "vote ~ age*region")
    one = eg.glm(sample, "vote ~ age*region", family="binomial")
    np.testing.assert_allclose(two.estimate, one.estimate, rtol=1e-8)
    np.testing.assert_allclose(two.cov, one.cov, rtol=1e-7)
    assert two.df_residual == one.df_residual
    turned = eg.multinomial(sample, "vote ~ age*region", reference=1)
    np.testing.assert_allclose(turned.estimate, -one.estimate, rtol=1e-8)


def test_multinomial_against_r(clus: eg.Design) -> None:
    """Coefficients of nnet::multinom; standard errors by R's jackknife of it (survey 4.1-1)."""
    estimate = [
        25.9397789813,
        -0.0337568496547,
        -0.1505559942999,
        17.3936038894,
        -0.0226367423261,
        -0.0966520006149,
    ]
    fit = eg.multinomial(clus, "stype ~ api00 + meals")
    np.testing.assert_allclose(fit.estimate, estimate, rtol=1e-6)
    jackknife = eg.jackknife(eg.Design(clus.frame, weight="pw", psu="dnum"))
    moved = eg.multinomial(jackknife, "stype ~ api00 + meals")
    np.testing.assert_allclose(moved.std_error, [6.5307, 0.0085, 0.0406, 5.1273, 0.0064, 0.0255], atol=5.1e-5)
    table = fit.to_frame()
    assert table["answer"].tolist() == ["H"] * 3 + ["M"] * 3
    assert table["term"].tolist() == ["Intercept", "api00", "meals"] * 2


def test_reference_only_turns_the_coefficients(sample: eg.Design) -> None:
    one = eg.multinomial(sample, "party ~ age")
    other = eg.multinomial(sample, "party ~ age", reference="red")
    assert other.answers == ["red", "blue", "green"]
    np.testing.assert_allclose(other.estimate[:2], -one.estimate[2:], rtol=1e-7)
    assert other.value == pytest.approx(one.value)
    np.testing.assert_allclose(
        eg.term_test(other, "age").p_value, eg.term_test(one, "age").p_value, rtol=1e-6
    )
    assert eg.wald_test(one, "age").df[0] == 2
    with pytest.raises(EstimateError, match=r"no respondent used gave the answer 'rad'. Did you mean 'red'"):
        eg.multinomial(sample, "party ~ age", reference="rad")


def test_replicates_of_ordinal_models(sample: eg.Design) -> None:
    fit = eg.ordinal(sample, "trust ~ age + region")
    moved = eg.ordinal(eg.jackknife(sample), "trust ~ age + region")
    np.testing.assert_allclose(moved.estimate, fit.estimate)
    np.testing.assert_allclose(moved.std_error, fit.std_error, rtol=0.1)
    assert moved.df_residual == fit.df_residual


@pytest.mark.parametrize(
    ("change", "formula", "message"),
    [
        ({}, "party ~ age", r"column 'party' holds words, whose order is not known. Make it a categorical"),
        ({"trust": 2}, "trust ~ age", r"respondents used gave 1 different answer\(s\) to 'trust'"),
        ({}, "income ~ age", r"column 'income' has 600 different values, too many for answers"),
        ({}, "log(income) ~ age", r"must be a column of answers, not arithmetic"),
    ],
)
def test_outcomes_that_are_no_answers(sample: eg.Design, change: dict, formula: str, message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        eg.ordinal(again(sample.frame.assign(**change)), formula)


def test_answers_that_a_column_predicts(sample: eg.Design) -> None:
    frame = sample.frame.assign(told=(sample.frame.trust == 4) * 1.0)
    with pytest.raises(EstimateError, match=r"some combination of columns may predict the answers perfectly"):
        eg.ordinal(again(frame), "trust ~ told")
    with pytest.raises(EstimateError, match=r"an ordinal model has no link 'logistic'. Did you mean 'logit'"):
        eg.ordinal(sample, "trust ~ age", link="logistic")


def test_fits_show_no_respondents(sample: eg.Design) -> None:
    fits = [
        eg.glm(sample, "vote ~ age", family="binomial"),
        eg.ordinal(sample, "trust ~ age"),
        eg.multinomial(sample, "party ~ age"),
    ]
    for fit, name, rows in zip(fits, ("GlmFit", "CategoricalFit", "MultinomialFit"), (2, 4, 4), strict=True):
        title, _, *coefficients, end = repr(fit).splitlines()
        assert title.startswith(f"{name}: ")
        assert len(coefficients) == rows
        assert end.strip() == "n = 600"


def test_predicted_shares_of_answers(sample: eg.Design) -> None:
    new = pd.DataFrame({"age": [20, 70], "region": ["west", "north"], "exposure": [1.0, 1.5]})
    for fit in (
        eg.ordinal(sample, "trust ~ age + region", offset="log(exposure)"),
        eg.multinomial(sample, "party ~ age*region"),
    ):
        found = eg.predict(fit, new)
        k = len(fit.answers)
        np.testing.assert_allclose(found.estimate.reshape(2, k).sum(axis=1), 1)
        np.testing.assert_allclose(found.cov.reshape(2, k, 2, k).sum(axis=(1, 3)), 0, atol=1e-14)
        assert found.keys["answer"].tolist() == fit.answers * 2
        np.testing.assert_allclose(np.diag(found.cov), found.variance)
        with pytest.raises(EstimateError, match="models of several answers predict shares"):
            eg.predict(fit, new, scale="link")
    two = eg.predict(eg.multinomial(sample, "vote ~ age"), new)
    one = eg.predict(eg.glm(sample, "vote ~ age", family="binomial"), new)
    np.testing.assert_allclose(two.estimate[1::2], one.estimate)
    np.testing.assert_allclose(two.std_error[1::2], one.std_error, rtol=1e-6)
    jackknife = eg.jackknife(sample)
    moved = eg.predict(eg.multinomial(jackknife, "vote ~ age"), new)
    same = eg.predict(eg.glm(jackknife, "vote ~ age", family="binomial"), new)
    np.testing.assert_allclose(moved.std_error[1::2], same.std_error, rtol=1e-6)
