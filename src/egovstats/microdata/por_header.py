"""The opening of an SPSS portable file: its weight variable, which pyreadstat keeps to itself.

Layout: PSPP's "Portable File Format". Numbers are in base 30 and end with a slash; a text is its length
and its letters.
"""

from __future__ import annotations

import string
from pathlib import Path

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRST"
_MOST = 1 << 16
_MARK = "SPSSPORT"


class _Tokens:
    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0

    def sign(self) -> str:
        self.place += 1
        return self.text[self.place - 1]

    def number(self) -> int:
        end = self.text.index("/", self.place)
        digits = self.text[self.place : end].strip()
        self.place = end + 1
        value = 0
        for digit in digits:
            value = value * 30 + _DIGITS.index(digit)
        return value

    def words(self) -> str:
        size = self.number()
        self.place += size
        return self.text[self.place - size : self.place]


def weight_of(path: Path) -> str | None:
    """The weight variable that a portable file declares, if any.

    Parameters
    ----------
    path : Path
        A file that pyreadstat has read, so its structure is sound.
    """
    with open(path, "rb") as file:
        lines = file.read(_MOST).decode("latin-1").replace("\r", "").split("\n")
    text = "".join(line.ljust(80) for line in lines)  # writers may leave out spaces at the end of a line
    start = text.find(_MARK)
    if start < 0:
        return None  # a file in another character set, such as EBCDIC
    tokens = _Tokens(text[start + len(_MARK) :])
    try:
        tokens.sign()  # version
        tokens.words(), tokens.words()  # date and time
        while (tag := tokens.sign()) in "12345":
            tokens.number() if tag in "45" else tokens.words()
        return tokens.words().strip() if tag == "6" else None
    except (ValueError, IndexError):
        return None


def has_usual_letters(path: Path) -> bool:
    """Whether the table that says which byte is which letter has ASCII's in their places (200 bytes in).

    Another table would put other letters in place of those that were written.
    """
    with open(path, "rb") as file:
        lines = file.read(1024).decode("latin-1").replace("\r", "").split("\n")
    table = "".join(line.ljust(80) for line in lines)[200 + 64 :]
    return table.startswith(string.digits + string.ascii_uppercase + string.ascii_lowercase + " .")


def is_ascii(path: Path) -> bool:
    """Whether a portable file has no letter beyond ASCII after its opening, which may be in EBCDIC."""
    with open(path, "rb") as file:
        file.seek(500)
        while piece := file.read(1 << 20):
            if not piece.isascii():
                return False
    return True
