"""Margins crossed into cells: the same sums whatever the labels are, and memory that stays small."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.design.margins import Crossing, Margin, margin_of
from egovstats.variance import whole_codes


def margins(sizes: list[int], n: int, seed: int) -> list[Margin]:
    rng = np.random.default_rng(seed)
    return [
        Margin([f"m{at}"], rng.integers(0, size + 1, n).astype(np.uint8), list(range(size)))
        for at, size in enumerate(sizes)
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=4), st.integers(1, 300), st.integers(0, 9))
def test_cells_add_up_to_each_margin(sizes: list[int], n: int, seed: int) -> None:
    each = margins(sizes, n, seed)
    crossing = Crossing.of(each)
    weight = np.random.default_rng(seed + 1).random(n)
    held = crossing.sums(weight)
    for margin, place in zip(each, crossing.places, strict=True):
        assert np.array_equal(place[crossing.key] + 1, margin.codes)
        sums = np.bincount(place + 1, weights=held, minlength=len(margin) + 1)[1:]
        np.testing.assert_allclose(sums, margin.sums(weight), atol=1e-12)
    missing = np.any([margin.codes == 0 for margin in each], axis=0)
    assert np.array_equal(crossing.complete[crossing.key], ~missing)
    factor = np.random.default_rng(seed + 2).random(crossing.cells)
    assert np.array_equal(crossing.scaled(weight, factor), weight * factor[crossing.key])


def test_more_combinations_than_any_integer_holds_are_numbered() -> None:
    each = margins([250] * 12, 500, 3)  # 251 to the 12th power
    crossing = Crossing.of(each)
    assert crossing.cells <= 500
    for margin, place in zip(each, crossing.places, strict=True):
        assert np.array_equal(place[crossing.key] + 1, margin.codes)


def labels(kind: str, truth: np.ndarray) -> pd.Series:
    made = {
        "bool": pd.Series(truth),
        "boolean": pd.Series(truth).astype("boolean"),
        "int8": pd.Series(truth).astype(np.int8),
        "float": pd.Series(truth).astype(float),
        "Int64": pd.Series(truth).astype("Int64"),
        "word": pd.Series(truth).map({True: "1", False: "0"}),
        "category": pd.Series(truth).astype(int).astype("category"),
    }
    return made[kind]


@pytest.mark.parametrize("kind", ["bool", "boolean", "int8", "float", "Int64", "word", "category"])
@pytest.mark.parametrize("totals", [{True: 60.0, False: 40.0}, {1: 60.0, 0: 40.0}, {"1": 60.0, "0": 40.0}])
def test_a_label_is_the_same_in_every_type(kind: str, totals: dict[object, float]) -> None:
    rng = np.random.default_rng(4)
    truth, weight = rng.random(200) < 0.4, rng.uniform(1, 2, 200)
    frame = pd.DataFrame({"w": weight, "yes": labels(kind, truth)})
    raked = eg.rake(eg.Design(frame, weight="w"), {"yes": totals})
    expected = weight * np.where(truth, 60 / weight[truth].sum(), 40 / weight[~truth].sum())
    np.testing.assert_allclose(raked.weight, expected, rtol=1e-12)


def test_someone_without_a_category_and_without_a_weight_is_left_alone() -> None:
    frame = pd.DataFrame({"w": [1.0, 2.0, 0.0, 3.0], "sex": [1, 2, np.nan, 2], "age": ["a", "b", "a", "a"]})
    design = eg.Design(frame, weight="w")
    raked = eg.rake(design, {"sex": {1: 10, 2: 30}, "age": {"a": 25, "b": 15}})
    np.testing.assert_allclose(raked.weight, [10, 15, 0, 15], rtol=1e-9)
    assert margin_of(design, ["sex", "age"]).codes.tolist() == [1, 4, 0, 3]


def test_a_category_that_should_be_empty_gets_no_weight() -> None:
    frame = pd.DataFrame({"w": 1.0, "sex": [1, 1, 2, 2, 2, 1], "age": list("abcabc")})
    design = eg.Design(frame, weight="w")
    raked = eg.rake(design, {"sex": {1: 30, 2: 10}, "age": {"a": 10, "b": 30, "c": 0}})
    np.testing.assert_allclose(raked.weight, [7.5, 22.5, 0, 2.5, 7.5, 0], rtol=1e-9)
    # Those who are left have no one of sex 2, whom the other margin counts.
    alone = eg.Design(frame.assign(sex=[1, 1, 2, 1, 1, 2]), weight="w")
    with pytest.raises(eg.DesignError, match="category 2 of margin 'sex' should be 10 and comes to 0"):
        eg.rake(alone, {"sex": {1: 30, 2: 10}, "age": {"a": 10, "b": 30, "c": 0}}, max_steps=50)


def test_margins_are_numbered_once_and_shared_by_designs_of_the_same_rows() -> None:
    frame = pd.DataFrame({"w": 1.0, "sex": [1, 2, 1, 2], "age": list("abba")})
    design = eg.Design(frame, weight="w")
    first = design.categories("age", "margin")
    raked = eg.rake(design, {"sex": {1: 10, 2: 30}, "age": {"a": 20, "b": 20}})
    assert raked.categories("age", "margin") is first


def test_margins_of_a_round_that_met_them_stay_met() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({name: rng.integers(1, 5, 3000) for name in "abc"}).assign(
        w=rng.lognormal(0, 1, 3000)
    )
    totals = {name: dict(zip(range(1, 5), rng.dirichlet([5] * 4) * 1e6, strict=True)) for name in "abc"}
    for tolerance in (1e-3, 1e-6, 1e-10):
        weight = eg.rake(eg.Design(frame, weight="w"), totals, tolerance=tolerance).weight
        for name in "abc":
            held = pd.Series(weight).groupby(frame[name]).sum()
            assert (abs(held / pd.Series(totals[name]) - 1) <= tolerance).all()


def test_raking_holds_the_new_weights_and_little_more() -> None:
    n = 400_000
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({name: rng.integers(1, 6, n).astype(np.int8) for name in "abcd"})
    frame["w"] = rng.lognormal(0, 0.3, n)
    design = eg.Design(frame, weight="w")
    people = float(design.weight.sum())
    totals = {name: dict(zip(range(1, 6), np.full(5, people / 5), strict=True)) for name in "abcd"}
    tracemalloc.start()
    eg.rake(design, totals)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * n  # 8 bytes of weight, 2 of the cell and 4 of the margins, a mark of 1; pieces


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_integers_of_every_type_are_numbered_at_any_height(kind: str, data: st.DataObject) -> None:
    ends = np.iinfo(kind)
    low = data.draw(st.integers(int(ends.min), int(ends.max)))
    high = min(low + 254, int(ends.max))
    values = np.array(data.draw(st.lists(st.integers(low, high), min_size=1, max_size=40)), dtype=kind)
    found = whole_codes(values)
    if int(values.max()) >= 1 << 63:
        assert found is None
        return
    assert found is not None
    assert np.array_equal(found[1], np.unique(values).astype(np.int64))
    assert np.array_equal(found[1][found[0] - 1], values.astype(np.int64))
