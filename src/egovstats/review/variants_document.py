"""Variants as a document: what holds, a table a headline, and the curve of those that hang on a choice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from egovstats.report.blocks import (
    ABSENT,
    Block,
    Cell,
    Chart,
    Column,
    Notes,
    Paragraph,
    Row,
    RowGroup,
    Section,
    Table,
)
from egovstats.report.charts import ForestChart, ForestRow
from egovstats.report.document import Report
from egovstats.report.language import Language
from egovstats.report.values import Textual, Value, text_of
from egovstats.review.variant_choices import Choice

if TYPE_CHECKING:
    from egovstats.review.variant_row import VariantRow
    from egovstats.review.variants import Variants

MOST_CHARTS = 12
"""Curves that are drawn; all numbers stand in the tables."""


def label_of(choice: Choice, language: Language) -> str:
    """A choice in words."""
    return language.say(f"variants.choice.{choice.label}", **choice.fields)


def reason_of(row: VariantRow, language: Language) -> str:
    """Why a choice could not be tried, in words; an error keeps its own."""
    key = f"variants.reason.{row.reason}"
    return language.say(key) if row.reason and language.has(key) else row.reason


def decision_of(row: VariantRow, language: Language) -> str:
    """A decision in words."""
    if not row.decision:
        return ""
    key = "verdict" if row.what == "verdict" else "variants.decision"
    return language.say(f"{key}.{row.decision}")


def variants_report(found: Variants) -> Report:
    """The document of `Variants.report`."""
    language = found.language
    tables = [_table(found, at, rows) for at, rows in enumerate(found.headlines().values(), start=1)]
    first: list[Block] = [Paragraph(summary(found)), overview(found)]
    first += [Notes(tuple(notes(found)))]
    sections = [Section("variants", language.say("variants.title"), tuple(first))]
    charts = tuple(_charts(found))
    if charts:
        sections.append(Section("curves", language.say("variants.curves"), charts))
    sections.append(Section("tables", language.say("variants.tables"), tuple(tables)))
    return Report(
        name=f"{found.name}-variants",
        title=language.say("variants.of", title=found.title),
        language=language,
        sections=tuple(sections),
        disclosure=found.disclosure,
        sources=found.sources,
    )


def summary(found: Variants) -> str:
    """How many decisions hold under everything that could be tried."""
    decided = [rows for rows in found.headlines().values() if rows[0].decision]
    held = sum(1 for rows in decided if not any(row.differs for row in rows))
    say = found.language.say
    return say("variants.summary", total=len(decided), held=held, moved=len(decided) - held)


def notes(found: Variants) -> Iterator[str]:
    """What the reader must know: how to read it, and what no choice touches."""
    say = found.language.say
    yield say("variants.note_family", level=found.language.percent(found.conf_level))
    yield say("variants.note_bounds")
    yield say("variants.note_many")
    if found.apart:
        yield say("variants.note_indicators", names="; ".join(dict.fromkeys(found.apart)))
    if found.claims_apart:
        yield say("variants.note_claims", count=found.claims_apart)


def overview(found: Variants) -> Table:
    """A row a headline: the report's decision, and under which choices it is another."""
    language = found.language
    fill = language.fill
    heads = (
        Column(fill("variants.headline"), align="start", width=4.0),
        Column(fill("variants.main"), align="start", width=1.6),
        Column(fill("variants.otherwise"), align="start", width=3.4),
        Column(fill("variants.tried"), width=0.8),
        Column(fill("variants.same"), width=0.8),
    )
    groups: dict[str, list[Row]] = {}
    for each in found.headlines().values():
        groups.setdefault(each[0].followed, []).append(_overview_row(each, language))
    return Table(
        id="overview",
        caption=language.say("variants.overview"),
        columns=heads,
        groups=tuple(RowGroup(tuple(rows), label) for label, rows in groups.items()),
        conf_level=found.conf_level,
        wordy=True,
    )


def _overview_row(rows: Sequence[VariantRow], language: Language) -> Row:
    main, tried = rows[0], [row for row in rows if row.differs is not None]
    other = [
        f"{label_of(row.choice, language)}: {decision_of(row, language)}" for row in tried if row.differs
    ]
    counts = (str(len(tried)), str(len(tried) - len(other))) if main.decision else ("", "")
    moved = "; ".join(other) or (language.say("variants.none") if main.decision else "")
    words = (main.subject, decision_of(main, language), moved, *counts)
    return Row(tuple(Cell(word) if word else ABSENT for word in words))


def _table(found: Variants, at: int, rows: Sequence[VariantRow]) -> Table:
    """One headline under each choice."""
    language = found.language
    fill = language.fill
    heads = [Column(fill("variants.choice_head"), align="start", width=3.4)]
    numbers = rows[0].what != "verdict"
    if numbers:
        span = language.say("column.interval", level=language.percent(found.conf_level))
        heads += [
            Column(fill("column.estimate")),
            Column(fill("column.low"), group=span),
            Column(fill("column.high"), group=span),
        ]
    if any(row.p_value is not None for row in rows):
        heads.append(Column(fill("column.p_adjusted" if _adjusted(rows) else "column.p")))
    heads.append(Column(fill("variants.decision_head"), align="start", width=2.6))
    return Table(
        id=f"headline-{at}",
        caption=rows[0].subject,
        columns=tuple(heads),
        groups=(RowGroup(tuple(_line(row, len(heads), numbers, language) for row in rows)),),
        lead=_lead(rows[0], language),
        conf_level=found.conf_level,
        wordy=True,
    )


def _lead(row: VariantRow, language: Language) -> Textual:
    return language.fill("build.chart_lead", shown=row.followed) if row.followed else ()


def _adjusted(rows: Sequence[VariantRow]) -> bool:
    return any(row.p_value is not None and row.p_value.id.endswith("p_adjusted") for row in rows)


def _line(row: VariantRow, width: int, numbers: bool, language: Language) -> Row:
    cells = [Cell(label_of(row.choice, language))]
    if numbers:
        cells += [_cell(each) for each in (row.estimate, row.conf_low, row.conf_high)]
    if width - len(cells) == 2:
        cells.append(_cell(row.p_value))
    said = decision_of(row, language)
    if row.reason:
        said = language.say("variants.not_tried", reason=reason_of(row, language))
    elif row.differs:
        said = f"≠ {said}"
    return Row((*cells, Cell(said) if said else ABSENT))


def _cell(value: Value | None) -> Cell:
    return ABSENT if value is None else Cell(value)


def _charts(found: Variants) -> Iterator[Chart]:
    """The curve of each headline that hangs on a choice, from the lowest estimate to the highest."""
    language = found.language
    drawn = 0
    for at, rows in enumerate(found.headlines().values(), start=1):
        points = [
            ForestRow(label_of(row.choice, language), row.estimate, row.conf_low, row.conf_high)
            for row in rows
            if row.estimate is not None and row.conf_low is not None and row.conf_high is not None
        ]
        if drawn == MOST_CHARTS or len(points) < 3 or not any(row.differs for row in rows):
            continue
        drawn += 1
        points.sort(key=lambda point: float("inf") if point.value.value is None else point.value.value)
        yield Chart(
            id=f"curve-{at}",
            caption=rows[0].subject,
            drawing=ForestChart(tuple(points)),
            lead=(*text_of(_lead(rows[0], language)), " ", *language.fill("variants.curve_lead")),
        )
