"""The columns of a model matrix, worked out piece by piece from the columns of the frame.

A model matrix of a million rows is never held whole: each pass over the respondents fills a small block,
(columns, rows), that stays in cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

ROWS = 8192  # rows of one block

Rows = slice | np.ndarray


class Source(Protocol):
    """One column of a model matrix."""

    def fill(self, out: np.ndarray, rows: Rows) -> None:
        """Write the column's values for these rows into `out`, shape (rows,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """The same number for everyone."""

    value: float = 1.0

    def fill(self, out: np.ndarray, rows: Rows) -> None:
        """See `Source`."""
        out[:] = self.value


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A column of numbers, of any numeric type."""

    values: np.ndarray

    def fill(self, out: np.ndarray, rows: Rows) -> None:
        """See `Source`."""
        out[:] = self.values[rows]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """One coded column of a factor.

    Parameters
    ----------
    codes : np.ndarray of int, shape (n,)
        Level of each respondent, 0..K-1 (any other number where missing).
    table : np.ndarray, shape (K,)
        The column's value at each level.
    """

    codes: np.ndarray
    table: np.ndarray

    def fill(self, out: np.ndarray, rows: Rows) -> None:
        """See `Source`."""
        np.take(self.table, self.codes[rows], out=out, mode="clip")


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """Columns multiplied: an interaction."""

    parts: tuple[Source, ...]

    def fill(self, out: np.ndarray, rows: Rows) -> None:
        """See `Source`."""
        self.parts[0].fill(out, rows)
        other = np.empty_like(out)
        for part in self.parts[1:]:
            part.fill(other, rows)
            out *= other


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of a model matrix.

    Parameters
    ----------
    sources : tuple of Source, p of them
    shift : np.ndarray, shape (p,)
        Subtracted from each column; 0 everywhere unless an intercept takes it up.
    """

    sources: tuple[Source, ...]
    shift: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __len__(self) -> int:
        return len(self.sources)

    @classmethod
    def of(cls, X: np.ndarray) -> Columns:
        """The columns of a matrix that is there already, shape (n, p)."""
        return cls(tuple(Number(each) for each in np.asarray(X, dtype=float).T))

    def take(self, at: Sequence[int] | np.ndarray) -> Columns:
        """Some of the columns."""
        chosen = [int(each) for each in at]
        shift = self.shift[chosen] if len(self.shift) else self.shift
        return Columns(tuple(self.sources[each] for each in chosen), shift)

    def shifted(self, shift: np.ndarray) -> Columns:
        """The same columns less a number each."""
        return replace(self, shift=shift)

    def blocks(self, rows: np.ndarray | None, n: int) -> Iterator[tuple[slice, np.ndarray]]:
        """Blocks of the matrix, one after the other in the same memory.

        Parameters
        ----------
        rows : np.ndarray of int, shape (m,), or None
            Respondents; all n where None.
        n : int

        Yields
        ------
        part : slice
            Which of the m respondents.
        block : np.ndarray, shape (p, len(part))
            Overwritten by the next one.
        """
        m = n if rows is None else len(rows)
        memory = np.empty((len(self.sources), min(ROWS, m)))
        constant = [isinstance(source, Constant) for source in self.sources]
        for source, row, fixed in zip(self.sources, memory, constant, strict=True):
            if fixed:
                source.fill(row, slice(0, len(row)))
        shifts = self.shift.tolist() if len(self.shift) else [0.0] * len(self.sources)
        for low in range(0, m, ROWS):
            part = slice(low, min(low + ROWS, m))
            block = memory[:, : part.stop - low]
            chosen: Rows = part if rows is None else rows[part]
            for source, row, fixed, shift in zip(self.sources, block, constant, shifts, strict=True):
                if not fixed:
                    source.fill(row, chosen)
                    if shift:
                        row -= shift
            yield part, block

    def matrix(self, rows: np.ndarray | None, n: int) -> np.ndarray:
        """The whole matrix, shape (m, p): for few rows."""
        m = n if rows is None else len(rows)
        whole = np.empty((m, len(self.sources)))
        for part, block in self.blocks(rows, n):
            whole[part] = block.T
        return whole
