"""Building a report: the definition, the data it finds, and the sections in the definition's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from egovstats.report.blocks import Section
from egovstats.report.build_data import read_surveys
from egovstats.report.build_materials import Materials
from egovstats.report.build_record import config_of, facts_of, results_of, sources_of, warnings_of
from egovstats.report.build_sections import section_blocks
from egovstats.report.definition_sections import TextSection
from egovstats.report.document import Report
from egovstats.report.language import Language
from egovstats.report.opened import open_definition


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
    series, waves = read_surveys(opened, data, tell=tell)
    of = Materials(opened, words, series, waves, tell)
    definition = opened.definition
    return Report(
        name=definition.name,
        title=words.pick(definition.title),
        subtitle=words.pick(definition.subtitle) if definition.subtitle else "",
        language=words,
        sections=tuple(_sections(of)),
        facts=facts_of(of),
        disclosure=of.rule,
        sources=sources_of(of),
        results=tuple(results_of(of)),
        config=config_of(of),
        warnings=warnings_of(of),
        date=definition.date,
        authors=definition.authors,
        version=definition.version,
    )


def _sections(of: Materials) -> Iterator[Section]:
    """The sections that have anything to show, each with its prose first."""
    for each in of.definition.sections:
        of.tell(f"section {each.id}")
        blocks = tuple(section_blocks(of, each))
        prose = tuple(of.prose(each.text)) if each.text else ()
        if blocks or isinstance(each, TextSection):
            yield Section(each.id, of.language.pick(each.title), (*prose, *blocks))
