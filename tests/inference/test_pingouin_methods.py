"""The adapter: pingouin's numbers for simple samples, a refusal for any other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from trend_sample import design_of_waves

import egovstats as eg
from egovstats.errors import DesignError, EstimateError
from egovstats.inference import effect_size, simple_comparison


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {"wave": np.repeat(["a", "b"], 60), "y": rng.normal(0, 1, 120) + np.repeat([0, 0.4], 60)}
    )


def test_numbers_are_those_of_scipy(frame: pd.DataFrame) -> None:
    a, b = (frame.loc[frame.wave == each, "y"].to_numpy() for each in "ab")
    welch = simple_comparison(frame, "y", pair=("a", "b"))
    expected = stats.ttest_ind(b, a, equal_var=False)
    assert welch.p_value == pytest.approx(expected.pvalue)
    assert welch.effect.conf_low == pytest.approx(expected.confidence_interval().low, abs=0.01)
    rank = simple_comparison(frame, "y", pair=("a", "b"), method="mann-whitney")
    assert rank.p_value == pytest.approx(stats.mannwhitneyu(b, a).pvalue)
    assert rank.effect.estimate == pytest.approx((b[:, None] > a[None, :]).mean())
    same = simple_comparison(frame, "y", pair=("a", "b"), method="tost", margin=1.0)
    assert same.p_value < 0.05
    assert effect_size(b, a, "cohen").estimate == pytest.approx(
        (b.mean() - a.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    )


def test_equal_weights_are_accepted_and_any_design_is_refused(frame: pd.DataFrame) -> None:
    plain = simple_comparison(eg.Design(frame), "y", pair=("a", "b"))
    assert plain.p_value == simple_comparison(frame, "y", pair=("a", "b")).p_value
    message = "this sample has weights, strata or clusters, which the test would ignore"
    with pytest.raises(DesignError, match=message):
        simple_comparison(design_of_waves(), "score", on="year", pair=(2010, 2012))
    with pytest.raises(DesignError, match=message):
        simple_comparison(eg.Design(frame.assign(w=np.arange(120) + 1.0), weight="w"), "y", pair=("a", "b"))


def test_refusals(frame: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="there is no method 'student'"):
        simple_comparison(frame, "y", pair=("a", "b"), method="student")
    with pytest.raises(EstimateError, match="'tost' needs a margin above 0"):
        simple_comparison(frame, "y", pair=("a", "b"), method="tost")
    with pytest.raises(EstimateError, match="has 60 and 0 answers in a and c"):
        simple_comparison(frame, "y", pair=("a", "c"))
    with pytest.raises(EstimateError, match="there is no effect size 'glass'"):
        effect_size(np.ones(3), np.ones(3), "glass")
