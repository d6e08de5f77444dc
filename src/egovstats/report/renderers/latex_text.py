r"""Words as TeX prints them: no text of a survey is ever a command, and no letter of it is lost unseen."""

from __future__ import annotations

import re
import unicodedata

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    # After the end of a row or an \item these begin an argument.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "\0": r"\egapart{}",
    "\u00a0": "~",
    "\u00ad": r"\-",
    "\u202f": r"\,",
    "\u2009": r"\,",
}

SIGNS = {
    "▲": r"\egup{}",
    "▼": r"\egdown{}",
    "✓": r"\egyes{}",
    "✗": r"\egno{}",
    "○": r"\egopen{}",
    "≈": r"\egnear{}",
    "≠": r"\egunlike{}",
    "→": r"\egto{}",
}
"""Marks of the report itself, which the preamble can print in any font."""

# Letters and signs that every font has which the preamble chooses.
_PLAIN = re.compile(
    r"[ -~\u00a1-\u017f\u0300-\u036f\u0400-\u04ff\u2013\u2014\u2018-\u201e\u2022\u2026\u2212]"
)
_BLANKS = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_APART = "\0"
_PAIRS = re.compile(r"([-,<>'`])(?=\1)|([?!])(?=`)")
_TURNED = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_RIGHT_TO_LEFT = re.compile(f"([{_TURNED}](?:[{_TURNED} ]*[{_TURNED}])?)")


def escaped(text: str) -> str:
    r"""Text for LaTeX.

    Control characters, marks of direction and of zero width are left out; letters beyond Latin and Cyrillic
    go through ``\egletter``, which prints the number of one that no font has, and runs that are
    written from right to left through ``\egrtl``.

    Examples
    --------
    >>> print(escaped("50% of A&B: \\input{x}"))
    50\% of A\&B: \textbackslash{}input\{x\}
    """
    # Pairs of these would become dashes and quotation marks.
    whole = _PAIRS.sub(rf"\g<0>{_APART}", _BLANKS.sub(" ", text.replace(_APART, "")))
    pieces = _RIGHT_TO_LEFT.split(whole)
    return "".join(_run(piece) if i % 2 else "".join(map(_letter, piece)) for i, piece in enumerate(pieces))


def _run(text: str) -> str:
    seen = "".join(letter for letter in text if _kind(letter) not in ("Cf", "Cn", "Co", "Cc"))
    return rf"\egrtl{{{seen}}}{{{' '.join(f'U+{ord(letter):04X}' for letter in seen)}}}" if seen else ""


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if letter in SIGNS:
        return SIGNS[letter]
    if _PLAIN.match(letter):
        return letter
    kind = _kind(letter)
    if kind == "Zs":
        return " "
    if kind in ("Cc", "Cf") or "VARIATION SELECTOR" in unicodedata.name(letter, ""):
        return ""
    if kind in ("Cn", "Co", "Cs"):
        return rf"\egunknown{{{ord(letter):04X}}}"
    return rf"\egletter{{{letter}}}{{{ord(letter):04X}}}"


def _kind(letter: str) -> str:
    return unicodedata.category(letter)


def name_of(id: str) -> str:
    """An id as the name of a label or file: letters, digits and hyphens stay, others become their number.

    Examples
    --------
    >>> name_of("trust_2020")
    'trust+5F2020'
    """
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"+{ord(found[0]):X}", id)
