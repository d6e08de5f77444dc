"""Sums under many weights at once: blocks of rows that stay in cache, one matrix product each.

The weights of a block and the columns of a block are gathered into two buffers, whatever they come from;
nothing as long as the sample is ever copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

ROWS = 1 << 12
Fill = Callable[[slice, np.ndarray], None]
"""Writes the numbers of a range of rows into an array of that length."""


def from_array(values: np.ndarray) -> Fill:
    """Fill from a column of numbers."""

    def fill(rows: slice, out: np.ndarray) -> None:
        out[:] = values[rows]

    return fill


def from_codes(codes: np.ndarray, table: np.ndarray) -> Fill:
    """Fill with the number that stands for each code; `table` has one entry a code, 0 among them."""
    if table[0] == 0 and (table[1:] == 1).all():

        def answered(rows: slice, out: np.ndarray) -> None:
            np.greater(codes[rows], 0, out=out)

        return answered

    def looked_up(rows: slice, out: np.ndarray) -> None:
        np.take(table, codes[rows], out=out, mode="clip")

    return looked_up


def block_sums(
    columns: Sequence[Fill],
    beside: Sequence[Fill],
    weights: Sequence[Fill],
    code: np.ndarray | None,
    groups: int,
    n: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of columns by domain under every weight, and of others under the first weight alone.

    Parameters
    ----------
    columns, beside, weights : sequences of fills
    code : np.ndarray of int, shape (n,), or None
        Domain of each row, -1 for none; None when all are in one.
    groups, n : int
        Domains and rows.

    Returns
    -------
    sums : np.ndarray, shape (weights, groups, columns)
    others : np.ndarray, shape (groups, beside)
    """
    sums = np.zeros((groups, len(weights), len(columns)))
    others = np.zeros((groups, len(beside)))
    width = min(ROWS, n)
    x, y, w = (np.empty((len(each), width)) for each in (columns, beside, weights))
    for rows, pieces, order in _blocks(code, groups, n):
        length = rows.stop - rows.start
        for fills, buffer in ((columns, x), (beside, y), (weights, w)):
            for fill, out in zip(fills, buffer, strict=True):
                fill(rows, out[:length])
        here = [each[:, :length] if order is None else each[:, :length][:, order] for each in (x, y, w)]
        for group, low, high in pieces:
            top, side, mass = (each[:, low:high] for each in here)
            sums[group] += mass @ top.T
            if len(beside):
                others[group] += side @ mass[0]
    return sums.transpose(1, 0, 2), others


Piece = tuple[int, int, int]


def _blocks(
    code: np.ndarray | None, groups: int, n: int
) -> Iterator[tuple[slice, list[Piece], np.ndarray | None]]:
    """Ranges of rows; the (domain, from, to) of the pieces of each, and how to order its rows for them."""
    if code is None:
        for low in range(0, n, ROWS):
            rows = slice(low, min(low + ROWS, n))
            yield rows, [(0, 0, rows.stop - low)], None
        return
    if code[0] >= 0 and not np.any(code[1:] < code[:-1]):
        cuts = np.searchsorted(code, np.arange(groups + 1)).tolist()
        for group in range(groups):
            for low in range(cuts[group], cuts[group + 1], ROWS):
                rows = slice(low, min(low + ROWS, cuts[group + 1]))
                yield rows, [(group, 0, rows.stop - low)], None
        return
    for low in range(0, n, ROWS):
        rows = slice(low, min(low + ROWS, n))
        order = np.argsort(code[rows], kind="stable")
        ascending = code[rows][order]
        start = np.flatnonzero(np.append(True, ascending[1:] != ascending[:-1]))
        ends = np.append(start[1:], len(order))
        found = zip(ascending[start].tolist(), start.tolist(), ends.tolist(), strict=True)
        yield rows, [piece for piece in found if piece[0] >= 0], order
