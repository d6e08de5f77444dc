"""Indicator tables: every release of every series side by side, and the one series that a method takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from egovstats.errors import SeriesError, nearest
from egovstats.indicators.series import EACH, SERIES_COLUMNS, IndicatorSeries, spans
from egovstats.sources import Source

#: Columns of an indicator table, in order.
COLUMNS = (
    "area",
    "indicator",
    "year",
    "edition",
    "value",
    "std_error",
    "conf_low",
    "conf_high",
    "rank",
    "n_sources",
    "unit",
    "scale",
    "source",
)
_KEY = ["area", "indicator", "year", "edition"]
_EACH_NOTE = (
    "Each value comes from an edition of its own, which compares the countries assessed in it: "
    "a difference between two years also holds whatever changed in the method between the editions."
)


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorTable:
    """Indicator values in long form, with every edition that was read.

    Parameters
    ----------
    frame : pd.DataFrame
        The columns in `COLUMNS`, one row for each area, indicator, year and edition.
    sources : tuple of Source
        The files that the rows were read from.
    notes : tuple of str
        What was done about the data.
    """

    frame: pd.DataFrame
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas, sorted."""
        return tuple(sorted(self.frame["area"].unique()))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Indicators, sorted."""
        return tuple(sorted(self.frame["indicator"].unique()))

    def editions(self, area: str | None = None, indicator: str | None = None) -> tuple[str, ...]:
        """Editions that hold the area and the indicator, oldest first."""
        return tuple(sorted(self._rows(area, indicator)["edition"].unique(), key=edition_order))

    def select(self, *, area: str | None = None, indicator: str | None = None) -> IndicatorTable:
        """The rows of one area, one indicator, or both.

        Raises
        ------
        SeriesError
            There are none; the message names the near ones.
        """
        return IndicatorTable(self._rows(area, indicator).reset_index(drop=True), self.sources, self.notes)

    def series(
        self,
        area: str,
        indicator: str,
        *,
        edition: str | None = None,
        years: Iterable[int] | None = None,
    ) -> IndicatorSeries:
        """One indicator of one area, from one edition: releases are never mixed.

        Parameters
        ----------
        area, indicator : str
        edition : str, optional
            By default the newest. Where every edition holds one year only, the series runs over the
            editions and its edition is ``"each"``.
        years : iterable of int, optional
            The years that are wanted, all of them from that edition.

        Raises
        ------
        SeriesError
            An unknown area, indicator, edition or year, or a request that needs two editions.
        """
        rows = self._rows(area, indicator)
        chosen, note = _choose(rows, f"{indicator} of {area}", edition)
        held = rows if chosen == EACH else rows.loc[rows["edition"] == chosen]
        if years is not None:
            held = _take_years(held, rows, f"{indicator} of {area}", chosen, years)
        frame = held.sort_values("year").reset_index(drop=True)
        first = frame.iloc[0]
        columns = [*SERIES_COLUMNS, *(["edition"] if chosen == EACH else [])]
        return IndicatorSeries(
            area=area,
            indicator=indicator,
            edition=chosen,
            unit=str(first["unit"]),
            scale=str(first["scale"]),
            frame=frame[columns],
            source=self._source(str(first["source"]), chosen),
            notes=(*self.notes, note),
        )

    def _source(self, title: str, edition: str) -> Source:
        file = self.sources[0] if len(self.sources) == 1 else Source(title=title, kind="indicator")
        return Source(
            title=title,
            kind="indicator",
            file=file.file,
            sha256=file.sha256,
            edition="one a year" if edition == EACH else edition,
            licence=file.licence,
        )

    def _rows(self, area: str | None, indicator: str | None) -> pd.DataFrame:
        rows = self.frame
        if area is not None:
            rows = rows.loc[rows["area"] == area]
            if rows.empty:
                raise SeriesError(
                    f"the table has no area {area!r} (areas are ISO 3166 alpha-3 codes). "
                    + nearest(area, self.areas)
                )
        if indicator is not None:
            held = sorted(rows["indicator"].unique())
            rows = rows.loc[rows["indicator"] == indicator]
            if rows.empty:
                where = "" if area is None else f" for {area}"
                raise SeriesError(
                    f"the table has no indicator {indicator!r}{where}. {nearest(indicator, held)}"
                )
        return rows


def make_table(
    frame: pd.DataFrame, *, sources: tuple[Source, ...] = (), notes: tuple[str, ...] = ()
) -> IndicatorTable:
    """An indicator table from rows with some or all of the columns.

    Parameters
    ----------
    frame : pd.DataFrame
        At least area, indicator, year, edition and value; columns that are left out are unknown.
        Rows without a value are dropped.
    sources, notes : tuple

    Raises
    ------
    SeriesError
        A column that must be there is missing, or a year of a series stands twice in an edition.
    """
    missing = [name for name in (*_KEY, "value") if name not in frame.columns]
    if missing:
        raise SeriesError(
            f"an indicator table needs the columns {', '.join(missing)}. "
            f"Its columns are: {', '.join(map(str, frame.columns))}. Rename or add them."
        )
    rows = frame.reindex(columns=list(COLUMNS))
    rows = rows.loc[rows["value"].notna()].reset_index(drop=True)
    for name in ("area", "indicator", "edition", "unit", "scale", "source"):
        rows[name] = rows[name].astype(object).where(rows[name].notna(), "").astype(str)
    rows["year"] = rows["year"].astype(int)
    for name in ("value", "std_error", "conf_low", "conf_high", "rank", "n_sources"):
        rows[name] = rows[name].astype(float)
    twice = rows.duplicated(_KEY)
    if twice.any():
        row = rows.loc[twice].iloc[0]
        raise SeriesError(
            f"a series has one value a year in an edition; {row['indicator']} of {row['area']} has two "
            f"for {row['year']} in edition {row['edition']!r}. Remove one of them."
        )
    return IndicatorTable(rows.sort_values(_KEY, ignore_index=True), sources, notes)


def edition_order(edition: str) -> tuple[int, str]:
    """Sort key of an edition: the last year in its name, then the name."""
    years = re.findall(r"\d{4}", edition)
    return (int(years[-1]) if years else -1, edition)


def _choose(rows: pd.DataFrame, what: str, edition: str | None) -> tuple[str, str]:
    """The edition to use, and the sentence that says how it was chosen."""
    held = sorted(rows["edition"].unique(), key=edition_order)
    single = len(held) > 1 and not rows["edition"].duplicated().any()
    if edition is not None and not isinstance(edition, str):
        raise SeriesError(
            f"a series comes from one edition, got {list(edition)!r} for {what}. "
            "Each release revises earlier years: ask for one, or compare two series side by side."
        )
    if edition == EACH and not single:
        raise SeriesError(
            f"the editions of {what} hold several years each, so joining them would mix releases. "
            f"Ask for one of {', '.join(held)}."
        )
    if (edition is None and single) or edition == EACH:
        return EACH, _EACH_NOTE
    if edition is None:
        return held[-1], f"Edition {held[-1]} (the newest of {len(held)}: {', '.join(held)})."
    if edition not in held:
        raise SeriesError(f"{what} has no edition {edition!r}. {nearest(edition, held)}")
    return edition, f"Edition {edition}, as asked."


def _take_years(
    held: pd.DataFrame, rows: pd.DataFrame, what: str, edition: str, years: Iterable[int]
) -> pd.DataFrame:
    wanted = list(dict.fromkeys(int(year) for year in years))
    absent = [year for year in wanted if year not in set(held["year"])]
    elsewhere = rows.loc[rows["year"].isin(absent)]
    if not elsewhere.empty:
        found = "; ".join(
            f"{year} in {', '.join(sorted(group['edition'].unique(), key=edition_order))}"
            for year, group in elsewhere.groupby("year")
        )
        raise SeriesError(
            f"years of two editions cannot make one series: edition {edition} of {what} lacks {found}. "
            "Each release revises earlier years; ask for an edition that holds them all."
        )
    if absent:
        raise SeriesError(
            f"{what} has no value for {', '.join(map(str, absent))} in edition {edition}. "
            f"It has {spans(held['year'])}."
        )
    return held.loc[held["year"].isin(wanted)]
