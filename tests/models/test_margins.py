"""Margins, predictions and what they must equal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


def test_predictive_margins_of_the_group_alone_are_its_means(sample: eg.Design) -> None:
    means = eg.mean(sample, "vote", by="region")
    for fit in (
        eg.glm(sample, "vote ~ region", family="binomial"),
        eg.glm(sample, "vote ~ 1", family="binomial"),  # the group is added
        eg.glm(sample, "vote ~ region - 1", family="gaussian"),
    ):
        margins = eg.predictive_margins(fit, "region")
        np.testing.assert_allclose(margins.estimate, means.estimate)
        np.testing.assert_allclose(margins.cov, means.cov, rtol=1e-7, atol=1e-14)
        assert margins.keys["region"].tolist() == ["east", "north", "west"]


def test_predictive_margins_of_a_saturated_model_average_the_cells(sample: eg.Design) -> None:
    fit = eg.glm(sample, "vote ~ region*urban", family="binomial")
    cells = eg.mean(sample, "vote", by=["region", "urban"])
    share = eg.mean(sample, "urban").estimate[0]
    table = cells.keys.assign(estimate=cells.estimate).pivot(
        index="region", columns="urban", values="estimate"
    )
    wanted = (1 - share) * table[0] + share * table[1]
    np.testing.assert_allclose(eg.predictive_margins(fit, "region").estimate, wanted)


def test_effects_of_a_saturated_model_are_differences_of_means(sample: eg.Design) -> None:
    fit = eg.glm(sample, "vote ~ region", family="binomial")
    means = eg.mean(sample, "vote", by="region")
    gaps = eg.contrast(means, {"north": [-1, 1, 0], "west": [-1, 0, 1]})
    effects = eg.margins(fit)
    assert effects.keys["contrast"].tolist() == ["north minus east", "west minus east"]
    np.testing.assert_allclose(effects.estimate, gaps.estimate)
    np.testing.assert_allclose(effects.cov, gaps.cov, rtol=1e-7)


def test_effects_of_a_linear_model_are_its_coefficients(sample: eg.Design) -> None:
    fit = eg.glm(sample, "score ~ age + urban + region")
    effects = eg.margins(fit)
    np.testing.assert_allclose(effects.estimate, fit.estimate[[1, 2, 3, 4]], rtol=1e-9)
    np.testing.assert_allclose(effects.std_error, fit.std_error[[1, 2, 3, 4]], rtol=1e-7)
    assert effects.unit == "own unit"


def test_slope_by_the_chain_rule(sample: eg.Design) -> None:
    """Mean of p(1-p) b, with b the derivative of the linear predictor; its error by hand."""
    fit = eg.glm(sample, "vote ~ age + I(age**2) + log(income)", family="binomial")
    p, w, age = fit.fitted, sample.weight, sample.frame.age.to_numpy(float)
    income = sample.frame.income.to_numpy()
    b = fit.estimate
    slopes = {"age": b[1] + 2 * b[2] * age, "income": b[3] / income}
    effects = eg.margins(fit)
    for at, (name, slope) in enumerate(slopes.items()):
        each = p * (1 - p) * slope
        assert effects.keys["item"][at] == name
        assert effects.estimate[at] == pytest.approx(w @ each / w.sum(), rel=1e-9)
    X = np.column_stack([np.ones(len(age)), age, age**2, np.log(income)])
    inner = np.column_stack([np.zeros(len(age)), np.ones(len(age)), 2 * age, np.zeros(len(age))])
    each = p * (1 - p) * slopes["age"]
    gradient = w @ ((p * (1 - p) * (1 - 2 * p) * slopes["age"])[:, None] * X + (p * (1 - p))[:, None] * inner)
    gradient /= w.sum()
    scores = w * (each - effects.estimate[0]) / w.sum() + fit.scores @ fit.bread @ gradient
    variance = sample.cov_of_totals(scores[:, None])[0, 0]
    assert effects.std_error[0] == pytest.approx(np.sqrt(variance), rel=1e-6)
    separate = eg.margins(fit, "age", variance="separate")
    kept = sample.cov_of_totals((w * (each - effects.estimate[0]) / w.sum())[:, None])[0, 0]
    assert separate.std_error[0] == pytest.approx(np.sqrt(kept + gradient @ fit.cov @ gradient), rel=1e-6)


def test_margins_in_domains(sample: eg.Design) -> None:
    fit = eg.glm(sample, "vote ~ age*urban + region", family="binomial")
    by = eg.margins(fit, "age", by="urban")
    for at, urban in enumerate((0, 1)):
        alone = eg.margins(fit, "age", where=f"urban == {urban}")
        assert by.estimate[at] == pytest.approx(alone.estimate[0])
        assert by.std_error[at] == pytest.approx(alone.std_error[0])
        assert by.n[at] == alone.n[0] == (sample.frame.urban == urban).sum()
    assert by.cov[0, 1] != 0


def test_two_values_as_numbers_or_as_levels(sample: eg.Design) -> None:
    fit = eg.glm(sample, "vote ~ urban + age", family="binomial")
    slope, step = eg.margins(fit, "urban"), eg.margins(fit, "urban", discrete="urban")
    assert slope.keys["contrast"][0] == "slope"
    assert step.keys["contrast"][0] == "1 minus 0"
    margins = eg.predictive_margins(fit, "urban")
    assert step.estimate[0] == pytest.approx(margins.estimate[1] - margins.estimate[0])
    gap = eg.contrast(margins, {"gap": [-1, 1]})
    assert step.std_error[0] == pytest.approx(gap.std_error[0])


def test_replicates_work_the_margins_out_again(sample: eg.Design) -> None:
    jackknife = eg.jackknife(sample)
    formula = "vote ~ age + region"
    linear = eg.margins(eg.glm(sample, formula, family="binomial"))
    replicated = eg.margins(eg.glm(jackknife, formula, family="binomial"))
    np.testing.assert_allclose(replicated.estimate, linear.estimate)
    np.testing.assert_allclose(replicated.std_error, linear.std_error, rtol=0.05)
    means = eg.mean(jackknife, "vote", by="region")
    groups = eg.predictive_margins(eg.glm(jackknife, "vote ~ region", family="binomial"), "region")
    np.testing.assert_allclose(groups.cov, means.cov, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda fit: eg.margins(fit, "agee"), r"has no column 'agee' on its right side. Did you mean 'age'"),
        (lambda fit: eg.margins(fit, variance="both"), r"variance cannot be 'both'"),
        (
            lambda fit: eg.predictive_margins(fit, "region", levels=["south"]),
            r"no respondent of the fit has region 'south'. Did you mean 'north'",
        ),
        (lambda fit: eg.predict(fit, {"age": [30]}), r"the formula names 'region', which is no column"),
        (
            lambda fit: eg.predict(fit, {"age": [30], "region": ["south"]}),
            r"column 'region' holds \['south'\], which the fit did not have. Did you mean 'north'",
        ),
        (
            lambda fit: eg.predict(fit, {"age": [30, None], "region": ["east", "west"]}),
            r"column 'age' is missing in 1 of 2 rows to predict for",
        ),
        (
            lambda fit: eg.predict(fit, {"age": [3], "region": ["east"]}, scale="odds"),
            r"predictions have no scale 'odds'",
        ),
        (
            lambda fit: eg.predict(fit, {"age": [3], "region": ["east"]}, total=9),
            r"a predicted total is a sum of linear predictors",
        ),
    ],
)
def test_what_cannot_be_asked(sample: eg.Design, call: object, message: str) -> None:
    fit = eg.glm(sample, "vote ~ age + region", family="binomial")
    with pytest.raises(EstimateError, match=message):
        call(fit)


def test_number_and_factor_at_once_has_no_single_effect(sample: eg.Design) -> None:
    fit = eg.glm(sample, "score ~ urban + C(urban):age")
    with pytest.raises(EstimateError, match=r"column 'urban' is both a number and a factor"):
        eg.margins(fit, "urban")


def test_predictions_at_the_sample_are_the_fitted_values(sample: eg.Design) -> None:
    fit = eg.glm(sample, "visits ~ age*region + bs(income, df=4)", family="poisson", offset="log(exposure)")
    head = sample.frame.head(9)
    found = eg.predict(fit, head[["age", "region", "income", "exposure"]])
    np.testing.assert_allclose(found.estimate, fit.mean[:9])
    link = eg.predict(fit, head, scale="link")
    np.testing.assert_allclose(found.std_error, found.estimate * link.std_error)
    np.testing.assert_allclose(np.diag(found.cov), found.variance)


def test_interval_of_a_predicted_share_stays_inside(sample: eg.Design) -> None:
    fit = eg.glm(sample, "vote ~ age", family="binomial")
    found = eg.predict(fit, {"age": [150.0]})
    low, high = found.conf_int()
    link_low, link_high = eg.predict(fit, {"age": [150.0]}, scale="link").conf_int()
    assert 0 < low[0] < found.estimate[0] < high[0] < 1
    np.testing.assert_allclose([low, high], 1 / (1 + np.exp(-np.array([link_low, link_high]))))


def test_predicted_total_is_that_of_the_sample(sample: eg.Design) -> None:
    """With the sample's own totals the regression estimate is the total itself."""
    fit = eg.glm(sample, "score ~ age")
    totals = eg.total(sample, ["score", "age"]).estimate
    found = eg.predict(fit, {"age": [totals[1]]}, total=sample.weight.sum())
    assert found.estimate[0] == pytest.approx(totals[0])


def test_standardised_predictions_make_groups_alike(sample: eg.Design) -> None:
    frame = sample.frame
    fit = eg.glm(sample, "score ~ region")
    regions = pd.DataFrame({"region": ["east", "north", "west"]})
    found = eg.standardised_predictions(fit, "urban", regions)
    cells = eg.mean(sample, "score", by=["region", "urban"])
    table = cells.keys.assign(estimate=cells.estimate).pivot(
        index="region", columns="urban", values="estimate"
    )
    # Unrelated to region, urban has one share everywhere; it is found from any two regions' means.
    share = (found.estimate - table[0]) / (table[1] - table[0])
    assert np.ptp(share) < 1e-7
    assert 0 < share.iloc[0] < 1
    fixed = eg.standardised_predictions(fit, "urban", regions, variance="fixed")
    np.testing.assert_allclose(fixed.estimate, found.estimate)
    assert (fixed.std_error != found.std_error).all()
    with pytest.raises(EstimateError, match=r"there is nothing to adjust for: every column of 'region'"):
        eg.standardised_predictions(fit, "region", regions)
    lone = eg.Design(frame.assign(only=(frame.region == "west") * 1.0), weight="w", psu="psu")
    with pytest.raises(
        EstimateError, match=r"there is nothing to adjust for|no weights make the groups alike"
    ):
        eg.standardised_predictions(eg.glm(lone, "score ~ region"), "only", regions)
