"""`write_microdata`: codes and codebook back to an SPSS or Stata file, read back before it gets its name."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from egovstats.errors import DataWarning, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.identifiers import left_out, probable_identifiers
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.write_compare import compare, shown
from egovstats.microdata.write_created import settle_created
from egovstats.microdata.write_dta import add_notes
from egovstats.microdata.write_sav import add_what_is_left
from egovstats.microdata.write_values import Outgoing, outgoing
from egovstats.sources import sha256_of, write_whole

FAMILIES = {".sav": "spss", ".zsav": "spss", ".dta": "stata"}
_MOST_COLUMNS = 32_767  # more need release 119 of Stata's format, which only its largest edition opens
_NAMES = {"spss": re.compile(r"[^\W\d_@#$]?[\w.@#$]{0,63}"), "stata": re.compile(r"[^\W\d]\w{0,31}")}


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
    if family == "spss":
        _refuse_alike(names, path.name)
    book = _without(data.codebook, names)
    ready = outgoing(data, book, family)
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        _write(draft, ready, book, family)
        add_what_is_left(draft, book)
        add_notes(draft, book)
        settle_created(draft)
        notes = compare(draft, data, book)
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


def _refuse_alike(names: list[str], file: str) -> None:
    """SPSS takes names that differ in capitals only for one, and shows one column of two."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise SourceError(
                f"{file!r} cannot be written: SPSS takes {other!r} and {name!r} for one name. Rename one "
                "of them. Nothing was written."
            )


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
        said += f"; names that it does not take: {shown(unfit)}" if unfit else ""
        raise SourceError(
            f"{draft.name!r} cannot be written: the format does not allow a name or a value ({said}). Rename "
            "or recode it, or choose another format. Nothing was written."
        ) from error
