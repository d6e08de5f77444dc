"""results.json, manifest.json and claims.csv; what is written, and what is not when something fails."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from report_sample import sample_report

import egovstats
import egovstats.report as er
from egovstats.errors import MissingExtraError, ReportError, SourceError
from egovstats.report.renderers.manifest import without_folders
from egovstats.sources import Source


@pytest.fixture(scope="module")
def results(english: Path) -> dict[str, Any]:
    return json.loads((english / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifest(english: Path) -> dict[str, Any]:
    return json.loads((english / "manifest.json").read_text(encoding="utf-8"))


def small_report(**options: Any) -> er.Report:
    value = er.Value("a.b", 1 / 3, "share", er.Format("percent", 1))
    section = er.Section("s", "S", (er.Paragraph(value),))
    return er.Report("r", "T", er.Language("en"), (section,), **options)


def test_each_number_stands_once_with_its_origin(results: dict[str, Any]) -> None:
    ids = [each["id"] for each in results["results"]]
    assert len(ids) == len(set(ids)) > 200
    entry = next(e for e in results["results"] if e["id"] == "topline.president.2022.president.net.estimate")
    assert entry == {
        "id": "topline.president.2022.president.net.estimate",
        "value": 0.7207999999999999,
        "display": "72.1%",
        "unit": "share",
        "statistic": "proportion",
        "formula": "weighted share of those with an answer",
        "keys": {"wave": "2022", "item": "president", "answer": "net"},
        "parameters": {},
        "sources": ["example_2022.sav"],
        "status": "shown",
    }
    assert results["schema_version"] == 1
    assert set(entry["sources"]) <= set(results["sources"])


def test_every_number_of_the_page_is_in_the_record(results: dict[str, Any], english: Path) -> None:
    page = (english / "report.html").read_text(encoding="utf-8")
    values = {each["id"]: each["value"] for each in results["results"]}
    shown = re.findall(r'<data value="([^"]+)" data-result="([^"]+)">', page)
    assert len(shown) > 100
    for value, name in shown:
        assert float(value) == values[name]


def test_a_test_carries_its_method(results: dict[str, Any]) -> None:
    entry = next(e for e in results["results"] if e["id"] == "change.president.first.net.p_adjusted")
    assert entry["parameters"]["adjust"] == "holm"
    assert entry["parameters"]["test"] == "Wald test of a contrast"
    assert entry["unit"] == "p-value"


def test_infinities_travel_as_words() -> None:
    from egovstats.report.renderers.records import as_json

    assert json.loads(as_json({"df": math.inf, "x": [math.nan, 1.0]})) == {"df": "inf", "x": ["nan", 1.0]}


def test_manifest_names_inputs_and_outputs_by_checksum(manifest: dict[str, Any], english: Path) -> None:
    names = [each["file"] for each in manifest["outputs"]]
    written = (str(path.relative_to(english)) for path in english.rglob("*") if path.is_file())
    assert names == sorted(name for name in written if name != "manifest.json")
    for each in manifest["outputs"]:
        assert hashlib.sha256((english / each["file"]).read_bytes()).hexdigest() == each["sha256"]
    assert "example_2013.sav" in [each["file"] for each in manifest["inputs"]]
    assert manifest["egovstats"] == egovstats.__version__
    assert {"numpy", "pandas", "matplotlib"} <= set(manifest["packages"])
    assert manifest["seeds"] == {"bootstrap": 20130108}
    assert manifest["warnings"] == ["The weight of 2018 was trimmed."]


def test_manifest_holds_no_folder_user_or_clock(manifest: dict[str, Any], english: Path) -> None:
    text = (english / "manifest.json").read_text(encoding="utf-8")
    assert manifest["config"] == {"data": "data", "conf_level": 0.95}
    for secret in (str(Path.home()), str(english), "somebody", "/work", "/tmp"):
        assert secret not in text
    assert not re.search(r"20\d\d-\d\d-\d\d|\d\d:\d\d", text)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/home/ann/waves", "waves"),
        ("C:\\Users\\ann\\waves\\", "waves"),
        ("~/waves", "waves"),
        (Path("/srv/x/report.yaml"), "report.yaml"),
        ("topline/president", "topline/president"),
        ({"a": ["/x/y", 1]}, {"a": ["y", 1]}),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_folders_are_taken_off(given: object, kept: object) -> None:
    assert without_folders(given) == kept


def test_synthetic_is_in_record_and_manifest(mongolian: Path, english: Path) -> None:
    for folder, expected in ((mongolian, True), (english, False)):
        for name in ("results.json", "manifest.json"):
            assert json.loads((folder / name).read_text(encoding="utf-8"))["synthetic"] is expected


def test_claims_are_listed_with_their_results(english: Path) -> None:
    with open(english / "claims.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["verdict"] for row in rows] == [
        "not_testable",
        "contradicted",
        "reproduced",
        "within_rounding",
    ]
    assert rows[2]["result_ids"] == "claim.11.sum"
    assert rows[2]["computed"] == "463"
    assert rows[3]["reason"] == "'=1+1 is text."


def test_a_report_without_a_ledger_has_no_claims(tmp_path: Path) -> None:
    files = small_report().write(tmp_path, formats=["json"])
    assert [file.name for file in files] == ["results.json", "manifest.json"]


def test_two_sources_with_one_name_are_told_apart(tmp_path: Path) -> None:
    sources = tuple(Source("t", "microdata", file="a.sav", sha256=each) for each in ("1", "2"))
    small_report(sources=sources).write(tmp_path, formats=["json"])
    record = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert list(record["sources"]) == ["a.sav", "a.sav (2)"]


@pytest.mark.parametrize(
    ("module", "fmt", "message"),
    [
        ("docx", "docx", "Writing a Word report needs packages that are not installed. Install them with: pip install 'egovstats[docx]'"),
        ("xlsxwriter", "xlsx", "Writing an Excel workbook needs packages that are not installed. Install them with: pip install 'egovstats[xlsx]'"),
    ],
)  # fmt: skip
def test_a_missing_extra_is_named_and_nothing_is_written(
    module: str, fmt: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught:
        small_report().write(tmp_path / "out", formats=["html", fmt, "json"])
    assert str(caught.value) == message
    assert caught.value.exit_code == 5
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"^a report cannot be written as 'doc'\. Did you mean 'docx'\?$"):
        small_report().write(tmp_path, formats=["doc"])


def test_files_are_replaced_only_when_asked(tmp_path: Path) -> None:
    small_report().write(tmp_path, formats=["json"])
    before = (tmp_path / "results.json").read_bytes()
    with pytest.raises(
        SourceError, match=r"^'report\.html' is there already|^'results\.json' is there already"
    ):
        small_report(config={"a": 1}).write(tmp_path, formats=["html", "json"], force=False)
    assert not (tmp_path / "report.html").exists()
    assert (tmp_path / "results.json").read_bytes() == before
    assert small_report().write(tmp_path, formats="json")[0].name == "results.json"  # type: ignore[arg-type]


def test_one_format_alone(tmp_path: Path) -> None:
    assert [file.name for file in small_report().write(tmp_path, formats=["html"])] == ["report.html"]
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]


def test_sample_has_the_blocks_that_tests_rely_on() -> None:
    assert len(sample_report("en").numbered()) == 12
