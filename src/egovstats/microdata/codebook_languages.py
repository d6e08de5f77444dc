"""Labels and questions in several languages: one of them in front, the others beside it.

A language is named by its tag (BCP 47): "mn", "ru", "fr-TN".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from egovstats.errors import SourceError, nearest
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.variable import Code, Variable
from egovstats.microdata.wording import Wording, is_language


def in_language(book: Codebook, language: str) -> Codebook:
    """A codebook with the labels of one of its languages in front.

    Where that language has no text, the former label stays, so that nothing loses its meaning. The former
    labels become a wording of their own language, so that nothing is lost, if their language is known.

    Parameters
    ----------
    book : Codebook
    language : str
        One of `book.languages`.

    Raises
    ------
    SourceError
        The codebook has nothing in that language, or the language of its own labels is not known.
    """
    if language == book.language:
        return book
    if language not in book.languages:
        known = ", ".join(book.languages) or "none is named"
        raise SourceError(
            f"the codebook has no labels in the language {language!r}; found: {known}. "
            f"{nearest(language, book.languages)}"
        )
    if not book.language:
        raise SourceError(
            f"the labels in front would be lost, since their language is not known, so those in {language!r} "
            "cannot take their place. Name it: dataclasses.replace(codebook, language='en')."
        )
    variables = {name: _turned(each, book.language, language) for name, each in book.variables.items()}
    return replace(book, variables=variables, language=language)


def with_language(book: Codebook, language: str, other: Codebook) -> Codebook:
    """A codebook with the labels of another as wordings in one more language.

    Parameters
    ----------
    book : Codebook
        Its language should be known: `dataclasses.replace(book, language="en")`.
    language : str
        Of the labels in `other`.
    other : Codebook
        The same variables and codes in another language: the file of the same survey in that language, or a
        table read by `load_codebook`. Variables and codes that `book` does not have are left out.

    Raises
    ------
    SourceError
        The language is no tag, or is that of the labels in front, or no variable is in both.
    """
    if not is_language(language) or language == book.language:
        raise SourceError(
            f"one more language must be named by a tag other than that of the labels; found: {language!r}. "
            "Write it as 'mn', 'ru' or 'fr-TN'."
        )
    shared = [name for name in book.variables if name in other.variables]
    if not shared:
        raise SourceError(
            f"labels in {language!r} must be for variables of the codebook, and none of the "
            f"{len(other.variables)} is one. Compare the names in both files."
        )
    variables = dict(book.variables)
    for name in shared:
        own, said = variables[name], other.variables[name]
        wording = Wording(
            said.label,
            said.question,
            {code: text for code, text in _typed(own, said.values).items() if code in own.values},
            {tag: text for tag, text in said.tagged_missing.items() if tag in own.tagged_missing and text},
        )
        if wording != Wording():
            variables[name] = replace(own, wordings=own.wordings | {language: wording})
    return replace(book, variables=variables)


def _typed(own: Variable, values: dict[Code, str]) -> dict[Code, str]:
    """Labels by the codes of the variable: a table has "1" where the file has 1."""
    codes = {str(code): code for code in own.values}
    return {codes.get(str(code), code): text for code, text in values.items() if text}


def _others(texts: Mapping[Any, str], said: Mapping[Any, str]) -> dict[Any, str]:
    return {key: text for key, text in texts.items() if text and text != said.get(key)}


def _turned(variable: Variable, former: str, language: str) -> Variable:
    """A variable with the wording of a language in front, and the former labels among the wordings."""
    rest = {tag: each for tag, each in variable.wordings.items() if tag != language}
    said = variable.wordings.get(language)
    if said is None:
        return variable
    kept = Wording(  # what is the same in both languages is had back from the one that is kept
        variable.label if variable.label != said.label else "",
        variable.question if variable.question != said.question else "",
        _others(variable.values, said.values),
        _others(variable.tagged_missing, said.tagged_missing),
    )
    return replace(
        variable,
        label=said.label or variable.label,
        question=said.question or variable.question,
        values={code: said.values.get(code) or text for code, text in variable.values.items()},
        tagged_missing={
            tag: said.tagged_missing.get(tag) or text for tag, text in variable.tagged_missing.items()
        },
        wordings={former: kept} | rest if kept != Wording() else rest,
    )
