"""One pass over the respondents: weighted sums by cell, in pieces that stay in cache.

Sums within a piece come from `numpy.bincount` over the range of cells that the piece touches, so a
file sorted by wave and PSU never allocates more than its own corner. No threads: the order of
addition, and with it every digit, does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CHUNK = 1 << 18


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
    """Sum weights by cell and answer.

    Parameters
    ----------
    index : np.ndarray of int32, shape (n,)
        Cell of each respondent; `cells` for respondents in none.
    codes : np.ndarray of uint8 or uint16, shape (n,)
        0 for no answer, 1..levels for the answers.
    weight : np.ndarray, shape (n,)
    cells, levels : int

    Returns
    -------
    np.ndarray, shape (levels, cells)
    """
    width = levels + 1
    sums = np.zeros((cells + 1) * width)
    for low in range(0, len(index), CHUNK):
        piece = index[low : low + CHUNK]
        first, last = int(piece.min()), int(piece.max()) + 1
        key = (piece - first).astype(np.int64)
        key *= width
        key += codes[low : low + CHUNK]
        sums[first * width : last * width] += np.bincount(
            key, weights=weight[low : low + CHUNK], minlength=(last - first) * width
        )
    return np.ascontiguousarray(sums.reshape(cells + 1, width)[:cells, 1:].T)
