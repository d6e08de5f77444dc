"""Changes and trends of a group of items: tables of tests, and the headline sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from egovstats.report.blocks import ABSENT, Block, Cell, Column, Row, RowGroup, Sentence, Table
from egovstats.report.build_items import (
    answers_chart,
    group_chart,
    levels_table,
    present,
    shares_said,
    source_of,
)
from egovstats.report.sentences import change_sentence, level_sentence, trend_sentence
from egovstats.report.shown import ShownTest
from egovstats.report.tables import changes_table

if TYPE_CHECKING:
    from egovstats.report.build_survey import Pair, ShownTrend, SurveyData
    from egovstats.report.definition import Finding, Group


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
        Column(language.fill("column.period"), align="start", width=1.2),
        *(Column(language.fill(f"build.{key}"), group=one) for key in ("slope", "low", "high", "p_holm")),
        Column(language.fill("build.departure")),
        *(Column(language.fill(f"build.{key}"), group=two) for key in ("slope", "low", "high", "p")),
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


# Headlines


def item_sentences(survey: SurveyData, group: Group, finding: Finding) -> Iterator[Sentence]:
    """What is to be said of one item, in the order that the definition names it."""
    assert finding.item is not None
    name = finding.item
    if not survey.has(name):
        return
    waves = survey.comparable(name)
    if len(waves) < 2:
        yield _level(survey, group, name)
        return
    pairs: dict[str, list[Pair]] = {
        "ends": [(waves[0], waves[-1])],
        "latest": [(waves[-2], waves[-1])],
        "steps": list(pairwise(waves)),
    }
    said: set[Pair] = set()
    for what in finding.say:
        if what == "trend":
            yield from _trend(survey, group, name)
            continue
        for pair in pairs[what]:
            if pair not in said:
                said.add(pair)
                yield _change(survey, group, name, pair)


def _change(survey: SurveyData, group: Group, name: str, pair: Pair) -> Sentence:
    levels = survey.levels(name)
    first, second = (levels[wave] for wave in pair)
    return change_sentence(
        survey.changes(group)[name, pair],
        first.estimate,
        second.estimate,
        labels=(survey.labels[pair[0]], survey.labels[pair[1]]),
        subject=survey.subject(name),
        language=survey.language,
        rule=survey.rule,
        target=f"{survey.id}-{group.id}-changes",
    )


def _trend(survey: SurveyData, group: Group, name: str) -> Iterator[Sentence]:
    found = survey.trends(group).get(name)
    if found is not None:
        yield trend_sentence(
            found.slope,
            period=survey.period(found.waves),
            subject=survey.subject(name),
            language=survey.language,
            target=f"{survey.id}-{group.id}-trends",
        )


def _level(survey: SurveyData, group: Group, name: str) -> Sentence:
    wave, shown = list(survey.levels(name).items())[-1]
    return level_sentence(
        shown,
        label=survey.labels[wave],
        subject=survey.subject(name),
        language=survey.language,
        target=f"{survey.id}-{group.id}-levels",
    )
