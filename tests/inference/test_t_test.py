"""t tests: against scipy where a design comes down to it, and against contrasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import egovstats as eg
from egovstats.errors import EstimateError
from random_samples import design_of, random_sample

quick = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.repeat(["a", "b"], [30, 45])})
    frame["y"] = rng.normal(5, 1, 75) + (frame.g == "b") * rng.normal(0.6, 2, 75)
    frame["x"] = frame.y + rng.normal(0.2, 1, 75)
    return frame


def test_one_sample_and_paired_are_students(frame: pd.DataFrame) -> None:
    design = eg.Design(frame)
    test = eg.t_test(design, "y", value=4.5)
    plain = stats.ttest_1samp(frame.y, 4.5)
    assert test.statistic == pytest.approx(plain.statistic)
    assert test.df == (73,)  # one less than the textbook's: R's convention
    assert eg.t_test(design, "y", value=4.5, df=74).p_value == pytest.approx(plain.pvalue)
    paired, textbook = eg.t_test(design, "y", paired="x", df=74), stats.ttest_rel(frame.y, frame.x)
    assert (paired.statistic, paired.p_value) == pytest.approx((textbook.statistic, textbook.pvalue))
    assert paired.null == "The mean of y less x is 0."
    assert paired.keys == {"item": "y minus x"}


def test_two_groups_that_are_strata_are_welchs(frame: pd.DataFrame) -> None:
    test = eg.t_test(eg.Design(frame, stratum="g"), "y", by="g")
    plain = stats.ttest_ind(frame.y[frame.g == "b"], frame.y[frame.g == "a"], equal_var=False)
    assert test.statistic == pytest.approx(plain.statistic)
    assert test.df == (72,)  # 75 respondents less 2 strata less 1
    assert test.effect.estimate == pytest.approx(frame.groupby("g").y.mean().diff().iloc[1])
    assert test.keys == {"item": "y", "g_from": "a", "g_to": "b"}


def test_cohens_d_is_over_the_pooled_deviation(frame: pd.DataFrame) -> None:
    test = eg.t_test(eg.Design(frame), "y", by="g")
    a, b = (frame.y[frame.g == group] for group in "ab")
    pooled = np.sqrt((29 * a.var() + 44 * b.var()) / 73)
    assert test.others[0].name == "Cohen's d"
    assert test.others[0].estimate == pytest.approx((b.mean() - a.mean()) / pooled)


@quick
@given(seeds)
def test_two_groups_are_the_contrast_of_their_means(seed: int) -> None:
    frame = random_sample(seed)
    design = design_of(frame)
    test = eg.t_test(design, "y", by="group")
    means = eg.mean(design, "y", by="group")
    gap = eg.contrast(means, {"gap": [-1, 1]})
    assert test.effect.estimate == pytest.approx(gap.estimate[0])
    assert test.effect.std_error == pytest.approx(gap.std_error[0])
    assert test.statistic == pytest.approx(gap.estimate[0] / gap.std_error[0])
    flipped = eg.t_test(design_of(frame.assign(group=frame.group.map({"a": 2, "b": 1}))), "y", by="group")
    assert flipped.statistic == pytest.approx(-test.statistic)
    assert flipped.p_value == pytest.approx(test.p_value)


@quick
@given(seeds, st.floats(-100, 100), st.floats(0.1, 30))
def test_shift_and_scale_of_the_numbers_and_of_the_weights(seed: int, shift: float, scale: float) -> None:
    frame = random_sample(seed)
    test = eg.t_test(design_of(frame), "y", by="group", where="wave == 2015")
    moved = frame.assign(y=shift + scale * frame.y, w=frame.w * scale)
    other = eg.t_test(design_of(moved), "y", by="group", where="wave == 2015")
    assert other.p_value == pytest.approx(test.p_value, rel=1e-6, nan_ok=True)
    assert other.df == test.df
    assert other.effect.conf_low == pytest.approx(scale * test.effect.conf_low, rel=1e-6, nan_ok=True)


def test_degrees_of_freedom_count_psus_with_an_answer() -> None:
    frame = random_sample(2)
    whole = eg.t_test(design_of(frame), "x").df[0]
    silent = frame.psu == frame.psu.iloc[0]
    assert eg.t_test(design_of(frame.assign(x=frame.x.mask(silent))), "x").df[0] == whole - 1
    assert whole == frame.psu.nunique() - frame.stratum.nunique() - 1


def test_replicates_give_the_same_test_nearly() -> None:
    design = design_of(random_sample(5, least=4))
    a, b = (eg.t_test(each, "y", by="group") for each in (design, eg.jackknife(design)))
    assert a.effect.estimate == pytest.approx(b.effect.estimate)
    assert a.statistic == pytest.approx(b.statistic, rel=0.15)


def test_without_variance_or_degrees_of_freedom_there_is_a_reason() -> None:
    constant = eg.t_test(eg.Design(pd.DataFrame({"y": [2.0, 2.0, 2.0]})), "y")
    assert np.isnan(constant.p_value)
    assert constant.effect.estimate == 2
    assert constant.notes == ("no variance: the weighted totals of all PSUs of a stratum are alike",)
    few = pd.DataFrame({"y": [1.0, 2.0, 4.0], "h": [1, 2, 2]})
    alone = eg.t_test(eg.Design(few, stratum="h", lonely_psu="remove"), "y")
    assert np.isnan(alone.p_value)
    assert alone.notes == ("no degrees of freedom (0): the PSUs with an answer are too few",)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            {"by": "z"},
            "a t test compares two groups, and 'z' has 3 here ('u', 'v', 'w'). Keep two by where=, or compare all "
            "with rank_test() or a model.",
        ),
        (
            {"by": "group", "where": "group == 'a'"},
            "a t test compares two groups, and 'group' has 1 here ('a'). Keep two by where=, or compare all "
            "with rank_test() or a model.",
        ),
        (
            {"by": "group", "paired": "x"},
            "by= compares groups and paired= compares items. Pass one of them.",
        ),
        (
            {"where": "wave == 1"},
            "nobody in this domain answered. Check where= and the item.",
        ),
        (
            {"by": "group", "where": "wave == 1"},
            "nobody in this domain answered and has 'group'. Check where= and the item.",
        ),
    ],
)
def test_what_is_refused(ask: dict[str, object], message: str) -> None:
    with pytest.raises(EstimateError) as error:
        eg.t_test(design_of(random_sample(1)), "y", **ask)  # type: ignore[arg-type]
    assert str(error.value) == message
