"""What pyreadstat keeps to itself of an SPSS portable file: its weight variable, and whether rows are left.

Layout: PSPP's "Portable File Format". Numbers are in base 30 and end with a slash; a text is its length
and its letters.
"""

from __future__ import annotations

import string
from pathlib import Path

import pandas as pd

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRST"
_MOST = 1 << 16
_MARK = "SPSSPORT"
_NO_VALUE = "*."


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

    def pass_value(self, *, is_text: bool) -> None:
        """Go past the value of a variable: a text, a number, or the mark of no value."""
        if is_text:
            self.words()
        elif self.text.startswith(_NO_VALUE, self.place):
            self.place += len(_NO_VALUE)
        else:
            self.place = self.text.index("/", self.place) + 1


def weight_of(path: Path) -> str | None:
    """The weight variable that a portable file declares, if any.

    Parameters
    ----------
    path : Path
        A file that pyreadstat has read, so its structure is sound.
    """
    tokens = _opened(path, _MOST)
    if tokens is None:
        return None
    try:
        tag = _after_head(tokens)
        return tokens.words().strip() if tag == "6" else None
    except (ValueError, IndexError):
        return None


def rows_are_lost(path: Path, frame: pd.DataFrame) -> bool:
    """Whether rows were read otherwise than they stand: pyreadstat stops at a damaged one without a word.

    Every number and every text has a slash, and a text those of its own. A text longer than its variable has
    taken the rows after it.

    Parameters
    ----------
    path : Path
    frame : pd.DataFrame
        Every column of the file, as pyreadstat gave them.
    """
    tokens = _opened(path)
    if tokens is None:
        return False
    try:
        widths = _pass_dictionary(tokens)
    except (ValueError, IndexError, KeyError):
        return False
    read = 0
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            read += int(column.notna().sum())
        else:
            texts = column.fillna("").astype(str)
            if texts.str.len().max() > widths.get(name, 0):
                return True
            read += len(column) + int(texts.str.count("/").sum())
    return tokens.text.count("/", tokens.place) != read


def _opened(path: Path, most: int = -1) -> _Tokens | None:
    """The file after its mark; None where that is in another character set, such as EBCDIC."""
    with open(path, "rb") as file:
        lines = file.read(most).decode("latin-1").replace("\r", "").split("\n")
    text = "".join(line.ljust(80) for line in lines)  # writers may leave out spaces at the end of a line
    start = text.find(_MARK)
    return None if start < 0 else _Tokens(text[start + len(_MARK) :])


def _after_head(tokens: _Tokens) -> str:
    """Go past version, date, time and what identifies the file; the tag of the first record after them."""
    tokens.sign()
    tokens.words(), tokens.words()
    while (tag := tokens.sign()) in "12345":
        tokens.number() if tag in "45" else tokens.words()
    return tag


def _pass_dictionary(tokens: _Tokens) -> dict[str, int]:
    """Go to the first row; the letters of each text variable, and 0 for a number."""
    widths: dict[str, int] = {}
    last = False  # whether the variable described last is a text
    tag = _after_head(tokens)
    while tag != "F":
        if tag == "7":
            width = tokens.number()
            widths[tokens.words()] = width
            last = width > 0
            for _ in range(6):  # formats
                tokens.number()
        elif tag in "89A":
            tokens.pass_value(is_text=last)
        elif tag == "B":
            tokens.pass_value(is_text=last)
            tokens.pass_value(is_text=last)
        elif tag == "D":
            of, *_ = [widths[tokens.words()] > 0 for _ in range(tokens.number())]
            for _ in range(tokens.number()):
                tokens.pass_value(is_text=of)
                tokens.words()
        elif tag == "E":
            for _ in range(tokens.number()):
                tokens.words()
        elif tag in "6C":
            tokens.words()
        else:
            raise ValueError(tag)
        tag = tokens.sign()
    return widths


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
