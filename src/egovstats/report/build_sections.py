"""The blocks of each kind of section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from egovstats.report import definition_sections as spec
from egovstats.report.blocks import Block, Headlines, Sentence
from egovstats.report.build_changes import group_blocks
from egovstats.report.build_claims import claims_sentence, figures_table, ledger_block
from egovstats.report.build_crosstabs import crosstab_blocks
from egovstats.report.build_files import files_blocks
from egovstats.report.build_findings import indicator_sentences, item_sentences, joined
from egovstats.report.build_indicators import indicator_blocks
from egovstats.report.build_materials import Materials
from egovstats.report.build_notes import cite_blocks, notes_blocks
from egovstats.report.build_series import comparability_blocks, headed, method_blocks
from egovstats.report.build_survey import SurveyData
from egovstats.report.build_toplines import topline_blocks
from egovstats.report.definition import Group


def section_blocks(of: Materials, section: spec.AnySection) -> Iterator[Any]:
    """The blocks of one section; none where the files that it needs were not there."""
    makers: dict[type, Callable[[Materials, Any], Iterator[Any]]] = {
        spec.Findings: _findings,
        spec.TextSection: lambda of, section: iter(()),
        spec.GroupSection: _group,
        spec.Toplines: _toplines,
        spec.Crosstabs: _crosstabs,
        spec.Comparability: lambda of, section: _read(of, section, comparability_blocks),
        spec.Method: lambda of, section: _read(of, section, method_blocks),
        spec.WholeSurvey: _whole,
        spec.Indicators: _indicators,
        spec.Claims: _claims,
        spec.Figures: _figures,
        spec.NotesSection: _notes,
        spec.Cite: _cite,
    }
    return makers[type(section)](of, section)


def _read(of: Materials, section: Any, blocks: Callable[[SurveyData], Iterator[Any]]) -> Iterator[Any]:
    """Blocks of a survey, if its files were there."""
    survey = of.surveys.get(section.survey)
    if survey is not None:
        yield from blocks(survey)


def _findings(of: Materials, section: spec.Findings) -> Iterator[Block]:
    sentences: list[Sentence] = []
    for finding in section.findings:
        if finding.claims and of.claims is not None:
            subject = of.language.say("build.claims_subject")
            sentences.append(claims_sentence(of.claims, of.language, subject=subject))
        elif finding.indicator is not None:
            sentences += _about_indicator(of, finding.indicator, finding.say)
        elif finding.item is not None:
            sentences += _about_item(of, finding)
    if sentences:
        yield Headlines(tuple(joined(sentences, of.language)))


def _about_indicator(of: Materials, name: str, say: tuple[str, ...]) -> Iterator[Sentence]:
    target = next(
        f"{section.indicators[0]}-changes"
        for section in of.definition.sections
        if isinstance(section, spec.Indicators) and name in section.indicators
    )
    yield from indicator_sentences(of.indicators[name], target=target, say=say)


def _about_item(of: Materials, finding: spec.Finding) -> Iterator[Sentence]:
    """What is to be said of an item, from the first group that has it."""
    for name, survey in of.surveys.items():
        groups = [group for group in survey.survey.groups if finding.item in group.items]
        if groups and finding.survey in (None, name):
            yield from item_sentences(survey, groups[0], finding)


def _group(of: Materials, section: spec.GroupSection) -> Iterator[Block]:
    survey = of.surveys.get(section.survey)
    if survey is not None:
        group = survey.survey.group(section.group)
        if group.text:
            yield from of.prose(group.text)
        yield from group_blocks(survey, group)


def _crosstabs(of: Materials, section: spec.Crosstabs) -> Iterator[Block]:
    survey = of.surveys.get(section.survey)
    if survey is not None:
        yield from crosstab_blocks(survey, _named(survey, section.groups), section.by)


def _named(survey: SurveyData, names: tuple[str, ...]) -> tuple[Group, ...]:
    """The groups of those names, in the survey's order; all without names."""
    if not names:
        return survey.survey.groups
    chosen = [survey.survey.group(name) for name in names]
    return tuple(group for group in survey.survey.groups if group in chosen)


def _toplines(of: Materials, section: spec.Toplines) -> Iterator[Block]:
    survey = of.surveys.get(section.survey)
    if survey is not None:
        groups = _named(survey, section.groups)
        yield from topline_blocks(survey, groups, titled=len(groups) > 1)


def _whole(of: Materials, section: spec.WholeSurvey) -> Iterator[Any]:
    """Which files there are; of a survey that was read, everything in one section."""
    name, language = section.survey, of.language
    survey = of.surveys.get(name)
    yield from files_blocks(of.series[name], survey, id=name, language=language, phrases=of.phrases[name])
    if survey is None:
        return
    for group in survey.survey.groups:
        yield from headed(survey.say(group.title), group_blocks(survey, group))
    toplines = topline_blocks(survey, survey.survey.groups, titled=False)
    yield from headed(language.say("build.toplines"), toplines)
    yield from headed(language.say("compare.title"), comparability_blocks(survey))
    yield from headed(language.say("method.title"), method_blocks(survey))


def _indicators(of: Materials, section: spec.Indicators) -> Iterator[Block]:
    yield from indicator_blocks([of.indicators[name] for name in section.indicators])


def _claims(of: Materials, section: spec.Claims) -> Iterator[Any]:
    assert of.claims is not None
    yield ledger_block(of.claims, of.language)


def _figures(of: Materials, section: spec.Figures) -> Iterator[Block]:
    assert of.claims is not None
    topics = {name: of.language.pick(words) for name, words in section.topics.items()}
    yield figures_table(of.claims, of.language, topics=topics)


def _notes(of: Materials, section: spec.NotesSection) -> Iterator[Block]:
    yield from notes_blocks(
        list(of.surveys.values()),
        language=of.language,
        rule=of.rule,
        conf_level=of.definition.conf_level,
        indicators=bool(of.definition.indicators),
        claims=of.claims is not None,
    )


def _cite(of: Materials, section: spec.Cite) -> Iterator[Block]:
    yield from cite_blocks(
        of.definition,
        [survey.waves.series for survey in of.surveys.values()],
        of.indicators.values(),
        language=of.language,
        publication="" if of.claims is None else of.claims.citation,
    )
