"""How a table in text is laid out, and whether every row has as many fields as the header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from egovstats.errors import SourceError
from egovstats.microdata.whole import cut_off

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20
_CHUNK = 1 << 24
_QUOTE, _FEED, _RETURN, _ZERO = 34, 10, 13, 48
_NAMES_SHOWN = 8


@dataclass(frozen=True)
class Layout:
    """How a table in text is laid out.

    Parameters
    ----------
    delimiter : str
    names : list of str
        Column names, no two alike.
    decimal : str
        "." or ",".
    notes : tuple of str
    """

    delimiter: str
    names: list[str]
    decimal: str
    notes: tuple[str, ...]


def prepared(data: bytes) -> tuple[bytes, str]:
    """The table with line feeds, without Excel's first line ``sep=;``; and the delimiter which that names.

    Parameters
    ----------
    data : bytes
        UTF-8 text.
    """
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    first, _, rest = data.partition(b"\n")
    told = re.fullmatch(rb'"?sep=(.)"?\s*', first)
    return (rest, told[1].decode("latin-1")) if told else (data, "")


def layout_of(name: str, data: bytes, delimiter: str = "") -> Layout:
    """Find delimiter, names and decimal sign, and check that every row has the same number of fields.

    Parameters
    ----------
    name : str
        File name, for messages.
    data : bytes
        UTF-8 text.
    delimiter : str
        Where the file names it.

    Raises
    ------
    SourceError
        A name twice, rows of unequal length, or an end inside quotes.
    """
    head = data[:_HEAD].decode("utf-8", "ignore")
    delimiter = delimiter or max(_DELIMITERS, key=lambda each: len(_first_record(head, each)))
    names = [each.strip() for each in _first_record(head, delimiter)]
    notes = []
    for place, each in enumerate(names):
        if not each:
            names[place] = f"unnamed_{place + 1}"
            notes.append(f"Column {place + 1} has no name and was called {names[place]!r}.")
    check_names(name, names)
    _check_rows(name, data, delimiter, len(names))
    decimal = "," if delimiter != "," and _has_decimal_commas(data) else "."
    if decimal == ",":
        notes.append("Numbers are written with a decimal comma.")
    return Layout(delimiter, names, decimal, tuple(notes))


def _has_decimal_commas(data: bytes) -> bool:
    """Whether fields that are a number with a comma outnumber those with a point; dates are neither."""
    if not re.search(rb"\d,\d", data):
        return False
    fields = re.findall(rb"(?<![^;\t|\n])[+-]?\d*([.,])\d+(?![^;\t|\r\n])", data[:_HEAD])
    if fields:
        return fields.count(b",") > fields.count(b".")
    return not re.search(rb"\d\.\d", data)


def check_names(name: str, names: list[str]) -> None:
    """Stop at a column name that is there twice.

    Raises
    ------
    SourceError
        Naming the columns.
    """
    if len(set(names)) < len(names):
        twice = sorted({each for each in names if names.count(each) > 1})
        raise SourceError(
            f"{name!r} names columns twice: {', '.join(twice[:_NAMES_SHOWN])}. Give each column its own name."
        )


def has_leading_zero(data: bytes) -> bool:
    """Whether any field may begin with a zero and a digit, like the code 01.

    Parameters
    ----------
    data : bytes
        UTF-8 text of the table.
    """
    for start in range(0, len(data), _CHUNK):
        signs = np.frombuffer(data, np.uint8, min(_CHUNK + 3, len(data) - start), start)
        zeros = np.flatnonzero((signs[:-1] == _ZERO) & (signs[1:] - np.uint8(_ZERO) < 10))
        before = signs[zeros - 1]  # of the first sign of all, the last sign of all: no harm
        signed = (before == ord("+")) | (before == ord("-"))
        before = np.where(signed, signs[zeros - 2], before)
        if np.isin(before, np.frombuffer(b',;\t|" \n', np.uint8)).any():
            return True
    return False


def _first_record(head: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _check_rows(name: str, data: bytes, delimiter: str, fields: int) -> None:
    """Count the delimiters of each line at once; only where that finds a fault, read field by field."""
    if fields < 2 or not _some_line_differs(data, ord(delimiter), fields - 1):
        return
    bad: list[tuple[int, int]] = []
    last = 0
    try:
        for number, count in _fields_of_rows(data, delimiter):
            last = number
            if count != fields:
                bad.append((number, count))
    except csv.Error as error:
        raise cut_off(name, f"after row {last}: {error}") from error
    if not bad:
        return  # a quotation mark inside a text had misled the count
    row, count = bad[0]
    if len(bad) == 1 and row == last and count < fields:
        raise cut_off(name, f"its last row, {row}, has {count} of {fields} fields")
    raise SourceError(
        f"{name!r} cannot be read as a table: rows without the {fields} fields of the header: "
        f"{len(bad)}; the first is row {row}, with {count}. Put texts that contain {delimiter!r} in "
        "quotation marks."
    )


def _fields_of_rows(data: bytes, delimiter: str) -> Iterator[tuple[int, int]]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True)
    for number, row in enumerate(reader, start=1):
        if len(row) > 1 or (row and row[0].strip()):
            yield number, len(row)


def _some_line_differs(data: bytes, delimiter: int, wanted: int) -> bool:
    """Whether some line outside quotation marks has another number of delimiters, or quotes stay open."""
    inside, begun = 0, 0  # open quotes, and delimiters of the line that a chunk cut in two
    length = 0
    has_quotes = b'"' in data
    for start in range(0, len(data), _CHUNK):
        signs = np.frombuffer(data, np.uint8, min(_CHUNK, len(data) - start), start)
        feeds, delimiters = signs == _FEED, signs == delimiter
        if has_quotes:
            quoted = np.bitwise_xor.accumulate((signs == _QUOTE).view(np.uint8)) ^ np.uint8(inside)
            inside = int(quoted[-1])
            feeds &= quoted == 0
            delimiters &= quoted == 0
        ends, places = np.flatnonzero(feeds), np.flatnonzero(delimiters)
        before = np.searchsorted(places, ends)
        counts = np.diff(before, prepend=0)
        lengths = np.diff(ends, prepend=-1) - 1
        if len(ends):
            counts[0] += begun
            lengths[0] += length
            previous = signs[np.maximum(ends - 1, 0)]
            blank = (lengths == 0) | ((lengths == 1) & (previous == _RETURN))
            if (counts[~blank] != wanted).any():
                return True
            begun, length = len(places) - int(before[-1]), len(signs) - 1 - int(ends[-1])
        else:
            begun, length = begun + len(places), length + len(signs)
    return inside == 1 or (length > 0 and begun != wanted)
