"""Items of a survey series: what was asked, of whom, and what could be answered."""

from __future__ import annotations

import math
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from egovstats.waves.documents import Document
from egovstats.waves.words import Words

Aspect = Literal["wording", "scale", "categories", "order", "mode", "coverage", "base", "weights"]
"""What the comparability of two waves is judged by."""

ASPECTS: tuple[Aspect, ...] = get_args(Aspect)

RESERVED = ("wave", "year", "date", "weight", "stratum", "psu")
"""Columns of the pooled frame that no item may be named after."""

EVERYONE = {"en": "everyone", "mn": "бүх оролцогч", "ru": "все респонденты"}
"""Base of an item that was put to all; in a file the word ``everyone`` is enough."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _whole(code: float) -> float:
    """Write a whole number as an integer, so that answers read 1 and not 1.0."""
    return int(code) if math.isfinite(code) and float(code).is_integer() else code


Code = Annotated[int | float, AfterValidator(_whole)]


class Answer(Document):
    """One answer of an item.

    Parameters
    ----------
    code : int or float
        The target code, the same in every wave.
    label : dict
        The answer by language.
    """

    code: Code
    label: Words


class Headline(Document):
    """The share that trend lines of an item show: those who gave one of `codes`."""

    codes: tuple[Code, ...] = Field(min_length=1)
    label: Words


class Change(Document):
    """What is known of an item's comparability from one wave on, against all waves before it.

    Parameters
    ----------
    wave : str
        The first wave after the change.
    aspect : str
        One of `ASPECTS`.
    status : str
        ``"changed"``; ``"same"`` where a difference of labels is known to mean nothing; ``"unknown"``.
    detail : dict
        A sentence by language.
    """

    wave: Annotated[str, Field(coerce_numbers_to_str=True)]
    aspect: Aspect
    status: Literal["same", "changed", "unknown"] = "changed"
    detail: Words


class Item(Document):
    """One question, or one fact about a respondent, across the waves.

    Parameters
    ----------
    name : str
        Column of the pooled frame: lower case letters, digits and ``_``.
    topic : str
        Group of items that a report shows together (``"trust"``, ``"red_tape"``, ``"background"``).
    kind : str
        ``"nominal"``, ``"ordinal"`` or ``"number"``.
    label, question : dict
        Short name, and the wording as far as it is known, by language.
    answers : tuple of Answer
        In the order of the questionnaire; empty for a number.
    base : dict
        Who was asked.
    headline : Headline, optional
    reversed : bool
        Some wave counted the scale the other way round, and its crosswalk rows turn it.
    unit : str, optional
        Unit of a number (``"years"``), or of the mean of an ordinal item, by default ``"score 0-3"`` with
        the lowest and highest code.
    note : dict, optional
        What a reader of the item must know.
    changes : tuple of Change
        What is known of its comparability beyond what cards and codebooks show.
    """

    name: Name
    topic: str
    kind: Literal["nominal", "ordinal", "number"]
    label: Words
    question: Words | None = None
    answers: tuple[Answer, ...] = ()
    base: Words = Field(default=EVERYONE["en"], validate_default=True)
    headline: Headline | None = None
    reversed: bool = False
    unit: str | None = Field(default=None, validate_default=True)
    note: Words | None = None
    changes: tuple[Change, ...] = ()

    @field_validator("base", mode="before")
    @classmethod
    def _everyone(cls, base: object) -> object:
        return dict(EVERYONE) if base == EVERYONE["en"] else base

    @field_validator("unit")
    @classmethod
    def _default_unit(cls, unit: str | None, info: ValidationInfo) -> str | None:
        codes = [answer.code for answer in info.data.get("answers", ())]
        if unit is None and info.data.get("kind") == "ordinal" and codes:
            return f"score {_plain(min(codes))}-{_plain(max(codes))}"
        return unit

    @model_validator(mode="after")
    def _consistent(self) -> Item:
        faults = [*self._name_faults(), *self._answer_faults()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _name_faults(self) -> list[str]:
        if self.name in RESERVED:
            return [f"the item cannot be named {self.name!r}, which is a column of every pooled frame"]
        return []

    def _answer_faults(self) -> list[str]:
        faults = []
        codes = [answer.code for answer in self.answers]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            faults.append(f"{self.name}: the answer code {_plain(twice[0])} is there twice")
        if not all(math.isfinite(code) for code in codes):
            faults.append(f"{self.name}: an answer code must be a finite number")
        if self.kind == "number" and self.answers:
            faults.append(f"{self.name}: a number has no answers")
        if self.kind != "number" and len(self.answers) < 2:
            faults.append(f"{self.name}: kind {self.kind!r} needs at least two answers")
        if self.headline is not None:
            strange = [code for code in self.headline.codes if code not in codes]
            if strange:
                shown = ", ".join(map(_plain, strange))
                faults.append(f"{self.name}: headline code {shown} is not among the answers")
        return faults

    @property
    def codes(self) -> tuple[float, ...]:
        """Target codes in the order of the questionnaire."""
        return tuple(answer.code for answer in self.answers)

    @property
    def labels(self) -> dict[float, dict[str, str]]:
        """Answers by target code, each by language."""
        return {answer.code: answer.label for answer in self.answers}


def _plain(code: float) -> str:
    return f"{code:.15g}"
