from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egovstats.checks.rounding import Rounded, agreement

percent = st.integers(0, 1000).map(lambda tenths: Fraction(tenths, 10))


def near(value: Fraction) -> Rounded:
    return Rounded.within(value, Fraction(1, 20))


@given(percent, percent, st.fractions(-1, 1), st.fractions(-1, 1))
def test_sums_and_products_hold_every_rounding(a: Fraction, b: Fraction, s: Fraction, t: Fraction) -> None:
    x, y = a + s / 20, b + t / 20
    for made, true in (
        (near(a) + near(b), x + y),
        (near(a) - near(b), x - y),
        (near(a) * near(b), x * y),
    ):
        assert made.low <= true <= made.high
    if b > 1:
        quotient = near(a) / near(b)
        assert quotient.low <= x / y <= quotient.high


def test_agreement_by_hand() -> None:
    # 33.3 + 33.3 + 33.3 = 99.9: the total 100.0 is reached only by rounding
    parts = near(Fraction("33.3")) + near(Fraction("33.3")) + near(Fraction("33.3"))
    assert agreement(near(Fraction("99.9")), parts) == "holds"
    assert agreement(near(Fraction(100)), parts) == "within_rounding"
    assert agreement(near(Fraction("100.2")), parts) == "fails"
    assert agreement(Rounded.exact(463), Rounded.exact(331) + Rounded.exact(132)) == "holds"
    assert agreement(Rounded.exact(464), Rounded.exact(331) + Rounded.exact(132)) == "fails"


def test_below_needs_every_rounding() -> None:
    assert near(Fraction(60)).below(near(Fraction(61))) == "holds"
    assert near(Fraction(60)).below(near(Fraction(60))) == "within_rounding"
    assert near(Fraction("60.1")).below(near(Fraction(60))) == "within_rounding"
    assert near(Fraction("60.2")).below(near(Fraction(60))) == "fails"
    assert Rounded.exact(5).below(Rounded.exact(5)) == "holds"


def test_gap_is_the_least_difference() -> None:
    assert near(Fraction(62)).gap(near(Fraction(60))) == Fraction("1.9")
    assert near(Fraction(60)).gap(near(Fraction(62))) == Fraction("1.9")
    assert near(Fraction(60)).gap(near(Fraction("60.1"))) == 0


def test_a_divisor_that_may_be_zero_is_refused() -> None:
    with pytest.raises(ZeroDivisionError, match="may be 0"):
        Rounded.exact(1) / near(Fraction(0))
