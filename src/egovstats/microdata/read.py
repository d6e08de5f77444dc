"""`read_microdata`: one file of any format to codes and a codebook."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from egovstats.errors import DataWarning, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_fit import fit
from egovstats.microdata.codebook_table import beside, load_codebook
from egovstats.microdata.delimited import read_delimited
from egovstats.microdata.excel import read_excel
from egovstats.microdata.frames import as_microdata, is_frame
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.mojibake import Doubt, doubt
from egovstats.microdata.mongolian import Substitutes, substitutes
from egovstats.microdata.parquet import read_parquet
from egovstats.microdata.progress import ReadingBar
from egovstats.microdata.reading import Reading
from egovstats.microdata.recognise import recognise
from egovstats.microdata.statistical import read_statistical
from egovstats.sources import Source, sha256_of

_SAMPLE = 200
_STAMP = "SYNTHETIC"


def read_microdata(
    path: Any,
    *,
    columns: Sequence[str] | None = None,
    encoding: str | None = None,
    codebook: Codebook | str | Path | None = None,
    progress: bool = True,
) -> Microdata:
    """Read a file of respondents: codes stay codes, and everything said about them goes to the codebook.

    Parameters
    ----------
    path : str or Path
        SPSS (.sav, .zsav, .por), Stata (.dta), SAS (.sas7bdat, .xpt), text (.csv, .tsv, .tab, .txt),
        Excel (.xlsx) or Parquet (.parquet). A frame of pandas or polars or an Arrow table is taken as it is;
        see `as_microdata`.
    columns : sequence of str, optional
        Columns to read; they keep the order of the file.
    encoding : str, optional
        What text is read as. By default: what the file declares, else UTF-8, else a guess by the evidence;
        `codebook.encoding_how` tells which.
    codebook : Codebook, str or Path, optional
        Labels for a file that has none: a codebook, its JSON, a table (.csv, .xlsx) with the columns
        variable, label, code, value label (and, if wanted, missing), or for SAS the catalog (.sas7bcat).
        By default a file of the same name that ends in .codebook.json, .codebook.csv or .codebook.xlsx.
    progress : bool
        Show how far the reading is, on stderr, if that is a terminal and it takes longer than a second.

    Returns
    -------
    Microdata

    Raises
    ------
    SourceError
        The file is missing, empty, a folder, encrypted, cut off, damaged, not the format its name says,
        has no rows, or text that no encoding fits; a column asked for is not there.
    MissingExtraError
        Excel without openpyxl, Parquet without pyarrow.

    Warns
    -----
    DataWarning
        Text that looks misread, a guess that is not sure, dates outside the calendar, a codebook that
        names variables the file does not have.
    """
    if is_frame(path):
        return as_microdata(path, columns=columns, codebook=codebook)
    data, doubts = read_with_doubts(
        path, columns=columns, encoding=encoding, codebook=codebook, progress=progress
    )
    for each in doubts:
        warnings.warn(f"{data.source.file}: {each}", DataWarning, stacklevel=2)
    return data


def read_with_doubts(
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    encoding: str | None = None,
    codebook: Codebook | str | Path | None = None,
    progress: bool = False,
) -> tuple[Microdata, list[str]]:
    """The same as `read_microdata`, with what it would warn of as sentences."""
    path = Path(path)
    file_format = recognise(path)
    wanted = _as_list(columns)
    with ReadingBar(path.name, shown=progress) as bar:
        reading = _read(path, file_format, wanted, encoding, codebook, bar)
    if not len(reading.frame) or not len(reading.frame.columns):
        raise SourceError(
            f"{path.name!r} has {len(reading.frame.columns)} columns and {len(reading.frame)} rows, so "
            "there is no one in it to count. Check that this is the file of respondents."
        )
    book = _with_labels(path, file_format, reading, codebook, wanted is not None)
    misread = _misread(reading, book)
    if misread:
        reading.doubts.append(misread)
    book = replace(book, notes=tuple(dict.fromkeys((*book.notes, *reading.doubts))))
    return Microdata(reading.frame, book, _source(path, book), reading.tags), reading.doubts


def _as_list(columns: Sequence[str] | None) -> list[str] | None:
    if isinstance(columns, str):
        return [columns]
    return None if columns is None else list(dict.fromkeys(columns))


def _read(
    path: Path,
    file_format: str,
    columns: list[str] | None,
    encoding: str | None,
    codebook: Codebook | str | Path | None,
    bar: ReadingBar,
) -> Reading:
    if file_format == "csv":
        return read_delimited(path, columns=columns, encoding=encoding, bar=bar)
    if file_format != "sav":
        bar.without_share(path.stat().st_size)
    if file_format == "xlsx":
        return read_excel(path, columns=columns)
    if file_format == "parquet":
        return read_parquet(path, columns=columns)
    catalog = Path(codebook) if isinstance(codebook, str | Path) and _is_catalog(codebook) else None
    return read_statistical(path, file_format, columns=columns, encoding=encoding, catalog=catalog, tell=bar)


def _is_catalog(codebook: str | Path) -> bool:
    return Path(codebook).suffix.lower() == ".sas7bcat"


def _with_labels(
    path: Path,
    file_format: str,
    reading: Reading,
    codebook: Codebook | str | Path | None,
    some_columns: bool,
) -> Codebook:
    """The file's own codebook, with the one given laid over it."""
    book = reading.book
    if book.file_label.startswith(_STAMP):
        book = replace(book, synthetic=True)
    if codebook is None and file_format in ("csv", "xlsx", "parquet"):
        codebook = beside(path)
        if codebook is not None:
            book = replace(
                book, notes=(*book.notes, f"Labels are from {codebook.name}, found beside the file.")
            )
    if codebook is None or (isinstance(codebook, str | Path) and _is_catalog(codebook)):
        return book
    given = codebook if isinstance(codebook, Codebook) else load_codebook(Path(codebook))
    fitted, absent = fit(given, book, reading.frame)
    if absent and not some_columns:
        reading.doubts.append(
            f"the codebook describes {len(absent)} variables that the file does not have: "
            f"{', '.join(absent[:8])}{' ...' if len(absent) > 8 else ''}. They were left out; check "
            "their names."
        )
    return fitted


def _misread(reading: Reading, book: Codebook) -> str:
    """A sentence of evidence that text was read under a wrong encoding; empty where there is none."""
    labels = [
        text for each in book.variables.values() for text in (each.name, each.label, *each.values.values())
    ]
    found = doubt([book.file_label, *labels], book.encoding)
    if found:
        return _sentence(found, book, f"such as {found.example!r}, which would be {found.reads!r}")
    found = doubt(_sample_of_text(reading), book.encoding)
    if found:
        return _sentence(found, book, "in the values of text columns")
    spelled = substitutes(labels)
    return _about_spelling(spelled) if spelled else ""


def _about_spelling(found: Substitutes) -> str:
    letters = ", ".join(f"{letter!r} for {meant!r}" for letter, meant in found.letters.items())
    return (
        f"{found.words} words of the labels write Mongolian letters with others: {letters}, such as "
        f"{found.example!r}. They were left as they are and equal no label that is spelled rightly; pass "
        "codebook= with the right labels, or map these in the crosswalk."
    )


def _sample_of_text(reading: Reading) -> list[str]:
    """Some values of each text column, at equal steps; they are judged and never shown."""
    step = max(1, len(reading.frame) // _SAMPLE)
    texts: list[str] = []
    for name, variable in reading.book.variables.items():
        if variable.kind == "text":
            texts += [each for each in reading.frame[name].iloc[::step] if isinstance(each, str)]
    return texts


def _sentence(found: Doubt, book: Codebook, where: str) -> str:
    evidence = (
        f"text looks misread: {found.bad} of {found.words} words with letters beyond ASCII are no words "
        f"as {book.encoding} ({book.encoding_how}), {where}"
    )
    if found.mendable:
        return f"{evidence}. It was left as it is; pass encoding={found.better!r} if that reads right."
    return (
        f"{evidence}. The damage was saved in the file ({found.better} text taken for another encoding), "
        "so encoding= cannot mend it: ask the producer for the file as it was before, or pass codebook= "
        "with its labels."
    )


def _source(path: Path, book: Codebook) -> Source:
    return Source(
        title=book.file_label.strip() or path.name,
        kind="microdata",
        file=path.name,
        sha256=sha256_of(path),
        synthetic=book.synthetic,
    )
