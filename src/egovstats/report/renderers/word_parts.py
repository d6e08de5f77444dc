"""Pieces of WordprocessingML that python-docx has no words for: fields, links, language, table marks."""

from __future__ import annotations

from typing import Any


def element(tag: str, **attributes: str) -> Any:
    """An element such as ``w:tblHeader``; attributes get the prefix of the tag."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    prefix = tag.split(":")[0]
    for name, value in attributes.items():
        made.set(qn(f"{prefix}:{name}"), value)
    return made


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """A field (page number, caption number) with the text it shows until it is updated."""
    for kind in ("begin", "code", "separate", "text", "end"):
        run = paragraph.add_run()
        if kind == "code":
            instruction = element("w:instrText")
            instruction.text = f" {code} "
            instruction.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run._r.append(instruction)
        elif kind == "text":
            run.text = shown
        else:
            run._r.append(element("w:fldChar", fldCharType=kind))


def add_link(paragraph: Any, text: str, bookmark: str) -> None:
    """Words that lead to a bookmark in the same document."""
    link = element("w:hyperlink", anchor=bookmark, history="1")
    run = paragraph.add_run(text)
    run.style = "Internal Link"
    link.append(run._r)
    paragraph._p.append(link)


def add_bookmark(paragraph: Any, name: str, number: int) -> None:
    """A bookmark around all of a paragraph."""
    start = element("w:bookmarkStart", id=str(number), name=name)
    end = element("w:bookmarkEnd", id=str(number))
    properties = paragraph._p.pPr
    paragraph._p.insert(0 if properties is None else 1, start)
    paragraph._p.append(end)


def dress_paragraph(paragraph: Any, style: str) -> None:
    """Give a paragraph a style that the document has, by its name.

    The attribute ``style`` looks the name up among all styles each time, which takes most of the time of a
    document with large tables.
    """
    paragraph._p.style = style.replace(" ", "")


def repeat_head(row: Any) -> None:
    """Repeat a table row at the top of every page."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader", val="true"))


def keep_whole(row: Any) -> None:
    """Do not break a row across pages."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit", val="true"))


def describe_table(table: Any, title: str, description: str) -> None:
    """Alternative text of a table."""
    from docx.oxml.ns import qn

    properties = table._tbl.tblPr
    for made in (element("w:tblCaption", val=title), element("w:tblDescription", val=description)):
        properties.append(made)
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.remove(look)
    position = list(properties).index(properties.find(qn("w:tblCaption")))
    marks = {
        "firstRow": "1",
        "firstColumn": "1",
        "lastRow": "0",
        "lastColumn": "0",
        "noHBand": "1",
        "noVBand": "1",
    }
    properties.insert(position, element("w:tblLook", val="06A0", **marks))


def describe_picture(run: Any, title: str, description: str) -> None:
    """Alternative text of the picture in a run, which stands without any distance around it."""
    from docx.oxml.ns import qn

    for inline in run._r.iter(qn("wp:inline")):
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
    for properties in run._r.iter(qn("wp:docPr")):
        properties.set("title", title)
        properties.set("descr", description)


def border(cell: Any, **edges: tuple[str, int, str]) -> None:
    """Borders of one cell: edge to kind, eighths of a point, colour."""
    from docx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = element("w:tcBorders")
        properties.append(borders)
    for edge in ("top", "left", "bottom", "right"):
        if edge in edges:
            kind, size, colour = edges[edge]
            borders.append(element(f"w:{edge}", val=kind, sz=str(size), space="0", color=colour))


def shade(cell: Any, colour: str) -> None:
    """Background of one cell."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour))


def fix_widths(table: Any, widths: list[float]) -> None:
    """Column widths in cm that do not depend on the content."""
    from docx.oxml.ns import qn
    from docx.shared import Cm

    table.autofit = False
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(int(Cm(width).twips)))
    for row in table._tbl.tr_lst:
        at = 0
        for cell in row.tc_lst:
            cell.width = Cm(sum(widths[at : at + cell.grid_span]))
            at += cell.grid_span
