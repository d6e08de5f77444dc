"""Labels to dense integers, by table look-up rather than sorting where the labels are small integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

_PIECE = 1 << 15
_SHORT = 1 << 13  # enough, as a rule, to see every number of a narrow range


def dense_codes(labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Number the distinct labels of a column, in ascending order where they can be ordered.

    Parameters
    ----------
    labels : array or Series, shape (n,)

    Returns
    -------
    codes : np.ndarray of int32, shape (n,)
        -1 where the label is missing.
    levels : np.ndarray, shape (m,)
        The label of each code.
    """
    if isinstance(labels, pd.Series) and isinstance(labels.dtype, pd.CategoricalDtype):
        return _of_categories(labels.cat)
    array = np.asarray(labels)
    if array.dtype.kind in "iub" and len(array):
        array = array.astype(np.int64, copy=False) if array.dtype.kind == "b" else array
        low, high = int(array.min()), int(array.max())
        if high - low <= 8 * len(array) + 65536 and high < 1 << 63:
            return _by_look_up(array, low, high)
    codes, levels = pd.factorize(labels if isinstance(labels, pd.Series) else array)
    levels = np.asarray(levels)
    try:
        order = np.argsort(levels, kind="stable")
    except TypeError:  # labels of several kinds keep the order of first appearance
        return codes.astype(np.int32), levels
    rank = np.empty(len(levels) + 1, np.int32)
    rank[order] = np.arange(len(levels), dtype=np.int32)
    rank[-1] = -1  # pandas marks a missing label by -1, the last place
    return rank[codes], levels[order]


def _by_look_up(array: np.ndarray, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    seen = np.zeros(high - low + 1, bool)
    if low:
        # One byte or two cannot hold the distance between their own ends.
        moved = (array.astype(np.int32) if array.dtype.itemsize < 4 else array) - low
    else:
        moved = array
    seen[moved] = True
    if seen.all():
        return moved.astype(np.int32), np.arange(low, high + 1)
    code = np.cumsum(seen, dtype=np.int32) - np.int32(1)
    return code[moved], np.flatnonzero(seen) + low


def _of_categories(categories: Any) -> tuple[np.ndarray, np.ndarray]:
    """Keep the order of an ordered scale; drop categories that nobody has."""
    codes = np.asarray(categories.codes, dtype=np.int32)
    present = np.zeros(len(categories.categories) + 1, bool)
    present[codes] = True
    present = present[:-1]
    rank = np.full(len(present) + 1, -1, np.int32)
    rank[:-1][present] = np.arange(present.sum(), dtype=np.int32)
    return rank[codes], np.asarray(categories.categories)[present]


def whole_codes(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Whole numbers within a narrow range as one byte each, piece by piece and without sorting.

    Parameters
    ----------
    numbers : np.ndarray of int, bool or float, shape (n,)
        NaN where missing.

    Returns
    -------
    codes : np.ndarray of uint8, shape (n,)
        0 where missing, 1..K otherwise.
    levels : np.ndarray of int64, shape (K,)
        The numbers that occur, ascending. None in place of both where a number is not whole, infinite,
        or the range is wider than 254.
    """
    if numbers.dtype.kind == "b":
        numbers = numbers.view(np.uint8)
    if not len(numbers):
        return None
    if numbers.dtype.kind in "iu":
        return _narrow(numbers)
    # The lowest number of the first piece is nearly always the lowest of all: one reading, not two.
    guess = np.fmin.reduce(numbers[:_PIECE])
    return _above(numbers, guess) or _above(numbers, np.fmin.reduce(numbers))


def _narrow(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """`whole_codes` of integers: none is missing, and their range is known from two quick readings."""
    low, high = int(numbers.min()), int(numbers.max())
    if high - low > 254 or high >= 1 << 63:
        return None
    below = np.uint8((low - 1) % 256)
    codes = np.empty(len(numbers), np.uint8)
    seen = np.zeros(256, bool)
    for start in range(0, len(numbers), _SHORT):
        target = codes[start : start + _SHORT]
        target[:] = numbers[start : start + _SHORT]  # modulo 256, as the difference is
        target -= below
        if not seen[1 : high - low + 2].all():
            seen |= np.bincount(target, minlength=256) > 0
    return _ranked(codes, seen, low)


def _ranked(codes: np.ndarray, seen: np.ndarray, low: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Close the gaps between the codes that occur; `low` is the number of code 1."""
    present = seen[1 : int(np.flatnonzero(seen)[-1]) + 1]
    if not len(present):
        return None
    if not present.all():
        rank = np.zeros(256, np.uint8)
        rank[1 : len(present) + 1][present] = np.arange(1, present.sum() + 1)
        codes = np.take(rank, codes)
    return codes, np.flatnonzero(present) + low


def _above(numbers: np.ndarray, low: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """`whole_codes` if nothing lies below `low`."""
    if not (np.isfinite(low) and abs(float(low)) < 1 << 31 and low == np.floor(low)):
        return None
    below = float(low) - 1
    codes = np.empty(len(numbers), np.uint8)
    seen = np.zeros(256, bool)
    buffer = np.empty(min(_PIECE, len(numbers)))
    with np.errstate(invalid="ignore"):
        for start in range(0, len(numbers), _PIECE):
            piece = numbers[start : start + _PIECE]
            if np.fmin.reduce(piece) < low:
                return None
            moved, target = buffer[: len(piece)], codes[start : start + _PIECE]
            np.fmax(piece, below, out=moved)  # a missing number goes just below the lowest one
            moved -= below
            target[:] = moved
            if (target != moved).any():
                return None
            if not seen[1 : int(target.max()) + 1].all():  # as a rule the first piece has seen them all
                seen |= np.bincount(target, minlength=256) > 0
            else:
                seen[int(target.max())] = True
    return _ranked(codes, seen, int(low))
