"""Toplines of a survey's items: every answer in every wave, with nets, missing answers, bases and changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from egovstats.inference import change
from egovstats.report.blocks import Block, Heading, Table
from egovstats.report.build_items import present, source_of
from egovstats.report.build_survey import NONRESPONSE, asked_column
from egovstats.report.shown import Shown
from egovstats.report.shown_tests import ShownTest, show_test
from egovstats.report.topline import AnswerRow, Topline, topline_table
from egovstats.report.values import Textual, Value

if TYPE_CHECKING:
    from egovstats.report.build_survey import SurveyData
    from egovstats.report.definition import Group


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
                yield item_topline(survey, group, name)


def item_topline(survey: SurveyData, group: Group, name: str) -> Table:
    """Every answer of an item in every wave, with nets, missing answers, bases and changes."""
    item, language = survey.item(name), survey.language
    shares = dict(survey.topline_shares(name))
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
        wave: [each for (w, _), each in survey.topline_shares(name).items() if w == wave] for wave in waves
    }
    previous, first = _changes(survey, group, name)
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
        notes=_topline_notes(survey, name, missing=bool(reasons), tested=bool(previous)),
        source=source_of(survey),
        conf_level=survey.conf_level,
    )


def _order(missing: Mapping[tuple[str, Any], Shown]) -> list[str]:
    found = {reason for _, reason in missing}
    return [reason for reason in NONRESPONSE if reason in found]


def _seen(missing: Mapping[tuple[str, Any], Shown], reason: str) -> bool:
    return any(each.estimate.value for (_, one), each in missing.items() if one == reason)


def _largest(margins: Sequence[Value]) -> Value:
    return max(margins, key=lambda each: each.value or 0)


def _lead(survey: SurveyData, name: str) -> str:
    item, language = survey.item(name), survey.language
    quoted = language.say("build.quoted", text=survey.say(item.question)) + " " if item.question else ""
    return quoted + language.say("build.base", base=survey.say(item.base))


def _topline_notes(survey: SurveyData, name: str, *, missing: bool, tested: bool) -> list[Textual]:
    item, language = survey.item(name), survey.language
    notes: list[Textual] = [survey.say(item.note)] if item.note else []
    if missing:
        notes.append(language.fill("build.missing_note"))
    if tested:
        notes.append(language.fill("build.arrows_note"))
    segments = survey.segments(name)
    for before, after in pairwise(segments):
        labels = {"first": survey.labels[before.waves[-1]], "second": survey.labels[after.waves[0]]}
        notes.append(language.fill("build.not_comparable", **labels, why=after.why))
    return notes


def _changes(
    survey: SurveyData, group: Group, name: str
) -> tuple[dict[Any, ShownTest], dict[Any, ShownTest]]:
    """Change of the last wave against the one before and the first, of answers and of the net."""
    waves = survey.comparable(name)
    if len(waves) < 2:
        return {}, {}
    answers = survey.answers[name]
    pairs = [(waves[-2], waves[-1]), (waves[0], waves[-1])]
    previous, first = (_tested(survey, name, answers.select(answers.n > 0), pair) for pair in pairs)
    # The net is the headline share, whose change is tested in the family of its group.
    for found, pair in ((previous, pairs[0]), (first, pairs[1])):
        found["headline"] = survey.changes(group)[name, pair]
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


def missing_shares(survey: SurveyData, name: str) -> dict[tuple[str, Any], Shown]:
    """Shares of reasons for no answer, by wave and reason, of all who were asked."""
    estimates = survey.reasons[asked_column(name)]
    shown = survey.show(estimates.select(estimates.n > 0), "asked")
    return {
        (str(each.keys["wave"]), NONRESPONSE[int(each.keys["answer"]) - 1]): each
        for each in shown
        if each.keys["answer"] != 0
    }
