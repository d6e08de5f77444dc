"""Tables of a Word report: three rules, repeated heads, numbers to the right."""

from __future__ import annotations

from typing import Any

from egovstats.report.blocks import Cell, Facts, Row, Table
from egovstats.report.renderers.heads import heads_of
from egovstats.report.renderers.word_parts import (
    border,
    describe_table,
    dress_paragraph,
    fix_widths,
    keep_whole,
    repeat_head,
    shade,
)
from egovstats.report.renderers.word_style import DEEP, INK, MUTED, PALE, RULE, TEXT_WIDTH

_KEPT_WHOLE = 26
_MANY_COLUMNS = 8
_BADGES = {
    "reproduced": "14532D",
    "within_rounding": "0B4F8A",
    "contradicted": "8A2C00",
    "not_testable": MUTED,
}


def write_table(writer: Any, block: Table) -> None:
    """One table with its head, groups and rows."""
    lines = heads_of(block)
    shape = writer.document.add_table(0, len(block.columns), style="Report Table")
    for line in lines:
        row = shape.add_row()
        repeat_head(row)
        keep_whole(row)
        for head in line:
            _head_cell(writer, row, head)
    _join_heads(shape, lines)
    _rule(shape.rows[0], "top", 12, INK)
    _rule(shape.rows[len(lines) - 1], "bottom", 6, INK)
    _span_rules(shape, lines)
    before = "body"
    for group in block.groups:
        if group.label:
            _group_row(shape, group.label)
        for each in group.rows:
            row = _body_row(writer, shape, block, each)
            _rule(row, "bottom", 2, RULE)
            if each.kind == "base" and before != "base":
                _rule(row, "top", 4, INK)
            before = each.kind
    _rule(shape.rows[-1], "bottom", 12, INK, last=True)
    if len(shape.rows) <= _KEPT_WHOLE and not block.wordy:
        _keep_together(shape)
    if len(block.columns) >= _MANY_COLUMNS:
        _shrink(shape)
    widths = [column.width for column in block.columns]
    fix_widths(shape, [TEXT_WIDTH * width / sum(widths) for width in widths])
    label = f"{writer.labels[block.id]}. {block.caption}"
    describe_table(shape, label, writer.language.plain(block.lead, labels=writer.labels))


def _keep_together(shape: Any) -> None:
    """Keep a short table, and the note below it, on one page."""
    for row in shape.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _shrink(shape: Any) -> None:
    """Smaller letters where many columns share the width of a page."""
    from docx.shared import Pt

    for row in shape.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(7.5)


def _head_cell(writer: Any, row: Any, head: Any) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN

    cell = row.cells[head.start]
    paragraph = cell.paragraphs[0]
    dress_paragraph(paragraph, "Table Head")
    paragraph.alignment = {"end": ALIGN.RIGHT, "span": ALIGN.CENTER, "center": ALIGN.CENTER}.get(
        head.style, ALIGN.LEFT
    )
    cell.vertical_alignment = VERTICAL.BOTTOM
    writer.put(paragraph, head.text)


def _join_heads(shape: Any, lines: list[list[Any]]) -> None:
    for i, line in enumerate(lines):
        for head in line:
            if head.columns > 1:
                shape.cell(i, head.start).merge(shape.cell(i, head.start + head.columns - 1))
            if head.rows > 1:
                shape.cell(i, head.start).merge(shape.cell(i + 1, head.start))
    for row in shape.rows[: len(lines)]:
        for cell in row.cells:
            # Joining leaves the other cell's empty paragraphs behind.
            for extra in [p for p in cell.paragraphs if not p.text][: len(cell.paragraphs) - 1]:
                extra._p.getparent().remove(extra._p)
            for paragraph in cell.paragraphs:
                dress_paragraph(paragraph, "Table Head")


def _span_rules(shape: Any, lines: list[list[Any]]) -> None:
    for head in lines[0]:
        if head.style == "span":
            border(shape.cell(0, head.start), bottom=("single", 4, RULE))


def _group_row(shape: Any, label: str) -> None:
    row = shape.add_row()
    keep_whole(row)
    cell = row.cells[0].merge(row.cells[-1])
    paragraph = cell.paragraphs[0]
    dress_paragraph(paragraph, "Table Head")
    paragraph.add_run(label)
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)


def _body_row(writer: Any, shape: Any, block: Table, each: Row) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    row = shape.add_row()
    keep_whole(row)
    for cell, column, content in zip(row.cells, block.columns, each.cells, strict=True):
        paragraph = cell.paragraphs[0]
        dress_paragraph(paragraph, "Table Number" if column.align == "end" else "Table Text")
        if column.align == "center":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _content(writer, paragraph, content, bold=True if each.kind == "net" else None)
        if each.kind in ("missing", "base"):
            _colour(paragraph, MUTED)
        if each.kind == "net":
            shade(cell, PALE)
    return row


def _content(writer: Any, paragraph: Any, cell: Cell, *, bold: bool | None) -> None:
    language = writer.language
    if cell.absent:
        paragraph.add_run(language.say("mark.undefined"))
        return
    if cell.badge:
        symbol, verdict = language.say(f"verdict_symbol.{cell.badge}"), language.say(f"verdict.{cell.badge}")
        run = paragraph.add_run(f"{symbol} {verdict}")
        run.bold = True
        _colour(paragraph, _BADGES[cell.badge])
        if cell.content:
            writer.put(paragraph, "\n")
            writer.put(paragraph, cell.content)
        return
    value = cell.value
    if value is None:
        writer.put(paragraph, cell.content, bold=bold)
        return
    shown = language.show(value, "cell")
    if value.status == "flagged":
        shown = f"({shown})"
    if cell.clear and value.value is not None:
        shown = f"{'▲' if value.value > 0 else '▼'} {shown}"
    paragraph.add_run(shown).bold = True if cell.clear else bold
    if cell.letters:
        run = paragraph.add_run(f"\N{NO-BREAK SPACE}{cell.letters}")
        run.font.superscript = True


def _colour(paragraph: Any, colour: str) -> None:
    from docx.shared import RGBColor

    for run in paragraph.runs:
        run.font.color.rgb = RGBColor.from_string(colour)


def _rule(row: Any, edge: str, size: int, colour: str, *, last: bool = False) -> None:
    """A rule along a whole row; the last one replaces the thin rule that stands there already."""
    from docx.oxml.ns import qn

    for cell in row.cells:
        if last:
            borders = cell._tc.get_or_add_tcPr().find(qn("w:tcBorders"))
            for thin in [] if borders is None else borders.findall(qn(f"w:{edge}")):
                borders.remove(thin)
        border(cell, **{edge: ("single", size, colour)})


def write_facts(writer: Any, block: Facts) -> None:
    """Terms and what is said of them, as a table of two columns whose first is its head."""
    shape = writer.document.add_table(0, 2, style="Report Table")
    for i, (term, said) in enumerate(block.rows):
        row = shape.add_row()
        keep_whole(row)
        for cell, content, bold in zip(row.cells, (term, said), (True, None), strict=True):
            paragraph = cell.paragraphs[0]
            dress_paragraph(paragraph, "Table Text")
            writer.put(paragraph, content, bold=bold)
            border(cell, top=("single", 2, RULE))
        if i in block.muted:
            for run in row.cells[1].paragraphs[0].runs:
                run.italic = True
            _colour(row.cells[1].paragraphs[0], MUTED)
    _rule(shape.rows[0], "top", 8, DEEP, last=True)
    _rule(shape.rows[-1], "bottom", 4, RULE)
    fix_widths(shape, [4.2, TEXT_WIDTH - 4.2])
    describe_table(shape, block.title or writer.report.title, "")
