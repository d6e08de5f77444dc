"""Paper, styles, language and properties of a Word report."""

from __future__ import annotations

import datetime as dt
from typing import Any

from egovstats.report.document import Report
from egovstats.report.renderers.word_parts import add_field, element

FONT = "Arial"
INK, MUTED, DEEP, RULE, PALE, MADE_UP = "1B1F24", "4B5563", "123A5C", "C9CED6", "F3F5F7", "FFE29A"
TEXT_WIDTH = 16.0
FIXED_DATE = dt.datetime(2000, 1, 1)

# name, based on, size in points, bold, colour, space before and after in points, keep with next
_STYLES: tuple[tuple[str, str, float, bool, str, float, float, bool], ...] = (
    ("Title", "", 22, True, DEEP, 0, 4, True),
    ("Subtitle", "", 12, False, MUTED, 0, 8, False),
    ("Heading 1", "", 15, True, DEEP, 20, 6, True),
    ("Heading 2", "", 12, True, INK, 14, 4, True),
    ("Heading 3", "", 10.5, True, INK, 10, 3, True),
    ("Caption", "", 10, True, INK, 12, 2, True),
    ("Lead", "Normal", 9, False, MUTED, 0, 4, True),
    ("Note", "Normal", 8, False, MUTED, 3, 2, False),
    ("Headline", "Normal", 10.5, False, INK, 0, 7, False),
    ("Table Text", "Normal", 8.5, False, INK, 1.5, 1.5, False),
    ("Table Number", "Table Text", 8.5, False, INK, 1.5, 1.5, False),
    ("Table Head", "Table Text", 8.5, True, INK, 2, 2, True),
    ("Stamp", "Normal", 9, True, INK, 0, 8, False),
    ("List Bullet", "", 10, False, INK, 0, 3, False),
)


def blank(report: Report) -> Any:
    """An empty document with the report's paper, styles, language and properties."""
    from docx import Document

    document = Document()
    _paper(document)
    _styles(document)
    _language(document, report.language.word_tag)
    _properties(document, report)
    _running_lines(document, report)
    return document


def _paper(document: Any) -> None:
    from docx.shared import Cm

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH) / 2)
    section.top_margin, section.bottom_margin = Cm(2.3), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)


def _styles(document: Any) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    styles = document.styles
    normal = styles["Normal"]
    _font(normal, 10, False, INK)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    for name, base, size, bold, colour, before, after, keep in _STYLES:
        known = name in [style.name for style in styles]
        style = styles[name] if known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if base:
            style.base_style = styles[base]
        _font(style, size, bold, colour)
        style.font.italic = False
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.keep_with_next = Pt(before), Pt(after), keep
        if "Table" in name:
            shape.line_spacing = 1.0
        style.hidden, style.quick_style = False, True
    styles["Table Number"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name in ("Title", "Subtitle"):
        _plain_title(styles[name])
    _table_style(styles.add_style("Report Table", WD_STYLE_TYPE.TABLE))
    link = styles.add_style("Internal Link", WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = RGBColor.from_string("0B4F8A")


def _table_style(style: Any) -> None:
    """Narrow cell margins, so that rules run the width of the text."""
    properties = element("w:tblPr")
    properties.append(element("w:tblInd", w="60", type="dxa"))
    margins = element("w:tblCellMar")
    for edge in ("left", "right"):
        margins.append(element(f"w:{edge}", w="60", type="dxa"))
    properties.append(margins)
    style.element.append(properties)


def _font(style: Any, size: float, bold: bool, colour: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # The template's theme fonts would win over the named one.
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), FONT)


def _plain_title(style: Any) -> None:
    """Take the template's rule and its wide letters off a title."""
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_pPr()
    rule = properties.find(qn("w:pBdr"))
    if rule is not None:
        properties.remove(rule)
    letters = style.element.get_or_add_rPr()
    for spacing in letters.findall(qn("w:spacing")):
        letters.remove(spacing)


def _language(document: Any, tag: str) -> None:
    from docx.oxml.ns import qn

    root = document.styles.element
    for properties in root.iter(qn("w:rPr")):
        for language in properties.findall(qn("w:lang")):
            properties.remove(language)
    default = root.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    default.append(element("w:lang", val=tag, eastAsia=tag, bidi="ar-SA"))
    for settings in document.settings.element.findall(qn("w:themeFontLang")):
        settings.set(qn("w:val"), tag)


def _properties(document: Any, report: Report) -> None:
    core = document.core_properties
    when = FIXED_DATE if report.date is None else dt.datetime.combine(report.date, dt.time())
    stamp = report.stamp()
    core.title = f"{stamp}: {report.title}" if stamp else report.title
    core.subject = report.subtitle
    core.author = core.last_modified_by = "egovstats"
    core.comments = core.keywords = core.category = ""
    core.language = report.language.word_tag
    core.created = core.modified = when
    core.revision = 1


def _running_lines(document: Any, report: Report) -> None:
    """Header with title, and the mark of made-up data on every page; footer with the page number."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    section = document.sections[0]
    header = section.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.LEFT
    if report.synthetic:
        run = header.add_run(f"{report.stamp()}  ")
        run.bold = True
        run._r.get_or_add_rPr().append(element("w:shd", val="clear", color="auto", fill=MADE_UP))
    header.add_run(report.title)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    words = report.language.say("page.number", page="\0", pages="\1")
    for piece in _pieces(words):
        if piece in "\0\1":
            add_field(footer, "PAGE" if piece == "\0" else "NUMPAGES", "1")
        else:
            footer.add_run(piece)
    for paragraph in (header, footer):
        for run in paragraph.runs:
            run.font.size = Pt(8)
            run.font.color.rgb = RGBColor.from_string(MUTED)


def _pieces(words: str) -> list[str]:
    pieces = [""]
    for sign in words:
        if sign in "\0\1":
            pieces += [sign, ""]
        else:
            pieces[-1] += sign
    return [piece for piece in pieces if piece]
