"""The Word document: styles, heads, captions, alternative texts, order of properties, fixed dates."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from egovstats.report.renderers.word_order import _ORDER

docx = pytest.importorskip("docx")


@pytest.fixture(scope="module")
def document(english: Path) -> Any:
    return docx.Document(str(english / "report.docx"))


def xml(folder: Path, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(folder / "report.docx") as archive:
        return archive.read(name).decode("utf-8")


def test_headings_are_styles(document: Any) -> None:
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") == 7
    assert styles.count("Heading 2") == 2
    assert styles.count("Headline") == 5


def test_captions_are_numbered_by_fields(document: Any, mongolian: Path) -> None:
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert captions[:3] == [
        "Table 1. Trust in the president",
        "Table 2. Trust in parliament",
        "Figure 1. Trust in the president",
    ]
    assert len(captions) == 12
    assert re.findall(r"SEQ \w+", xml(mongolian))[0] == "SEQ Хүснэгт"
    assert xml(mongolian).count("SEQ Зураг") == 7


def test_table_heads_repeat_and_numbers_stand_right(document: Any) -> None:
    topline = next(table for table in document.tables if table.cell(0, 1).text == "%")
    heads = [row._tr.xpath("./w:trPr/w:tblHeader") for row in topline.rows]
    assert [bool(head) for head in heads][:3] == [True, True, False]
    cell = topline.cell(2, 1)
    assert cell.text == "25.1"
    assert cell.paragraphs[0].style.name == "Table Number"
    assert [topline.cell(i, 0).text for i in (0, 1)] == ["Answer", "Answer"]  # joined over both lines


def test_every_table_and_picture_has_an_alternative_text(document: Any) -> None:
    tables = document.element.xpath("//w:tbl")
    assert len(tables) == len(document.element.xpath("//w:tbl/w:tblPr/w:tblCaption"))
    pictures = document.element.xpath("//wp:docPr")
    assert len(pictures) == 7
    assert all(picture.get("descr") and picture.get("title") for picture in pictures)
    assert "2013 51.1% (47.5 to 54.7)" in pictures[0].get("descr")


def test_pictures_fill_the_width_of_the_text(document: Any) -> None:
    section = document.sections[0]
    width = section.page_width - section.left_margin - section.right_margin
    assert all(abs(shape.width - width) < 20_000 for shape in document.inline_shapes)


def test_language_and_properties(english: Path, mongolian: Path, document: Any) -> None:
    assert '<w:lang w:val="mn-MN"' in xml(mongolian, "word/styles.xml")
    assert '<w:lang w:val="en-GB"' in xml(english, "word/styles.xml")
    core = document.core_properties
    assert core.title == "Trust in institutions and the experience of red tape, 2013–2022"
    assert (core.author, core.language) == ("egovstats", "en-GB")
    assert core.created == core.modified == dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def test_links_lead_to_captions(document: Any) -> None:
    anchors = set(document.element.xpath("//w:hyperlink/@w:anchor"))
    marks = set(document.element.xpath("//w:bookmarkStart/@w:name"))
    assert anchors
    assert anchors <= marks
    assert all(re.fullmatch(r"[a-z]\w{0,39}", mark) for mark in marks)


def test_made_up_data_are_stamped_in_the_header_of_every_page(mongolian: Path, english: Path) -> None:
    stamp = "SYNTHETIC · ЗОХИОМОЛ ӨГӨГДӨЛ"
    document = docx.Document(str(mongolian / "report.docx"))
    assert document.sections[0].header.paragraphs[0].text.startswith(stamp)
    assert not document.sections[0].different_first_page_header_footer
    assert document.paragraphs[0].text.startswith(stamp)
    assert sum(stamp in p.text for p in document.paragraphs if p.style.name == "Caption") == 9
    plain = docx.Document(str(english / "report.docx"))
    assert "SYNTHETIC" not in plain.sections[0].header.paragraphs[0].text


def test_properties_stand_in_the_order_of_the_schema(english: Path) -> None:
    from docx.oxml.ns import qn

    document = docx.Document(str(english / "report.docx"))
    section = document.sections[0]
    roots = [document.element, document.styles.element, section.header._element, section.footer._element]
    checked = 0
    for root in roots:
        for name, words in _ORDER.items():
            rank = {qn(f"w:{word}"): i for i, word in enumerate(words.split())}
            for properties in root.iter(qn(f"w:{name}")):
                places = [rank[child.tag] for child in properties]
                assert places == sorted(places), f"{name}: {[child.tag for child in properties]}"
                checked += 1
    assert checked > 500


def test_members_have_a_fixed_date(english: Path) -> None:
    with zipfile.ZipFile(english / "report.docx") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert archive.testzip() is None


def test_small_bases_keep_their_marks(russian: Path) -> None:
    document = docx.Document(str(russian / "report.docx"))
    topline = next(table for table in document.tables if table.cell(0, 1).text == "%")
    assert [cell.text for cell in topline.rows[2].cells][:4] == ["Совсем не доверяю", "25,1", "*", "(31,1)"]
