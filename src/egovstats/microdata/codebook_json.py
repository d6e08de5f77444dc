"""A codebook to JSON text and back without loss."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from egovstats.errors import SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.variable import Code, MultipleResponseSet, Variable
from egovstats.microdata.wording import Wording

SCHEMA_VERSION = 1
_ENDLESS = {"inf": math.inf, "-inf": -math.inf}


def _number_in(value: object) -> object:
    """JSON has no infinity, so an open end of a range is written {"number": "inf"}."""
    if isinstance(value, dict) and set(value) == {"number"}:
        return _ENDLESS.get(str(value["number"]), value)
    return value


def _number_out(value: Code) -> object:
    if isinstance(value, float) and math.isinf(value):
        return {"number": "inf" if value > 0 else "-inf"}
    return value


_Code = Annotated[StrictInt | StrictFloat | StrictStr, BeforeValidator(_number_in)]
_Number = Annotated[StrictInt | StrictFloat, BeforeValidator(_number_in)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Wording(_Strict):
    label: str = ""
    question: str = ""
    values: list[tuple[_Code, str]] = []
    tagged_missing: dict[str, str] = {}


class _Variable(_Strict):
    name: str
    label: str = ""
    values: list[tuple[_Code, str]] = []
    missing_codes: list[_Code] = []
    missing_ranges: list[tuple[_Number, _Number]] = []
    tagged_missing: dict[str, str] = {}
    measure: Literal["nominal", "ordinal", "scale", "unknown"] = "unknown"
    format: str = ""
    kind: Literal["number", "text", "date", "datetime", "time"] = "number"
    width: StrictInt | None = None
    display_width: StrictInt | None = None
    alignment: Literal["", "left", "center", "right"] = ""
    question: str = ""
    wordings: dict[str, _Wording] = {}


class _Set(_Strict):
    name: str
    label: str = ""
    variables: list[str]
    counted_value: _Code | None = None
    kind: Literal["dichotomy", "category"]


class _Book(_Strict):
    what: Literal["egovstats codebook"]
    schema_version: Literal[1]
    variables: list[_Variable]
    file_label: str = ""
    weight: str | None = None
    multiple_response: list[_Set] = []
    encoding: str = "utf-8"
    encoding_how: str = "utf-8"
    notes: list[str] = []
    documents: list[str] = []
    n: StrictInt = 0
    format: str = ""
    created: str = ""
    synthetic: bool = False
    language: str = ""


def to_json(book: Codebook) -> str:
    """JSON text of a codebook, indented, in the order of the file.

    Codes keep their type: 1, 1.5 and "1" are three different codes, so values are pairs and not keys.
    """
    content: dict[str, Any] = {"what": "egovstats codebook", "schema_version": SCHEMA_VERSION}
    for name in ("file_label", "format", "created", "n", "encoding", "encoding_how", "weight", "synthetic"):
        content[name] = getattr(book, name)
    if book.language:
        content["language"] = book.language
    content["notes"] = list(book.notes)
    if book.documents:
        content["documents"] = list(book.documents)
    content["multiple_response"] = [
        {
            "name": each.name,
            "label": each.label,
            "variables": list(each.variables),
            "counted_value": None if each.counted_value is None else _number_out(each.counted_value),
            "kind": each.kind,
        }
        for each in book.multiple_response
    ]
    content["variables"] = [_variable_out(each) for each in book.variables.values()]
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _variable_out(variable: Variable) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": variable.name,
        "label": variable.label,
        "values": _pairs(variable.values),
        "missing_codes": [_number_out(code) for code in variable.missing_codes],
        "missing_ranges": [[_number_out(low), _number_out(high)] for low, high in variable.missing_ranges],
        "tagged_missing": dict(variable.tagged_missing),
        "measure": variable.measure,
        "format": variable.format,
        "kind": variable.kind,
        "width": variable.width,
    }
    if variable.display_width is not None:
        content["display_width"] = variable.display_width
    if variable.alignment:
        content["alignment"] = variable.alignment
    if variable.question:
        content["question"] = variable.question
    if variable.wordings:
        content["wordings"] = {
            language: {
                "label": each.label,
                "question": each.question,
                "values": _pairs(each.values),
                "tagged_missing": dict(each.tagged_missing),
            }
            for language, each in variable.wordings.items()
        }
    return content


def _pairs(values: dict[Code, str]) -> list[list[object]]:
    return [[_number_out(code), label] for code, label in values.items()]


def from_json(text: str) -> Codebook:
    """A codebook from the text that `to_json` made.

    Raises
    ------
    SourceError
        The text is not JSON, or not a codebook; every fault is named with its place.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"a codebook cannot be read from text that is not JSON: {error.msg} in line {error.lineno}. "
            "Write it with Codebook.to_json(), or repair that line."
        ) from error
    try:
        book = _Book.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(_fault(each) for each in error.errors())
        raise SourceError(
            f"a codebook must have the fields that Codebook.to_json() writes; found: {faults}. Repair "
            "these places, or write the codebook again."
        ) from error
    names = [each.name for each in book.variables]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise SourceError(
            f"a codebook describes each variable once; found twice: {', '.join(twice)}. Remove one of each."
        )
    return _book_in(book)


def _fault(fault: Any) -> str:
    place = ".".join(str(step) for step in fault["loc"]) or "the whole"
    return f"{place}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"


def _book_in(book: _Book) -> Codebook:
    variables = {
        each.name: Variable(
            name=each.name,
            label=each.label,
            values=dict(each.values),
            missing_codes=tuple(each.missing_codes),
            missing_ranges=tuple(each.missing_ranges),
            tagged_missing=dict(each.tagged_missing),
            measure=each.measure,
            format=each.format,
            kind=each.kind,
            width=each.width,
            display_width=each.display_width,
            alignment=each.alignment,
            question=each.question,
            wordings={
                language: Wording(said.label, said.question, dict(said.values), dict(said.tagged_missing))
                for language, said in each.wordings.items()
            },
        )
        for each in book.variables
    }
    sets = tuple(
        MultipleResponseSet(each.name, each.label, tuple(each.variables), each.counted_value, each.kind)
        for each in book.multiple_response
    )
    rest = book.model_dump(exclude={"what", "schema_version", "variables", "multiple_response"})
    rest |= {name: tuple(rest[name]) for name in ("notes", "documents")}
    return Codebook(variables=variables, multiple_response=sets, **rest)
