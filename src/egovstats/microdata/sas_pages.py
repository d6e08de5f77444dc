"""Whether the pages of a SAS data set hold as many rows as its header announces.

pyreadstat goes by the header alone: a changed count ends the table early, or adds rows of nought. Layout of
pages: "SAS7BDAT Database Binary Format" (M. Shotwell).
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from egovstats.microdata.variable import Variable
from egovstats.microdata.whole import cut_off

_WIDE, _ALIGNED, _LITTLE = 0x33, 0x33, 1
_PACKED = (b"SASYZCRL", b"SASYZCR2")  # names of the two ways to pack rows; those are not counted by page
_ROW_SIZE_MARK = (b"\xf7" * 4, b"\x00" * 4 + b"\xf7" * 4, b"\xf7" * 4 + b"\x00" * 4)
_MARK_BYTES = b"\xff\xf7\xf6"  # every kind of part has two of them at least
_ROWS, _MIXED = 0x100, 0x200
_KIND = 0x0F00
_NUMBER = 1
_COLUMNS_MARK = (b"\xfc" + b"\xff" * 3, b"\xfc" + b"\xff" * 7, b"\xff" * 3 + b"\xfc", b"\xff" * 7 + b"\xfc")
_AROUND = {False: 20, True: 28}  # bytes of that part that describe no column


@dataclass(frozen=True)
class _Layout:
    order: str
    wide: bool
    head: int
    page: int
    n_pages: int

    @property
    def word(self) -> str:
        return self.order + ("Q" if self.wide else "I")

    @property
    def counts_at(self) -> int:
        return 32 if self.wide else 16


def check_sas_rows(path: Path) -> tuple[str, ...]:
    """Compare the rows that a .sas7bdat file announces with those that its pages hold.

    A file whose rows are packed is left to the reader, unless it announces more of them than it has bytes.

    Returns
    -------
    tuple of str
        A doubt, where the pages hold rows beyond those announced.

    Raises
    ------
    SourceError
        There are fewer rows than announced, or a part of the dictionary is not where its page says.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            found = _counts(data)
        except (struct.error, IndexError):
            return ()
        except _DamagedPartError as error:
            raise cut_off(path.name, f"in its dictionary: {error}") from None
    announced, held = found or (0, 0)
    if announced > held:
        raise cut_off(path.name, f"it announces {announced} rows, and its pages hold {held}")
    if announced == held:
        return ()
    return (
        f"The header announces {announced} rows, and the pages of the file hold {held}; those announced were "
        "read. Compare the number of rows with the producer's.",
    )


def check_kinds(name: str, variables: Mapping[str, Variable]) -> None:
    """Check that no number of a SAS file is to be shown as a text: its format would begin with ``$``.

    Raises
    ------
    SourceError
        One is, so its kind or its format is damaged.
    """
    odd = [each.name for each in variables.values() if each.kind != "text" and each.format.startswith("$")]
    if odd:
        raise cut_off(name, f"in its dictionary: the number {odd[0]!r} is to be shown as a text")


class _DamagedPartError(Exception):
    pass


def _counts(data: mmap.mmap) -> tuple[int, int] | None:
    """Rows announced, and rows held."""
    layout = _layout(data)
    announced, packed = None, False
    held = 0
    columns: list[tuple[int, int, int]] = []
    for number in range(layout.n_pages):
        start = layout.head + number * layout.page
        kind, blocks, parts = struct.unpack_from(f"{layout.order}3H", data, start + layout.counts_at)
        if kind & _KIND == _ROWS:
            held += blocks
            continue
        held += blocks - parts if kind & _KIND == _MIXED else 0
        packed = packed or any(data.find(way, start, start + layout.page) >= 0 for way in _PACKED)
        for place, length, mark in _parts(data, layout, start, parts, any_mark=packed):
            columns += _columns(data, layout, place, length) if mark in _COLUMNS_MARK and not packed else []
            if mark in _ROW_SIZE_MARK and announced is None:
                announced = struct.unpack_from(layout.word, data, place + 6 * len(mark))[0]
    if packed:
        if (announced or 0) > len(data):  # memory is set aside before rows are read
            raise _DamagedPartError(f"it announces {announced} rows in {len(data)} bytes")
        return None
    columns.sort()
    if any(kind == _NUMBER and not 2 <= width <= 8 for _, width, kind in columns):
        raise _DamagedPartError("a number does not have two to eight bytes")
    if any(begins + width > following for (begins, width, _), (following, _, _) in pairwise(columns)):
        raise _DamagedPartError("two columns share bytes of a row")
    return None if announced is None else (announced, held)


def _columns(data: mmap.mmap, layout: _Layout, place: int, length: int) -> list[tuple[int, int, int]]:
    """Where each column that a part of the dictionary describes begins in a row, its bytes, and its kind."""
    size = 8 if layout.wide else 4
    each = size + 8
    return [
        struct.unpack_from(f"{layout.order}{layout.word[1]}I2xB", data, place + size + 8 + k * each)
        for k in range((length - _AROUND[layout.wide]) // each)
    ]


def _layout(data: mmap.mmap) -> _Layout:
    wide, shift = data[32] == _WIDE, 4 if data[35] == _ALIGNED else 0
    order = "<" if data[37] == _LITTLE else ">"
    head, page = struct.unpack_from(f"{order}2I", data, 196 + shift)
    (n_pages,) = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", data, 204 + shift)
    return _Layout(order, wide, head, page, min(n_pages, (len(data) - head) // max(1, page)))


def _parts(
    data: mmap.mmap, layout: _Layout, start: int, count: int, *, any_mark: bool
) -> Iterator[tuple[int, int, bytes]]:
    """The parts of the dictionary on a page: where each begins, its bytes, and the mark of its kind."""
    size = 8 if layout.wide else 4
    first = start + layout.counts_at + 8
    for at in range(first, first + count * 3 * size, 3 * size):
        place, length = struct.unpack_from(f"{layout.order}2{layout.word[1]}", data, at)
        mark = data[start + place : start + place + size]
        if not length:
            continue
        if not any_mark and sum(byte in _MARK_BYTES for byte in mark) < 2:
            raise _DamagedPartError("a part is not where its page says")
        yield start + place, length, mark
