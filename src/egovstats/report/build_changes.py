"""Changes and trends of a group of items: tables of tests, and the headline sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from egovstats.report.blocks import ABSENT, Block, Cell, Column, Row, RowGroup, Table
from egovstats.report.build_items import (
    answers_chart,
    changes_chart,
    group_chart,
    levels_table,
    present,
    shares_said,
    source_of,
)
from egovstats.report.language import Language
from egovstats.report.shown_tests import ShownTest
from egovstats.report.tables import changes_table

if TYPE_CHECKING:
    from egovstats.report.build_survey import Pair, SurveyData
    from egovstats.report.definition import Group
    from egovstats.report.shown_tests import ShownTrend


def group_blocks(survey: SurveyData, group: Group) -> Iterator[Block]:
    """Chart, levels, answers of the last wave, changes and trends of a group."""
    names = present(survey, group.items)
    if not names:
        return
    yield group_chart(survey, group)
    yield levels_table(survey, group)
    bars = answers_chart(survey, group) if group.answers else None
    if bars is not None:
        yield bars
    bars = changes_chart(survey, group)
    if bars is not None:
        yield bars
    if survey.changes(group):
        yield changes_of(survey, group)
    if survey.trends(group):
        yield trends_of(survey, group)


def pair_label(survey: SurveyData, pair: Pair) -> str:
    """Names of two waves with an arrow."""
    first, second = (survey.labels[wave] for wave in pair)
    return survey.language.say("comparability.pair", first=first, second=second)


def changes_of(survey: SurveyData, group: Group) -> Table:
    """All changes of a group: one family, adjusted together."""
    tests = survey.changes(group)
    language = survey.language
    table = changes_table(
        [(pair_label(survey, pair), test) for (_, pair), test in tests.items()],
        id=f"{survey.id}-{group.id}-changes",
        caption=language.say("build.changes", group=survey.say(group.title)),
        language=language,
        lead=language.fill("build.chart_lead", shown=shares_said(survey, group.items)),
        notes=(language.fill("build.family", count=len(tests)), language.fill("build.pairs")),
        source=source_of(survey),
    )
    rows = dict(zip(tests, table.groups[0].rows, strict=True))
    groups = tuple(
        RowGroup(tuple(row for (item, _), row in rows.items() if item == name), survey.title(name))
        for name in dict.fromkeys(item for item, _ in rows)
    )
    return Table(
        id=table.id,
        caption=table.caption,
        columns=table.columns,
        groups=groups,
        lead=table.lead,
        notes=table.notes,
        source=table.source,
        conf_level=table.conf_level,
    )


def trends_of(survey: SurveyData, group: Group) -> Table:
    """Slopes with the respondent and with the wave as the unit, and the departure from a line."""
    language, found = survey.language, survey.trends(group)
    level = language.percent(survey.conf_level)
    one, two = (
        language.say("build.unit_respondent", level=level),
        language.say("build.unit_wave", level=level),
    )
    columns = (
        Column(language.fill("column.item"), align="start", width=2.6),
        Column(language.fill("column.period"), width=1.6),
        *(_head(language, key, one) for key in ("slope", "low", "high", "p_holm")),
        Column(language.fill("build.departure"), width=1.7),
        *(_head(language, key, two) for key in ("slope", "low", "high", "p")),
    )
    rows = tuple(_trend_row(survey, name, each) for name, each in found.items())
    return Table(
        id=f"{survey.id}-{group.id}-trends",
        caption=language.say("build.trends", group=survey.say(group.title)),
        columns=columns,
        groups=(RowGroup(rows),),
        lead=language.fill("build.chart_lead", shown=shares_said(survey, group.items)),
        notes=(
            language.fill("build.trend_respondent"),
            language.fill("build.trend_departure"),
            language.fill("build.trend_wave"),
            language.fill("build.family", count=len(found)),
        ),
        source=source_of(survey),
        conf_level=survey.conf_level,
    )


def _head(language: Language, key: str, group: str) -> Column:
    """Head of a column of numbers; slopes need room for their arrow."""
    return Column(language.fill(f"build.{key}"), group=group, width=1.5 if key == "slope" else 1.0)


def _trend_row(survey: SurveyData, name: str, found: ShownTrend) -> Row:
    slope, adjusted = found.slope, found.slope.p_adjusted
    cells = [Cell(survey.title(name)), Cell(survey.period(found.waves))]
    cells += _slope_cells(slope)
    cells += [ABSENT if adjusted is None else Cell(adjusted)]
    cells += [ABSENT if found.departure is None else Cell(found.departure.p)]
    if found.by_wave is None:
        return Row((*cells, ABSENT, ABSENT, ABSENT, ABSENT))
    return Row((*cells, *_slope_cells(found.by_wave), Cell(found.by_wave.p)))


def _slope_cells(test: ShownTest) -> list[Cell]:
    clear = test.finding in ("up", "down")
    return [Cell(test.effect, clear=clear), Cell(test.conf_low), Cell(test.conf_high)]
