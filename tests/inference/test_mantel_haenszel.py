"""Cochran-Mantel-Haenszel under the design."""

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


@quick
@given(seeds)
def test_one_stratum_is_the_adjusted_wald_test(seed: int) -> None:
    frame = random_sample(seed, least=4).assign(one=1)
    test = eg.mantel_haenszel(design_of(frame), "group", "z", strata="one")
    wald = eg.chi_square(design_of(frame), "group", "z", statistic="adjWald")
    assert test.statistic == pytest.approx(wald.statistic, rel=1e-6)
    assert test.df == wald.df
    assert test.p_value == pytest.approx(wald.p_value, rel=1e-6)


def test_the_common_odds_ratio_is_mantel_and_haenszels() -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    frame = random_sample(5, equal_weights=True).assign(high=lambda d: (d.x > 0).astype(int))
    tables = [pd.crosstab(part.high, part.group).to_numpy() for _, part in frame.groupby("z", sort=True)]
    test = eg.mantel_haenszel(eg.Design(frame), "high", "group", strata="z")
    assert test.effect.name == "common odds ratio"
    assert test.effect.estimate == pytest.approx(StratifiedTable(tables).oddsratio_pooled)
    assert test.effect.conf_low < test.effect.estimate < test.effect.conf_high
    plain = StratifiedTable(tables).test_null_odds(correction=False).statistic
    assert test.statistic == pytest.approx(plain, rel=0.15)  # their variances differ, the departures do not


@quick
@given(seeds)
def test_row_order_weight_scale_and_the_turn_of_the_table_do_not_matter(seed: int) -> None:
    frame = random_sample(seed, least=4)
    mixed = frame.sample(frac=1, random_state=seed).assign(w=lambda d: d.w * 11)
    a = eg.mantel_haenszel(design_of(frame), "group", "z", strata="wave")
    for other in (
        eg.mantel_haenszel(design_of(mixed), "group", "z", strata="wave"),
        eg.mantel_haenszel(design_of(frame), "z", "group", strata=["wave"]),
    ):
        assert other.statistic == pytest.approx(a.statistic, rel=1e-6, nan_ok=True)


def test_association_that_only_the_strata_make_goes_away() -> None:
    rng = np.random.default_rng(2)
    stratum = rng.integers(0, 2, 3000)
    a, b = (rng.random(3000) < np.where(stratum, 0.8, 0.2) for _ in range(2))
    design = eg.Design(pd.DataFrame({"a": a.astype(int), "b": b.astype(int), "s": stratum}))
    assert eg.chi_square(design, "a", "b").p_value < 1e-10
    assert eg.mantel_haenszel(design, "a", "b", strata="s").p_value > 0.01


def test_edges() -> None:
    frame = pd.DataFrame({"a": [1, 1, 2, 2], "b": [1, 1, 2, 2], "s": [1, 1, 2, 2]})
    nothing = eg.mantel_haenszel(eg.Design(frame), "a", "b", strata="s")
    assert np.isnan(nothing.p_value)
    assert nothing.notes == ("no stratum has two answers to both items, so there is nothing to compare",)
    many = pd.DataFrame({"a": [1, 2, 3] * 3, "b": np.repeat([1, 2, 3], 3), "s": 1, "p": [1, 2, 3] * 3})
    assert eg.mantel_haenszel(eg.Design(many, psu="p"), "a", "b", strata="s").notes == (
        "4 comparisons are too many for 2 degrees of freedom",
    )
    with pytest.raises(
        EstimateError,
        match=r"rows, columns and strata must be different columns, got \['a', 'b', 'a'\]. Change one.",
    ):
        eg.mantel_haenszel(eg.Design(frame), "a", "b", strata="a")
