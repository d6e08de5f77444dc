"""Synthetic waves as files that stand where the real ones would, and why some cannot be written."""

from __future__ import annotations

import fnmatch
import tempfile
from dataclasses import dataclass
from pathlib import Path

from egovstats.microdata import Microdata, write_microdata
from egovstats.microdata.write_created import settle_created
from egovstats.waves import Card

WRITABLE = (".sav", ".zsav", ".dta", ".csv")
"""Formats that synthetic files are written in: that of the wave's own file."""


@dataclass(frozen=True, slots=True)
class NoStandIn:
    """A wave whose synthetic file cannot be made, with the reason in a sentence."""

    wave: str
    reason: str


def name_of_stand_in(card: Card, cards: tuple[Card, ...], file: str) -> str | NoStandIn:
    """Name for a synthetic file by which its card, and no other, knows it.

    Parameters
    ----------
    card : Card
    cards : tuple of Card
        All of the series.
    file : str
        Name of the wave's own file; the synthetic one is called so where no stamped name fits the card.
    """
    if Path(file).suffix.lower() not in WRITABLE:
        return NoStandIn(card.wave, f"files that end in {Path(file).suffix!r} cannot be written")
    for name in (file if file.startswith("synthetic-") else f"synthetic-{file}", file):
        if [each.wave for each in cards if _fits(each, name)] == [card.wave]:
            return name
    return NoStandIn(
        card.wave,
        "its card knows its file by the checksum alone; add file.names to the card and bundle again",
    )


def _fits(card: Card, name: str) -> bool:
    return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in card.file.names)


def stand_in_files(data: Microdata, name: str, *, encoding: str | None) -> dict[str, bytes]:
    """Contents of the synthetic file, and of a codebook beside it where its format holds none.

    Parameters
    ----------
    data : Microdata
        What `synthetic_wave` drew.
    name : str
        Its ending says in which format.
    encoding : str, optional
        That the card reads the file with.
    """
    if Path(name).suffix.lower() == ".csv":
        table = data.frame.to_csv(index=False, lineterminator="\n")
        return {
            name: table.encode(encoding or "utf-8"),
            f"{Path(name).stem}.codebook.json": data.codebook.to_json().encode("utf-8"),
        }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        # nothing in it can identify anyone, whatever a column is called
        write_microdata(data, path, keep=list(data.frame.columns))
        settle_created(path)
        return {name: path.read_bytes()}
