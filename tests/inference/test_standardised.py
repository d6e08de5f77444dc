"""Standardised trends: against weights that were changed beforehand, and where nothing must move."""

from __future__ import annotations

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import standardised_trend


@pytest.fixture(scope="module")
def design() -> eg.Design:
    frame = frame_of_waves(seed=3)
    frame.loc[(frame.year == 2018) & (np.arange(len(frame)) % 3 == 0), "young"] = 0.0
    frame["score"] += 2 * frame.young
    return design_of_waves(frame)


def test_equals_estimates_with_standardised_weights(design: eg.Design) -> None:
    shares = {0.0: 0.55, 1.0: 0.45}
    found = standardised_trend(design, "score", "young", population=shares)
    weighted = eg.standardise(design, by="young", over="year", population=shares)
    expected = eg.mean(weighted, "score", by="year")
    np.testing.assert_allclose(found.standardised.estimate, expected.estimate)
    np.testing.assert_allclose(found.standardised.std_error, expected.std_error, rtol=1e-6)
    raw = eg.mean(design, "score", by="year")
    np.testing.assert_allclose(found.raw.estimate, raw.estimate)
    np.testing.assert_allclose(found.raw.cov, raw.cov, atol=1e-14)


def test_composition_that_changed_explains_the_change(design: eg.Design) -> None:
    found = standardised_trend(design, "score", ["young"], population=2010)
    assert found.difference.estimate[0] == pytest.approx(0)
    assert found.first_to_last.p_value < 0.001
    assert found.first_to_last.effect.estimate > 0.2
    assert found.composition["standard"].sum() == pytest.approx(1)
    np.testing.assert_allclose(found.composition["standard"], found.composition["2010"])


def test_crossed_groups_and_pooled_population(design: eg.Design) -> None:
    found = standardised_trend(design, "trust", ["young", "sex"], answers=[1])
    assert len(found.composition) == 4
    np.testing.assert_allclose(
        found.composition["standard"], found.composition.drop(columns="standard").mean(axis=1)
    )
    assert list(found.to_frame()["year"]) == [2010, 2012, 2014, 2016, 2018]
    assert found.standardised_trend.slope.effect.unit == "share per year"
    moved = standardised_trend(eg.jackknife(design), "trust", ["young", "sex"], answers=[1])
    np.testing.assert_allclose(moved.standardised.std_error, found.standardised.std_error, rtol=0.05)


def test_what_cannot_be_standardised(design: eg.Design) -> None:
    frame = frame_of_waves()
    frame.loc[frame.year == 2012, "area"] = "north"
    with pytest.raises(EstimateError, match="there are none for south in 2012, west in 2012"):
        standardised_trend(design_of_waves(frame), "trust", "area")
    with pytest.raises(EstimateError, match=r"the population has no share for \('west',\)"):
        standardised_trend(design, "trust", "area", population={"north": 0.5, "south": 0.5})
    with pytest.raises(EstimateError, match="population must be 'pooled', a value of 'year'"):
        standardised_trend(design, "trust", "area", population=1999)
