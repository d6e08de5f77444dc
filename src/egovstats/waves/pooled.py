"""Waves pooled: one frame of all respondents, with its log, its comparability and its sample design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from egovstats.errors import WaveError, nearest
from egovstats.microdata import Microdata, read_microdata
from egovstats.sources import Source, merge_sources
from egovstats.waves.card import Card
from egovstats.waves.comparability import compare_waves
from egovstats.waves.comparable import comparable_waves
from egovstats.waves.faults import Fault, raise_faults
from egovstats.waves.harmonise import LOG_COLUMNS, Harmonised, harmonise
from egovstats.waves.item import Item
from egovstats.waves.matching import Found, Skipped, match_files
from egovstats.waves.missing_rules import UNSAID
from egovstats.waves.proposals import refuse_proposals
from egovstats.waves.sampling import Sampled, sample_of

if TYPE_CHECKING:
    from egovstats.design import Design
    from egovstats.waves.published import Published
    from egovstats.waves.series import SurveySeries

DESIGN_COLUMNS = ("wave", "year", "date", "weight", "stratum", "psu")
"""Columns of the pooled frame before the items."""


@dataclass(frozen=True, eq=False, repr=False)
class Waves:
    """Respondents of several waves in the items of their series.

    Parameters
    ----------
    series : SurveySeries
    frame : pd.DataFrame, n rows
        ``wave``, ``year``, ``date`` (middle of the field period, a year with decimals), ``weight``,
        ``stratum`` and ``psu`` (labels that begin with the wave), then a column of target codes an item,
        NaN where missing.
    missing : pd.DataFrame, n rows
        A column an item: the missing reason, ``""`` where there is an answer.
    items : dict of Item
    cards : tuple of Card
        Of the waves that were read, in order of time.
    log : pd.DataFrame
        Where each respondent went: wave, item, source_variable, source_code, source_label, target,
        missing, n. Within an item and wave, n adds up to the respondents of the file.
    labels : dict
        The files' labels of the source variables, by wave and item.
    sources : tuple of Source
    notes : tuple of str
        What a reader must know: of the series, assumed by the cards, seen while reading.
    skipped : tuple of Skipped
        Waves without a file.
    """

    series: SurveySeries
    frame: pd.DataFrame
    missing: pd.DataFrame
    items: dict[str, Item]
    cards: tuple[Card, ...]
    log: pd.DataFrame
    labels: dict[tuple[str, str], str]
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...]

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        # never the frame itself: its rows are respondents
        waves = ", ".join(card.wave for card in self.cards)
        return f"<Waves of {self.series.name}: {waves}; {len(self)} respondents, {len(self.items)} items>"

    @property
    def synthetic(self) -> bool:
        """Whether any file is made up."""
        return any(source.synthetic for source in self.sources)

    @cached_property
    def comparability(self) -> pd.DataFrame:
        """What changed between any two waves that asked an item; see `compare_waves`."""
        return compare_waves(self.items, self.cards, self.log, self.labels)

    @property
    def published(self) -> Published:
        """Percentages in print of the same series; see `SurveySeries.published`."""
        return self.series.published

    def comparable(
        self, item: str, *, aspects: Iterable[str] | None = None, strict: bool = False
    ) -> tuple[str, ...]:
        """Give the waves between which nothing is known to have changed about an item.

        Parameters
        ----------
        item : str
        aspects : iterable of str, optional
            Of wording, scale, categories, mode, coverage, base, weights; all by default.
        strict : bool
            Whether what is not known keeps waves apart, too.

        Returns
        -------
        tuple of str
            The most waves of which no two differ, in order of time; those that did not ask the item are none.
        """
        if item not in self.items:
            raise WaveError(f"no item {item!r} was read. {nearest(item, self.items)}")
        asked = (self.missing[item] != "not_asked").groupby(self.frame["wave"]).any()
        waves = [card.wave for card in self.cards if asked[card.wave]]
        return comparable_waves(self.comparability, item, waves, aspects=aspects, strict=strict)

    def only(self, waves: Iterable[str]) -> Waves:
        """Keep some of the waves that were read.

        Raises
        ------
        WaveError
            A wave was not read, or none is named.
        """
        known = [card.wave for card in self.cards]
        wanted = _listed(waves)
        for wave in wanted:
            if wave not in known:
                raise WaveError(f"the wave {wave!r} was not read. {nearest(wave, known)}")
        if not wanted:
            raise WaveError("no wave is named, so nothing is left. Name at least one.")
        keep = self.frame["wave"].isin(wanted)
        return replace(
            self,
            frame=self.frame[keep].reset_index(drop=True),
            missing=self.missing[keep].reset_index(drop=True),
            cards=tuple(card for card in self.cards if card.wave in wanted),
            log=self.log[self.log["wave"].isin(wanted)].reset_index(drop=True),
            sources=tuple(source for source in self.sources if not source.wave or source.wave in wanted),
        )

    def under(self, rule: str, *, reasons: Iterable[str] = UNSAID) -> Waves:
        """Treat missing answers by another rule, to see how far an estimate rests on it.

        Parameters
        ----------
        rule : str
            ``"out"``: left out of the base, as they are read; ``"answer"``: each reason is an answer of its
            own; ``"lower"`` and ``"upper"``: all of them gave an answer outside, or inside, the item's
            headline (or the lowest and highest answer), which bounds the headline share and the mean.
        reasons : iterable of str
            Which missing reasons; those of people who were asked and gave no answer by default.

        Returns
        -------
        Waves
            For `design` and every estimator; its notes name the rule.

        Raises
        ------
        WaveError
            An unknown rule or reason.

        Examples
        --------
        ``[eg.proportion(waves.under(rule).design(), "trust", by="wave", answers=[2, 3]) for rule in
        ("lower", "out", "upper")]`` is a share with its bounds.
        """
        from egovstats.waves.missing_rules import under_rule

        return under_rule(self, rule, reasons=reasons)

    def spread(self, name: str) -> Waves:
        """Add an item for each answer of a set of items; see `egovstats.waves.mentions.spread`."""
        from egovstats.waves.mentions import spread

        return spread(self, name)

    def write(self, path: str | Path, *, language: str = "en", force: bool = False) -> tuple[Path, ...]:
        """Write the pooled data with codebook and log; see `egovstats.waves.pooled_file.write_pooled`."""
        from egovstats.waves.pooled_file import write_pooled

        return write_pooled(self, path, language=language, force=force)

    def design(self, *, lonely_psu: str = "fail", comparable_only: str | None = None) -> Design:
        """Make the sample design that estimates need: weights, strata and PSUs of all waves.

        Parameters
        ----------
        lonely_psu : str
            What to do with a stratum of one PSU; see `egovstats.Design`.
        comparable_only : str, optional
            An item: only the waves that `comparable` gives for it take part.

        Raises
        ------
        DesignError
            A stratum has one PSU and `lonely_psu` is ``"fail"``.
        WaveError
            No two waves are comparable, so that a trend would mix opinion and method.
        """
        from egovstats.design import Design

        kept = self if comparable_only is None else self._comparable(comparable_only)
        return Design(
            kept.frame,
            weight="weight",
            stratum="stratum",
            psu=["psu"],
            lonely_psu=lonely_psu,
            items=kept.items,
            sources=kept.sources,
        )

    def _comparable(self, item: str) -> Waves:
        waves = self.comparable(item)
        if len(waves) > 1:
            return self.only(waves)
        table = self.comparability
        changed = table[(table["item"] == item) & (table["status"] == "changed")]
        why = "; ".join(
            dict.fromkeys(f"{aspect}: {what}" for aspect, what in changed[["aspect", "detail"]].values)
        )
        raise WaveError(
            f"no two waves of {item!r} are comparable: {why[:300] or 'fewer than two asked it'}. Leave "
            "comparable_only out and print what changed, or record in the item's changes what is the same."
        )


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
    cards = series.waves if waves is None else tuple(series.card(wave) for wave in _listed(waves))
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
    parts = [_read_part(series, each, chosen) for each in sorted(found, key=lambda each: each.card.date)]
    raise_faults(
        f"the files of the series {series.name!r}",
        [fault for part in parts for fault in part.faults],
        remedy="Each line says what to do; then read again.",
    )
    return _pool(series, parts, chosen, skipped)


def _listed(names: Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(dict.fromkeys(names))


def _chosen_items(series: SurveySeries, items: Iterable[str] | None) -> dict[str, Item]:
    if items is None:
        return dict(series.items)
    wanted = _listed(items)
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
        sources=merge_sources([part.source for part in parts]),
        notes=_notes(series, parts),
        skipped=skipped,
    )
    _check_counts(waves, {part.card.wave: part.n for part in parts})
    return waves


def _repeated(parts: list[_Part], of: object) -> np.ndarray:
    """A fact of each card, once for each respondent."""
    assert callable(of)
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
