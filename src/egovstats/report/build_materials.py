"""What a report is built from: its definition, and surveys, indicators and claims, each read when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from egovstats.report import definition_sections as spec
from egovstats.report.blocks import Paragraph
from egovstats.report.build_indicators import IndicatorData
from egovstats.report.build_survey import SurveyData
from egovstats.report.definition import Definition
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.opened import Opened
from egovstats.report.phrases import Phrases, library_phrases, study_phrases

if TYPE_CHECKING:
    from egovstats.checks import Ledger
    from egovstats.indicators import IndicatorTable
    from egovstats.waves import SurveySeries, Waves


@dataclass
class Materials:
    """One report under way.

    Parameters
    ----------
    opened : Opened
    language : Language
    series : mapping of SurveySeries
        By the survey's id.
    waves : mapping of Waves
        The same, of surveys whose files were there.
    tell : callable
        Is told what is being done.
    """

    opened: Opened
    language: Language
    series: Mapping[str, SurveySeries]
    waves: Mapping[str, Waves]
    tell: Callable[[str], None]

    @property
    def definition(self) -> Definition:
        """What ``report.yaml`` says."""
        return self.opened.definition

    @cached_property
    def rule(self) -> Disclosure:
        """Rule for small bases."""
        given = self.definition.disclosure
        return Disclosure(given.suppress_below, given.flag_below, given.cell_below, given.exceptions)

    @cached_property
    def phrases(self) -> dict[str, Phrases]:
        """Translations of each series' English facts."""
        ours = library_phrases()
        return {name: study_phrases(each.folder) + ours for name, each in self.series.items()}

    @cached_property
    def surveys(self) -> dict[str, SurveyData]:
        """Surveys whose files were there."""
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
        """All published values of the study."""
        from egovstats.indicators import read_indicators, shipped_indicators

        study = self.opened.study(self.definition.study or "")
        if isinstance(study, str):
            return shipped_indicators(study)
        return read_indicators("egovstats", study / "indicators.csv")

    @cached_property
    def indicators(self) -> dict[str, IndicatorData]:
        """Indicators by their ids."""
        return {
            each.id: IndicatorData(
                each, self.table, language=self.language, conf_level=self.definition.conf_level
            )
            for each in self.definition.indicators
        }

    @cached_property
    def claims(self) -> Ledger | None:
        """Claims with their verdicts, where a section shows them."""
        from egovstats.checks import check_claims

        if not any(isinstance(each, spec.Claims | spec.Figures) for each in self.definition.sections):
            return None
        self.tell("testing the claims")
        waves = {each.series.name: each for each in self.waves.values()}
        return check_claims(self.opened.study(self.definition.study or ""), waves=waves)

    def prose(self, key: str) -> Iterator[Paragraph]:
        """Paragraphs of the report's own prose, in English where the language has none."""
        texts = self.opened.texts
        for text in texts[self.language.code].get(key) or texts["en"][key]:
            yield Paragraph(self.language.compose(text))
