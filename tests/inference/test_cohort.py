"""Cohorts: recovered where they were put, bounded where they cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import apc_bounds, cohort_replacement


def aged(age: float = 0.0, period: float = 0.0, cohort: float = 0.0, seed: int = 1) -> eg.Design:
    frame = frame_of_waves(seed=seed)
    frame["score"] = (
        age * frame.age
        + period * (frame.year - 2010)
        + cohort * (frame.year - frame.age - 1960)
        + 0.3 * np.random.default_rng(seed).normal(size=len(frame))
    )
    return design_of_waves(frame)


def test_replacement_alone() -> None:
    """Later cohorts answer higher, nobody changes: all of the change is replacement."""
    found = cohort_replacement(aged(cohort=0.05), "score")
    within, replaced = found.part("within cohorts").effect, found.part("replacement").effect
    assert within.conf_low < 0 < within.conf_high
    frame = aged(cohort=0.05).frame
    born = (frame.year - frame.age).groupby(frame.year)
    weighted = born.apply(lambda b: np.average(b, weights=frame.weight[b.index]))
    assert replaced.estimate == pytest.approx(0.05 * (weighted.iloc[-1] - weighted.iloc[0]), rel=0.05)
    total = found.part("total").effect.estimate
    assert total == pytest.approx(sum(test.effect.estimate for test in found.tests[1:]))


def test_slopes_are_those_of_the_regression() -> None:
    design = aged(age=0.02, period=-0.05)
    found = cohort_replacement(design, "score")
    born = eg.Design(
        design.frame.assign(born=lambda d: d.year - d.age), weight="weight", stratum="stratum", psu="psu"
    )
    fit = eg.glm(born, "score ~ year + born")
    assert found.part("within cohorts").effect.estimate == pytest.approx(8 * fit.estimate[1])
    assert found.part("within cohorts").effect.std_error == pytest.approx(8 * fit.std_error[1])


def test_errors_agree_with_the_jackknife() -> None:
    design = aged(age=0.01, cohort=0.02)
    a, b = cohort_replacement(design, "score"), cohort_replacement(eg.jackknife(design), "score")
    for one, other in zip(a.tests, b.tests, strict=True):
        assert one.effect.std_error == pytest.approx(other.effect.std_error, rel=0.05)
    c = apc_bounds(design, "score", {"age": (0, None)})
    d = apc_bounds(eg.jackknife(design), "score", {"age": (0, None)})
    assert c.bounds[1].conf_high == pytest.approx(d.bounds[1].conf_high, abs=2e-3)


@pytest.mark.parametrize("truth", [(0.02, -0.03, 0.01), (-0.01, 0.04, 0.03), (0.0, 0.0, 0.02)])
def test_bounds_hold_the_truth_when_the_assumption_does(truth: tuple[float, float, float]) -> None:
    design = aged(*truth)
    age, period, cohort = truth
    found = apc_bounds(design, "score", {"age": (age - 0.01, age + 0.02), "cohort": (None, cohort + 0.05)})
    assert found.reason == ""
    for bound, true in zip(found.bounds, truth, strict=True):
        assert bound.conf_low <= true <= bound.conf_high
    for effect, true in zip(found.identified, (age + period, period + cohort), strict=True):
        assert effect.conf_low < true < effect.conf_high
    width = [high - low for low, high in found.ranges.values()]
    assert width == pytest.approx([0.03] * 3)  # the three slopes move together


def test_one_sided_assumption_bounds_one_side_of_each() -> None:
    found = apc_bounds(aged(0.02, -0.03, 0.01), "score", {"age": (0, None)})
    ranges = found.ranges
    assert ranges["age"] == pytest.approx((0, np.inf))
    assert ranges["period"][0] == -np.inf
    assert ranges["period"][1] == pytest.approx(-0.01, abs=0.005)  # age + period, as ageing lowers nothing
    assert ranges["cohort"][0] == pytest.approx(-0.01, abs=0.005)
    assert np.isnan(found.bounds[0].estimate)


def test_no_assumption_no_bounds_and_contradictions() -> None:
    design = aged(0.02, -0.03, 0.01)
    free = apc_bounds(design, "score", {})
    assert all(np.isinf(effect.conf_low) and np.isinf(effect.conf_high) for effect in free.bounds)
    assert free.notes == ("nothing was assumed, so nothing is bounded",)
    torn = apc_bounds(design, "score", {"age": (0, None), "period": (0, None)})
    assert torn.reason == "the assumptions contradict one another and the slopes that the data show"
    assert torn.bounds == ()
    with pytest.raises(EstimateError, match="there is no clock 'birth'"):
        apc_bounds(design, "score", {"birth": (0, 1)})
    with pytest.raises(EstimateError, match="which is no range"):
        apc_bounds(design, "score", {"age": (1, 0)})


def test_one_wave() -> None:
    with pytest.raises(EstimateError, match=r"at 1 value\(s\) of 'year', so cohorts cannot be followed"):
        cohort_replacement(aged(), "score", where="year == 2010")
