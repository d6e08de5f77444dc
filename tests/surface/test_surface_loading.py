"""What starting costs, counted in modules, which unlike seconds are the same on every machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import import_direction
import pytest

from egovstats.cli import COMMANDS

HEAVY = {each.split(".")[0] for each in import_direction.HEAVY}
COUNT = """
import sys, json
bare = set(sys.modules)
{code}
print(json.dumps(sorted(set(sys.modules) - bare)), file=sys.stderr)
"""
RUN = "import egovstats.cli, io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()): egovstats.cli.main({words!r})"


def loaded(code: str, root: Path, folder: Path) -> list[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("EGOVSTATS_", "COV_"))
    }
    environment |= {"PYTHONPATH": str(root / "src"), "XDG_CONFIG_HOME": str(folder), "APPDATA": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", COUNT.format(code=code)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    modules: list[str] = json.loads(done.stderr.splitlines()[-1])
    return modules


def heavy(modules: list[str]) -> set[str]:
    return {each.split(".")[0] for each in modules} & HEAVY


def test_import_loads_next_to_nothing(root: Path, tmp_path: Path) -> None:
    modules = loaded("import egovstats", root, tmp_path)
    assert heavy(modules) == set()
    assert [each for each in modules if each.startswith("egovstats")] == ["egovstats"]
    numpy = loaded("import numpy", root, tmp_path)
    assert len(modules) < len(numpy) / 2


@pytest.mark.parametrize("words", [[], ["--help"], ["-h"]])
def test_help_loads_next_to_nothing(words: list[str], root: Path, tmp_path: Path) -> None:
    modules = loaded(RUN.format(words=words), root, tmp_path)
    assert heavy(modules) == set()
    assert "click" not in modules
    assert [each for each in modules if each.startswith("egovstats")] == ["egovstats", "egovstats.cli"]
    assert len(modules) < 40


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help_of_a_command_loads_click_and_nothing_heavy(name: str, root: Path, tmp_path: Path) -> None:
    modules = loaded(RUN.format(words=[name, "--help"]), root, tmp_path)
    assert "click" in modules
    assert heavy(modules) == set()


def test_a_name_loads_with_its_first_use(root: Path, tmp_path: Path) -> None:
    modules = loaded("import egovstats; egovstats.Source", root, tmp_path)
    assert "egovstats.sources" in modules
    assert heavy(modules) == set()


@pytest.mark.parametrize("name", ["mean", "mann_kendall", "change", "read_microdata", "open_series"])
def test_statistics_load_no_modelling_or_drawing_packages(name: str, root: Path, tmp_path: Path) -> None:
    modules = set(loaded(f"import egovstats; egovstats.{name}", root, tmp_path))
    assert {each for each in import_direction.ON_DEMAND if each in modules} - _optional_of_pandas(
        modules
    ) == set()


def _optional_of_pandas(modules: set[str]) -> set[str]:
    """pandas itself loads pyarrow where it is installed."""
    return {"pyarrow"} if "pandas" in modules else set()
