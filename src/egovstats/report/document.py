"""A report: title block, sections, and the rules that hold for all its formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from egovstats.errors import ReportError, nearest
from egovstats.report.blocks import Block, Chart, Facts, Headlines, Section, Table, texts_of, values_of
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Value, refs_in, values_in
from egovstats.sources import Source, merge_sources

FORMATS = ("html", "docx", "xlsx", "pdf", "latex", "md", "csv", "json")
"""What a report can be written as; json is results, manifest and claims."""


@dataclass(frozen=True, eq=False)
class Report:
    """A document in one language, ready to be written.

    Parameters
    ----------
    name : str
        Short name of the report's definition.
    title : str
    language : Language
    sections : tuple of Section
    subtitle : str
    facts : Facts
        The title block: survey, waves, field dates, places, n, version.
    disclosure : Disclosure
        Rule for small bases; checked once more before anything is written.
    sources : tuple of Source
        Files and publications read, beside those that values name.
    results : tuple of Value
        Numbers that belong to the record but are not printed.
    config : mapping
        The resolved configuration, which goes into the manifest. Paths in it lose their folders.
    seeds : mapping of str to int
        Seed of each analysis that drew random numbers.
    warnings : tuple of str
        What was done about the data, or is doubtful in it.
    date : datetime.date, optional
        Date that the files carry; a fixed one where it is not given, never today's.
    authors, version : str
        As the report is to be cited.

    Raises
    ------
    ReportError
        Two tables, charts or sections with one id; one id for two different numbers; a pointer to a table
        that is not there.
    """

    name: str
    title: str
    language: Language
    sections: tuple[Section, ...]
    subtitle: str = ""
    facts: Facts = field(default_factory=lambda: Facts(()))
    disclosure: Disclosure = field(default_factory=Disclosure)
    sources: tuple[Source, ...] = ()
    results: tuple[Value, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    seeds: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    date: dt.date | None = None
    authors: str = ""
    version: str = ""

    def __post_init__(self) -> None:
        ids = [section.id for section in self.sections] + [block.id for block in self.numbered()]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ReportError(f"the id {twice[0]!r} is given to two parts of the report. Rename one of them.")
        self.values()
        labels = self.labels()
        for target in self._pointers():
            if target not in labels:
                raise ReportError(
                    f"a sentence points to {target!r}, which is no table or chart of this report. "
                    f"{nearest(target, labels)}"
                )

    def blocks(self, section: Section) -> Iterator[Block]:
        """The blocks of a section, ledgers and method statements turned into tables and facts."""
        for block in section.blocks:
            yield block.block(self.language) if hasattr(block, "block") else block

    def numbered(self) -> list[Table | Chart]:
        """Tables and charts in order."""
        return [
            block
            for section in self.sections
            for block in self.blocks(section)
            if isinstance(block, Table | Chart)
        ]

    def labels(self) -> dict[str, str]:
        """Labels by id, such as "Table 1" and "Figure 2", in the report's language."""
        labels: dict[str, str] = {}
        tables = charts = 0
        for block in self.numbered():
            if isinstance(block, Table):
                tables += 1
                labels[block.id] = self.language.say("table.numbered", number=tables)
            else:
                charts += 1
                labels[block.id] = self.language.say("figure.numbered", number=charts)
        return labels

    def values(self) -> dict[str, Value]:
        """Every number of the report once, by id, in order of appearance."""
        found: dict[str, Value] = {}
        for value in self._all_values():
            known = found.setdefault(value.id, value)
            if known != value:
                raise ReportError(
                    f"the result {value.id!r} stands for two different numbers. Give each its own id, "
                    "or use one value in both places."
                )
        return found

    def _all_values(self) -> Iterator[Value]:
        yield from values_in(*(text for _, text in self.facts.rows))
        for section in self.sections:
            for block in self.blocks(section):
                yield from values_of(block)
        yield from self.results

    def _pointers(self) -> Iterator[str]:
        for section in self.sections:
            for block in self.blocks(section):
                if isinstance(block, Headlines):
                    yield from (sentence.target for sentence in block.sentences if sentence.target)
                yield from refs_in(*texts_of(block))

    def all_sources(self) -> tuple[Source, ...]:
        """Everything that the report rests on, each once."""
        return merge_sources(*(value.sources for value in self.values().values()), self.sources)

    @property
    def synthetic(self) -> bool:
        """Whether anything in it rests on made-up data: then every page says so."""
        return any(source.synthetic for source in self.all_sources())

    def stamp(self, block: Table | Chart | None = None) -> str:
        """The words that mark made-up data, for the report or for one table or chart; empty for real data."""
        made_up = self.synthetic if block is None else any(value.synthetic for value in values_of(block))
        return self.language.say("stamp.short") if made_up else ""

    def stamp_words(self) -> str:
        """The sentence beside the stamp: whether all of the report is made up, or only what is marked."""
        real = any(value.sources and not value.synthetic for value in self.values().values())
        return self.language.say("stamp.mixed" if real else "stamp.long")

    def write(
        self, folder: str | Path, *, formats: Sequence[str] = FORMATS, force: bool = True
    ) -> list[Path]:
        """Write the report's files, each whole or not at all.

        Parameters
        ----------
        folder : path
            It is made where it is not there.
        formats : sequence of str
            Of ``"html"`` (report.html), ``"docx"`` (report.docx), ``"xlsx"`` (report.xlsx), ``"pdf"``
            (report.pdf), ``"latex"`` (report.tex, its preamble and body, report.bib, and charts as PDF in the
            folder figures), ``"md"`` (report.md, with its charts in the folder figures), ``"csv"``
            (tables.csv, a row a cell) and ``"json"`` (results.json, manifest.json and, with a ledger,
            claims.csv).
        force : bool
            Replace files that are there already.

        Returns
        -------
        list of Path

        Raises
        ------
        ReportError
            A format that is not known.
        DisclosureError
            A number on too few respondents would be shown; nothing is written then.
        MissingExtraError
            The package for a format is not installed; nothing is written then.
        """
        from egovstats.report.renderers import write_report

        return write_report(self, folder, formats=formats, force=force)
