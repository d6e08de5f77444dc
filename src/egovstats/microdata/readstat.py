"""The one place that calls pyreadstat: SPSS, Stata and SAS files, and its errors in plain words.

Codes declared missing are always asked for (`user_missing`), and dates always come as numbers, so that
whole columns are converted at once and a date out of range is no error.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from egovstats.errors import SourceError
from egovstats.microdata.encoding import readstat_name
from egovstats.microdata.leaking import RAW, decode_frame, decoded, leaking
from egovstats.microdata.spss_header import DictionaryError, read_spss_header
from egovstats.microdata.whole import cut_off

FAMILY = {"sav": "spss", "por": "spss", "dta": "stata", "sas7bdat": "sas", "xpt": "sas"}
_PARSERS = {"sav": "sav/zsav", "por": "por", "dta": "dta", "sas7bdat": "sas7bdat", "xpt": "xport"}
_WHOLE = ("int8", "int16", "int32")
_CUT_OFF = (
    "Unable to read from file",
    "expected number of rows",
    "not the expected length",
    "Unable to seek",
)
_TEXT = ("Unable to convert string",)
_CHARACTER_SET = "unsupported character set"
_MOST_WARNINGS = 20


class TextError(Exception):
    """The text of a file is not valid in the encoding it was read as."""


class Meta(Protocol):
    """What is used of pyreadstat's metadata."""

    column_names: list[str]
    column_labels: list[str | None]
    file_encoding: str | None
    file_label: str | None
    number_rows: int | None
    variable_value_labels: dict[str, dict[Any, str]]
    value_labels: dict[str, dict[Any, str]]
    variable_to_label: dict[str, str]
    notes: list[str]
    original_variable_types: dict[str, str | None]
    readstat_variable_types: dict[str, str]
    missing_ranges: dict[str, list[Any]]
    missing_user_values: dict[str, list[str]]
    variable_storage_width: dict[str, int]
    variable_display_width: dict[str, int]
    variable_alignment: dict[str, str]
    variable_measure: dict[str, str]
    creation_time: Any
    mr_sets: dict[str, Any]


def call(
    path: Path,
    file_format: str,
    *,
    encoding: str | None = None,
    columns: list[str] | None = None,
    rows: bool = True,
    notes: list[str] | None = None,
) -> tuple[pd.DataFrame, Meta]:
    """Read a file with pyreadstat.

    Parameters
    ----------
    path : Path
    file_format : str
        "sav", "por", "dta", "sas7bdat" or "xpt".
    encoding : str, optional
        What text is read as; by default what the file declares.
    columns : list of str, optional
        Columns to read.
    rows : bool
        Read the rows too, or the dictionary only.
    notes : list, optional
        pyreadstat's own warnings are added here.

    Raises
    ------
    TextError
        The text is not valid in the encoding.
    SourceError
        The file cannot be read.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        leaks = leaking(encoding)
        if not leaks:
            frame, meta = _parse(path, file_format, encoding, columns, rows=rows)
            leaks = "" if encoding else leaking(meta.file_encoding)
        if leaks:
            frame, meta = _parse_leaking(path, file_format, leaks, columns, rows=rows)
        if file_format == "dta" and rows:
            _mend_whole_numbers(path, frame, meta, encoding)
    _check_names(path, meta)
    _refuse_same_names(path, [str(each.message) for each in caught])
    if notes is not None:
        notes += [f"While reading: {each.message}." for each in caught[:_MOST_WARNINGS]]
    return frame, meta


def _parse(
    path: Path,
    file_format: str,
    encoding: str | None,
    columns: list[str] | None,
    *,
    rows: bool = True,
    user_missing: bool = True,
) -> tuple[pd.DataFrame, Meta]:
    try:
        return _parser()(
            str(path),
            _PARSERS[file_format],
            metadataonly=not rows,
            encoding=readstat_name(encoding) if encoding else None,
            usecols=columns,
            user_missing=user_missing,
            disable_datetime_conversion=True,
            output_format="pandas",
        )
    except SourceError:
        raise
    except MemoryError as error:
        raise SourceError(
            f"{path.name!r} cannot be read: its header asks for more memory than there is. If the file "
            "is small, it is damaged: get it again. If it is large, read fewer columns with columns=."
        ) from error
    except Exception as error:  # pyreadstat raises plain exceptions of several kinds
        raise _explained(path, error) from error


def _parse_leaking(
    path: Path, file_format: str, encoding: str, columns: list[str] | None, *, rows: bool
) -> tuple[pd.DataFrame, Meta]:
    """The same for an encoding that pyreadstat cannot decode: it gives bytes, which become letters here."""
    try:
        raw = None if columns is None else [name.encode(encoding).decode(RAW) for name in columns]
        frame, meta = _parse(path, file_format, RAW, raw, rows=rows)
        for name, value in vars(meta).items():
            setattr(meta, name, decoded(value, encoding))
        meta.file_encoding = encoding
        return decode_frame(frame, encoding), meta
    except UnicodeError as error:
        raise TextError("its text is not valid in the encoding it was read as") from error


def _check_names(path: Path, meta: Meta) -> None:
    """Stop at a variable without a name, or with a letter lost: pyreadstat gives so what makes no text."""
    for place, name in enumerate(meta.column_names, start=1):
        if not name or "\ufffd" in name:
            raise cut_off(path.name, f"the name of variable {place} cannot be read")


def _refuse_same_names(path: Path, warned: list[str]) -> None:
    """Stop at two variables of one name: which of them an analysis means cannot be told."""
    for each in warned:
        if "is duplicated" in each:
            name = each.split("'")[1]
            raise SourceError(
                f"{path.name!r} cannot be read: it has two variables called {name!r}, so one of the names is "
                "damaged. Get the file again, or rename one of them in the program it is from."
            )


def _mend_whole_numbers(path: Path, frame: pd.DataFrame, meta: Meta, encoding: str | None) -> None:
    """Empty Stata cells after a tag in a column of whole numbers come as numbers that are in no file.

    pyreadstat turns such a column into objects at its first tag and never fills the cells that follow and
    are empty. Read without tags, the same column has them empty, so both readings together are right.
    """
    whole = [name for name in meta.missing_user_values if meta.readstat_variable_types[name] in _WHOLE]
    if not whole:
        return
    untagged, _ = _parse(path, "dta", encoding, whole, user_missing=False)
    for name in whole:
        column = frame[name].astype(object)
        tagged = column.isin(meta.missing_user_values[name])
        frame[name] = column.where(tagged | untagged[name].notna(), float("nan"))


def _parser() -> Any:
    """The parser under pyreadstat's functions: those for .por and .xpt drop codes declared missing."""
    from pyreadstat.pyreadstat import parser_entry_point

    return parser_entry_point


def _explained(path: Path, error: Exception) -> Exception:
    """Our error for one of pyreadstat's."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    if _is_about_text(error) or any(each in said for each in _TEXT):
        return TextError("its text is not valid in the encoding it was read as")
    if any(each in said for each in _CUT_OFF):
        return cut_off(path.name, f"it has {path.stat().st_size} bytes and ends {_before_what(path)}")
    if _CHARACTER_SET in said:
        return SourceError(
            f"{path.name!r} cannot be read: its header names a character set that is not supported. Pass "
            "encoding= with the encoding of its text (such as 'utf-8' or 'windows-1251')."
        )
    if "Invalid file" in said:
        return SourceError(
            f"{path.name!r} cannot be read: its structure is damaged, cut off in the header, or of a "
            "kind that is not supported. Get the file again, or open and save it anew in the program it "
            "is from."
        )
    return SourceError(
        f"{path.name!r} cannot be read: the reader stopped with {type(error).__name__} "
        f"({_without_values(said)}). Get the file again, or save it anew in the program it is from."
    )


def _is_about_text(error: BaseException | None) -> bool:
    """Whether text did not decode: inside pyreadstat's callbacks that surfaces as a SystemError."""
    while error is not None:
        if isinstance(error, UnicodeError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _before_what(path: Path) -> str:
    """How far a file that was cut off should have gone, where its header says so."""
    if path.suffix.lower() in (".sav", ".zsav"):
        try:
            rows = read_spss_header(path).n_cases
        except DictionaryError:
            return "inside its dictionary"
        if rows > 0:
            return f"before the last of the {rows} rows that its header announces"
    return "before its last row"


def _without_values(said: str) -> str:
    """A message of the reader without quoted text, which may come from a respondent's row."""
    return said.split("'")[0].strip()[:120] or "no message"


def label_texts(meta: Meta) -> list[str]:
    """Every text of the dictionary: names, labels, codes and labels of codes, notes, title."""
    texts = [*meta.column_names, *(label or "" for label in meta.column_labels), *meta.notes]
    texts.append(meta.file_label or "")
    for labels in meta.value_labels.values():
        texts += [label for label in labels.values() if label]
        texts += [code for code in labels if isinstance(code, str)]
    return texts
