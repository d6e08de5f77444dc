"""Items of a survey: runs of comparable waves, trend charts, levels, toplines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from egovstats.report.blocks import Chart, Table
from egovstats.report.charts import (
    Break,
    ForestChart,
    ForestRow,
    LikertChart,
    LikertRow,
    Line,
    Point,
    SlopeChart,
    SlopeLine,
    SmallMultiples,
    TrendChart,
)
from egovstats.report.topline import MOST_WAVES_ACROSS, AnswerRow, Topline, topline_table
from egovstats.report.values import Textual

if TYPE_CHECKING:
    from egovstats.report.build_survey import SurveyData
    from egovstats.report.definition import Group

MOST_ANSWERS = 7
"""Answers that diverging bars can take."""

FEWEST_CHANGES = 3
"""Changes that a chart of changes is drawn for; fewer stand in the table as well."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of waves that may be compared, and why it does not go on from the one before."""

    waves: tuple[str, ...]
    why: str = ""


def segments_of(survey: SurveyData, name: str) -> list[Segment]:
    """Runs of waves, broken where an aspect that the report's definition names has changed."""
    runs: list[list[str]] = []
    whys: list[str] = []
    for wave in survey.asked(name):
        why = _broken(survey, name, runs[-1][-1], wave) if runs else ""
        if not runs or why:
            runs.append([])
            whys.append(why)
        runs[-1].append(wave)
    return [Segment(tuple(run), why) for run, why in zip(runs, whys, strict=True)]


def _broken(survey: SurveyData, name: str, first: str, second: str) -> str:
    """What changed between two waves that makes them incomparable; empty where nothing did."""
    aspects = survey.changed_aspects.get((name, first, second), [])
    return "; ".join(dict.fromkeys(_reason(survey, name, first, second, aspect) for aspect in aspects))


def _reason(survey: SurveyData, name: str, first: str, second: str, aspect: str) -> str:
    return difference(survey, name, first, second, aspect).rstrip(".")


def difference(survey: SurveyData, name: str, first: str, second: str, aspect: str) -> str:
    """What is known of a change of one aspect between two waves, in the report's language."""
    order = [card.wave for card in survey.waves.series.waves]
    recorded = [
        survey.say(each.detail)
        for each in survey.item(name).changes
        if each.aspect == aspect
        and each.status == "changed"
        and order.index(first) < order.index(each.wave) <= order.index(second)
    ]
    return " ".join(recorded) or survey.language.say(f"difference.{aspect}")


# Charts


def line_of(survey: SurveyData, name: str) -> Line:
    """The item's headline share or mean over time, broken where waves are not comparable."""
    levels = survey.levels(name)
    points = tuple(
        Point(survey.dates[wave], survey.labels[wave], each.estimate, each.conf_low, each.conf_high)
        for wave, each in levels.items()
    )
    segments = survey.segments(name)
    breaks = tuple(
        Break((survey.dates[before.waves[-1]] + survey.dates[after.waves[0]]) / 2, after.why)
        for before, after in pairwise(segments)
    )
    return Line(survey.title(name), points, breaks)


def group_chart(survey: SurveyData, group: Group) -> Chart:
    """Small frames for many items, one frame for one."""
    names = present(survey, group.items)
    # A line needs two points; items of one wave stand in the table.
    again = [name for name in names if len(survey.asked(name)) > 1] or names
    lines = tuple(line_of(survey, name) for name in again)
    drawing: Any = TrendChart(lines) if len(lines) == 1 else SmallMultiples(lines)
    if len(lines) > 1 and all(len(line.points) == 2 and not line.breaks for line in lines):
        drawing = slopes_of(survey, group, again) or drawing
    return Chart(
        id=f"{survey.id}-{group.id}-chart",
        caption=survey.say(group.chart or group.title),
        drawing=drawing,
        lead=survey.language.fill("build.chart_lead", shown=shares_said(survey, group.items)),
        source=source_of(survey),
    )


def slopes_of(survey: SurveyData, group: Group, names: Iterable[str]) -> SlopeChart | None:
    """Lines between two waves; None where the items were not asked in the same two."""
    pairs = {tuple(survey.asked(name)) for name in names}
    if len(pairs) != 1:
        return None
    first, last = pairs.pop()
    tests = survey.changes(group)
    lines = []
    for name in names:
        levels, test = survey.levels(name), tests.get((name, (first, last)))
        clear = test is not None and test.finding in ("up", "down")
        lines.append(SlopeLine(survey.title(name), levels[first].estimate, levels[last].estimate, clear))
    return SlopeChart(survey.labels[first], survey.labels[last], tuple(lines))


def changes_chart(survey: SurveyData, group: Group) -> Chart | None:
    """The change of each item over its last run of comparable waves; None for fewer than three items."""
    tests = survey.changes(group)
    rows = []
    for name in present(survey, group.items):
        waves = survey.comparable(name)
        test = tests.get((name, (waves[0], waves[-1]))) if len(waves) > 1 else None
        if test is not None:
            label = f"{survey.title(name)}, {survey.labels[waves[0]]}–{survey.labels[waves[-1]]}"
            rows.append(ForestRow(label, test.effect, test.conf_low, test.conf_high))
    units = {row.value.unit for row in rows}
    if len(rows) < FEWEST_CHANGES or len(units) != 1:
        return None
    return Chart(
        id=f"{survey.id}-{group.id}-changes-chart",
        caption=survey.language.say("build.change_chart", group=survey.say(group.title)),
        drawing=ForestChart(tuple(rows)),
        lead=survey.language.fill("build.change_chart_lead", shown=shares_said(survey, group.items)),
        source=source_of(survey),
    )


def answers_chart(survey: SurveyData, group: Group) -> Chart | None:
    """All answers of the last wave, where the items of the group share their answers."""
    last = survey.waves.cards[-1].wave
    names = [name for name in present(survey, group.items) if last in survey.asked(name)]
    scales = {tuple((a.code, a.label["en"]) for a in survey.item(name).answers) for name in names}
    if len(scales) != 1 or not 2 <= len(next(iter(scales))) <= MOST_ANSWERS:
        return None
    answers = survey.item(names[0]).answers
    answers = answers[::-1] if group.turned else answers
    rows = []
    for name in names:
        shares = survey.topline_shares(name)
        if any((last, a.code) not in shares for a in answers):
            continue  # an answer that nobody gave in any wave has no estimate
        rows.append(LikertRow(survey.title(name), tuple(shares[last, a.code].estimate for a in answers)))
    if not rows:
        return None
    return Chart(
        id=f"{survey.id}-{group.id}-answers",
        caption=survey.language.say("build.answers", group=survey.say(group.title), wave=survey.labels[last]),
        drawing=LikertChart(tuple(survey.say(a.label) for a in answers), tuple(rows)),
        lead=survey.language.fill("build.answers_lead"),
        source=source_of(survey),
    )


def shares_said(survey: SurveyData, names: Iterable[str]) -> str:
    """What the headline shares join, each wording once."""
    said = []
    for name in present(survey, names):
        item = survey.item(name)
        said.append(survey.say(item.headline.label) if item.headline else survey.language.say("build.mean"))
    return "; ".join(dict.fromkeys(said))


def present(survey: SurveyData, names: Iterable[str]) -> list[str]:
    """Items that a wave that was read has answers to."""
    return [name for name in names if survey.has(name)]


def source_of(survey: SurveyData) -> str:
    """The survey as a source line names it."""
    about = survey.waves.series.about
    return f"{survey.say(about.title)}, {survey.period([card.wave for card in survey.waves.cards])}"


# Levels


def levels_table(survey: SurveyData, group: Group) -> Table:
    """Headline shares of all items by wave, with the change of the last wave."""
    language = survey.language
    names = present(survey, group.items)
    tests = survey.changes(group)
    shown = {(wave, name): each for name in names for wave, each in survey.levels(name).items()}
    previous, first = {}, {}
    for name in names:
        waves = survey.comparable(name)
        if len(waves) > 1 and waves[-1] == survey.waves.cards[-1].wave:
            previous[name] = tests[name, (waves[-2], waves[-1])]
            first[name] = tests[name, (waves[0], waves[-1])]
    found = Topline(
        waves=waves_of(survey, names),
        answers=[AnswerRow(name, survey.title(name)) for name in names],
        shares=shown,
        previous=previous,
        first=first,
    )
    table = topline_table(
        found,
        id=f"{survey.id}-{group.id}-levels",
        caption=survey.language.say("build.levels", group=survey.say(group.title)),
        language=survey.language,
        lead=survey.language.fill("build.chart_lead", shown=shares_said(survey, names)),
        notes=[survey.language.fill("build.levels_note")] if previous else [],
        source=source_of(survey),
        conf_level=survey.conf_level,
    )
    return table if len(found.waves) > MOST_WAVES_ACROSS else _headed(table, language.fill("column.item"))


def _headed(table: Table, head: Textual) -> Table:
    """The table with another head of its first column."""
    return replace(table, columns=(replace(table.columns[0], head=head), *table.columns[1:]))


def waves_of(survey: SurveyData, names: Iterable[str]) -> list[tuple[str, str]]:
    """Waves that asked any of the items, with their labels."""
    asked = {wave for name in names for wave in survey.asked(name)}
    return [(card.wave, survey.labels[card.wave]) for card in survey.waves.cards if card.wave in asked]
