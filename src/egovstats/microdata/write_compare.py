"""What is not in a file that was just written: read back, compared with the data, told in sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from egovstats.errors import SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.read import read_with_doubts
from egovstats.microdata.variable import Variable

_COMPARED = (
    "label",
    "values",
    "missing_codes",
    "missing_ranges",
    "tagged_missing",
    "measure",
    "alignment",
    "question",
    "wordings",
)


def compare(draft: Path, data: Microdata, book: Codebook) -> list[str]:
    """What is not in the file that was written; values that differ stop it.

    Parameters
    ----------
    draft : Path
        A .sav, .zsav or .dta file.
    data : Microdata
    book : Codebook
        Of the columns that were written.

    Returns
    -------
    list of str
        A sentence each; empty where nothing was lost.

    Raises
    ------
    SourceError
        A column came back with other values.
    """
    again, _ = read_with_doubts(draft)
    stata = draft.suffix.lower() == ".dta"
    notes = [*_of_values(draft, data, again, book), *_of_variables(book, again.codebook, stata=stata)]
    for part, word in _OF_THE_FILE:
        before, after = getattr(book, part), getattr(again.codebook, part)
        if before and before != after:
            notes.append(f"The format does not hold the {word} of the file as it was.")
    lost = [name for name in data.tags if name in book.variables and not _same_tags(data, again, name)]
    if lost:
        notes.append(f"Reasons of empty cells became plain empty cells in: {shown(lost)}.")
    return notes


def _of_values(draft: Path, data: Microdata, again: Microdata, book: Codebook) -> list[str]:
    """Stop at a column with other values; SPSS fills texts with blanks, so those at their end are told."""
    trimmed = []
    for name, variable in book.variables.items():
        before = data.frame[name]
        if variable.kind == "text" and draft.suffix.lower() != ".dta":
            bare = before.fillna("").astype(str).str.rstrip(" ")
            if not _same(before, bare, variable):
                trimmed.append(name)
            before = bare
        if name not in again.frame or not _same(before, again.frame[name], variable):
            raise SourceError(
                f"{draft.name!r} cannot be written: the values of {name!r} would not come back equal. Recode "
                "the column, or choose another format. Nothing was written."
            )
    return [f"Blanks at the end of texts are gone in: {shown(trimmed)}."] if trimmed else []


def _of_variables(book: Codebook, after: Codebook, *, stata: bool) -> list[str]:
    notes = []
    for part in _COMPARED:
        names = [
            name
            for name, variable in book.variables.items()
            if _lost(_part(variable, part), _part(after.variables[name], part))
        ]
        if names:
            whole = " It stands whole in a note of each." if stata and part == "label" else ""
            held = f"The format does not hold the {_WORDS[part]} of {len(names)} variables"
            notes.append(f"{held}: {shown(names)}.{whole}")
    narrower = [
        name
        for name, variable in book.variables.items()
        if (variable.width or 0) > (after.variables[name].width or 0)
    ]
    if narrower:
        notes.append(f"Texts are no wider than their longest value now in: {shown(narrower)}.")
    return notes


def shown(names: list[str]) -> str:
    """The first names of a list, for a sentence."""
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


_OF_THE_FILE = (
    ("file_label", "title"),
    ("weight", "weight"),
    ("multiple_response", "sets"),
    ("documents", "notes"),
)
_WORDS = {
    "label": "whole label",
    "values": "labels of all codes",
    "missing_codes": "declared missing codes",
    "missing_ranges": "declared missing ranges",
    "tagged_missing": "tagged missing values",
    "measure": "level of measurement",
    "alignment": "alignment",
    "question": "question as it was asked",
    "wordings": "labels in further languages",
}


def _part(variable: Variable, part: str) -> object:
    """A part of a variable; tags of SAS are those of Stata in capitals."""
    found = getattr(variable, part)
    return {tag.lower(): label for tag, label in found.items()} if part == "tagged_missing" else found


def _lost(before: object, after: object) -> bool:
    return bool(before) and before != "unknown" and before != after


def _same(before: pd.Series, after: pd.Series, variable: Variable) -> bool:
    if variable.kind == "text":
        return before.fillna("").astype(str).tolist() == after.fillna("").astype(str).tolist()
    if variable.kind == "number":
        numbers = before.to_numpy(dtype=float)
        return np.array_equal(numbers, after.to_numpy(dtype=float), equal_nan=True) and _exact(before)
    if before.dtype.kind != after.dtype.kind:
        return False  # more than a day is no time of day to Stata
    apart = (before - after).abs()
    # both programs count in floats: a microsecond may be rounded, a millisecond is Stata's unit
    return bool(before.isna().eq(after.isna()).all()) and not bool((apart > pd.Timedelta("1ms")).any())


def _exact(column: pd.Series) -> bool:
    """Whether whole numbers keep all their digits as floats."""
    if column.dtype.kind not in "iu":
        return True
    return all(int(float(code)) == code for code in column.dropna() if abs(code) > 2**53)


def _same_tags(data: Microdata, again: Microdata, name: str) -> bool:
    other = again.tags.get(name)
    return other is not None and (
        data.tags[name].fillna("").str.lower().tolist() == other.fillna("").str.lower().tolist()
    )
