"""Whether the rows of an SPSS file can be there to the end.

A header may announce -1 cases. pyreadstat then reads up to the end of the file and leaves out a row
that was cut in two. A header that announces more rows than the file can hold would make it set aside
the memory for them first.
"""

from __future__ import annotations

from pathlib import Path

from egovstats.microdata.spss_header import SpssHeader
from egovstats.microdata.whole import cut_off

_NOTE = (
    "The file does not say how many rows it has: if it was cut off between two rows, that cannot be "
    "seen. Compare the number of rows with the producer's."
)
_END, _RAW, _PADDING = 252, 253, 0


def check_rows(path: Path, header: SpssHeader) -> tuple[str, ...]:
    """Check that a file can hold its rows, and that one of unknown length ends with a whole row.

    Parameters
    ----------
    path : Path
        A .sav file.
    header : SpssHeader

    Returns
    -------
    tuple of str
        A note on what cannot be checked; empty where the header counts the rows.

    Raises
    ------
    SourceError
        The file ends inside a row, or is too small for the rows that its header announces.
    """
    elements = len(header.elements)
    size = path.stat().st_size - header.data_starts
    if header.compression not in (0, 1) or not elements:
        return ()  # ZLIB blocks have a trailer, which pyreadstat checks
    if header.n_cases >= 0:
        least = 8 if header.compression == 0 else 1  # bytes a value; memory is set aside before rows are read
        if header.n_cases * elements * least > size:
            raise cut_off(path.name, _too_few(path, header.n_cases))
        return ()
    if header.compression == 0:
        whole = size % (8 * elements) == 0
    else:
        with open(path, "rb") as file:
            file.seek(header.data_starts)
            whole = _whole_rows(file.read(), elements)
    if not whole:
        raise cut_off(path.name, f"it has {path.stat().st_size} bytes and ends inside a row")
    return (_NOTE,)


def _too_few(path: Path, announced: int) -> str:
    size = path.stat().st_size
    return f"it has {size} bytes and ends before the last of the {announced} rows that its header announces"


def _whole_rows(data: bytes, elements: int) -> bool:
    """Walk the blocks: eight command codes, then the eight bytes of each uncompressed value."""
    place, count = 0, 0
    while place < len(data):
        codes = data[place : place + 8]
        if len(codes) < 8:
            return False
        if _END in codes:
            codes = codes[: codes.index(_END)]
            return (count + len(codes) - codes.count(_PADDING)) % elements == 0
        place += 8 + 8 * codes.count(_RAW)
        count += 8 - codes.count(_PADDING)
    return place == len(data) and count % elements == 0
