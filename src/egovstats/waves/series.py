"""A survey series: its items, the cards of its waves, and the crosswalk between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from egovstats.errors import WaveError, nearest
from egovstats.sources import shipped
from egovstats.waves.aliases import read_tables
from egovstats.waves.card import Card
from egovstats.waves.crosswalk import Crosswalk, crosswalk_file, read_study_crosswalk
from egovstats.waves.crosswalk_checks import check_crosswalk
from egovstats.waves.documents import Document, read_document
from egovstats.waves.faults import Fault, raise_faults
from egovstats.waves.item import Item
from egovstats.waves.mentions import MentionSet, set_faults
from egovstats.waves.words import Words

if TYPE_CHECKING:
    from egovstats.waves.pooled import Waves
    from egovstats.waves.published import Published


class SeriesCard(Document):
    """What ``series.yaml`` says of a survey series.

    Parameters
    ----------
    name : str
        The folder's name.
    title : dict
        By language.
    producer, sponsor : str, optional
    population : dict
        Who the waves represent.
    citation, licence : str
    url : str, optional
    instrument, sampling, weighting, limitations : dict, optional
        Parts of the method statement that hold for every wave.
    notes : tuple of dict
        What every reader must be told.
    items : tuple of Item
    sets : tuple of MentionSet
        Items that are answers to one question.
    """

    name: str
    title: Words
    producer: str | None = None
    sponsor: str | None = None
    population: Words
    citation: str = ""
    licence: str = "not stated"
    url: str | None = None
    instrument: Words | None = None
    sampling: Words | None = None
    weighting: Words | None = None
    limitations: Words | None = None
    notes: tuple[Words, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    sets: tuple[MentionSet, ...] = ()

    @model_validator(mode="after")
    def _names_once(self) -> SeriesCard:
        names = [item.name for item in self.items]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the item {', '.join(map(repr, twice))} is there twice")
        items = {item.name: item for item in self.items}
        wrong = [what for each in self.sets for what in set_faults(each, items)]
        if wrong:
            raise ValueError("; ".join(wrong).rstrip("."))
        return self


@dataclass(frozen=True, slots=True, eq=False)
class SurveySeries:
    """A survey series, ready to read wave files.

    Parameters
    ----------
    about : SeriesCard
        Title, producer, population, citation.
    waves : tuple of Card
        By year and field date.
    items : dict of Item
        By name, in the order of ``series.yaml``.
    crosswalk : Crosswalk
    folder : Path
        Where the study lies.
    """

    about: SeriesCard
    waves: tuple[Card, ...]
    items: dict[str, Item]
    crosswalk: Crosswalk
    folder: Path

    def __repr__(self) -> str:
        waves = ", ".join(card.wave for card in self.waves)
        return f"<SurveySeries {self.name}: waves {waves}; {len(self.items)} items>"

    @property
    def name(self) -> str:
        """Name of the series."""
        return self.about.name

    @property
    def published(self) -> Published:
        """Percentages in print, from ``published.csv`` or ``published.xlsx``; empty where there is none.

        Raises
        ------
        WaveError
            The table has faults; all of them are listed with their line.
        """
        from egovstats.waves.published import read_published

        found, faults = read_published(self)
        raise_faults(f"the published percentages of the series {self.name!r}", faults)
        return found

    def card(self, wave: str) -> Card:
        """Give the card of one wave.

        Raises
        ------
        WaveError
            No card has that id.
        """
        for card in self.waves:
            if card.wave == wave:
                return card
        known = [card.wave for card in self.waves]
        raise WaveError(f"the series {self.name!r} has no wave {wave!r}. {nearest(wave, known)}")

    def read(
        self,
        folder: str | Path,
        *,
        waves: Iterable[str] | None = None,
        items: Iterable[str] | None = None,
    ) -> Waves:
        """Read the wave files of a folder and pool them.

        Parameters
        ----------
        folder : path
            Holds the wave files, at its top or in a folder of the series' name; other files are left alone.
        waves : iterable of str, optional
            Ids of the waves to read; all by default.
        items : iterable of str, optional
            Names of the items to read; all by default.

        Returns
        -------
        Waves
            The pooled frame, with missing reasons, log, comparability and sources.

        Raises
        ------
        WaveError
            No file fits a card, two files fit one card or two cards one file, a column is missing, a code
            is not mapped, or a label does not say what the crosswalk says.
        SourceError
            A file is damaged, or is not what its name says.
        """
        from egovstats.waves.pooling import read_waves

        return read_waves(self, Path(folder), waves=waves, items=items)


def open_series(series: str | Path) -> SurveySeries:
    """Open a survey series: one that ships with egovstats by its name, or any by its folder.

    Parameters
    ----------
    series : str or path
        ``"afrobarometer-tunisia"``, or a folder with ``series.yaml``, ``waves/*.yaml`` and
        ``crosswalk.csv`` (or ``crosswalk.xlsx``).

    Returns
    -------
    SurveySeries

    Raises
    ------
    WaveError
        There is no such series, or its files have faults; all of them are listed with file and line.

    Examples
    --------
    >>> [card.wave for card in open_series("afrobarometer-tunisia").waves]
    ['r5', 'r6', 'r7', 'r8', 'r9']
    """
    folder = _find(series)
    about, faults = read_document(folder / "series.yaml", SeriesCard, name="series.yaml")
    cards, card_faults = _read_cards(folder)
    crosswalk, crosswalk_faults = read_study_crosswalk(folder)
    tables, table_faults = read_tables(crosswalk, folder)
    crosswalk = replace(crosswalk, tables=tables)
    faults += card_faults + crosswalk_faults + table_faults
    if about is not None:
        items = {item.name: item for item in about.items}
        ids = tuple(card.wave for card in cards)
        if not card_faults:
            faults += check_crosswalk(crosswalk, items, ids, name=crosswalk_file(folder).name)
            faults += [*_change_faults(about, ids), *_stratum_faults(cards, items)]
            faults += _table_faults(tables, crosswalk, items)
    raise_faults(f"the series {folder.name!r}", faults)
    assert about is not None  # read_document gives a fault otherwise
    return SurveySeries(about, cards, items, crosswalk, folder)


def _find(series: str | Path) -> Path:
    if (Path(series) / "series.yaml").is_file():
        return Path(series)
    home = shipped("surveys")
    known = sorted(each.name for each in home.iterdir() if (each / "series.yaml").is_file())
    # before any other folder: the wave files often lie in one of the series' name
    if str(series) in known:
        return home / str(series)
    if Path(series).is_dir():
        return Path(series)
    raise WaveError(
        f"there is no folder and no shipped series {str(series)!r}. {nearest(str(series), known)} "
        "Pass one of these names, or the folder that holds series.yaml."
    )


def _read_cards(folder: Path) -> tuple[tuple[Card, ...], list[Fault]]:
    """All cards, by time, and the faults of those that cannot be read or share an id."""
    paths = sorted((folder / "waves").glob("*.yaml"))
    if not paths:
        return (), [Fault("waves", 0, "holds no card. Add one YAML file for each wave.")]
    cards: dict[str, Card] = {}
    home: dict[str, str] = {}
    faults: list[Fault] = []
    for path in paths:
        name = f"waves/{path.name}"
        card, found = read_document(path, Card, name=name)
        faults += found
        if card is None:
            continue
        if card.wave in cards:
            faults.append(Fault(name, 1, f"the wave {card.wave!r} has a card already, {home[card.wave]}."))
        cards[card.wave], home[card.wave] = card, name
    ordered = sorted(cards.values(), key=lambda card: (card.year, card.date, card.wave))
    return tuple(ordered), faults


def _change_faults(about: SeriesCard, waves: tuple[str, ...]) -> list[Fault]:
    return [
        Fault("series.yaml", 0, f"{item.name}: changes name the wave {change.wave!r}, which has no card.")
        for item in about.items
        for change in item.changes
        if change.wave not in waves
    ]


def _table_faults(
    tables: dict[str, dict[str, float]], crosswalk: Crosswalk, items: dict[str, Item]
) -> list[Fault]:
    """Codes that a table of names gives and the item does not have."""
    used = {(rule.source_code, rule.item) for rule in crosswalk if rule.source_code in tables}
    faults = []
    for table, name in sorted(used):
        item = items.get(name)
        strange = sorted(set(tables[table].values()) - set(item.codes)) if item is not None else []
        if strange and item is not None and item.kind != "number":
            what = f"the code {strange[0]:g} is not among the answers of {name}."
            faults.append(Fault(f"{table[1:]}.csv", 0, what))
    return faults


def _stratum_faults(cards: tuple[Card, ...], items: dict[str, Item]) -> list[Fault]:
    return [
        Fault(
            f"the card of {card.wave}", 0, f"stratum_items: there is no item {name!r}. {nearest(name, items)}"
        )
        for card in cards
        for name in card.stratum_items
        if name not in items
    ]
