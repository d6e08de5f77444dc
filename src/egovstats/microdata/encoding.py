"""Which encoding the text of a file is in, and whether it was read under a wrong one.

Order: what the file declares, then UTF-8, then the candidates by evidence. The choice and its
evidence are kept in the codebook.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from egovstats.errors import SourceError, nearest
from egovstats.microdata.plausible import Plausibility, plausibility

# Tried in this order; the first of equals wins. East Asian encodings cannot be told apart this way.
CANDIDATES = (
    "windows-1251",
    "koi8-r",
    "cp866",
    "mac-cyrillic",
    "iso-8859-5",
    "windows-1253",
    "windows-1255",
    "windows-1252",
    "windows-1250",
    "windows-1254",
    "windows-1256",
)
_RARE = {"mac-cyrillic": 0.5, "iso-8859-5": 0.5}  # their readings must be better by so much to be taken
_READSTAT_NAMES = {"mac-cyrillic": "MACCYRILLIC", "mac-roman": "MACINTOSH", "mac-latin2": "MACCENTRALEUROPE"}
_PYTHON_NAMES = {"maccyrillic": "mac-cyrillic", "windows-936": "cp936", "windows-932": "cp932",
                 "windows-949": "cp949", "windows-950": "cp950", "macintosh": "mac-roman",
                 "windows-874": "cp874", "us-ascii": "ascii"}  # fmt: skip
_MOST_TEXTS = 4_000


@dataclass(frozen=True)
class TextChoice:
    """What text is read as, how that was found, and what speaks for it.

    Parameters
    ----------
    encoding : str
        Name in small letters, as most people write it: "utf-8", "windows-1251".
    how : str
        "declared", "utf-8", "guessed" or "given by the user".
    note : str
        The evidence of a guess; empty otherwise.
    sure : bool
        False where another encoding fits nearly as well.
    """

    encoding: str
    how: str
    note: str = ""
    sure: bool = True


def python_name(encoding: str) -> str:
    """The name under which Python knows an encoding.

    Raises
    ------
    SourceError
        Python does not know it.
    """
    name = _PYTHON_NAMES.get(encoding.lower(), encoding)
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:  # ValueError: a name with a zero byte in it
        known = ["utf-8", "utf-16", "latin-1", *CANDIDATES]
        raise SourceError(
            f"text cannot be read as {encoding!r}, which is not the name of an encoding. "
            f"{nearest(encoding, known)}"
        ) from error


def readstat_name(encoding: str) -> str:
    """The name under which pyreadstat knows an encoding."""
    name = python_name(encoding)
    if name in _READSTAT_NAMES:
        return _READSTAT_NAMES[name]
    return name.replace("iso8859", "ISO-8859").upper()


def tidy_name(encoding: str) -> str:
    """Name of an encoding as the codebook shows it."""
    name = _PYTHON_NAMES.get(encoding.lower(), encoding.lower()).replace("_", "-")
    if name.startswith("cp125") and len(name) == 6:
        return "windows-" + name[2:]
    return {"utf8": "utf-8", "latin-1": "iso-8859-1", "latin1": "iso-8859-1"}.get(name, name)


def decodes(pieces: Iterable[bytes], encoding: str) -> list[str] | None:
    """The pieces as text, or None where one of them is no text in this encoding.

    A letter cut at the end of a piece is left out: writers cut long labels by bytes.
    """
    try:
        decoder = codecs.getincrementaldecoder(python_name(encoding))
        return [decoder().decode(piece) for piece in pieces]
    except (UnicodeDecodeError, SourceError):
        return None


def choose(pieces: Sequence[bytes], declared: str, *, name: str) -> TextChoice:
    """Choose the encoding of a file's text.

    Parameters
    ----------
    pieces : sequence of bytes
        Labels (and where they say nothing, a sample of the text in the data).
    declared : str
        What the file declares; empty where it declares nothing.
    name : str
        File name, for messages.

    Raises
    ------
    SourceError
        No candidate makes words of the bytes, or most of them are UTF-8 and some are not.
    """
    telling = [piece for piece in pieces if not piece.isascii()][:_MOST_TEXTS]
    if declared and (not telling or decodes(telling, declared) is not None):
        return TextChoice(tidy_name(declared), "declared")
    if not declared and _is_utf8(telling):
        return TextChoice("utf-8", "utf-8")
    _refuse_mixed(telling, name)
    return _guess(telling, declared, name)


def _is_utf8(telling: list[bytes]) -> bool:
    """Whether all are UTF-8 with a whole letter beyond ASCII, which "André" in another encoding lacks."""
    texts = decodes(telling, "utf-8")
    return texts is not None and (not telling or not all(map(str.isascii, texts)))


def _refuse_mixed(telling: list[bytes], name: str) -> None:
    """Letters beyond ASCII are hardly ever UTF-8 by chance, so where half of the texts are, all were."""
    valid = sum(_is_utf8([piece]) for piece in telling)
    if valid and 2 * valid >= len(telling):
        raise SourceError(
            f"the text of {name!r} cannot be read as one encoding: of {len(telling)} texts with letters "
            f"beyond ASCII {valid} are UTF-8 and {len(telling) - valid} are not. Bytes of it were changed, "
            "or texts of two encodings were joined. Get the file again, or pass encoding= to read all of it "
            "in one."
        )


def _guess(telling: list[bytes], declared: str, name: str) -> TextChoice:
    tried = ["utf-8", *CANDIDATES] if declared else list(CANDIDATES)
    judged = {each: plausibility(texts) for each in tried if (texts := decodes(telling, each)) is not None}
    likely = [each for each, found in judged.items() if found.likely]
    why = "the file declares no encoding, and its text is not valid UTF-8"
    if declared:
        why = f"the file declares {tidy_name(declared)}, but its text is not valid in it"
    if not likely:
        raise SourceError(
            f"the text of {name!r} cannot be read: {why}, and under none of {', '.join(tried)} is it "
            "made of words. Pass encoding= with the encoding it was written in."
        )
    best = max(likely, key=lambda each: _rank(each, judged[each]))
    return TextChoice(
        best,
        "guessed",
        f"The encoding was guessed: {why}; read as {best}, {judged[best].good} of {judged[best].words} words "
        "with letters beyond ASCII look like words. Pass encoding= if the text reads wrong.",
        sure=not declared and _is_sure(best, judged, telling),
    )


def _rank(encoding: str, found: Plausibility) -> tuple[float, float, bool]:
    """What speaks for an encoding; where no word tells, stray signs are mostly from windows-1252."""
    familiarity = found.familiarity - _RARE.get(encoding, 0.0) if found.words else 0.0
    return round(found.share, 2), familiarity, encoding == "windows-1252"


def _is_sure(best: str, judged: dict[str, Plausibility], telling: list[bytes]) -> bool:
    """Whether no other candidate fits as well and reads differently."""
    if judged[best].words < 3:
        return False
    text = decodes(telling, best)
    for other, found in judged.items():
        if other == best or not found.likely or decodes(telling, other) == text:
            continue
        if found.share > judged[best].share - 0.1 and found.familiarity > judged[best].familiarity - 1:
            return False
    return True
