"""Lines through waves whose precision is estimated: known special cases, and the size of the test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.errors import EstimateError
from egovstats.inference import standardised_trend, trend_shape
from egovstats.inference.wave_fit import contrast_df, fit_waves
from egovstats.inference.wave_points import WavePoints, wave_points
from egovstats.results import Covariance, Estimates

YEARS = np.array([2010.0, 2012, 2014, 2016, 2018])


def estimates_of(value: np.ndarray, variance: np.ndarray, df: np.ndarray) -> Estimates:
    k = len(value)
    return Estimates(
        keys=pd.DataFrame({"year": YEARS[:k], "item": "trust"}),
        estimate=value,
        covariance=Covariance.of(np.diag(variance)),
        df=df,
        n=np.full(k, 300.0),
        population=np.full(k, 300.0),
        statistic="mean",
        unit="score",
        sources=(),
        design_df=float(df.sum()),
    )


def samples() -> tuple[list[np.ndarray], WavePoints]:
    """Four groups of people drawn alone, of unequal spread, and their means as waves."""
    rng = np.random.default_rng(8)
    groups = [
        rng.normal(at / 4, spread, n) for at, (spread, n) in enumerate([(1, 6), (2, 9), (0.7, 7), (3, 12)])
    ]
    variance = np.array([group.var(ddof=1) / len(group) for group in groups])
    means = np.array([group.mean() for group in groups])
    return groups, wave_points(estimates_of(means, variance, np.array([5.0, 8.0, 6.0, 11.0])))


def test_departure_from_one_level_is_welchs_analysis_of_variance() -> None:
    anova_oneway = pytest.importorskip("statsmodels.stats.oneway").anova_oneway
    groups, points = samples()
    statistic, ddf = fit_waves(points, np.ones((4, 1))).departure(3)
    want = anova_oneway(groups, use_var="unequal")
    assert statistic == pytest.approx(want.statistic, rel=1e-10)
    assert ddf == pytest.approx(want.df_denom, rel=1e-10)


def test_two_waves_differ_as_by_welchs_t_test() -> None:
    stats = pytest.importorskip("scipy.stats")
    groups, points = samples()
    want = stats.ttest_ind(groups[3], groups[0], equal_var=False)
    assert contrast_df(points, np.array([-1.0, 0, 0, 1])) == pytest.approx(want.df, rel=1e-10)


def test_variance_of_a_weighted_mean_is_meiers() -> None:
    """Meier (1953), Biometrics 9, 59-73: 1 / sum of weights, times 1 + 4 sum of p (1 - p) / df."""
    _, points = samples()
    weight = 1 / np.diag(points.cov)
    share = weight / weight.sum()
    want = (1 + 4 * (share * (1 - share) / points.own_df).sum()) / weight.sum()
    assert fit_waves(points, np.ones((4, 1))).cov[0, 0] == pytest.approx(want, rel=1e-10)


def test_many_psus_give_the_textbooks_errors() -> None:
    value, variance = np.array([0.3, 0.5, 0.4, 0.8, 0.6]), np.array([1.0, 2, 1, 3, 2]) * 1e-3
    many = estimates_of(value, variance, np.full(5, 1e7))
    assert trend_shape(many).slope.p_value == pytest.approx(
        trend_shape(many, weights="known").slope.p_value, rel=1e-4
    )
    with pytest.raises(EstimateError, match="weights cannot be 'exact'"):
        trend_shape(many, weights="exact")


def test_waves_of_one_panel_have_one_covariance() -> None:
    alone = estimates_of(np.arange(5.0), np.full(5, 0.01), np.full(5, 20.0))
    cov = np.full((5, 5), 0.004) + np.eye(5) * 0.006
    panel = Estimates(
        alone.keys,
        alone.estimate,
        Covariance.of(cov),
        alone.df,
        alone.n,
        alone.population,
        "mean",
        "score",
        (),
        20.0,
    )
    points = wave_points(panel)
    assert points.own_df is None
    # Rao's: the three contrasts that a line leaves of five waves are covariates.
    fit = fit_waves(points, np.column_stack([np.ones(5), YEARS]))
    plain = fit_waves(wave_points(panel, weights="known"), np.column_stack([np.ones(5), YEARS]))
    np.testing.assert_allclose(fit.cov, plain.cov * (1 + plain.rest / 20) * 20 / 17)
    assert fit.df_of(np.array([0.0, 1.0])) == 17
    assert plain.df_of(np.array([0.0, 1.0])) == 20
    assert wave_points(alone).own_df is not None


def test_waves_held_to_one_composition_have_their_own_psus() -> None:
    design = design_of_waves()
    made = standardised_trend(design, "trust", "young", answers=[1]).standardised_trend.points
    raw = wave_points(eg.proportion(design, "trust", by="year", answers=[1]))
    assert made.own_df is not None
    np.testing.assert_array_equal(made.own_df, raw.own_df)
    assert np.abs(made.cov - np.diag(np.diag(made.cov))).max() > 0


def test_size_with_four_degrees_of_freedom_a_wave() -> None:
    """By the textbook 12.7 in 100 of such waves have a trend where none is (20,000 draws); here 6.5."""
    rng, rejected = np.random.default_rng(3), []
    for _ in range(400):
        made = estimates_of(rng.normal(size=5), rng.chisquare(4, 5) / 4, np.full(5, 4.0))
        points = wave_points(made)
        X = np.column_stack([np.ones(5), YEARS - 2014])
        fit = fit_waves(points, X)
        t = fit.beta[1] / np.sqrt(fit.cov[1, 1])
        from scipy.special import stdtr

        rejected.append(2 * stdtr(fit.df_of(np.array([0.0, 1.0])), -abs(t)) < 0.05)
    assert np.mean(rejected) < 0.1


def test_size_in_a_panel_of_twelve_degrees_of_freedom() -> None:
    """Exact where the covariance is a Wishart one: 4.9 in 100 of 20,000 draws; by the textbook 13.7."""
    from scipy.special import stdtr

    rng, rejected = np.random.default_rng(6), []
    X = np.column_stack([np.ones(5), YEARS - 2014])
    root = np.linalg.cholesky(np.full((5, 5), 0.4) + 0.6 * np.eye(5))
    for _ in range(600):
        draws = rng.normal(size=(12, 5)) @ root.T
        panel = Estimates(
            pd.DataFrame({"year": YEARS, "item": "trust"}),
            root @ rng.normal(size=5),
            Covariance.of(draws.T @ draws / 12),
            np.full(5, 12.0),
            np.full(5, 300.0),
            np.full(5, 300.0),
            "mean",
            "score",
            (),
            12.0,
        )
        row = []
        for weights in ("estimated", "known"):
            fit = fit_waves(wave_points(panel, weights=weights), X)
            t = fit.beta[1] / np.sqrt(fit.cov[1, 1])
            row.append(2 * stdtr(fit.df_of(np.array([0.0, 1.0])), -abs(t)) < 0.05)
        rejected.append(row)
    exact, plain = np.mean(rejected, axis=0)
    assert abs(exact - 0.05) < 0.03
    assert plain > exact
