"""Heads and notes of tables, the same for every format."""

from __future__ import annotations

from dataclasses import dataclass

from egovstats.report.blocks import Chart, Column, Table
from egovstats.report.document import Report
from egovstats.report.tables import legends_of_table
from egovstats.report.values import Text, Textual, text_of


@dataclass(frozen=True, slots=True)
class Head:
    """One cell of a table's head."""

    text: Text
    scope: str
    style: str
    columns: int = 1
    rows: int = 1
    start: int = 0


def heads_of(table: Table) -> list[list[Head]]:
    """The lines of a table's head: one, or two where columns share a head."""
    if not any(column.group for column in table.columns):
        return [[_single(column, i, 1) for i, column in enumerate(table.columns)]]
    upper: list[Head] = []
    lower: list[Head] = []
    i = 0
    while i < len(table.columns):
        column = table.columns[i]
        if not column.group:
            upper.append(_single(column, i, 2))
            i += 1
            continue
        end = i
        while end < len(table.columns) and table.columns[end].group == column.group:
            lower.append(_single(table.columns[end], end, 1))
            end += 1
        upper.append(Head(text_of(column.group), "colgroup", "span", columns=end - i, start=i))
        i = end
    return [upper, lower]


def _single(column: Column, start: int, rows: int) -> Head:
    return Head(text_of(column.head), "col", column.align, rows=rows, start=start)


def notes_below(block: Table | Chart, report: Report) -> list[Textual]:
    """The author's notes, then the legends of the marks that occur."""
    if isinstance(block, Table):
        legends = legends_of_table(block, report.language, report.disclosure)
    else:
        legends = block.drawing.legends(report.language, report.disclosure)
    return [*block.notes, *legends]
