"""What README and pages promise is there, and the README's example runs."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import egovstats
from egovstats.cli import COMMANDS, main

HOSTS = re.compile(r"git(hub|lab)|pypi|readthedocs|shields\.io|/work/|/home/|/tmp/", re.IGNORECASE)


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_commands_of_the_readme_are_commands(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    calls = re.findall(r"^    egovstats (.*?)(?:\s+#.*)?$", readme, re.MULTILINE)
    assert len(calls) >= 8
    for call in calls:
        name, *words = shlex.split(call)
        assert name in COMMANDS
        assert main([name, "--help"]) == 0
        options = capsys.readouterr().out
        assert all(re.search(rf"{re.escape(word)}\b", options) for word in words if word.startswith("-"))


def test_example_of_the_readme_runs(readme: str, tmp_path: Path) -> None:
    """In a process of its own, as a reader would run it, on the synthetic files it speaks of."""
    example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    assert len(example[1].splitlines()) <= 25
    assert main(["demo", str(tmp_path / "waves"), "-q"]) == 0
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", example[1]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(egovstats.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
    assert (tmp_path / "out" / "report.docx").stat().st_size > 10_000


def test_links_lead_somewhere(root: Path) -> None:
    pages = [root / "README.md", *(root / "docs").rglob("*.md")]
    for page in pages:
        for target in re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_every_decision_is_in_the_list(root: Path) -> None:
    folder = root / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert pages == set(re.findall(r"\]\(([^)]+\.md)\)", index)) - {"../README.md"}


def test_version_is_the_same_everywhere(root: Path) -> None:
    citation = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {egovstats.__version__}\n" in citation
    assert "## Unreleased" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    ["README.md", "CHANGELOG.md", "CITATION.cff", "setup.cfg", "constraints.txt", "Makefile", ".ci/run"],
)
def test_no_hosts_and_no_places_of_one_machine(name: str, root: Path) -> None:
    assert HOSTS.findall((root / name).read_text(encoding="utf-8")) == []
