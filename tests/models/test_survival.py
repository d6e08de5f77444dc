"""Times to an event: by hand, against each other, and at the edges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import EstimateError


@pytest.fixture(scope="module")
def lives() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    n = 300
    arm = rng.integers(0, 2, n)
    age = rng.normal(50, 10, n)
    death = rng.exponential(20 * np.exp(-0.5 * arm - 0.02 * (age - 50)))
    stop = rng.uniform(5, 40, n)
    return pd.DataFrame(
        {
            "psu": np.arange(n) // 6,
            "w": rng.lognormal(0, 0.3, n),
            "arm": arm,
            "age": age,
            "time": np.ceil(np.minimum(death, stop)),  # whole months: ties
            "dead": (death <= stop) * 1,
            "start": np.floor(rng.uniform(0, 0.9, n)),
        }
    )


def of(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", psu="psu")


def test_curve_by_hand() -> None:
    """Five people: deaths at 1 and 3, two cut off at 2, one alive at 4."""
    frame = pd.DataFrame({"time": [1, 2, 2, 3, 4], "dead": [1, 0, 0, 1, 0], "w": 1.0})
    found = eg.kaplan_meier(eg.Design(frame), time="time", event="dead", at=[0.5, 1, 2.5, 3, 9])
    np.testing.assert_allclose(found.estimate, [1, 4 / 5, 4 / 5, 4 / 5 / 2, 4 / 5 / 2])
    other = eg.kaplan_meier(eg.Design(frame), time="time", event="dead", at=[3], method="nelson-aalen")
    assert other.estimate[0] == pytest.approx(np.exp(-(1 / 5 + 1 / 2)))


def test_without_censoring_the_curve_is_a_share(lives: pd.DataFrame) -> None:
    frame = lives.assign(dead=1, late=(lives.time > 12) * 1.0)
    found = eg.kaplan_meier(of(frame), time="time", event="dead", at=[12])
    share = eg.mean(of(frame), "late")
    assert found.estimate[0] == pytest.approx(share.estimate[0])
    assert found.std_error[0] == pytest.approx(share.std_error[0])
    assert found.df[0] == share.df[0]


def test_curves_by_group_are_curves_of_domains(lives: pd.DataFrame) -> None:
    design = of(lives)
    both = eg.kaplan_meier(design, time="time", event="dead", by="arm", at=[5, 10, 20])
    for arm in (0, 1):
        alone = eg.kaplan_meier(design, time="time", event="dead", at=[5, 10, 20], where=f"arm == {arm}")
        np.testing.assert_allclose(both.estimate[both.keys["arm"] == arm], alone.estimate)
        np.testing.assert_allclose(both.std_error[both.keys["arm"] == arm], alone.std_error)
    assert both.keys.columns.tolist() == ["arm", "time"]
    low, high = both.conf_int()
    assert ((low > 0) & (low < both.estimate) & (both.estimate < high) & (high < 1)).all()


@pytest.mark.parametrize("method", ["product-limit", "nelson-aalen"])
def test_curve_errors_are_near_those_of_the_jackknife(lives: pd.DataFrame, method: str) -> None:
    linear = eg.kaplan_meier(of(lives), time="time", event="dead", at=[5, 15, 30], method=method)
    moved = eg.kaplan_meier(eg.jackknife(of(lives)), time="time", event="dead", at=[5, 15, 30], method=method)
    np.testing.assert_allclose(moved.estimate, linear.estimate)
    np.testing.assert_allclose(moved.std_error, linear.std_error, rtol=0.06)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("entry", [None, "start"])
def test_cox_coefficients_are_those_of_statsmodels(lives: pd.DataFrame, ties: str, entry: str | None) -> None:
    """One weight for all: statsmodels' weights do not reach its ties."""
    from statsmodels.duration.hazard_regression import PHReg

    frame = lives.assign(w=1.0)
    fit = eg.cox(of(frame), "arm + age", time="time", event="dead", ties=ties, entry=entry)
    theirs = PHReg(
        frame.time,
        frame[["arm", "age"]],
        status=frame.dead,
        ties=ties,
        entry=None if entry is None else frame[entry],
    ).fit(disp=0)
    np.testing.assert_allclose(fit.estimate, theirs.params, rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.bread)), theirs.bse, rtol=1e-4)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_scores_and_derivatives(lives: pd.DataFrame, ties: str) -> None:
    fit = eg.cox(of(lives), "arm + age", time="time", event="dead", entry="start", ties=ties)
    theta = np.array([0.3, 0.01])
    at = fit.likelihood.derivatives(theta)
    np.testing.assert_allclose(fit.likelihood.scores(theta).sum(axis=0), at.gradient, rtol=1e-9)
    h = 1e-5
    for j, move in enumerate(np.eye(2) * h):
        up, down = fit.likelihood.derivatives(theta + move), fit.likelihood.derivatives(theta - move)
        assert (up.value - down.value) / (2 * h) == pytest.approx(at.gradient[j], rel=1e-5)
        np.testing.assert_allclose(
            -(up.gradient - down.gradient) / (2 * h), at.information[j], rtol=1e-5, atol=1e-4
        )


def test_cox_scale_zero_and_replicates(lives: pd.DataFrame) -> None:
    fit = eg.cox(of(lives), "~ arm + age", time="time", event="dead")
    moved = lives.assign(w=lives.w * 50, age=lives.age + 1000, time=lives.time * 30)
    again = eg.cox(of(moved), "arm + age", time="time", event="dead")
    np.testing.assert_allclose(again.estimate, fit.estimate, rtol=1e-7)
    np.testing.assert_allclose(again.cov, fit.cov, rtol=1e-6)
    jackknife = eg.cox(eg.jackknife(of(lives)), "arm + age", time="time", event="dead")
    np.testing.assert_allclose(jackknife.std_error, fit.std_error, rtol=0.05)
    assert fit.df_residual == 50 - 1 + 1 - 2
    terms = [eg.term_test(fit, "arm", method=each).p_value for each in ("wald", "likelihood-ratio")]
    assert terms[0] == pytest.approx(terms[1], abs=0.02)
    with pytest.raises(EstimateError, match="effects and margins need a model of glm"):
        eg.margins(fit)


def test_log_rank_counts_observed_and_expected() -> None:
    """Without weights and PSUs: the textbook's sums over the times."""
    frame = pd.DataFrame({"time": [1, 2, 2, 3, 4, 5], "dead": [1, 1, 1, 0, 1, 0], "group": list("abaabb")})
    found = eg.log_rank(eg.Design(frame), "group", time="time", event="dead", df=np.inf)
    observed, expected = 2.0, 3 / 6 + 2 * 3 / 5 + 2 / 2
    assert found.effect.estimate == pytest.approx(observed - expected)
    assert found.statistic == pytest.approx((found.effect.estimate / found.effect.std_error) ** 2)


def test_log_rank_is_the_score_test_of_cox(lives: pd.DataFrame) -> None:
    design = of(lives)
    found = eg.log_rank(design, "arm", time="time", event="dead")
    fit = eg.cox(design, "arm", time="time", event="dead", ties="breslow")
    score = fit.likelihood.scores(np.zeros(1))
    assert found.effect.estimate == pytest.approx(score.sum())
    assert found.effect.std_error == pytest.approx(np.sqrt(design.cov_of_totals(score)[0, 0]))
    assert found.df == (1.0, 49.0)
    three = design.frame.assign(third=np.arange(300) % 3)
    assert eg.log_rank(of(three), "third", time="time", event="dead").df == (2.0, 48.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dead": 2}, r"column 'dead' holds 300 values other than 0 and 1. Code the event as 1"),
        ({"dead": 0}, r"no respondent with a known time has the event 'dead' \(1\)"),
        ({"start": 99.0}, r"300 respondents leave \('time'\) no later than they enter \('start'\)"),
    ],
)
def test_times_that_cannot_be(lives: pd.DataFrame, change: dict, message: str) -> None:
    for call in (
        lambda design: eg.cox(design, "arm", time="time", event="dead", entry="start"),
        lambda design: eg.kaplan_meier(design, time="time", event="dead", entry="start"),
        lambda design: eg.log_rank(design, "arm", time="time", event="dead", entry="start"),
    ):
        with pytest.raises(EstimateError, match=message):
            call(of(lives.assign(**change)))


def test_arguments_that_cannot_be(lives: pd.DataFrame) -> None:
    design = of(lives.assign(same=1))
    with pytest.raises(EstimateError, match=r"ties cannot be 'exact'. There are: 'efron', 'breslow'"):
        eg.cox(design, "arm", time="time", event="dead", ties="exact")
    with pytest.raises(EstimateError, match=r"the formula 'time ~ arm' has an outcome"):
        eg.cox(design, "time ~ arm", time="time", event="dead")
    with pytest.raises(EstimateError, match=r"has no term. Use kaplan_meier"):
        eg.cox(design, "1", time="time", event="dead")
    with pytest.raises(EstimateError, match=r"there is no method 'km'"):
        eg.kaplan_meier(design, time="time", event="dead", method="km")
    with pytest.raises(EstimateError, match=r"are in 1 group\(s\) of 'same', so there is nothing to compare"):
        eg.log_rank(design, "same", time="time", event="dead")


def test_missing_times_and_zero_weights_take_no_part(lives: pd.DataFrame) -> None:
    holed = lives.assign(time=lives.time.where(lives.index % 5 > 0))
    fit = eg.cox(of(holed), "arm", time="time", event="dead")
    zero = lives.assign(w=np.where(lives.index % 5 > 0, lives.w, 0.0))
    same = eg.cox(of(zero), "arm", time="time", event="dead")
    assert fit.n == same.n == 240
    np.testing.assert_allclose(fit.cov, same.cov)


def test_a_replicate_may_leave_out_everybody_still_at_risk() -> None:
    # The last death is alone at risk: without its PSU the weight there is 0, and its logarithm has no value.
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"psu": np.repeat(range(12), 5), "x": rng.normal(size=60), "dead": 1})
    frame["time"] = rng.exponential(np.exp(-0.5 * frame["x"]))
    design = eg.jackknife(eg.Design(frame, psu="psu"))
    found = eg.cox(design, "x", time="time", event="dead")
    kept = [
        eg.cox(eg.Design(frame[frame.psu != each], psu="psu"), "x", time="time", event="dead")
        for each in range(12)
    ]
    gone = np.array([each.estimate[0] for each in kept])
    variance = 11 / 12 * ((gone - gone.mean()) ** 2).sum()
    np.testing.assert_allclose(found.cov[0, 0], variance, rtol=1e-7)
