"""Whether a Stata or SAS transport file is there to its end.

pyreadstat reads some files that were cut off without a word: value labels stand at the end of old
Stata files, and a transport file does not say how many rows it has. These checks read the layout
only (Stata: "dta" help file of each release; SAS: TS-140, record layout of a transport data set).
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from egovstats.errors import SourceError

_RECORD = 80
_XPT_NUMBER, _XPT_TEXT, _MOST_NUMBER = 1, 2, 8
_XPT_NUMBER_OF_ROWS_UNKNOWN = (
    "A SAS transport file of this release does not say how many rows it has: if it was cut off between "
    "two rows, that cannot be seen. Compare the number of rows with the producer's."
)


def cut_off(name: str, seen: str) -> SourceError:
    """The error about a file that ends too early.

    Parameters
    ----------
    name : str
        File name.
    seen : str
        What was found, in words.
    """
    return SourceError(
        f"{name!r} cannot be read: it is cut off or damaged ({seen}). Get the file again, and compare "
        "its size in bytes with the producer's."
    )


def check_whole(path: Path, file_format: str) -> tuple[str, ...]:
    """Check that a .dta or .xpt file is there to its end.

    Returns
    -------
    tuple of str
        Notes on what cannot be checked.

    Raises
    ------
    SourceError
        The file ends too early, or a transport file holds several tables.
    """
    if file_format not in ("dta", "xpt"):
        return ()
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _check_dta(path.name, data) if file_format == "dta" else _check_xpt(path.name, data)
        except (struct.error, IndexError, ValueError) as error:
            if isinstance(error, SourceError):
                raise
            raise cut_off(path.name, f"it ends inside its header, after {len(data)} bytes") from error


def _check_dta(name: str, data: mmap.mmap) -> tuple[str, ...]:
    if data[:11] == b"<stata_dta>":
        if not data[max(0, len(data) - 64) :].rstrip().endswith(b"</stata_dta>"):
            raise cut_off(name, "the mark at the end of a Stata file, '</stata_dta>', is not there")
        rows = _rows_announced(data)
        if rows > len(data):  # a row has a byte at least, and memory is set aside before rows are read
            raise cut_off(name, f"it has {len(data)} bytes and announces {rows} rows")
        return ()
    release = data[0]
    if release < 108:
        return ()
    order = ">" if data[1] == 1 else "<"
    place = _end_of_old_data(data, release, order)
    name_size = 33 if release >= 110 else 9
    while place < len(data):
        (size,) = struct.unpack_from(f"{order}i", data, place)
        place += 4 + name_size + 3 + size
        if size < 8 or place > len(data):
            raise cut_off(name, "its value labels end too early")
    if place > len(data):
        raise cut_off(name, f"it has {len(data)} bytes, and its rows alone end at byte {place}")
    return ()


def _rows_announced(data: mmap.mmap) -> int:
    """Rows that the header of a Stata file of release 117 or later announces."""
    order = "<" if data.find(b"<byteorder>LSF", 0, 128) > 0 else ">"
    kind = "I" if data.find(b"<release>117", 0, 128) > 0 else "Q"
    rows: int = struct.unpack_from(f"{order}{kind}", data, data[:256].index(b"<N>") + 3)[0]
    return rows


def _end_of_old_data(data: mmap.mmap, release: int, order: str) -> int:
    """Where the rows of a Stata file of release 108 to 115 end and its value labels begin."""
    n_variables, n_rows = struct.unpack_from(f"{order}Hi", data, 4)
    types = data[109 : 109 + n_variables]
    name_size = 33 if release >= 110 else 9
    format_size = 49 if release >= 114 else 12
    place = 109 + n_variables + 2 * (n_variables + 1) + n_variables * (2 * name_size + format_size + 81)
    extra = f"{order}Bi" if release >= 110 else f"{order}Bh"
    while True:
        kind, size = struct.unpack_from(extra, data, place)
        place += struct.calcsize(extra)
        if kind == 0 and size == 0:
            return place + n_rows * sum(_width_of_type(each, release) for each in types)
        if size < 0:
            raise struct.error("an expansion field of negative size")
        place += size


def _width_of_type(code: int, release: int) -> int:
    if release >= 111:
        return {251: 1, 252: 2, 253: 4, 254: 4, 255: 8}.get(code, code)
    return {98: 1, 105: 2, 108: 4, 102: 4, 100: 8}.get(code, code - 0x7F)


def _check_xpt(name: str, data: mmap.mmap) -> tuple[str, ...]:
    if len(data) % _RECORD:
        raise cut_off(name, f"it has {len(data)} bytes, and a transport file is made of records of {_RECORD}")
    members = _places(data, b"HEADER RECORD*******MEMB")
    if len(members) > 1:
        raise SourceError(
            f"{name!r} cannot be read as one table: it holds {len(members)} data sets. Write each to its "
            "own file in SAS and give one of them."
        )
    starts = _places(data, b"HEADER RECORD*******OBS")
    variables = _places(data, b"HEADER RECORD*******NAM")
    if not starts or not variables or not members:
        raise cut_off(name, "it ends before its rows begin")
    size = int(data[members[0] + 74 : members[0] + 78])
    count = int(data[variables[0] + 54 : variables[0] + 58])
    first = variables[0] + _RECORD
    width = sum(struct.unpack_from(">h", data, first + k * size + 4)[0] for k in range(count))
    _check_places(name, data, [first + k * size for k in range(count)])
    begins = starts[0] + _RECORD
    announced = data[starts[0] + 48 : starts[0] + 63].strip()  # release 8 and later count the rows
    if announced.isdigit() and int(announced) > 0:
        if begins + int(announced) * width > len(data):
            raise cut_off(name, f"it announces {int(announced)} rows and ends before the last")
        after = data[begins + int(announced) * width :]
        if len(after) >= _RECORD or after.strip(b" "):
            raise cut_off(name, f"it announces {int(announced)} rows, and there is more after them")
        return ()
    _check_last_rows(name, data, begins, width, [first + k * size for k in range(count)])
    rest = (len(data) - begins) % width if width > 0 else 0
    if data[len(data) - rest :].strip(b" ") or rest >= _RECORD:
        raise cut_off(name, f"its last row has {rest} of {width} bytes")
    return (_XPT_NUMBER_OF_ROWS_UNKNOWN,)


def _check_places(name: str, data: mmap.mmap, variables: list[int]) -> None:
    """Where one variable ends the next begins, in whatever order: a changed width would move what follows."""
    at = 0
    found = [
        (struct.unpack_from(">i", data, k + 84)[0], struct.unpack_from(">h", data, k + 4)[0])
        for k in variables
    ]
    for k in variables:
        kind, _, size = struct.unpack_from(">3h", data, k)
        if kind == _XPT_NUMBER and size > _MOST_NUMBER:
            raise cut_off(name, f"a number of {size} bytes, and none has more than {_MOST_NUMBER}")
        if kind not in (_XPT_NUMBER, _XPT_TEXT):
            raise cut_off(name, f"a variable of the unknown kind {kind}")
    for begins, size in sorted(found):
        if begins != at or size <= 0:
            raise cut_off(name, "the places of its variables do not follow one another")
        at += size


def _check_last_rows(name: str, data: mmap.mmap, begins: int, width: int, variables: list[int]) -> None:
    """The last record is filled up with blanks; where bytes of them were changed, they look like rows more.

    No number is made of blanks, so a row that has such a number and is not blank is none.

    Parameters
    ----------
    variables : list of int
        Where the description of each variable stands.
    """
    numbers = []
    for place in variables:
        kind, _, size = struct.unpack_from(">3h", data, place)
        if kind == _XPT_NUMBER:
            numbers.append((struct.unpack_from(">i", data, place + 84)[0], size))
    n_rows = (len(data) - begins) // width if width > 0 else 0
    for row in range(max(0, n_rows - _RECORD // max(1, width) - 1), n_rows):
        cells = data[begins + row * width : begins + (row + 1) * width]
        if cells.strip(b" ") and any(
            cells[at : at + size] == b" " * size for at, size in numbers if size > 0
        ):
            raise cut_off(name, "bytes were changed after its last row")


def _places(data: mmap.mmap, mark: bytes) -> list[int]:
    """Where a record begins with a mark."""
    found: list[int] = []
    place = data.find(mark)
    while place >= 0:
        if place % _RECORD == 0:
            found.append(place)
        place = data.find(mark, place + 1)
    return found
