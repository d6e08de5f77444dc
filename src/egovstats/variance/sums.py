"""One pass over the respondents: weighted sums by cell, in pieces that stay in cache.

Sums within a piece come from `numpy.bincount` over the range of cells that the piece touches, so a
file sorted by wave and PSU never allocates more than its own corner. No threads: the order of
addition, and with it every digit, does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CHUNK = 1 << 18
_TOGETHER = 1 << 23  # bytes of sums that several items may take at once


def sum_columns(index: np.ndarray, columns: Sequence[np.ndarray], cells: int) -> np.ndarray:
    """Sum columns within cells.

    Parameters
    ----------
    index : np.ndarray of int, shape (n,)
        Cell of each respondent; `cells` for respondents in none.
    columns : sequence of np.ndarray, shape (n,) each
        What to add up.
    cells : int

    Returns
    -------
    np.ndarray, shape (columns, cells)
    """
    return np.stack([np.bincount(index, weights=each, minlength=cells + 1)[:cells] for each in columns])


def tally(index: np.ndarray, codes: np.ndarray, weight: np.ndarray, cells: int, levels: int) -> np.ndarray:
    """Sum weights by cell and answer, shape (levels, cells); see `tallies`."""
    return tallies(index, [codes], weight, cells, levels)[0]


def tallies(
    index: np.ndarray, items: Sequence[np.ndarray], weight: np.ndarray, cells: int, levels: int
) -> list[np.ndarray]:
    """Sum weights by cell and answer, for several items with as many answers each.

    Parameters
    ----------
    index : np.ndarray of int32, shape (n,)
        Cell of each respondent; `cells` for respondents in none.
    items : sequence of np.ndarray of unsigned int, shape (n,) each
        0 for no answer, 1..levels for the answers.
    weight : np.ndarray, shape (n,)
    cells, levels : int

    Returns
    -------
    list of np.ndarray, shape (levels, cells) each
    """
    width = levels + 1
    most = max(_TOGETHER // (8 * width * (cells + 1)), 1)
    found: list[np.ndarray] = []
    for low in range(0, len(items), most):
        found += _tallies(index, items[low : low + most], weight, cells, width)
    return found


def _tallies(
    index: np.ndarray, items: Sequence[np.ndarray], weight: np.ndarray, cells: int, width: int
) -> list[np.ndarray]:
    """One pass for as many items as fit; what depends on the cell alone is worked out once a piece."""
    sums = np.zeros((len(items), (cells + 1) * width))
    buffer = np.empty(min(CHUNK, len(index)), np.int64)
    for low in range(0, len(index), CHUNK):
        piece = index[low : low + CHUNK]
        first, last = int(piece.min()), int(piece.max()) + 1
        base = (piece - first).astype(np.int64)
        base *= width
        key, weights = buffer[: len(piece)], weight[low : low + CHUNK]
        for each, codes in zip(sums, items, strict=True):
            np.add(base, codes[low : low + CHUNK], out=key)
            each[first * width : last * width] += np.bincount(
                key, weights=weights, minlength=(last - first) * width
            )
    return [np.ascontiguousarray(each.reshape(cells + 1, width)[:cells, 1:].T) for each in sums]
