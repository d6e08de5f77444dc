"""Crosstabs, nets and differences of items."""

from __future__ import annotations

from types import SimpleNamespace

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


def answers(*codes: object) -> SimpleNamespace:
    return SimpleNamespace(answers=[SimpleNamespace(code=code) for code in codes])


@quick
@given(seeds)
def test_column_shares_are_proportions_by_column(seed: int) -> None:
    design = design_of(random_sample(seed))
    cells = eg.crosstab(design, "q", "z").shares("column")
    plain = eg.proportion(design, "q", by="z")
    r, c = plain.keys.answer.nunique(), plain.keys.z.nunique()
    order = np.arange(r * c).reshape(c, r).T.ravel()  # a crosstab goes row by row
    np.testing.assert_allclose(cells.estimate, plain.estimate[order])
    np.testing.assert_allclose(cells.cov, plain.cov[np.ix_(order, order)], atol=1e-15)
    np.testing.assert_array_equal(cells.df, plain.df[order])
    np.testing.assert_allclose(cells.conf_int(), np.array(plain.conf_int())[:, order])
    assert cells.df_of(np.arange(r * c)) == plain.df_of(np.arange(r * c))


@quick
@given(seeds)
def test_turning_the_table_turns_rows_into_columns(seed: int) -> None:
    design = design_of(random_sample(seed))
    table, turned = eg.crosstab(design, "q", "z"), eg.crosstab(design, "z", "q")
    _, r, c = table.shape
    order = np.arange(r * c).reshape(c, r).T.ravel()
    for of, other in (("row", "column"), ("column", "row"), ("total", "total")):
        a, b = table.shares(of), turned.shares(other).select(order)
        np.testing.assert_allclose(a.estimate, b.estimate)
        np.testing.assert_allclose(a.cov, b.cov, atol=1e-15)
        np.testing.assert_array_equal(a.df, b.df)
    np.testing.assert_allclose(table.counts.cov, turned.counts.select(order).cov, atol=1e-12)


@quick
@given(seeds)
def test_cells_add_up(seed: int) -> None:
    design = design_of(random_sample(seed))
    table = eg.crosstab(design, "q", "group", by="wave")
    b, r, c = table.shape
    people = table.counts.estimate.reshape(b, r, c)
    whole = eg.total(design, "q", by="wave", answers=True)
    np.testing.assert_allclose(people.sum(axis=2).ravel(), whole.estimate)
    margin = np.kron(np.eye(b * r), np.ones(c))
    np.testing.assert_allclose(margin @ table.counts.cov @ margin.T, whole.cov, atol=1e-9)
    totals = table.shares("total")
    np.testing.assert_allclose(totals.estimate.reshape(b, -1).sum(axis=1), 1)
    ones = np.kron(np.eye(b), np.ones(r * c))
    np.testing.assert_allclose(ones @ totals.cov @ ones.T, 0, atol=1e-14)
    assert table.n.sum() == design_of(random_sample(seed)).frame.q.notna().sum()


def test_total_shares_are_shares_of_the_joint_answer() -> None:
    frame = random_sample(5).dropna(subset=["q"])
    frame["both"] = frame.q.astype(int).astype(str) + frame.z
    design = design_of(frame)
    joint = eg.proportion(design, "both")
    table = eg.crosstab(design, "q", "z").shares("total")
    held = table.estimate > 0
    np.testing.assert_allclose(table.estimate[held], joint.estimate)
    np.testing.assert_allclose(table.select(held).cov, joint.cov, atol=1e-15)


def test_empty_cells_are_kept_as_zeros() -> None:
    frame = pd.DataFrame({"a": ["x", "x", "y", "y"], "b": [1, 1, 1, 2], "w": ["p", "q", "p", "q"]})
    table = eg.crosstab(eg.Design(frame), "a", "b", by="w")
    assert table.shape == (2, 2, 2)
    assert table.counts.estimate.tolist() == [1, 0, 1, 0, 1, 0, 0, 1]
    assert table.counts.keys.columns.tolist() == ["w", "a", "b"]
    shares = table.shares("column")
    assert np.isnan(shares.estimate).tolist() == [False, True, False, True, False, False, False, False]
    assert shares.notes[0] == "2 of 8 estimates have no respondents in their base"
    assert shares.estimate[4:].tolist() == [1, 0, 0, 1]


def test_answers_come_in_the_order_of_the_item_with_those_that_nobody_gave() -> None:
    frame = pd.DataFrame({"a": [3, 1, 3], "b": ["no", "yes", "no"]})
    design = eg.Design(frame, items={"a": answers(3, 2, 1), "b": answers("yes", "no")})
    table = eg.crosstab(design, "a", "b")
    assert (table.answers, table.levels) == ([3, 2, 1], ["yes", "no"])
    assert table.counts.estimate.reshape(3, 2).tolist() == [[0, 2], [0, 0], [1, 0]]


def test_the_frame_has_every_share() -> None:
    frame = eg.crosstab(design_of(random_sample(1)), "q", "group").to_frame()
    assert {"q", "group", "n", "population", "row_share", "column_std_error", "total_conf_high"} <= set(frame)
    np.testing.assert_allclose(frame.groupby("group").column_share.sum(), 1)


def test_a_table_of_one_item() -> None:
    design = design_of(random_sample(1))
    with pytest.raises(
        EstimateError, match=r"a table needs different columns, got \['q', 'q'\]. Change one."
    ):
        eg.crosstab(design, "q", "q")
    with pytest.raises(EstimateError, match=r"there are no shares of 'rows'. Did you mean 'row'\?"):
        eg.crosstab(design, "q", "z").shares("rows")


@quick
@given(seeds)
def test_a_net_is_the_contrast_of_its_shares(seed: int) -> None:
    design = design_of(random_sample(seed))
    net = eg.net(design, "q", plus=[3, 4], minus=1, by="wave")
    shares = eg.proportion(design, "q", by="wave")
    sign = np.array([-1.0, 0, 1, 1]) if shares.keys.answer.nunique() == 4 else None
    if sign is None:
        return
    weights = np.kron(np.eye(2), sign)
    np.testing.assert_allclose(net.estimate, weights @ shares.estimate)
    np.testing.assert_allclose(net.cov, weights @ shares.cov @ weights.T, atol=1e-15)
    assert net.keys["net"].tolist() == ["3 or 4 minus 1"] * 2
    scored = design_of(random_sample(seed).assign(s=lambda d: d.q.map({1: -1.0, 2: 0, 3: 1, 4: 1})))
    np.testing.assert_allclose(net.deff(), eg.mean(scored, "s", by="wave").deff())


def test_nets_refuse_answers_that_are_not_there_or_on_both_sides() -> None:
    design = design_of(random_sample(1))
    with pytest.raises(EstimateError, match=r"item 'q' has no answer 9. There are: '1', '2', '3', '4'."):
        eg.net(design, "q", plus=[9])
    with pytest.raises(EstimateError, match=r"answer 1 of 'q' is added and taken off. Name it on one side."):
        eg.net(design, "q", plus=[1, 2], minus=[1])


@quick
@given(seeds)
def test_a_difference_of_items_without_gaps_is_the_mean_of_differences(seed: int) -> None:
    frame = random_sample(seed).assign(d=lambda f: f.x - f.w)
    design = design_of(frame)
    found, mean = eg.item_difference(design, "x", "w", by="group"), eg.mean(design, "d", by="group")
    np.testing.assert_allclose(found.estimate, mean.estimate)
    np.testing.assert_allclose(found.cov, mean.cov, atol=1e-14)


def test_a_difference_of_shares_keeps_each_base() -> None:
    frame = random_sample(6).assign(p=lambda d: (d.q >= 3).astype(float).where(d.q.notna()))
    design = design_of(frame)
    found = eg.item_difference(design, "q", "p", answers=[1])
    parts = [eg.proportion(design, name, answers=[1]).estimate[0] for name in ("q", "p")]
    assert found.estimate[0] == pytest.approx(parts[0] - parts[1])
    assert found.unit == "share difference"
