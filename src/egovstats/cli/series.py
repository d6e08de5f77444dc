"""What the commands on survey series share: opening one and reading its files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from egovstats.cli.console import console

if TYPE_CHECKING:
    from egovstats.waves import Waves


def read_series(
    series: str, data: Path, *, waves: tuple[str, ...] = (), items: tuple[str, ...] = ()
) -> Waves:
    """Read the files of a series, telling on the way what is read and what is not there.

    Parameters
    ----------
    series : str
        A name that ships, or a folder.
    data : Path
        Folder of the wave files.
    waves, items : tuple of str
        Keep to these; empty for all.
    """
    import egovstats

    opened = egovstats.open_series(series)
    console().say(f"reading the waves of {opened.name}")
    found = opened.read(data, waves=waves or None, items=items or None)
    for skipped in found.skipped:
        console().say(f"not read: {skipped}")
    console().say(f"read {len(found.cards)} of {len(opened.waves)} waves, {len(found.frame)} respondents")
    return found


def notes_aside(pooled: Waves, series: str) -> str:
    """Where to read what is assumed about the waves; empty where nothing is."""
    count = len(pooled.notes)
    return f"{count} notes on these waves: see egovstats harmonise {series}, or --json." if count else ""
