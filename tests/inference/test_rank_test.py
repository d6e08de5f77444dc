"""Rank tests for survey data."""

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
from egovstats.inference.rank_test import mid_ranks
from random_samples import design_of, random_sample

quick = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)
TESTS = ["wilcoxon", "kruskal-wallis", "van-der-waerden", "median"]


def test_equal_weights_have_the_plain_mid_ranks() -> None:
    y = np.array([3.0, 1, 2, 2, 5, 2])
    for ties in ("middle", "row"):
        ranks = mid_ranks(y, np.ones(6), ties=ties)
        np.testing.assert_allclose(ranks, (stats.rankdata(y) - 0.5) / 6)


def test_whole_weights_are_repeated_respondents() -> None:
    y, w = np.array([3.0, 1, 2, 2]), np.array([2, 1, 3, 1])
    repeated = mid_ranks(np.repeat(y, w), np.ones(7))
    np.testing.assert_allclose(mid_ranks(y, w.astype(float)), repeated[np.cumsum(w) - 1])


def test_wilcoxons_effect_is_the_probability_of_superiority() -> None:
    frame = random_sample(3).dropna(subset=["y"])
    test = eg.rank_test(eg.Design(frame), "y", by="group")
    a, b = (frame.y[frame.group == group] for group in "ab")
    u = stats.mannwhitneyu(b, a).statistic / (len(a) * len(b))
    assert test.others[0].estimate == pytest.approx(u)
    assert test.effect.estimate == pytest.approx(u - 0.5)
    # Under simple random sampling t is near the normal deviate of Wilcoxon's test.
    z = stats.norm.isf(stats.mannwhitneyu(b, a, use_continuity=False, method="asymptotic").pvalue / 2)
    assert abs(test.statistic) == pytest.approx(z, rel=0.1, abs=0.05)


@quick
@given(seeds, st.sampled_from(TESTS), st.sampled_from(["group", "z"]))
def test_only_the_order_of_answers_matters(seed: int, test: str, by: str) -> None:
    frame = random_sample(seed, least=3)
    mixed = frame.sample(frac=1, random_state=seed).assign(y=lambda d: np.exp(d.y / 3), w=lambda d: 5 * d.w)
    a, b = (eg.rank_test(design_of(each), "y", by=by, test=test) for each in (frame, mixed))
    assert b.statistic == pytest.approx(a.statistic, rel=1e-7, nan_ok=True)
    assert b.p_value == pytest.approx(a.p_value, rel=1e-6, nan_ok=True)
    assert b.df == a.df


@quick
@given(seeds)
def test_turning_the_scale_turns_the_sign(seed: int) -> None:
    frame = random_sample(seed)
    a = eg.rank_test(design_of(frame), "y", by="group")
    b = eg.rank_test(design_of(frame.assign(y=-frame.y)), "y", by="group")
    assert a.statistic == pytest.approx(-b.statistic, rel=1e-7, nan_ok=True)


def test_two_groups_are_a_t_test_of_the_scores() -> None:
    frame = random_sample(4).dropna(subset=["y"]).reset_index(drop=True)
    frame["score"] = stats.norm.ppf(mid_ranks(frame.y.to_numpy(), frame.w.to_numpy()))
    design = design_of(frame, lonely_psu="remove")
    ranks = eg.rank_test(design, "y", by="group", test="van-der-waerden")
    plain = eg.t_test(design, "score", by="group")
    assert ranks.statistic == pytest.approx(plain.statistic)
    assert ranks.df == plain.df
    own = eg.rank_test(design, "y", by="group", test=stats.norm.ppf)
    assert own.statistic == pytest.approx(ranks.statistic)
    assert own.test == "design-based rank test (by own scores)"


def test_several_groups_are_a_wald_test_of_the_mean_scores() -> None:
    frame = random_sample(6, least=4).dropna(subset=["y"]).reset_index(drop=True)
    frame["rank"] = mid_ranks(frame.y.to_numpy(), frame.w.to_numpy())
    design = design_of(frame, lonely_psu="remove")
    test = eg.rank_test(design, "y", by="z", test="kruskal-wallis")
    means = eg.mean(design, "rank", by="z")
    wald = eg.wald_test(eg.contrast(means, {"v": [-1, 1, 0], "w": [-1, 0, 1]}))
    assert test.statistic == pytest.approx(wald.statistic)
    assert test.chi_square == pytest.approx(2 * wald.statistic)
    assert test.mean_scores == pytest.approx(means.estimate.tolist())
    assert test.df == (2, wald.df[1] - 2)
    assert test.groups == ("u", "v", "w")


def test_rows_order_ties_as_r_does() -> None:
    y, w = np.array([1.0, 1.0]), np.array([1.0, 3.0])
    np.testing.assert_allclose(mid_ranks(y, w), [0.5, 0.5])
    np.testing.assert_allclose(mid_ranks(y, w, ties="row") * 4, [1.5, 1.5])  # (0.5 + 2.5) / 2
    np.testing.assert_allclose(mid_ranks(y, w[::-1], ties="row") * 4, [2.5, 2.5])


def test_edges() -> None:
    frame = pd.DataFrame({"y": [1.0, 1, 1, 1], "g": [1, 1, 2, 2]})
    same = eg.rank_test(eg.Design(frame), "y", by="g")
    assert np.isnan(same.p_value)
    assert same.notes == (
        "no variance: the weighted scores of all PSUs of a stratum are alike in some group",
    )
    few = eg.rank_test(eg.Design(pd.DataFrame({"y": [1.0, 2, 3, 4], "g": [1, 2, 3, 4]})), "y", by="g")
    assert few.notes == ("no degrees of freedom (0): fewer groups or more PSUs are needed",)
    design = design_of(random_sample(1))
    with pytest.raises(
        EstimateError, match=r"a rank test compares groups, and 'group' has one here \('a'\). Widen where=."
    ):
        eg.rank_test(design, "y", by="group", where="group == 'a'")
    with pytest.raises(EstimateError, match=r"there is no rank test 'wilcox'. Did you mean 'wilcoxon'\?"):
        eg.rank_test(design, "y", by="group", test="wilcox")
    with pytest.raises(EstimateError, match=r"ties cannot be 'average'. There are: 'middle', 'row'."):
        eg.rank_test(design, "y", by="group", ties="average")


def test_replicates_move_the_total_of_the_scores_parts_like_r() -> None:
    """R: svyranktest(ell ~ comp.imp, as.svrepdesign(dclus1)) prints t = 2.1154481823, p 0.05426796644."""
    frame = pd.read_csv(Path(__file__).resolve().parents[1] / "reference" / "data" / "apiclus1.csv")
    design = eg.jackknife(eg.Design(frame, weight="pw", psu="dnum"))
    test = eg.rank_test(design, "ell", by="comp.imp")
    assert test.statistic == pytest.approx(2.1154481823, rel=1e-9)
    assert test.p_value == pytest.approx(0.05426796644, rel=1e-9)
    linear = eg.rank_test(eg.Design(frame, weight="pw", psu="dnum"), "ell", by="comp.imp")
    assert test.statistic == pytest.approx(linear.statistic, rel=1e-9)
