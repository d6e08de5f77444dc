"""What surrounds the sections: the title block, and what goes into the record of results and the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from egovstats import __version__
from egovstats.report.blocks import Facts
from egovstats.report.build_claims import all_numbers
from egovstats.report.build_files import field_period
from egovstats.report.build_materials import Materials
from egovstats.report.build_series import sizes
from egovstats.report.build_survey import SurveyData
from egovstats.report.values import Textual, Value
from egovstats.sources import Source, merge_sources


def facts_of(of: Materials) -> Facts:
    """The title block: what the report rests on, and its version."""
    language = of.language
    rows: list[tuple[str, Textual]] = []
    for survey in of.surveys.values():
        rows += _survey_facts(survey)
    if of.claims is not None:
        rows.append((language.say("cite.publication"), of.claims.citation))
    if of.indicators:
        rows.append((language.say("build.indicators"), "; ".join(_releases(of))))
    missing = [of.phrases[name].pick(each.about.title, language) for name, each in of.series.items()]
    missing = [title for title, name in zip(missing, of.series, strict=True) if name not in of.surveys]
    if missing:
        rows.append((language.say("build.without_files"), "; ".join(missing)))
    version = language.say("build.version", version=of.definition.version, software=__version__)
    return Facts((*rows, (language.say("title.version"), version)))


def _releases(of: Materials) -> list[str]:
    found = [f"{each.series.source.title} ({each.edition()})" for each in of.indicators.values()]
    return list(dict.fromkeys(found))


def _survey_facts(survey: SurveyData) -> Iterator[tuple[str, Textual]]:
    language, waves = survey.language, survey.waves
    say = language.say
    mark = f" [{say('stamp.word')}]" if waves.synthetic else ""
    yield say("title.survey"), survey.say(waves.series.about.title) + mark
    yield say("title.population"), survey.say(waves.series.about.population)
    yield say("title.field"), "; ".join(field_period(card, language) for card in waves.cards)
    places = {card.areas for card in waves.cards}
    if len(places) == 1 and None not in places:
        names = places.pop() or ()
        yield say("title.places"), ", ".join(survey.phrases.say(each, language) for each in names)
    yield say("title.n"), sizes(survey, precision=False)


def sources_of(of: Materials) -> tuple[Source, ...]:
    """All files and publications, the definition itself among them."""
    claims = () if of.claims is None else of.claims.sources
    own = Source(f"report {of.definition.name}", "computed", "report.yaml", of.opened.checksum)
    return merge_sources(*(each.sources for each in of.waves.values()), claims, (own,))


def results_of(of: Materials) -> Iterator[Value]:
    """Numbers for the record that are not printed: precision of the levels, all numbers of the claims."""
    for survey in of.surveys.values():
        for name in survey.items:
            for shown in survey.levels(name).values():
                yield from shown.values()
    for indicator in of.indicators.values():
        yield from (row.std_error for row in indicator.rows if row.std_error is not None)
    if of.claims is not None:
        yield from all_numbers(of.claims)


def config_of(of: Materials) -> dict[str, Any]:
    """The choices that the numbers depend on."""
    definition = of.definition
    surveys = {
        name: {
            "series": each.name,
            "waves": [card.wave for card in of.waves[name].cards] if name in of.waves else [],
            "breaks": list(definition.survey(name).breaks),
            "lonely_psu": definition.survey(name).lonely_psu,
        }
        for name, each in of.series.items()
    }
    return {
        "report": definition.name,
        "version": definition.version,
        "language": of.language.code,
        "conf_level": definition.conf_level,
        "surveys": surveys,
        "definition": {"file": "report.yaml", "sha256": of.opened.checksum},
    }


def warnings_of(of: Materials) -> tuple[str, ...]:
    """What was done about the data, or is doubtful in it."""
    said: list[str] = []
    for waves in of.waves.values():
        said += [f"{waves.series.name}, {note}" for note in waves.notes]
        said += [f"{waves.series.name}, {each.wave}: {each.reason}" for each in waves.skipped]
    return tuple(said)
