"""The wave files of a survey: which were read, which are missing, and how to bring them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from egovstats.report.blocks import Block, Cell, Column, Notes, Paragraph, Row, RowGroup, Table
from egovstats.report.language import Language
from egovstats.report.phrases import Phrases

if TYPE_CHECKING:
    from egovstats.report.build_survey import SurveyData
    from egovstats.waves import Card, SurveySeries


def files_blocks(
    series: SurveySeries, survey: SurveyData | None, *, id: str, language: Language, phrases: Phrases
) -> Iterator[Block]:
    """Which wave files were read, which are missing, and how to bring them."""
    read = {} if survey is None else {source.wave: source.file for source in survey.waves.sources}
    count = len(series.waves)
    if not read:
        title = phrases.pick(series.about.title, language)
        yield Paragraph(
            language.fill("files.none", title=title, total=language.say("unit.waves", count=count))
        )
    elif len(read) < count:
        yield Paragraph(
            language.fill("files.some", read=str(len(read)), total=language.say("unit.waves", count=count))
        )
    else:
        yield Paragraph(language.fill("files.all", total=language.say("unit.waves", count=count)))
    if len(read) < count:
        yield Paragraph(language.fill("files.bring", folder=series.name))
    yield files_table(series, read, id=id, language=language)
    if not read:
        notes = tuple(phrases.pick(note, language) for note in series.about.notes)
        yield Notes(notes)


def files_table(series: SurveySeries, read: Mapping[str, str], *, id: str, language: Language) -> Table:
    """Every wave with the names that its file may have, and whether it was there."""
    heads = (
        ("column.wave", 0.9),
        ("title.field", 2.0),
        ("files.published_n", 1.1),
        ("files.expected", 2.2),
        ("files.found", 2.2),
    )
    rows = []
    for card in series.waves:
        file = read.get(card.wave)
        said = file if file is not None else language.say("files.missing")
        published = "" if card.n is None else language.number(card.n, decimals=0)
        names = language.say("files.or").join(card.file.names)
        contents = (card.wave, field_period(card, language), published, names, said)
        rows.append(Row(tuple(Cell(each) for each in contents)))
    return Table(
        id=f"{id}-files",
        caption=language.say("files.caption"),
        columns=tuple(Column(language.fill(key), align="start", width=width) for key, width in heads),
        groups=(RowGroup(tuple(rows)),),
        wordy=True,
    )


def field_period(card: Card, language: Language) -> str:
    """Field dates in words: days where they are known, the year where they are not."""
    start, end = card.field.start, card.field.end
    if start is None or end is None:
        day = start or end
        return str(card.year) if day is None else language.date(day)
    return language.date_range(start, end)
