"""What a design can see, and how probable a decline is: textbook values, simulation, conjugate algebra."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import (
    detectable_change,
    detectable_factor,
    minimum_detectable_change,
    n_for_change,
    posterior_change,
    posterior_changes,
    posterior_of_published,
    t_power,
    waves_for_slope,
    with_detectable,
)


def test_power_against_statsmodels_and_pingouin() -> None:
    from statsmodels.stats.power import TTestPower

    for distance, df in ((1.5, 10.0), (2.8, 40.0), (3.5, 5.0)):
        expected = TTestPower().power(distance / np.sqrt(df + 1), df + 1, 0.05)
        assert t_power(distance, df) == pytest.approx(expected, rel=1e-7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pingouin import power_ttest
    d = power_ttest(n=31, power=0.8, contrast="one-sample")
    assert detectable_factor(30.0) == pytest.approx(d * np.sqrt(31), rel=1e-4)


def test_factor_is_the_sum_of_quantiles_for_many_degrees() -> None:
    assert detectable_factor(np.inf) == pytest.approx(1.959964 + 0.841621, abs=1e-4)
    assert detectable_factor(4.0) > detectable_factor(40.0) > detectable_factor(np.inf)
    assert np.isnan(detectable_factor(0.0))


def test_change_and_n_turn_round_each_other() -> None:
    for share, deff in ((0.5, 1.0), (0.2, 1.7), (0.85, 2.0)):
        rise = minimum_detectable_change(share, 1200, deff=deff)
        assert n_for_change(share, rise, deff=deff) == pytest.approx(1200, abs=1)
    assert np.isnan(minimum_detectable_change(0.99, 50))
    assert minimum_detectable_change(0.5, 1200, correlation=0.5) < minimum_detectable_change(0.5, 1200)


def test_n_agrees_with_the_published_formula() -> None:
    """Two proportions, 40 against 45 per cent, unpooled: 1530.4 in each (power 0.8, 5 per cent)."""
    z = 1.959963985 + 0.841621234
    assert n_for_change(0.40, 0.05) == int(np.ceil(z**2 * (0.24 + 0.2475) / 0.0025))


def test_what_waves_could_have_found() -> None:
    shares = eg.proportion(design_of_waves(), "trust", by="year", answers=[1])
    table = detectable_change(shares, on="year", pairs="last")
    row = table.iloc[0]
    assert row.detectable == pytest.approx(detectable_factor(row.df) * row.std_error)
    test = with_detectable(eg.change(shares, on="year", pairs="last")[0])
    assert test.others[-1].estimate == pytest.approx(row.detectable)


def test_waves_for_a_slope() -> None:
    assert waves_for_slope(-0.01, 0.02, spacing=2) == 5
    assert waves_for_slope(-0.01, 0.02, spacing=2, wave_sd=0.02) > 5
    assert waves_for_slope(0.0001, 0.05, most=10) is None
    assert waves_for_slope(0.5, 0.01, wave_sd=0.01) == 3
    with pytest.raises(EstimateError, match="a slope other than 0"):
        waves_for_slope(0.0, 0.02)


@pytest.mark.parametrize(("power", "alpha"), [(0.01, 0.05), (1.0, 0.05)])
def test_power_that_cannot_be(power: float, alpha: float) -> None:
    with pytest.raises(EstimateError, match="power must lie between alpha and 1"):
        detectable_factor(10.0, power=power, alpha=alpha)


def test_posterior_against_draws() -> None:
    found = posterior_change((0.45, 800), (0.40, 700), margin=0.03)
    rng = np.random.default_rng(1)
    drawn = rng.beta(0.5 + 280, 0.5 + 420, 400_000) - rng.beta(0.5 + 360, 0.5 + 440, 400_000)
    assert found.p_decline == pytest.approx((drawn < 0).mean(), abs=0.002)
    assert found.p_beyond == pytest.approx((abs(drawn) > 0.03).mean(), abs=0.003)
    np.testing.assert_allclose(
        [found.conf_low, found.mean, found.conf_high],
        [np.quantile(drawn, 0.025), drawn.mean(), np.quantile(drawn, 0.975)],
        atol=5e-4,
    )


def test_posterior_by_algebra() -> None:
    """One success of one against none of one under flat priors: P(later lower) is 5/6."""
    found = posterior_change((1.0, 1), (0.0, 1), prior=(1, 1))
    assert found.p_decline == pytest.approx(5 / 6, abs=1e-4)
    same = posterior_change((0.3, 100), (0.3, 100))
    assert same.p_decline == pytest.approx(0.5)
    assert same.conf_low == pytest.approx(-same.conf_high, rel=1e-4)


def test_posterior_of_waves_is_near_their_test() -> None:
    shares = eg.proportion(design_of_waves(slope=-0.006), "trust", by="year", answers=[1])
    posterior = posterior_changes(shares, on="year", pairs="last")[0]
    test = eg.change(shares, on="year", pairs="last")[0]
    assert posterior.conf_low == pytest.approx(test.effect.conf_low, abs=0.005)
    assert posterior.conf_high == pytest.approx(test.effect.conf_high, abs=0.005)
    one_sided = test.p_value / 2 if test.statistic > 0 else 1 - test.p_value / 2
    assert posterior.p_decline == pytest.approx(one_sided, abs=0.01)
    assert posterior.n_effective[0] < shares.n[0]


def test_posterior_of_print() -> None:
    a, b = eg.PublishedShare(0.41, 1000, 1.5), eg.PublishedShare(0.37, 1000, 1.5)
    assert posterior_of_published(a, b).p_decline > 0.9
    with pytest.raises(EstimateError, match="one is not published"):
        posterior_of_published(a, eg.PublishedShare(0.37))
    with pytest.raises(EstimateError, match="is that of shares, got estimates of a mean"):
        posterior_changes(eg.mean(design_of_waves(), "score", by="year"), on="year")
