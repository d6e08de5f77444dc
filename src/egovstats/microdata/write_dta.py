"""What pyreadstat does not write into a Stata file: notes, of the file and of variables.

They are characteristics named note0 (how many) and note1, note2 and so on, of `_dta` or of a variable (Stata,
"dta" help file of release 118, sections 5.3 and 5.8). A label that is longer than Stata's 80 letters stands
whole in a note of its variable.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

from egovstats.microdata.codebook import Codebook

MOST_LABEL = 80  # letters of a variable's label
_MOST_NOTE = 67_784  # bytes of a characteristic
_NAME_SIZE = {b"117": 33, b"118": 129, b"119": 129}
_OPEN, _MAP = b"<characteristics>", b"<map>"
_PLACES = 14  # of sections, in the map
_AFTER = 9  # the first place that stands behind the characteristics


def add_notes(path: Path, book: Codebook) -> None:
    """Write the notes of a codebook into a file that was just made.

    Parameters
    ----------
    path : Path
        A .dta file of release 117 or later that nobody else has yet; others are left as they are.
    book : Codebook
    """
    if path.suffix.lower() != ".dta":
        return
    notes = {"_dta": book.documents} | {
        name: (each.label,) for name, each in book.variables.items() if len(each.label) > MOST_LABEL
    }
    data = path.read_bytes()
    start = data.find(_MAP) + len(_MAP)
    size = _NAME_SIZE[data[28:31]]  # <stata_dta><header><release>118
    record = b"".join(_characteristics(of, texts, size) for of, texts in notes.items())
    if not record:
        return
    places = list(struct.unpack_from(f"<{_PLACES}q", data, start))
    at = places[_AFTER - 1] + len(_OPEN)
    places[_AFTER:] = [place + len(record) for place in places[_AFTER:]]
    whole = bytearray(data[:at] + record + data[at:])
    struct.pack_into(f"<{_PLACES}q", whole, start, *places)
    path.write_bytes(bytes(whole))


def _characteristics(of: str, texts: Sequence[str], size: int) -> bytes:
    """The notes of one variable, or of the file, as records."""
    if not texts:
        return b""
    named = {"note0": str(len(texts))} | {f"note{number}": text for number, text in enumerate(texts, start=1)}
    return b"".join(_record(of, name, text, size) for name, text in named.items())


def _record(of: str, name: str, text: str, size: int) -> bytes:
    content = text.encode("utf-8")[:_MOST_NOTE].decode("utf-8", "ignore").encode("utf-8") + b"\0"
    fields = of.encode("utf-8").ljust(size, b"\0") + name.encode("ascii").ljust(size, b"\0") + content
    return b"<ch>" + struct.pack("<I", len(fields)) + fields + b"</ch>"
