"""``egovstats report``: which files it writes, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from egovstats.cli import report
from egovstats.report import FORMATS

Run = Callable[..., tuple[int, str, str]]


def test_report_of_what_ships(run: Run, tmp_path: Path) -> None:
    code, out, err = run("report", "-o", tmp_path / "out", "--format", "html,json")
    assert code == 0
    files = [Path(line) for line in out.splitlines()]
    assert {file.name for file in files} >= {"report.html", "results.json", "manifest.json"}
    assert all(file.stat().st_size for file in files)
    assert "building the report mongolia" in err
    code, _, err = run("report", "-o", tmp_path / "out", "--format", "html")
    assert code == 3
    assert "--force" in err
    assert run("report", "-o", tmp_path / "out", "--format", "html", "--force", "-q") == (
        0,
        f"{files[0]}\n",
        "",
    )


def test_report_in_an_unknown_format(run: Run) -> None:
    code, _, err = run("report", "--format", "htlm")
    assert code == 2
    assert "there is no format 'htlm'. Did you mean 'html'?" in err


def test_report_that_is_not_there(run: Run) -> None:
    code, _, err = run("report", "mongolai", "-q")
    assert code == 3
    assert "Did you mean 'mongolia'" in err


def test_formats_that_cannot_be_written_are_left_out_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "find_spec", lambda package: None if package == "docx" else object())
    assert report._chosen(()) == ("html", "xlsx", "pdf", "latex", "md", "csv", "json")
    assert capsys.readouterr().err == (
        "warning: left out: the format docx needs packages that are not installed. "
        "Install them with: pip install 'egovstats[docx]'\n"
    )
    assert report._chosen(("docx",)) == ("docx",)


def test_the_command_knows_every_format() -> None:
    assert report.FORMATS == FORMATS
