"""Trend tests against R, computed now: changes, lines, bends, breaks, domains, decompositions, precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_live import CLOSED, ITERATED, frame, numbers_of

import egovstats as eg
from egovstats.inference.precision import detectable_factor

WHOLE = ["index", "sat5", "age", "female", "edu", "region"]
ENDS = (2010, 2018)

Numbers = dict[str, dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return numbers_of("trend.R")


@pytest.fixture(scope="module")
def design() -> eg.Design:
    return eg.Design(frame("trustwaves"), weight="wt", stratum="stratum", psu="psu", nest=True)


@pytest.fixture(scope="module")
def jackknife() -> eg.ReplicateDesign:
    """Jackknife weights of those with every answer, as `trend.R` has them."""
    whole = frame("trustwaves").dropna(subset=WHOLE)
    return eg.jackknife(eg.Design(whole, weight="wt", stratum="stratum", psu="psu", nest=True))


def effects(tests: Any) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and standard errors."""
    found = [test.effect for test in tests]
    return np.array([each.estimate for each in found]), np.array([each.std_error for each in found])


def check(tests: Any, want: np.ndarray, rtol: float = CLOSED) -> None:
    """Estimates, then standard errors, as R printed them."""
    np.testing.assert_allclose(np.concatenate(effects(tests)), want, rtol=rtol)


def test_all_pairs_with_max_t_and_equivalence(numbers: Numbers, design: eg.Design) -> None:
    want = numbers["pairs"]
    by = eg.mean(design, "trust", by="year")
    family = eg.change(by, on="year", adjust="max-t", df="design")
    estimate, std_error = effects(family)
    np.testing.assert_allclose(estimate, want["estimate"], rtol=CLOSED, atol=1e-12)
    np.testing.assert_allclose(std_error, want["std_error"], rtol=CLOSED)
    # multcomp integrates by draws.
    np.testing.assert_allclose([test.p_adjusted for test in family], want["maxt"], atol=5e-4)
    width = (family[0].effect.conf_high - family[0].effect.estimate) / std_error[0]
    assert width == pytest.approx(want["quantile"][0], rel=1e-3)
    plain = eg.change(by, on="year", adjust="none", df="design")
    np.testing.assert_allclose(
        [test.p_value for test in eg.equivalence(plain, 0.1)], numbers["tost"]["p"], rtol=CLOSED
    )


def test_lines_and_bends_through_waves(numbers: Numbers, design: eg.Design) -> None:
    by = eg.mean(design, "index", by="year")
    shape = eg.trend_shape(by, weights="known")
    check([shape.slope], numbers["line"]["slope"])
    check([shape.curvature], numbers["line"]["curve"])
    slope, error = numbers["line"]["relative"]
    assert np.log1p(shape.relative.effect.estimate) == pytest.approx(slope, rel=CLOSED)
    assert shape.relative.statistic == pytest.approx(slope / error, rel=CLOSED)
    added = eg.joinpoint(by, weights="known").tests[0]
    assert added.keys["break"] == numbers["bend"]["year"][0]
    check([added], numbers["bend"]["change"])


def test_a_break_on_respondents(numbers: Numbers, design: eg.Design) -> None:
    found = eg.policy_break(design, "index", 2014, effects="both")
    check(found.tests[:2], numbers["break"]["both"], ITERATED)
    assert found.tests[0].df[0] == numbers["break"]["df"][0]
    data = design.frame.assign(edu=design.frame["edu"].map("level {:g}".format, na_action="ignore"))
    held = eg.Design(data, weight="wt", stratum="stratum", psu="psu", nest=True)
    check(eg.policy_break(held, "index", 2014, hold=["age", "edu"]).tests, numbers["break"]["held"], ITERATED)


def test_slopes_of_domains_are_one(numbers: Numbers, design: eg.Design) -> None:
    found = eg.parallel_trends(design, "index", "region")
    statistic, p_value = numbers["parallel"]["wald"]
    assert found.equal_slopes.statistic == pytest.approx(statistic, rel=ITERATED)
    assert found.equal_slopes.p_value == pytest.approx(p_value, rel=ITERATED)
    ratio = found.likelihood_ratio
    # R leaves the residual variance in the likelihood ratio and in its weights; their ratios are free of it.
    chi_square, *weights = numbers["parallel"]["lrt"]
    assert ratio.statistic == pytest.approx(chi_square / sum(weights), rel=ITERATED)
    shares = np.sort(ratio.scale_factors) / sum(ratio.scale_factors)
    np.testing.assert_allclose(shares, np.array(weights) / sum(weights), rtol=ITERATED)
    # The tail of the same sum of chi-squares: exact here, a saddlepoint approximation in R.
    assert ratio.p_value == pytest.approx(numbers["parallel"]["p"][0], abs=0.01)


def test_why_it_changed(numbers: Numbers, jackknife: eg.ReplicateDesign) -> None:
    parts = {
        "oaxaca": eg.oaxaca(jackknife, "index", ["age", "female"], on="year", pair=ENDS).tests[:3],
        "kitagawa": eg.decompose_change(jackknife, "index", "region", on="year", pair=ENDS).tests[1:3],
        "cohort": eg.cohort_replacement(jackknife, "index").tests,
    }
    for case, tests in parts.items():
        want = numbers[case]
        check(tests, np.concatenate([want["estimate"], want["std_error"]]), ITERATED)
    found = eg.standardised_trend(jackknife, "index", "edu").standardised
    np.testing.assert_allclose(found.estimate, numbers["standardised"]["estimate"], rtol=CLOSED)
    np.testing.assert_allclose(found.std_error, numbers["standardised"]["std_error"], rtol=CLOSED)


def test_whole_distributions(numbers: Numbers, jackknife: eg.ReplicateDesign) -> None:
    found = eg.superiority(jackknife, "sat5", on="year", pairs=[ENDS])[0].effect
    assert found.estimate == pytest.approx(numbers["superiority"]["estimate"][0], rel=CLOSED)
    # By the covariance of the shares, where R replicates the whole formula: equal to first order.
    assert found.std_error == pytest.approx(numbers["superiority"]["std_error"][0], rel=0.02)
    distance = eg.wasserstein(jackknife, "sat5", on="year", pairs=[ENDS])[0].effect
    assert distance.estimate == pytest.approx(numbers["distance"]["estimate"][0], rel=CLOSED)


def test_precision_and_posteriors(numbers: Numbers) -> None:
    factors = [detectable_factor(df) for df in (3.0, 12.0, 60.0)]
    np.testing.assert_allclose(factors, numbers["power"]["factor"], rtol=1e-7)
    declines = [
        eg.posterior_change((0.45, 800), (0.40, 800)).p_decline,
        eg.posterior_change((0.10, 200), (0.12, 350)).p_decline,
    ]
    np.testing.assert_allclose(declines, numbers["posterior"]["decline"], rtol=1e-6)


def test_simple_random_samples(numbers: Numbers) -> None:
    data = frame("trustwaves")
    welch = eg.simple_comparison(data, "index", on="year", pair=ENDS)
    low, high = welch.effect.conf_low, welch.effect.conf_high
    have = [welch.statistic, welch.df[0], welch.p_value, low, high]
    # pingouin rounds what it prints.
    np.testing.assert_allclose(have, numbers["simple"]["welch"], rtol=2e-3)
    ranks = eg.simple_comparison(data, "index", on="year", pair=ENDS, method="mann-whitney")
    assert ranks.p_value == pytest.approx(numbers["simple"]["mwu"][0], rel=0.02)
