"""The guide to survey series: each of its commands runs on the demo files and prints what the guide shows."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from egovstats.cli import main

pytest.importorskip("rapidfuzz", reason="drafting needs the extra 'harmonise'")
pytest.importorskip("openpyxl", reason="Excel needs the extra 'xlsx'")
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide-waves.md"
REFUSED = "(refused)"


def _shown() -> list[tuple[str, list[str]]]:
    """Commands of the guide, each with the lines shown under it."""
    found: list[tuple[str, list[str]]] = []
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("    $ egovstats "):
            found.append((line.removeprefix("    $ egovstats "), []))
        elif line.startswith("    ") and found:
            found[-1][1].append(line.strip())
    return found


def _words(command: str) -> list[str]:
    """As a shell splits them: a word with a star is the files that it fits."""
    words = []
    for word in shlex.split(command.replace(REFUSED, "")):
        words += sorted(str(path) for path in Path().glob(word)) if "*" in word else [word]
    return words


def test_every_command_of_the_guide_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = _shown()
    assert len(commands) == 9
    for command, lines in commands:
        status = main(_words(command))
        printed = capsys.readouterr()
        assert status == (3 if REFUSED in command else 0), (command, printed.err)
        said = " ".join(f"{printed.out} {printed.err}".split())
        for line in lines:
            part = " ".join(line.removesuffix("...").split())
            assert part in said, (command, line)
