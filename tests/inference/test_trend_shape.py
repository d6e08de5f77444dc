"""Shapes of trends: against R's contrasts, least squares by hand, and one another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from trend_sample import design_of_waves, frame_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import cochran_armitage_test, orthogonal_polynomials, trend_shape
from egovstats.inference.published_trend import cochran_armitage

CASES = Path(__file__).parents[1] / "reference" / "cases" / "trend.json"


def test_contrasts_are_those_of_r() -> None:
    case = next(
        each
        for each in json.loads(CASES.read_text(encoding="utf-8"))["cases"]
        if each["id"] == "trend.polycontrast.index"
    )
    want = np.array(list(case["args"]["contrasts"].values()))
    np.testing.assert_allclose(orthogonal_polynomials([2010, 2012, 2014, 2016, 2018], 4), want, atol=1e-10)


def test_uneven_times_stay_orthogonal() -> None:
    time = np.array([2013.06, 2015.3, 2018.3, 2020.2, 2022.2])
    made = orthogonal_polynomials(time, 4)
    np.testing.assert_allclose(made @ made.T, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(made @ np.ones(5), 0, atol=1e-12)
    assert made[1] @ time == pytest.approx(0, abs=1e-9)
    with pytest.raises(EstimateError, match="3 times carry polynomials of degree 1 to 2, asked for 3"):
        orthogonal_polynomials([1, 2, 3], 3)


def test_line_and_departure_by_hand() -> None:
    shares = eg.proportion(design_of_waves(slope=-0.01), "trust", by="year", answers=[1])
    found = trend_shape(shares, weights="known")
    weight, time = 1 / shares.variance, shares.keys["year"].to_numpy(dtype=float)
    centre = weight @ time / weight.sum()
    slope = weight @ ((time - centre) * shares.estimate) / (weight @ (time - centre) ** 2)
    assert found.slope.effect.estimate == pytest.approx(slope)
    assert found.slope.effect.std_error == pytest.approx((weight @ (time - centre) ** 2) ** -0.5)
    level = weight @ shares.estimate / weight.sum()
    rest = weight @ (shares.estimate - level - slope * (time - centre)) ** 2
    line = found.departures[0]
    assert line.statistic == pytest.approx(rest / 3 * 138 / 140)  # 140 design degrees of freedom
    assert line.df == (3.0, 138.0)


def test_three_waves_curve_is_departure_is_quadratic_contrast() -> None:
    """With three waves all of these ask one question."""
    shares = eg.proportion(design_of_waves(years=(2010, 2013, 2018)), "trust", by="year", answers=[1])
    found = trend_shape(shares)
    assert found.curvature.p_value == pytest.approx(found.departures[0].p_value)
    assert found.curvature.p_value == pytest.approx(found.orthogonal[1].p_value)


def test_turning_point_of_a_clear_parabola() -> None:
    frame = frame_of_waves()
    frame["score"] = 5 - 0.1 * (frame.year - 2013.5) ** 2 + frame.score * 0.1
    turn = trend_shape(eg.mean(design_of_waves(frame), "score", by="year")).curvature.others[0]
    assert turn.name == "turning point"
    assert turn.conf_low < 2013.5 < turn.conf_high
    flat = trend_shape(eg.mean(design_of_waves(), "score", by="year")).curvature
    assert flat.others == ()
    assert "no turning point within these waves is established" in flat.notes


def test_relative_change_is_the_rate_of_growth() -> None:
    frame = frame_of_waves()
    frame["score"] = 3 * 1.04 ** (frame.year - 2010) + 1e-6 * frame.score
    found = trend_shape(eg.mean(design_of_waves(frame), "score", by="year")).relative
    assert found.effect.estimate == pytest.approx(0.04, abs=1e-5)


def test_two_waves_leave_reasons() -> None:
    found = trend_shape(eg.proportion(design_of_waves(years=(2010, 2014)), "trust", by="year", answers=[1]))
    assert np.isnan(found.curvature.p_value)
    assert found.curvature.notes == ("two waves have no curve; three are needed",)
    assert found.departures[0].notes == ("2 waves always lie on a straight line; 3 are needed to test it",)
    assert np.isfinite(found.slope.p_value)


def test_nets_and_medians_have_trends_and_changes() -> None:
    design = design_of_waves(slope=0.02)
    net = eg.net(design, "rating", plus=[3, 4], minus=[1, 2], by="year")
    assert trend_shape(net).slope.effect.conf_low > 0
    assert eg.change(net, on="year", pairs="last")[0].effect.unit == "share difference"
    median = eg.quantile(design, "score", by="year")
    assert trend_shape(median).slope.p_value < 0.01
    assert eg.change(median, on="year", pairs="last")[0].effect.conf_low > 0


def test_cochran_armitage_of_people_drawn_alone_is_the_textbook_test() -> None:
    frame = frame_of_waves(slope=-0.01).assign(weight=1.0)
    found = cochran_armitage_test(eg.Design(frame, weight="weight"), "trust", "year", answers=[1])
    hits = frame.groupby("year").trust.sum().to_numpy()
    plain = cochran_armitage(hits, frame.groupby("year").trust.size().to_numpy(), scores=np.arange(5))
    assert found.others[0].estimate == pytest.approx(plain.statistic)
    assert found.others[1].estimate == pytest.approx(1, rel=0.02)


def test_cochran_armitage_of_a_clustered_sample() -> None:
    design = design_of_waves(slope=-0.005)
    score = cochran_armitage_test(design, "trust", "year", answers=[1])
    wald = eg.trend(design, "trust", "year", answers=[1]).slope
    assert score.effect.estimate == pytest.approx(wald.effect.estimate)
    assert score.p_value == pytest.approx(wald.p_value, abs=0.02)
    assert score.others[1].estimate > 1.1  # clusters and weights cost precision
    replicated = cochran_armitage_test(eg.jackknife(design), "trust", "year", answers=[1])
    assert replicated.statistic == pytest.approx(score.statistic, rel=0.1)


def test_scores_of_ordered_answers() -> None:
    design = design_of_waves(slope=0.02)
    found = cochran_armitage_test(design, "rating", "year")
    assert found.effect.estimate == pytest.approx(eg.trend(design, "rating", "year").slope.effect.estimate)
