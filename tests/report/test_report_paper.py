"""PDF: tagged for screen readers, with nothing of a survey's text read as markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from report_sample import sample_report

import egovstats.report as er

pytest.importorskip("typst")

HOSTILE = '#panic("run") ] #import "x.typ" $ 1/0 $ *bold* @missing <label> \\ // /* `raw` = heading'


def test_it_declares_itself_accessible_and_has_title_language_and_tags(
    english: Path, mongolian: Path
) -> None:
    content = (english / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content
    assert re.search(rb"/Lang ?\(en\)", content)
    assert re.search(rb"/Lang ?\(mn\)", (mongolian / "report.pdf").read_bytes())
    assert b"/MarkInfo" in content
    assert b"/StructTreeRoot" in content


def test_its_letters_come_with_the_package(mongolian: Path) -> None:
    content = (mongolian / "report.pdf").read_bytes()
    fonts = set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([\w-]+)", content))
    assert fonts
    assert all(font.startswith(b"DejaVuSans") for font in fonts), fonts


def test_text_of_a_survey_is_never_markup(tmp_path: Path) -> None:
    language = er.Language("en")
    table = er.Table(
        "t",
        HOSTILE,
        (er.Column(HOSTILE, align="start"), er.Column(HOSTILE)),
        (er.RowGroup((er.Row((er.Cell(HOSTILE), er.Cell(HOSTILE))),), HOSTILE),),
        lead=HOSTILE,
        notes=(HOSTILE,),
        source=HOSTILE,
    )
    section = er.Section("s", HOSTILE, (er.Paragraph(HOSTILE), er.Notes((HOSTILE,), HOSTILE), table))
    report = er.Report(
        "r", HOSTILE, language, (section,), subtitle=HOSTILE, facts=er.Facts(((HOSTILE, HOSTILE),))
    )
    (file,) = report.write(tmp_path, formats=["pdf"])
    assert file.stat().st_size > 1000


def test_the_date_is_the_reports_own(tmp_path: Path) -> None:
    content = sample_report("ru").write(tmp_path, formats=["pdf"])[0].read_bytes()
    assert not re.search(rb"CreationDate \(D:(?!2026|2000)", content)
