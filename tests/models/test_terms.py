"""Tests of terms, comparisons of models, criteria and likelihood intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import egovstats as eg
from egovstats.errors import EstimateError

METHODS = ("wald", "working-wald", "likelihood-ratio", "score", "pseudo-score")


@pytest.fixture(scope="module")
def logit(sample: eg.Design) -> object:
    return eg.glm(sample, "vote ~ age + region + urban", family="binomial")


def test_all_methods_agree_on_what_is_plain(logit: object) -> None:
    for term, low, high in (("age", 1e-5, 1e-3), ("urban", 0.02, 1.0)):
        found = [eg.term_test(logit, term, method=method).p_value for method in METHODS]
        assert all(low <= p <= high for p in found), found


def test_one_coefficient_has_one_eigenvalue(logit: object) -> None:
    """Working Wald of one coefficient is Wald's test; its scale is the coefficient's design effect."""
    working = eg.term_test(logit, "age", method="working-wald", tail="exact")
    wald = eg.wald_test(logit, "age")
    assert working.statistic == pytest.approx(wald.statistic)
    assert working.p_value == pytest.approx(wald.p_value, rel=1e-6)
    assert working.scale_factors == (1.0,)
    assert working.deff == pytest.approx(logit.cov[1, 1] / logit.bread[1, 1])


def test_simple_random_sample_gives_the_textbook_likelihood_ratio(sample: eg.Design) -> None:
    """Of independent respondents with one weight: twice the log ratio, eigenvalues near 1."""
    design = eg.Design(sample.frame)
    larger = eg.glm(design, "vote ~ age + region", family="binomial")
    smaller = eg.glm(design, "vote ~ age", family="binomial")
    found = eg.term_test(larger, "region", df=np.inf)
    ratio = smaller.deviance - larger.deviance
    assert found.chi_square * found.deff == pytest.approx(ratio)
    assert found.deff == pytest.approx(1, abs=0.1)
    assert found.distribution == "chi2"
    assert found.p_value == pytest.approx(stats.chi2.sf(ratio, 2), rel=0.2)


def test_terms_by_name_order_and_coefficient(sample: eg.Design) -> None:
    fit = eg.glm(sample, "score ~ age*region + urban")
    for names in ("age:region", "region:age", ["age:region[T.north]", "age:region[T.west]"]):
        assert eg.wald_test(fit, names).statistic == pytest.approx(eg.wald_test(fit, "age:region").statistic)
    assert eg.wald_test(fit).df == (6.0, fit.df_residual)
    with pytest.raises(EstimateError, match=r"the model has no term 'regon'. Did you mean 'region'"):
        eg.term_test(fit, "regon")
    with pytest.raises(
        EstimateError, match=r"there is no method 'lrt' for a test of terms. There are: 'wald'"
    ):
        eg.term_test(fit, "region", method="lrt")
    with pytest.raises(EstimateError, match=r"region has 2 estimates, got 3 values"):
        eg.wald_test(fit, "region", values=[0, 0, 0])


def test_aliased_terms(sample: eg.Design) -> None:
    frame = sample.frame.assign(months=sample.frame.age * 12, west=(sample.frame.region == "west") * 1.0)
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    fit = eg.glm(design, "score ~ age + months + region + west")
    with pytest.raises(
        EstimateError, match=r"months cannot be tested: all 1 coefficients are left out as sums"
    ):
        eg.wald_test(fit, "months")
    plain = eg.glm(sample, "score ~ age + region")
    for method in METHODS:
        aliased = eg.term_test(fit, ["age", "months"], method=method)
        assert aliased.p_value == pytest.approx(eg.term_test(plain, "age", method=method).p_value)


def test_chi_square_reference(logit: object) -> None:
    found = eg.wald_test(logit, "region", df=np.inf)
    assert (found.distribution, found.df) == ("chi2", (2.0,))
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 2))


def test_comparison_is_the_test_of_the_terms_between(sample: eg.Design) -> None:
    small, large = eg.glm(sample, "score ~ age"), eg.glm(sample, "score ~ age + region + urban")
    for method in METHODS:
        found = eg.compare_models(small, large, method=method)
        assert found.p_value == pytest.approx(eg.term_test(large, ["region", "urban"], method=method).p_value)
        assert eg.compare_models(large, small, method=method).p_value == found.p_value


def test_line_against_free_levels(clus: eg.Design) -> None:
    """Nested by columns, not by terms; numbers of R's anova.svyglm (survey 4.1-1)."""
    frame = clus.frame.assign(free=clus.frame.quarter.astype(str))
    design = eg.Design(frame, weight="pw", psu="dnum", population_size="fpc")
    line, free = eg.glm(design, "api00 ~ quarter"), eg.glm(design, "api00 ~ free")
    found = eg.compare_models(line, free, tail="saddlepoint")
    assert found.chi_square == pytest.approx(8.1862379469042, rel=1e-9)
    assert found.p_value == pytest.approx(0.0513041367555, rel=1e-6)
    assert found.df == (2.0, 11.0)
    wald = eg.compare_models(line, free, method="wald")
    assert wald.statistic == pytest.approx(3.4271571810306, rel=1e-9)
    assert wald.p_value == pytest.approx(0.0696742486382, rel=1e-9)
    with pytest.raises(EstimateError, match=r"is not nested in"):
        eg.compare_models(eg.glm(design, "api00 ~ meals"), free)


def test_models_that_cannot_be_compared(sample: eg.Design) -> None:
    one = eg.glm(sample, "vote ~ age", family="binomial")
    with pytest.raises(
        EstimateError, match=r"models of different link cannot be compared \(logit and probit\)"
    ):
        eg.compare_models(one, eg.glm(sample, "vote ~ age + urban", family="binomial", link="probit"))
    with pytest.raises(EstimateError, match=r"models of different outcome cannot be compared"):
        eg.compare_models(one, eg.glm(sample, "urban ~ age + vote", family="binomial"))
    with pytest.raises(EstimateError, match=r"models of different number of respondents"):
        eg.compare_models(one, eg.glm(sample, "vote ~ age + urban", family="binomial", where="age > 30"))


def test_score_test_of_terms_to_add(sample: eg.Design) -> None:
    small = eg.glm(sample, "vote ~ age", family="binomial")
    large = eg.glm(sample, "vote ~ age + region", family="binomial")
    for method in ("score", "pseudo-score"):
        added = eg.score_test(small, "region", method=method)
        dropped = eg.term_test(large, "region", method=method, df=small.df_residual)
        assert added.statistic == pytest.approx(dropped.statistic, rel=1e-7)
        assert added.p_value == pytest.approx(dropped.p_value, rel=1e-6)
    with pytest.raises(EstimateError, match=r"'age' adds no column"):
        eg.score_test(small, "age")
    holed = sample.frame.assign(urban=sample.frame.urban.where(sample.frame.index > 4))
    design = eg.Design(holed, weight="w", stratum="stratum", psu="psu")
    with pytest.raises(EstimateError, match=r"column 'urban' is missing for 5 respondents of the fit"):
        eg.score_test(eg.glm(design, "vote ~ age", family="binomial"), "urban")


def test_score_test_under_replicates(sample: eg.Design) -> None:
    formula = "vote ~ age + region"
    linear = eg.term_test(eg.glm(sample, formula, family="binomial"), "region", method="pseudo-score")
    design = eg.jackknife(sample)
    fit = eg.glm(design, formula, family="binomial")
    found = eg.term_test(fit, "region", method="pseudo-score")
    assert found.statistic == pytest.approx(linear.statistic, rel=1e-6)  # totals: jackknife = linearised
    assert eg.term_test(fit, "region").p_value == pytest.approx(
        eg.term_test(eg.glm(sample, formula, family="binomial"), "region").p_value, rel=0.3
    )


def test_likelihood_intervals_of_a_linear_model_are_walds(sample: eg.Design) -> None:
    fit = eg.glm(sample, "score ~ age + region")
    found = eg.profile_intervals(fit)
    table = fit.to_frame()
    np.testing.assert_allclose(found["conf_low"], table["conf_low"], rtol=1e-7)
    np.testing.assert_allclose(found["conf_high"], table["conf_high"], rtol=1e-7)


def test_likelihood_intervals_end_where_the_test_does(sample: eg.Design) -> None:
    """A value at the end of the interval is just rejected by the working likelihood-ratio test."""
    fit = eg.glm(sample, "vote ~ age + urban", family="binomial")
    high = eg.profile_intervals(fit, "urban")["conf_high"][0]
    frame = sample.frame.assign(moved=sample.frame.urban * high)
    design = eg.Design(frame, weight="w", stratum="stratum", psu="psu")
    at_end = eg.glm(design, "vote ~ age + urban", family="binomial", offset="moved")
    found = eg.term_test(at_end, "urban")
    assert found.p_value == pytest.approx(0.05, rel=1e-4)
    with pytest.raises(EstimateError, match=r"the model has no estimate of 'urbn'. Did you mean 'urban'"):
        eg.profile_intervals(fit, "urbn")


def test_criteria_against_r(strat: eg.Design) -> None:
    """AIC and BIC of R's survey 4.1-1 (which stops iterating earlier)."""
    frame = strat.frame.assign(sw1=(strat.frame["sch.wide"] == "Yes") * 1.0)
    design = eg.Design(frame, weight="pw", stratum="stype", population_size="fpc")
    small = eg.glm(design, "sw1 ~ ell", family="binomial")
    large = eg.glm(design, "sw1 ~ ell + meals + stype", family="binomial")
    found = eg.information_criteria(small, maximal=large)
    assert found.aic == pytest.approx(185.563049796, rel=1e-7)
    assert found.effective_parameters == pytest.approx(1.02404313233, rel=1e-6)
    assert found.bic == pytest.approx(189.129049997, rel=1e-7)
    assert found.n_effective == pytest.approx(266.016639435, rel=1e-6)
    assert np.isnan(eg.information_criteria(large, maximal=large).n_effective)
    with pytest.raises(EstimateError, match=r"the maximal model must hold every column of the model"):
        eg.information_criteria(large, maximal=small)


def test_criteria_of_a_simple_random_sample_are_akaikes(sample: eg.Design) -> None:
    design = eg.Design(sample.frame)
    fit = eg.glm(design, "score ~ age + region")
    found = eg.information_criteria(fit)
    n, residual = fit.n, fit.problem.y - fit.fitted
    by_hand = n * np.log(2 * np.pi * (residual**2).mean()) + n
    assert found.aic - 2 * found.effective_parameters == pytest.approx(by_hand)
    assert found.effective_parameters == pytest.approx(4, abs=0.5)  # three slopes and the variance


def test_pseudo_r2_has_its_definition(sample: eg.Design) -> None:
    fit = eg.glm(sample, "vote ~ age + region", family="binomial")
    w, y, p = sample.weight, sample.frame.vote.to_numpy(), fit.fitted
    mean = w @ y / w.sum()
    own = -2 * (w @ (y * np.log(p) + (1 - y) * np.log(1 - p))) / w.sum()
    none = -2 * (mean * np.log(mean) + (1 - mean) * np.log(1 - mean))
    found = eg.pseudo_r2(fit)
    assert found.cox_snell == pytest.approx(1 - np.exp(own - none))
    assert found.nagelkerke == pytest.approx((1 - np.exp(own - none)) / (1 - np.exp(-none)))
    assert found.mcfadden == pytest.approx(1 - own / none)
    with pytest.raises(EstimateError, match=r"needs a binomial or poisson model, got gaussian"):
        eg.pseudo_r2(eg.glm(sample, "score ~ age"))
