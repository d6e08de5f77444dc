"""Families and links against R's survey 4.1-1, and against each other."""

from __future__ import annotations

import numpy as np
import pytest

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.models import family_of

# svyglm with epsilon = 1e-13; R stops by the deviance, so coefficients agree to the root of that.
CLOSE = 3e-7


@pytest.mark.parametrize(
    ("formula", "family", "link", "estimate", "std_error"),
    [
        (
            "enroll ~ stype + meals",
            "gamma",
            None,
            [0.00266278939783, -0.00173091569732, -0.00122300443391, -4.91385021086e-06],
            [0.000107313109068, 0.000102377842100, 0.000118493222702, 1.43561287150e-06],
        ),
        (
            "enroll ~ stype + meals",
            "gamma",
            "log",
            [5.82342269900, 1.24089638942, 0.720320872599, 0.00388648486244],
            [0.0584720158255, 0.0778357198677, 0.0717328822702, 0.00105732748466],
        ),
        (
            "(`sch.wide` == 'Yes') ~ ell + meals",
            "binomial",
            "cloglog",
            [0.561226743381, -0.00325200249168, 0.00164267229205],
            [0.149786949568, 0.00623667721193, 0.00402465813826],
        ),
        (
            "(`sch.wide` == 'Yes') ~ ell + meals",
            "binomial",
            "cauchit",
            [1.64215040372, -0.0108804785137, 0.00587307792314],
            [0.518713728349, 0.0217080489146, 0.0150065534724],
        ),
        (
            "enroll ~ meals",
            "inverse-gaussian",
            None,
            [2.61753883395e-06, 4.32824191743e-09],
            [4.05593731746e-07, 8.46169821146e-09],
        ),
        (
            "enroll ~ meals",
            "gaussian",
            "log",
            [6.42656832529, -0.000783949334147],
            [0.0740261579519, 0.00148481080818],
        ),
    ],
)
def test_stratified_sample(
    strat: eg.Design,
    formula: str,
    family: str,
    link: str | None,
    estimate: list[float],
    std_error: list[float],
) -> None:
    if formula.startswith("("):
        frame = strat.frame.assign(yes=(strat.frame["sch.wide"] == "Yes").astype(float))
        strat = eg.Design(frame, weight="pw", stratum="stype", population_size="fpc")
        formula = "yes ~ " + formula.split("~")[1]
    fit = eg.glm(strat, formula, family=family, link=link)
    np.testing.assert_allclose(fit.estimate, estimate, rtol=CLOSE, atol=CLOSE * np.abs(estimate[-1]))
    np.testing.assert_allclose(fit.std_error, std_error, rtol=1e-6)


def test_links_that_do_not_keep_means_inside(clus: eg.Design) -> None:
    counts = eg.glm(clus, "mobility ~ ell", family="poisson", link="identity")
    np.testing.assert_allclose(counts.estimate, [15.1597150203, 0.0961353950691], rtol=1e-6)
    np.testing.assert_allclose(counts.std_error, [1.75166458420, 0.0428088918916], rtol=1e-6)
    risk = eg.glm(clus, "narrow ~ ell", family="binomial", link="log")
    np.testing.assert_allclose(risk.estimate, [-1.63845879328, -0.0172573618069], rtol=1e-6)
    np.testing.assert_allclose(risk.std_error, [0.311342932845, 0.0114583694360], rtol=1e-6)


def test_statsmodels_family_is_the_same_family(sample: eg.Design) -> None:
    from statsmodels.api import families

    for theirs, ours, link in (
        (families.Binomial(), "binomial", None),
        (families.Gamma(link=families.links.Log()), "gamma", "log"),
        (families.Poisson(), "poisson", None),
    ):
        outcome = {"binomial": "vote", "gamma": "income", "poisson": "visits"}[ours]
        one = eg.glm(sample, f"{outcome} ~ age + region", family=theirs)
        other = eg.glm(sample, f"{outcome} ~ age + region", family=ours, link=link)
        np.testing.assert_allclose(one.estimate, other.estimate, rtol=1e-9)
        np.testing.assert_allclose(one.cov, other.cov, rtol=1e-7)
        assert one.deviance == pytest.approx(other.deviance)


def test_statsmodels_family_of_its_own(sample: eg.Design) -> None:
    """A Tweedie power of 1 is the Poisson variance function."""
    from statsmodels.api import families

    tweedie = eg.glm(sample, "visits ~ age", family=families.Tweedie(var_power=1.0))
    poisson = eg.glm(sample, "visits ~ age", family="poisson")
    np.testing.assert_allclose(tweedie.estimate, poisson.estimate, rtol=1e-9)
    np.testing.assert_allclose(tweedie.std_error, poisson.std_error, rtol=1e-9)


def test_family_arguments_that_cannot_be() -> None:
    from statsmodels.api import families

    with pytest.raises(EstimateError, match=r"there is no family 'normal'. Did you mean 'binomial'"):
        family_of("normal")
    with pytest.raises(EstimateError, match="the gamma family takes no 'logit' link"):
        family_of("gamma", "logit")
    with pytest.raises(EstimateError, match="family must be a name or a statsmodels family object, got type"):
        family_of(families.Poisson)
    with pytest.raises(EstimateError, match="a statsmodels family brings its own link"):
        family_of(families.Poisson(), "log")


@pytest.mark.parametrize(
    ("family", "link"),
    [("binomial", each) for each in ("logit", "probit", "cloglog", "loglog", "cauchit", "log", "identity")]
    + [("poisson", "sqrt"), ("gamma", "inverse"), ("inverse-gaussian", "inverse-squared")],
)
def test_link_turns_back_and_has_its_slope(family: str, link: str) -> None:
    own = family_of(family, link).link
    mu = np.linspace(0.05, 0.95, 19)
    eta = own.predictor(mu)
    np.testing.assert_allclose(own.mean(eta), mu, rtol=1e-12)
    step = 1e-6 * np.maximum(np.abs(eta), 1)
    np.testing.assert_allclose(
        own.slope(eta), (own.mean(eta + step) - own.mean(eta - step)) / (2 * step), rtol=1e-6
    )
