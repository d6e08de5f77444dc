"""Can a printed percentage or mean come from whole people? Exact arithmetic on numbers given as text.

A percentage of n people is a fraction k/n; a mean of whole scores is a sum over a count. A printed value is
possible if some such fraction rounds to it. Ties count either way, as publications do not say how they round.

References
----------
Brown and Heathers (2017), Social Psychological and Personality Science 8, 363-369 (GRIM).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction

from egovstats.errors import ClaimError

_PRINTED = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)")


def printed_value(text: str) -> tuple[Fraction, Fraction]:
    """The number that a text shows, and half the unit of its last digit.

    Raises
    ------
    ClaimError
        Not a plain decimal number given as text (a float has lost its trailing zeros).

    Examples
    --------
    >>> printed_value("57.60")
    (Fraction(288, 5), Fraction(1, 200))
    """
    if not isinstance(text, str) or not _PRINTED.fullmatch(text.strip()):
        raise ClaimError(
            f"a printed number must be given as text with its digits, got {text!r}. Write it like '57.60'."
        )
    decimals = len(text.strip().partition(".")[2])
    return Fraction(text.strip()), Fraction(1, 2 * 10**decimals)


def grim_counts(percent: str, n: int) -> tuple[int, ...]:
    """All counts k of n people whose percentage rounds to the printed one; empty if there are none.

    Raises
    ------
    ClaimError
        n below 1, or a percentage outside 0 to 100.

    Examples
    --------
    >>> grim_counts("57.6", 33), grim_counts("57.6", 20)
    ((19,), ())
    """
    value, half = printed_value(percent)
    if n < 1 or not 0 <= value <= 100:
        raise ClaimError(
            f"no count is {percent} per cent of {n}. Pass 0 to 100 per cent, and n from 1 upwards."
        )
    low, high = max(value - half, Fraction(0)), min(value + half, Fraction(100))
    return tuple(range(math.ceil(low * n / 100), math.floor(high * n / 100) + 1))


def grim_percent_n(percent: str, sizes: Iterable[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which n a printed percentage can come from, and which not, in the order given.

    Examples
    --------
    >>> grim_percent_n("33.3", range(1, 8))
    ((3, 6), (1, 2, 4, 5, 7))
    """
    possible: list[int] = []
    impossible: list[int] = []
    for n in sizes:
        (possible if grim_counts(percent, n) else impossible).append(n)
    return tuple(possible), tuple(impossible)


def largest_impossible_n(percent: str) -> int:
    """The largest n that a printed percentage cannot come from; 0 if every n will do.

    From n = 100 over the unit of the last digit on, some fraction rounds to any percentage: the search ends.
    """
    _, half = printed_value(percent)
    limit = math.ceil(Fraction(100) / (2 * half))
    return next((n for n in range(limit, 0, -1) if not grim_counts(percent, n)), 0)


def grim_mean(mean: str, n: int, *, items: int = 1) -> bool:
    """Whether a printed mean can come from whole scores of n people, each a mean of `items` whole scores.

    Examples
    --------
    >>> grim_mean("5.19", 28), grim_mean("3.45", 20)
    (False, True)
    """
    value, half = printed_value(mean)
    if n < 1 or items < 1:
        raise ClaimError(f"n and items must be 1 or more, got {n} and {items}.")
    total = n * items
    return math.ceil((value - half) * total) <= math.floor((value + half) * total)
