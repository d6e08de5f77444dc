"""Breaks fixed beforehand: found as they were put, refused where no wave shows them."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import policy_break

YEARS = tuple(range(2006, 2022, 2))


def stepped(step: float = -0.15, bend: float = 0.0) -> eg.Design:
    frame = frame_of_waves(years=YEARS, slope=0.005, size=10)
    later = frame.year >= 2014
    frame["score"] += np.where(later, 10 * step + bend * (frame.year - 2013.0), 0)
    return design_of_waves(frame)


def test_step_on_a_line() -> None:
    found = policy_break(stepped(), "score", 2013)
    step = found.tests[0]
    assert step.keys == {"item": "score", "break": 2013.0}
    assert step.effect.conf_low < -1.5 < step.effect.conf_high
    assert step.p_value < 1e-6
    assert found.by_wave[0].df == (5.0,)  # 8 waves less intercept, slope and step
    assert found.by_wave[0].effect.std_error >= step.effect.std_error * 0.9


def test_the_same_as_a_regression_with_the_columns_written_out() -> None:
    design = stepped(bend=0.1)
    frame = design.frame.assign(
        later=lambda d: (d.year >= 2013).astype(float), since=lambda d: np.maximum(d.year - 2013, 0) * 1.0
    )
    by_hand = eg.glm(
        eg.Design(frame, weight="weight", stratum="stratum", psu="psu"), "score ~ year + later + since"
    )
    found = policy_break(design, "score", 2013, effects="both")
    for test, name in zip(found.tests, ("later", "since"), strict=False):
        at = by_hand.names.index(name)
        assert test.effect.estimate == pytest.approx(by_hand.estimate[at])
        assert test.effect.std_error == pytest.approx(by_hand.std_error[at])
    assert found.tests[2].test == "Wald test of a break"
    assert found.tests[2].df[0] == 2


def test_variables_held() -> None:
    design = stepped()
    found = policy_break(design, "score", 2013, hold=["age", "sex"])
    by_hand = eg.glm(
        eg.Design(
            design.frame.assign(later=lambda d: (d.year >= 2013).astype(float)),
            weight="weight",
            stratum="stratum",
            psu="psu",
        ),
        "score ~ year + later + age + sex",
    )
    at = by_hand.names.index("later")
    assert found.tests[0].effect.estimate == pytest.approx(by_hand.estimate[at])
    assert found.by_wave == ()


def test_log_odds() -> None:
    found = policy_break(stepped(), "trust", 2013, answers=[1], family="binomial")
    assert found.tests[0].effect.unit == "log-odds"


def test_two_breaks_between_the_same_waves_cannot_be_told_apart() -> None:
    found = policy_break(stepped(), "score", [2012.5, 2013.5])
    assert all(np.isnan(test.p_value) for test in found.tests)
    assert found.tests[0].notes == (
        "8 waves cannot tell it from 'step at 2013.5': no wave lies between them",
    )


def test_two_waves_have_no_break() -> None:
    found = policy_break(design_of_waves(years=(2010, 2014)), "score", 2012)
    assert np.isnan(found.tests[0].p_value)
    assert found.tests[0].notes == ("2 waves cannot tell it from the trend and the other breaks",)
    assert found.notes == (
        "with the wave as the unit 2 coefficients need 3 waves with variance; there are 2",
    )


def test_few_waves_respect_their_number() -> None:
    found = policy_break(design_of_waves(), "score", 2013, effects="both")
    assert found.by_wave[0].df == (1.0,)  # 5 waves, 4 coefficients
    four = policy_break(design_of_waves(years=(2010, 2012, 2014, 2016)), "score", 2013, effects="both")
    assert four.by_wave == ()
    assert "4 coefficients need 5 waves" in four.notes[0]


@pytest.mark.parametrize(
    ("at", "reason"), [(2010, "before 2010"), (2005, "before 2005"), (2020, "after 2020")]
)
def test_a_break_outside_the_waves_has_a_reason_and_moves_no_other(at: int, reason: str) -> None:
    design = design_of_waves()
    found = policy_break(design, "score", [at, 2013], effects="level")
    alone = policy_break(design, "score", 2013)
    outside, inside = sorted(found.tests, key=lambda test: test.keys["break"] == 2013)
    assert np.isnan(outside.p_value)
    assert outside.notes[0].startswith(f"no wave with answers lies {reason}")
    assert outside.to_frame().reason[0] == outside.notes[0]
    assert inside.effect.estimate == pytest.approx(alone.tests[0].effect.estimate)
    assert inside.p_value == pytest.approx(alone.tests[0].p_value)
    assert [test.keys["break"] for test in found.by_wave] == [2013]


def test_a_break_is_a_time() -> None:
    with pytest.raises(EstimateError, match="breaks must be times of 'year'"):
        policy_break(design_of_waves(), "score", [])


def test_unknown_effect() -> None:
    with pytest.raises(EstimateError, match=r"effects cannot be 'levels'\. Did you mean 'level'"):
        policy_break(design_of_waves(), "score", 2013, effects="levels")
    with pytest.raises(EstimateError, match="variables to hold come as a list"):
        policy_break(design_of_waves(), "score", 2013, hold="age")
