"""Waves from print: published percentages that join the series of the waves with respondents.

The variance of a share is ``deff * p * (1 - p) / n`` (Kish 1965, 8.2), and waves are independent of one
another. What the publication does not give is not made up: `Published.cannot` says it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from egovstats.errors import WaveError, nearest
from egovstats.results import Covariance, Estimates
from egovstats.sources import Source, sha256_of
from egovstats.waves.card import Card
from egovstats.waves.faults import Fault
from egovstats.waves.item import Item
from egovstats.waves.published_join import item_of, join
from egovstats.waves.published_shares import COLUMNS, share_of
from egovstats.waves.published_table import Printed, read_table

if TYPE_CHECKING:
    from egovstats.waves.series import SurveySeries


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Published percentages of a series.

    Parameters
    ----------
    rows : tuple of Printed
    items : dict of Item
        Of the series.
    cards : dict of Card
        By wave.
    source : Source, optional
        The table; None where the series has none.
    """

    rows: tuple[Printed, ...]
    items: Mapping[str, Item]
    cards: Mapping[str, Card]
    source: Source | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def waves(self) -> tuple[str, ...]:
        """Waves with a figure in print, by time."""
        named = dict.fromkeys(row.wave for row in self.rows)
        return tuple(sorted(named, key=lambda wave: self.cards[wave].date))

    def of(self, item: str, *, area: str = "") -> tuple[Printed, ...]:
        """Rows of one item.

        Raises
        ------
        WaveError
            No wave has it in print.
        """
        found = tuple(row for row in self.rows if row.item == item and row.area == area)
        if not found:
            there = dict.fromkeys(row.item for row in self.rows if row.area == area)
            raise WaveError(f"no published percentage is of the item {item!r}. {nearest(item, there)}")
        return found

    def shares(
        self, item: str, *, codes: Sequence[float] | None = None, base: str = "printed", area: str = ""
    ) -> pd.DataFrame:
        """Shares of some answers by wave, as `egovstats.published_trend` and `PublishedShare` take them.

        Parameters
        ----------
        item : str
        codes : sequence, optional
            Target codes that are added up; the item's headline by default.
        base : str
            ``"printed"``: as printed; ``"valid"``: of those with an answer, worked out where the shares
            without one are printed, too; ``"all"``: of all asked, likewise.
        area : str
            A part of the country that has figures of its own.

        Returns
        -------
        pd.DataFrame
            One row a wave, with `COLUMNS`. `deff` is 1 where none is stated. `low` and `high` bound the share
            before rounding: half a unit of the last digit of each figure added up. A wave that does not
            print all of `codes`, or not on this base, is not there; `cannot` says why.
        """
        wanted = self._codes(item, codes)
        found = [self._share(item, rows, wanted, base) for rows in self._by_wave(item, area)]
        return pd.DataFrame([row for row in found if isinstance(row, dict)], columns=list(COLUMNS))

    def estimates(
        self, item: str, *, codes: Sequence[float] | None = None, base: str = "printed", area: str = ""
    ) -> Estimates:
        """Shares by wave with their covariance, for `egovstats.change` and `egovstats.contrast`.

        Parameters
        ----------
        item, codes, base, area
            As in `shares`.

        Returns
        -------
        Estimates
            One a wave that prints its n; degrees of freedom infinite, since nothing is known of
            the sampling units. Notes tell the rounding and what is assumed.

        Raises
        ------
        WaveError
            No wave has the answers and an n.
        """
        table = self.shares(item, codes=codes, base=base, area=area)
        known = table[table["n"].notna()].reset_index(drop=True)
        if known.empty:
            raise WaveError(
                f"no published wave has both the answers of {item!r} and a number of respondents, so their "
                "precision is not known. Add n to published.csv, or read `shares` alone."
            )
        share, n = known["share"].to_numpy(float), known["n"].to_numpy(float)
        answer = "+".join(f"{code:g}" for code in self._codes(item, codes))
        return Estimates(
            keys=known[["wave"]].assign(item=item, answer=answer),
            estimate=share,
            covariance=Covariance.of(np.diag(known["std_error"].to_numpy(float) ** 2)),
            df=np.full(len(known), np.inf),
            n=n,
            population=np.full(len(known), np.nan),
            statistic="proportion",
            unit="share",
            sources=self._sources(known["wave"]),
            design_df=np.inf,
            var_srs=share * (1 - share) / n,
            interval="wald",
            notes=self.cannot(item, codes=codes, base=base, area=area),
        )

    def joined(
        self, estimates: Estimates, *, codes: Sequence[float] | None = None, base: str = "valid"
    ) -> Estimates:
        """Put the published waves after estimates from respondents, as one result.

        Parameters
        ----------
        estimates : Estimates
            ``egovstats.proportion(design, item, by="wave", answers=codes)``: one a wave.
        codes : sequence, optional
            The same answers; the item's headline by default.
        base : str
            Shares of respondents are of those with an answer, so ``"valid"`` is what compares with them.

        Returns
        -------
        Estimates
            Ordered by time. Waves are independent samples: no covariance between respondents and print. A
            wave that has both keeps the respondents.

        Raises
        ------
        WaveError
            The estimates are not one a wave of one item's share.
        """
        item = item_of(estimates)
        print_ = self.estimates(item, codes=codes, base=base)
        return join(estimates, print_, {wave: card.date for wave, card in self.cards.items()})

    def cannot(
        self, item: str, *, codes: Sequence[float] | None = None, base: str = "printed", area: str = ""
    ) -> tuple[str, ...]:
        """Say what these figures do not give, in sentences."""
        wanted = self._codes(item, codes)
        groups = self._by_wave(item, area)
        found = [(rows[0], self._share(item, rows, wanted, base)) for rows in groups]
        waves = {
            "no share of these answers": [(first.wave, why) for first, why in found if isinstance(why, str)],
        }
        notes = [f"{wave}: {why}" for each in waves.values() for wave, why in each]
        used = [first for first, row in found if isinstance(row, dict)]
        notes += _named(
            "the number of respondents is not printed, so no precision", [r for r in used if r.n is None]
        )
        notes += _named("no design effect is stated; 1 is assumed", [r for r in used if r.deff is None])
        notes += _named("what the percentage is of is not printed", [r for r in used if not r.base])
        if used:
            room = max(100 * row.half_step for row in used)
            notes.append(f"printed figures are rounded: each may be off by {room:g} points")
        notes.append(
            "from print there is no split by groups, no other answers than printed, and no weights to check"
        )
        return tuple(notes)

    def _codes(self, item: str, codes: Sequence[float] | None) -> tuple[float, ...]:
        about = self.items.get(item)
        if about is None:
            raise WaveError(f"the series has no item {item!r}. {nearest(item, self.items)}")
        if codes is not None:
            strange = [code for code in codes if code not in about.codes]
            if strange or not codes:
                raise WaveError(f"{item} has no answer {strange[:1] or 'named'}. {nearest('', about.codes)}")
            return tuple(codes)
        if about.headline is None:
            raise WaveError(f"{item} has no headline answers. Name the answers: codes=[...].")
        return about.headline.codes

    def _by_wave(self, item: str, area: str) -> list[list[Printed]]:
        groups: dict[str, list[Printed]] = {}
        for row in self.of(item, area=area):
            groups.setdefault(row.wave, []).append(row)
        return [groups[wave] for wave in sorted(groups, key=lambda wave: self.cards[wave].date)]

    def _share(
        self, item: str, rows: Sequence[Printed], wanted: Sequence[float], base: str
    ) -> dict[str, object] | str:
        return share_of(rows, self.items[item], wanted, base, self.cards[rows[0].wave].date)

    def _sources(self, waves: Iterable[str]) -> tuple[Source, ...]:
        named = set(waves)
        return tuple(
            dict.fromkeys(
                Source(row.source, "published", wave=row.wave) for row in self.rows if row.wave in named
            )
        )


def _named(what: str, rows: Sequence[Printed]) -> list[str]:
    return [f"{', '.join(row.wave for row in rows)}: {what}"] if rows else []


def read_published(series: SurveySeries) -> tuple[Published, list[Fault]]:
    """Read ``published.csv`` (or ``.xlsx``) of a series' folder; an empty table where there is none."""
    cards = {card.wave: card for card in series.waves}
    path = next((p for p in _paths(series.folder) if p.is_file()), None)
    if path is None:
        return Published((), series.items, cards), []
    rows, faults = read_table(path, series.items)
    for row in rows:
        if row.wave not in cards:
            what = f"no card has the wave {row.wave!r}. {nearest(row.wave, cards)}"
            faults.append(Fault(path.name, row.line, what))
        elif row.year != cards[row.wave].year:
            what = f"the year {row.year} is not that of the card of {row.wave}, {cards[row.wave].year}."
            faults.append(Fault(path.name, row.line, what))
    title = f"{series.about.title['en']}, percentages in print"
    source = Source(title, "published", path.name, sha256_of(path), citation=series.about.citation)
    return Published(rows, series.items, cards, source), faults


def _paths(folder: Path) -> tuple[Path, Path]:
    return folder / "published.csv", folder / "published.xlsx"
