"""The battery of trend tests as a document: levels and changes, trends, turns, what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egovstats.report.battery_rows import ShownRow
from egovstats.report.blocks import (
    ABSENT,
    Block,
    Cell,
    Column,
    Notes,
    Paragraph,
    Row,
    RowGroup,
    Section,
    Table,
)
from egovstats.report.disclosure import Disclosure
from egovstats.report.document import Report
from egovstats.report.language import Language
from egovstats.report.phrases import library_phrases
from egovstats.report.shown_tests import ShownTest
from egovstats.report.tables import change_cell
from egovstats.report.topline import MOST_WAVES_ACROSS
from egovstats.report.values import Num, Textual, Value

if TYPE_CHECKING:
    from egovstats.inference.battery import TrendBattery


@dataclass(frozen=True, eq=False)
class BatteryDocument:
    """A battery with its words in one language.

    Parameters
    ----------
    battery : TrendBattery
    language : Language
    rule : Disclosure
    names : mapping of str to (str, str)
        Title of each item, and the words of the answers whose share is followed.
    times : mapping of float to str
        Label of each wave's time.
    title, source : str
        Of the series; how to cite the data.
    fieldwork : sequence of str
        When each wave was in the field, in words.
    """

    battery: TrendBattery
    language: Language
    rule: Disclosure
    names: Mapping[str, tuple[str, str]]
    times: Mapping[float, str]
    title: str
    source: str
    fieldwork: Sequence[str] = ()

    def report(self) -> Report:
        """The document, ready to be written in any format of reports."""
        blocks: tuple[Block, ...] = (Paragraph(self.summary()), *self.tables(), *self.last_notes())
        return Report(
            name="battery",
            title=self.title,
            language=self.language,
            sections=(Section("battery", self.language.say("battery.title"), blocks),),
            disclosure=self.rule,
            sources=self.battery.sources,
        )

    def rows(self) -> list[ShownRow]:
        """Items with something to say, as values."""
        return [
            ShownRow(row, self.battery.on, self.battery.conf_level, self.rule)
            for row in self.battery.rows
            if row.levels is not None
        ]

    def records(self) -> list[dict[str, Any]]:
        """One row an item in full precision; without numbers where a wave has too few respondents."""
        withheld = {row.item for row in self.rows() if row.withheld}
        table = self.battery.to_frame()
        table["label"] = [self.names[item][0] for item in table["item"]]
        table["answers"] = [self.names[item][1] for item in table["item"]]
        named = {
            f"{at:g}{end}": f"{self._time(at)}{end}"
            for at in self.battery.times
            for end in ("", "_std_error")
        }
        made = []
        for record in table.rename(columns=named).to_dict("records"):
            if record["item"] in withheld:
                record = {
                    key: None if isinstance(value, float) or key == "equivalence" else value
                    for key, value in record.items()
                } | {"reason": self.language.say("mark.suppressed_word")}
            made.append({str(key): value for key, value in record.items()})
        return made

    def summary(self) -> Textual:
        """How many items rose, fell, and so on."""
        rows = self.rows()
        found = [row.change.finding for row in rows]
        counts = {name: found.count(name) for name in ("up", "down", "doubtful", "unclear")}
        equal = sum(1 for row in rows if row.verdict == "equivalent")
        return self.language.fill(
            "battery.summary", total=len(self.battery), **counts, equal=equal, margin=self._margin()
        )

    def tables(self) -> tuple[Table, ...]:
        """The three tables."""
        rows = self.rows()
        return tuple(make(rows) for make in (self._changes, self._trends, self._turns)) if rows else ()

    def last_notes(self) -> tuple[Notes, ...]:
        """Items that could not be asked, with the reason, and what differs between first and last wave."""
        say, phrases = self.language.say, library_phrases()
        reasons = [
            f"{self.names[row.item][0]}: {phrases.find(row.reason, self.language.code) or row.reason}"
            for row in self.battery.rows
            if row.reason
        ]
        aspects: dict[str, list[str]] = {}
        for row in self.battery.rows:
            for aspect in row.comparability:
                aspects.setdefault(aspect, []).append(self.names[row.item][0])
        differs = [f"{say(f'aspect.{aspect}')}: {'; '.join(items)}" for aspect, items in aspects.items()]
        found = [(say("battery.not_asked"), reasons), (say("battery.differs"), differs)]
        found.append((say("title.field"), list(self.fieldwork)))
        return tuple(Notes(tuple(items), title) for title, items in found if items)

    # Tables

    def _changes(self, rows: Sequence[ShownRow]) -> Table:
        times = list(self.battery.times)
        many = len(times) > MOST_WAVES_ACROSS
        say = self.language.fill
        heads: list[Column] = [Column(say("column.item"), align="start", width=3.0)]
        if many:
            heads += [Column(say(f"battery.{end}"), width=1.2) for end in ("first", "last")]
        else:
            heads += [Column(self._time(at)) for at in times]
        heads += [
            Column(say("column.change_plain"), width=1.3),
            *self._limits(),
            Column(say("column.p_adjusted")),
        ]

        def cells(row: ShownRow) -> list[Cell]:
            if many:
                levels: list[Cell] = [self._end(row, at) for at in (row.times[0], row.times[-1])]
            else:
                levels = [row.level(at) for at in times]
            return [*levels, *_effect(row.change), _p(row.change.p_adjusted)]

        notes = [say("battery.units"), self._family(len(rows)), *([say("battery.ends")] if many else [])]
        return self._table("changes", heads, rows, cells, notes)

    def _trends(self, rows: Sequence[ShownRow]) -> Table:
        say = self.language.fill
        wave = self.language.say("battery.wave_unit")
        heads = [
            Column(say("column.item"), align="start", width=3.0),
            Column(say("battery.slope"), width=1.3),
            *self._limits(),
            Column(say("column.p_adjusted")),
            *self._limits(wave),
            Column(say("column.p"), group=f"{wave} ({self._span()})"),
            Column(say("battery.departure"), width=1.2),
            Column(say("battery.least_n")),
        ]

        def cells(row: ShownRow) -> list[Cell]:
            wave = [ABSENT] * 3
            if row.by_wave is not None:
                wave = [Cell(row.by_wave.conf_low), Cell(row.by_wave.conf_high), Cell(row.by_wave.p)]
            departure = ABSENT if row.departure is None else Cell(row.departure.p)
            return [*_effect(row.slope), _p(row.slope.p_adjusted), *wave, departure, Cell(row.least_n)]

        notes = [
            say("battery.units"),
            self._family(len(rows)),
            say("build.trend_departure"),
            say("build.trend_wave"),
        ]
        return self._table("trends", heads, rows, cells, notes)

    def _turns(self, rows: Sequence[ShownRow]) -> Table:
        say = self.language.fill
        turn, equal, higher = (self.language.say(f"battery.{key}") for key in ("turn", "equal", "higher"))
        heads = [
            Column(say("column.item"), align="start", width=3.0),
            Column(say("battery.turn_at"), group=turn),
            *self._limits(turn, level=False),
            Column(say("battery.verdict"), group=equal, align="center", width=1.4),
            Column(say("battery.smallest"), group=equal),
            Column(say("unit.percent"), group=higher),
            *self._limits(higher, level=False),
        ]

        def cells(row: ShownRow) -> list[Cell]:
            verdict = self.language.say(f"battery.verdicts.{row.verdict}") if row.verdict else ""
            smallest = ABSENT if row.smallest is None else Cell(row.smallest)
            higher = [ABSENT] * 3 if row.higher is None else [Cell(each) for each in row.higher]
            return [
                *row.turn(self.language.say("battery.none")),
                Cell(verdict) if verdict else ABSENT,
                smallest,
                *higher,
            ]

        few = next((row.turn_reason for row in rows if row.turn_reason), "")
        notes = [
            say("battery.turn_note"),
            say("battery.equal_note", margin=self._margin()),
            say("battery.higher_note"),
        ]
        if few:
            notes.append((f"{library_phrases().find(few, self.language.code) or few}.",))
        return self._table("turns", heads, rows, cells, notes)

    def _table(
        self,
        name: str,
        heads: Sequence[Column],
        rows: Sequence[ShownRow],
        cells: Callable[[ShownRow], list[Cell]],
        notes: Iterable[Textual],
    ) -> Table:
        """Rows under the words of the answers they follow."""
        answers = list(dict.fromkeys(self.names[row.item][1] for row in rows))
        groups = [
            RowGroup(
                tuple(
                    Row((Cell(self.names[row.item][0]), *cells(row)))
                    for row in rows
                    if self.names[row.item][1] == said
                ),
                said,
            )
            for said in answers
        ]
        return Table(
            id=f"battery-{name}",
            caption=self.language.say(f"battery.{name}"),
            columns=tuple(heads),
            groups=tuple(groups),
            notes=tuple(notes),
            source=self.source.rstrip("."),
            conf_level=self.battery.conf_level,
        )

    # Parts

    def _time(self, at: float) -> str:
        return self.times.get(at, f"{at:g}")

    def _end(self, row: ShownRow, at: float) -> Cell:
        """A level with the wave it is of: ``45.5 (2009)``."""
        return Cell((Num(row.levels[at].estimate, "bare"), f" ({self._time(at)})"))

    def _limits(self, group: str = "", *, level: bool = True) -> tuple[Column, Column]:
        span = self._span()
        head = f"{group} ({span})" if group and level else group or span
        low, high = (self.language.fill(f"column.{end}") for end in ("low", "high"))
        return Column(low, group=head), Column(high, group=head)

    def _span(self) -> str:
        return self.language.say("column.interval", level=self.language.percent(self.battery.conf_level))

    def _margin(self) -> str:
        whole = float(self.battery.margin * 100).is_integer()
        return self.language.number(self.battery.margin * 100, decimals=0 if whole else 1)

    def _family(self, count: int) -> Textual:
        name = self.battery.adjust.lower()
        if name == "none":
            return self.language.fill("battery.no_family")
        return self.language.fill("battery.family", count=count, adjust=self.language.say(f"adjust.{name}"))


def _effect(test: ShownTest) -> list[Cell]:
    return [change_cell(test), Cell(test.conf_low), Cell(test.conf_high)]


def _p(value: Value | None) -> Cell:
    return ABSENT if value is None else Cell(value)
