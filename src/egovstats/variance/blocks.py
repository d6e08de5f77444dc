"""Sums under many weights at once: blocks of rows that stay in cache, one matrix product each.

The weights of a block and the columns of a block are gathered into buffers, whatever they come from; weights
that lie in one table are read where they are. Nothing as long as the sample is ever copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from egovstats.one_thread import one_thread

ROWS = 1 << 12


class Columns(Protocol):
    """Columns that can be written out for any range of rows."""

    def __len__(self) -> int:
        """How many columns."""

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """Write a range of rows, shape (columns, rows), C-contiguous."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """Columns of numbers, shape (n,) each, and what all of them are multiplied by, shape (n,)."""

    values: Sequence[np.ndarray] | np.ndarray
    times: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.values)

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        np.concatenate([each[rows] for each in self.values], out=out.reshape(-1))
        if self.times is not None:
            out *= self.times[rows]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns that are the rows of one array, shape (columns, n)."""

    values: np.ndarray

    @classmethod
    def under(cls, columns: Sequence[np.ndarray] | np.ndarray) -> Table | None:
        """The table that columns, shape (n,) each, are rows of, as those of a data frame mostly are."""
        if isinstance(columns, np.ndarray):
            return cls(columns)
        first, addresses = columns[0], [each.__array_interface__["data"][0] for each in columns]
        step = addresses[1] - addresses[0] if len(columns) > 1 else first.nbytes
        even = all(there - here == step for here, there in pairwise(addresses))
        plain = all(
            each.base is first.base and each.dtype == first.dtype and each.flags.c_contiguous
            for each in columns
        )
        if first.base is None or not (even and plain and step >= first.nbytes):
            return None
        shape, strides = (len(columns), len(first)), (step, first.itemsize)
        return cls(np.lib.stride_tricks.as_strided(first, shape, strides, writeable=False))

    def __len__(self) -> int:
        return len(self.values)

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        out[:] = self.values[:, rows]


@dataclass(frozen=True, slots=True, eq=False)
class ByUnit:
    """Columns whose numbers go by unit, shape (columns, units): `unit` and `times` have shape (n,)."""

    values: np.ndarray
    unit: np.ndarray
    times: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        np.take(self.values, self.unit[rows], axis=1, out=out, mode="clip")
        out *= self.times[rows]


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Items held as one byte, shape (n,) each, 0 for no answer: their codes, then who answered."""

    items: Sequence[np.ndarray]

    def __len__(self) -> int:
        return 2 * len(self.items)

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        codes = np.stack([each[rows] for each in self.items])
        out[: len(codes)] = codes
        np.greater(codes, 0, out=out[len(codes) :])


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """The squares of codes held as one byte, shape (n,) each."""

    items: Sequence[np.ndarray]

    def __len__(self) -> int:
        return len(self.items)

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        out[:] = np.stack([each[rows] for each in self.items])
        out *= out


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Whether an item, shape (n,), has each of the codes 1..levels."""

    codes: np.ndarray
    levels: int

    def __len__(self) -> int:
        return self.levels

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        every = np.arange(1, self.levels + 1, dtype=self.codes.dtype)
        np.equal(self.codes[rows], every[:, None], out=out)


@dataclass(frozen=True, slots=True, eq=False)
class LookedUp:
    """The number that stands for each code of an item, shape (n,), in tables of one entry a code."""

    codes: np.ndarray
    tables: np.ndarray

    def __len__(self) -> int:
        return len(self.tables)

    def fill(self, rows: slice, out: np.ndarray) -> None:
        """See `Columns`."""
        np.take(self.tables, self.codes[rows], axis=1, out=out, mode="clip")


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Room for a block of several sources, one below the other."""

    sources: Sequence[Columns]
    room: np.ndarray

    @classmethod
    def of(cls, sources: Sequence[Columns], rows: int) -> _Block:
        return cls(sources, np.empty(rows * sum(map(len, sources))))

    def read(self, rows: slice) -> np.ndarray:
        """Columns of a range of rows, shape (columns, rows); overwritten by the next."""
        length = rows.stop - rows.start
        found = self.room[: length * sum(map(len, self.sources))].reshape(-1, length)
        low = 0
        for source in self.sources:
            source.fill(rows, found[low : low + len(source)])
            low += len(source)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Blocks of several sources, each by itself: a table is read where it lies."""

    blocks: Sequence[Table | _Block]

    @classmethod
    def of(cls, sources: Sequence[Columns], rows: int) -> _Parts:
        return cls([each if isinstance(each, Table) else _Block.of([each], rows) for each in sources])

    def read(self, rows: slice) -> list[np.ndarray]:
        """Columns of a range of rows, shape (columns, rows) for each source; overwritten by the next."""
        return [
            block.values[:, rows] if isinstance(block, Table) else block.read(rows) for block in self.blocks
        ]


@one_thread
def block_sums(
    columns: Sequence[Columns],
    beside: Sequence[Columns],
    weights: Sequence[Columns],
    code: np.ndarray | None,
    groups: int,
    n: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of columns by domain under every weight, and of others under the first weight alone.

    Parameters
    ----------
    columns, beside, weights : sequences of Columns
    code : np.ndarray of int, shape (n,), or None
        Domain of each row, -1 for none; None when all are in one.
    groups, n : int
        Domains and rows.

    Returns
    -------
    sums : np.ndarray, shape (weights, groups, columns)
    others : np.ndarray, shape (groups, beside)
    """
    rows = min(ROWS, n)
    x, y, w = _Block.of(columns, rows), _Block.of(beside, rows), _Parts.of(weights, rows)
    each_weight = [slice(a, b) for a, b in pairwise(np.cumsum([0, *map(len, weights)]).tolist())]
    sums = np.zeros((groups, sum(map(len, weights)), sum(map(len, columns))))
    others = np.zeros((groups, sum(map(len, beside))))
    for block, pieces, order in _blocks(code, groups, n):
        here = [x.read(block), y.read(block), *w.read(block)]
        if order is not None:
            here = [each[:, order] for each in here]
        for group, low, high in pieces:
            top, side, *masses = (each[:, low:high] for each in here)
            for mass, places in zip(masses, each_weight, strict=True):
                sums[group, places] += mass @ top.T
            if len(side):
                others[group] += side @ masses[0][0]
    return sums.transpose(1, 0, 2), others


Piece = tuple[int, int, int]


def _blocks(
    code: np.ndarray | None, groups: int, n: int
) -> Iterator[tuple[slice, list[Piece], np.ndarray | None]]:
    """Ranges of rows; the (domain, from, to) of the pieces of each, and how to order its rows for them."""
    ranges = [slice(low, min(low + ROWS, n)) for low in range(0, n, ROWS)]
    if code is None:
        yield from ((rows, [(0, 0, rows.stop - rows.start)], None) for rows in ranges)
        return
    ascending = not np.any(code[1:] < code[:-1])
    for rows in ranges:
        order = None if ascending else np.argsort(code[rows], kind="stable")
        here = code[rows] if order is None else code[rows][order]
        start = np.flatnonzero(np.append(True, here[1:] != here[:-1]))
        found = zip(here[start].tolist(), start.tolist(), [*start[1:].tolist(), len(here)], strict=True)
        yield rows, [piece for piece in found if piece[0] >= 0], order
