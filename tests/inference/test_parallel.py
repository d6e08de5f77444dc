"""Trends by domain: each as if fitted alone, their equality as the model's interaction."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import parallel_trends
from egovstats.inference.term_tests import term_test


@pytest.fixture(scope="module")
def design() -> eg.Design:
    frame = frame_of_waves(slope=-0.005)
    frame["score"] += np.where(frame.sex == "man", 0.1 * (frame.year - 2010), 0)
    return design_of_waves(frame)


def test_each_slope_is_that_of_the_domain_alone(design: eg.Design) -> None:
    found = parallel_trends(design, "score", "area")
    for slope in found.slopes:
        alone = eg.trend(design, "score", where=f"area == {slope.keys['area']!r}").slope
        assert slope.effect.estimate == pytest.approx(alone.effect.estimate)
        assert slope.effect.std_error == pytest.approx(alone.effect.std_error)
        assert slope.p_value == pytest.approx(alone.p_value)
        assert slope.n == alone.n


def test_equality_is_the_interaction_of_the_model(design: eg.Design) -> None:
    found = parallel_trends(design, "trust", "area", answers=[1], family="binomial")
    fit = eg.glm(design, "trust ~ year * area", family="binomial")
    wald = eg.wald_test(fit, "year:area")
    assert found.equal_slopes.statistic == pytest.approx(wald.statistic, rel=1e-6)
    assert found.equal_slopes.df == wald.df
    ratio = term_test(fit, "year:area", method="likelihood-ratio")
    assert found.likelihood_ratio.p_value == pytest.approx(ratio.p_value, rel=1e-5)


def test_two_domains_have_one_difference(design: eg.Design) -> None:
    found = parallel_trends(design, "score", "sex")
    difference = found.differences[0]
    assert difference.effect.estimate == pytest.approx(
        found.slopes[1].effect.estimate - found.slopes[0].effect.estimate
    )
    assert difference.statistic**2 == pytest.approx(found.equal_slopes.statistic)
    assert found.equal_slopes.p_value < 1e-4
    assert found.same_course.p_value < 1e-3
    assert list(found.to_frame()["sex"]) == ["man", "woman", "all"]


def test_domains_that_move_alike_but_not_straight() -> None:
    """A hump that both share is no departure from parallel courses."""
    frame = frame_of_waves(seed=4)
    frame["score"] += np.where(frame.year == 2014, 3.0, 0)
    found = parallel_trends(design_of_waves(frame), "score", "sex")
    assert found.same_course.p_value > 0.01
    assert found.same_course.df[0] == 4


def test_a_domain_of_one_wave_is_left_out() -> None:
    frame = frame_of_waves()
    frame.loc[(frame.area == "west") & (frame.year > 2010), "score"] = np.nan
    found = parallel_trends(design_of_waves(frame), "score", "area")
    assert found.notes == ("left out, since answers at one year only: west",)
    assert len(found.slopes) == 2
    with pytest.raises(EstimateError, match=r"in 1 domain\(s\) of 'area', so there are no trends"):
        parallel_trends(design_of_waves(frame), "score", "area", where="area != 'north'")
