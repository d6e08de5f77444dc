"""Items of a survey: runs of comparable waves, trend charts, levels, toplines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from egovstats.inference import change
from egovstats.report.blocks import Block, Cell, Chart, Column, Heading, Table
from egovstats.report.charts import Break, LikertChart, LikertRow, Line, Point, SmallMultiples, TrendChart
from egovstats.report.shown import Shown, ShownTest, show_test
from egovstats.report.topline import AnswerRow, Topline, topline_table
from egovstats.report.values import Textual, Value

if TYPE_CHECKING:
    from egovstats.report.build_survey import SurveyData
    from egovstats.report.definition import Group

MOST_ANSWERS = 7
"""Answers that diverging bars can take."""


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
    table = survey.waves.comparability
    rows = table[
        (table["item"] == name)
        & (table["wave_a"] == first)
        & (table["wave_b"] == second)
        & (table["status"] == "changed")
        & table["aspect"].isin(survey.survey.breaks)
    ]
    return "; ".join(dict.fromkeys(_reason(survey, name, first, second, aspect) for aspect in rows["aspect"]))


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
    lines = tuple(line_of(survey, name) for name in present(survey, group.items))
    drawing: Any = TrendChart(lines) if len(lines) == 1 else SmallMultiples(lines)
    return Chart(
        id=f"{survey.id}-{group.id}-chart",
        caption=survey.say(group.chart or group.title),
        drawing=drawing,
        lead=survey.language.fill("build.chart_lead", shown=shares_said(survey, group.items)),
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
    rows = []
    for name in names:
        shares = topline_shares(survey, name)
        rows.append(LikertRow(survey.title(name), tuple(shares[last, a.code].estimate for a in answers)))
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
        notes=[survey.language.fill("build.levels_note")],
        source=source_of(survey),
        conf_level=survey.conf_level,
    )
    return _headed(table, survey.language.fill("column.item"))


def _headed(table: Table, head: Textual) -> Table:
    """The table with another head of its first column, where that stands over answers."""
    first = table.columns[0]
    if first.group or (len(table.columns) > 0 and table.columns[1].group == ""):
        return table
    return replace(table, columns=(Column(head, first.group, first.align, first.width), *table.columns[1:]))


def waves_of(survey: SurveyData, names: Iterable[str]) -> list[tuple[str, str]]:
    """Waves that asked any of the items, with their labels."""
    asked = {wave for name in names for wave in survey.asked(name)}
    return [(card.wave, survey.labels[card.wave]) for card in survey.waves.cards if card.wave in asked]


# Toplines


def topline_shares(survey: SurveyData, name: str) -> dict[tuple[str, Any], Shown]:
    """Shares of all answers by wave and code, those on too few respondents withheld."""
    estimates = survey.answers[name]
    shown = survey.show(estimates.select(estimates.n > 0), "topline")
    return {(str(each.keys["wave"]), each.keys["answer"]): each for each in shown}


def topline_blocks(survey: SurveyData, groups: Sequence[Group], *, titled: bool) -> Iterator[Block]:
    """Toplines of the items of some groups, under the groups' titles."""
    done: set[str] = set()
    for group in groups:
        names = [name for name in present(survey, group.items) if name not in done]
        if titled and names:
            yield Heading(survey.say(group.title))
        for name in names:
            done.add(name)
            if survey.item(name).answers:
                yield item_topline(survey, name)


def item_topline(survey: SurveyData, name: str) -> Table:
    """Every answer of an item in every wave, with nets, missing answers, bases and changes."""
    from egovstats.report.build_survey import missing_shares

    item, language = survey.item(name), survey.language
    shares: dict[tuple[str, Any], Shown] = topline_shares(survey, name)
    rows = [AnswerRow(answer.code, survey.say(answer.label)) for answer in item.answers]
    if item.headline is not None and len(item.headline.codes) > 1:
        rows.append(AnswerRow("headline", survey.say(item.headline.label), "net"))
        shares |= {(wave, "headline"): each for wave, each in survey.levels(name).items()}
    missing = missing_shares(survey, name)
    reasons = [reason for reason in _order(missing) if _seen(missing, reason)]
    rows += [AnswerRow(reason, language.say(f"missing.{reason}"), "missing") for reason in reasons]
    shares |= {key: each for key, each in missing.items() if key[1] in reasons}
    waves = survey.asked(name)
    by_wave = {
        wave: [each for (w, _), each in topline_shares(survey, name).items() if w == wave] for wave in waves
    }
    previous, first = _changes(survey, name, rows)
    table = Topline(
        waves=[(wave, survey.labels[wave]) for wave in waves],
        answers=rows,
        shares=shares,
        previous=previous,
        first=first,
        n={wave: each[0].n for wave, each in by_wave.items()},
        margin={wave: _largest([one.margin for one in each]) for wave, each in by_wave.items()},
    )
    return topline_table(
        table,
        id=f"{survey.id}-{name.replace('_', '-')}",
        caption=survey.title(name),
        language=language,
        lead=_lead(survey, name),
        notes=_topline_notes(survey, name, bool(reasons)),
        source=source_of(survey),
        conf_level=survey.conf_level,
    )


def _order(missing: Mapping[tuple[str, Any], Shown]) -> list[str]:
    from egovstats.report.build_survey import NONRESPONSE

    found = {reason for _, reason in missing}
    return [reason for reason in NONRESPONSE if reason in found]


def _seen(missing: Mapping[tuple[str, Any], Shown], reason: str) -> bool:
    return any(each.estimate.value for (_, one), each in missing.items() if one == reason)


def _largest(margins: Sequence[Value]) -> Value:
    return max(margins, key=lambda each: each.value or 0)


def _lead(survey: SurveyData, name: str) -> str:
    item, language = survey.item(name), survey.language
    question = f"“{survey.say(item.question)}” " if item.question else ""
    return question + language.say("build.base", base=survey.say(item.base))


def _topline_notes(survey: SurveyData, name: str, missing: bool) -> list[Textual]:
    item, language = survey.item(name), survey.language
    notes: list[Textual] = [survey.say(item.note)] if item.note else []
    if missing:
        notes.append(language.fill("build.missing_note"))
    segments = survey.segments(name)
    for before, after in pairwise(segments):
        labels = {"first": survey.labels[before.waves[-1]], "second": survey.labels[after.waves[0]]}
        notes.append(language.fill("build.not_comparable", **labels, why=after.why))
    return notes


def _changes(
    survey: SurveyData, name: str, rows: Sequence[AnswerRow]
) -> tuple[dict[Any, ShownTest], dict[Any, ShownTest]]:
    """Change of the last wave against the one before and the first, of answers and of the net."""
    waves = survey.comparable(name)
    if len(waves) < 2:
        return {}, {}
    answers = survey.answers[name]
    pairs = [(waves[-2], waves[-1]), (waves[0], waves[-1])]
    previous, first = (_tested(survey, name, answers.select(answers.n > 0), pair) for pair in pairs)
    if any(row.code == "headline" for row in rows):
        for found, pair in ((previous, pairs[0]), (first, pairs[1])):
            found |= _tested(survey, name, survey.level_estimates(name), pair)
    # With two comparable waves both columns would say the same.
    return previous, (first if len(waves) > 2 else {})


def _tested(survey: SurveyData, name: str, estimates: Any, pair: tuple[str, str]) -> dict[Any, ShownTest]:
    tests = change(estimates, pairs=[pair], adjust="none", conf_level=survey.conf_level)
    found = {}
    for test in tests:
        code = test.keys["answer"]
        prefix = f"{survey.id}.step.{name}.{pair[0]}_{pair[1]}.{code}"
        bases = [survey.levels(name)[wave].estimate for wave in pair]
        found[code] = show_test(test, prefix=prefix, rule=survey.rule, bases=bases)
    return found


def cells_of(*contents: Textual) -> tuple[Cell, ...]:
    """Contents as cells."""
    return tuple(Cell(content) for content in contents)
