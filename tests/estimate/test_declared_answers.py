"""Answers that a categorical column declares and nobody gave."""

from __future__ import annotations

import pandas as pd
import pytest

import egovstats as eg


@pytest.fixture
def design() -> eg.Design:
    opinion = pd.Categorical(["yes", "no", "yes", "no", "yes", None], categories=["yes", "unsure", "no"])
    return eg.Design(pd.DataFrame({"opinion": opinion, "sex": list("ffmmfm"), "psu": range(6)}), psu="psu")


def test_shares_and_totals_list_them_as_0(design: eg.Design) -> None:
    shares = eg.proportion(design, "opinion")
    assert shares.keys["answer"].tolist() == ["yes", "unsure", "no"]
    assert shares.estimate.tolist() == [0.6, 0.0, 0.4]
    assert shares.std_error[1] == 0
    assert eg.total(design, "opinion").estimate.tolist() == [3.0, 0.0, 2.0]


def test_tests_leave_them_out(design: eg.Design) -> None:
    found = eg.chi_square(design, "opinion", "sex")
    assert list(found.rows) == ["yes", "no"]
    assert 0 <= found.p_value <= 1


def test_order_is_that_of_the_categories(design: eg.Design) -> None:
    assert eg.crosstab(design, "opinion", "sex").answers == ["yes", "unsure", "no"]
