"""What the text of an SPSS, Stata or SAS file is read as, and why."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from egovstats.errors import SourceError
from egovstats.microdata.encoding import TextChoice, choose, decodes, python_name, tidy_name
from egovstats.microdata.leaking import RAW
from egovstats.microdata.readstat import Meta, TextError, call, label_texts
from egovstats.microdata.spss_header import SpssHeader

_ASSUMED = "windows-1252"  # by pyreadstat, where an SPSS file names no encoding
_FIRST_DTA_IN_UTF8 = 118
_EVERY = 400


@dataclass(frozen=True)
class Opened:
    """A file whose dictionary has been read.

    Parameters
    ----------
    choice : TextChoice
    meta : Meta
        The dictionary under that encoding.
    pass_on : str or None
        What pyreadstat must be told; None where it finds the encoding by itself.
    assumed : bool
        Nothing is declared and the labels are ASCII, so the rows decide; they are read as raw bytes first,
        since pyreadstat drops a letter that another encoding has at the end of a text without a word.
    """

    choice: TextChoice
    meta: Meta
    pass_on: str | None
    assumed: bool = False


def open_text(path: Path, file_format: str, given: str | None, header: SpssHeader | None) -> Opened:
    """Read the dictionary and settle the encoding: given, declared, UTF-8, or by the evidence of labels.

    Raises
    ------
    SourceError
        The file cannot be read, the name given is no encoding, or the text is not valid in it.
    """
    if file_format == "por":
        return _open_portable(path, given)
    codes = header.text_codes if header else []
    if given is not None:
        python_name(given)
        meta = _valid(path, file_format, given, codes)
        return Opened(TextChoice(tidy_name(given), "given by the user"), meta, given)
    try:
        if header:
            _check_codes(codes, header.charset or _ASSUMED)
        _, meta = call(path, file_format, rows=False)
        declared = _declared(path, file_format, header, meta)
        if declared:
            return Opened(TextChoice(tidy_name(declared), "declared"), meta, None)
        if all(text.isascii() for text in label_texts(meta)):
            return Opened(TextChoice("utf-8", "utf-8"), meta, RAW, assumed=True)
    except TextError:
        declared = _declared(path, file_format, header, None)
    _, raw = call(path, file_format, encoding=RAW, rows=False)
    choice = choose([text.encode(RAW) for text in label_texts(raw)], declared, name=path.name)
    return Opened(choice, _valid(path, file_format, choice.encoding, codes), choice.encoding)


def reopen(path: Path, file_format: str, opened: Opened, header: SpssHeader | None) -> Opened:
    """Settle the encoding once more, by the text in the rows: that of the labels did not fit it.

    Raises
    ------
    SourceError
        The encoding was given by the user, or no candidate fits.
    """
    name = opened.choice.encoding
    if opened.choice.how == "given by the user":
        raise _not_valid(path, name, "given by the user")
    texts = [each for each, kind in opened.meta.readstat_variable_types.items() if kind == "string"]
    frame, raw = call(path, file_format, encoding=RAW, columns=texts)
    pieces = [text.encode(RAW) for text in label_texts(raw)]
    for column in frame.columns:
        values = frame[column].dropna()
        strange = values[~values.map(str.isascii).astype(bool)]
        pieces += [text.encode(RAW) for text in strange.iloc[:_EVERY]]
    choice = choose(pieces, name if opened.choice.how == "declared" else "", name=path.name)
    if choice.encoding == name and not opened.assumed:
        raise _not_valid(path, name, opened.choice.how)
    codes = header.text_codes if header else []
    return Opened(choice, _valid(path, file_format, choice.encoding, codes), choice.encoding)


def _open_portable(path: Path, given: str | None) -> Opened:
    """A portable file carries its own table of characters, and no letter beyond ASCII can be read."""
    if given is not None and tidy_name(given) not in ("utf-8", "ascii"):
        raise SourceError(
            f"{path.name!r} cannot be read as {given!r}: the text of a portable file is translated by a "
            "table in the file itself. Leave out encoding=, or save the file as .sav in SPSS or PSPP."
        )
    _, meta = call(path, "por", rows=False)
    return Opened(TextChoice("utf-8", "declared"), meta, None)


def _declared(path: Path, file_format: str, header: SpssHeader | None, meta: Meta | None) -> str:
    """The encoding that a file or its format declares; empty where none is."""
    if file_format == "sav":
        return header.charset if header else (meta.file_encoding or "" if meta else "")
    if file_format == "sas7bdat":
        return meta.file_encoding or "" if meta else ""
    if file_format == "dta":
        with open(path, "rb") as file:
            head = file.read(40)
        release = head.partition(b"<release>")[2][:3]
        return "utf-8" if release.isdigit() and int(release) >= _FIRST_DTA_IN_UTF8 else ""
    return ""


def _check_codes(codes: list[bytes], encoding: str) -> None:
    """Codes of text variables must be text: pyreadstat ends the program at a label of another.

    Raises
    ------
    TextError
        One of them is no text in this encoding.
    """
    if codes and decodes(codes, encoding) is None:
        raise TextError("a code with a label is not valid in the encoding")


def _valid(path: Path, file_format: str, encoding: str, codes: list[bytes]) -> Meta:
    try:
        _check_codes(codes, encoding)
        return call(path, file_format, encoding=encoding, rows=False)[1]
    except TextError as error:
        raise _not_valid(path, encoding, "given by the user") from error


def _not_valid(path: Path, encoding: str, how: str) -> SourceError:
    return SourceError(
        f"the text of {path.name!r} cannot be read as {encoding} ({how}): some of its bytes are no "
        "letters there. Pass encoding= with the encoding it was written in, such as 'utf-8', "
        "'windows-1251' or 'windows-1252'."
    )
