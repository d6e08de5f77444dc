"""The weighted distribution function."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.errors import EstimateError
from random_samples import design_of, random_sample


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_the_share_of_an_indicator(seed: int) -> None:
    frame = random_sample(seed)
    frame["low"] = (frame.y <= 5).astype(float).where(frame.y.notna())
    design = design_of(frame)
    found = eg.distribution(design, "y", at=[5], by="wave")
    share = eg.mean(design, "low", by="wave")
    np.testing.assert_allclose(found.estimate, share.estimate)
    np.testing.assert_allclose(found.cov, share.cov, atol=1e-15)
    np.testing.assert_array_equal(found.n, share.n)


def test_every_value_in_order_ends_at_one() -> None:
    found = eg.distribution(design_of(random_sample(2)), "y")
    assert (np.diff(found.estimate) > 0).all()
    assert found.estimate[-1] == pytest.approx(1)
    assert found.variance[-1] == pytest.approx(0, abs=1e-20)
    assert eg.distribution(design_of(random_sample(2)), "y", at=[-100, 100]).estimate.tolist() == [0, 1]


def test_values_are_sorted_and_named_once() -> None:
    found = eg.distribution(eg.Design(pd.DataFrame({"x": [1.0, 2.0, 3.0]})), "x", at=[3, 1, 1])
    assert found.keys["at"].tolist() == [1.0, 3.0]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (None, "item 'x' has 1500 different values. Name those of interest: at=[...]."),
        ([], "there are no values of 'x' to go by. Pass at=[...] with numbers."),
        ([np.nan], "there are no values of 'x' to go by. Pass at=[...] with numbers."),
    ],
)
def test_what_is_refused(at: list[float] | None, message: str) -> None:
    design = eg.Design(pd.DataFrame({"x": np.arange(1500.0)}))
    with pytest.raises(EstimateError) as error:
        eg.distribution(design, "x", at=at)
    assert str(error.value) == message
