"""Multiple-response sets as SPSS writes them into the extension records 7 and 19.

One set a line: ``$name=C 5 label a b c`` for categories, ``$name=D1 1 5 label a b c`` for dichotomies
(length and text of the counted value, then of the label), ``$name=E 1 1 1 0  a b c`` for dichotomies
whose labels are those of the counted value. Lengths are in bytes.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

from egovstats.microdata.variable import Code, MultipleResponseSet, tidy_code


def parse_sets(record: bytes, encoding: str, name_of: Callable[[str], str]) -> Iterator[MultipleResponseSet]:
    """Read every set of a record; a line that does not follow the layout is passed over.

    Parameters
    ----------
    record : bytes
        Content of the extension record.
    encoding : str
        What names and labels are read as.
    name_of : callable
        Short name to the name that users see.
    """
    for line in _lines(record):
        parsed = _parse_line(line, encoding, name_of)
        if parsed is not None:
            yield parsed


def sets_written(record: bytes) -> int:
    """How many sets a record has lines for, whether they can be read or not."""
    return sum(1 for _ in _lines(record))


def _lines(record: bytes) -> Iterator[bytes]:
    """Split at line feeds; a label may itself hold one, so a set starts at a dollar sign."""
    whole = b""
    for piece in record.strip(b"\0").split(b"\n"):
        if piece.startswith(b"$") and whole:
            yield whole
            whole = piece
        else:
            whole = whole + b"\n" + piece if whole else piece
    if whole.strip():
        yield whole


def _counted(rest: bytes) -> tuple[bytes, bytes]:
    """A text preceded by its length: ``5 hello rest`` gives ``hello`` and ``rest``."""
    length, _, rest = rest.lstrip(b" ").partition(b" ")
    size = int(length)
    return rest[:size], rest[size:].removeprefix(b" ")


def _parse_line(line: bytes, encoding: str, name_of: Callable[[str], str]) -> MultipleResponseSet | None:
    name, _, rest = line.partition(b"=")
    kind, rest = rest[:1], rest[1:]
    counted = b""
    if not _is_known(encoding):
        encoding = "utf-8"
    try:
        if kind == b"E":
            rest = rest.lstrip(b" ").partition(b" ")[2]  # 1 or 11: where the set's own label comes from
        if kind in (b"D", b"E"):
            counted, rest = _counted(rest)
        elif kind != b"C":
            return None
        label, rest = _counted(rest)
    except ValueError:
        return None
    members = tuple(name_of(each) for each in rest.decode(encoding, "replace").split())
    if not members:
        return None
    return MultipleResponseSet(
        name=name.decode(encoding, "replace").strip().removeprefix("$"),
        label=label.decode(encoding, "replace").strip(),
        variables=members,
        counted_value=_value(counted.decode(encoding, "replace").strip()) if kind != b"C" else None,
        kind="category" if kind == b"C" else "dichotomy",
    )


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except (LookupError, ValueError):  # ValueError: a name with a zero byte in it
        return False
    return True


def _value(text: str) -> Code:
    try:
        return tidy_code(float(text))
    except ValueError:
        return text
