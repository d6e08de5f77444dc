"""Whether the rows of an SPSS file can be there to the end, and how many they are.

A header may announce -1 cases. pyreadstat then reads up to the end of the file and leaves out a row
that was cut in two. A header that announces more rows than the file can hold would make it set aside
the memory for them first.
"""

from __future__ import annotations

from pathlib import Path

from egovstats.errors import SourceError
from egovstats.microdata.sav_stream import DamagedRowsError, UnusualLayoutError, row_blocks
from egovstats.microdata.spss_header import SpssHeader
from egovstats.microdata.whole import cut_off

_NOTE = (
    "The file does not say how many rows it has: if it was cut off between two rows, that cannot be "
    "seen. Compare the number of rows with the producer's."
)


def check_rows(path: Path, header: SpssHeader) -> tuple[int, tuple[str, ...]]:
    """Check that a file can hold its rows, and that one of unknown length ends with a whole row.

    Parameters
    ----------
    path : Path
        A .sav or .zsav file.
    header : SpssHeader

    Returns
    -------
    tuple of (int, tuple of str)
        How many rows there are; -1 where only pyreadstat can tell. A note on what cannot be checked; empty
        where the header counts the rows.

    Raises
    ------
    SourceError
        The file ends inside a row, or is too small for the rows that its header announces.
    """
    elements = len(header.elements)
    if not elements or (header.n_cases >= 0 and header.compression not in (0, 1)):
        return header.n_cases, ()  # ZLIB blocks have a trailer, which is checked when they are read
    if header.n_cases >= 0:
        size = path.stat().st_size - header.data_starts
        least = 8 if header.compression == 0 else 1  # bytes a value; memory is set aside before rows are read
        if header.n_cases * elements * least > size:
            raise too_few_rows(path, header.n_cases)
        return header.n_cases, ()
    try:
        return sum(block.rows for block in row_blocks(path, header)), (_NOTE,)
    except UnusualLayoutError as error:
        if header.compression not in (0, 1):
            return -1, (_NOTE,)
        raise cut_off(path.name, f"it has {path.stat().st_size} bytes and ends inside a row") from error
    except DamagedRowsError as error:
        raise cut_off(path.name, str(error)) from error


def check_count(path: Path, header: SpssHeader, announced: int) -> None:
    """Check that a file whose values are left to pyreadstat has the rows announced, no fewer and no more.

    Raises
    ------
    SourceError
        It has not: bytes were changed or lost, and what stands in the rows cannot be trusted.
    """
    if announced < 0 or not header.elements:
        return
    try:
        there = sum(block.rows for block in row_blocks(path, header))
    except UnusualLayoutError as error:
        raise cut_off(path.name, "its rows do not end where the last of them must") from error
    except DamagedRowsError as error:
        raise cut_off(path.name, str(error)) from error
    if there < announced:
        raise too_few_rows(path, announced)
    if there > announced:
        raise cut_off(path.name, f"its header announces {announced} rows, and there are more")


def too_few_rows(path: Path, announced: int) -> SourceError:
    """The error about a file that ends before the last row that its header announces."""
    size = path.stat().st_size
    return cut_off(
        path.name,
        f"it has {size} bytes and ends before the last of the {announced} rows that its header announces",
    )
