"""Straight-line trends and growth."""

from __future__ import annotations

import numpy as np
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import (
    growth,
    growth_of_indicator,
    ols_trend,
    shipped_indicators,
    trend_of_indicator,
    weighted_trend,
)

YEAR = np.array([2010, 2012, 2014, 2016, 2018])
SHARE = np.array([0.412, 0.398, 0.371, 0.355, 0.347])
ERROR = np.array([0.016, 0.015, 0.017, 0.015, 0.016])


def test_values_close_to_the_line_get_inverse_variance_weights():
    # Slope and standard error as computed in R by the inverse-variance line (chi-square of departure 0.365).
    test = weighted_trend(YEAR, SHARE, ERROR)
    assert test.effect.estimate == pytest.approx(-0.00870631487889274, rel=1e-10)
    assert test.effect.std_error == pytest.approx(0.00249567099242311, rel=1e-10)
    assert test.df == (3.0,)
    assert test.others[0].estimate == 0.0
    assert "chi-square 0.36 on 3 (p = 0.947)" in test.notes[0]


def test_scatter_beyond_the_errors_is_added_until_it_is_explained():
    test = weighted_trend(YEAR, SHARE, ERROR / 10)
    tau = test.others[0].estimate
    assert tau > 0
    variance = (ERROR / 10) ** 2 + tau**2
    design = np.column_stack([np.ones(5), YEAR - 2014])
    beta = np.linalg.solve(design.T @ (design / variance[:, None]), design.T @ (SHARE / variance))
    assert ((SHARE - design @ beta) ** 2 / variance).sum() == pytest.approx(3, rel=1e-8)
    assert test.effect.estimate == pytest.approx(beta[1])


def test_equal_errors_and_much_scatter_give_the_ordinary_line():
    wild = np.array([1.0, 3.0, 2.0, 5.0, 4.0, 8.0])
    year = np.arange(2000, 2006)
    weighted = weighted_trend(year, wild, np.full(6, 1e-4))
    plain = ols_trend(year, wild).test
    assert weighted.effect.estimate == pytest.approx(plain.effect.estimate, rel=1e-8)
    assert weighted.effect.std_error == pytest.approx(plain.effect.std_error, rel=1e-6)
    assert weighted.p_value == pytest.approx(plain.p_value, rel=1e-5)


def test_row_order_and_units_do_not_matter():
    order = [3, 0, 4, 1, 2]
    a, b = (
        weighted_trend(YEAR, SHARE, ERROR),
        weighted_trend(YEAR[order], 100 * SHARE[order], 100 * ERROR[order]),
    )
    assert b.effect.estimate == pytest.approx(100 * a.effect.estimate)
    assert b.p_value == pytest.approx(a.p_value)


@pytest.mark.parametrize("error", [[0.1, 0.1, 0.0, 0.1, 0.1], [0.1, 0.1, np.nan, 0.1, 0.1], [0.1, 0.1]])
def test_an_error_that_is_not_positive_is_refused(error):
    with pytest.raises(SeriesError, match="a weighted trend needs a positive standard error for each year"):
        weighted_trend(YEAR, SHARE, error)


def test_the_method_follows_the_precision_that_is_published():
    table = shipped_indicators()
    assert trend_of_indicator(table.series("MNG", "TI_CPI")).test == "weighted straight-line trend"
    internet = trend_of_indicator(table.series("MNG", "WDI_IT.NET.USER.ZS"))
    assert internet.test == "Mann-Kendall test"
    assert internet.p_value < 1e-6
    assert internet.keys["edition"] == "data to 2024"


def test_errors_alike_from_year_to_year_are_pointed_out():
    notes = trend_of_indicator(shipped_indicators().series("MNG", "WGI_GE_EST")).notes
    assert any("errors of different years are alike" in note for note in notes)


def test_a_perfect_line():
    found = ols_trend([2000, 2001, 2002, 2003], [1.0, 3.0, 5.0, 7.0])
    assert found.test.effect.estimate == pytest.approx(2.0)
    assert found.intercept == pytest.approx(1 - 2 * 2000)
    assert found.r_squared == pytest.approx(1.0)


def test_growth_by_hand():
    found = growth(60_000, 657_000, years=7, unit="users")
    assert found.factor == pytest.approx(10.95)
    assert found.annual_rate == pytest.approx(10.95 ** (1 / 7) - 1)
    assert found.relative_change == pytest.approx(9.95)
    assert found.change == 597_000
    assert found.start * (1 + found.annual_rate) ** 7 == pytest.approx(found.end)


def test_growth_of_a_series():
    series = shipped_indicators().series("MNG", "WDI_IT.CEL.SETS")
    found = growth_of_indicator(series, 2005, 2012)
    assert (found.years, found.unit) == (7, "mobile subscriptions")
    assert found.factor == pytest.approx(3375210 / 557207)
    with pytest.raises(SeriesError, match="growth needs time between the values, got -7 years"):
        growth_of_indicator(series, 2012, 2005)


def test_growth_from_nothing_is_refused():
    with pytest.raises(SeriesError) as error:
        growth(0, 5, years=2)
    assert str(error.value) == (
        "a growth factor needs positive values, got 0 and 5. Compare their difference instead."
    )
