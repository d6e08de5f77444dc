"""Tails of weighted sums of chi-squares: against closed forms, and R's numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference.chi_square_sum import weighted_chi_square_tail

quick = settings(max_examples=40, deadline=None)
lists = st.lists(st.floats(0.05, 20), min_size=1, max_size=12)


@pytest.mark.parametrize("k", [1, 2, 5, 30, 150])
@pytest.mark.parametrize("x", [0.01, 0.7, 1, 3, 20])
def test_equal_weights_give_chi_square_and_f(k: int, x: float) -> None:
    at = x * k
    assert weighted_chi_square_tail(2 * at, [2.0] * k) == pytest.approx(special.chdtrc(k, at), rel=1e-9)
    for ddf in (0.8, 7, 1000.5):
        found = weighted_chi_square_tail(3 * at, [3.0] * k, ddf=ddf)
        assert found == pytest.approx(special.fdtrc(k, ddf, x), rel=1e-8)


@pytest.mark.parametrize("small", [0.9, 0.3, 1e-3, 1e-6])
@pytest.mark.parametrize("x", [0.1, 4, 60, 900])
def test_two_pairs_of_weights_by_partial_fractions(small: float, x: float) -> None:
    exact = (np.exp(-x / 2) - small * np.exp(-x / (2 * small))) / (1 - small)
    assert weighted_chi_square_tail(x, [1, 1, small, small]) == pytest.approx(exact, rel=1e-9)


@quick
@given(lists, st.floats(0.1, 60), st.floats(0.01, 100))
def test_scale_order_and_zeros_do_not_matter(weights: list[float], x: float, factor: float) -> None:
    found = weighted_chi_square_tail(x, weights, ddf=17)
    other = weighted_chi_square_tail(
        factor * x, [factor * each for each in [*reversed(weights), 0.0]], ddf=17
    )
    assert other == pytest.approx(found, rel=1e-8)


@quick
@given(lists, st.floats(0.1, 60))
def test_tails_fall_and_the_approximations_are_near(weights: list[float], x: float) -> None:
    exact = [weighted_chi_square_tail(each, weights) for each in (x, x + 1, x + 10)]
    assert 1 >= exact[0] > exact[1] > exact[2] > 0
    saddlepoint = weighted_chi_square_tail(x, weights, method="saddlepoint")
    assert saddlepoint == pytest.approx(exact[0], abs=0.03)
    if exact[0] < 0.3:  # Satterthwaite matches two moments: near in the tail that tests use, not in the body
        satterthwaite = weighted_chi_square_tail(x, weights, method="satterthwaite")
        assert satterthwaite == pytest.approx(exact[0], abs=0.04)


def test_a_denominator_fades_with_its_degrees_of_freedom() -> None:
    without = weighted_chi_square_tail(7.5, [2.1, 1, 0.4])
    assert weighted_chi_square_tail(7.5, [2.1, 1, 0.4], ddf=1e7) == pytest.approx(without, rel=1e-5)


def test_ends() -> None:
    assert weighted_chi_square_tail(0, [1, 2]) == 1
    assert weighted_chi_square_tail(-3, [1, 2]) == 1
    assert weighted_chi_square_tail(1e9, [1, 2]) == 0
    assert 0 < weighted_chi_square_tail(1e9, [1, 2], ddf=3) < 1e-10


def test_r_cuts_fractional_denominators() -> None:
    """R's svychisq(statistic="saddlepoint") on apiclus1 prints 0.0264411277: see core-reference-differences.md."""
    x, ddf = 11.9408920807453, 20.9249568879044
    total, squares = x / 5.19336954147488, None
    # The two weights follow from their sum (X squared over F) and the first degrees of freedom, sum^2 / squares.
    squares = total**2 / 1.49463977770746
    gap = np.sqrt(2 * squares - total**2)
    weights = [(total + gap) / 2, (total - gap) / 2]
    cut = weighted_chi_square_tail(x * 20 / ddf, weights, ddf=20, method="saddlepoint")
    assert cut == pytest.approx(0.0264411277096376, rel=1e-6)
    exact = weighted_chi_square_tail(x, weights, ddf=ddf)
    assert exact == pytest.approx(0.0220010247537869, rel=1e-8)
    ours = weighted_chi_square_tail(x, weights, ddf=ddf, method="saddlepoint")
    assert abs(ours - exact) < abs(cut - exact) / 4


def test_the_cut_denominator_can_be_asked_for() -> None:
    frame = pd.read_csv(Path(__file__).resolve().parents[1] / "reference" / "data" / "apiclus1.csv")
    design = eg.Design(frame, weight="pw", psu="dnum", population_size="fpc")
    ask = {"statistic": "saddlepoint", "denominator": "whole"}
    assert eg.chi_square(design, "sch.wide", "stype", **ask).p_value == pytest.approx(0.0264411277, rel=1e-8)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            {"weights": [0, 0]},
            "weights of chi-squares must be above 0, got 0 to 0. They are eigenvalues of a covariance.",
        ),
        (
            {"weights": [1, -0.5]},
            "weights of chi-squares must be above 0, got -0.5 to 1. They are eigenvalues of a covariance.",
        ),
        (
            {"weights": [1], "ddf": 0},
            "degrees of freedom must be above 0, got 0. More PSUs are needed.",
        ),
        ({"weights": [1], "method": "davies"}, "there is no method 'davies'."),
    ],
)
def test_what_is_refused(ask: dict[str, object], message: str) -> None:
    with pytest.raises(EstimateError) as error:
        weighted_chi_square_tail(1.0, **ask)  # type: ignore[arg-type]
    assert str(error.value).startswith(message)
