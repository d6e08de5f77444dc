"""Covariances and residual tests against statsmodels, an independent implementation."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import (
    autocorrelation,
    breusch_godfrey,
    breusch_pagan,
    durbin_watson,
    fit_ar1,
    interrupted,
    least_squares,
    ljung_box,
    newey_west_cov,
    robust_cov,
)

sm = pytest.importorskip("statsmodels.api")
diagnostic = pytest.importorskip("statsmodels.stats.diagnostic")


@pytest.fixture(scope="module")
def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(12)
    error = np.zeros(40)
    for at in range(1, 40):
        error[at] = 0.5 * error[at - 1] + rng.normal()
    time = np.arange(40.0)
    after = (time >= 22).astype(float)
    design = np.column_stack([np.ones(40), time, after, (time - 21) * after])
    return 3 + 0.2 * time + 2 * after + error, design


def test_coefficients_and_covariances(data):
    y, design = data
    fit, known = least_squares(y, design), sm.OLS(y, design).fit()
    np.testing.assert_allclose(fit.estimate, known.params, rtol=1e-10)
    np.testing.assert_allclose(fit.cov, known.cov_params(), rtol=1e-9)
    for kind in ("HC0", "HC1", "HC2", "HC3"):
        np.testing.assert_allclose(robust_cov(fit, kind), getattr(known, f"cov_{kind}"), rtol=1e-8)
    for lag in (0, 1, 4):
        for adjust in (False, True):
            robust = sm.OLS(y, design).fit(
                cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": adjust}
            )
            np.testing.assert_allclose(
                newey_west_cov(fit, lag=lag, adjust=adjust), robust.cov_params(), rtol=1e-8
            )


# R, sandwich::vcovHC(lm(y ~ x)) and of lm(y ~ x + I(x^2)): variances of the coefficients.
HC_IN_R = {
    "HC4": ([10.5054712328547, 0.812038121334582], [1052.88463260215, 931.663965567097, 15.8333367598883]),
    "HC4m": ([0.930753292532413, 0.065824720815745], [14.1335682616077, 12.0177752320283, 0.202717409068117]),
    "HC5": (
        [0.444360385686795, 0.0287286612527743],
        [0.499906411914962, 0.193116598178068, 0.00239281539835096],
    ),
}


@pytest.mark.parametrize("kind", HC_IN_R)
def test_covariances_for_high_leverage_are_those_of_sandwich(kind):
    x = np.array([0.0, 1, 2, 3, 4, 5, 6, 7, 8, 20])
    y = np.array([1, 2, 1.5, 3, 2.5, 4, 6, 5, 9, 14])
    for power, known in enumerate(HC_IN_R[kind], start=1):
        fit = least_squares(y, x[:, None] ** np.arange(power + 1))
        np.testing.assert_allclose(np.diag(robust_cov(fit, kind)), known, rtol=1e-9)


def test_residual_tests(data):
    y, design = data
    fit, known = least_squares(y, design), sm.OLS(y, design).fit()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of the form of its result, not of its numbers
        godfrey = tuple(diagnostic.acorr_breusch_godfrey(known, nlags=2))[:2]
        ljung = diagnostic.acorr_ljungbox(y, lags=[3])
        pagan = tuple(diagnostic.het_breuschpagan(known.resid, design))[:2]
        found = breusch_godfrey(fit, order=2)
    assert (found.statistic, found.p_value) == pytest.approx(godfrey[:2], rel=1e-9)
    found = breusch_pagan(fit)
    assert (found.statistic, found.p_value) == pytest.approx(pagan[:2], rel=1e-8)
    found = ljung_box(y, lags=3)
    assert (found.statistic, found.p_value) == pytest.approx(ljung.to_numpy()[0], rel=1e-9)
    np.testing.assert_allclose(autocorrelation(y, lags=5), sm.tsa.acf(y, nlags=5)[1:], rtol=1e-10)


def test_the_durbin_watson_p_value_by_drawing_errors(data):
    y, design = data
    fit = least_squares(y, design)
    test = durbin_watson(fit)
    rng = np.random.default_rng(2)
    drawn = rng.normal(size=(20000, len(y)))
    residual = drawn - (drawn @ design) @ fit.inverse @ design.T
    statistic = (np.diff(residual, axis=1) ** 2).sum(axis=1) / (residual**2).sum(axis=1)
    assert test.p_value == pytest.approx((statistic < test.statistic).mean(), abs=0.01)


def test_autoregressive_errors_are_at_the_top_of_their_likelihood(data):
    y, design = data
    for method in ("ML", "REML"):
        found = fit_ar1(y, design, method=method)
        assert 0.2 < found.correlation < 0.8
    lag = np.abs(np.subtract.outer(np.arange(40), np.arange(40)))

    def log_likelihood(correlation: float) -> float:
        inverse = np.linalg.inv(correlation**lag)
        beta = np.linalg.solve(design.T @ inverse @ design, design.T @ inverse @ y)
        left = y - design @ beta
        rss = left @ inverse @ left
        return -0.5 * (40 * np.log(2 * np.pi * rss / 40) + 40 - np.linalg.slogdet(inverse)[1])

    best = fit_ar1(y, design)
    assert best.log_likelihood == pytest.approx(log_likelihood(best.correlation), rel=1e-10)
    assert all(best.log_likelihood >= log_likelihood(each) for each in np.linspace(-0.9, 0.95, 60))
    through = interrupted(np.arange(40), y, at=22, covariance="ar1")
    np.testing.assert_allclose(through.estimate, best.estimate, rtol=1e-8)


def test_what_a_fit_refuses():
    with pytest.raises(SeriesError, match="a line with 2 coefficients cannot be fitted to 3 values"):
        least_squares(np.arange(3.0), np.ones((3, 2)))
    with pytest.raises(SeriesError, match="Did you mean 'HC"):
        robust_cov(least_squares(np.arange(3.0), np.ones((3, 1))), "HC6")
    with pytest.raises(SeriesError, match="lags must lie between 1 and 2 for 3 values, got 3"):
        autocorrelation([1, 2, 4], lags=3)
    with pytest.raises(SeriesError, match="all are alike"):
        autocorrelation([2, 2, 2], lags=1)


def test_years_near_2000_are_fitted_as_well_as_years_near_0():
    y = np.array([1.0, 2.0, 4.0, 3.0])
    far = least_squares(y, np.column_stack([np.ones(4), np.arange(2000.0, 2004)]))
    near = least_squares(y, np.column_stack([np.ones(4), np.arange(4.0)]))
    assert far.estimate[1] == pytest.approx(near.estimate[1], rel=1e-10)
    assert far.cov[1, 1] == pytest.approx(near.cov[1, 1], rel=1e-8)
