"""Claims of a publication: statements, the figures they rest on, and the checks that test them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from egovstats.checks.registry import Check, find_check
from egovstats.errors import ClaimError, nearest
from egovstats.waves.documents import Document, read_document
from egovstats.waves.words import Words


class CheckCall(BaseModel):
    """One check with the parameters that a claim gives it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    check: str


class Claim(Document):
    """One statement that numbers can bear out or contradict.

    Parameters
    ----------
    id : str
        Lower case letters, digits and ``-``.
    number : int
        Its place in the list.
    topic : str
    statement : dict
        In our own words, by language.
    note : dict, optional
        How the statement was read where the publication leaves it open.
    figures : tuple of str
        Ids of figures that it rests on.
    checks : tuple of CheckCall
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    number: Annotated[int, Field(ge=1)]
    topic: str
    statement: Words
    note: Words | None = None
    figures: tuple[str, ...] = ()
    checks: Annotated[tuple[CheckCall, ...], Field(min_length=1)]


class Publication(Document):
    """The publication that the claims are from."""

    title: str
    citation: str
    doi: str = ""


class ClaimFile(Document):
    """A file of claims."""

    publication: Publication
    claims: Annotated[tuple[Claim, ...], Field(min_length=1)]


def read_claims(path: Path) -> ClaimFile:
    """Read a file of claims (YAML 1.2).

    Raises
    ------
    ClaimError
        The file cannot be read as one, or a claim stands there twice; every fault is listed with its line.
    """
    found, faults = read_document(path, ClaimFile, name=path.name)
    if found is None:
        raise ClaimError(_listed(path.name, [str(fault) for fault in faults]))
    names = [claim.id for claim in found.claims]
    numbers = [str(claim.number) for claim in found.claims]
    twice = [
        f"the claim {name!r} is there twice" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    twice += [
        f"the number {each} is there twice" for each in sorted({n for n in numbers if numbers.count(n) > 1})
    ]
    if twice:
        raise ClaimError(_listed(path.name, twice))
    return found


def prepare(file: ClaimFile, figures: Mapping[str, Any], *, name: str) -> list[list[tuple[Check, BaseModel]]]:
    """The checks of every claim with their parameters validated.

    Parameters
    ----------
    file : ClaimFile
    figures : mapping
        Figures by id.
    name : str
        How errors name the file.

    Returns
    -------
    list
        For each claim, pairs of a check and its parameters.

    Raises
    ------
    ClaimError
        Unknown checks, parameters or figures: all of them together.
    """
    faults: list[str] = []
    ready = []
    for claim in file.claims:
        unknown = [each for each in claim.figures if each not in figures]
        calls = []
        for call in claim.checks:
            try:
                made = _prepared(call)
            except ClaimError as error:
                faults.append(f"claim {claim.id!r}: {error}")
                continue
            calls.append(made)
            unknown += [each for each in made[0].figure_ids(made[1]) if each not in figures]
        faults += [
            f"claim {claim.id!r}: there is no figure {each!r}. {nearest(each, figures)}"
            for each in dict.fromkeys(unknown)
        ]
        ready.append(calls)
    if faults:
        raise ClaimError(_listed(name, faults))
    return ready


def _prepared(call: CheckCall) -> tuple[Check, BaseModel]:
    check = find_check(call.check)
    try:
        return check, check.parameters.model_validate(dict(call.model_extra or {}))
    except ValidationError as error:
        told = []
        for each in error.errors(include_url=False):
            place = ".".join(str(step) for step in each["loc"])
            if each["type"] == "extra_forbidden":
                told.append(f"{place}: unknown parameter. {nearest(place, check.parameters.model_fields)}")
            else:
                told.append(f"{place}: {each['msg'][:1].lower()}{each['msg'][1:]}")
        raise ClaimError(f"check {call.check!r}: " + "; ".join(told)) from error


def _listed(name: str, faults: list[str]) -> str:
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    lines = "\n  ".join(faults)
    return f"{name!r} is not a list of claims, with {count}:\n  {lines}\nCorrect them, then read again."
