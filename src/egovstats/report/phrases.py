"""Sentences of study files in the other languages: what a card says in English, said in Mongolian or Russian.

A study's folder may hold ``translations.yaml``, a list of ``{en: ..., mn: ..., ru: ...}``. A place such as
``{rest}`` in the English stands for any text, which goes into the same place of the others.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from egovstats.errors import ReportError
from egovstats.report.language import Language

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrases:
    """Translations by their English text.

    Parameters
    ----------
    exact : mapping of str to mapping
    patterns : tuple of (regular expression, mapping)
        Of those with places.
    """

    exact: Mapping[str, Mapping[str, str]]
    patterns: tuple[tuple[re.Pattern[str], Mapping[str, str]], ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, str]]) -> Phrases:
        """Phrases from entries with the keys en, mn and ru."""
        exact: dict[str, Mapping[str, str]] = {}
        patterns = []
        for entry in entries:
            if _PLACE.search(entry["en"]):
                literal = _PLACE.split(entry["en"])
                pieces = [
                    re.escape(part) if i % 2 == 0 else f"(?P<{part}>.+)" for i, part in enumerate(literal)
                ]
                patterns.append((re.compile("".join(pieces), re.DOTALL), entry))
            else:
                exact[entry["en"]] = entry
        return cls(exact, tuple(patterns))

    def __add__(self, other: Phrases) -> Phrases:
        return Phrases({**other.exact, **self.exact}, (*self.patterns, *other.patterns))

    def find(self, text: str, code: str) -> str | None:
        """The text in a language; None where it has no translation."""
        if code == "en":
            return text
        entry = self.exact.get(text)
        if entry is not None:
            return entry.get(code)
        for pattern, entry in self.patterns:
            match = pattern.fullmatch(text)
            if match and code in entry:
                return _PLACE.sub(lambda place, match=match: match[place[1]], entry[code])  # type: ignore[misc]
        return None

    def say(self, text: str, language: Language) -> str:
        """The text in a language, or the English in quotation marks with a word that it is English."""
        found = self.find(text, language.code)
        return language.say("quoted.english", text=text) if found is None else found

    def pick(self, words: Mapping[str, str] | str, language: Language) -> str:
        """A text by language: its own translation, or that of its English."""
        if isinstance(words, str):
            return self.say(words, language)
        return words.get(language.code) or self.say(words["en"], language)


@functools.cache
def library_phrases() -> Phrases:
    """What the library itself says in English: notes on files, tests, null hypotheses, reasons."""
    text = resources.files("egovstats.report").joinpath("text", "phrases.yaml").read_text(encoding="utf-8")
    return Phrases.of(_entries(text, "phrases.yaml"))


def study_phrases(folder: Path) -> Phrases:
    """The translations of a study, none where it has no file of them.

    Raises
    ------
    ReportError
        The file is not a list of texts by language.
    """
    file = folder / "translations.yaml"
    if not file.is_file():
        return Phrases({})
    return Phrases.of(_entries(file.read_text(encoding="utf-8"), f"{folder.name}/{file.name}"))


def _entries(text: str, name: str) -> list[dict[str, str]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content: Any = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ReportError(f"{name!r} is not YAML: {error}. Correct it.") from error
    for i, entry in enumerate(content or [], start=1):
        if not isinstance(entry, dict) or "en" not in entry or set(entry) - {"en", "mn", "ru"}:
            raise ReportError(
                f"entry {i} of {name!r} must have en and, of the other languages, mn and ru, nothing else. "
                "Write it as {en: ..., mn: ..., ru: ...}."
            )
    return [{key: str(value) for key, value in entry.items()} for entry in content or []]
