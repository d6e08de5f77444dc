"""Printed numbers as intervals: every value that would have been printed the same way.

A number printed as 57.6 may be anything from 57.55 to 57.65; what is computed from several printed numbers
lies between the smallest and the largest result that their intervals allow. Arithmetic is exact (fractions).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Agreement = Literal["holds", "within_rounding", "fails"]


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number and the closed interval that rounding leaves open.

    Parameters
    ----------
    low, value, high : Fraction
        In this order; `value` is the number as printed, or as computed from the printed ones.
    """

    low: Fraction
    value: Fraction
    high: Fraction

    @classmethod
    def exact(cls, value: int | str | Fraction) -> Rounded:
        """A number that was counted or agreed, not rounded."""
        fraction = Fraction(value)
        return cls(fraction, fraction, fraction)

    @classmethod
    def within(cls, value: Fraction, half: Fraction) -> Rounded:
        """A number that rounding may have moved by up to `half` either way."""
        return cls(value - half, value, value + half)

    def __add__(self, other: Rounded) -> Rounded:
        return Rounded(self.low + other.low, self.value + other.value, self.high + other.high)

    def __sub__(self, other: Rounded) -> Rounded:
        return Rounded(self.low - other.high, self.value - other.value, self.high - other.low)

    def __mul__(self, other: Rounded) -> Rounded:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Rounded(min(corners), self.value * other.value, max(corners))

    def __truediv__(self, other: Rounded) -> Rounded:
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be 0 before it was rounded")
        corners = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Rounded(min(corners), self.value / other.value, max(corners))

    def overlaps(self, other: Rounded) -> bool:
        """Whether both may be the same number."""
        return self.low <= other.high and other.low <= self.high

    def below(self, other: Rounded) -> Agreement:
        """Whether it is at most `other`: in every rounding, only in some, or in none."""
        if self.high <= other.low:
            return "holds"
        return "within_rounding" if self.low <= other.high else "fails"

    def gap(self, other: Rounded) -> Fraction:
        """The least by which the two differ, whatever was rounded away; 0 where they may be the same."""
        return max(self.low - other.high, other.low - self.high, Fraction(0))


def agreement(printed: Rounded, computed: Rounded) -> Agreement:
    """How a computed number agrees with the printed one.

    ``"holds"`` when the computed value rounds to the printed one, ``"within_rounding"`` when it does so only
    for some of the values that the printed numbers behind it may have had, ``"fails"`` when for none.
    """
    if printed.low <= computed.value <= printed.high:
        return "holds"
    return "within_rounding" if printed.overlaps(computed) else "fails"
