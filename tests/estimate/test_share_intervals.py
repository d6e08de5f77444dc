"""Intervals of shares and correlations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.intervals import METHODS, interval
from random_samples import design_of, random_sample

shares = st.floats(0.02, 0.98)
REFERENCE = Path(__file__).resolve().parents[1] / "reference" / "data"
quick = settings(max_examples=40, deadline=None)


def one(method: str, share: float, variance: float, n: float, df: float, level: float = 0.95) -> list[float]:
    return [
        float(each[0]) for each in interval(method, *(np.array([x]) for x in (share, variance, n, df)), level)
    ]


@quick
@given(shares, st.floats(0.2, 5), st.integers(20, 5000), st.integers(3, 200))
def test_likelihood_limits_are_where_the_deviance_meets_its_bound(
    share: float, deff: float, n: int, df: int
) -> None:
    variance = deff * share * (1 - share) / n
    low, high = one("likelihood", share, variance, n, df)
    assert 0 <= low < share < high <= 1
    t = stats.t.ppf(0.975, df)
    for limit in (low, high):
        if 1e-9 < limit < 1 - 1e-9:
            deviance = 2 * (share * np.log(share / limit) + (1 - share) * np.log((1 - share) / (1 - limit)))
            assert (n - 1) * deviance == pytest.approx(t**2 * deff, rel=1e-6)


@quick
@given(shares, st.sampled_from(sorted(set(METHODS) - {"wald"})), st.floats(0.3, 4))
def test_limits_stay_inside_and_turn_with_the_share(share: float, method: str, deff: float) -> None:
    variance = deff * share * (1 - share) / 150
    low, high = one(method, share, variance, 150, 20)
    assert 0 <= low < share < high <= 1
    turned = one(method, 1 - share, variance, 150, 20)
    assert turned == pytest.approx([1 - high, 1 - low], abs=1e-9)


def test_wilson_of_a_simple_random_sample_is_the_textbooks() -> None:
    n, hits = 200, 37
    plain = stats.binomtest(hits, n).proportion_ci(method="wilson")
    share = hits / n
    found = one("wilson", share, share * (1 - share) / n, n, np.inf)
    assert found == pytest.approx([plain.low, plain.high])


def test_beta_of_a_simple_random_sample_is_clopper_and_pearsons() -> None:
    n, hits = 200, 37
    plain = stats.binomtest(hits, n).proportion_ci(method="exact")
    share = hits / n
    found = one("beta", share, share * (1 - share) / n, n, n - 1)
    assert found == pytest.approx([plain.low, plain.high])


def test_extended_logit_is_the_logit() -> None:
    assert one("xlogit", 0.3, 1e-3, 300, 12) == one("logit", 0.3, 1e-3, 300, 12)


@pytest.mark.parametrize("method", ["logit", "xlogit", "likelihood", "arcsine"])
def test_shares_of_nobody_and_everybody_have_no_such_interval(method: str) -> None:
    for share in (0.0, 1.0):
        assert np.isnan(one(method, share, 0.0, 100, 10)).all()


def test_beta_and_wilson_hold_at_the_ends() -> None:
    for method in ("beta", "wilson"):
        low, high = one(method, 0.0, 0.0, 100, 10)
        assert low == 0
        assert 0 < high < 0.1


def test_fisher_keeps_correlations_inside() -> None:
    low, high = one("fisher", 0.97, 0.02**2, 50, 10)
    assert 0.8 < low < 0.97 < high < 1
    z = np.arctanh(0.97)
    margin = stats.t.ppf(0.975, 10) * 0.02 / (1 - 0.97**2)
    assert (low, high) == pytest.approx((np.tanh(z - margin), np.tanh(z + margin)))


def test_shares_take_no_interval_of_correlations() -> None:
    with pytest.raises(EstimateError, match=r"there is no interval method 'fisher'\."):
        eg.proportion(design_of(random_sample(1)), "z", interval="fisher")


@pytest.mark.parametrize(
    ("method", "limits"),
    [
        ("likelihood", [0.100944418310226, 0.124032609919860]),
        ("beta", [0.100825614431756, 0.124257527331812]),
    ],
)
def test_r_on_those_who_answered(method: str, limits: list[float]) -> None:
    """svyciprop(~HI_CHOL, subset(des, !is.na(HI_CHOL)), method=...), R survey 4.1-1: with everyone in the design,
    R's limits move with how many gave no answer (core-reference-differences.md)."""
    frame = pd.read_csv(REFERENCE / "nhanes.csv")
    design = eg.Design(frame, weight="WTMEC2YR", stratum="SDMVSTRA", psu="SDMVPSU", nest=True)
    found = eg.proportion(design, "HI_CHOL", interval=method).select([1])
    np.testing.assert_allclose(
        np.ravel(found.conf_int()), limits, rtol=1e-5 if method == "likelihood" else 1e-11
    )


def test_likelihood_limits_are_the_roots_of_their_equation() -> None:
    # 40 digits, by halving; R's svyciprop reads 0.345611861350 and 0.480954793186 off a spline.
    low, high = interval(
        "likelihood",
        np.array([0.41217362610085234]),
        np.array([0.0010904073373840337]),
        np.array([301.0]),
        np.array([26.0]),
        0.95,
    )
    np.testing.assert_allclose([low[0], high[0]], [0.345613415279863, 0.480955199858875], rtol=5e-15)
