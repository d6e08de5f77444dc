"""The letters Ө and Ү where people could not write them.

windows-1251 and the keyboards made for it lack both. Mongolian was then written with letters that old fonts
drew as Ө and Ү (Є and Ї of Ukrainian), or with letters that look alike (Ѳ, ɵ, V, Y, γ). Such a label reads
well to a person and equals no label that is spelled rightly.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_LEAST = 3  # words; one may be a slip or a foreign name
_FOR = dict.fromkeys("\u0454\u0473\u0275\u04eb", "\u04e9") | dict.fromkeys("\u0457vy\u03b3", "\u04af")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_WORD = re.compile(r"[^\W\d_]+")
# Long vowels are written twice in Mongolian and hardly ever in Russian; Ukrainian has Є and Ї too, and і
_LONG = re.compile("([аэуvy\u04e9\u04af\u0454\u0457\u0473\u0275\u04eb\u03b3])\\1")
_UKRAINIAN = re.compile(r"[іґ]")


@dataclass(frozen=True)
class Substitutes:
    """Letters that stand for Ө and Ү.

    Parameters
    ----------
    letters : dict of str to str
        Letter found to letter meant, small ones.
    words : int
        Words with such a letter.
    example : str
        One of them.
    """

    letters: dict[str, str]
    words: int
    example: str


def substitutes(texts: Iterable[str]) -> Substitutes | None:
    """Letters that stand for Ө and Ү in Mongolian labels; None where there is no sign of it.

    Parameters
    ----------
    texts : iterable of str
        Labels; never the texts of respondents, since an example is told.

    Examples
    --------
    >>> substitutes(["Єнєєдєр", "мєнгє", "хэрэглэх хєтєлбєр"]).letters
    {'є': 'ө'}
    >>> substitutes(["Өнөөдөр", "мөнгө", "хөтөлбөр"]) is None
    True
    """
    words = [word for text in texts for word in _WORD.findall(text) if _CYRILLIC.search(word)]
    found = [(word, letters) for word in words if (letters := _letters_in(word))]
    long = sum(bool(_LONG.search(word.lower())) for word in words)
    ukrainian = sum(bool(_UKRAINIAN.search(word.lower())) for word in words)
    if len(found) < _LEAST or 20 * long < len(words) or 10 * ukrainian > len(words):
        return None
    counted = Counter(letter for _, letters in found for letter in letters)
    return Substitutes({letter: _FOR[letter] for letter in sorted(counted)}, len(found), found[0][0])


def _letters_in(word: str) -> set[str]:
    """Substitutes in a word that is Cyrillic but for them."""
    small = word.lower()
    letters = {letter for letter in small if letter in _FOR}
    rest = [letter for letter in small if letter not in _FOR]
    return letters if letters and all(_CYRILLIC.match(letter) for letter in rest) else set()
