"""Two runs compared: each status, decisions, and what the command says and returns."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import egovstats
from egovstats.cli import main
from egovstats.errors import ReportError, SourceError
from egovstats.review import STATUSES, compare


def _entry(name: str, value: Any, display: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "value": value,
        "display": display,
        "unit": "share",
        "statistic": "proportion",
        "status": "shown",
        **more,
    }


def _run(folder: Path, *entries: dict[str, Any], language: str = "en", **more: Any) -> Path:
    folder.mkdir(parents=True)
    record = {"schema_version": 1, "report": "r", "language": language, "results": list(entries), **more}
    (folder / "results.json").write_text(json.dumps(record), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("a", "b", "status"),
    [
        (_entry("x", 0.5, "50.0%"), _entry("x", 0.5, "50.0%"), "identical"),
        (_entry("x", 0.5, "50.0%"), _entry("x", 0.5 * (1 + 5e-9), "50.0%"), "within tolerance"),
        (_entry("x", 0.5, "50.0%"), _entry("x", 0.5001, "50.0%"), "same at printed precision"),
        (_entry("x", 0.5, "50.0%"), _entry("x", 0.51, "51.0%"), "differs"),
        (_entry("x", 0.5, "50.0%"), _entry("x", 0.5, "50%"), "differs"),
        (_entry("x", 0.5, "50.0%"), _entry("x", 0.5, "50.0%", unit="score"), "differs"),
        (_entry("x", 1200, "1,200"), _entry("x", 1200, "1,200"), "identical"),
        # Counts have no tolerance, however large they are.
        (_entry("x", 10**12, "n"), _entry("x", 10**12 + 1, "n"), "differs"),
        (_entry("x", None, "*", status="suppressed"), _entry("x", None, "*", status="suppressed"), "identical"),
        (_entry("x", None, "*", status="suppressed"), _entry("x", None, "–", status="undefined"), "differs"),
        (_entry("x", None, "*", status="suppressed"), _entry("x", 0.5, "50.0%"), "differs"),
        (_entry("x", 0.049, ".049", statistic="p_value"), _entry("x", 0.051, ".051", statistic="p_value"), "decision differs"),
        (_entry("x", 0.0499999, ".050", statistic="p_value"), _entry("x", 0.0500001, ".050", statistic="p_value"), "decision differs"),
        (_entry("x", 0.03, ".030", statistic="p_value"), _entry("x", 0.04, ".040", statistic="p_value"), "differs"),
        (_entry("x", -0.01, "-1.0", statistic="conf_low"), _entry("x", 0.01, "1.0", statistic="conf_low"), "decision differs"),
    ],
)  # fmt: skip
def test_what_two_numbers_are_to_one_another(
    tmp_path: Path, a: dict[str, Any], b: dict[str, Any], status: str
) -> None:
    found = compare(_run(tmp_path / "a", a), _run(tmp_path / "b", b))
    assert [row.status for row in found.rows] == [status]
    assert found.agrees == (status in STATUSES[:3])


def test_numbers_that_only_one_run_has(tmp_path: Path) -> None:
    first = _run(tmp_path / "a", _entry("x", 0.5, "50.0%"), _entry("y", 0.1, "10.0%"))
    second = _run(tmp_path / "b", _entry("x", 0.5, "50.0%"), _entry("z", 0.2, "20.0%"))
    found = compare(first, second)
    assert [(row.id, row.status) for row in found.rows] == [
        ("x", "identical"),
        ("y", "missing"),
        ("z", "new"),
    ]
    assert found.counts == {"identical": 1, "missing": 1, "new": 1}
    assert not found.agrees


def test_the_level_of_decisions_is_the_runs_own(tmp_path: Path) -> None:
    runs = []
    for name, p in (("a", 0.06), ("b", 0.11)):
        folder = _run(tmp_path / name, _entry("x", p, str(p), statistic="p_value"))
        (folder / "manifest.json").write_text(json.dumps({"config": {"conf_level": 0.9}}), encoding="utf-8")
        runs.append(folder)
    assert [row.status for row in compare(*runs).rows] == ["decision differs"]


def test_languages_print_otherwise_and_mean_the_same(tmp_path: Path) -> None:
    first = _run(tmp_path / "a", _entry("x", 1234.5, "1,234.5"))
    second = _run(tmp_path / "b", _entry("x", 1234.5, "1 234,5"), language="ru")
    assert compare(first, second).agrees


def test_another_verdict_is_another_decision(tmp_path: Path) -> None:
    runs = [_run(tmp_path / name, _entry("x", 1.0, "1")) for name in "ab"]
    for folder, verdict in zip(runs, ("reproduced", "contradicted"), strict=True):
        (folder / "claims.csv").write_text(
            f"claim,verdict\n1,{verdict}\n2,reproduced\n", encoding="utf-8-sig"
        )
    found = compare(*runs)
    assert [(row.id, row.status) for row in found.differing] == [("claim 1", "decision differs")]


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    good = _run(tmp_path / "a", _entry("x", 1.0, "1"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"'results\.json' cannot be read in 'empty'"):
        compare(good, tmp_path / "empty")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "results.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"'results\.json' is not JSON"):
        compare(broken, good)
    (broken / "results.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ReportError, match="holds no results of a report"):
        compare(broken, good)
    newer = _run(tmp_path / "newer")
    (newer / "results.json").write_text('{"schema_version": 9, "results": []}', encoding="utf-8")
    with pytest.raises(ReportError, match="have layout 9, and this version reads 1"):
        compare(good, newer)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return (code, *capsys.readouterr())

    return run


def test_the_command_ends_with_1_where_runs_differ(
    tmp_path: Path, call: Callable[..., tuple[int, str, str]]
) -> None:
    first = _run(tmp_path / "a", _entry("x", 0.5, "50.0%"), _entry("y", 0.1, "10.0%"))
    second = _run(tmp_path / "b", _entry("x", 0.6, "60.0%"), _entry("y", 0.1, "10.0%"))
    assert call("compare", first, first)[:2] == (0, "2 numbers and verdicts: 2 identical\n")
    code, out, err = call("compare", first, second)
    assert (code, err) == (1, "")
    assert out.startswith("2 numbers and verdicts: 1 identical, 1 differs\n")
    assert "x       differs  50.0%   60.0%" in out
    code, out, _ = call("compare", first, second, "--json")
    assert code == 1
    assert json.loads(out)["counts"] == {"identical": 1, "differs": 1}
    assert json.loads(out)["rows"][0]["difference"] == pytest.approx(0.1)
    assert call("compare", first, tmp_path / "nowhere")[0] == 2


@pytest.fixture(scope="module")
def small_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A definition with indicators and notes alone, which is quick to build."""
    folder = tmp_path_factory.mktemp("small") / "small"
    folder.mkdir()
    (folder / "report.yaml").write_text(
        "name: small\n"
        "title: {en: Small}\n"
        'version: "1"\n'
        "date: 2026-01-01\n"
        "study: mongolia\n"
        "indicators:\n"
        "  - {id: cpi, indicator: TI_CPI, area: MNG, label: {en: CPI}, axis: {en: score}, name: {en: Mongolia}}\n"
        "sections:\n"
        "  - {kind: indicators, id: indicators, title: {en: Indicators}, indicators: [cpi]}\n",
        encoding="utf-8",
    )
    return folder


def test_a_run_is_made_again(
    small_report: Path, tmp_path: Path, call: Callable[..., tuple[int, str, str]]
) -> None:
    run = tmp_path / "run"
    egovstats.build_report(small_report).write(run, formats=["md", "json"])
    found = egovstats.verify(run, report=small_report)
    assert found.agrees
    assert found.versions == {}
    assert {each.status for each in (*found.outputs, *found.inputs)} == {"same"}

    (run / "report.md").write_text("changed", encoding="utf-8")
    definition = small_report / "report.yaml"
    kept = definition.read_text(encoding="utf-8")
    definition.write_text(kept.replace("version: ", "conf_level: 0.9\nversion: "), encoding="utf-8")
    try:
        found = egovstats.verify(run, report=small_report)
        code, out, _ = call("verify", run, "--report", small_report, "-q")
    finally:
        definition.write_text(kept, encoding="utf-8")
    assert not found.agrees
    assert ("report.md", "changed") in [(each.file, each.status) for each in found.outputs]
    assert ("report.yaml", "changed") in [(each.file, each.status) for each in found.inputs]
    assert "differs" in found.numbers.counts
    assert code == 1
    assert out.startswith(
        "The run cannot be made again as it was.\nfiles: 2 of 3 the same; report.md changed\n"
    )


def test_a_run_without_manifest_cannot_be_made_again(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"'a' has no manifest\.json"):
        egovstats.verify(_run(tmp_path / "a"))
