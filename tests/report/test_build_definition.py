"""Definitions of reports: what is refused, and with which words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egovstats.errors import ReportError
from egovstats.report.language import LANGUAGES
from egovstats.report.opened import open_definition, read_prose
from egovstats.report.phrases import Phrases, library_phrases, study_phrases
from egovstats.waves import open_series

SHIPPED = ["afrobarometer-tunisia", "bureaucracy", "mongolia", "sant-maral"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_definitions_are_complete_in_all_languages(name: str) -> None:
    opened = open_definition(name)
    keys = [set(opened.texts[code]) for code in LANGUAGES]
    assert keys[0]
    assert keys[0] == keys[1] == keys[2]
    for section in opened.definition.sections:
        assert set(section.title) == set(LANGUAGES), section.id
    for survey in opened.definition.surveys:
        series = open_series(survey.series)
        for group in survey.groups:
            assert set(group.title) == set(LANGUAGES), group.id
            assert set(group.items) <= set(series.items), group.id


def test_unknown_report_names_the_near_one() -> None:
    with pytest.raises(ReportError) as caught:
        open_definition("mongolai")
    assert str(caught.value) == (
        "there is no report 'mongolai': neither one that ships nor a folder with a report.yaml. "
        "Did you mean 'mongolia'?"
    )


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(root / "reports" / "bureaucracy", tmp_path / "own"))


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "report.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_faults_are_named_together_with_their_lines(folder: Path) -> None:
    edit(folder, "    needed: true", "    neded: true")
    edit(folder, 'version: "1.0"', "version: null")
    with pytest.raises(ReportError) as caught:
        open_definition(folder)
    said = str(caught.value)
    assert said.startswith("the report 'own' cannot be built, with 2 faults:\n")
    assert "surveys.1.neded: unknown key. Did you mean 'needed'?" in said
    assert "report.yaml, line " in said
    assert said.endswith("Correct the lines named, then build again.")


def test_a_section_cannot_name_a_survey_or_prose_that_is_not_there(folder: Path) -> None:
    edit(folder, "text: toplines", "text: toplynes")
    with pytest.raises(
        ReportError, match=r"has no heading '# toplynes', which report.yaml names. Did you mean 'toplines'"
    ):
        open_definition(folder)
    edit(
        folder,
        "{kind: comparability, id: comparability, survey: bureaucracy",
        "{kind: comparability, id: comparability, survey: bureau",
    )
    with pytest.raises(
        ReportError, match=r"section 'comparability': there is no survey 'bureau'. Did you mean 'bureaucracy'"
    ):
        open_definition(folder)


def test_prose_is_paragraphs_under_headings() -> None:
    text = "<!-- CC0 -->\n\n# one\n\nA line\nand another.\n\nA second.\n\n# two\nB.\n"
    assert read_prose(text) == {"one": ("A line and another.", "A second."), "two": ("B.",)}


# Translations of study files


def test_phrases_are_exact_or_have_places() -> None:
    phrases = Phrases.of(
        [
            {"en": "by post", "mn": "шуудангаар", "ru": "по почте"},
            {"en": "The file has {n} rows; {m} were printed.", "ru": "Напечатано {m}, в файле {n}."},
        ]
    )
    assert phrases.find("by post", "mn") == "шуудангаар"
    assert phrases.find("The file has 12 rows; 15 were printed.", "ru") == "Напечатано 15, в файле 12."
    assert phrases.find("The file has 12 rows; 15 were printed.", "mn") is None
    assert phrases.find("anything", "en") == "anything"
    assert phrases.find("anything", "ru") is None


@pytest.mark.parametrize("name", ["afrobarometer-tunisia", "bureaucracy", "sant-maral"])
@pytest.mark.parametrize("code", ["mn", "ru"])
def test_all_that_cards_say_is_translated(name: str, code: str) -> None:
    series = open_series(name)
    phrases = study_phrases(series.folder) + library_phrases()
    facts: list[str] = []
    for card in series.waves:
        parts = (card.mode, card.population, card.conductor, card.sampling, card.weighting, card.processing)
        facts += [each for each in (*parts, card.response_rate, card.limitations) if each]
        facts += [*card.assumptions, *card.not_reported]
    for item in series.items.values():
        facts += [change.detail["en"] for change in item.changes if code not in change.detail]
    assert facts
    assert [fact for fact in dict.fromkeys(facts) if phrases.find(fact, code) is None] == []


@pytest.mark.parametrize("name", ["afrobarometer-tunisia", "bureaucracy", "sant-maral"])
def test_no_translation_is_left_over(name: str) -> None:
    folder = open_series(name).folder
    held = [*sorted((folder / "waves").glob("*.yaml")), folder / "series.yaml"]
    text = " ".join(file.read_text(encoding="utf-8") for file in held).replace("''", "'").replace('\\"', '"')
    assert [each for each in study_phrases(folder).exact if each not in text] == []


def test_a_file_of_translations_with_another_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "translations.yaml").write_text("- {en: a, mn: б}\n- {en: c, kz: д}\n", encoding="utf-8")
    with pytest.raises(ReportError, match=r"entry 2 of '.*/translations.yaml' must have en"):
        study_phrases(tmp_path)
