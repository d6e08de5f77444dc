"""How much a text looks like words of a language, and not like bytes read under a wrong encoding.

No dictionary is needed: under a wrong encoding a word mixes scripts, turns capital in the middle, is
made of accented letters only, or has no vowel.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
_PUNCTUATION = set(
    "\u00a0\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\u2116\u00a7\u00a9\u00ae\u2122\u00b0\u00b1\u00b7\u20ac\u00a3\u20ae\u00bf\u00a1\u00aa\u00ba\u00b2\u00b3\u00bd\u00bc\u00be\u00d7\u200b\ufeff\u2039\u203a\u2264\u2265\u2212\u2192\u200e\u200f\u20b4\u20bd\u00b4\u202f\u2009\u2011\u2010\u3000"
)
# Share of letters in running text (per cent): Russian with Mongolian blended in, Greek, Hebrew, Arabic.
# Only the order of magnitude matters: bytes read under another encoding turn frequent letters into rare ones.
_SHARE = {
    **{
        "о": 9,
        "е": 6,
        "а": 9,
        "и": 6,
        "н": 7,
        "т": 5.5,
        "с": 5,
        "р": 5,
        "в": 3.5,
        "л": 5,
        "к": 2.5,
        "м": 2.5,
    },
    **{"д": 3, "п": 2, "у": 2.5, "я": 1.5, "ы": 1.3, "ь": 1.2, "г": 4, "з": 1.3, "б": 2, "ч": 1.3, "й": 3},
    **{"х": 3, "ж": 1, "ш": 1, "ю": 0.6, "ц": 0.6, "щ": 0.2, "э": 3.5, "ф": 0.3, "ъ": 0.1, "ё": 0.1},
    **{"ө": 2, "ү": 2, "і": 1.5, "ї": 1, "є": 1},
    **{"α": 12, "ε": 8, "ι": 9, "ο": 10, "τ": 8, "ν": 7, "σ": 5, "ς": 4, "η": 5, "ρ": 5, "π": 4, "κ": 4},
    **{"υ": 4, "λ": 3, "μ": 3, "ω": 2, "γ": 2, "δ": 2, "θ": 1, "χ": 1, "φ": 1, "β": 0.7, "ξ": 0.5, "ζ": 0.4},
    **{"י": 11, "ו": 10, "ה": 10, "ל": 7, "א": 6, "ר": 6, "ת": 5.5, "ב": 5, "ש": 5, "מ": 5, "נ": 3, "ם": 3},
    **{
        "ע": 3,
        "ד": 2.5,
        "ק": 2,
        "ח": 2.5,
        "כ": 2,
        "פ": 2,
        "ט": 1.3,
        "ג": 1.3,
        "צ": 1,
        "ס": 1.5,
        "ז": 1,
        "ן": 1.5,
    },
    **{"ا": 13, "ل": 11, "ي": 8, "م": 7, "و": 6, "ن": 6.5, "ر": 5, "ت": 5, "ب": 4, "ع": 4, "د": 3.5, "س": 3},
    **{
        "ف": 3,
        "ه": 4,
        "ك": 2.5,
        "ق": 2.5,
        "ح": 2,
        "ج": 1.5,
        "ة": 2.5,
        "ى": 1,
        "ش": 1,
        "ص": 1,
        "ط": 1,
        "خ": 1,
    },
}
_SCRIPTS_WITH_SHARES = {"CYRILLIC", "GREEK", "HEBREW", "ARABIC"}
_CYRILLIC_VOWELS = set("аеёиоуыэюяөүіїєәұ")
_USUAL_SHARE = 3.0


@dataclass(frozen=True)
class Plausibility:
    """How many words with letters beyond ASCII a text has, and how many of them look like words.

    Parameters
    ----------
    words : int
        Words with a letter beyond ASCII (of one or two letters only where they mix scripts), and signs that
        no text uses.
    good : int
        Those that look like words of one language.
    familiarity : float
        Average share that its Cyrillic, Greek, Hebrew and Arabic letters have in running text, in per
        cent; 0 where there are none.
    """

    words: int
    good: int
    familiarity: float

    @property
    def share(self) -> float:
        """Good words among all, from 0 to 1; 1 where there are no words to judge."""
        return self.good / self.words if self.words else 1.0

    @property
    def likely(self) -> bool:
        """Nearly all of it looks like words, and letters come as often as they usually do."""
        return self.share >= 0.8 and (self.familiarity == 0 or self.familiarity >= _USUAL_SHARE)


def plausibility(texts: Iterable[str]) -> Plausibility:
    """Judge texts by their words with letters beyond ASCII.

    Parameters
    ----------
    texts : iterable of str
        Labels, or a sample of text values.
    """
    good = total = letters = 0
    weight = 0.0
    for text in texts:
        if text.isascii():
            continue
        total += sum(map(_is_odd_sign, text))
        for word in _WORD.findall(text):
            if word.isascii() or (len(word) < 3 and _is_of_one_script(word)):
                continue
            total += 1
            good += _is_word(word)
            shares = [_share(letter) for letter in word.lower() if _script(letter) in _SCRIPTS_WITH_SHARES]
            letters += len(shares)
            weight += sum(shares)
    return Plausibility(total, good, weight / letters if letters else 0.0)


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split(" ")[0]


@lru_cache(maxsize=4096)
def _share(letter: str) -> float:
    """Share of a letter in running text; an accent does not count."""
    return _SHARE.get(letter) or _SHARE.get(unicodedata.normalize("NFD", letter)[0], 0.0)


@lru_cache(maxsize=4096)
def _is_odd_sign(sign: str) -> bool:
    """A sign beyond ASCII that running text does not use: a control code, a box line, a bad byte."""
    if sign.isascii() or sign in _PUNCTUATION:
        return False
    return unicodedata.category(sign)[0] not in "LMN"


def _is_word(word: str) -> bool:
    if not _is_of_one_script(word) or not _case_fits(word):
        return False
    script = _script(word[0])
    beyond = sum(not letter.isascii() for letter in word)
    if script == "LATIN":
        return beyond / len(word) <= 0.7
    if script == "CYRILLIC":
        return len(word) <= 5 or not _CYRILLIC_VOWELS.isdisjoint(word.lower())
    if script == "GREEK":
        return "ς" not in word[:-1]  # the sigma that only ends a word
    return script not in ("FEMININE", "MASCULINE", "MICRO", "MODIFIER", "UNKNOWN")


def _is_of_one_script(word: str) -> bool:
    scripts = {_script(letter) for letter in word if not unicodedata.category(letter).startswith("M")}
    return len(scripts) == 1


def _case_fits(word: str) -> bool:
    """All small, all capital, or a capital only at the start (a joined name may have one more)."""
    rest = word[1:]
    return word.islower() or word.isupper() or rest.islower() or not any(map(str.isupper, rest))
