"""The check of imports finds what it is for, and finds nothing in this package."""

from __future__ import annotations

from pathlib import Path

import import_direction
import pytest


def package(folder: Path, files: dict[str, str]) -> Path:
    for name, text in {"__init__.py": "_HOME = {'estimate': ['mean']}\n", **files}.items():
        file = folder / "egovstats" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_this_package_goes_one_way(root: Path) -> None:
    assert import_direction.faults(root / "src") == []


def test_every_room_has_its_place(root: Path) -> None:
    rooms = {
        path.stem if path.is_file() else path.name
        for path in (root / "src" / "egovstats").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert rooms - {"__init__", "__main__"} <= set(import_direction.LEVEL)


@pytest.mark.parametrize(
    "statement",
    [
        "from egovstats.report import tables",
        "import egovstats.report.tables",
        "from egovstats import report",
        "from ..report import tables",
        "def f() -> None:\n    from egovstats.report import tables",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from egovstats.report import tables",
        "try:\n    from egovstats.report import tables\nexcept ImportError:\n    tables = None",
    ],
)
def test_an_import_upwards(statement: str, tmp_path: Path) -> None:
    found = import_direction.faults(package(tmp_path, {"estimate/mean.py": statement}))
    assert len(found) == 1
    assert found[0].startswith("estimate/mean.py:")
    assert " imports report: imports go cli -> review -> report -> " in found[0]


@pytest.mark.parametrize(
    ("file", "statement", "what"),
    [
        ("waves/pooled.py", "from egovstats.estimate import mean", "imports estimate"),
        ("scales/alpha.py", "from egovstats.inference import change", "imports inference"),
        ("errors.py", "from egovstats.sources import Source", "imports sources"),
        ("microdata/read.py", "from egovstats import mean", "imports estimate"),
        ("waves/pooled.py", "import egovstats", "imports the whole package"),
        ("helpers/text.py", "from egovstats.errors import nearest", "helpers is not a room"),
    ],
)
def test_sideways_and_other_faults(file: str, statement: str, what: str, tmp_path: Path) -> None:
    found = import_direction.faults(package(tmp_path, {file: statement}))
    assert [line for line in found if line.startswith(f"{file}:1 {what}")]


@pytest.mark.parametrize(
    ("file", "statement"),
    [
        ("cli/report.py", "import egovstats"),
        ("__main__.py", "from egovstats.cli import main"),
        ("checks/ledger.py", "from egovstats.waves import Waves\nfrom egovstats import __version__"),
        ("estimate/mean.py", "from egovstats.estimate.assemble import keys\nfrom . import assemble"),
        ("results.py", "from egovstats.sources import Source\nfrom egovstats.errors import EstimateError"),
    ],
)
def test_what_is_allowed(file: str, statement: str, tmp_path: Path) -> None:
    assert import_direction.faults(package(tmp_path, {file: statement})) == []


def test_heavy_package_that_every_start_would_load(tmp_path: Path) -> None:
    files = {"cli/__init__.py": "from egovstats.cli.app import run", "cli/app.py": "import numpy as np"}
    found = import_direction.faults(package(tmp_path, files))
    assert found == ["cli/app.py:1 imports numpy at its top, and every start of the command loads it"]


def test_packages_for_one_purpose_wait_for_it(tmp_path: Path) -> None:
    files = {
        "models/fit.py": "import statsmodels.api as sm",
        "models/late.py": "def f() -> None:\n    from scipy import stats",
    }
    found = import_direction.faults(package(tmp_path, files))
    assert found == [
        "models/fit.py:1 imports statsmodels at its top; import it inside the function that needs it"
    ]


def test_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = package(tmp_path / "good", {})
    bad = package(tmp_path / "bad", {"variance/sums.py": "import egovstats.design"})
    assert import_direction.main([str(good)]) == 0
    assert import_direction.main([str(bad)]) == 1
    assert "variance/sums.py:1 imports design" in capsys.readouterr().out
