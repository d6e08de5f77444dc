"""Two hundred models and tests of many designs, computed by R now and read as reference cases.

Skipped where R or its packages survey and jsonlite are not installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parent
sys.path.insert(0, str(REFERENCE))

import run_cases  # noqa: E402


@pytest.mark.slow  # R takes a minute
def test_models_and_tests_of_many_designs(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed on this machine")
    (tmp_path / "cases").mkdir()
    (tmp_path / "data").symlink_to(REFERENCE / "data")
    found = subprocess.run(
        ["Rscript", str(HERE / "models.R"), str(tmp_path / "data"), str(tmp_path / "cases")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package called" in found.stderr:
        pytest.skip("R is installed without its packages survey and jsonlite")
    assert found.returncode == 0, found.stderr[-2000:]
    outcomes = run_cases.run_folder(tmp_path)
    assert len(outcomes) >= 190
    wrong = [f"{each.id}: {each.detail}" for each in outcomes if each.status != "ok"]
    assert not wrong, "\n".join(wrong)
