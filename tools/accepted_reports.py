"""Compare the shipped reports with their accepted results, or accept what they give now.

    python tools/accepted_reports.py             say what differs; the exit code is 1 if something does
    python tools/accepted_reports.py --accept    the same, then make it the accepted results

The accepted results of a report are ``reports/NAME/expected/results.json``. Read what differs before
accepting it, and tell the readers in CHANGELOG.md what moved, by how much and why.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
# Report -> whether it is built from the synthetic files of `egovstats demo`; otherwise from what ships.
ACCEPTED = {"mongolia": False, "bureaucracy": True}
# Results are the same to the byte on one machine; elsewhere the last digits of sums may differ.
TOLERANCE = 1e-8


def accepted_file(name: str) -> Path:
    """Where the accepted results of a report lie."""
    return ROOT / "reports" / name / "expected" / "results.json"


def build(name: str, folder: Path) -> str:
    """The results of a report as they are now, as JSON text; files are written into the folder."""
    import egovstats
    from egovstats.waves import write_demo

    data = None
    if ACCEPTED[name]:
        data = folder / "waves"
        write_demo(data, series=[name])
    report = egovstats.build_report(ROOT / "reports" / name, data=data)
    report.write(folder / "out", formats=["json"])
    return (folder / "out" / "results.json").read_text(encoding="utf-8")


def differences(accepted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """One line a number that is missing, new or another, by its id."""
    before = {result["id"]: result for result in accepted["results"]}
    after = {result["id"]: result for result in found["results"]}
    lines = [f"{name}: missing (was {before[name]['display']})" for name in before if name not in after]
    lines += [f"{name}: new ({after[name]['display']})" for name in after if name not in before]
    for name in before:
        if name in after and not _same(before[name], after[name]):
            was, now = before[name], after[name]
            lines.append(f"{name}: {was['display']} -> {now['display']} ({was['value']} -> {now['value']})")
    return lines


def _same(was: dict[str, Any], now: dict[str, Any]) -> bool:
    if was["display"] != now["display"] or was["unit"] != now["unit"]:
        return False
    if isinstance(was["value"], float) and isinstance(now["value"], float):
        return math.isclose(was["value"], now["value"], rel_tol=TOLERANCE, abs_tol=1e-12)
    return bool(was["value"] == now["value"])


def main(arguments: list[str]) -> int:
    """Compare every report, and accept its results if that was asked for."""
    differing = 0
    for name in ACCEPTED:
        with tempfile.TemporaryDirectory() as folder:
            text = build(name, Path(folder))
        file = accepted_file(name)
        accepted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"results": []}
        lines = differences(accepted, json.loads(text))
        differing += len(lines)
        print(f"{name}: {len(lines)} of its numbers differ from the accepted ones")
        for line in lines:
            print(f"  {line}")
        if arguments == ["--accept"]:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
    return 1 if differing and arguments != ["--accept"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
