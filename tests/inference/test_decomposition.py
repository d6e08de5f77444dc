"""Kitagawa's decomposition of a change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.errors import EstimateError
from random_samples import design_of, random_sample

quick = settings(max_examples=20, deadline=None)
shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda v: [each / sum(v) for each in v])
rates = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@quick
@given(shares, rates, shares, rates)
def test_parts_add_up_and_turn_with_time(s0: list, r0: list, s1: list, r1: list) -> None:
    parts = eg.kitagawa(s0, r0, s1, r1)
    assert parts.total == pytest.approx(np.dot(s1, r1) - np.dot(s0, r0))
    back = eg.kitagawa(s1, r1, s0, r0)
    np.testing.assert_allclose(back.composition_by_group, -parts.composition_by_group)
    np.testing.assert_allclose(back.rate_by_group, -parts.rate_by_group)
    assert eg.kitagawa(s0, r0, s0, r1).composition == pytest.approx(0)
    assert eg.kitagawa(s0, r0, s1, r0).rate == pytest.approx(0)


@quick
@given(st.integers(0, 10_000))
def test_from_a_sample_the_total_is_the_change_of_the_mean(seed: int) -> None:
    design = design_of(random_sample(seed))
    found = eg.decompose_change(design, "y", "group")
    change = eg.change(eg.mean(design, "y", by="wave"), on="wave")[0]
    assert found.estimate[0] == pytest.approx(change.effect.estimate)
    assert found.std_error[0] == pytest.approx(change.effect.std_error)
    assert found.df[0] == change.df[0]
    parts = found.keys.part.to_numpy()
    assert found.estimate[1] + found.estimate[2] == pytest.approx(found.estimate[0])
    for part in ("composition", "rate"):
        rows = parts == part
        assert found.estimate[rows][1:].sum() == pytest.approx(found.estimate[rows][0])
    size = eg.proportion(design, "group", by="wave", where=design.frame.y.notna()).estimate.reshape(2, 2)
    rate = eg.mean(design, "y", by=["wave", "group"]).estimate.reshape(2, 2)
    by_hand = eg.kitagawa(size[0], rate[0], size[1], rate[1])
    assert found.estimate[1:3] == pytest.approx([by_hand.composition, by_hand.rate])


def test_shares_of_answers_decompose_too() -> None:
    frame = random_sample(3).assign(high=lambda d: (d.q >= 3).astype(float).where(d.q.notna()))
    design = design_of(frame)
    share = eg.decompose_change(design, "q", "z", answers=[3, 4])
    mean = eg.decompose_change(design, "high", "z")
    np.testing.assert_allclose(share.estimate, mean.estimate)
    np.testing.assert_allclose(share.cov, mean.cov, atol=1e-15)
    assert share.unit == "share difference"
    assert share.notes == ("wave 2020 less 2015",)


def test_what_is_refused() -> None:
    design = design_of(random_sample(3))
    with pytest.raises(EstimateError, match=r"there is no wave 1999. Did you mean '2020'|There are: "):
        eg.decompose_change(design, "y", "group", waves=(1999, 2020))
    frame = random_sample(3)
    lacking = frame[(frame.wave == 2015) | (frame.group == "a")]
    with pytest.raises(
        EstimateError, match=r"nobody of group 'b' answered in wave 2020, so its rate is unknown. Join it"
    ):
        eg.decompose_change(design_of(lacking, lonely_psu="remove"), "y", "group")
    with pytest.raises(EstimateError, match=r"share0 must be shares that add up to 1, got a sum of 3."):
        eg.kitagawa([1, 2], [0.1, 0.2], [0.5, 0.5], [0.1, 0.2])
    with pytest.raises(
        EstimateError, match=r"shares and rates must have one entry a group, got share0 \(2,\)"
    ):
        eg.kitagawa([0.5, 0.5], [0.1], [0.5, 0.5], [0.1, 0.2])
