"""Reliability and indices: identities, domains, errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg

ITEMS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """240 respondents in 24 PSUs of 4 strata; `d` points the other way."""
    rng = np.random.default_rng(11)
    common = rng.normal(size=240) + np.repeat(rng.normal(size=24), 10) * 0.4
    made = {name: np.clip(np.round(3 + 0.8 * common + rng.normal(size=240)), 1, 5) for name in "abc"}
    made["d"] = np.clip(np.round(3 - 0.8 * common + rng.normal(size=240)), 1, 5)
    columns = {"w": rng.lognormal(sigma=0.4, size=240), "psu": np.repeat(np.arange(24), 10)}
    return pd.DataFrame(
        {**made, **columns, "stratum": np.repeat(np.arange(4), 60), "wave": np.arange(240) % 2}
    )


@pytest.fixture(scope="module")
def design(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


def alpha_of(values: np.ndarray, weight: np.ndarray) -> float:
    """The textbook's formula on a weighted covariance matrix."""
    cov = np.cov(values.T, aweights=weight, ddof=0)
    k = len(cov)
    return k / (k - 1) * (1 - np.trace(cov) / cov.sum())


def test_alpha_is_the_formula_on_weighted_covariances(frame: pd.DataFrame, design: eg.Design) -> None:
    found = eg.alpha(design, ITEMS, reverse=["d"], ends=(1, 5))
    turned = frame[ITEMS].assign(d=6 - frame["d"]).to_numpy()
    assert found.coefficients.estimate[0] == pytest.approx(alpha_of(turned, frame["w"].to_numpy()), rel=1e-12)


def test_alpha_by_wave_is_that_of_each_wave(frame: pd.DataFrame, design: eg.Design) -> None:
    both = eg.alpha(design, ["a", "b", "c"], by="wave").coefficients
    for at, wave in enumerate((0, 1)):
        alone = eg.alpha(design, ["a", "b", "c"], where=f"wave == {wave}").coefficients
        np.testing.assert_allclose(both.estimate[4 * at : 4 * at + 4], alone.estimate, rtol=1e-12)
        np.testing.assert_allclose(both.std_error[4 * at : 4 * at + 4], alone.std_error, rtol=1e-10)


def test_jackknife_and_linearisation_are_close(design: eg.Design) -> None:
    ours = eg.alpha(design, ["a", "b", "c"]).coefficients
    again = eg.alpha(eg.jackknife(design), ["a", "b", "c"]).coefficients
    np.testing.assert_allclose(ours.estimate, again.estimate, rtol=1e-12)
    np.testing.assert_allclose(ours.std_error, again.std_error, rtol=0.1)


def test_scales_of_weights_and_items_do_not_matter(frame: pd.DataFrame, design: eg.Design) -> None:
    moved = frame.assign(w=frame["w"] * 1000, a=frame["a"] + 1e6, b=frame["b"] + 1e6, c=frame["c"] + 1e6)
    other = eg.Design(moved, weight="w", stratum="stratum", psu="psu")
    first, second = (eg.alpha(each, ["a", "b", "c"]).coefficients for each in (design, other))
    np.testing.assert_allclose(first.estimate, second.estimate, rtol=1e-9)
    np.testing.assert_allclose(first.std_error, second.std_error, rtol=1e-9)


def test_an_item_that_points_the_other_way_is_named(design: eg.Design) -> None:
    assert any("d goes against the others" in note for note in eg.alpha(design, ITEMS).notes)


def test_dropping_an_item_is_the_scale_without_it(design: eg.Design) -> None:
    whole = eg.alpha(design, ["a", "b", "c"]).items
    without = eg.alpha(design, ["a", "b"]).coefficients.estimate[0]
    assert whole.loc[2, "alpha_if_dropped"] == pytest.approx(without, rel=1e-12)


def test_omega_equals_standardised_alpha_where_items_are_parallel() -> None:
    rng = np.random.default_rng(2)
    # Items whose covariances are alike to the last digit: then one factor with equal loadings fits exactly.
    z = rng.normal(size=(300, 4))
    z = (z - z.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(z.T, ddof=0))).T
    values = z @ np.linalg.cholesky(np.full((4, 4), 0.4) + 0.6 * np.eye(4)).T
    sample = eg.Design(pd.DataFrame(values, columns=ITEMS))
    found = eg.omega(sample, ITEMS)
    assert found.estimate == pytest.approx(eg.alpha(sample, ITEMS).coefficients.estimate[0], rel=1e-7)
    assert found.conf_low < found.estimate < found.conf_high


def test_an_index_counts_those_who_answered_enough() -> None:
    frame = pd.DataFrame({"a": [1, 2, None, 5], "b": [3, None, None, 1], "c": [2, 4, 5, 3]})
    sample = eg.Design(frame)
    assert eg.index(sample, ["a", "b", "c"]).isna().tolist() == [False, True, True, False]
    some = eg.index(sample, ["a", "b", "c"], at_least=2, reverse=["c"], ends=(1, 5))
    np.testing.assert_allclose(some, [(1 + 3 + 4) / 3, (2 + 2) / 2, np.nan, (5 + 1 + 3) / 3])
    total = eg.index(sample, ["a", "b", "c"], method="sum")
    np.testing.assert_allclose(total, [6, np.nan, np.nan, 9])


def test_a_component_has_mean_0_and_variance_1(frame: pd.DataFrame, design: eg.Design) -> None:
    made = eg.index(design, ITEMS, method="component", reverse=["d"], ends=(1, 5)).to_numpy()
    weight = frame["w"].to_numpy()
    assert np.average(made, weights=weight) == pytest.approx(0, abs=1e-12)
    assert np.average(made**2, weights=weight) == pytest.approx(1, rel=1e-10)
    assert np.corrcoef(made, frame["a"])[0, 1] > 0 > np.corrcoef(made, frame["d"])[0, 1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"items": ["a"]}, "2 or more different items"),
        ({"items": ["a", "a"]}, "2 or more different items"),
        ({"items": ["a", "zz"]}, "zz"),
        ({"items": ["a", "b"], "reverse": ["c"]}, "is to be reversed but is not an item"),
        ({"items": ["a", "b"], "reverse": ["b"]}, "without the ends of its scale"),
        ({"items": ["a", "b"], "reverse": ["b"], "ends": (2, 4)}, "lie outside 2 to 4"),
        ({"items": ["a", "same"]}, "everyone gave the same answer to 'same'"),
        ({"items": ["a", "b"], "where": "wave > 5"}, "is where the condition holds"),
    ],
)
def test_what_cannot_be_says_why(frame: pd.DataFrame, change: dict, message: str) -> None:
    sample = eg.Design(frame.assign(same=1))
    with pytest.raises(eg.EstimateError, match=message):
        eg.alpha(sample, **change)


def test_a_printed_alpha_and_a_longer_test() -> None:
    with pytest.raises(eg.EstimateError, match="alpha below 1"):
        eg.alpha_interval(1.0, 100, 5)
    with pytest.raises(eg.EstimateError, match="above 0"):
        eg.spearman_brown(0.5, length=0)
    assert eg.spearman_brown(0.7, length=1) == pytest.approx(0.7)
