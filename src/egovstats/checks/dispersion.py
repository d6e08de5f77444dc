"""Can a printed standard deviation come from whole scores, or from yes and no? Exact arithmetic on text.

References
----------
Allard (2018), Analytic-GRIMMER. Heathers and Brown (2019), DEBIT: a simple consistency test for binary data.
"""

from __future__ import annotations

import math
from fractions import Fraction

from egovstats.checks.granularity import printed_value
from egovstats.errors import ClaimError


def grimmer(mean: str, std_dev: str, n: int) -> bool:
    """Whether n whole scores can have the printed mean and standard deviation (divisor n - 1).

    The sum of the scores and the sum of their squares are whole, both even or both odd, and the second is at
    least the square of the first over n.

    Parameters
    ----------
    mean, std_dev : str
        As printed, with all digits.
    n : int

    Raises
    ------
    ClaimError
        n below 2, or a number that is no plain decimal given as text.

    Examples
    --------
    >>> grimmer("2.50", "0.82", 4), grimmer("3.44", "2.47", 18)
    (False, False)
    >>> grimmer("2.50", "1.29", 4)
    True
    """
    value, half = printed_value(mean)
    low, high = _deviation(std_dev, n)
    for total in range(math.ceil((value - half) * n), math.floor((value + half) * n) + 1):
        around = Fraction(total * total, n)
        squares = range(
            math.ceil(low * low * (n - 1) + around), math.floor(high * high * (n - 1) + around) + 1
        )
        if any(each % 2 == total % 2 for each in squares[:2]):
            return True
    return False


def debit(mean: str, std_dev: str, n: int) -> bool:
    """Whether n answers of 0 or 1 can have the printed mean and standard deviation (divisor n - 1).

    Parameters
    ----------
    mean, std_dev : str
        As printed, with all digits; the mean is the share of ones.
    n : int

    Raises
    ------
    ClaimError
        n below 2, a mean outside 0 to 1, or a number that is no plain decimal given as text.

    Examples
    --------
    >>> debit("0.40", "0.50", 30), debit("0.40", "0.45", 30)
    (True, False)
    """
    value, half = printed_value(mean)
    low, high = _deviation(std_dev, n)
    if not 0 <= value <= 1:
        raise ClaimError(
            f"a mean of zeros and ones lies between 0 and 1, got {mean}. Pass the share of ones."
        )
    first, last = max(math.ceil((value - half) * n), 0), min(math.floor((value + half) * n), n)
    for ones in range(first, last + 1):
        variance = Fraction(ones * (n - ones), n * (n - 1))
        if low * low <= variance <= high * high:
            return True
    return False


def _deviation(printed: str, n: int) -> tuple[Fraction, Fraction]:
    """Ends of what a printed standard deviation can stand for."""
    if n < 2:
        raise ClaimError(f"a standard deviation needs n of 2 or more, got {n}. Pass the number of scores.")
    value, half = printed_value(printed)
    return max(value - half, Fraction(0)), value + half
