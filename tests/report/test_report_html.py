"""The page: one file, semantic, nothing loaded, text escaped."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import egovstats.report as er


class Page(HTMLParser):
    """Tags with their attributes, in order, and the text."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(english: Path) -> Page:
    return Page(english / "report.html")


def test_language_title_and_landmarks(page: Page, mongolian: Path) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("footer")) == 1
    assert page.all("nav")[0]["aria-labelledby"] == "contents"
    assert Page(mongolian / "report.html").all("html") == [{"lang": "mn"}]


def test_skip_link_leads_to_the_report(page: Page) -> None:
    assert page.all("a")[0] == {"class": "skip", "href": "#report"}
    assert page.all("main")[0]["id"] == "report"


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    counts = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    assert [name for name, count in counts.items() if count > 1] == []
    targets = [attributes["href"][1:] for attributes in page.all("a")]
    targets += [attributes["xlink:href"][1:] for attributes in page.all("use")]
    assert set(targets) <= set(counts)
    named = [name for _, a in page.tags for name in a.get("aria-labelledby", "").split()]
    assert set(named) <= set(counts)


def test_nothing_is_loaded_from_elsewhere(english: Path) -> None:
    text = (english / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|iframe|img|object)\b", text)
    assert not re.search(r"@import|url\((?!#)", text)
    outside = set(re.findall(r"https?://[^\s\"'<]+", text))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_tables_have_captions_and_scopes(page: Page) -> None:
    tables = len(page.all("table"))
    assert tables == len(page.all("caption")) == 5
    heads = page.all("th")
    assert len(heads) > 50
    assert {head.get("scope") for head in heads} == {"col", "colgroup", "row", "rowgroup"}


def test_charts_are_images_with_title_and_description(page: Page) -> None:
    charts = page.all("svg")
    assert len(charts) == 14  # seven, each for wide and narrow screens
    assert all(chart["role"] == "img" and chart["aria-labelledby"] for chart in charts)
    assert len(page.all("desc")) == len(page.all("title")) - 1 == 14
    assert "Trust in the president: 2013 51.1% (47.5 to 54.7); 2015 62.1%" in page.text


def test_numbers_lead_back_to_their_results(page: Page) -> None:
    data = page.all("data")
    assert {
        "value": "0.7207999999999999",
        "data-result": "topline.president.2022.president.net.estimate",
    } in data


def test_headings_do_not_skip_a_level(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_made_up_data_are_stamped_on_screen_on_paper_and_at_each_table(
    mongolian: Path, english: Path
) -> None:
    text = (mongolian / "report.html").read_text(encoding="utf-8")
    stamp = "SYNTHETIC · ЗОХИОМОЛ ӨГӨГДӨЛ"
    assert f'<div class="stamp" role="note"><strong>{stamp}.</strong>' in text
    assert f'@top-center {{ content: "{stamp}";' in text
    assert text.count(f'<span class="made-up">{stamp}</span>') == 9  # three tables and six charts
    assert "SYNTHETIC" not in (english / "report.html").read_text(encoding="utf-8")


def test_text_is_escaped(tmp_path: Path) -> None:
    nasty = '<script>alert("x")</script> & {{ 7 * 7 }} ]]>'
    language = er.Language("en")
    table = er.Table(
        "t", nasty, (er.Column(nasty),), (er.RowGroup((er.Row((er.Cell(nasty),)),), nasty),), lead=nasty, notes=(nasty,)
    )  # fmt: skip
    section = er.Section("s", nasty, (er.Paragraph(nasty), er.Heading(nasty), er.Notes((nasty,)), table))
    er.Report("r", nasty, language, (section,), subtitle=nasty).write(tmp_path, formats=["html"])
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "49" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    assert text.count("&lt;script&gt;") >= 9


def test_colours_have_contrast() -> None:
    """Text colours of the style sheet on white, at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    from importlib import resources

    css = resources.files("egovstats.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", css))
    for name in ("ink", "muted", "link", "deep", "good", "near", "bad", "open"):
        assert _contrast(colours[name], "#ffffff") >= 4.5, name
    assert _contrast(colours["ink"], "#ffe29a") >= 4.5


def _contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


def test_a_pointer_in_russian_is_grammatical(russian: Path) -> None:
    """After the colon the label stands in the nominative."""
    assert re.search(r"См\.: <a href=\"#[^\"]+\">Таблица", (russian / "report.html").read_text("utf-8"))
