"""The rows of an SPSS system file in blocks of command bytes and words, before they are numbers or texts.

Layout: PSPP's "System File Format", data record. A row is a number of elements of eight bytes. In a
compressed file an element is one command byte, and only what no command can say stands in full: eight
commands come first, then the words of those among them that announce one. `.zsav` files hold the same
in ZLIB blocks, listed in a trailer.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np

from egovstats.microdata.spss_header import SpssHeader

PADDING, END, WORD, BLANKS, NO_VALUE = 0, 252, 253, 254, 255
_PIECE = 1 << 20
_LARGEST_BLOCK = 1 << 26
_AFTER_END = "something stands after the mark that ends its rows"
_ONES = np.uint64(0x0101010101010101)
_COUNT_AT = np.uint64(56)  # the sum of eight bytes stands in the highest byte of their product with _ONES


class UnusualLayoutError(Exception):
    """The rows are not laid out as they usually are; whether they can be read is for another reader."""


class TooFewRowsError(Exception):
    """The rows end before the last that the header announces."""


class DamagedRowsError(Exception):
    """The rows contradict the header or themselves, which no writer does; the message says how."""


@dataclass
class RowBlock:
    """Some rows of a file.

    Parameters
    ----------
    codes : np.ndarray of uint8, shape (rows, elements), or None
        Command bytes; None in files without compression.
    words : np.ndarray of uint64
        Words in full: in the order of their commands, or of shape (rows, elements).
    """

    codes: np.ndarray | None
    words: np.ndarray

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.words if self.codes is None else self.codes)

    @cached_property
    def has_word(self) -> np.ndarray:
        """Which elements have a word in full in some row; shape (elements,)."""
        assert self.codes is not None
        return (self.codes == WORD).any(axis=0)

    @cached_property
    def place_of_word(self) -> np.ndarray:
        """For each command that announces a word, its place among the words; shape (rows, elements)."""
        assert self.codes is not None
        announced = np.cumsum(self.codes.ravel() == WORD, dtype=np.int32)
        return announced.reshape(self.codes.shape) - 1


def row_blocks(path: Path, header: SpssHeader) -> Iterator[RowBlock]:
    """The rows of a file, a block at a time; memory is bounded by the size of a block.

    Parameters
    ----------
    path : Path
    header : SpssHeader

    Yields
    ------
    RowBlock
        Whole rows, up to the mark that ends the data or the end of the file.

    Raises
    ------
    UnusualLayoutError
        The file ends inside a row, or its blocks do not fit their trailer.
    DamagedRowsError
        Something stands after the mark that ends the data.
    """
    elements = len(header.elements)
    with open(path, "rb") as file:
        file.seek(header.data_starts)
        if header.compression == 0:
            yield from _ahead(_plain(file, elements))
        elif header.compression == 1:
            yield from _ahead(_unpacked(iter(lambda: file.read(_PIECE), b""), elements))
        elif header.compression == 2:
            yield from _ahead(_unpacked(_inflated(file, header), elements))
        else:
            raise UnusualLayoutError


def _ahead(blocks: Iterator[RowBlock]) -> Iterator[RowBlock]:
    """The same blocks; the next one is unpacked by a second thread while one is used."""
    with ThreadPoolExecutor(1) as second:
        coming = second.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = second.submit(next, blocks, None)
            yield block


def _plain(file: BinaryIO, elements: int) -> Iterator[RowBlock]:
    rows = max(1, _PIECE // (8 * elements))
    while data := file.read(8 * elements * rows):
        if len(data) % (8 * elements):
            raise UnusualLayoutError
        yield RowBlock(None, np.frombuffer(data, np.uint64).reshape(-1, elements))


def _unpacked(pieces: Iterator[bytes], elements: int) -> Iterator[RowBlock]:
    """Commands and words by rows; what is left of a piece goes before the next."""
    bytes_left = b""
    codes, words = np.empty(0, np.uint8), np.empty(0, np.uint64)
    ended = False
    for piece in pieces:
        data = bytes_left + piece
        more_codes, more_words, used = _split(np.frombuffer(data, np.uint64, len(data) // 8))
        bytes_left = data[8 * used :]
        more_codes, ended = _up_to_end(more_codes)
        codes, words = np.concatenate((codes, more_codes)), np.concatenate((words, more_words))
        rows = len(codes) // elements
        whole = codes[: rows * elements]
        n_words = int(np.count_nonzero(whole == WORD))
        if rows:
            yield RowBlock(whole.reshape(rows, elements), words[:n_words])
        codes, words = codes[rows * elements :], words[n_words:]
        if ended:
            break
    if ended and len(words):
        raise DamagedRowsError(_AFTER_END)
    if len(codes) or (bytes_left and not ended):
        raise UnusualLayoutError


def _split(block: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Commands, words in full, and how much of the block they took.

    Whether eight bytes are commands depends on those before them. Only bytes that hold the command
    "a word follows" can matter, so only these are walked; all others follow from them.
    """
    holds = (block.view(np.uint8) == WORD).view(np.uint64)
    n_after = (holds * _ONES) >> _COUNT_AT
    candidates = np.flatnonzero(n_after)
    ends = candidates + 1 + n_after[candidates].astype(np.int64)
    real = _not_within(candidates, ends)
    starts, ends = candidates[real] + 1, ends[real]
    used = len(block)
    if len(ends) and ends[-1] > used:  # the last words are in the next piece
        used = int(starts[-1]) - 1
        starts, ends = starts[:-1], ends[:-1]
    edges = np.zeros(used + 1, np.int8)
    edges[starts] = 1
    edges[ends] -= 1
    is_word = np.cumsum(edges[:used], dtype=np.int8).view(bool)
    return block[:used][~is_word].view(np.uint8), block[:used][is_word], used


def _not_within(places: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Which candidates are commands: not themselves words that an earlier command announced.

    Only a candidate with another before its end needs a look, one after another: it may be a word itself.
    """
    real = np.ones(len(places), bool)
    doubtful = np.flatnonzero(places[1:] < ends[:-1])
    after = np.searchsorted(places, ends[doubtful])
    free = 0
    for each, following in zip(doubtful.tolist(), after.tolist(), strict=True):
        if each >= free:
            real[each + 1 : following] = False
            free = following
    return real


def _up_to_end(codes: np.ndarray) -> tuple[np.ndarray, bool]:
    """Commands without padding, up to the one that ends the data."""
    special = (codes == PADDING) | (codes == END)
    if not special.any():
        return codes, False
    end = np.flatnonzero(codes == END)
    ended = len(end) > 0
    if ended:
        if codes[end[0] + 1 :].any():
            raise DamagedRowsError(_AFTER_END)
        codes = codes[: end[0]]
    return codes[codes != PADDING], ended


def _inflated(file: BinaryIO, header: SpssHeader) -> Iterator[bytes]:
    """The ZLIB blocks of a .zsav file, one after another."""
    start = file.tell()
    size = file.seek(0, 2)
    try:
        file.seek(start)
        own, trailer, length = struct.unpack(f"{header.order}3q", file.read(24))
        if own != start or not start + 24 <= trailer <= size - 24 or trailer + length > size:
            raise UnusualLayoutError
        file.seek(trailer)
        _, zero, block_size, n_blocks = struct.unpack(f"{header.order}2q2i", file.read(24))
        if zero or not 0 < block_size <= _LARGEST_BLOCK or 24 + 24 * n_blocks != length:
            raise UnusualLayoutError
        blocks = list(struct.iter_unpack(f"{header.order}2q2i", file.read(24 * n_blocks)))
        for _, place, full, packed in blocks:
            if not 0 <= full <= block_size or not 0 <= packed <= size:
                raise UnusualLayoutError
            file.seek(place)
            inflater = zlib.decompressobj()
            data = inflater.decompress(file.read(packed), full + 1)
            if len(data) != full or not inflater.eof:
                raise UnusualLayoutError
            for at in range(0, full, _PIECE):
                yield data[at : at + _PIECE]
    except (struct.error, zlib.error) as error:
        raise UnusualLayoutError from error
