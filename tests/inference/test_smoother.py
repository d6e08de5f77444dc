"""The smoother: against Gaussian processes worked out by matrices, and against what it must do at its ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import measurements, smooth_trend


def polls(m: int = 9, seed: int = 1, error: float = 0.015) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    time = np.sort(rng.uniform(2005, 2022, m))
    level = 0.5 + np.cumsum(rng.normal(0, 0.03, m))
    return pd.DataFrame({"time": time, "estimate": level + rng.normal(0, error, m), "std_error": error})


@pytest.mark.parametrize("model", ["level", "trend"])
def test_against_kriging_with_the_same_covariance(model: str) -> None:
    """A random walk and an integrated one are Gaussian processes with known covariance functions."""
    data, spread = polls(), 0.02
    found = smooth_trend(data, model=model, spread=spread)
    every = np.concatenate([data.time, found.curve.time])
    past = every - every.min()
    early, late = np.minimum.outer(past, past), np.maximum.outer(past, past)
    K = spread**2 * (early if model == "level" else early**2 * (3 * late - early) / 6)
    X = np.column_stack([np.ones(len(past)), past])[:, : 1 if model == "level" else 2]
    n, y = len(data), data.estimate.to_numpy()
    inverse = np.linalg.inv(K[:n, :n] + np.eye(n) * 0.015**2)
    bread = np.linalg.inv(X[:n].T @ inverse @ X[:n])
    beta = bread @ X[:n].T @ inverse @ y
    level = X[n:] @ beta + K[n:, :n] @ inverse @ (y - X[:n] @ beta)
    rest = X[n:] - K[n:, :n] @ inverse @ X[:n]
    variance = np.diag(K[n:, n:] - K[n:, :n] @ inverse @ K[:n, n:] + rest @ bread @ rest.T)
    np.testing.assert_allclose(found.curve.estimate, level, atol=1e-5)
    np.testing.assert_allclose(found.curve.std_error, np.sqrt(variance), atol=1e-5)


def test_no_spread_is_the_weighted_mean() -> None:
    data = polls().assign(std_error=np.linspace(0.01, 0.03, 9))
    found = smooth_trend(data, spread=0.0)
    weight = 1 / data.std_error**2
    np.testing.assert_allclose(found.curve.estimate, np.average(data.estimate, weights=weight), atol=1e-6)
    np.testing.assert_allclose(found.curve.std_error, weight.sum() ** -0.5, rtol=1e-4)


def test_large_spread_goes_through_the_measurements() -> None:
    data = polls()
    found = smooth_trend(data, spread=5.0, at=data.time)
    np.testing.assert_allclose(found.curve.estimate, data.estimate, atol=1e-4)
    np.testing.assert_allclose(found.curve.std_error, data.std_error, rtol=1e-3)


def test_band_is_narrower_at_measurements_and_wider_than_with_a_known_spread() -> None:
    data = polls(12)
    free = smooth_trend(data)
    known = smooth_trend(data, spread=free.spread)
    assert free.curve.std_error.mean() > known.curve.std_error.mean() * 0.95
    assert free.spread_range[0] <= free.spread <= free.spread_range[1]
    gaps = free.curve[free.curve.between]
    assert gaps.std_error.mean() > free.curve[~free.curve.between].std_error.mean()


def test_waves_and_print_make_one_curve() -> None:
    shares = eg.proportion(design_of_waves(), "trust", by="year", answers=[1])
    printed = [eg.PublishedShare.from_percent("48.5", n=1000, deff=1.5), eg.PublishedShare(0.51, None)]
    data = measurements(shares, ([2011.5, 2013.0], printed), on="year", names=["waves", "print"])
    assert len(data.frame) == 6
    row = data.frame[data.frame.source == "print"].iloc[0]
    assert row.std_error == pytest.approx(np.sqrt(1.5 * 0.485 * 0.515 / 1000 + 0.0005**2 / 3))
    assert data.notes[0] == "print: left out, since without n or without spread: 1"
    found = smooth_trend(data, on="year", logit=True)
    assert ((found.curve.conf_low > 0) & (found.curve.conf_high < 1)).all()
    assert found.reason == ""
    assert "all sources measure the same level, without constant differences" in found.notes


def test_constant_difference_of_a_source() -> None:
    rng = np.random.default_rng(3)
    time = np.arange(2005, 2021.0)
    level = 0.5 + 0.02 * np.sin(time)
    a = pd.DataFrame({"time": time, "estimate": level + rng.normal(0, 0.005, 16), "std_error": 0.005})
    b = a.assign(time=time + 0.3, estimate=level + 0.06 + rng.normal(0, 0.005, 16))
    found = smooth_trend(measurements(a, b, names=["a", "b"]), offsets=True)
    row = found.offsets.iloc[0]
    assert row.source == "b"
    assert abs(row.estimate - 0.06) < 3 * row.std_error
    assert row.std_error < 0.02


def test_unit_of_time_does_not_matter() -> None:
    data = polls()
    years = smooth_trend(data, at=data.time)
    months = smooth_trend(data.assign(time=data.time * 12), at=data.time * 12)
    np.testing.assert_allclose(years.curve.estimate, months.curve.estimate, atol=1e-6)
    assert months.spread * np.sqrt(12) == pytest.approx(years.spread, rel=1e-6)


def test_few_dates_give_a_reason() -> None:
    found = smooth_trend(polls(3))
    assert found.reason == (
        "measurements at 3 dates do not tell how fast the level moves; 4 are needed, or a spread that is known"
    )
    assert found.curve.empty
    assert np.isnan(found.spread)
    assert smooth_trend(polls(3), spread=0.02).reason == ""
    assert smooth_trend(polls(1), spread=0.02).reason == "measurements at 1 date(s) have no curve"


def test_what_cannot_be_smoothed() -> None:
    with pytest.raises(EstimateError, match=r"there is no model 'levels'\. Did you mean 'level'"):
        smooth_trend(polls(), model="levels")
    with pytest.raises(EstimateError, match="every level needs a time and a standard error above 0"):
        smooth_trend(polls().assign(std_error=0.0))
    with pytest.raises(EstimateError, match="a table of levels needs a column 'std_error'"):
        smooth_trend(polls().drop(columns="std_error"))
    with pytest.raises(EstimateError, match="log-odds need shares above 0 and below 1"):
        smooth_trend(polls().assign(estimate=1.0), logit=True)
