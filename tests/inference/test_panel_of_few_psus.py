"""Waves of one small panel: more waves than their joint covariance has independent comparisons."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats import inference as inf


@pytest.fixture(scope="module")
def panel() -> eg.Design:
    """Eight PSUs of four strata in all five waves: 4 degrees of freedom."""
    rng = np.random.default_rng(5)
    n = 5 * 8 * 12
    wave, psu = np.arange(n) // 96, np.arange(n) // 12 % 8
    frame = pd.DataFrame({"year": 2010.0 + 2 * wave, "psu": psu, "stratum": psu // 2})
    return eg.Design(frame.assign(y=(rng.random(n) < 0.4).astype(float)), stratum="stratum", psu="psu")


def test_the_wave_as_the_unit_has_a_reason(panel: eg.Design) -> None:
    line = eg.trend(panel, "y")
    assert line.by_wave is None
    assert any("5 waves share PSUs" in note and "4 independent" in note for note in line.notes)
    assert line.slope.p_value > 0
    broken = inf.policy_break(panel, "y", 2013)
    assert broken.by_wave == ()
    assert any("share PSUs" in note for note in broken.notes)


def test_lines_count_waves_alike_and_their_fit_is_not_tested(panel: eg.Design) -> None:
    means = eg.mean(panel, "y", by="year")
    shape = inf.trend_shape(means)
    assert shape.slope.effect is not None
    assert shape.slope.effect.estimate == pytest.approx(
        np.polyfit([2010, 2012, 2014, 2016, 2018], means.estimate, 1)[0]
    )
    # With waves alike the slope is the linear contrast, whose error needs no inverse.
    assert shape.slope.p_value == pytest.approx(shape.orthogonal[0].p_value, rel=1e-9)
    assert all(np.isnan(test.p_value) and "share PSUs" in test.notes[0] for test in shape.departures)
    found = inf.joinpoint(means)
    assert "share PSUs" in found.reason
    assert found.joinpoints == ()
    assert found.average.p_value == pytest.approx(shape.slope.p_value, rel=1e-9)
