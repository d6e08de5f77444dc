"""The last pages of a report: notes on the numbers, and how to cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from egovstats import __version__
from egovstats.report.blocks import Block, Facts, Notes
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Em, Textual, Value

if TYPE_CHECKING:
    from egovstats.report.build_indicators import IndicatorData
    from egovstats.report.build_survey import SurveyData
    from egovstats.report.definition import Definition
    from egovstats.waves import SurveySeries


def notes_blocks(
    surveys: Sequence[SurveyData],
    *,
    language: Language,
    rule: Disclosure,
    conf_level: float,
    indicators: bool,
    claims: bool,
) -> Iterator[Block]:
    """How the numbers were made: weighting, intervals, rounding, missing answers, small bases."""
    level = language.percent(conf_level)
    notes: list[Textual] = []
    if surveys:
        notes += [language.fill("notes.weighting"), language.fill("notes.variance", level=level)]
        notes += [text for survey in surveys for text in design_effects(survey)]
        notes += [
            language.fill("notes.changes", level=level),
            language.fill("notes.missing"),
            language.fill("notes.suppression", low=rule.suppress_below, high=rule.flag_below - 1),
        ]
    if indicators:
        notes.append(language.fill("notes.indicators", level=level))
    if claims:
        notes.append(language.fill("notes.claims"))
    notes += [language.fill("notes.rounding"), language.fill("notes.unclear")]
    yield Notes(tuple(notes))


def design_effects(survey: SurveyData) -> Iterator[Textual]:
    """Smallest and largest design effect of the headline shares."""
    found = [
        shown.deff for name in survey.items for shown in survey.levels(name).values() if shown.deff.visible
    ]
    if found:
        ordered: list[Value] = sorted(found, key=lambda value: float(value.value or 0))
        middle = ordered[len(ordered) // 2]
        fields = {"low": ordered[0], "middle": middle, "high": ordered[-1]}
        about = survey.say(survey.waves.series.about.title)
        yield survey.language.fill("notes.deff", survey=about, **fields)


def cite_blocks(
    definition: Definition,
    series: Iterable[SurveySeries],
    indicators: Iterable[IndicatorData],
    *,
    language: Language,
    publication: str,
) -> Iterator[Block]:
    """Citations of the report, of every data set, of the publication checked, and of the software."""
    rows: list[tuple[str, Textual]] = []
    title = language.pick(definition.title)
    year = str(definition.date.year)
    report = language.fill(
        "cite.report_text",
        authors=definition.authors,
        year=year,
        title=(Em(title),),
        version=definition.version,
    )
    rows.append((language.say("cite.report"), report))
    data = [_data(each, language) for each in series]
    data += [
        language.fill("cite.indicator", title=title, edition=edition)
        for title, edition in dict.fromkeys((each.series.source.title, each.edition()) for each in indicators)
    ]
    rows += [(language.say("cite.data"), each) for each in data]
    if publication:
        rows.append((language.say("cite.publication"), publication))
    rows.append(
        (language.say("cite.software"), language.fill("cite.software_text", version=__version__, year=year))
    )
    yield Facts(tuple(rows))


def _data(series: SurveySeries, language: Language) -> Textual:
    about = series.about
    return f"{about.citation}" if about.citation else language.pick(about.title)
