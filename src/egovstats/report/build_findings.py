"""Headline sentences: what changed, by how much, how sure that is, and where to look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from egovstats.report.blocks import Sentence
from egovstats.report.build_indicators import RULE, IndicatorData
from egovstats.report.language import Language
from egovstats.report.sentences import change_sentence, level_sentence, trend_sentence
from egovstats.report.values import Ref, Text, text_of, values_in
from egovstats.waves import in_language

if TYPE_CHECKING:
    from egovstats.report.build_survey import Pair, SurveyData
    from egovstats.report.definition import Group
    from egovstats.report.definition_sections import Finding
    from egovstats.report.shown_tests import ShownTrend


def joined(sentences: Iterable[Sentence], language: Language) -> list[Sentence]:
    """Sentences about one subject as one, which points to each table once."""
    found: list[Sentence] = []
    for each in sentences:
        last = found[-1] if found else None
        if last is None or last.subject != each.subject:
            found.append(each)
            continue
        see: Text = ()
        if last.target and last.target != each.target:
            see = (" ", *language.fill("see", target=Ref(last.target)))
        text = (*text_of(last.text), *see, " ", *text_of(each.text))
        found[-1] = replace(last, text=text, target=each.target or last.target)
    return [_marked(each, language) for each in found]


def _marked(sentence: Sentence, language: Language) -> Sentence:
    """The sentence, marked where its numbers are made up: beside it may stand real ones."""
    if not any(value.synthetic for value in values_in(sentence.text)):
        return sentence
    return replace(sentence, subject=f"{sentence.subject} [{language.say('stamp.word')}]")


def item_sentences(survey: SurveyData, group: Group, finding: Finding) -> Iterator[Sentence]:
    """What is to be said of one item, in the order that the definition names it."""
    assert finding.item is not None
    name = finding.item
    for what, pair in compared(survey, finding):
        if what == "level":
            yield _level(survey, group, name)
        elif what == "trend":
            yield from _trend(survey, group, name)
        else:
            sentence = _change(survey, group, name, pair)
            # Steps stand apart, under a subject of their own.
            stepwise = survey.language.say("build.by_step", title=survey.title(name))
            yield replace(sentence, subject=stepwise) if what == "steps" else sentence


def compared(survey: SurveyData, finding: Finding) -> Iterator[tuple[str, Pair]]:
    """What a finding rests on, in the order that the definition names it.

    Yields
    ------
    tuple of (str, Pair)
        ``"ends"``, ``"latest"`` or ``"steps"`` with the two waves, each pair once; ``"trend"`` with its first
        and last wave; ``"level"`` with the last wave, twice, where no other can be compared.
    """
    assert finding.item is not None
    if not survey.has(finding.item):
        return
    waves = survey.comparable(finding.item)
    if len(waves) < 2:
        last = survey.asked(finding.item)[-1]
        yield "level", (last, last)
        return
    pairs: dict[str, list[Pair]] = {
        "ends": [(waves[0], waves[-1])],
        "latest": [(waves[-2], waves[-1])],
        "steps": list(pairwise(waves)),
    }
    said: set[Pair] = set()
    for what in finding.say:
        if what == "trend":
            yield what, (waves[0], waves[-1])
            continue
        for pair in pairs[what]:
            if pair not in said:
                said.add(pair)
                yield what, pair


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
    if found is None:
        return
    said = trend_sentence(
        found.slope,
        period=survey.period(found.waves),
        subject=survey.subject(name),
        language=survey.language,
        target=f"{survey.id}-{group.id}-trends",
    )
    yield replace(said, text=(*text_of(said.text), *_cautions(survey, found)))


def _cautions(survey: SurveyData, found: ShownTrend) -> Text:
    """Whether a straight line describes the waves, and what the wave as the unit leaves of the trend."""
    language, limit = survey.language, 1 - survey.conf_level
    said: Text = ()
    if found.departure is not None and found.departure.p.visible:
        key = "departs" if float(found.departure.p.value or 0) < limit else "straight"
        said = (*said, " ", *language.fill(f"build.{key}", p=found.departure.p))
    if found.by_wave is not None and found.by_wave.effect.visible:
        clear = found.by_wave.excludes_zero
        fields = {"low": found.by_wave.conf_low, "high": found.by_wave.conf_high, "p": found.by_wave.p}
        level = language.percent(survey.conf_level)
        key = "by_wave_clear" if clear else "by_wave_unclear"
        said = (*said, " ", *language.fill(f"build.{key}", level=level, **fields))
    return said


def _level(survey: SurveyData, group: Group, name: str) -> Sentence:
    wave, shown = list(survey.levels(name).items())[-1]
    return level_sentence(
        shown,
        label=survey.labels[wave],
        subject=survey.subject(name),
        language=survey.language,
        target=f"{survey.id}-{group.id}-levels",
    )


# Indicators


def indicator_sentences(found: IndicatorData, *, target: str, say: Iterable[str]) -> Iterator[Sentence]:
    """Changes over the periods that the definition names, and the trend over all years."""
    language = found.language
    why = found.about.why_untested
    for period, test in found.changes.items():
        first, last = (found.row(year) for year in period)
        yield change_sentence(
            test,
            first.value,
            last.value,
            labels=(str(first.year), str(last.year)),
            subject=found.title,
            language=language,
            rule=RULE,
            target=target,
            reason=in_language(why, language.code) if why else "",
        )
    if "trend" in say:
        years = f"{found.rows[0].year}–{found.rows[-1].year}"
        yield trend_sentence(found.trend, period=years, subject=found.title, language=language, target=target)
