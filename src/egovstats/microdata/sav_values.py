"""The values of an SPSS system file, column by column, without pyreadstat.

Numbers and texts come out as pyreadstat gives them, cell by cell, and several times faster. What is
laid out in an unusual way raises `UnusualLayoutError`, and is left to pyreadstat.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from egovstats.microdata.sav_stream import (
    BLANKS,
    NO_VALUE,
    WORD,
    DamagedRowsError,
    RowBlock,
    TooFewRowsError,
    UnusualLayoutError,
    row_blocks,
)
from egovstats.microdata.spss_header import SpssHeader

# What Python and iconv, which pyreadstat decodes with, read alike
_ALIKE = {"utf-8", "ascii", "windows-1251", "windows-1252", "iso-8859-1", "iso-8859-5", "koi8-r"}
_SPACES = np.frombuffer(b" " * 8, np.uint64)[0]
_EDGE = 1.7976931348623155e308  # the three numbers that SPSS keeps for itself are beyond it
_LOWEST, _HIGHEST = np.nextafter(-np.finfo(float).max, 0), np.finfo(float).max
_SEGMENT = 252  # a text wider than 255 bytes stands as one variable for each 252 of them
_MOST_KNOWN = 100_000


@dataclass(frozen=True)
class Place:
    """Where a column stands in a row.

    Parameters
    ----------
    is_text : bool
    segments : tuple of (first, count)
        Elements: one for a number; for a text as many as it needs, in several segments if it is very long.
    last : int
        Bytes of the text in its last segment; what follows fills its last element up.
    """

    is_text: bool
    segments: tuple[tuple[int, int], ...]
    last: int = 0


def places_of(header: SpssHeader) -> list[Place]:
    """Where each column stands, in the order of the file.

    Raises
    ------
    UnusualLayoutError
        A very long text without all its segments.
    """
    starts = [place for place, width in enumerate(header.widths) if width >= 0]
    sizes = np.diff([*starts, len(header.widths)]).tolist()
    found = []
    at = 0
    while at < len(starts):
        is_text = header.widths[starts[at]] > 0
        width = header.very_long.get(header.elements[starts[at]].upper(), 0) if is_text else 0
        n = max(1, -(-width // _SEGMENT))
        if at + n > len(starts):
            raise UnusualLayoutError
        segments = tuple(zip(starts[at : at + n], sizes[at : at + n], strict=True))
        found.append(Place(is_text, segments, header.widths[starts[at + n - 1]]))
        at += n
    return found


def read_values(
    path: Path,
    header: SpssHeader,
    n: int,
    columns: dict[str, Place],
    encoding: str,
    tell: Callable[[float], None] = lambda share: None,
) -> pd.DataFrame:
    """The values of some columns.

    Parameters
    ----------
    path : Path
    header : SpssHeader
    n : int
        Rows; see `check_rows`.
    columns : dict of str to Place
        In the order wanted.
    encoding : str
        What text is read as.
    tell : callable, optional
        Told after each block which share of the rows has been read.

    Returns
    -------
    pd.DataFrame
        Numbers as float64 with NaN where there is none, texts without the spaces at their end.

    Raises
    ------
    UnusualLayoutError
        A row that is cut off, an order of bytes or a text that is left to pyreadstat.
    TooFewRowsError
        Whole rows, but fewer than `n`.
    DamagedRowsError
        More rows than `n`, or a cell that is no value of its variable: bytes were changed or lost.
    """
    if header.order != "<" or header.own_floats or not header.elements:
        raise UnusualLayoutError
    gathered = {
        name: _Texts(place, encoding) if place.is_text else _Numbers(place, n, header.bias)
        for name, place in columns.items()
    }
    done = 0
    for block in row_blocks(path, header) if n else ():
        if done + block.rows > n:
            raise DamagedRowsError(f"its header announces {n} rows, and there are more")
        for each in gathered.values():
            each.add(block, done)
        done += block.rows
        tell(done / n)
    if done != n:
        raise TooFewRowsError
    return pd.DataFrame({name: each.column() for name, each in gathered.items()}, copy=False)


class _Numbers:
    """A column of numbers that is filled block by block."""

    def __init__(self, place: Place, n: int, bias: float) -> None:
        self.element = place.segments[0][0]
        self.values = np.empty(n)
        self.of_code = np.arange(256) - bias
        self.of_code[NO_VALUE] = np.nan

    def add(self, block: RowBlock, at: int) -> None:
        out = self.values[at : at + block.rows]
        if block.codes is None:
            out[:] = block.words[:, self.element].view(float)
            _empty_marks(out)
            return
        codes = np.ascontiguousarray(block.codes[:, self.element])
        if (codes == BLANKS).any():
            raise DamagedRowsError("blanks stand where a number must be")
        np.take(self.of_code, codes, out=out, mode="clip")  # "clip" writes to out without a copy
        if block.has_word[self.element]:
            rows = np.flatnonzero(codes == WORD)
            words = block.words[block.place_of_word[rows, self.element]].view(float)
            _empty_marks(words)
            out[rows] = words

    def column(self) -> np.ndarray:
        return self.values


def _empty_marks(values: np.ndarray) -> None:
    """Put NaN for "no value" and for the open ends of ranges, as pyreadstat does; `values` is changed."""
    beyond = np.flatnonzero(~(np.abs(values) < _EDGE))
    if len(beyond):
        found = values[beyond]
        marks = (found == -_HIGHEST) | (found == _LOWEST) | (found == _HIGHEST) | np.isnan(found)
        values[beyond[marks]] = np.nan


class _Texts:
    """A column of texts that is filled block by block; equal texts are decoded once."""

    def __init__(self, place: Place, encoding: str) -> None:
        self.segments = place.segments
        self.last = place.last
        self.encoding = encoding
        self.texts: list[str] = []
        self.known: dict[bytes, str] = {}

    def add(self, block: RowBlock, at: int) -> None:
        parts = [_letters(block, first, count) for first, count in self.segments]
        # the last byte of a segment is not part of the text, but for the last segment
        end = parts[-1][:, : self.last]
        whole = np.hstack([*(part[:, :-1] for part in parts[:-1]), end]) if parts[1:] else end
        cells = np.ascontiguousarray(whole).view(f"S{whole.shape[1]}").ravel().tolist()
        if len(self.known) > _MOST_KNOWN:
            self.known.clear()
        for cell in set(cells).difference(self.known):
            self.known[cell] = self._decoded(cell)
        self.texts.extend(map(self.known.__getitem__, cells))

    def _decoded(self, cell: bytes) -> str:
        cell = cell.rstrip(b" \0")
        if b"\0" in cell or not (cell.isascii() or self.encoding in _ALIKE):
            raise UnusualLayoutError
        try:
            return cell.decode("ascii" if cell.isascii() else self.encoding)
        except UnicodeDecodeError as error:
            raise UnusualLayoutError from error

    def column(self) -> pd.Series:
        return pd.Series(self.texts)


def _letters(block: RowBlock, first: int, count: int) -> np.ndarray:
    """The bytes of neighbouring elements, shape (rows, 8 * count)."""
    if block.codes is None:
        return np.ascontiguousarray(block.words[:, first : first + count]).view(np.uint8)
    codes = block.codes[:, first : first + count]
    words = np.full(codes.shape, _SPACES)
    is_word = codes == WORD
    if not (is_word | (codes == BLANKS)).all():
        raise DamagedRowsError("a number stands where letters must be")
    words[is_word] = block.words[block.place_of_word[:, first : first + count][is_word]]
    return words.view(np.uint8)
