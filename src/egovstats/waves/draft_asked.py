"""A variable of a wave as a draft sees it: its label as concepts, its answers, its missing codes."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

from egovstats.errors import MissingExtraError
from egovstats.microdata import Codebook
from egovstats.waves.codes import labels_by_text
from egovstats.waves.crosswalk import finite_number
from egovstats.waves.draft_words import concepts_of, missing_reason
from egovstats.waves.labels import plain_label

FAR = 77
"""The lowest of the codes that surveys keep for missing answers beside short lists."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A variable of a wave as the draft sees it.

    Parameters
    ----------
    wave : str
    name, label : str
    answers : dict of str
        Label of each code that is an answer, by code.
    missing : dict of tuple
        Label and proposed reason of each code that is none.
    concepts : tuple of str
        Of the label, or of the name where there is no label.
    position : int
        Place in the file.
    """

    wave: str
    name: str
    label: str
    answers: dict[str, str]
    missing: dict[str, tuple[str, str]]
    concepts: tuple[str, ...]
    position: int
    answer_keys: tuple[frozenset[str], ...] = field(default=())


def far_codes(asked: Asked) -> tuple[str, ...]:
    """Codes of answers that stand far from the others, as those of missing answers do (-1, 98, 99, 999)."""
    numbers = {code: number for code in asked.answers if (number := finite_number(code)) is not None}
    near = [number for number in numbers.values() if 0 <= number < FAR]
    if len(near) < 2 or max(near) > FAR / 2:
        return ()
    return tuple(code for code, number in numbers.items() if number < 0 or number >= FAR)


def asked_of(wave: str, name: str, book: Codebook, position: int) -> Asked:
    """Look at one variable: which of its codes are answers, which are missing, what its label is of."""
    variable = book.variables[name]
    labels = labels_by_text({**variable.values, **variable.tagged_missing})
    declared = set(labels_by_text(dict.fromkeys(variable.missing_codes, "")))
    missing = {}
    for code, label in labels.items():
        reason = missing_reason(label) or ("no_answer" if code in declared or code.startswith(".") else "")
        if reason:
            missing[code] = (label, reason)
    missing |= {code: ("", "no_answer") for code in declared if code not in labels}
    answers = {code: label for code, label in labels.items() if code not in missing}
    text = variable.label or name.replace("_", " ")
    keys = tuple(frozenset(concepts_of(label) or (plain_label(label),)) for label in answers.values())
    return Asked(wave, name, variable.label, answers, missing, concepts_of(text), position, keys)


def alike_words() -> tuple[Any, Any]:
    """Load rapidfuzz: its scorers, and what runs them over lists.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    try:
        fuzz, process = (
            importlib.import_module("rapidfuzz.fuzz"),
            importlib.import_module("rapidfuzz.process"),
        )
    except ImportError:
        raise MissingExtraError("matching items across waves", "harmonise") from None
    return fuzz, process
