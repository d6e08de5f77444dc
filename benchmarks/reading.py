"""Reading 1,000,000 rows of 60 columns from SPSS files, beside pyreadstat: time and peak memory as ratios.

    python benchmarks/reading.py                         # three rounds; makes its own files
    python benchmarks/reading.py --rows 100000 --rounds 5 --folder DIR

Each read has a process of its own, with all modules loaded before the clock starts. Sides alternate, and
ratios are taken within a round; the median of the rounds is printed. "Seconds" are those of the clock,
"work" those of the processor.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

FILES = {"plain": "plain.sav", "bytecode": "bytecode.sav", "zlib": "zlib.zsav"}
SOME = ["q1", "weight", "region"]
ANSWERS = {1: "very bad", 2: "bad", 3: "neither", 4: "good", 5: "very good", 9: "don't know"}


def make(folder: Path, rows: int) -> None:
    """Write the same synthetic table in the three ways that SPSS writes rows."""
    import pyreadstat

    rng = np.random.default_rng(1)
    columns: dict[str, object] = {}
    for item in range(1, 51):
        answer = rng.integers(1, 6, rows).astype(float)
        answer[rng.random(rows) < 0.05] = 9
        answer[rng.random(rows) < 0.02] = np.nan
        columns[f"q{item}"] = answer
    columns["weight"] = np.exp(rng.normal(0, 0.5, rows))
    columns["income"] = np.round(np.exp(rng.normal(6, 1, rows)), 2)
    columns["age"] = rng.integers(18, 90, rows).astype(float)
    columns["number"] = np.arange(rows, dtype=float)
    for place in range(1, 5):
        columns[f"village{place}"] = rng.integers(0, 2000, rows).astype(float)
    columns["region"] = np.array(["Ulaanbaatar", "Arkhangai", "Dornod"], dtype=object)[
        rng.integers(0, 3, rows)
    ]
    columns["day"] = rng.integers(150_000, 160_000, rows) * 86_400.0
    about = {
        "variable_value_labels": {f"q{item}": ANSWERS for item in range(1, 51)},
        "missing_ranges": {"q1": [9], "q2": [{"lo": 8, "hi": 9}]},
        "variable_format": {"day": "DATE11"},
    }
    frame = pd.DataFrame(columns)
    pyreadstat.write_sav(frame, folder / FILES["plain"], **about)
    pyreadstat.write_sav(frame, folder / FILES["bytecode"], row_compress=True, **about)
    pyreadstat.write_sav(frame, folder / FILES["zlib"], compress=True, **about)


def read(side: str, path: Path, columns: list[str] | None) -> None:
    """Read a file once and print a JSON line."""
    import pyarrow  # noqa: F401  # loaded by the first column of texts
    import pyreadstat

    import egovstats

    egovstats.as_microdata(pd.DataFrame({"loads": [1]}))
    start, work = time.perf_counter(), time.process_time()
    if side == "pyreadstat":
        frame, _ = pyreadstat.read_sav(
            path, usecols=columns, user_missing=True, disable_datetime_conversion=True
        )
    else:
        frame = egovstats.read_microdata(path, columns=columns, progress=False).frame
    record = {
        "seconds": time.perf_counter() - start,
        "work": time.process_time() - work,
        "MB": _peak(),
        "shape": list(frame.shape),
    }
    print(json.dumps(record))


def _peak() -> float:
    """Most memory that this process held, in MB; `ru_maxrss` would be that of the parent if it held more."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def compare(folder: Path, rounds: int) -> list[str]:
    """Lines of the table, a line a file and choice of columns."""
    lines = [
        "| rows are | columns | pyreadstat s | seconds | work | memory |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for way, name in FILES.items():
        for columns in ([], SOME):
            ratios: dict[str, list[float]] = {"seconds": [], "work": [], "MB": []}
            theirs: list[float] = []
            for _ in range(rounds):
                of = {side: _once(side, folder / name, columns) for side in ("pyreadstat", "egovstats")}
                theirs.append(of["pyreadstat"]["seconds"])
                for what, each in ratios.items():
                    each.append(of["egovstats"][what] / of["pyreadstat"][what])
            shown = " | ".join(f"{statistics.median(each):.2f}" for each in ratios.values())
            lines.append(f"| {way} | {len(columns) or 60} | {statistics.median(theirs):.1f} | {shown} |")
            print(lines[-1], file=sys.stderr)
    return lines


def _once(side: str, path: Path, columns: list[str]) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, "--file", str(path), "--columns", ",".join(columns)]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(out)
    return found


def main() -> None:
    """Make the files, read them in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--columns", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.side:
        read(args.side, args.file, args.columns.split(",") if args.columns else None)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        if not (folder / FILES["zlib"]).exists():
            make(folder, args.rows)
        print("\n".join(compare(folder, args.rounds)))


if __name__ == "__main__":
    main()
