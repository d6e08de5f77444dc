"""Whole reports: from real files, from stand-ins, and from nothing but what ships."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from egovstats.errors import ReportError, SourceError
from egovstats.report import Chart, Headlines, Report, Table, build_report
from egovstats.report.blocks import texts_of
from egovstats.report.values import values_in
from egovstats.waves import write_demo

TRUST = {"r5": 37.1, "r6": 57.0, "r7": 43.4, "r8": 78.8, "r9": 74.9}


def blocks(report: Report) -> list[Any]:
    return [block for section in report.sections for block in report.blocks(section)]


def prose(report: Report) -> str:
    """All words of a report but for those inside charts."""
    parts = [section.title for section in report.sections]
    for block in blocks(report):
        parts += [report.language.plain(text) for text in texts_of(block)]
        parts.append(getattr(block, "caption", ""))
    return "\n".join(parts)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="module")
def mongolia() -> Report:
    return build_report("mongolia")


@pytest.fixture(scope="module")
def tunisia(shared_data: Path) -> Report:
    return build_report("afrobarometer-tunisia", data=shared_data / "microdata" / "afrobarometer-tunisia")


# Real files


def test_trust_in_the_president_by_round(tunisia: Report) -> None:
    values = tunisia.values()
    found = {wave: values[f"tunisia.level.{wave}.trust_president.headline.estimate"] for wave in TRUST}
    assert {wave: round(value.printed, 1) for wave, value in found.items()} == TRUST


def test_the_first_headline_says_what_changed_and_how_sure_that_is(tunisia: Report) -> None:
    first = next(block for block in blocks(tunisia) if isinstance(block, Headlines)).sentences[0]
    said = tunisia.language.plain(first.text, labels=tunisia.labels()).replace("\xa0", " ")
    assert said.startswith(
        "From 37.1% (2013) to 74.9% (2022): up 37.8 points (95% CI 33.9 to 41.8; p < .001 after Holm adjustment; n = "
    )
    assert "A straight line does not describe these waves (p < .001)." in said
    assert "With the wave as the unit it is not clear whether there is a trend" in said
    assert first.finding == "up"


def test_waves_that_cannot_be_compared_are_not(tunisia: Report) -> None:
    changes = {name for name in tunisia.values() if name.startswith("tunisia.change.difficulty.")}
    assert any("r6_r9" in name for name in changes)
    assert not any("r5_" in name for name in changes)
    chart = next(block for block in blocks(tunisia) if getattr(block, "id", "") == "tunisia-difficulty-chart")
    assert all(line.breaks for line in chart.drawing.lines)


def test_all_tests_of_a_group_are_one_family(tunisia: Report) -> None:
    values = tunisia.values()
    plain = [v for name, v in values.items() if re.fullmatch(r"tunisia\.change\.trust\..*\.p", name)]
    smallest = min(value.value for value in plain if value.value is not None)
    adjusted = [values[f"{value.id}_adjusted"] for value in plain if value.value == smallest]
    assert adjusted[0].value == pytest.approx(min(1.0, smallest * len(plain)))


def test_answers_stand_in_the_order_of_the_questionnaire_with_missing_ones_below(tunisia: Report) -> None:
    table = next(block for block in blocks(tunisia) if getattr(block, "id", "") == "tunisia-trust-president")
    heads = [(tunisia.language.plain(row.cells[0].content), row.kind) for row in table.rows()]
    assert heads == [
        ("Not at all", "body"),
        ("Just a little", "body"),
        ("Somewhat", "body"),
        ("A lot", "body"),
        ("trust somewhat or a lot", "net"),
        ("Don’t know", "missing"),
        ("Refused", "missing"),
        ("Respondents (n)", "base"),
        ("Margin of error, ± points", "base"),
    ]


@pytest.mark.parametrize("code", ["mn", "ru"])
def test_nothing_is_left_in_english(shared_data: Path, code: str) -> None:
    data = shared_data / "microdata" / "afrobarometer-tunisia"
    report = build_report("afrobarometer-tunisia", data=data, language=code)
    assert report.language.say("quoted.english", text="").strip("“”«» ") not in prose(report)
    english = re.compile(r"\b(?:the|and|of|with|was|were|not|are)\b")
    names = ("Afrobarometer", "One to One", "egovstats", "Survey", "withinwt")
    lines = [line for line in prose(report).splitlines() if english.search(line)]
    assert [line for line in lines if not any(name in line for name in names)] == []


def test_without_files_the_report_says_which_names_it_looks_for(tmp_path: Path) -> None:
    with pytest.raises(ReportError) as caught:
        build_report("afrobarometer-tunisia")
    said = str(caught.value)
    assert said.startswith(
        "the report 'afrobarometer-tunisia' needs wave files of afrobarometer-tunisia, and no data folder was given. "
        "These names are looked for:\n  r5: *tun*r5*.sav (Round 5 (2013))\n"
    )
    assert said.endswith(
        "put them into one folder and pass it: egovstats report afrobarometer-tunisia --data FOLDER, "
        "or build_report(..., data=FOLDER)."
    )
    with pytest.raises(ReportError, match="none of its files is in"):
        build_report("afrobarometer-tunisia", data=tmp_path)
    with pytest.raises(SourceError, match="there is no folder 'nowhere'"):
        build_report("mongolia", data=tmp_path / "nowhere")
    with pytest.raises(ReportError, match=r"no file in .* fits a survey of the report 'mongolia'"):
        build_report("mongolia", data=tmp_path)


# Without data


def test_the_ledger_has_a_verdict_on_every_claim(mongolia: Report) -> None:
    ledger = next(block for block in blocks(mongolia) if getattr(block, "id", "") == "claims-ledger")
    badges = [row.cells[-1].badge for row in ledger.rows()]
    assert len(badges) == 22
    assert all(badges)
    assert not mongolia.synthetic


def test_missing_surveys_are_described_by_their_files(mongolia: Report) -> None:
    table = next(block for block in blocks(mongolia) if getattr(block, "id", "") == "politbarometer-files")
    rows = [[mongolia.language.plain(cell.content) for cell in row.cells] for row in table.rows()]
    assert ["2020", "1–19 May 2020", "", "*2020*.sav", "not there"] in rows
    assert "--data" in prose(mongolia)


def test_an_index_without_standard_error_gets_no_p_value(mongolia: Report) -> None:
    values = mongolia.values()
    assert values["indicator.egdi.change.2003_2024.effect"].value is not None
    assert not [name for name in values if name.startswith("indicator.egdi.") and name.endswith(".p")]
    assert values["indicator.effectiveness.change.1996_2023.p"].value is not None


def test_bands_are_those_of_the_published_standard_errors(mongolia: Report) -> None:
    values = mongolia.values()
    prefix = "indicator.MNG.WGI_GE_EST.2024.2023"
    half = 1.6448536269514722 * float(values[f"{prefix}.std_error"].value or 0)
    assert values[f"{prefix}.conf_low"].value == pytest.approx(
        float(values[f"{prefix}.value"].value or 0) - half
    )


# Stand-ins


def test_made_up_files_are_stamped_and_decide_no_claim(demo: Path, mongolia: Report) -> None:
    report = build_report("mongolia", data=demo)
    assert report.synthetic
    surveyed = [each for each in report.numbered() if each.id.startswith(("politbarometer-", "bureaucracy-"))]
    stamped = [
        each for each in surveyed if isinstance(each, Chart) or each.id.endswith(("-levels", "-changes"))
    ]
    assert stamped
    assert all(report.stamp(each) for each in stamped)
    lines = next(block for block in blocks(report) if isinstance(block, Headlines)).sentences
    marked = ["[SYNTHETIC]" in line.subject for line in lines]
    assert marked == [any(value.synthetic for value in values_in(line.text)) for line in lines]
    assert True in marked
    assert False in marked
    assert report.stamp_words().startswith("Holds survey data made up to show how the report works")

    def verdicts(of: Report) -> list[str]:
        ledger = next(each for each in of.numbered() if each.id == "claims-ledger")
        assert isinstance(ledger, Table)
        return [row.cells[-1].badge for row in ledger.rows()]

    assert verdicts(report) == verdicts(mongolia)


def test_small_bases_are_withheld(demo: Path, root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "strict"
    (folder / "text").mkdir(parents=True)
    definition = (root / "reports" / "bureaucracy" / "report.yaml").read_text(encoding="utf-8")
    rule = "disclosure: {suppress_below: 700, flag_below: 1200}\nsurveys:"
    (folder / "report.yaml").write_text(definition.replace("surveys:", rule, 1), encoding="utf-8")
    for file in (root / "reports" / "bureaucracy" / "text").iterdir():
        (folder / "text" / file.name).write_bytes(file.read_bytes())
    report = build_report(folder, data=demo)
    values = report.values().values()
    hidden = [value for value in values if value.status == "suppressed"]
    assert hidden
    assert all(value.value is None for value in hidden)
    assert all(value.n is None or value.n >= 700 for value in values if value.visible)
    report.write(tmp_path / "out", formats=["json"])


def test_one_wave_gives_levels_and_no_changes(demo: Path, tmp_path: Path) -> None:
    file = demo / "bureaucracy" / "synthetic-red-tape-2018.sav"
    (tmp_path / file.name).write_bytes(file.read_bytes())
    report = build_report("bureaucracy", data=tmp_path)
    ids = {block.id for block in report.numbered()}
    assert "bureaucracy-red-tape-levels" in ids
    assert not [name for name in ids if name.endswith(("-changes", "-trends", "-comparability"))]
    first = next(block for block in blocks(report) if isinstance(block, Headlines)).sentences[0]
    assert report.language.plain(first.text).startswith("2018: ")
    assert not [name for name in report.values() if ".change." in name]


def test_progress_is_told(demo: Path) -> None:
    told: list[str] = []
    build_report("bureaucracy", data=demo, progress=told.append)
    assert told[0] == "reading the waves of bureaucracy"
    assert "section toplines" in told


WRITE = """
import sys
import egovstats
report = egovstats.build_report(sys.argv[1], data=sys.argv[2], language="mn")
report.write(sys.argv[3])
"""


def test_two_processes_write_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    digests = []
    for seed in ("1", "22"):
        folder = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", WRITE, "bureaucracy", str(demo), str(folder)],
            check=True,
            env=environment,
            timeout=300,
        )
        files = [file for file in folder.rglob("*") if file.is_file()]
        digests.append({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files})
    assert {"manifest.json", "report.docx", "report.html", "report.xlsx", "results.json"} < {*digests[0]}
    assert digests[0] == digests[1]


def test_the_manifest_names_every_file_read_and_no_folder(demo: Path, tmp_path: Path) -> None:
    build_report("bureaucracy", data=demo).write(tmp_path, formats=["json"])
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    files = [each["file"] for each in json.loads(text)["inputs"]]
    assert files == ["report.yaml", "synthetic-red-tape-2015.sav", "synthetic-red-tape-2018.sav"]
    assert str(demo) not in text
    assert json.loads(text)["synthetic"] is True
