"""Same input, same bytes: in another process, with another hash seed, clock zone, locale and folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import egovstats

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from report_sample import sample_report
sample_report("mn", synthetic=True).write("out")
"""


def test_two_processes_write_the_same_bytes(mongolian: Path, tmp_path: Path) -> None:
    here = Path(__file__).parent
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(egovstats.__file__).parents[1]),
        "PYTHONHASHSEED": "4711",
        "TZ": "Asia/Ulaanbaatar",
        "LC_ALL": "C",
        "SOURCE_DATE_EPOCH": "86400",
    }
    command = [sys.executable, "-W", "error", "-c", SCRIPT, str(here)]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment)
    written = _files(tmp_path / "out")
    assert written == _files(mongolian)
    assert {"report.html", "report.docx", "report.xlsx", "report.md", "tables.csv", "manifest.json"} <= {
        *written
    }
    for name in written:
        assert (tmp_path / "out" / name).read_bytes() == (mongolian / name).read_bytes(), name


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_room_loads_nothing_heavy() -> None:
    script = "import sys, egovstats.report; print(*[m for m in ('matplotlib', 'docx', 'xlsxwriter', 'jinja2', 'scipy.stats') if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(Path(egovstats.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True, env=environment
    )
    assert done.stdout.strip() == ""
