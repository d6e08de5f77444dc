"""Columns of a crosstab in pairs: the tests of `change`, one family, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from egovstats import Design, compare_columns, crosstab, p_adjust
from egovstats.errors import EstimateError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Two strata of ten PSUs of 20 people; the old trust more; few live abroad."""
    rng = np.random.default_rng(20201)
    n = 400
    age = rng.integers(0, 3, n)
    trust = (rng.random(n) < 0.25 + 0.2 * age).astype(int) + (rng.random(n) < 0.3)
    place = np.where(np.arange(n) < 12, "abroad", np.where(rng.random(n) < 0.5, "town", "country"))
    return pd.DataFrame(
        {
            "age": age,
            "trust": trust,
            "place": place,
            "weight": rng.uniform(0.5, 2, n),
            "psu": np.arange(n) // 20,
            "stratum": np.arange(n) // 200,
        }
    )


@pytest.fixture(scope="module")
def design(frame: pd.DataFrame) -> Design:
    return Design(frame, weight="weight", stratum="stratum", psu=["psu"])


def test_each_pair_is_tested_on_the_joint_covariance(design: Design) -> None:
    shares = crosstab(design, "trust", "age").shares("column")
    found = compare_columns(shares, on="age")
    assert len(found.tests) == 3 * 3
    keys = shares.keys
    for test in found.tests:
        rows = [
            np.flatnonzero((keys["trust"] == test.keys["trust"]) & (keys["age"] == test.keys[f"age_{end}"]))[
                0
            ]
            for end in ("from", "to")
        ]
        contrast = np.zeros(len(shares))
        contrast[rows[0]], contrast[rows[1]] = -1, 1
        std_error = np.sqrt(contrast @ shares.cov @ contrast)
        t = contrast @ shares.estimate / std_error
        assert test.statistic == pytest.approx(t, rel=1e-12)
        assert test.df == (18.0,)  # 20 PSUs in 2 strata
        assert test.p_value == pytest.approx(2 * stats.t.sf(abs(t), 18), rel=1e-9)


def test_holm_runs_over_all_pairs_of_all_answers_and_nets(design: Design) -> None:
    shares = crosstab(design, "trust", "age").shares("column")
    some = shares.select(shares.keys["trust"] == 2)
    both = compare_columns(shares, some, on="age")
    p = [test.p_value for test in both.tests]
    assert len(p) == 12
    assert [test.p_adjusted for test in both.tests] == pytest.approx(list(p_adjust(p, "holm")))


def test_letters_go_to_the_higher_column(design: Design) -> None:
    shares = crosstab(design, "trust", "age").shares("column")
    found = compare_columns(shares, on="age")
    table = shares.to_frame().pivot(index="trust", columns="age", values="estimate")
    clear = [test for test in found.tests if test.p_adjusted < 0.05]
    assert clear
    for test in clear:
        answer, first, second = test.keys["trust"], test.keys["age_from"], test.keys["age_to"]
        higher, lower = (
            (second, first) if table.loc[answer, second] > table.loc[answer, first] else (first, second)
        )
        assert lower in found.below(higher, trust=answer)
        assert higher not in found.below(lower, trust=answer)
    assert sum(len(found.below(age, trust=answer)) for age in range(3) for answer in range(3)) == len(clear)


def test_few_respondents_and_shares_of_0_or_1_are_not_compared(design: Design, frame: pd.DataFrame) -> None:
    shares = crosstab(design, "trust", "place").shares("column")
    found = compare_columns(shares, on="place")
    assert {test.keys["place_to"] for test in found.tests} | {
        test.keys["place_from"] for test in found.tests
    } == {
        "town",
        "country",
    }
    assert {key[shares.keys.columns.get_loc("place")] for key in found.left_out} == {"abroad"}
    same = Design(frame.assign(trust=np.where(frame["age"] == 0, 1, frame["trust"])), weight="weight")
    certain = compare_columns(crosstab(same, "trust", "age").shares("column"), on="age")
    assert all(0 not in (test.keys["age_from"], test.keys["age_to"]) for test in certain.tests)


def test_nothing_to_compare_is_a_result(frame: pd.DataFrame) -> None:
    few = Design(frame.iloc[:40])
    found = compare_columns(crosstab(few, "trust", "place").shares("column"), on="place")
    assert found.tests == ()
    assert found.below("town", trust=1) == []


def test_estimates_without_columns_are_refused(design: Design) -> None:
    table = crosstab(design, "trust", "age")
    with pytest.raises(EstimateError, match=r"not split by 'agee'.* Did you mean 'age'\?"):
        compare_columns(table.shares("column"), on="agee")
    with pytest.raises(EstimateError, match="columns of a count cannot be compared"):
        compare_columns(table.counts, on="age")


def test_effective_n_is_that_of_kish(design: Design, frame: pd.DataFrame) -> None:
    table = crosstab(design, "trust", "age")
    for at, level in enumerate(table.levels):
        weight = frame.loc[frame["age"] == level, "weight"]
        assert table.n_effective[0, at] == pytest.approx(weight.sum() ** 2 / (weight**2).sum(), rel=1e-12)
    assert crosstab(Design(frame), "trust", "age").n_effective[0] == pytest.approx(
        frame["age"].value_counts().sort_index().to_numpy()
    )
