"""Breaks, shifts and interrupted series."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import (
    break_sequence,
    break_test,
    breakpoints,
    buishand,
    chow,
    cox_stuart,
    interrupted,
    ols_cusum,
    pettitt,
    snht,
)
from egovstats.indicators.hansen1997 import break_p_value

YEAR = np.arange(1990, 2020)


@pytest.fixture(scope="module")
def step() -> np.ndarray:
    noise = np.random.default_rng(20).normal(scale=0.5, size=30)
    return np.where(YEAR >= 2003, 3.0, 0.0) + noise


def test_every_method_finds_the_year_of_a_plain_step(step):
    assert pettitt(YEAR, step).year == 2002
    assert buishand(YEAR, step).year == 2002
    assert snht(YEAR, step).year == 2002
    sequence = break_sequence(YEAR, step)
    assert sequence.year[sequence.statistic.argmax()] == 2002
    for kind in ("supF", "aveF", "expF"):
        assert break_test(sequence, kind=kind).p_value < 1e-4
    assert ols_cusum(YEAR, step).p_value < 0.001
    found = breakpoints(YEAR, step)
    assert (found.best, found.break_years) == (1, (2002.0,))


def test_a_level_series_has_no_break():
    noise = np.random.default_rng(4).normal(size=30)
    assert breakpoints(YEAR, noise).best == 0
    assert break_test(break_sequence(YEAR, noise)).p_value > 0.05
    assert ols_cusum(YEAR, noise).p_value > 0.05


def test_pettitts_statistic_by_hand():
    # Ranks 1, 2, 4, 3: U_t = 2 * sums (1, 3, 7) - t * 5 = -3, -4, -1; K = 4 after the second value.
    found = pettitt([1, 2, 3, 4], [1.0, 2.0, 9.0, 8.0])
    assert found.sequence.tolist() == [-3.0, -4.0, -1.0]
    assert (found.test.statistic, found.position) == (4.0, 2)
    assert found.test.p_value == pytest.approx(2 * np.exp(-6 * 16 / 80))
    assert found.test.effect.estimate == pytest.approx(7.0)


def test_random_orders_give_a_p_value_that_depends_on_the_draws_only(step):
    assert np.isnan(buishand(YEAR, step).test.p_value)
    assert "pass rng=" in buishand(YEAR, step).test.notes[0]
    for method in (buishand, snht):
        found = method(YEAR, step, draws=999, rng=np.random.default_rng(1)).test
        again = method(YEAR, step, draws=999, rng=np.random.default_rng(1)).test
        assert found.p_value == again.p_value == 1 / 1000
    rng = np.random.default_rng(9)
    flat = snht(YEAR, rng.normal(size=30), draws=999, rng=rng).test
    assert 0.05 < flat.p_value <= 1


def test_cox_and_stuart_by_hand():
    # Seven values: the fourth is left out; pairs (1,5), (2,6), (3,2) rise, rise, fall: p = 1.
    assert cox_stuart(range(7), [1, 2, 3, 9, 5, 6, 2]).p_value == 1.0
    rising = cox_stuart(range(12), range(12))
    assert rising.p_value == pytest.approx(2 / 64)
    assert cox_stuart(range(4), [1, 1, 1, 1]).p_value == 1.0


def test_chow_by_hand_for_levels():
    # Levels 1 and 3 with residuals +-1: RSS 8 in two parts, 16 in one; F = 8 / (8 / 6) = 6 on 1 and 6.
    value = [0.0, 2.0, 0.0, 2.0, 2.0, 4.0, 2.0, 4.0]
    test = chow(range(8), value, break_after=4, trend=False)
    assert (test.statistic, test.df) == (pytest.approx(6.0), (1.0, 6.0))
    with pytest.raises(SeriesError, match="either side of the break needs 2 values, got 7 and 1 of 8"):
        chow(range(8), value, break_after=7)


@pytest.mark.parametrize(
    ("kind", "coefficients", "critical"),
    [
        ("supF", 1, 8.85),
        ("supF", 2, 11.79),
        ("aveF", 1, 2.88),
        ("aveF", 2, 4.61),
        ("expF", 1, 2.06),
        ("expF", 2, 3.22),
    ],
)
def test_critical_values_printed_by_andrews_and_ploberger(kind, coefficients, critical):
    # 5 per cent points at 15 per cent trimming: Andrews (1993), table I; Andrews and Ploberger (1994).
    found = break_p_value(critical, kind=kind, coefficients=coefficients, trimming=0.15)
    assert found == pytest.approx(0.05, abs=0.006)


def test_p_values_fall_with_the_statistic_and_rise_with_the_candidates():
    for kind in ("supF", "aveF", "expF"):
        found = [break_p_value(x, kind=kind, coefficients=1, trimming=0.15) for x in (1, 3, 6, 12)]
        assert found == sorted(found, reverse=True)
    wide, narrow = (break_p_value(9, kind="supF", coefficients=1, trimming=t) for t in (0.05, 0.4))
    assert wide > narrow


def test_what_the_break_tests_refuse(step):
    with pytest.raises(SeriesError, match="got 3"):
        break_p_value(5, kind="supF", coefficients=3, trimming=0.15)
    with pytest.raises(SeriesError, match="at most 43% of the years can be left out"):
        break_p_value(5, kind="supF", coefficients=1, trimming=0.45)
    with pytest.raises(SeriesError, match="Did you mean 'supF'"):
        break_test(break_sequence(YEAR, step), kind="supf")
    with pytest.raises(SeriesError, match="segments of at least 1 of 6 years"):
        breakpoints(range(6), [1, 2, 1, 2, 1, 2], min_segment=0.2)
    with pytest.raises(SeriesError, match="leaves 0 at either end"):
        break_sequence(range(6), [1, 2, 1, 2, 1, 2], trimming=0.1)


def test_dynamic_programming_finds_what_trying_everything_finds():
    value = np.random.default_rng(8).normal(size=14)
    found = breakpoints(range(14), value, min_segment=0.22)

    def rss(*places: int) -> float:
        ends = [0, *places, 14]
        return sum(((value[a:b] - value[a:b].mean()) ** 2).sum() for a, b in pairwise(ends))

    one = min(rss(a) for a in range(3, 12))
    two = min(rss(a, b) for a in range(3, 9) for b in range(a + 3, 12))
    assert found.rss[:3] == pytest.approx([rss(), one, two])


def test_an_exact_interruption_is_recovered():
    year = np.arange(2000, 2020)
    value = 10 + 0.5 * (year - 2000) + np.where(year >= 2012, 4 + 0.25 * (year - 2011), 0)
    for covariance in ("newey-west", "classical", "HC3"):
        found = interrupted(year, value + 1e-9 * (-1.0) ** year, at=2012, covariance=covariance)
        assert found.estimate == pytest.approx([10, 0.5, 4, 0.25], abs=1e-7)
        assert found.effect_at(2019).effect.estimate == pytest.approx(4 + 0.25 * 8)


def test_the_interruption_of_unevenly_spaced_years():
    year = np.array([2000, 2001, 2003, 2004, 2008, 2010, 2011, 2015])
    value = 1 + 2.0 * (year - 2000) + np.where(year >= 2008, 5.0, 0.0) + 0.01 * np.cos(year)
    found = interrupted(year, value, at=2008, covariance="HC1")
    assert found.last_before == 2004
    assert found.estimate[2] == pytest.approx(5, abs=0.1)
    with pytest.raises(SeriesError, match="needs evenly spaced years"):
        interrupted(year, value, at=2008)


def test_what_an_interrupted_series_refuses():
    with pytest.raises(SeriesError) as error:
        interrupted(range(2000, 2010), range(10), at=2009)
    assert str(error.value) == (
        "an interrupted series needs two years before and two from 2009 on, got 9 and 1. "
        "Choose another year or add data."
    )
    fine = interrupted(range(2000, 2010), np.random.default_rng(1).normal(size=10), at=2005)
    with pytest.raises(SeriesError, match="the effect is defined from 2005 on, got 2003"):
        fine.effect_at(2003)
    assert list(fine.to_frame().columns) == [
        "term",
        "estimate",
        "std_error",
        "conf_low",
        "conf_high",
        "statistic",
        "df",
        "p_value",
    ]
