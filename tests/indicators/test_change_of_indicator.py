"""The change between two years against the published margin of error."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import change_of_indicator, make_table, shipped_indicators, trend_of_indicator


def _series(indicator: str = "WGI_GE_EST", **columns: list[float]):
    rows = pd.DataFrame({"year": [2005, 2020, 2021], "value": [-0.4, 0.0, 0.1], **columns})
    rows = rows.assign(area="MNG", indicator=indicator, edition="2022", unit="governance score")
    return make_table(rows).series("MNG", indicator)


def test_by_hand():
    # Difference 0.4, SE sqrt(0.15^2 + 0.2^2) = 0.25, z = 1.6, margin at 90 % 1.644854 * 0.25.
    test = change_of_indicator(_series(std_error=[0.15, 0.2, 0.2]), 2005, 2020)
    assert test.statistic == pytest.approx(1.6)
    assert test.p_value == pytest.approx(0.1095986, abs=1e-7)
    effect = test.effect
    assert effect is not None
    assert (effect.estimate, effect.std_error, effect.conf_level) == pytest.approx((0.4, 0.25, 0.9))
    assert (effect.conf_low, effect.conf_high) == pytest.approx((0.4 - 0.4112134, 0.4 + 0.4112134), abs=1e-6)
    assert test.keys == {
        "area": "MNG",
        "indicator": "WGI_GE_EST",
        "edition": "2022",
        "year_a": 2005,
        "year_b": 2020,
    }
    assert any("relative to the world" in note for note in test.notes)


def test_turned_round_it_changes_its_sign_only():
    series = _series(std_error=[0.15, 0.2, 0.2])
    there, back = change_of_indicator(series, 2005, 2020), change_of_indicator(series, 2020, 2005)
    assert (back.statistic, back.p_value) == pytest.approx((-there.statistic, there.p_value))


def test_errors_that_go_together_make_the_change_surer():
    series = _series(std_error=[0.15, 0.2, 0.2])
    test = change_of_indicator(series, 2005, 2020, correlation=0.5)
    assert test.effect.std_error == pytest.approx(np.sqrt(0.15**2 + 0.2**2 - 0.15 * 0.2))
    assert any("correlated by 0.5" in note for note in test.notes)
    with pytest.raises(SeriesError, match="correlation must be at least -1 and below 1, got 1"):
        change_of_indicator(series, 2005, 2020, correlation=1)


def test_overlap_of_limits_is_not_a_test():
    series = _series("WGI_GE_PCTRANK", conf_low=[-0.6, -0.2, -0.1], conf_high=[-0.1, 0.2, 0.3])
    test = change_of_indicator(series, 2005, 2020)
    assert np.isnan(test.p_value)
    assert np.isnan(test.effect.conf_low)
    assert test.effect.estimate == pytest.approx(0.4)
    assert test.notes[0].startswith("No p-value: only the limits of an interval are published.")
    assumed = change_of_indicator(series, 2005, 2020, assume_normal_limits=True)
    assert assumed.effect.std_error == pytest.approx(np.sqrt(0.5**2 + 0.4**2) / (2 * 1.6448536), rel=1e-6)
    assert "an assumption of this analysis" in assumed.notes[0]
    assert any("intervals overlap" in note for note in assumed.notes)


def test_without_any_precision_there_is_no_p_value_and_the_reason_is_given():
    test = change_of_indicator(_series("WDI_X"), 2005, 2020)
    assert np.isnan(test.p_value)
    assert test.notes[0] == (
        "No p-value: the publisher gives no standard error or limits for WDI_X, so how much of a change "
        "is chance is not known."
    )


def test_the_e_government_index_never_gets_a_p_value():
    series = shipped_indicators().series("MNG", "EGDI")
    test = change_of_indicator(series, 2018, 2022)
    assert np.isnan(test.p_value)
    assert (
        test.notes[0]
        == "No p-value: the two values come from different editions, which are not on one scale."
    )
    trend = trend_of_indicator(series)
    assert np.isnan(trend.p_value)
    assert trend.effect.name == "Sen slope"
    assert trend.notes[0].startswith("No p-value and no interval")


def test_what_is_refused():
    series = _series(std_error=[0.1, 0.1, 0.1])
    with pytest.raises(SeriesError, match="a change needs two years, got 2005 twice"):
        change_of_indicator(series, 2005, 2005)
    with pytest.raises(SeriesError) as error:
        change_of_indicator(series, 2005, 2019)
    assert str(error.value) == (
        "WGI_GE_EST of MNG (edition 2022) has no value for 2019. It has 2005, 2020-2021."
    )


def test_the_study_government_effectiveness_did_not_clearly_change():
    test = change_of_indicator(shipped_indicators().series("MNG", "WGI_GE_EST", edition="2022"), 2005, 2021)
    assert test.effect.conf_low < 0 < test.effect.conf_high
    assert test.p_value > 0.5
    assert test.sources[0].title == "World Bank, Worldwide Governance Indicators"
