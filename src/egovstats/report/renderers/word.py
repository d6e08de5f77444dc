"""A report as a Word document."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, ClassVar

from egovstats.errors import MissingExtraError
from egovstats.report.blocks import Chart, Facts, Heading, Headlines, Notes, Paragraph, Table, is_blank
from egovstats.report.charts import WIDE, picture
from egovstats.report.document import Report
from egovstats.report.renderers.archive import same_bytes
from egovstats.report.renderers.heads import notes_below
from egovstats.report.renderers.word_order import in_schema_order
from egovstats.report.values import Em, Num, Ref, Textual, text_of


def render_docx(report: Report) -> bytes:
    """The document: real styles, captions, repeated table heads, alternative texts, fixed dates.

    Raises
    ------
    MissingExtraError
        python-docx is not installed.
    """
    try:
        import docx  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("Writing a Word report", "docx") from error
    return _Writer(report).write()


class _Writer:
    """Puts the blocks of one report into one document, in order."""

    def __init__(self, report: Report) -> None:
        from egovstats.report.renderers.word_style import blank

        self.report = report
        self.language = report.language
        self.labels = report.labels()
        self.document = blank(report)
        self.bookmarks = {target: f"part_{i}" for i, target in enumerate(self.labels, start=1)}

    def write(self) -> bytes:
        """The finished file."""
        report = self.report
        if report.synthetic:
            self._stamp()
        self.document.add_paragraph(report.title, style="Title")
        if report.subtitle:
            self.document.add_paragraph(report.subtitle, style="Subtitle")
        self._facts(report.facts)
        for section in report.sections:
            self.document.add_paragraph(section.title, style="Heading 1")
            for block in report.blocks(section):
                self._writers[type(block)](self, block)
        for key in ("page.numbers", "page.made_with"):
            self.document.add_paragraph(self.language.say(key, version=_version()), style="Note")
        section = self.document.sections[0]
        for part in (self.document, self.document.styles, section.header, section.footer):
            in_schema_order(part._element)
        buffer = io.BytesIO()
        self.document.save(buffer)
        return same_bytes(buffer.getvalue())

    def _stamp(self) -> None:
        from egovstats.report.renderers.word_parts import element
        from egovstats.report.renderers.word_style import MADE_UP

        words = f"{self.report.stamp()}. {self.report.stamp_words()}"
        paragraph = self.document.add_paragraph(words, style="Stamp")
        paragraph._p.get_or_add_pPr().append(element("w:shd", val="clear", color="auto", fill=MADE_UP))

    def put(self, paragraph: Any, content: Textual, *, bold: bool | None = None) -> None:
        """Text into a paragraph: numbers in the report's language, pointers as links."""
        from egovstats.report.renderers.word_parts import add_link

        for part in text_of(content):
            if isinstance(part, Ref):
                add_link(paragraph, self.labels[part.target], self.bookmarks[part.target])
                continue
            if isinstance(part, Num):
                run = paragraph.add_run(self.language.show(part.value, part.form))
            else:
                run = paragraph.add_run(part.text if isinstance(part, Em) else part)
                run.italic = True if isinstance(part, Em) else None
            run.bold = bold

    def _heading(self, block: Heading) -> None:
        self.document.add_paragraph(block.text, style=f"Heading {min(block.level - 1, 3)}")

    def _paragraph(self, block: Paragraph) -> None:
        self.put(self.document.add_paragraph(), block.text)

    def _headlines(self, block: Headlines) -> None:
        for sentence in block.sentences:
            paragraph = self.document.add_paragraph(style="Headline")
            self.put(paragraph, sentence.subject + ". ", bold=True)
            self.put(paragraph, sentence.text)
            if sentence.target:
                paragraph.add_run(" ")
                self.put(paragraph, self.language.fill("see", target=Ref(sentence.target)))

    def _notes(self, block: Notes) -> None:
        if block.title:
            self.document.add_paragraph(block.title, style="Heading 2")
        for item in block.items:
            self.put(self.document.add_paragraph(style="List Bullet"), item)

    def _facts(self, block: Facts) -> None:
        if block.title:
            self.document.add_paragraph(block.title, style="Heading 2")
        if block.rows:
            from egovstats.report.renderers.word_table import write_facts

            write_facts(self, block)

    def _caption(self, block: Table | Chart) -> None:
        from egovstats.report.renderers.word_parts import add_bookmark, add_field, element
        from egovstats.report.renderers.word_style import MADE_UP

        label = self.labels[block.id]
        kind = self.language.say("table.label" if isinstance(block, Table) else "figure.label")
        number = label.split()[-1]
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.add_run(f"{kind} ")
        add_field(paragraph, f"SEQ {kind} \\* ARABIC", number)
        paragraph.add_run(f". {block.caption}")
        add_bookmark(paragraph, self.bookmarks[block.id], int(self.bookmarks[block.id].split("_")[1]))
        if self.report.stamp(block):
            paragraph.add_run("  ")
            run = paragraph.add_run(self.report.stamp(block))
            run._r.get_or_add_rPr().append(element("w:shd", val="clear", color="auto", fill=MADE_UP))
        if not is_blank(block.lead):
            self.put(self.document.add_paragraph(style="Lead"), block.lead)

    def _below(self, block: Table | Chart) -> None:
        notes = notes_below(block, self.report)
        paragraph = self.document.add_paragraph(style="Note")
        for i, note in enumerate(notes):
            self.put(paragraph, (Em(self.language.say("page.note")), " ") if i == 0 else " ")
            self.put(paragraph, note)
        if block.source:
            said = self.language.say("page.source", sources=block.source)
            paragraph.add_run(f" {said}" if notes else said)

    def _table(self, block: Table) -> None:
        from egovstats.report.renderers.word_table import write_table

        self._caption(block)
        write_table(self, block)
        self._below(block)

    def _chart(self, block: Chart) -> None:
        from docx.shared import Cm

        from egovstats.report.renderers.word_parts import describe_picture

        self._caption(block)
        drawing: Any = block.drawing
        image = picture(drawing, self.language, width=WIDE, stamp=self.report.stamp(block))
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(image), width=Cm(WIDE))
        describe_picture(run, f"{self.labels[block.id]}. {block.caption}", block.drawing.alt(self.language))
        self._below(block)

    _writers: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        Heading: _heading,
        Paragraph: _paragraph,
        Headlines: _headlines,
        Notes: _notes,
        Facts: _facts,
        Table: _table,
        Chart: _chart,
    }


def _version() -> str:
    from egovstats import __version__

    return __version__
