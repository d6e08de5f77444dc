"""`write_microdata`: codes and codebook back to an SPSS or Stata file, read back before it gets its name."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import DataWarning, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.identifiers import left_out, probable_identifiers
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.read import read_with_doubts
from egovstats.microdata.variable import Variable
from egovstats.microdata.write_dta import add_notes
from egovstats.microdata.write_sav import add_weight_and_sets
from egovstats.microdata.write_values import Outgoing, outgoing
from egovstats.sources import sha256_of, write_whole

FAMILIES = {".sav": "spss", ".zsav": "spss", ".dta": "stata"}
_MOST_COLUMNS = 32_767  # more need release 119 of Stata's format, which only its largest edition opens
_NAMES = {"spss": re.compile(r"[^\W\d_@#$]?[\w.@#$]{0,63}"), "stata": re.compile(r"[^\W\d]\w{0,31}")}
_COMPARED = (
    "label",
    "values",
    "missing_codes",
    "missing_ranges",
    "tagged_missing",
    "measure",
    "question",
    "wordings",
)


@dataclass(frozen=True)
class Written:
    """What became of a file that was written.

    Parameters
    ----------
    path : Path
    left_out : dict of str to str
        Columns that were left out since they probably identify respondents, with the reason.
    notes : tuple of str
        What the format could not hold, a sentence each; empty where nothing was lost.
    """

    path: Path
    left_out: dict[str, str]
    notes: tuple[str, ...]


def write_microdata(
    data: Microdata, path: str | Path, *, keep: Iterable[str] = (), force: bool = False
) -> Written:
    """Write codes, labels and missing values to an SPSS or Stata file.

    The file is written elsewhere, read back and compared with the data before it gets its name.

    Parameters
    ----------
    data : Microdata
    path : str or Path
        Ends in .sav, .zsav (SPSS) or .dta (Stata).
    keep : iterable of str
        Columns that are written although they probably identify respondents; see `probable_identifiers`.
    force : bool
        Replace a file that is there already. The file that the data were read from is never replaced.

    Returns
    -------
    Written
        With what was left out, and what the format could not hold.

    Raises
    ------
    SourceError
        Another ending, a file that is there, the file that the data are from, names or values that the format
        does not allow.

    Warns
    -----
    DataWarning
        Columns were left out.
    """
    path = Path(path)
    family = _check_target(data, path, force=force)
    found = probable_identifiers(data.codebook, data.frame)
    hidden = left_out(found, keep, data.codebook.variables)
    names = [name for name in data.codebook.variables if name not in hidden]
    if not names:
        raise SourceError(
            f"{path.name!r} would have no columns: all {len(hidden)} probably identify respondents. Name "
            "those to write in keep=."
        )
    book = _without(data.codebook, names)
    ready = outgoing(data, book, family)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        _write(draft, ready, book, family)
        add_weight_and_sets(draft, book)
        add_notes(draft, book)
        notes = _compare(draft, data, book)
        write_whole(path, draft.read_bytes(), force=force)
    if hidden:
        warnings.warn(
            f"{path.name}: left out, since they probably identify respondents: {', '.join(hidden)}. Name "
            "those to write in keep=.",
            DataWarning,
            stacklevel=2,
        )
    return Written(path, hidden, tuple(notes))


def _check_target(data: Microdata, path: Path, *, force: bool) -> str:
    family = FAMILIES.get(path.suffix.lower())
    if family is None:
        raise SourceError(
            f"microdata cannot be written as {path.name!r}: it ends in {path.suffix!r}. Let it end in "
            f"{', '.join(FAMILIES)}."
        )
    if path.exists() and data.source.sha256 and sha256_of(path) == data.source.sha256:
        raise SourceError(
            f"{path.name!r} is the file that these data were read from, and a source is never written to. "
            "Choose another name."
        )
    if path.exists() and not force:
        raise SourceError(f"{path.name!r} is there already. Pass force=True to replace it, or another name.")
    return family


def _without(book: Codebook, names: list[str]) -> Codebook:
    """The codebook of the columns that are written; sets keep the members that are there."""
    kept = set(names)
    sets = [
        replace(each, variables=tuple(name for name in each.variables if name in kept))
        for each in book.multiple_response
    ]
    return replace(
        book.only(names),
        multiple_response=tuple(each for each in sets if each.variables),
        weight=book.weight if book.weight in kept else None,
    )


def _write(draft: Path, ready: Outgoing, book: Codebook, family: str) -> None:
    import pyreadstat

    shared: dict[str, Any] = {
        "file_label": ready.file_label,
        "column_labels": ready.labels,
        "variable_value_labels": ready.value_labels,
        "variable_format": ready.formats,
    }
    try:
        if family == "stata":
            release = 14 if len(ready.frame.columns) <= _MOST_COLUMNS else 15
            pyreadstat.write_dta(
                ready.frame, str(draft), version=release, missing_user_values=ready.tags, **shared
            )
        else:
            pyreadstat.write_sav(
                ready.frame,
                str(draft),
                compress=draft.suffix.lower() == ".zsav",
                missing_ranges=ready.missing,
                note=ready.notes or None,
                variable_display_width=ready.display_widths,
                variable_measure={name: each.measure for name, each in book.variables.items()},
                **shared,
            )
    except Exception as error:  # pyreadstat raises plain exceptions of several kinds
        said = str(error).split("'")[0].strip()[:120] or type(error).__name__
        unfit = [name for name in book.variables if not _NAMES[family].fullmatch(name)]
        said += f"; names that it does not take: {_shown(unfit)}" if unfit else ""
        raise SourceError(
            f"{draft.name!r} cannot be written: the format does not allow a name or a value ({said}). Rename "
            "or recode it, or choose another format. Nothing was written."
        ) from error


def _compare(draft: Path, data: Microdata, book: Codebook) -> list[str]:
    """What is not in the file that was written; values that differ stop it.

    Raises
    ------
    SourceError
        A column came back with other values.
    """
    again, _ = read_with_doubts(draft)
    stata = FAMILIES[draft.suffix.lower()] == "stata"
    trimmed = []
    for name, variable in book.variables.items():
        before = data.frame[name]
        if not stata and variable.kind == "text" and before.str.endswith(" ").any():
            trimmed.append(name)
            before = before.str.rstrip(" ")
        if name not in again.frame or not _same(before, again.frame[name], variable):
            raise SourceError(
                f"{draft.name!r} cannot be written: the values of {name!r} would not come back equal. Recode "
                "the column, or choose another format. Nothing was written."
            )
    notes = [f"Blanks at the end of texts are gone in: {_shown(trimmed)}."] if trimmed else []
    for part in _COMPARED:
        names = [
            name
            for name, variable in book.variables.items()
            if _lost(*(_part(each, part) for each in (variable, again.codebook.variables[name])))
        ]
        if names:
            held = f"The format does not hold the {_WORDS[part]} of {len(names)} variables"
            whole = _WHOLE if stata and part == "label" else ""
            notes.append(f"{held}: {_shown(names)}.{whole}")
    for part, word in _OF_THE_FILE:
        before, after = getattr(book, part), getattr(again.codebook, part)
        if before and before != after:
            notes.append(f"The format does not hold the {word} of the file as it was.")
    narrower = [
        name
        for name, variable in book.variables.items()
        if (variable.width or 0) > (again.codebook.variables[name].width or 0)
    ]
    if narrower:
        notes.append(f"Texts are no wider than their longest value now in: {_shown(narrower)}.")
    lost = [name for name in data.tags if name in book.variables and not _same_tags(data, again, name)]
    if lost:
        notes.append(f"Reasons of empty cells became plain empty cells in: {_shown(lost)}.")
    return notes


def _shown(names: list[str]) -> str:
    return ", ".join(names[:12]) + (" ..." if len(names) > 12 else "")


_OF_THE_FILE = (
    ("file_label", "title"),
    ("weight", "weight"),
    ("multiple_response", "sets"),
    ("documents", "notes"),
)
_WHOLE = " It stands whole in a note of each."
_WORDS = {
    "label": "whole label",
    "values": "labels of all codes",
    "missing_codes": "declared missing codes",
    "missing_ranges": "declared missing ranges",
    "tagged_missing": "tagged missing values",
    "measure": "level of measurement",
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
