"""A report as Markdown, with its charts as pictures beside it: for repositories, and for Pandoc."""

from __future__ import annotations

import re
from collections.abc import Iterator

from egovstats import __version__
from egovstats.report.blocks import (
    Block,
    Chart,
    Facts,
    Heading,
    Headlines,
    Notes,
    Paragraph,
    Row,
    Sentence,
    Table,
    is_blank,
)
from egovstats.report.charts import WIDE, vector
from egovstats.report.document import Report
from egovstats.report.renderers.heads import notes_below
from egovstats.report.renderers.words import cell_text, head_words
from egovstats.report.values import Em, Num, Part, Ref, Textual, text_of

_ALIGNED = {"start": ":---", "center": ":---:", "end": "---:"}


def render_markdown(report: Report) -> dict[str, bytes]:
    """``report.md`` and its figures, by file name."""
    writer = _Writer(report)
    text = "\n\n".join(part for part in writer.parts() if part) + "\n"
    figures = {
        f"figures/{block.id}.svg": _svg(report, block).encode("utf-8")
        for block in report.numbered()
        if isinstance(block, Chart)
    }
    return {"report.md": text.encode("utf-8"), **figures}


def _svg(report: Report, chart: Chart) -> str:
    drawing = chart.drawing
    return vector(drawing, report.language, name=chart.id, width=WIDE, stamp=report.stamp(chart)) + "\n"  # type: ignore[arg-type]


def escaped(text: str) -> str:
    r"""Words as Markdown shows them: nothing that a survey's text holds becomes markup.

    Examples
    --------
    >>> print(escaped("1. a*b <c>"))
    1\. a\*b \<c\>
    """
    text = re.sub(r"([\\`*_\[\]<>|~#&$])", r"\\\1", text)
    text = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", text)
    return re.sub(r"^([-+=])(?=\s|[-=]|$)", r"\\\1", text)


class _Writer:
    """Puts the blocks of one report into lines."""

    def __init__(self, report: Report) -> None:
        self.report, self.language, self.labels = report, report.language, report.labels()

    def parts(self) -> Iterator[str]:
        """Paragraphs, tables and lists in order."""
        report = self.report
        if report.synthetic:
            yield f"> **{escaped(report.stamp())}.** {escaped(report.stamp_words())}"
        yield f"# {escaped(report.title)}"
        yield escaped(report.subtitle)
        yield from self._facts(report.facts)
        for section in report.sections:
            yield f"## {escaped(section.title)}"
            for block in report.blocks(section):
                yield from self._block(block)
        yield "---"
        yield escaped(self.language.say("page.numbers"))
        yield escaped(self.language.say("page.made_with", version=__version__))

    def text(self, content: Textual) -> str:
        """Text with its numbers, italics and pointers."""
        return "".join(self._part(part) for part in text_of(content)).replace("\n", " ")

    def _part(self, part: Part) -> str:
        if isinstance(part, Num):
            return escaped(self.language.show(part.value, part.form))
        if isinstance(part, Em):
            return f"*{escaped(part.text)}*"
        if isinstance(part, Ref):
            return f"[{escaped(self.labels[part.target])}](#{part.target})"
        return escaped(part)

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Heading):
            yield f"{'#' * block.level} {escaped(block.text)}"
        elif isinstance(block, Paragraph):
            yield self.text(block.text)
        elif isinstance(block, Headlines):
            yield "\n".join(self._headline(sentence) for sentence in block.sentences)
        elif isinstance(block, Notes):
            yield from self._titled(block.title)
            yield "\n".join(f"- {self.text(item)}" for item in block.items)
        elif isinstance(block, Facts):
            yield from self._facts(block)
        elif isinstance(block, Table):
            yield from self._table(block)
        elif isinstance(block, Chart):
            yield from self._chart(block)

    def _headline(self, sentence: Sentence) -> str:
        see = ""
        if sentence.target:
            see = " " + self.text(self.language.fill("see", target=Ref(sentence.target)))
        return f"- **{escaped(sentence.subject)}.** {self.text(sentence.text)}{see}"

    def _titled(self, title: str) -> Iterator[str]:
        if title:
            yield f"### {escaped(title)}"

    def _facts(self, block: Facts) -> Iterator[str]:
        yield from self._titled(block.title)
        yield "\n".join(f"- **{escaped(term)}:** {self.text(said)}" for term, said in block.rows)

    def _caption(self, block: Table | Chart) -> Iterator[str]:
        stamp = self.report.stamp(block)
        made_up = f" **{escaped(stamp)}**" if stamp else ""
        # A name to jump to: Markdown has none of its own for tables.
        label, caption = escaped(self.labels[block.id]), escaped(block.caption)
        yield f'<a id="{block.id}"></a>**{label}.** {caption}{made_up}'
        if not is_blank(block.lead):
            yield self.text(block.lead)

    def _below(self, block: Table | Chart) -> Iterator[str]:
        notes = [self.text(note) for note in notes_below(block, self.report)]
        if notes:
            notes[0] = f"*{escaped(self.language.say('page.note'))}* {notes[0]}"
        yield from notes
        if block.source:
            yield escaped(self.language.say("page.source", sources=block.source))

    def _table(self, table: Table) -> Iterator[str]:
        yield from self._caption(table)
        lines = [self._line([escaped(head) for head in head_words(table, self.language, self.labels)])]
        lines.append(self._line([_ALIGNED[column.align] for column in table.columns]))
        for group in table.groups:
            if group.label:
                lines.append(self._line([f"**{escaped(group.label)}**", *("" for _ in table.columns[1:])]))
            lines += [self._row(row) for row in group.rows]
        yield "\n".join(lines)
        yield from self._below(table)

    def _row(self, row: Row) -> str:
        cells = [self.text(cell_text(cell, self.language)) for cell in row.cells]
        strong = [
            bool(cell) and (row.kind == "net" or content.clear)
            for cell, content in zip(cells, row.cells, strict=True)
        ]
        return self._line([f"**{cell}**" if bold else cell for cell, bold in zip(cells, strong, strict=True)])

    def _line(self, cells: list[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def _chart(self, chart: Chart) -> Iterator[str]:
        yield from self._caption(chart)
        yield f"![{escaped(chart.drawing.alt(self.language))}](figures/{chart.id}.svg)"
        yield from self._below(chart)
