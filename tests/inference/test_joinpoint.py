"""Joinpoints: found where they were put, refused where the waves cannot tell, sure of the right things."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import joinpoint
from egovstats.inference.joinpoint_pieces import (
    average_slope,
    fit_pieces,
    joinpoint_places,
    segment_slopes,
)
from egovstats.inference.joinpoint_tests import permutation_p, sup_t
from egovstats.inference.statement import two_sided_t
from egovstats.inference.wave_points import wave_points
from egovstats.results import Covariance, Estimates


def estimates_at(time: np.ndarray, value: np.ndarray, std_error: float, df: float = 200.0) -> Estimates:
    k = len(time)
    return Estimates(
        keys=pd.DataFrame({"year": time, "item": "trust"}),
        estimate=np.asarray(value, dtype=float),
        covariance=Covariance.of(np.eye(k) * std_error**2),
        df=np.full(k, df),
        n=np.full(k, 1000.0),
        population=np.full(k, 1000.0),
        statistic="proportion",
        unit="share",
        sources=(),
        design_df=df,
    )


YEARS = np.arange(2008, 2022, 2.0)
BENT = 0.6 - 0.03 * np.maximum(YEARS - 2014, 0)
NOISE = np.array([1, -1, 0.5, -0.5, 1, -1, 0.5]) * 0.004


@pytest.mark.parametrize("method", ["sup-t", "permutation", "BIC"])
def test_finds_the_bend(method: str) -> None:
    found = joinpoint(estimates_at(YEARS, BENT + NOISE, 0.01), method=method)
    assert [each.estimate for each in found.joinpoints] == [2014]
    assert found.joinpoints[0].conf_low < 2014 < found.joinpoints[0].conf_high
    assert [test.keys["year_from"] for test in found.segments] == [2008, 2014]
    assert found.segments[1].effect.estimate == pytest.approx(-0.03, abs=0.003)
    assert found.average.effect.estimate == pytest.approx(
        (6 * found.segments[0].effect.estimate + 6 * found.segments[1].effect.estimate) / 12
    )
    assert found.reason == ""


@pytest.mark.parametrize("method", ["sup-t", "permutation", "BIC"])
def test_a_line_has_none(method: str) -> None:
    found = joinpoint(estimates_at(YEARS, 0.6 - 0.01 * (YEARS - 2008) + NOISE, 0.01), method=method)
    assert found.joinpoints == ()
    assert len(found.segments) == 1
    assert found.segments[0].effect.estimate == pytest.approx(found.average.effect.estimate)


def test_two_bends_among_twelve_waves() -> None:
    years = np.arange(2000, 2012, 1.0)
    value = 0.5 + 0.03 * np.minimum(years - 2000, 4) - 0.04 * np.maximum(years - 2008, 0)
    wave = np.tile([1, -1], 6) * 0.002
    for method in ("sup-t", "BIC"):
        found = joinpoint(estimates_at(years, value + wave, 0.006), method=method)
        assert [each.estimate for each in found.joinpoints] == [2004, 2008]
        assert len(found.segments) == 3


def test_a_bend_at_one_place_only_is_a_t_test() -> None:
    points = wave_points(estimates_at(YEARS[:5], BENT[:5] + NOISE[:5], 0.01), weights="known")
    X = np.column_stack([np.ones(5), points.time - 2008])
    bend = np.maximum(points.time - 2012, 0)
    whole = np.column_stack([X, bend])
    beta = np.linalg.lstsq(whole, points.estimate, rcond=None)[0]
    t = beta[2] / (0.01 * np.sqrt(np.linalg.inv(whole.T @ whole)[2, 2]))
    assert sup_t(points, X, bend[:, None]) == pytest.approx(two_sided_t(t, 200.0))


def test_any_line_added_changes_nothing() -> None:
    plain = joinpoint(estimates_at(YEARS, BENT + NOISE, 0.01))
    tilted = joinpoint(estimates_at(YEARS, BENT + NOISE + 0.2 - 0.013 * (YEARS - 2010), 0.01))
    assert plain.tests[0].p_value == pytest.approx(tilted.tests[0].p_value, rel=1e-9)
    assert plain.joinpoints[0].conf_low == pytest.approx(tilted.joinpoints[0].conf_low)


def test_permutations_by_hand() -> None:
    """Each order once, its best bend against its own residuals."""
    from itertools import permutations

    points = wave_points(estimates_at(YEARS[:5], BENT[:5] + NOISE[:5], 0.01), weights="known")
    X = np.column_stack([np.ones(5), points.time])
    bends = [np.maximum(points.time - at, 0) for at in (2010, 2012, 2014)]

    def best(y: np.ndarray) -> float:
        straight = np.linalg.lstsq(X, y, rcond=None)[1][0]
        bent = min(np.linalg.lstsq(np.column_stack([X, b]), y, rcond=None)[1][0] for b in bends)
        return straight / bent

    fitted = X @ np.linalg.lstsq(X, points.estimate, rcond=None)[0]
    rest = points.estimate - fitted
    seen = best(points.estimate)
    share = np.mean(
        [best(fitted + rest[list(order)]) >= seen * (1 - 1e-9) for order in permutations(range(5))]
    )
    assert permutation_p(points, X, np.column_stack(bends), draws=0, rng=None) == pytest.approx(share)


@pytest.mark.parametrize("waves", [2, 3, 4])
def test_few_waves_get_a_reason(waves: int) -> None:
    found = joinpoint(estimates_at(YEARS[:waves], BENT[:waves], 0.01))
    assert found.reason == (
        f"{waves} waves: a line that turns once has four unknowns, the year among them, so at least 5 waves "
        "are needed to look for one"
    )
    assert found.tests == found.joinpoints == ()
    assert len(found.segments) == 1


def test_a_weak_bend_has_no_year() -> None:
    found = joinpoint(estimates_at(YEARS[:5], BENT[:5] + NOISE[:5], 0.02), method="BIC", alpha=0.5)
    assert "5 waves: with fewer than 7 a joinpoint is a hint at most" in found.notes


def test_many_waves_draw_their_permutations() -> None:
    years = np.arange(2000, 2009, 1.0)
    data = estimates_at(years, 0.5 + 0.03 * np.minimum(years - 2000, 4), 0.01)
    with pytest.raises(EstimateError, match="9 waves have 362880 orders, so permutations are drawn"):
        joinpoint(data, method="permutation")
    found = joinpoint(data, method="permutation", draws=499, rng=np.random.default_rng(1))
    assert found.tests[0].p_value < 0.05
    assert found.joinpoints[0].estimate == 2004


def test_from_a_design() -> None:
    frame = frame_of_waves(years=(2008, 2010, 2012, 2014, 2016, 2018, 2020))
    frame["score"] -= np.where(frame.year > 2014, 0.6 * (frame.year - 2014), 0)
    design = design_of_waves(frame)
    found = joinpoint(design, "score")
    assert [each.estimate for each in found.joinpoints] == [2014]
    assert list(found.to_frame()["year_to"]) == [2014, 2020]
    same = joinpoint(eg.mean(design, "score", by="year"))
    assert same.tests[0].p_value == found.tests[0].p_value
    with pytest.raises(EstimateError, match="a design needs an item to follow"):
        joinpoint(design)


def test_unknown_method() -> None:
    with pytest.raises(EstimateError, match=r"joinpoints are not chosen by 'bic'\. Did you mean 'BIC'"):
        joinpoint(estimates_at(YEARS, BENT, 0.01), method="bic")


def test_waves_that_no_bend_fits_widen_the_interval() -> None:
    zigzag = 0.5 + np.array([-0.1, 0.1, -0.08, 0.12, -0.1, 0.1, -0.12])
    found = joinpoint(estimates_at(YEARS, zigzag, 0.01), method="BIC")
    assert found.departure.p_value < 1e-6
    assert "these pieces are not the whole story" in found.notes[0]
    year = found.joinpoints[0]
    assert (year.conf_low, year.conf_high) == (2008, 2020)
    smooth = joinpoint(estimates_at(YEARS, BENT + NOISE, 0.01))
    assert smooth.departure.p_value > 0.5
    assert smooth.departure.df[0] == 3  # 7 waves less level, two slopes and the year


def test_slopes_count_the_year_that_was_chosen() -> None:
    """Of nine waves with known errors; taken as known, the year leaves 82 and 91 per cent (1,500 draws)."""
    rng, held = np.random.default_rng(4), []
    time = np.arange(2002.0, 2019.0, 2.0)
    level = 0.54 - 0.02 * np.abs(time - 2010)
    for _ in range(300):
        points = wave_points(estimates_at(time, level + rng.normal(0, 0.035, 9), 0.035, df=np.inf))
        places = joinpoint_places(9, 1, 2)
        best = min(places, key=lambda each: fit_pieces(points, each).rest)
        first = segment_slopes(points, best, "year", 0.95)[0].effect
        average = average_slope(points, best, "year", 0.95).effect
        assert first is not None
        assert average is not None
        held.append((first.conf_low <= 0.02 <= first.conf_high, average.conf_low <= 0 <= average.conf_high))
    # Four Monte Carlo errors below 95 per cent.
    assert (np.mean(held, axis=0) > 0.9).all()


def test_more_unknowns_than_waves_leave_slopes_without_an_interval() -> None:
    points = wave_points(estimates_at(YEARS[:5], BENT[:5], 0.01))
    slopes = segment_slopes(points, (1, 3), "year", 0.95)
    assert all(np.isnan(each.p_value) for each in slopes)
    assert slopes[0].notes[0] == "more unknowns than waves, the years among them"
