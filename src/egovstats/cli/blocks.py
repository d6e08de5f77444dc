"""Blocks of a report as lines for a terminal, so that both say the same in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from egovstats.cli.output import wrapped
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.report import Language, Notes, Sentence, Table


def table_text(table: Table, language: Language, *, width: int | None = None) -> str:
    """A table with its caption, its lead, its notes and the legends of its marks.

    With a `width` the table is made to fit into it; without, it is as wide as it is.
    """
    from egovstats.report import Disclosure
    from egovstats.report.renderers.words import cell_words
    from egovstats.report.tables import legends_of_table

    lines = [wrapped(line, width=width) for line in (table.caption, *language.plain(table.lead).splitlines())]
    notes = [language.plain(note) for note in table.notes]
    notes += legends_of_table(table, language, Disclosure())
    header = [language.plain(column.head) for column in table.columns]
    rows = []
    for group in table.groups:
        if group.label:
            rows.append([group.label, *("" for _ in table.columns[1:])])
        rows += [[cell_words(cell, language, {}) for cell in row.cells] for row in group.rows]
    words = next((at for at, column in enumerate(table.columns) if column.align == "end"), len(table.columns))
    heads = [column.group for column in table.columns]
    grid = lined_up(header, rows, words=words, groups=heads, width=width)
    blocks = ["\n".join(filter(None, lines)), grid, "\n".join(wrapped(note, width=width) for note in notes)]
    return "\n\n".join(filter(None, blocks))


def notes_text(notes: Notes, language: Language, *, width: int | None = None) -> str:
    """Notes under their title."""
    items = [wrapped(f"- {language.plain(item)}", after="  ", width=width) for item in notes.items]
    return "\n".join([*filter(None, [notes.title]), *items])


def sentences_text(sentences: Sequence[Sentence], language: Language) -> list[str]:
    """Findings, one text each."""
    return [f"{each.subject}: {language.plain(each.text)}" for each in sentences]
