"""What may never lie in a bundle: a file of respondents, by its checksum, its kind, or its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from egovstats.errors import DisclosureError
from egovstats.waves.matching import DATA_ENDINGS

_TABLES = (".csv", ".tsv", ".tab", ".txt")
_PAPER = (".xlsx", *_TABLES)
"""Endings of data that tables of a report, a crosswalk and a log have, too: these are judged by content."""

FEWEST_COLUMNS = 3
"""Columns of a wave's file, most of the table's own, by which a table is taken for its rows."""


def refuse_microdata(
    contents: Mapping[str, bytes],
    checksums: Mapping[str, str],
    *,
    inputs: Collection[str],
    columns: Collection[str],
    synthetic: str,
) -> None:
    """Stop where anything that is to be packed is, or looks like, a file of respondents.

    Parameters
    ----------
    contents : mapping of str to bytes
        Files by their path in the bundle.
    checksums : mapping of str to str
        SHA-256 of each.
    inputs : collection of str
        Checksums of the wave files that the run has read.
    columns : collection of str
        Names of their columns.
    synthetic : str
        Folder of the synthetic files, which alone may be of such a kind.

    Raises
    ------
    DisclosureError
        Something is; nothing is written then.
    """
    for name, content in contents.items():
        why = ""
        if checksums[name] in inputs:
            why = "is one of the wave files that the run has read"
        elif not name.startswith(synthetic):
            why = _looks_like_rows(name, content, columns)
        if why:
            raise DisclosureError(
                f"a bundle must hold no respondents' answers, and {name!r} {why}. Take it out of the folder "
                "of the run, of the report or of the series, and bundle again."
            )


def _looks_like_rows(name: str, content: bytes, columns: Collection[str]) -> str:
    ending = PurePosixPath(name).suffix.lower()
    if ending in DATA_ENDINGS and ending not in _PAPER:
        return f"is a data file ({ending})"
    if content[:4] in (b"$FL2", b"$FL3", b"PAR1") or content[:11] == b"<stata_dta>":
        return "is a data file under another name"
    if ending in _TABLES:
        head = _head(content)
        shared = sorted(head & {each.casefold() for each in columns})
        if len(shared) >= FEWEST_COLUMNS and 2 * len(shared) > len(head):
            return f"has columns of a wave file ({', '.join(shared[:FEWEST_COLUMNS])})"
    return ""


def _head(content: bytes) -> set[str]:
    """Cells of the first line, whatever stands between them."""
    line = content[:100_000].decode("utf-8-sig", errors="replace").split("\n", 1)[0]
    mark = max(",;\t", key=line.count)
    return {cell.strip().casefold() for row in csv.reader(io.StringIO(line), delimiter=mark) for cell in row}
