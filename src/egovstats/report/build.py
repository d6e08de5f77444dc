"""Building a report: the definition, the data it finds, and the sections in the definition's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egovstats import __version__
from egovstats.report import definition as spec
from egovstats.report.blocks import Block, Facts, Headlines, Paragraph, Section, Sentence
from egovstats.report.build_changes import group_blocks, item_sentences
from egovstats.report.build_claims import all_numbers, claims_sentence, figures_table, ledger_block
from egovstats.report.build_data import read_surveys
from egovstats.report.build_indicators import IndicatorData, indicator_blocks, indicator_sentence
from egovstats.report.build_items import topline_blocks
from egovstats.report.build_notes import cite_blocks, notes_blocks
from egovstats.report.build_series import (
    comparability_blocks,
    field_period,
    files_blocks,
    headed,
    method_blocks,
    sizes,
)
from egovstats.report.build_survey import SurveyData
from egovstats.report.disclosure import Disclosure
from egovstats.report.document import Report
from egovstats.report.language import Language
from egovstats.report.opened import Opened, open_definition
from egovstats.report.phrases import Phrases, library_phrases, study_phrases
from egovstats.report.values import Value
from egovstats.sources import Source, merge_sources

if TYPE_CHECKING:
    from egovstats.checks import Ledger
    from egovstats.indicators import IndicatorTable
    from egovstats.waves import SurveySeries, Waves


def build_report(
    report: str | Path = "mongolia",
    *,
    data: str | Path | None = None,
    language: str = "en",
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Build a report from its definition and the wave files at hand.

    Parameters
    ----------
    report : str or path
        A report that ships (``"mongolia"``, ``"afrobarometer-tunisia"``, ...), or a folder with a
        ``report.yaml``.
    data : path, optional
        Folder of wave files, at its top or in folders inside it. Without it, surveys that the report can
        do without are described by the files that are missing.
    language : str
        ``"en"``, ``"mn"`` or ``"ru"``.
    progress : callable, optional
        Is told, in English, what is being done.

    Returns
    -------
    Report
        The document; `Report.write` makes files of it.

    Raises
    ------
    ReportError
        There is no such report or language, the definition has faults, or files that the report cannot do
        without are missing; the message lists the names that they may have.
    WaveError
        A wave file does not fit its card and crosswalk.
    """
    tell = progress or (lambda text: None)
    words = Language(language)
    opened = open_definition(report)
    series, waves = read_surveys(opened.definition, data, tell=tell)
    return _Builder(opened, words, series, waves, tell).report()


@dataclass
class _Builder:
    """One report under way.

    Parameters
    ----------
    opened : Opened
    language : Language
    series : dict of SurveySeries
        By the survey's id.
    waves : dict of Waves
        The same, of surveys whose files were there.
    tell : callable
    """

    opened: Opened
    language: Language
    series: Mapping[str, SurveySeries]
    waves: Mapping[str, Waves]
    tell: Callable[[str], None]

    @property
    def definition(self) -> spec.Definition:
        return self.opened.definition

    @cached_property
    def rule(self) -> Disclosure:
        given = self.definition.disclosure
        return Disclosure(given.suppress_below, given.flag_below, given.exceptions)

    @cached_property
    def phrases(self) -> dict[str, Phrases]:
        ours = library_phrases()
        return {name: study_phrases(each.folder) + ours for name, each in self.series.items()}

    @cached_property
    def surveys(self) -> dict[str, SurveyData]:
        return {
            name: SurveyData(
                self.definition.survey(name),
                waves,
                language=self.language,
                rule=self.rule,
                conf_level=self.definition.conf_level,
                phrases=self.phrases[name],
            )
            for name, waves in self.waves.items()
        }

    @cached_property
    def table(self) -> IndicatorTable:
        from egovstats.indicators import shipped_indicators

        return shipped_indicators(self.definition.study or "")

    @cached_property
    def indicators(self) -> dict[str, IndicatorData]:
        return {
            each.id: IndicatorData(
                each, self.table, language=self.language, conf_level=self.definition.conf_level
            )
            for each in self.definition.indicators
        }

    @cached_property
    def claims(self) -> Ledger | None:
        from egovstats.checks import check_claims

        if not any(isinstance(each, spec.Claims | spec.Figures) for each in self.definition.sections):
            return None
        self.tell("testing the claims")
        waves = {each.series.name: each for each in self.waves.values()}
        return check_claims(self.definition.study or "", waves=waves)

    # The document

    def report(self) -> Report:
        """The document."""
        definition = self.definition
        sections = tuple(self._sections())
        return Report(
            name=definition.name,
            title=self.language.pick(definition.title),
            subtitle=self.language.pick(definition.subtitle) if definition.subtitle else "",
            language=self.language,
            sections=sections,
            facts=self._facts(),
            disclosure=self.rule,
            sources=self._sources(),
            results=tuple(self._results()),
            config=self._config(),
            warnings=self._warnings(),
            date=definition.date,
        )

    def _sections(self) -> Iterator[Section]:
        for each in self.definition.sections:
            self.tell(f"section {each.id}")
            blocks = tuple(self._section(each))
            prose = tuple(self.prose(each.text)) if each.text else ()
            if blocks or isinstance(each, spec.TextSection):
                yield Section(each.id, self.language.pick(each.title), (*prose, *blocks))

    def prose(self, key: str) -> Iterator[Paragraph]:
        """Paragraphs of the report's own prose, in English where the language has none."""
        texts = self.opened.texts
        for text in texts[self.language.code].get(key) or texts["en"][key]:
            yield Paragraph(self.language.compose(text))

    def _section(self, section: spec.AnySection) -> Iterator[Any]:
        makers: dict[type, Callable[[Any], Iterator[Any]]] = {
            spec.Findings: self._findings,
            spec.TextSection: lambda each: iter(()),
            spec.GroupSection: self._group,
            spec.Toplines: self._toplines,
            spec.Comparability: lambda each: self._of(each, comparability_blocks),
            spec.Method: lambda each: self._of(each, method_blocks),
            spec.WholeSurvey: self._whole,
            spec.Indicators: lambda each: indicator_blocks(
                [self.indicators[name] for name in each.indicators]
            ),
            spec.Claims: self._claims,
            spec.Figures: self._figures,
            spec.NotesSection: self._notes,
            spec.Cite: self._cite,
        }
        return makers[type(section)](section)

    def _of(self, section: Any, blocks: Callable[[SurveyData], Iterator[Block]]) -> Iterator[Block]:
        survey = self.surveys.get(section.survey)
        if survey is not None:
            yield from blocks(survey)

    def _findings(self, section: spec.Findings) -> Iterator[Block]:
        sentences: list[Sentence] = []
        for finding in section.findings:
            if finding.claims and self.claims is not None:
                subject = self.language.say("build.claims_subject")
                sentences.append(claims_sentence(self.claims, self.language, subject=subject))
            elif finding.indicator is not None:
                sentences.append(self._indicator_sentence(finding.indicator))
            elif finding.item is not None:
                sentences += self._item_sentences(finding)
        if sentences:
            yield Headlines(tuple(sentences))

    def _indicator_sentence(self, name: str) -> Sentence:
        table = next(
            f"{section.indicators[0]}-changes"
            for section in self.definition.sections
            if isinstance(section, spec.Indicators) and name in section.indicators
        )
        return indicator_sentence(self.indicators[name], target=table)

    def _item_sentences(self, finding: spec.Finding) -> Iterator[Sentence]:
        for name, survey in self.surveys.items():
            if finding.survey not in (None, name):
                continue
            for group in survey.survey.groups:
                if finding.item in group.items:
                    yield from item_sentences(survey, group, finding)
                    break

    def _group(self, section: spec.GroupSection) -> Iterator[Block]:
        survey = self.surveys.get(section.survey)
        if survey is not None:
            group = survey.survey.group(section.group)
            if group.text:
                yield from self.prose(group.text)
            yield from group_blocks(survey, group)

    def _toplines(self, section: spec.Toplines) -> Iterator[Block]:
        survey = self.surveys.get(section.survey)
        if survey is not None:
            groups = [
                each for each in survey.survey.groups if not section.groups or each.id in section.groups
            ]
            yield from topline_blocks(survey, groups, titled=len(groups) > 1)

    def _whole(self, section: spec.WholeSurvey) -> Iterator[Block]:
        name, language = section.survey, self.language
        survey = self.surveys.get(name)
        yield from files_blocks(
            self.series[name], survey, id=name, language=language, phrases=self.phrases[name]
        )
        if survey is None:
            return
        for group in survey.survey.groups:
            yield from headed(survey.say(group.title), group_blocks(survey, group))
        toplines = topline_blocks(survey, survey.survey.groups, titled=False)
        yield from headed(language.say("build.toplines"), toplines)
        yield from headed(language.say("compare.title"), comparability_blocks(survey))
        yield from headed(language.say("method.title"), method_blocks(survey))

    def _claims(self, section: spec.Claims) -> Iterator[Any]:
        assert self.claims is not None
        yield ledger_block(self.claims, self.language)

    def _figures(self, section: spec.Figures) -> Iterator[Block]:
        assert self.claims is not None
        topics = {name: self.language.pick(words) for name, words in section.topics.items()}
        yield figures_table(self.claims, self.language, topics=topics)

    def _notes(self, section: spec.NotesSection) -> Iterator[Block]:
        yield from notes_blocks(
            list(self.surveys.values()),
            language=self.language,
            rule=self.rule,
            conf_level=self.definition.conf_level,
            indicators=bool(self.definition.indicators),
            claims=self.claims is not None,
        )

    def _cite(self, section: spec.Cite) -> Iterator[Block]:
        yield from cite_blocks(
            self.definition,
            self.series.values(),
            self.indicators.values(),
            language=self.language,
            publication="" if self.claims is None else self.claims.citation,
        )

    # What surrounds it

    def _facts(self) -> Facts:
        language = self.language
        rows: list[tuple[str, Any]] = []
        for survey in self.surveys.values():
            rows += self._survey_facts(survey)
        version = language.say("build.version", version=self.definition.version, software=__version__)
        return Facts((*rows, (language.say("title.version"), version)))

    def _survey_facts(self, survey: SurveyData) -> Iterator[tuple[str, Any]]:
        language, waves = self.language, survey.waves
        say = language.say
        yield say("title.survey"), survey.say(waves.series.about.title)
        yield say("title.population"), survey.say(waves.series.about.population)
        yield say("title.field"), "; ".join(field_period(card, language) for card in waves.cards)
        places = {card.areas for card in waves.cards}
        if len(places) == 1 and None not in places:
            yield (
                say("title.places"),
                ", ".join(survey.phrases.say(each, language) for each in places.pop() or ()),
            )
        yield say("title.n"), sizes(survey, precision=False)

    def _sources(self) -> tuple[Source, ...]:
        claims = () if self.claims is None else self.claims.sources
        own = Source(f"report {self.definition.name}", "computed", "report.yaml", self.opened.checksum)
        waves = [each.sources for each in self.waves.values()]
        return merge_sources(*waves, claims, (own,))

    def _results(self) -> Iterator[Value]:
        """Numbers for the record that are not printed: precision of the levels, all numbers of the claims."""
        for survey in self.surveys.values():
            for name in survey.items:
                for shown in survey.levels(name).values():
                    yield from shown.values()
        if self.claims is not None:
            yield from all_numbers(self.claims)

    def _config(self) -> dict[str, Any]:
        definition = self.definition
        return {
            "report": definition.name,
            "version": definition.version,
            "language": self.language.code,
            "conf_level": definition.conf_level,
            "surveys": {
                name: {
                    "series": each.name,
                    "waves": [card.wave for card in self.waves[name].cards] if name in self.waves else [],
                    "breaks": list(definition.survey(name).breaks),
                    "lonely_psu": definition.survey(name).lonely_psu,
                }
                for name, each in self.series.items()
            },
            "definition": {"file": "report.yaml", "sha256": self.opened.checksum},
        }

    def _warnings(self) -> tuple[str, ...]:
        said: list[str] = []
        for waves in self.waves.values():
            said += [f"{waves.series.name}, {note}" for note in waves.notes]
            said += [f"{waves.series.name}, {each.wave}: {each.reason}" for each in waves.skipped]
        return tuple(said)
