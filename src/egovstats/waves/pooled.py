"""Waves pooled: one frame of all respondents, with its log, its comparability and its sample design."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from egovstats.errors import WaveError, nearest
from egovstats.sources import Source, Sourced
from egovstats.waves.card import Card
from egovstats.waves.comparability import compare_waves
from egovstats.waves.comparable import comparable_waves, reasons_apart
from egovstats.waves.item import Item
from egovstats.waves.matching import Skipped
from egovstats.waves.missing_rules import UNSAID

if TYPE_CHECKING:
    from egovstats.design import Design
    from egovstats.waves.published import Published
    from egovstats.waves.series import SurveySeries

DESIGN_COLUMNS = ("wave", "year", "date", "weight", "stratum", "psu")
"""Columns of the pooled frame before the items."""


@dataclass(frozen=True, eq=False, repr=False)
class Waves(Sourced):
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
    before : dict
        The files' labels of the question that stands before each item's, by wave and item.
    as_read : Waves, optional
        The same waves before a rule for missing answers; None where they are as they were read.
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
    before: dict[tuple[str, str], str] = field(default_factory=dict)
    as_read: Waves | None = None

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        # never the frame itself: its rows are respondents
        waves = ", ".join(card.wave for card in self.cards)
        return f"<Waves of {self.series.name}: {waves}; {len(self)} respondents, {len(self.items)} items>"

    @cached_property
    def comparability(self) -> pd.DataFrame:
        """What changed between any two waves that asked an item; see `compare_waves`.

        A rule for missing answers moves them in the log, and changes nothing about the question.
        """
        if self.as_read is not None:
            return self.as_read.comparability
        return compare_waves(self.items, self.cards, self.log, self.labels, self.before)

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
            Of wording, scale, categories, order, mode, coverage, base, weights; all by default.
        strict : bool
            Whether what is not known keeps waves apart, too.

        Returns
        -------
        tuple of str
            The most waves of which no two differ, in order of time; those that did not ask the item are none.
        """
        return comparable_waves(self.comparability, item, self._asked(item), aspects=aspects, strict=strict)

    def _asked(self, item: str) -> list[str]:
        if item not in self.items:
            raise WaveError(f"no item {item!r} was read. {nearest(item, self.items)}")
        asked = (self.missing[item] != "not_asked").groupby(self.frame["wave"]).any()
        return [card.wave for card in self.cards if asked[card.wave]]

    def only_comparable(self, item: str, *, aspects: Iterable[str] | None = None) -> Waves:
        """Keep the waves that `comparable` gives for an item; the notes say what was left out, and why.

        Raises
        ------
        WaveError
            No two waves are comparable, so that a trend would mix opinion and method.
        """
        chosen = None if aspects is None else listed(aspects)
        asked, kept = self._asked(item), self.comparable(item, aspects=chosen)
        apart = reasons_apart(self.comparability, item, kept, asked, aspects=chosen)
        if len(kept) < 2:
            why = " ".join(apart) or f"fewer than two waves asked it ({', '.join(asked) or 'none'})."
            raise WaveError(
                f"no two waves of {item!r} are comparable: {why} Leave comparable_only out and print what "
                "changed, name the aspects= that count, or record in the item's changes what is the same."
            )
        left = self.only(kept)
        return replace(left, notes=(*left.notes, *apart))

    def only(self, waves: Iterable[str]) -> Waves:
        """Keep some of the waves that were read.

        Raises
        ------
        WaveError
            A wave was not read, or none is named.
        """
        known = [card.wave for card in self.cards]
        wanted = listed(waves)
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
            as_read=None if self.as_read is None else self.as_read.only(wanted),
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

    def design(
        self,
        *,
        lonely_psu: str = "fail",
        comparable_only: str | bool | None = None,
        aspects: Iterable[str] | None = None,
    ) -> Design:
        """Make the sample design that estimates need: weights, strata and PSUs of all waves.

        Parameters
        ----------
        lonely_psu : str
            What to do with a stratum of one PSU; see `egovstats.Design`.
        comparable_only : str or bool, optional
            An item, or True where one alone was read: only its comparable waves take part; see
            `only_comparable`.
        aspects : iterable of str, optional
            What keeps waves apart then; all by default.

        Raises
        ------
        DesignError
            A stratum has one PSU and `lonely_psu` is ``"fail"``.
        WaveError
            No two waves are comparable, or True does not say of which item.
        """
        from egovstats.design import Design

        kept = self
        if comparable_only:
            kept = self.only_comparable(self._one_item(comparable_only), aspects=aspects)
        return Design(
            kept.frame,
            weight="weight",
            stratum="stratum",
            psu=["psu"],
            lonely_psu=lonely_psu,
            items=kept.items,
            sources=kept.sources,
        )

    def _one_item(self, named: str | bool) -> str:
        if isinstance(named, str):
            return named
        if len(self.items) != 1:
            raise WaveError(
                f"comparable_only=True must speak of one item, and {len(self.items)} were read. "
                f"Name the item: comparable_only={next(iter(self.items), 'NAME')!r}."
            )
        return next(iter(self.items))


def listed(names: Iterable[str]) -> list[str]:
    """Names once each, in order; one name alone is a list of one."""
    return [names] if isinstance(names, str) else list(dict.fromkeys(names))
