"""Which file of a folder belongs to which card."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from egovstats.errors import WaveError
from egovstats.sources import sha256_of
from egovstats.waves.card import Card

DATA_ENDINGS = frozenset(
    {
        ".sav",
        ".zsav",
        ".por",
        ".dta",
        ".sas7bdat",
        ".xpt",
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".xlsx",
        ".parquet",
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """A card with its file.

    Parameters
    ----------
    card : Card
    path : Path
    edition_differs : bool
        The name fits, and the checksum is not the card's.
    """

    card: Card
    path: Path
    edition_differs: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A wave that was not read.

    Parameters
    ----------
    wave, title : str
        From its card.
    expected : str
        Names that its file may have.
    reason : str
        A sentence.
    """

    wave: str
    title: str
    expected: str
    reason: str


def match_files(
    cards: Iterable[Card], folder: Path, *, inner: str = ""
) -> tuple[tuple[Found, ...], tuple[Skipped, ...]]:
    """Find the file of each card in a folder.

    A file with the card's checksum is its file, whatever its name; otherwise the name decides.

    Parameters
    ----------
    cards : iterable of Card
    folder : Path
        Files at its top are looked at, hidden ones left out.
    inner : str
        A folder inside, looked into when no file of `folder` itself fits: the series' name.

    Returns
    -------
    tuple
        Cards with files, and cards without, both in the order of `cards`.

    Raises
    ------
    WaveError
        The folder is not there; two files fit one card, or two cards one file (all of them listed);
        no card has a file.
    """
    cards = tuple(cards)
    files = _files(folder)
    checksums = _checksums(cards, files)
    fitting = {card.wave: _fitting(card, files, checksums) for card in cards}
    _check_pairs(cards, fitting, folder)
    found = tuple(
        Found(card, path, differs)
        for card in cards
        if fitting[card.wave]
        for path, differs in fitting[card.wave]
    )
    skipped = tuple(
        Skipped(card.wave, card.title, card.expected, f"no file named {card.expected} is in the folder")
        for card in cards
        if not fitting[card.wave]
    )
    if not found and inner and (folder / inner).is_dir():
        return match_files(cards, folder / inner)
    if not found:
        raise WaveError(_nothing_found(cards, files, folder))
    return found, skipped


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise WaveError(
            f"there is no folder {folder.name!r}, so no wave can be read. "
            "Pass the folder that holds the files."
        )
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _checksums(cards: tuple[Card, ...], files: list[Path]) -> dict[Path, str]:
    """Checksums of the data files, where any card asks for one."""
    if all(card.file.sha256 is None for card in cards):
        return {}
    return {path: sha256_of(path) for path in files if path.suffix.lower() in DATA_ENDINGS}


def _fitting(card: Card, files: list[Path], checksums: dict[Path, str]) -> list[tuple[Path, bool]]:
    """Files that fit a card, each with whether its checksum is another than the card's."""
    exact = [path for path in files if card.file.sha256 and checksums.get(path) == card.file.sha256]
    if exact:
        return [(path, False) for path in exact]
    patterns = [pattern.lower() for pattern in card.file.names]
    named = [path for path in files if any(fnmatch.fnmatchcase(path.name.lower(), each) for each in patterns)]
    return [(path, card.file.sha256 is not None) for path in named]


def _check_pairs(cards: tuple[Card, ...], fitting: dict[str, list[tuple[Path, bool]]], folder: Path) -> None:
    problems = []
    for card in cards:
        names = [path.name for path, _ in fitting[card.wave]]
        if len(names) > 1:
            shown = ", ".join(map(repr, names))
            problems.append(f"the wave {card.wave!r} has {len(names)} files ({shown})")
    for path in sorted({path for fits in fitting.values() for path, _ in fits}):
        waves = [card.wave for card in cards if path in [each for each, _ in fitting[card.wave]]]
        if len(waves) > 1:
            shown = ", ".join(map(repr, waves))
            problems.append(f"the file {path.name!r} fits the cards of {len(waves)} waves ({shown})")
    if problems:
        raise WaveError(
            f"each wave must have one file of its own in {folder.name!r}, but "
            + "; ".join(problems)
            + ". Move the others away, or narrow file.names in the cards."
        )


def _nothing_found(cards: tuple[Card, ...], files: list[Path], folder: Path) -> str:
    lines = [f"  {card.wave}: {card.expected} ({card.title})" for card in cards]
    there = ", ".join(repr(path.name) for path in files[:8]) + (" ..." if len(files) > 8 else "")
    return (
        f"no file of a wave is in {folder.name!r}. These names are looked for:\n"
        + "\n".join(lines)
        + f"\nThe folder holds {there or 'no files'}. Pass the folder that holds the files, or give them one "
        "of these names."
    )
