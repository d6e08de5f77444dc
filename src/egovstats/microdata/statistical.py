"""SPSS, Stata and SAS files, from the file to a `Reading`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.errors import SourceError
from egovstats.microdata.absent_labels import absent_labels
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.dictionary import Columns, sets_of, tidy_columns, variables_of
from egovstats.microdata.por_header import has_usual_letters, is_ascii, rows_are_lost, weight_of
from egovstats.microdata.reading import Reading, check_columns, in_file_order
from egovstats.microdata.readstat import FAMILY, Meta, TextError, call, label_texts
from egovstats.microdata.sas_pages import check_kinds, check_sas_rows
from egovstats.microdata.sav_rows import check_count, check_rows, too_few_rows
from egovstats.microdata.sav_stream import DamagedRowsError, TooFewRowsError, UnusualLayoutError
from egovstats.microdata.sav_values import places_of, read_values
from egovstats.microdata.spss_doubts import check_very_long, doubts_of
from egovstats.microdata.spss_header import DictionaryError, SpssHeader, read_spss_header
from egovstats.microdata.text_choice import Opened, open_text, reopen
from egovstats.microdata.variable import MultipleResponseSet
from egovstats.microdata.whole import check_whole, cut_off
from egovstats.microdata.write_created import SETTLED

_UNKNOWN_SIGN = "\ufffd"


@dataclass
class _Remarks:
    """Notes for the codebook; doubts are notes that the caller must hear as well."""

    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def doubt(self, sentence: str) -> None:
        self.notes.append(sentence)
        self.doubts.append(sentence)


def read_statistical(
    path: Path,
    file_format: str,
    *,
    columns: list[str] | None,
    encoding: str | None,
    catalog: Path | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> Reading:
    """Read a .sav, .zsav, .por, .dta, .sas7bdat or .xpt file.

    Parameters
    ----------
    path : Path
    file_format : str
        "sav", "por", "dta", "sas7bdat" or "xpt".
    columns : list of str or None
    encoding : str or None
    catalog : Path, optional
        SAS catalog with the labels of codes.
    tell : callable, optional
        Told which share of the rows has been read, for formats that can say so.

    Raises
    ------
    SourceError
        See `read_microdata`.
    """
    remarks = _Remarks(notes=list(check_whole(path, file_format)))
    header = _spss_header(path, file_format)
    n_rows, of_rows = check_rows(path, header) if header else (-1, ())
    remarks.notes += of_rows
    for sentence in check_sas_rows(path) if file_format == "sas7bdat" else ():
        remarks.doubt(sentence)
    for sentence in doubts_of(header) if header else ():
        remarks.doubt(sentence)
    try:
        opened = open_text(path, file_format, encoding, header)
        check_columns(path, columns, opened.meta.column_names)
        found = _own_rows(path, header, n_rows, columns, opened, remarks, tell) if header else None
        opened, frame, meta = found or _rows(path, file_format, columns, opened, header, remarks)
    except TextError as error:  # bytes that are text in no encoding at all
        raise cut_off(path.name, "its text cannot be read") from error
    if file_format == "por":
        _check_portable_rows(path, frame, opened)
    _tell_of_choice(opened, remarks)
    labels = _catalog_labels(catalog, file_format) if catalog else {}
    tidy = tidy_columns(frame, variables_of(meta, file_format, labels), file_format)
    for note in tidy.notes:
        remarks.doubt(note)
    if FAMILY[file_format] == "sas":
        check_kinds(path.name, tidy.variables)
    if file_format == "por":
        _check_portable_text(path, tidy, meta, remarks)
    lacking = absent_labels(tidy.variables, meta, file_format)
    if lacking:
        remarks.doubt(lacking) if file_format == "dta" else remarks.notes.append(lacking)
    book = _book(path, file_format, header, opened, meta, tidy, remarks)
    return Reading(tidy.frame, book, tidy.tags, remarks.doubts)


def _spss_header(path: Path, file_format: str) -> SpssHeader | None:
    """The header of a .sav file.

    A dictionary that cannot be followed stops the read here: pyreadstat does not check all of it, and some
    damage would end the whole program.

    Raises
    ------
    SourceError
        The dictionary is damaged or cut off.
    """
    if file_format != "sav":
        return None
    try:
        header = read_spss_header(path)
        check_very_long(header)
        return header
    except DictionaryError as error:
        raise cut_off(path.name, f"in its dictionary: {error}") from error


def _own_rows(
    path: Path,
    header: SpssHeader,
    n_rows: int,
    columns: list[str] | None,
    opened: Opened,
    remarks: _Remarks,
    tell: Callable[[float], None],
) -> tuple[Opened, pd.DataFrame, Meta] | None:
    """The rows of an SPSS system file by our own reader; None where they are for pyreadstat to judge."""
    known = opened.meta.column_names
    try:
        places = places_of(header)
        if n_rows < 0 or len(places) != len(known) or len(set(known)) != len(known):
            return None
        names = in_file_order(columns, known)
        place_of = dict(zip(known, places, strict=True))
        wanted = {name: place_of[name] for name in names}
        frame = read_values(path, header, n_rows, wanted, opened.choice.encoding, tell)
    except TooFewRowsError as error:
        raise too_few_rows(path, n_rows) from error
    except DamagedRowsError as error:
        raise cut_off(path.name, str(error)) from error
    except (UnusualLayoutError, MemoryError):  # a damaged number of rows may ask for any memory
        check_count(path, header, n_rows)
        return None
    _, meta = call(path, "sav", encoding=opened.pass_on, columns=names, rows=False, notes=remarks.notes)
    return opened, frame, meta


def _rows(
    path: Path,
    file_format: str,
    columns: list[str] | None,
    opened: Opened,
    header: SpssHeader | None,
    remarks: _Remarks,
) -> tuple[Opened, pd.DataFrame, Meta]:
    """The rows, under the encoding chosen by the labels or, where that does not fit them, by the rows."""
    names = None if columns is None else in_file_order(columns, opened.meta.column_names)
    try:
        frame, meta = call(path, file_format, encoding=opened.pass_on, columns=names, notes=remarks.notes)
        if opened.assumed and not _is_ascii(frame):
            raise TextError
    except TextError:
        opened = reopen(path, file_format, opened, header)
        names = None if columns is None else in_file_order(columns, opened.meta.column_names)
        frame, meta = call(path, file_format, encoding=opened.pass_on, columns=names, notes=remarks.notes)
    return opened, frame, meta


def _is_ascii(frame: pd.DataFrame) -> bool:
    """Whether no text has a letter beyond ASCII."""
    texts = (frame[name] for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name].dtype))
    return all(cell.isascii() for column in texts for cell in column.unique() if isinstance(cell, str))


def _tell_of_choice(opened: Opened, remarks: _Remarks) -> None:
    if not opened.choice.note:
        return
    if opened.choice.sure:
        remarks.notes.append(opened.choice.note)
    else:
        remarks.doubt(opened.choice.note)


def _catalog_labels(catalog: Path, file_format: str) -> dict[str, dict[Any, str]]:
    """Labels of codes by format name from a SAS catalog.

    Raises
    ------
    SourceError
        The catalog is for a file that is not SAS, or cannot be read.
    """
    if file_format not in ("sas7bdat", "xpt"):
        raise SourceError(
            f"the catalog {catalog.name!r} holds labels for SAS data sets, not for a .{file_format} "
            "file. Leave out codebook=, or pass a codebook in JSON, CSV or Excel."
        )
    import pyreadstat

    try:
        return dict(pyreadstat.read_sas7bcat(str(catalog))[1].value_labels)
    except Exception as error:  # pyreadstat raises plain exceptions of several kinds
        raise SourceError(
            f"the catalog {catalog.name!r} cannot be read: it is missing, damaged or no SAS catalog. "
            "Check its name, or write the formats to a new catalog in SAS."
        ) from error


def _check_portable_rows(path: Path, frame: pd.DataFrame, opened: Opened) -> None:
    """Every row must have been read; a portable file does not say how many there are.

    Raises
    ------
    SourceError
        The file has other rows than those that were read, or its table of letters is damaged.
    """
    if is_ascii(path) and not has_usual_letters(path):
        raise cut_off(path.name, "its table of letters is not that of the bytes in which it is written")
    if len(frame.columns) < len(opened.meta.column_names):
        frame, _ = call(path, "por", encoding=opened.pass_on)
    if rows_are_lost(path, frame):
        raise cut_off(path.name, f"it reads as {len(frame)} rows, and holds other values than those")


def _check_portable_text(path: Path, tidy: Columns, meta: Meta, remarks: _Remarks) -> None:
    """A portable file's letters beyond ASCII cannot be read: labels lose them, values must not.

    Raises
    ------
    SourceError
        A text column has such letters, so that different answers would become equal.
    """
    if is_ascii(path):
        return
    advice = "Open the file in SPSS or PSPP and save it as .sav."
    texts = [name for name, variable in tidy.variables.items() if variable.kind == "text"]
    hit = [
        name for name in texts if tidy.frame[name].str.contains(_UNKNOWN_SIGN, regex=False, na=False).any()
    ]
    if hit:
        raise SourceError(
            f"{path.name!r} cannot be read without loss: the columns {', '.join(hit[:8])} hold letters "
            f"beyond ASCII, which readers of portable files drop. {advice}"
        )
    lost = sum(_UNKNOWN_SIGN in text for text in label_texts(meta))
    if lost:
        remarks.doubt(
            f"Letters beyond ASCII cannot be read from a portable file; labels that lost some: {lost}. "
            f"{advice}"
        )


def _book(
    path: Path,
    file_format: str,
    header: SpssHeader | None,
    opened: Opened,
    meta: Meta,
    tidy: Columns,
    remarks: _Remarks,
) -> Codebook:
    return Codebook(
        variables=tidy.variables,
        file_label=(meta.file_label or "").strip(),
        weight=weight_of(path) if file_format == "por" else (header.weight if header else None),
        multiple_response=_all_sets(opened, header),
        encoding=opened.choice.encoding,
        encoding_how=opened.choice.how,
        notes=tuple(remarks.notes),
        documents=tuple(note.rstrip() for note in meta.notes or ()),
        n=len(tidy.frame),
        format="zsav" if header is not None and header.compression == 2 else file_format,
        created=_created(meta),
    )


def _all_sets(opened: Opened, header: SpssHeader | None) -> tuple[MultipleResponseSet, ...]:
    """Sets of the extension records, and those that only pyreadstat found."""
    sets = {each.name: each for each in (header.sets(opened.choice.encoding) if header else ())}
    for each in sets_of(opened.meta):
        sets.setdefault(each.name, each)
    return tuple(sets.values())


def _created(meta: Meta) -> str:
    """ISO time written in the file; one without shows the epoch, and those written here a fixed time."""
    when = meta.creation_time
    if when is None or when.year <= 1970 or when.isoformat() == SETTLED:
        return ""
    return when.isoformat()
