from __future__ import annotations

from fractions import Fraction

import pytest

from egovstats.checks.granularity import (
    grim_counts,
    grim_mean,
    grim_percent_n,
    largest_impossible_n,
    printed_value,
)
from egovstats.errors import ClaimError


def test_trailing_zeros_are_decimals() -> None:
    assert printed_value("57.6") == (Fraction(576, 10), Fraction(1, 20))
    assert printed_value("57.60")[1] == Fraction(1, 200)
    assert printed_value("-0.5")[0] == Fraction(-1, 2)
    assert printed_value(".9") == printed_value("0.9")


@pytest.mark.parametrize("wrong", ["", "57,6", "1e3", "about 5", "5.", "nan"])
def test_only_plain_numbers_as_text(wrong: str) -> None:
    with pytest.raises(ClaimError, match="must be given as text with its digits"):
        printed_value(wrong)


def test_ties_count_either_way() -> None:
    # 1 of 8 is 12.5, which prints as 12 or 13
    assert grim_counts("12", 8) == (1,)
    assert grim_counts("13", 8) == (1,)
    assert grim_counts("57.6", 33) == (19,)
    assert grim_counts("100", 7) == (7,)


def test_possible_and_impossible_n_share_all_n() -> None:
    sizes = range(1, 200)
    possible, impossible = grim_percent_n("57.6", sizes)
    assert sorted(possible + impossible) == list(sizes)
    by_hand = [
        n
        for n in sizes
        if any(abs(Fraction(100 * k, n) - Fraction("57.6")) <= Fraction(1, 20) for k in range(n + 1))
    ]
    assert list(possible) == by_hand


def test_largest_impossible_n_has_none_above() -> None:
    largest = largest_impossible_n("57.6")
    assert not grim_counts("57.6", largest)
    assert all(grim_counts("57.6", n) for n in range(largest + 1, 3000))
    assert largest_impossible_n("50") < 100


def test_means_of_whole_scores() -> None:
    assert not grim_mean("5.19", 28)
    assert grim_mean("3.45", 20)
    assert grim_mean("5.19", 28, items=2) == any(round(k / 56, 2) == 5.19 for k in range(300))
    with pytest.raises(ClaimError, match="must be 1 or more"):
        grim_mean("3.4", 0)


def test_counts_out_of_range_are_refused() -> None:
    with pytest.raises(ClaimError, match="no count is 101 per cent of 10"):
        grim_counts("101", 10)
