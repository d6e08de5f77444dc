"""What pyreadstat does not write into an SPSS file: its weight, its multiple-response sets, its alignments.

The weight is a number in the file header; alignments stand in extension record 11, which is there already;
sets are extension record 7, a line each (see `multiple_response`), put in before the record that ends the
dictionary.
"""

from __future__ import annotations

import struct
from pathlib import Path

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.spss_header import SpssHeader, read_spss_header
from egovstats.microdata.variable import MultipleResponseSet

_WEIGHT_AT = 76
_SIDES = {"left": 0, "right": 1, "center": 2}
_END_RECORD = 8  # bytes of the record that ends the dictionary


def add_what_is_left(path: Path, book: Codebook) -> None:
    """Write the weight, the sets and the alignments of a codebook into a file that was just made.

    Parameters
    ----------
    path : Path
        A .sav, .zsav or other file that nobody else has yet; others are left as they are.
    book : Codebook
    """
    if path.suffix.lower() not in (".sav", ".zsav"):
        return
    header = read_spss_header(path)
    data = bytearray(path.read_bytes())
    short_names = _short_names(header)
    if book.weight is not None:
        place = 1 + header.elements.index(short_names[book.weight])
        struct.pack_into("<i", data, _WEIGHT_AT, place)
    _align(data, header, book)
    if book.multiple_response:
        lines = b"".join(_line(each, short_names) for each in book.multiple_response)
        record = struct.pack("<4i", 7, 7, 1, len(lines)) + lines
        end = header.data_starts - _END_RECORD
        data[end:end] = record
        if header.compression == 2:
            _move_blocks(data, header.data_starts + len(record), len(record))
    path.write_bytes(bytes(data))


def _align(data: bytearray, header: SpssHeader, book: Codebook) -> None:
    """Say on which side columns are shown: the last of three numbers a variable in record 11."""
    names = [header.name_of(short) for short in header.elements if short]
    for at, name in enumerate(names):
        side = book.variables[name].alignment if name in book.variables else ""
        if side and header.display_at:
            struct.pack_into("<i", data, header.display_at + 12 * at + 8, _SIDES[side])


def _move_blocks(data: bytearray, start: int, by: int) -> None:
    """Tell the ZLIB blocks of a .zsav file that they stand further on: their places are absolute.

    Parameters
    ----------
    data : bytearray
        The file; changed in place.
    start : int
        Where the rows begin now.
    by : int
        How many bytes were put in before them.
    """
    own, trailer, size = struct.unpack_from("<3q", data, start)
    struct.pack_into("<3q", data, start, own + by, trailer + by, size)
    (n_blocks,) = struct.unpack_from("<i", data, trailer + by + 20)
    for number in range(n_blocks):
        place = trailer + by + 24 + 24 * number
        full_at, packed_at = struct.unpack_from("<2q", data, place)
        struct.pack_into("<2q", data, place, full_at + by, packed_at + by)


def _short_names(header: SpssHeader) -> dict[str, str]:
    return {header.name_of(short): short for short in header.elements if short}


def _line(each: MultipleResponseSet, short_names: dict[str, str]) -> bytes:
    members = " ".join(short_names[name].lower() for name in each.variables)
    label = " ".join(each.label.splitlines()).encode("utf-8")  # a set is a line of its record
    kind = b"C "
    if each.kind == "dichotomy":
        counted = str(each.counted_value).encode("utf-8")
        kind = b"D%d %s " % (len(counted), counted)
    return b"$%s=%s%d %s %s\n" % (each.name.encode("utf-8"), kind, len(label), label, members.encode("utf-8"))
