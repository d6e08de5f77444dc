"""The set-up script: what it does once, what it leaves alone, and what it says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import make
import pytest


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the steps that were done, none of them for real."""
    said: list[str] = []

    def step(name: str):
        def do() -> None:
            said.append(name)

        return do

    steps = {name: step(name) for name in ("set up", "job", "test", "static")}
    goals = {
        "setup": [steps["set up"]],
        "run": [steps["job"]],
        "test": [steps["test"]],
        "check": [steps["static"], steps["test"]],
    }
    monkeypatch.setattr(make, "GOALS", goals)
    return said


def test_check_and_test_together_test_once(done: list[str]) -> None:
    make.main(["check", "test"])
    assert done == ["static", "test"]


def test_unknown_goal(done: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="no such goal: tset"):
        make.main(["tset"])
    assert "make GOAL" in capsys.readouterr().err
    assert done == []


def test_no_goal() -> None:
    with pytest.raises(SystemExit, match="name a goal"):
        make.main([])


def test_makefile_passes_every_goal_on(root: Path) -> None:
    text = (root / "Makefile").read_text(encoding="utf-8")
    goals = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    assert goals == set(make.GOALS)


def test_older_pythons_can_read_it(root: Path) -> None:
    """They have to, to look for a newer one."""
    ast.parse((root / "tools" / "make.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_it_needs_nothing_but_the_standard_library(root: Path) -> None:
    tree = ast.parse((root / "tools" / "make.py").read_text(encoding="utf-8"))
    names = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_version_of_an_interpreter() -> None:
    assert make.version_of(sys.executable) == sys.version_info[:2]
    assert make.version_of("no-such-python") == ()


def test_an_old_python_alone_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(make.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Python 3.11 or newer is needed.*make run PYTHON=/path/to/python"):
        make.find_python()


def test_an_old_python_finds_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(
        make.shutil, "which", lambda name: f"/usr/bin/{name}" if name == "python3.12" else None
    )
    monkeypatch.setattr(make, "version_of", lambda path: (3, 12))
    assert make.find_python() == "/usr/bin/python3.12"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("setup.cfg", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    python = tmp_path / ".venv" / "python"
    python.write_text("", encoding="utf-8")
    monkeypatch.setattr(make, "ROOT", tmp_path)
    monkeypatch.setattr(make, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(make, "STAMP", tmp_path / ".venv" / "installed.txt")
    monkeypatch.setattr(make, "PYTHON", python)
    return tmp_path


def test_an_environment_that_is_up_to_date_is_left_alone(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(make, "make_environment", lambda python: ["pip"])
    monkeypatch.setattr(make, "run", lambda *words: calls.append(words))
    make.setup()
    assert [call[-1] for call in calls] == ["setuptools", ".[all,test,dev]"]
    make.setup()
    assert len(calls) == 2
    (checkout / "constraints.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    make.setup()
    assert len(calls) == 4


def test_a_set_up_that_failed_is_done_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*words: object) -> None:
        sys.exit(1)

    monkeypatch.setattr(make, "make_environment", lambda python: ["pip"])
    monkeypatch.setattr(make, "run", fail)
    with pytest.raises(SystemExit):
        make.setup()
    assert not (checkout / ".venv" / "installed.txt").exists()


def test_reference_without_r_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="R is not installed"):
        make.reference()


def test_static_tells_every_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def call(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        ran.append(command[2])
        return subprocess.CompletedProcess(command, int(command[2] in ("ruff", "mypy")))

    monkeypatch.setattr(make, "setup", lambda: None)
    monkeypatch.setattr(make.subprocess, "run", call)
    monkeypatch.setitem(make.STATIC, "import direction", ["-m", "direction"])
    with pytest.raises(SystemExit, match=r"failed: format, lint, types$"):
        make.static()
    assert ran == ["ruff", "ruff", "mypy", "direction"]
