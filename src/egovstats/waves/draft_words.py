"""Labels as concepts, so that they can be compared across wordings and languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from egovstats.waves.glossary import CONCEPTS, HINTS, MISSING_PHRASES, STOP_WORDS

_NUMBERING = re.compile(
    r"^\s*(?:[a-z]{1,3}[-_]?\d[\w\-]*|\d+[a-z]?)(?:[._\s-]{0,2}(?:[a-z]{1,4}\d?|\d+)(?=[.):]))*\s*[.):]+\s*",
    re.IGNORECASE,
)
_MARK = "\ue001"  # stands before a concept that was found in place of a phrase
_WORD = re.compile(rf"{_MARK}\w+|[^\W_]+")
_ELISION = re.compile(r"\b[dlnsqcj]u?['’]", re.IGNORECASE)
_LETTERS_OR_DIGITS = re.compile(r"\d+|\D+")
_GAPS = re.compile(r"[^\w]+")


def without_numbering(label: str) -> str:
    """Take the number of the question off the front of a label.

    Examples
    --------
    >>> without_numbering("Q59a1.tun. Trust president"), without_numbering("2020 budget")
    ('Trust president', '2020 budget')
    """
    return _NUMBERING.sub("", label, count=1).strip() or label.strip()


def folded(text: str) -> str:
    """Lower case without accents; the letters ``й`` and ``ё`` become what they are typed as without marks."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ё", "е").replace("й", "\ue000"))
    return "".join(mark for mark in plain if not unicodedata.combining(mark)).replace("\ue000", "й")


@cache
def _stems() -> tuple[dict[str, str], dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Whole words, beginnings of words, and phrases, each with its concept."""
    whole: dict[str, str] = {}
    starts: dict[str, str] = {}
    phrases: list[tuple[str, str]] = []
    for concept, text in CONCEPTS.items():
        for stem in text.split():
            written = folded(stem)
            if "_" in written:
                phrases.append((written, concept))
            elif written.endswith("*"):
                starts.setdefault(written[:-1], concept)
            else:
                whole.setdefault(written, concept)
    phrases.sort(key=lambda each: -len(each[0]))
    made = [
        (
            re.compile(r"\b" + re.escape(stem).replace(r"\*", r"\w*").replace("_", r"[\s-]+") + r"(?!\w)"),
            concept,
        )
        for stem, concept in phrases
    ]
    return whole, starts, made


def concepts_of(label: str) -> tuple[str, ...]:
    """Give the concepts and the other telling words of a label, in their order.

    A concept is written ``:trust``, a word that the glossary lacks as it stands.

    Examples
    --------
    >>> concepts_of("Q37a. Confiance envers le président")
    (':trust', ':president')
    >>> concepts_of("Доверие президенту") == concepts_of("Trust the President")
    True
    """
    whole, starts, phrases = _stems()
    text = folded(without_numbering(label)).replace("’", "'")
    for pattern, concept in phrases:
        text = pattern.sub(f" {_MARK}{concept} ", text)
    text = _ELISION.sub(" ", text)
    found: list[str] = []
    for word in _WORD.findall(text):
        if word.startswith(_MARK):
            found.append(f":{word[1:]}")
        elif word in whole:
            found.append(f":{whole[word]}")
        else:
            # "menage1" and "household 1" both hold the number
            parts = [word] if _by_start(word, starts) != word else _LETTERS_OR_DIGITS.findall(word)
            found += [
                _by_start(part, starts)
                for part in parts
                if part not in STOP_WORDS and (len(part) > 1 or part.isdigit())
            ]
    return tuple(dict.fromkeys(found))


def _by_start(word: str, starts: dict[str, str]) -> str:
    for length in range(len(word), 2, -1):
        if word[:length] in starts:
            return f":{starts[word[:length]]}"
    return word


def missing_reason(label: str) -> str:
    """Propose the missing reason that a label of a code speaks of; ``""`` where it is an answer.

    Examples
    --------
    >>> missing_reason("Don't know/Haven't heard enough"), missing_reason("A refusé"), missing_reason("Нет")
    ('dont_know', 'refused', '')
    """
    text = folded(label).replace("n/a", "n a")
    for part in [text, *re.split(r"[/(,;]", text)[:2]]:
        words = _GAPS.sub(" ", part).strip()
        for reason, patterns in _missing_patterns().items():
            if words and any(pattern.fullmatch(words) for pattern in patterns):
                return reason
    return ""


@cache
def _missing_patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    return {
        reason: tuple(re.compile(folded(each)) for each in patterns)
        for reason, patterns in MISSING_PHRASES.items()
    }


def language_of(labels: Iterable[str]) -> str | None:
    """Guess the language of a file's labels from its small words and letters; None where there are too few.

    Examples
    --------
    >>> language_of(["Confiance envers le président", "Ne sait pas"]), language_of(["Q1"])
    ('fr', None)
    """
    score = dict.fromkeys(HINTS, 0)
    for label in labels:
        text = label.casefold()
        words = re.findall(r"[^\W\d_]+", folded(text))
        for language, hints in HINTS.items():
            score[language] += sum(word in hints for word in words)
        score["mn"] += 3 * any(letter in text for letter in "өү")
        score["ru"] += 2 * any(letter in text for letter in "ыщъ") if not set("өү") & set(text) else 0
        score["fr"] += 2 * any(letter in text for letter in "éèêàçù")
    best = max(score, key=lambda language: score[language])
    return best if score[best] >= 2 else None
