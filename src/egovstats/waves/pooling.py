"""Wave files read and put under each other: the counts in must be the counts out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from egovstats.errors import WaveError, nearest
from egovstats.microdata import Microdata, read_microdata
from egovstats.sources import Source, merge_sources
from egovstats.waves import complaints
from egovstats.waves.card import Card
from egovstats.waves.crosswalk import crosswalk_file
from egovstats.waves.faults import Fault, raise_faults
from egovstats.waves.harmonise import LOG_COLUMNS, Harmonised, harmonise
from egovstats.waves.item import Item
from egovstats.waves.matching import Found, Skipped, match_files
from egovstats.waves.pooled import Waves, listed
from egovstats.waves.proposals import refuse_proposals
from egovstats.waves.sampling import Sampled, sample_of

if TYPE_CHECKING:
    from egovstats.waves.series import SurveySeries


@dataclass(slots=True, eq=False)
class _Part:
    """One wave, read."""

    card: Card
    done: Harmonised
    sampled: Sampled
    source: Source
    n: int
    notes: list[str]

    @property
    def faults(self) -> list[Fault]:
        return [*self.done.faults, *self.sampled.faults]


def read_waves(
    series: SurveySeries,
    folder: Path,
    *,
    waves: Iterable[str] | None = None,
    items: Iterable[str] | None = None,
) -> Waves:
    """Read the wave files of a folder; see `SurveySeries.read`."""
    cards = series.waves if waves is None else tuple(series.card(wave) for wave in listed(waves))
    if not cards:
        raise WaveError("waves= is empty, so there is nothing to read. Name waves, or leave it out for all.")
    chosen = _chosen_items(series, items)
    found, skipped = match_files(cards, folder, inner=series.name)
    if waves is not None and skipped:
        missing = ", ".join(f"{each.wave} ({each.expected})" for each in skipped)
        rest = (
            "Add it, or leave the wave out." if len(skipped) == 1 else "Add them, or leave these waves out."
        )
        raise WaveError(
            f"each wave asked for must have a file in {folder.name!r}, and there is none for {missing}. "
            + rest
        )
    refuse_proposals(series, [each.card for each in found], chosen)
    _refuse_unmapped(series, found)
    parts = [_read_part(series, each, chosen) for each in sorted(found, key=lambda each: each.card.date)]
    raise_faults(
        f"the files of the series {series.name!r}",
        [*_same_files(parts), *(fault for part in parts for fault in part.faults)],
        remedy="Each line says what to do; then read again.",
    )
    return _pool(series, parts, chosen, skipped)


def _refuse_unmapped(series: SurveySeries, found: Iterable[Found]) -> None:
    """A wave without a row would be read as one that asked nothing, and every answer in it lost."""
    name = crosswalk_file(series.folder).name
    raise_faults(
        f"the files of the series {series.name!r}",
        [
            Fault(
                name, 0, f"no row is of the wave {each.card.wave!r}, whose file {each.path.name!r} is there."
            )
            for each in found
            if not series.crosswalk.asked(each.card.wave)
        ],
        remedy="Add a row for each code of the wave, or leave it out with waves=.",
    )


def _same_files(parts: Iterable[_Part]) -> list[Fault]:
    """Two waves with one and the same file: a copy under another name, which counts people twice."""
    first: dict[str, _Part] = {}
    faults = []
    for part in parts:
        other = first.setdefault(part.source.sha256, part)
        if other is not part and part.source.sha256:
            what = (
                f"is the same file, byte by byte, as {other.source.file!r} of wave {other.card.wave}. Put "
                "this wave's own file in its place."
            )
            faults.append(Fault(complaints.place_of(part.card, part.source.file), 0, what))
    return faults


def _chosen_items(series: SurveySeries, items: Iterable[str] | None) -> dict[str, Item]:
    if items is None:
        return dict(series.items)
    wanted = listed(items)
    for name in wanted:
        if name not in series.items:
            raise WaveError(f"the series {series.name!r} has no item {name!r}. {nearest(name, series.items)}")
    return {name: series.items[name] for name in wanted}


def _read_part(series: SurveySeries, found: Found, chosen: Mapping[str, Item]) -> _Part:
    card = found.card
    data = read_microdata(found.path, encoding=card.encoding)
    extra = [series.items[name] for name in card.stratum_items if name not in chosen]
    done = harmonise(card, data, series.crosswalk, [*chosen.values(), *extra])
    strata = [done.values[name] for name in card.stratum_items if name in done.values]
    sampled = sample_of(card, data, strata)
    misread = [note for note in data.codebook.notes if note.startswith("text looks misread")]
    if misread and done.faults:
        place = done.faults[0].file
        done.faults.insert(0, Fault(place, 0, f"{misread[0]} The card's encoding is the place for it."))
    notes = [*_edition_note(found, data), *sampled.notes, *done.notes]
    return _Part(card, done, sampled, _source(series, card, data), len(data.frame), notes)


def _edition_note(found: Found, data: Microdata) -> list[str]:
    if not found.edition_differs:
        return []
    return [f"{data.source.file} is not the file that the card was made for: its checksum is another."]


def _source(series: SurveySeries, card: Card, data: Microdata) -> Source:
    title = f"{series.about.title['en']}, {card.title}"
    return replace(
        data.source, title=title, wave=card.wave, licence=card.licence, citation=series.about.citation
    )


def _pool(
    series: SurveySeries, parts: list[_Part], chosen: Mapping[str, Item], skipped: tuple[Skipped, ...]
) -> Waves:
    """Put the parts under each other; the counts in must be the counts out."""
    columns: dict[str, object] = {
        "wave": _repeated(parts, lambda card: card.wave).astype(str),
        "year": _repeated(parts, lambda card: card.year).astype(np.int64),
        "date": _repeated(parts, lambda card: card.date).astype(float),
        "weight": np.concatenate([part.sampled.weight for part in parts]),
        "stratum": np.concatenate([part.sampled.stratum for part in parts]).astype(str),
        "psu": np.concatenate([part.sampled.psu for part in parts]).astype(str),
    }
    columns |= {name: np.concatenate([part.done.values[name] for part in parts]) for name in chosen}
    missing = {
        name: pd.Categorical.from_codes(
            np.concatenate([part.done.missing[name].codes for part in parts]),
            dtype=parts[0].done.missing[name].dtype,
        )
        for name in chosen
    }
    log = pd.DataFrame([row for part in parts for row in part.done.log], columns=list(LOG_COLUMNS))
    log = log[log["item"].isin(list(chosen))].reset_index(drop=True)
    waves = Waves(
        series=series,
        frame=pd.DataFrame(columns),
        missing=pd.DataFrame(missing),
        items=dict(chosen),
        cards=tuple(part.card for part in parts),
        log=log,
        labels={(part.card.wave, name): text for part in parts for name, text in part.done.labels.items()},
        before={(part.card.wave, name): text for part in parts for name, text in part.done.before.items()},
        sources=merge_sources([part.source for part in parts]),
        notes=_notes(series, parts),
        skipped=skipped,
    )
    _check_counts(waves, {part.card.wave: part.n for part in parts})
    return waves


def _repeated(parts: list[_Part], of: Callable[[Card], object]) -> np.ndarray:
    """A fact of each card, once for each respondent."""
    return np.concatenate([np.full(part.n, of(part.card), dtype=object) for part in parts])


def _notes(series: SurveySeries, parts: list[_Part]) -> tuple[str, ...]:
    """Notes of the series, then the cards' assumptions and what was seen, each with its waves."""
    said: dict[str, list[str]] = {}
    for part in parts:
        for note in [*part.card.assumptions, *part.notes]:
            said.setdefault(note, []).append(part.card.wave)
    return (
        *(note["en"] for note in series.about.notes),
        *(f"{', '.join(waves)}: {note}" for note, waves in said.items()),
    )


def _check_counts(waves: Waves, files: Mapping[str, int]) -> None:
    """Every item of every wave accounts for every respondent of its file.

    Raises
    ------
    AssertionError
        It does not: the pooling itself is wrong.
    """
    counted = waves.log.groupby(["wave", "item"], as_index=False)["n"].sum()
    for wave, item, n in zip(counted["wave"], counted["item"], counted["n"], strict=True):
        if n != files[wave]:
            raise AssertionError(f"{item} in {wave}: {n} respondents in the log, {files[wave]} in the file")
    for name in waves.items:
        answered = waves.missing[name].cat.codes.to_numpy() == 0
        if not np.array_equal(answered, waves.frame[name].notna().to_numpy()):
            raise AssertionError(f"{name}: a respondent has both an answer and a missing reason, or neither")
