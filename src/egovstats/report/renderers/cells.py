"""A report's tables as one CSV file: a row a cell, with the printed text and the number behind it."""

from __future__ import annotations

import csv
import io

from egovstats.report.blocks import Table
from egovstats.report.document import Report
from egovstats.report.renderers.words import cell_words
from egovstats.report.values import Value
from egovstats.spreadsheets import MARK, harmless_cell

COLUMNS = (
    "table",
    "label",
    "caption",
    "group",
    "row",
    "row_kind",
    "column_group",
    "column",
    "text",
    "value",
    "unit",
    "status",
    "result_id",
    "synthetic",
)


def render_cells(report: Report) -> bytes:
    """Every cell of every table: what is printed, then the value in full precision, its unit and its id."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    labels = report.labels()
    for block in report.numbered():
        if isinstance(block, Table):
            writer.writerows(_rows(report, block, labels))
    return (MARK + buffer.getvalue()).encode("utf-8")


def _rows(report: Report, table: Table, labels: dict[str, str]) -> list[dict[str, object]]:
    language = report.language
    found = []
    for group in table.groups:
        for row in group.rows:
            head = language.plain(row.cells[0].content, labels=labels)
            # In tables of sentences the first cell is a number or name, and the others have their own heads.
            for column, cell in zip(table.columns[1:], row.cells[1:], strict=True):
                text = cell_words(cell, language, labels)
                value = cell.value
                if not text and value is None:
                    continue
                words = {
                    "table": table.id,
                    "label": labels[table.id],
                    "caption": table.caption,
                    "group": group.label,
                    "row": head,
                    "row_kind": row.kind,
                    "column_group": column.group,
                    "column": language.plain(column.head, labels=labels),
                    "text": text,
                }
                facts = {} if value is None else _facts_of(value)
                found.append({key: harmless_cell(each) for key, each in {**words, **facts}.items()})
    return found


def _facts_of(value: Value) -> dict[str, object]:
    return {
        "value": "" if value.value is None else repr(value.value),
        "unit": value.unit,
        "status": value.status,
        "result_id": value.id,
        "synthetic": value.synthetic,
    }
