"""Auxiliary variables of a calibration: p numbers a respondent, in full or as the row of a cell.

Margins make a few hundred different rows at most, however many respondents there are. Held by cell they
cost a byte or two a respondent, and their totals are counts of cells.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from egovstats.one_thread import one_thread

_PIECE = 1 << 15  # respondents whose rows are made at a time
_CELLS = 1 << 22  # sums by cell and bin that are held at a time


class Auxiliaries(Protocol):
    """The matrix X, shape (n, p), of a calibration."""

    @property
    def width(self) -> int:
        """How many variables p there are."""

    def rows(self, low: int, high: int) -> np.ndarray:
        """Rows low to high, shape (high - low, p)."""

    def by_bin(self, values: np.ndarray, bins: np.ndarray, size: int) -> np.ndarray:
        """Sums of values times rows by bin, shape (size, p); `values` and `bins` have shape (n,)."""


class FullRows:
    """Auxiliaries held row by row: numbers such as age or income among them."""

    def __init__(self, X: np.ndarray) -> None:
        self.X = np.ascontiguousarray(X, dtype=float)

    @property
    def width(self) -> int:
        """See `Auxiliaries`."""
        return self.X.shape[1]

    def rows(self, low: int, high: int) -> np.ndarray:
        """See `Auxiliaries`."""
        return self.X[low:high]

    @one_thread
    def by_bin(self, values: np.ndarray, bins: np.ndarray, size: int) -> np.ndarray:
        """See `Auxiliaries`."""
        from scipy import sparse

        # A column a respondent with one entry: the product adds each row to its bin, in their order.
        each = sparse.csc_matrix((values, bins, np.arange(len(bins) + 1)), shape=(size, len(bins)))
        return np.asarray(each @ self.X)


class CellRows:
    """Auxiliaries that are alike within cells: categories of margins.

    Parameters
    ----------
    key : np.ndarray of unsigned int, shape (n,)
        Cell of each respondent.
    table : np.ndarray, shape (cells, p)
        Row of each cell.
    """

    def __init__(self, key: np.ndarray, table: np.ndarray) -> None:
        self.key, self.table = key, np.ascontiguousarray(table, dtype=float)

    @property
    def width(self) -> int:
        """See `Auxiliaries`."""
        return self.table.shape[1]

    def rows(self, low: int, high: int) -> np.ndarray:
        """See `Auxiliaries`."""
        return self.table[self.key[low:high]]

    @one_thread
    def by_bin(self, values: np.ndarray, bins: np.ndarray, size: int) -> np.ndarray:
        """See `Auxiliaries`."""
        cells = len(self.table)
        if cells * size > _CELLS:
            from scipy import sparse

            each = sparse.coo_matrix((values, (bins, self.key)), shape=(size, cells)).tocsr()
            return np.asarray(each @ self.table)
        place = bins.astype(np.int64) * cells + self.key
        sums = np.bincount(place, weights=values, minlength=size * cells).reshape(size, cells)
        return np.asarray(sums @ self.table)


@one_thread
def products(first: Auxiliaries, second: Auxiliaries, values: np.ndarray) -> np.ndarray:
    """Sum over respondents of values times the outer product of both rows, shape (p, q), piece by piece."""
    out = np.zeros((first.width, second.width))
    for low in range(0, len(values), _PIECE):
        high = min(low + _PIECE, len(values))
        out += (first.rows(low, high) * values[low:high, None]).T @ second.rows(low, high)
    return out


@one_thread
def crossed(auxiliaries: Auxiliaries, values: np.ndarray) -> np.ndarray:
    """X' V for V of shape (n, k), shape (p, k), piece by piece."""
    out = np.zeros((auxiliaries.width, values.shape[1]))
    for low in range(0, len(values), _PIECE):
        high = min(low + _PIECE, len(values))
        out += auxiliaries.rows(low, high).T @ values[low:high]
    return out
