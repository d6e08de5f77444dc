"""Published indicators: charts with bands, tables of values, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from egovstats.indicators import (
    EACH,
    IndicatorSeries,
    IndicatorTable,
    change_of_indicator,
    trend_of_indicator,
)
from egovstats.intervals import t_quantile
from egovstats.report.blocks import ABSENT, Block, Cell, Chart, Column, Row, RowGroup, Table
from egovstats.report.charts import Break, IndicatorChart, Line, Point
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.shown_tests import ShownTest, show_test
from egovstats.report.values import Format, Textual, Value, result_id
from egovstats.waves import in_language

if TYPE_CHECKING:
    from egovstats.report.definition import Indicator
    from egovstats.results import HypothesisTest

_UNTIL = "data to "
"""How an edition is named whose publisher names no release."""

RULE = Disclosure(suppress_below=0, flag_below=0)
"""Published country values rest on no respondents, so nothing is withheld."""


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One year of a series as values."""

    year: int
    value: Value
    low: Value | None
    high: Value | None
    std_error: Value | None
    rank: Value | None


class IndicatorData:
    """One indicator of a report, read: its values and tests, each worked out once.

    Parameters
    ----------
    about : Indicator
        What the definition says.
    table : IndicatorTable
    language : Language
    conf_level : float
        Of the intervals of changes.
    """

    def __init__(
        self, about: Indicator, table: IndicatorTable, *, language: Language, conf_level: float
    ) -> None:
        self.about, self.language, self.conf_level = about, language, conf_level
        self.series = table.series(about.area, about.indicator, edition=about.edition)
        self.rows = self._rows(self.series)
        self.others = {
            area: self._rows(table.series(area, about.indicator, edition=about.edition))
            for area in about.others
        }
        periods = about.periods or ((self.rows[0].year, self.rows[-1].year),)
        self.changes = {period: self._change(*period) for period in periods}
        self.trend = self._show(trend_of_indicator(self.series, conf_level=conf_level), "trend")

    @property
    def title(self) -> str:
        """Name of the indicator."""
        return in_language(self.about.label, self.language.code)

    def _change(self, first: int, last: int) -> ShownTest:
        test = change_of_indicator(self.series, first, last, conf_level=self.conf_level)
        return self._show(test, f"change.{first}_{last}")

    def _show(self, test: HypothesisTest, what: str) -> ShownTest:
        prefix = f"indicator.{self.about.id}.{what}"
        decimals = self.about.decimals + (1 if what == "trend" else 0)
        # The n of a trend counts years, which no rule for respondents concerns.
        return show_test(replace(test, n=float("nan")), prefix=prefix, rule=RULE, decimals=decimals)

    def _rows(self, series: IndicatorSeries) -> list[IndicatorRow]:
        half = float(t_quantile(np.array(np.inf), self.about.band)) * series.std_error
        frame = series.frame
        published = np.isfinite(frame["conf_low"].to_numpy(dtype=float)).any()
        low = frame["conf_low"].to_numpy(dtype=float) if published else series.value - half
        high = frame["conf_high"].to_numpy(dtype=float) if published else series.value + half
        how = (
            "limits as published" if published else "value and normal quantile times published standard error"
        )
        rows = []
        for i, year in enumerate(frame["year"].astype(int)):
            made = _Maker(series, int(year), self.about)
            rows.append(
                IndicatorRow(
                    int(year),
                    made(float(series.value[i]), "value", how="as published"),
                    made.known(low[i], "conf_low", how=how),
                    made.known(high[i], "conf_high", how=how),
                    made.known(series.std_error[i], "std_error", how="as published"),
                    made.known(frame["rank"].iloc[i], "rank", how="as published", label=True),
                )
            )
        return rows

    def row(self, year: int) -> IndicatorRow:
        """The values of one year."""
        return next(row for row in self.rows if row.year == year)

    def edition(self) -> str:
        """Which releases the values are from, in words."""
        if self.series.edition == EACH:
            return self.language.say("build.edition_each")
        if self.series.edition.startswith(_UNTIL):
            return self.language.say("build.edition_data", year=self.series.edition.removeprefix(_UNTIL))
        return self.language.say("build.edition", edition=self.series.edition)

    @property
    def source(self) -> str:
        """Publisher and release."""
        return f"{self.series.source.title}; {self.edition()}"


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the values of one year."""

    series: IndicatorSeries
    year: int
    about: Indicator

    def __call__(self, number: float, what: str, *, how: str, label: bool = False) -> Value:
        keys = {**self.series.keys, "year": self.year}
        edition = self.series.edition.replace(" ", "_")
        name = result_id("indicator", self.series.area, self.series.indicator, edition, self.year, what)
        limits = what in ("conf_low", "conf_high")
        return Value(
            id=name,
            value=round(number) if label else float(number),
            unit="rank" if label else self.series.unit,
            format=Format("label", 0) if label else Format("number", self.about.decimals),
            statistic=what,
            how=how,
            keys=keys,
            parameters={"conf_level": self.about.band} if limits else {},
            sources=(self.series.source,),
        )

    def known(self, number: float, what: str, *, how: str, label: bool = False) -> Value | None:
        return self(float(number), what, how=how, label=label) if np.isfinite(number) else None


def indicator_blocks(found: Sequence[IndicatorData]) -> Iterator[Block]:
    """A chart an indicator, a table of changes, then all values, a table a publisher."""
    for each in found:
        yield indicator_chart(each)
    yield changes_table(found)
    publishers = dict.fromkeys(each.series.source.title for each in found)
    for title in publishers:
        yield values_table([each for each in found if each.series.source.title == title])


def indicator_chart(found: IndicatorData) -> Chart:
    """The series with its band, others in grey behind it."""
    about, language = found.about, found.language
    breaks = tuple(Break(each.year - 0.5, in_language(each.label, language.code)) for each in about.breaks)
    line = Line(in_language(about.name, language.code), _points(found.rows), breaks)
    others = tuple(
        Line(in_language(name, language.code), _points(found.others[area]))
        for area, name in about.others.items()
    )
    drawing = IndicatorChart(line, others, about.bounds, in_language(about.axis, language.code))
    return Chart(f"{about.id}-chart", found.title, drawing, source=found.source)


def _points(rows: Sequence[IndicatorRow]) -> tuple[Point, ...]:
    return tuple(Point(float(row.year), str(row.year), row.value, row.low, row.high) for row in rows)


def changes_table(found: Sequence[IndicatorData]) -> Table:
    """Changes from a first to a last year and trends, with a p-value only where precision is published."""
    language = found[0].language
    level = language.percent(found[0].conf_level)
    change, trend = (
        language.say("build.change_span", level=level),
        language.say("build.trend_span", level=level),
    )
    columns = (
        Column(language.fill("build.indicator"), align="start", width=2.4),
        Column(language.fill("column.period"), width=1.6),
        *(Column(language.fill(f"build.{key}"), group=change) for key in ("difference", "low", "high", "p")),
        *(Column(language.fill(f"build.{key}"), group=trend) for key in ("slope_plain", "low", "high", "p")),
    )
    rows = tuple(row for each in found for row in _change_rows(each))
    notes: list[Textual] = [language.fill("build.indicator_tests")]
    for each in found:
        if each.about.why_untested:
            why = in_language(each.about.why_untested, language.code)
            notes.append(f"{each.title}: {why}.")
    notes += _method_notes(found, language)
    return Table(
        id=f"{found[0].about.id}-changes",
        caption=language.say("build.indicator_changes"),
        columns=columns,
        groups=(RowGroup(rows),),
        notes=tuple(notes),
        source="; ".join(dict.fromkeys(each.source for each in found)),
        conf_level=found[0].conf_level,
    )


def _method_notes(found: Sequence[IndicatorData], language: Language) -> list[Textual]:
    """How each trend was tested, by the method that the publisher's precision allows."""
    kinds: dict[str, list[str]] = {}
    for each in found:
        if not each.about.trend:
            continue
        name = "each" if each.series.edition == EACH else each.trend.test.test.split(" ")[0].lower()
        kinds.setdefault(name, []).append(each.title)
    return [language.fill(f"build.trend_{name}", names=language.join(names)) for name, names in kinds.items()]


def _change_rows(found: IndicatorData) -> Iterator[Row]:
    """A row a period; the trend stands in the first."""
    trend = _tested(found.trend) if found.about.trend else [ABSENT] * 4
    for i, (period, test) in enumerate(found.changes.items()):
        cells = [Cell(found.title if i == 0 else ""), Cell(f"{period[0]}–{period[1]}"), *_tested(test)]
        yield Row((*cells, *(trend if i == 0 else [Cell("")] * 4)))


def _tested(test: ShownTest) -> list[Cell]:
    limits = (test.conf_low, test.conf_high, test.p)
    cells = [Cell(test.effect, clear=test.finding in ("up", "down"))]
    return cells + [Cell(each) if each.visible else ABSENT for each in limits]


def values_table(found: Sequence[IndicatorData]) -> Table:
    """Every value of some series by year, with the interval and the rank where they are published."""
    language = found[0].language
    shown = [(each, _published(each)) for each in found]
    columns = [Column(language.fill("column.year"), align="start", width=0.8)]
    for each, parts in shown:
        columns += [Column(language.fill(f"column.{part}"), group=each.title) for part in parts]
    years = sorted({row.year for each in found for row in each.rows})
    rows = []
    for year in years:
        cells = [Cell(str(year))]
        for each, parts in shown:
            held = {row.year: row for row in each.rows}.get(year)
            values = [getattr(held, part) if held else None for part in parts]
            cells += [ABSENT if value is None else Cell(value) for value in values]
        rows.append(Row(tuple(cells)))
    notes: list[Textual] = [f"{each.title}: {in_language(each.about.axis, language.code)}." for each in found]
    if any("low" in parts for _, parts in shown):
        level = language.percent(found[0].about.band)
        notes.append(language.fill("build.published_limits", level=level))
    return Table(
        id=f"{found[0].about.id}-values",
        caption=f"{_area(found[0])}: {language.join([each.title for each in found])}",
        columns=tuple(columns),
        groups=(RowGroup(tuple(rows)),),
        notes=tuple(notes),
        source="; ".join(dict.fromkeys(each.source for each in found)),
        conf_level=found[0].about.band,
    )


def _area(found: IndicatorData) -> str:
    return in_language(found.about.name, found.language.code)


def _published(found: IndicatorData) -> list[str]:
    """What is published beside the value: limits, rank."""
    parts = ("value", "low", "high", "rank")
    return [part for part in parts if any(getattr(row, part) is not None for row in found.rows)]
