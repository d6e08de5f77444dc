"""Worked examples, to the last digit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg


def test_stratified_two_psus_by_hand() -> None:
    """With two PSUs a stratum the variance of a total is the sum of squared differences of PSU totals."""
    frame = pd.DataFrame(
        {
            "h": [1, 1, 1, 1, 2, 2, 2],
            "i": [1, 1, 2, 2, 3, 4, 4],
            "w": [2.0, 2, 2, 2, 3, 3, 3],
            "y": [1.0, 2, 3, 5, 4, 6, 1],
        }
    )
    total = eg.total(eg.Design(frame, weight="w", stratum="h", psu="i"), "y")
    assert total.estimate[0] == 2 * 11 + 3 * 11
    # PSU totals: 6 and 16 in stratum 1, 12 and 21 in stratum 2.
    assert total.variance[0] == pytest.approx((16 - 6) ** 2 + (21 - 12) ** 2)
    assert total.df[0] == 2


def test_simple_random_sample_is_s_squared_over_n() -> None:
    y = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    found = eg.mean(eg.Design(pd.DataFrame({"y": y, "N": 80.0}), population_size="N"), "y")
    assert found.variance[0] == pytest.approx(y.var(ddof=1) / 8 * (1 - 8 / 80))
    assert found.deff("srswor")[0] == pytest.approx(1)
    assert found.population[0] == pytest.approx(80)


def test_two_stages_by_hand() -> None:
    """Two of four PSUs, two of five units in each: first-stage part plus n/N of the second-stage parts."""
    frame = pd.DataFrame(
        {"psu": [1, 1, 2, 2], "unit": [1, 2, 1, 2], "N": 4.0, "M": 5.0, "y": [1.0, 3.0, 6.0, 10.0]}
    )
    design = eg.Design(frame, psu=["psu", "unit"], population_size=["N", "M"])
    found = eg.total(design, "y")
    w = (4 / 2) * (5 / 2)
    assert found.estimate[0] == pytest.approx(w * 20)
    t = np.array([w * 4, w * 16])
    first = (1 - 2 / 4) * 2 * t.var(ddof=1)
    within = sum((1 - 2 / 5) * 2 * (w * np.array(pair)).var(ddof=1) for pair in ([1.0, 3.0], [6.0, 10.0]))
    assert found.variance[0] == pytest.approx(first + 2 / 4 * within)


def test_large_values_lose_no_digits() -> None:
    """Adding a huge constant moves the mean and leaves its standard error."""
    rng = np.random.default_rng(0)
    y = rng.normal(0, 1, 400)
    frame = pd.DataFrame({"y": y, "far": y + 1e9, "psu": np.arange(400) // 8, "w": rng.lognormal(0, 1, 400)})
    design = eg.Design(frame, weight="w", psu="psu")
    near, far = eg.mean(design, "y"), eg.mean(design, "far")
    assert far.std_error[0] == pytest.approx(near.std_error[0], rel=1e-6)
    assert far.deff()[0] == pytest.approx(near.deff()[0], rel=1e-6)


def test_integer_psus_far_apart_and_words_number_alike() -> None:
    frame = pd.DataFrame({"psu": [10**12, 10**12, 5, 5, 77, 77], "y": [1.0, 2, 3, 4, 5, 6]})
    a = eg.mean(eg.Design(frame, psu="psu"), "y")
    b = eg.mean(eg.Design(frame.assign(psu=frame.psu.astype(str)), psu="psu"), "y")
    assert a.std_error[0] == pytest.approx(b.std_error[0])
