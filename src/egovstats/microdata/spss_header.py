"""The dictionary of an SPSS system file, as far as pyreadstat keeps it to itself.

pyreadstat gives labels, formats and missing values, but not the weight variable, not whether the
encoding was declared or assumed, and not every multiple-response set. These stand in the file
header and the extension records; the layout follows PSPP's "System File Format" description.
"""

from __future__ import annotations

import math
import struct
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from egovstats.microdata.multiple_response import parse_sets, sets_written
from egovstats.microdata.variable import MultipleResponseSet

_MAX_RECORD = 1 << 28
_ASCII_CODES = {0, 2, 3}  # "7-bit" and "8-bit ASCII" say nothing about letters beyond ASCII
_EBCDIC = 1
_TEXT_FORMATS = (1, 2)  # A and AHEX: pyreadstat takes such a number for a text, and ends the whole program
_FORMATS = frozenset({*range(1, 13), *range(15, 18), *range(20, 43), 0})  # 0 in files without formats
_KNOWN_RECORDS = range(3, 31)  # extension records that SPSS has written so far
_BIAS = 100.0  # the only one known from files; another would move every packed number
_CODE_PAGE_NAMES = {65001: "utf-8", 20866: "koi8-r", 10000: "macintosh", 10007: "mac-cyrillic", 932: "cp932"}
# "no value", and the open ends of ranges: the highest number, and the lowest that is not "no value"
_USUAL_FLOATS = (-sys.float_info.max, sys.float_info.max, math.nextafter(-sys.float_info.max, 0))


class DictionaryError(Exception):
    """The dictionary ends too early or does not follow the layout."""


@dataclass
class SpssHeader:
    """What the header and the extension records of a .sav or .zsav file say.

    Parameters
    ----------
    compression : int
        0 none, 1 bytecode, 2 ZLIB blocks.
    weight_index : int
        Place of the weight among the 8-byte elements of a case, from 1; 0 where there is none.
    n_cases : int
        Cases announced; -1 where the writer did not know.
    charset : str
        Encoding named by the extension record 20, or by the code page of record 3; empty if neither.
    elements : list of str
        Short name of each 8-byte element; empty for the second and later elements of a text.
    long_names : dict
        Short name in capitals to the name that users see.
    set_records : list of bytes
        Multiple-response sets as written (extension records 7 and 19).
    order : str
        Order of bytes: "<" or ">".
    bias : float
        What is taken from a command byte to have a number, in compressed data.
    widths : list of int
        Of each element: 0 for a number, the bytes of a text at its first element, -1 at its others.
    very_long : dict of str to int
        Short name to bytes of a text wider than 255, which stands in the file as several (record 14).
    text_codes : list of bytes
        Codes of text variables that have labels and letters beyond ASCII.
    own_floats : bool
        The file has other numbers for open ends than those that are usual (record 4).
    """

    compression: int = 0
    weight_index: int = 0
    n_cases: int = -1
    charset: str = ""
    elements: list[str] = field(default_factory=list)
    long_names: dict[str, str] = field(default_factory=dict)
    set_records: list[bytes] = field(default_factory=list)
    order: str = "<"
    bias: float = 100.0
    widths: list[int] = field(default_factory=list)
    very_long: dict[str, int] = field(default_factory=dict)
    text_codes: list[bytes] = field(default_factory=list)
    own_floats: bool = False
    code_page: int = 0
    long_name_record: bytes = b""
    display_at: int = 0  # where how variables are shown is written (record 11), 0 for nowhere
    data_starts: int = 0
    unknown: list[int] = field(default_factory=list)
    expected: int = 0  # elements that the text being read still has to have
    labelled: list[int] = field(default_factory=list)  # places of variables with labels of codes
    odd_formats: int = 0  # variables whose format is of no known kind
    too_long: int = 0  # codes with labels that are longer than their text
    codes: list[bytes] = field(default_factory=list)  # of the value labels read last

    def name_of(self, short: str) -> str:
        """The name that users see for a short name (or for itself), in whatever case it is written."""
        return self._seen_names.get(short.upper(), short)

    @cached_property
    def _seen_names(self) -> dict[str, str]:
        names = {name.upper(): name for name in (*self.long_names.values(), *self.elements)}
        return names | self.long_names

    @property
    def weight(self) -> str | None:
        """Name of the weight variable that the file declares, if any."""
        if not 1 <= self.weight_index <= len(self.elements):
            return None
        short = self.elements[self.weight_index - 1]
        return self.name_of(short) if short else None

    def sets(self, encoding: str) -> tuple[MultipleResponseSet, ...]:
        """Multiple-response sets, with the names that users see.

        Parameters
        ----------
        encoding : str
            What labels are read as.
        """
        found: dict[str, MultipleResponseSet] = {}
        for record in self.set_records:
            for each in parse_sets(record, encoding, self.name_of):
                found.setdefault(each.name, each)
        return tuple(found.values())

    def sets_damaged(self, encoding: str) -> int:
        """How many sets cannot be read, or name a variable that the file does not have."""
        known = {self.name_of(short).upper() for short in self.elements if short}
        damaged = 0
        for record in self.set_records:
            read = list(parse_sets(record, encoding, self.name_of))
            damaged += sets_written(record) - len(read)
            damaged += sum(any(name.upper() not in known for name in each.variables) for each in read)
        return damaged


def read_spss_header(path: str | Path) -> SpssHeader:
    """Read the dictionary of a .sav or .zsav file, without its data.

    Raises
    ------
    DictionaryError
        The dictionary ends too early or does not follow the layout.
    """
    with open(path, "rb") as file:
        head = file.read(176)
        if len(head) < 176 or head[:4] not in (b"$FL2", b"$FL3"):
            raise DictionaryError("the file header is not that of an SPSS system file")
        order = "<" if struct.unpack_from("<i", head, 64)[0] in (2, 3) else ">"
        _, _, compression, weight_index, n_cases, bias = struct.unpack_from(f"{order}5id", head, 64)
        header = SpssHeader(compression, weight_index, n_cases, order=order, bias=bias)
        if compression and bias != _BIAS:
            raise DictionaryError(f"codes are packed with an offset of {bias:g}, and every writer takes 100")
        while _read_record(file, order, header):
            pass
        header.data_starts = file.tell()
    header.charset = header.charset or _code_page_name(header.code_page)
    header.long_names = _long_names(header.long_name_record, header.charset)
    return header


def _take(file: BinaryIO, size: int) -> bytes:
    if not 0 <= size <= _MAX_RECORD:
        raise DictionaryError(f"a record announces {size} bytes")
    data = file.read(size)
    if len(data) < size:
        raise DictionaryError("the dictionary ends too early")
    return data


def _take_codes(places: tuple[int, ...], header: SpssHeader) -> None:
    """Labels must belong to a variable; pyreadstat does not look, and ends the whole program."""
    for place in places:
        if not 1 <= place <= len(header.elements) or not header.elements[place - 1]:
            raise DictionaryError(f"labels for the variable at place {place}, where there is none")
        if header.elements[place : place + 1] == [""]:
            raise DictionaryError(f"labels of eight bytes for the longer text at place {place}")
        width = header.widths[place - 1]
        if width > 0:
            header.text_codes += [code for code in header.codes if not code.isascii()]
            header.too_long += sum(len(code.rstrip(b" \0")) > width for code in header.codes)
        header.labelled.append(place)


def _ints(file: BinaryIO, order: str, count: int) -> tuple[int, ...]:
    if count < 0:
        raise DictionaryError(f"a record of {count} numbers")
    return struct.unpack(f"{order}{count}i", _take(file, 4 * count))


def _read_record(file: BinaryIO, order: str, header: SpssHeader) -> bool:
    """Read one record; False at the end of the dictionary."""
    (kind,) = _ints(file, order, 1)
    if kind != 2 and header.expected:
        raise DictionaryError("a text without all its elements")
    if kind == 999:
        _take(file, 4)
        return False
    if kind == 2:
        _read_variable(file, order, header)
    elif kind == 3:
        header.codes = _codes_with_labels(file, order)
    elif kind == 4:
        (count,) = _ints(file, order, 1)
        _take_codes(_ints(file, order, count), header)
    elif kind == 6:
        (lines,) = _ints(file, order, 1)
        _take(file, 80 * lines)
    elif kind == 7:
        _read_extension(file, order, header)
    else:
        raise DictionaryError(f"a record of the unknown kind {kind}")
    return True


def _read_variable(file: BinaryIO, order: str, header: SpssHeader) -> None:
    width, has_label, n_missing, *shown = _ints(file, order, 5)
    name = _take(file, 8)
    if has_label:
        (length,) = _ints(file, order, 1)
        _take(file, (length + 3) // 4 * 4)
    _take(file, 8 * abs(n_missing))
    continues = width == -1
    if not -1 <= width <= 255 or abs(n_missing) > 3 or continues != (header.expected > 0):
        raise DictionaryError(f"a variable of width {width} with {n_missing} missing values")
    if width == 0 and any(each >> 16 & 0xFF in _TEXT_FORMATS for each in shown):
        raise DictionaryError(f"the number {name.decode('latin-1').strip()!r} is to be shown as a text")
    if not continues and any(each >> 16 & 0xFF not in _FORMATS for each in shown):
        header.odd_formats += 1
    header.expected = header.expected - 1 if continues else max(0, (width - 1) // 8)
    header.elements.append("" if continues else name.decode("latin-1").rstrip(" \0"))
    header.widths.append(width)


def _codes_with_labels(file: BinaryIO, order: str) -> list[bytes]:
    (count,) = _ints(file, order, 1)
    codes = []
    for _ in range(count):
        start = _take(file, 9)
        codes.append(start[:8])
        _take(file, (start[8] + 8) // 8 * 8 - 1)  # the length byte counts towards the padding to 8
    return codes


def _read_extension(file: BinaryIO, order: str, header: SpssHeader) -> None:
    subtype, size, count = _ints(file, order, 3)
    data = _take(file, size * count)
    if subtype == 3 and len(data) >= 32:
        header.code_page = struct.unpack_from(f"{order}i", data, 28)[0]
    elif subtype == 4:
        floats = struct.unpack_from(f"{order}3d", data.ljust(24))
        if floats[0] != _USUAL_FLOATS[0] and not math.isnan(floats[0]):
            raise DictionaryError(f"the number {floats[0]:g} is to stand for no value, which no writer takes")
        header.own_floats = floats != _USUAL_FLOATS
    elif subtype == 11:
        header.display_at = file.tell() - len(data)
    elif subtype == 14:
        header.very_long = _very_long(data)
    elif subtype in (7, 19):
        header.set_records.append(data)
    elif subtype == 13:
        header.long_name_record = data
    elif subtype == 20:
        header.charset = data.decode("ascii", "replace").strip(" \0").lower()
    elif subtype not in _KNOWN_RECORDS:
        header.unknown.append(subtype)
    elif data.partition(b"=")[0].decode("latin-1") in header.elements:
        header.unknown.append(subtype)  # a list of names, which is no known record but 13 and 14


def _code_page_name(code: int) -> str:
    if code in _ASCII_CODES:
        return ""
    if code == _EBCDIC:
        return "cp037"
    if code in _CODE_PAGE_NAMES:
        return _CODE_PAGE_NAMES[code]
    if 28591 <= code <= 28605:
        return f"iso-8859-{code - 28590}"
    return f"windows-{code}" if 1250 <= code <= 1258 else f"cp{code}"


def _long_names(record: bytes, charset: str) -> dict[str, str]:
    try:
        text = record.decode(charset or "utf-8")
    except (ValueError, LookupError):  # not valid in it, or no encoding at all
        text = record.decode("latin-1")
    pairs = (pair.split("=", 1) for pair in text.strip("\0").split("\t") if "=" in pair)
    return {short.upper(): long for short, long in pairs}


def _very_long(record: bytes) -> dict[str, int]:
    found = {}
    for pair in filter(None, (each.strip("\0 ") for each in record.decode("latin-1").split("\t"))):
        name, _, size = pair.partition("=")
        if not size.isdigit():
            raise DictionaryError("a very long text without a length")
        found[name.upper()] = int(size)
    return found
