"""A codebook as a Frictionless Table Schema (version 2), for a CSV file of the codes."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_ddi import code_text
from egovstats.microdata.variable import Code, Variable
from egovstats.microdata.wording import Wording

PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
_TYPES = {"text": "string", "date": "date", "datetime": "datetime", "time": "any"}


def to_table_schema(book: Codebook, frame: pd.DataFrame | None = None) -> str:
    """JSON text of a Table Schema: a field a variable, with answers and missing values.

    Answers stand in `categories`, codes that are no answers in the field's `missingValues`, both with their
    labels. Ranges, level of measurement, further languages, weight and sets have no place in Table Schema:
    they stand in properties that begin with "egovstats:", which other programs pass over.

    Parameters
    ----------
    book : Codebook
    frame : pd.DataFrame, optional
        Codes; a column of whole numbers becomes "integer". Without it only the labelled codes tell.
    """
    content: dict[str, Any] = {"$schema": PROFILE}
    if book.file_label:
        content["title"] = book.file_label
    content["fields"] = [
        _field(each, None if frame is None else frame.get(each.name)) for each in book.variables.values()
    ]
    content["missingValues"] = [""]
    if book.weight:
        content["egovstats:weight"] = book.weight
    if book.synthetic:
        content["egovstats:synthetic"] = True
    if book.multiple_response:
        content["egovstats:multipleResponse"] = [
            {"name": each.name, "title": each.label, "fields": list(each.variables), "kind": each.kind}
            | ({} if each.counted_value is None else {"countedValue": each.counted_value})
            for each in book.multiple_response
        ]
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _field(variable: Variable, column: pd.Series | None) -> dict[str, Any]:
    field: dict[str, Any] = {"name": variable.name, "type": _type(variable, column)}
    if variable.label:
        field["title"] = variable.label
    if variable.question and variable.question != variable.label:
        field["description"] = variable.question
    # the standard has categories for texts and whole numbers only, and their values are of the field's type
    wanted = {"string": str, "integer": int}.get(field["type"], ())
    answers = [code for code in variable.values if isinstance(code, wanted) and not _missing(variable, code)]
    if answers:
        field["categories"] = [
            {"value": code, "label": variable.values[code]} if variable.values[code] else {"value": code}
            for code in answers
        ]
        if variable.measure == "ordinal":
            field["categoriesOrdered"] = True
    missing = _missing_values(variable)
    if missing:
        field["missingValues"] = [{"value": ""}, *missing]
    if variable.missing_ranges:
        field["egovstats:missingRanges"] = [
            [None if math.isinf(end) else end for end in ends] for ends in variable.missing_ranges
        ]
    if variable.measure != "unknown":
        field["egovstats:measure"] = variable.measure
    if variable.format:
        field["egovstats:format"] = variable.format
    if variable.wordings:
        field["egovstats:languages"] = {
            language: _said(each) for language, each in variable.wordings.items() if _said(each)
        }
    return field


def _said(wording: Wording) -> dict[str, Any]:
    """Label, question and answers in a further language, under the names that the field has for them."""
    codes = [*wording.values.items(), *wording.tagged_missing.items()]
    parts = {
        "title": wording.label,
        "description": wording.question,
        "categories": [{"value": code, "label": label} for code, label in codes if label],
    }
    return {name: part for name, part in parts.items() if part}


def _type(variable: Variable, column: pd.Series | None) -> str:
    if variable.kind != "number":
        return _TYPES[variable.kind]
    codes = [*variable.values, *variable.missing_codes]
    if any(isinstance(code, float) for code in codes):
        return "number"
    if column is None:
        return "integer" if codes else "number"
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return "number"
    known = column.dropna()
    return "integer" if bool((known % 1 == 0).all()) else "number"


def _missing(variable: Variable, code: Code) -> bool:
    within = not isinstance(code, str) and any(low <= code <= high for low, high in variable.missing_ranges)
    return within or code in variable.missing_codes


def _missing_values(variable: Variable) -> list[dict[str, str]]:
    codes = [code for code in variable.values if _missing(variable, code)]
    codes += [code for code in variable.missing_codes if code not in variable.values]
    found = {code_text(code): variable.values.get(code, "") for code in codes} | variable.tagged_missing
    return [
        {"value": code, "label": label} if label else {"value": code} for code, label in found.items() if code
    ]
