"""Words that readers see, by language, and the reasons for a missing answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

LANGUAGES = ("en", "mn", "ru")
"""Languages that a text can be given in; English is always there."""

MISSING_REASONS = ("dont_know", "refused", "no_answer", "not_applicable", "not_asked", "system")
"""Why an answer is missing; every missing cell of a pooled frame has one of these."""


def _as_words(value: Any) -> Any:
    """Take a plain string for its English text."""
    return {"en": value} if isinstance(value, str) else value


def _checked(value: dict[str, str]) -> dict[str, str]:
    unknown = [language for language in value if language not in LANGUAGES]
    if unknown:
        raise ValueError(f"unknown language {', '.join(map(repr, unknown))}; there are 'en', 'mn' and 'ru'")
    if not value.get("en", "").strip():
        raise ValueError("the English text (en) is not there")
    return value


Words = Annotated[dict[str, str], BeforeValidator(_as_words), AfterValidator(_checked)]
"""A text by language. In a file: ``{en: ..., mn: ..., ru: ...}``, or a plain string, which is English."""


def in_language(words: dict[str, str], language: str) -> str:
    """Give the text in one language, or in English where there is none.

    Examples
    --------
    >>> in_language({"en": "Army", "ru": "Армия"}, "ru")
    'Армия'
    >>> in_language({"en": "Army"}, "mn")
    'Army'
    """
    return words.get(language) or words["en"]
