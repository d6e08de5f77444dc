"""Sentences and names of the ledger in the languages of reports: keys with values, made text when read.

The catalogues lie in ``text/``, one file a language. A place in a sentence is written as in Python's format
strings: ``{gap:.1f}``; numbers get the signs of the language.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from numbers import Rational, Real
from pathlib import Path
from typing import Any

from egovstats.errors import ClaimError, nearest

LANGUAGES = ("en", "mn", "ru")
_SIGNS = {"en": (",", "."), "mn": (",", "."), "ru": ("\N{NO-BREAK SPACE}", ",")}
NOT_KNOWN = "\N{EN DASH}"
_FOLDER = Path(__file__).parent / "text"


@cache
def catalogue(language: str) -> dict[str, dict[str, str]]:
    """All the texts of one language, by group and key.

    Raises
    ------
    ClaimError
        There is no catalogue in that language.
    """
    from ruamel.yaml import YAML

    if language not in LANGUAGES:
        raise ClaimError(f"there are no texts in {language!r}. {nearest(language, LANGUAGES)}")
    content = YAML(typ="safe", pure=True).load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return {str(group): dict(texts) for group, texts in content.items()}


def word(group: str, key: str, language: str = "en") -> str:
    """A single name, such as that of a topic or a unit; the key itself where there is no other."""
    return catalogue(language).get(group, {}).get(key, key)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be: its key in a catalogue, and the values of its places.

    Parameters
    ----------
    key : str
        In the group ``reasons``, ``needs`` or ``numbers``.
    values : dict
        Numbers, texts, texts by language, or lists of them.
    group : str
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    group: str = "reasons"

    def text(self, language: str = "en") -> str:
        """The sentence in one language.

        Raises
        ------
        ClaimError
            No catalogue, or no such key in it.
        """
        texts = catalogue(language).get(self.group, {})
        if self.key not in texts:
            raise ClaimError(
                f"the {language!r} texts lack {self.group}.{self.key}. {nearest(self.key, texts)}"
            )
        return _Writer(language).vformat(texts[self.key], (), self.values).strip()

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Word:
    """A single name within a sentence; its key where a catalogue has no other."""

    group: str
    key: str

    def text(self, language: str) -> str:
        """The name in one language."""
        return word(self.group, self.key, language)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number within a sentence: it keeps its decimals, and gets the signs of the language.

    Parameters
    ----------
    value : Fraction
    decimals : int
        As printed.
    qualifier : str
        ``"about"`` and the like: the word printed before it.
    """

    value: Fraction
    decimals: int
    qualifier: str = ""

    def text(self, language: str) -> str:
        """The number, with its qualifier, in one language."""
        digits = number(self.value, f",.{self.decimals}f", language)
        return (
            word("qualifiers", self.qualifier, language).format(number=digits) if self.qualifier else digits
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """Printed numbers to be added, within a sentence."""

    parts: tuple[Printed, ...]

    def text(self, language: str) -> str:
        """The numbers with plus signs between them, in one language."""
        return " + ".join(part.text(language) for part in self.parts)


class _Writer(string.Formatter):
    """Fills the places of a sentence with the words and signs of one language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message | Word | Printed | Terms):
            return value.text(self.language)
        if isinstance(value, Mapping):
            return str(value.get(self.language) or value["en"])
        if isinstance(value, Sequence) and not isinstance(value, str):
            return _listed([self.format_field(each, format_spec) for each in value])
        if isinstance(value, Real | Decimal) and not isinstance(value, bool):
            return number(value, format_spec, self.language)
        return str(value)


def _listed(parts: list[str]) -> str:
    return ("; " if any("," in part for part in parts) else ", ").join(parts)


def number(value: Real | Decimal | float, spec: str = "", language: str = "en") -> str:
    r"""A number in the signs of a language, rounded half away from zero.

    Parameters
    ----------
    value : number
    spec : str
        ``",.1f"`` as in Python; ``"p"`` for a p-value (three decimals, "< 0.001" below that); without one,
        the digits that the number has.
    language : str

    Examples
    --------
    >>> number(-1234.55, ",.1f"), number(0.00004, "p")
    ('−1,234.6', '< 0.001')
    >>> number(1234.5, ",.1f", "ru")
    '1\xa0234,5'
    """
    exact = _decimal(value)
    if exact.is_nan():
        return NOT_KNOWN
    if spec == "p":
        return (
            "< " + number(0.001, ".3f", language)
            if exact < Decimal("0.001")
            else number(value, ".3f", language)
        )
    if spec:
        step = Decimal(1).scaleb(-int(spec.rstrip("f").partition(".")[2] or 0))
        rounded = exact.quantize(step, rounding=ROUND_HALF_UP)
        text = format(rounded if rounded else abs(rounded), spec)
    else:
        text = f"{exact.normalize():f}"
    group, point = _SIGNS[language]
    signs = {",": group, ".": point, "-": "\N{MINUS SIGN}"}
    return "".join(signs.get(sign, sign) for sign in text)


def _decimal(value: Real | Decimal | float) -> Decimal:
    """The number in decimal digits: a fraction to many places, a float as its shortest text."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Rational):
        return Decimal(int(value.numerator)) / Decimal(int(value.denominator))
    return Decimal(repr(float(value)))
