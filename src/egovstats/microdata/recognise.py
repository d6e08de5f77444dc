"""What a file is: by its name, and by its first bytes, which must agree."""

from __future__ import annotations

from pathlib import Path

from egovstats.errors import SourceError

ENDINGS = {
    ".sav": "sav",
    ".zsav": "sav",
    ".por": "por",
    ".dta": "dta",
    ".sas7bdat": "sas7bdat",
    ".xpt": "xpt",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
}
NAMES = {
    "sav": "an SPSS system file (.sav)",
    "por": "an SPSS portable file (.por)",
    "dta": "a Stata file (.dta)",
    "sas7bdat": "a SAS data set (.sas7bdat)",
    "sas7bcat": "a SAS catalog of labels (.sas7bcat)",
    "xpt": "a SAS transport file (.xpt)",
    "csv": "a table in text (.csv)",
    "xlsx": "an Excel workbook (.xlsx)",
    "parquet": "a Parquet file (.parquet)",
    "encrypted sav": "an encrypted SPSS file",
    "ole": "an old Excel workbook (.xls) or an encrypted one",
    "gzip": "a gzip archive",
    "bzip2": "a bzip2 archive",
    "xz": "an xz archive",
    "7z": "a 7z archive",
    "zip": "a zip archive",
    "rdata": "an R data file",
    "pdf": "a PDF document",
    "web page": "a web page",
    "sqlite": "an SQLite database",
}
_ARCHIVES = {"gzip", "bzip2", "xz", "7z", "zip"}
_SAS_MAGIC = bytes(12) + bytes.fromhex("c2ea81") + b"?" + bytes.fromhex("b31411cfbd92080009c7318c181f1011")
_STARTS = (
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
    (b"HEADER RECORD*******LIB", "xpt"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"RDX2\n", "rdata"),
    (b"RDX3\n", "rdata"),
    (b"%PDF-", "pdf"),
    (b"SQLite format 3\x00", "sqlite"),
)


def content_of(head: bytes) -> str:
    """What the first bytes of a file say that it is: a key of `NAMES`, or "" for plain text or unknown.

    Parameters
    ----------
    head : bytes
        The first 1,024 bytes, or all of a smaller file.
    """
    for start, what in _STARTS:
        if head.startswith(start):
            return what
    if (
        head.startswith(b"PAR1")
        and not head[4:5].decode("latin-1").isprintable()
        and head[4] not in b"\t\r\n"
    ):
        return "parquet"  # and not a table in text whose first column is called PAR1
    if head[8:20] == b"ENCRYPTEDSAV":
        return "encrypted sav"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if b"[Content_Types].xml" in head or b"xl/" in head or b"_rels/" in head else "zip"
    if len(head) >= 32 and head[:15] == _SAS_MAGIC[:15] and head[16:32] == _SAS_MAGIC[16:]:
        return "sas7bcat" if head[15] == 0x63 else "sas7bdat"
    if len(head) > 3 and 102 <= head[0] <= 115 and head[1] in (1, 2) and head[2] == 1:
        return "dta"
    if b"SPSSPORT" in head.replace(b"\r", b"").replace(b"\n", b"")[:512]:
        return "por"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        return "web page"
    return ""


def recognise(path: Path) -> str:
    """The format of a file: "sav", "por", "dta", "sas7bdat", "xpt", "csv", "xlsx" or "parquet".

    Raises
    ------
    SourceError
        The file is missing, is a folder, is empty, has an ending that is not known, is encrypted, or
        begins like another format than its name says.
    """
    head = _first_bytes(path)
    found = content_of(head)
    named = ENDINGS.get(path.suffix.lower(), "")
    _refuse_wrapped(path, found)
    if found == "sas7bcat":
        raise SourceError(
            f"{path.name!r} is a SAS catalog of labels and holds no rows. Read the .sas7bdat file that "
            "it belongs to, and pass the catalog as codebook=."
        )
    if not named:
        known = ", ".join(ENDINGS)
        is_that = f"; by its first bytes it is {NAMES[found]}" if found else ""
        raise SourceError(
            f"{path.name!r} cannot be read: the ending {path.suffix!r} is not one of {known}{is_that}. "
            "Give the file the ending of its format, or save it as one of these."
        )
    if named == found or (named == "csv" and not found):
        return named
    if found:
        raise SourceError(
            f"{path.name!r} is named as {NAMES[named]}, but its first bytes are those of {NAMES[found]}. "
            f"{_what_to_do(found)}"
        )
    raise SourceError(
        f"{path.name!r} is named as {NAMES[named]}, but does not begin like one: it is another format, "
        "or its beginning is damaged or cut off. Get the file again, or give it the ending of its format."
    )


def _first_bytes(path: Path) -> bytes:
    if path.is_dir():
        raise SourceError(f"{path.name!r} is a folder, not a file of microdata. Give the file inside it.")
    if not path.exists():
        near = _neighbours(path)
        raise SourceError(
            f"there is no file {path.name!r} in the folder {path.parent.resolve().name!r}. {near}"
        )
    try:
        with open(path, "rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise SourceError(
            f"{path.name!r} cannot be opened: {error.strerror or error}. Check its permissions."
        ) from error
    if not head:
        raise SourceError(
            f"{path.name!r} is empty (0 bytes), so there is nothing to read. Get the file again."
        )
    return head


def _neighbours(path: Path) -> str:
    """Files of the same folder that may have been meant."""
    from egovstats.errors import nearest

    if not path.parent.is_dir():
        return "That folder is not there either; check the path."
    names = sorted(each.name for each in path.parent.iterdir() if each.suffix.lower() in ENDINGS)
    return nearest(path.name, names) if names else "That folder holds no file of microdata; check the path."


def _refuse_wrapped(path: Path, found: str) -> None:
    """Stop at what no reader could open: encrypted files and archives."""
    if found == "encrypted sav":
        raise SourceError(
            f"{path.name!r} is encrypted: it begins with the mark 'ENCRYPTEDSAV'. Open it in SPSS with "
            "its password and save it without encryption."
        )
    if found in _ARCHIVES:
        raise SourceError(
            f"{path.name!r} cannot be read as it is: its first bytes are those of {NAMES[found]}. Unpack "
            "it and give the file inside it."
        )


def _what_to_do(found: str) -> str:
    if found == "ole":
        return "Save it in Excel as .xlsx, without a password."
    if found == "web page":
        return "It may be the sign-in page of a download: get the file again."
    ending = next((each for each, name in ENDINGS.items() if name == found), "")
    return f"Rename it to end in {ending}." if ending else "Save it as .sav, .dta, .csv or .xlsx."
