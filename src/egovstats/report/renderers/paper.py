"""A report as PDF (PDF/UA-1): the blocks as plain data, which a Typst template sets."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from importlib import resources
from pathlib import Path
from typing import Any

from egovstats import __version__
from egovstats.errors import MissingExtraError
from egovstats.report.blocks import Block, Cell, Chart, Facts, Heading, Headlines, Notes, Paragraph, Table
from egovstats.report.charts import WIDE, vector
from egovstats.report.document import Report
from egovstats.report.renderers.heads import heads_of, notes_below
from egovstats.report.renderers.words import cell_text
from egovstats.report.values import Em, Num, Part, Ref, Text, Textual, text_of

_FIXED_DATE = dt.date(2000, 1, 1)

Runs = list[dict[str, str]]


def render_pdf(report: Report) -> bytes:
    """The document, set with the letters that come with matplotlib, so that it looks alike everywhere.

    Raises
    ------
    MissingExtraError
        typst is not installed.
    """
    try:
        import typst
    except ImportError as error:
        raise MissingExtraError("Writing a PDF", "pdf") from error
    import matplotlib

    template = resources.files("egovstats.report").joinpath("templates", "report.typ").read_bytes()
    data = paper_data(report)
    letters = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    day = report.date or _FIXED_DATE
    made: bytes = typst.compile(
        template,
        sys_inputs={"data": data},
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[letters]),
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=calendar.timegm(day.timetuple()),
    )
    return made


def paper_data(report: Report) -> str:
    """All that the pages say, as the JSON that the typesetter reads."""
    return json.dumps(_Paper(report).content(), ensure_ascii=False)


class _Paper:
    """The blocks of one report as mappings of words and numbers."""

    def __init__(self, report: Report) -> None:
        self.report, self.language, self.labels = report, report.language, report.labels()

    def content(self) -> dict[str, Any]:
        """The whole document."""
        report, say = self.report, self.language.say
        return {
            "language": self.language.tag,
            "title": report.title,
            "subtitle": report.subtitle,
            "stamp": report.stamp(),
            "stamp_words": report.stamp_words() if report.synthetic else "",
            "words": {
                "note": say("page.note"),
                "numbers": say("page.numbers"),
                "made_with": say("page.made_with", version=__version__),
            },
            "facts": self._facts(report.facts),
            "sections": [
                {"title": each.title, "blocks": [self._block(block) for block in report.blocks(each)]}
                for each in report.sections
            ],
        }

    def runs(self, content: Textual) -> Runs:
        """Text as words with what they are."""
        return [self._run(part) for part in text_of(content)]

    def _run(self, part: Part) -> dict[str, str]:
        if isinstance(part, Num):
            return {"text": self.language.show(part.value, part.form)}
        if isinstance(part, Em):
            return {"text": part.text, "italic": "yes"}
        if isinstance(part, Ref):
            return {"text": self.labels[part.target], "to": part.target}
        return {"text": part}

    def _block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Heading):
            return {"kind": "heading", "level": block.level - 1, "text": block.text}
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "runs": self.runs(block.text)}
        if isinstance(block, Headlines):
            return {"kind": "headlines", "sentences": [self._headline(each) for each in block.sentences]}
        if isinstance(block, Notes):
            return {
                "kind": "notes",
                "title": block.title,
                "items": [self.runs(item) for item in block.items],
            }
        if isinstance(block, Facts):
            return self._facts(block)
        return self._table(block) if isinstance(block, Table) else self._chart(block)

    def _headline(self, sentence: Any) -> dict[str, Any]:
        see: Text = ()
        if sentence.target:
            see = (" ", *self.language.fill("see", target=Ref(sentence.target)))
        return {
            "subject": sentence.subject,
            "runs": self.runs((*text_of(sentence.text), *see)),
            "clear": sentence.finding in ("up", "down"),
        }

    def _facts(self, block: Facts) -> dict[str, Any]:
        rows = [[term, self.runs(said), i in block.muted] for i, (term, said) in enumerate(block.rows)]
        return {"kind": "facts", "title": block.title, "rows": rows}

    def _numbered(self, block: Table | Chart) -> dict[str, Any]:
        source = self.language.say("page.source", sources=block.source) if block.source else ""
        return {
            "id": block.id,
            "label": self.labels[block.id],
            "caption": block.caption,
            "stamp": self.report.stamp(block),
            "lead": self.runs(block.lead),
            "notes": [self.runs(note) for note in notes_below(block, self.report)],
            "source": source,
        }

    def _table(self, table: Table) -> dict[str, Any]:
        lines = heads_of(table)
        heads = [
            {
                "runs": self.runs(head.text),
                "start": head.start,
                "line": at,
                "columns": head.columns,
                "rows": head.rows,
            }
            for at, line in enumerate(lines)
            for head in line
        ]
        rows: list[dict[str, Any]] = []
        for group in table.groups:
            if group.label:
                rows.append({"group": group.label, "kind": "body", "cells": []})
            rows += [
                {"group": "", "kind": row.kind, "cells": [self._cell(cell, row.kind) for cell in row.cells]}
                for row in group.rows
            ]
        columns = [{"width": column.width, "align": column.align} for column in table.columns]
        table_of = {"kind": "table", "columns": columns, "lines": len(lines), "heads": heads, "rows": rows}
        return {**self._numbered(table), **table_of}

    def _cell(self, cell: Cell, kind: str) -> dict[str, Any]:
        badge = ""
        content = text_of(cell.content)
        if cell.badge:
            symbol = self.language.say(f"verdict_symbol.{cell.badge}")
            badge = f"{symbol} {self.language.say(f'verdict.{cell.badge}')}"
        elif cell.absent or cell.value is not None:
            content = cell_text(cell, self.language, letters=False)
        return {
            "runs": self.runs(content),
            "badge": badge,
            "bold": cell.clear or kind == "net",
            "letters": cell.letters,
        }

    def _chart(self, chart: Chart) -> dict[str, Any]:
        drawing: Any = chart.drawing
        svg = vector(drawing, self.language, name=chart.id, width=WIDE, stamp=self.report.stamp(chart))
        return {
            **self._numbered(chart),
            "kind": "chart",
            "svg": svg,
            "alt": chart.drawing.alt(self.language),
        }
