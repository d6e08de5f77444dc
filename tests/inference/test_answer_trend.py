"""Trends of all answers by regression."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import answer_trend


def test_odds_ratio_is_that_of_the_ordinal_model() -> None:
    design = design_of_waves(slope=0.02)
    found = answer_trend(design, "rating")
    fit = eg.ordinal(design, "rating ~ year")
    at = fit.names.index("year")
    assert found.ordinal.effect.estimate == pytest.approx(np.exp(fit.estimate[at]), rel=1e-5)
    assert found.ordinal.p_value < 1e-6
    assert found.multinomial.df[0] == 3
    assert found.answers.estimate.sum() == pytest.approx(0, abs=1e-8)
    assert len(found.to_frame()) == 3


def test_with_two_cuts_brant_compares_two_slopes() -> None:
    frame = frame_of_waves(slope=0.01)
    frame["three"] = np.minimum(frame.rating, 3)
    design = design_of_waves(frame)
    found = answer_trend(design, "three").proportional
    assert found.df[0] == 1
    assert found.p_value > 0.001
    frame["three"] = np.where((frame.year > 2014) & (frame.three == 2), 3, frame.three)
    torn = answer_trend(design_of_waves(frame), "three").proportional
    assert torn.p_value < 1e-6


def test_variables_held() -> None:
    design = design_of_waves(slope=0.01)
    found = answer_trend(design, "rating", hold=["age", "sex"])
    fit = eg.ordinal(design, "rating ~ year + age + sex")
    at = fit.names.index("year")
    assert np.log(found.ordinal.effect.estimate) == pytest.approx(fit.estimate[at], rel=1e-4)
    assert found.notes == ("held: age, sex",)


def test_what_has_no_ordered_trend() -> None:
    with pytest.raises(EstimateError, match="item 'trust' has 2 answers at 5"):
        answer_trend(design_of_waves(), "trust")
    replicated = answer_trend(eg.brr(design_of_waves(psus=8)), "rating").proportional
    assert np.isnan(replicated.p_value)
    assert "not worked out for replicate weights" in replicated.notes[0]
