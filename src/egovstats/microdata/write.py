"""`write_microdata`: codes and codebook back to an SPSS or Stata file, read back before it gets its name."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import DataWarning, SourceError
from egovstats.microdata.codebook import Codebook, Variable
from egovstats.microdata.identifiers import left_out, probable_identifiers
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.read import read_with_doubts
from egovstats.microdata.write_sav import add_weight_and_sets
from egovstats.microdata.write_values import Outgoing, outgoing
from egovstats.sources import sha256_of, write_whole

FAMILIES = {".sav": "spss", ".zsav": "spss", ".dta": "stata"}
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
            pyreadstat.write_dta(ready.frame, str(draft), missing_user_values=ready.tags, **shared)
        else:
            pyreadstat.write_sav(
                ready.frame,
                str(draft),
                compress=draft.suffix.lower() == ".zsav",
                missing_ranges=ready.missing,
                variable_measure={name: each.measure for name, each in book.variables.items()},
                **shared,
            )
    except Exception as error:  # pyreadstat raises plain exceptions of several kinds
        said = str(error).split("'")[0].strip()[:120] or type(error).__name__
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
    for name, variable in book.variables.items():
        if name not in again.frame or not _same(data.frame[name], again.frame[name], variable):
            raise SourceError(
                f"{draft.name!r} cannot be written: the values of {name!r} would not come back equal. Recode "
                "the column, or choose another format. Nothing was written."
            )
    notes = []
    for part in _COMPARED:
        names = [
            name
            for name, variable in book.variables.items()
            if _lost(getattr(variable, part), getattr(again.codebook.variables[name], part))
        ]
        if names:
            held = f"The format does not hold the {_WORDS[part]} of {len(names)} variables"
            notes.append(f"{held}: {_shown(names)}.")
    for part, word in (("file_label", "title"), ("weight", "weight"), ("multiple_response", "sets")):
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


def _lost(before: object, after: object) -> bool:
    return bool(before) and before != "unknown" and before != after


def _same(before: pd.Series, after: pd.Series, variable: Variable) -> bool:
    if variable.kind == "text":
        return before.fillna("").astype(str).tolist() == after.fillna("").astype(str).tolist()
    if variable.kind == "number":
        return np.array_equal(before.to_numpy(dtype=float), after.to_numpy(dtype=float), equal_nan=True)
    if before.dtype.kind != after.dtype.kind:
        return False  # more than a day is no time of day to Stata
    apart = (before - after).abs()
    # both programs count in floats: a microsecond may be rounded, a millisecond is Stata's unit
    return bool(before.isna().eq(after.isna()).all()) and not bool((apart > pd.Timedelta("1ms")).any())


def _same_tags(data: Microdata, again: Microdata, name: str) -> bool:
    other = again.tags.get(name)
    return other is not None and data.tags[name].fillna("").tolist() == other.fillna("").tolist()
