"""Variances, covariances and correlations in the population."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.errors import EstimateError
from random_samples import design_of, random_sample

quick = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


def test_equal_weights_give_the_sample_covariance() -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 3)), columns=list("abc"))
    design = eg.Design(frame)
    found = eg.population_variance(design, ["a", "b", "c"])
    pairs = list(zip(found.keys.item, found.keys.other, strict=True))
    assert pairs == [("a", "a"), ("a", "b"), ("a", "c"), ("b", "b"), ("b", "c"), ("c", "c")]
    np.testing.assert_allclose(found.estimate, [frame.cov().loc[pair] for pair in pairs])
    r = eg.correlation(design, ["a", "b", "c"])
    np.testing.assert_allclose(r.estimate, [frame.corr().loc[pair] for pair in pairs if pair[0] != pair[1]])


def test_the_standard_error_of_a_variance_by_hand() -> None:
    y = np.array([1.0, 2.0, 4.0, 9.0])
    found = eg.population_variance(eg.Design(pd.DataFrame({"y": y})), "y")
    squares = (y - y.mean()) ** 2 * 4 / 3  # their mean is the variance, the mean of y moves it by nothing
    assert found.estimate[0] == pytest.approx(squares.mean())
    assert found.std_error[0] == pytest.approx(np.sqrt(squares.var(ddof=1) / 4))


@quick
@given(seeds)
def test_a_variance_is_the_mean_of_squared_deviations(seed: int) -> None:
    frame = random_sample(seed)
    design = design_of(frame)
    mean = eg.mean(design, "y").estimate[0]
    n = frame.y.notna().sum()
    squared = eg.mean(design_of(frame.assign(d=(frame.y - mean) ** 2 * n / (n - 1))), "d")
    found = eg.population_variance(design, "y")
    np.testing.assert_allclose(found.estimate, squared.estimate)
    np.testing.assert_allclose(found.cov, squared.cov)


@quick
@given(seeds, st.floats(-1e6, 1e6), st.floats(0.1, 50))
def test_shift_and_scale(seed: int, shift: float, scale: float) -> None:
    frame = random_sample(seed).assign(v=lambda d: shift + scale * d.x, m=lambda d: shift - scale * d.x)
    design = design_of(frame)
    plain, moved = (eg.population_variance(design, name, by="wave") for name in ("x", "v"))
    np.testing.assert_allclose(moved.estimate, scale**2 * plain.estimate, rtol=1e-6)
    np.testing.assert_allclose(moved.std_error, scale**2 * plain.std_error, rtol=1e-5)
    a, b, c = (eg.correlation(design, [name, "y"], by="wave") for name in ("x", "v", "m"))
    np.testing.assert_allclose(a.estimate, b.estimate, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(a.std_error, b.std_error, rtol=1e-5)
    np.testing.assert_allclose(a.estimate, -c.estimate, rtol=1e-6, atol=1e-9)


@quick
@given(seeds)
def test_correlation_is_the_root_of_the_shares_explained(seed: int) -> None:
    frame = random_sample(seed).dropna(subset=["y"])
    design = design_of(frame, lonely_psu="remove")
    r = eg.correlation(design, ["x", "y"])
    cov = dict(zip(("xx", "xy", "yy"), eg.population_variance(design, ["x", "y"]).estimate, strict=True))
    assert r.estimate[0] == pytest.approx(cov["xy"] / np.sqrt(cov["xx"] * cov["yy"]))
    low, high = r.conf_int()
    assert -1 < low[0] < r.estimate[0] < high[0] < 1


def test_linearised_and_jackknifed_errors_are_near() -> None:
    design = design_of(random_sample(21, least=5))
    linear = eg.correlation(design, ["x", "y"])
    jackknifed = eg.correlation(eg.jackknife(design), ["x", "y"])
    assert linear.estimate[0] == pytest.approx(jackknifed.estimate[0])
    assert linear.std_error[0] == pytest.approx(jackknifed.std_error[0], rel=0.25)


def test_edges() -> None:
    design = eg.Design(pd.DataFrame({"x": [1.0, 1.0, 1.0], "y": [1.0, 2.0, 4.0], "g": ["a", "a", "b"]}))
    assert eg.population_variance(design, "x").estimate[0] == 0
    with np.errstate(all="raise"):
        assert np.isnan(eg.correlation(design, ["x", "y"]).estimate[0])
    alone = eg.population_variance(design, "y", by="g")
    assert np.isnan(alone.estimate[1])
    with pytest.raises(EstimateError, match=r"a correlation needs two items, got \['x'\]. Name another one."):
        eg.correlation(design, ["x"])
