"""A fixed time of creation in a file that was just made: the same data are then the same bytes."""

from __future__ import annotations

from pathlib import Path

SETTLED = "2000-01-01T00:00:00"
"""The time, as it reads."""

_SPSS_AT, _SPSS = 92, b"01 Jan 0000:00:00"
# PSPP developer's guide, "File Header Record": nine bytes of date, eight of time
_STATA_OPEN, _STATA = b"<timestamp>", b"\x1101 Jan 2000 00:00"
# Stata, "dta" help file of release 118, section 5.1: one byte of length, then seventeen letters


def settle_created(path: Path) -> None:
    """Overwrite the clock in the header of a system file; other files are left as they are.

    Parameters
    ----------
    path : Path
        A .sav, .zsav or .dta (release 117 or later) file that nobody else has yet.
    """
    place, stamp = _SPSS_AT, _SPSS
    # From the right: the label of the file stands before its time, and may read like it.
    if path.suffix.lower() == ".dta":
        with path.open("rb") as file:
            place, stamp = file.read(1000).rfind(_STATA_OPEN) + len(_STATA_OPEN), _STATA
    elif path.suffix.lower() not in (".sav", ".zsav"):
        return
    with path.open("r+b") as file:
        file.seek(place)
        file.write(stamp)
