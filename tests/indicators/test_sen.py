"""Sen's slope: by hand, and truths for any series."""

from __future__ import annotations

import numpy as np
import pytest

from egovstats.errors import SeriesError
from egovstats.indicators import sen_slope


def test_by_hand():
    # Slopes between 2000 (1), 2002 (5), 2003 (4), 2007 (8): 2, 1, 1, -1, 3/5, 1; sorted -1, .6, 1, 1, 1, 2.
    found = sen_slope([2000, 2002, 2003, 2007], [1, 5, 4, 8], unit="points")
    assert found.estimate == 1.0
    assert found.n_slopes == 6
    assert found.intercept_median == pytest.approx(np.median([1 - 2000, 5 - 2002, 4 - 2003, 8 - 2007]))
    assert found.effect.unit == "points per year"


def test_the_limits_by_hand():
    # Ten years without ties: Var S = 10*9*25/18 = 125; C = 1.959964 * sqrt(125) = 21.913; N = 45,
    # so the limits are the slopes at ranks 11.543 and 34.457.
    year = np.arange(10)
    value = np.array([0, 2, 1, 4, 3, 6, 5, 9, 7, 8.0])
    slopes = np.sort([(value[j] - value[i]) / (j - i) for i in range(10) for j in range(i + 1, 10)])
    found = sen_slope(year, value)
    assert found.lower_rank == pytest.approx(11.5434, abs=1e-4)
    share = found.lower_rank - 11
    assert found.conf_low == pytest.approx(slopes[10] * (1 - share) + slopes[11] * share)
    share = found.upper_rank - 34
    assert found.conf_high == pytest.approx(slopes[33] * (1 - share) + slopes[34] * share)


def test_too_short_for_limits_is_not_a_number():
    found = sen_slope([2000, 2001, 2002], [1, 2, 4])
    assert np.isnan(found.conf_low)
    assert np.isnan(found.conf_high)


def test_moves_and_scales_with_the_series():
    rng = np.random.default_rng(5)
    year, value = np.sort(rng.choice(50, 12, replace=False)) + 1970, rng.normal(size=12)
    found = sen_slope(year, value)
    other = sen_slope(year + 100, 3 * value + 7)
    assert (other.estimate, other.conf_low, other.conf_high) == pytest.approx(
        (3 * found.estimate, 3 * found.conf_low, 3 * found.conf_high)
    )
    line = sen_slope(year, value + 0.5 * year)
    assert line.estimate == pytest.approx(found.estimate + 0.5)


def test_one_wild_value_hardly_moves_it():
    year = np.arange(11)
    value = 2.0 * year
    value[5] = 1000
    assert sen_slope(year, value).estimate == 2.0


def test_two_years_are_refused():
    with pytest.raises(SeriesError, match="Sen's slope needs at least 3 years, got 2"):
        sen_slope([2000, 2001], [1, 2])
