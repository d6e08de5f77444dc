"""All sides in turn, each operation in a process of its own, and the table of ratios in docs/benchmarks.md.

    python benchmarks/run.py                                  # sizes S and M, five rounds
    python benchmarks/run.py --sizes S --ops a,b --rounds 3 --no-write
    python benchmarks/run.py --svy OTHER/ENVIRONMENT/bin/python

Peers take part where they are installed: R with survey by the command Rscript, svy in this environment or in
the one whose interpreter `--svy` names. A machine is never quiet, so ratios are taken within a round, one
side right after the other, and the median of the rounds is printed. A side whose checksum differs has none.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import make_data

HERE = Path(__file__).resolve().parent
TABLE = HERE.parent / "docs" / "benchmarks.md"
START, END = "<!-- the table: python benchmarks/run.py -->", "<!-- end of the table -->"
OPS = {
    "design": "design from a frame",
    "a": "mean of one item by wave",
    "b": "topline: 40 items by wave",
    "again": "the same topline again",
    "c40": "Rao-Scott test, 40 items by wave",
    "d": "logit, six covariates",
    "e": "means by wave, 40 items, 80 replicate weights",
    "f": "raking to four margins",
    "g": "median by wave with interval",
}
# What is aimed at: at most so many times the floor (at M), at least so many times faster than a peer (S, M).
FLOOR_GOALS = {"design": 2, "a": 1.5, "b": 2, "c40": 2, "d": 1.5, "e": 1.5, "f": 2, "g": 2}
PEER_GOALS: dict[str, dict[str, tuple[float, float]]] = {
    "svy": {
        "design": (3, 2),
        "a": (10, 40),
        "b": (100, 150),
        "c40": (50, 300),
        "d": (2.5, 2.5),
        "e": (40, 20),
        "f": (30, 40),
        "g": (10, 10),
    },
    "R survey": {
        "design": (30, 75),
        "a": (40, 250),
        "b": (400, 400),
        "c40": (200, 350),
        "d": (10, 15),
        "e": (250, 400),
        "f": (150, 200),
        "g": (30, 40),
    },
}
BY_ITEM = ("b", "again", "c40", "e")
TOLERANCE = {"d": 1e-7}  # R stops iterating earlier than the others


@dataclass
class Side:
    """One program."""

    name: str
    command: list[str]
    slow: bool = False
    found: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def run(self, data: Path, size: str, op: str, reps: int) -> dict[str, Any]:
        """One process; slow sides take two items of forty at M, and their time is linear in items."""
        items = 2 if self.slow and size == "M" and op in BY_ITEM else 40
        asked = "b" if self.slow and op == "again" else op
        command = [*self.command, "--data", str(data / size), "--op", asked, "--items", str(items), "--reps"]
        if self.slow:  # what a peer imports with its first use is no part of the operation
            command += ["1", "--warm", str(data / "S")]
        else:
            command.append(str(reps))
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            return {"error": (done.stderr.strip().splitlines() or ["killed"])[-1]}
        record: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        record["seconds"] *= 40 / items if op in BY_ITEM else 1
        record["items"] = items
        return record


def sides(svy: str | None) -> list[Side]:
    """egovstats and the floor, and the peers that are there."""
    found = [
        Side("egovstats", [sys.executable, str(HERE / "side_egovstats.py")]),
        Side("floor", [sys.executable, str(HERE / "side_floor.py")]),
    ]
    interpreter = svy or sys.executable
    if _works([interpreter, "-c", "import svy, pyarrow"]):
        found.append(Side("svy", [interpreter, str(HERE / "side_svy.py")], slow=True))
    if shutil.which("Rscript") and _works(["Rscript", "-e", "library(survey)"]):
        found.append(Side("R survey", ["Rscript", str(HERE / "side_r.R")], slow=True))
    return found


def _works(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def measure(
    data: Path, sizes: list[str], ops: list[str], rounds: int, peers: int, taking: list[Side]
) -> None:
    """Rounds of all sides in turn; slow peers take part in the first rounds only."""
    for size in sizes:
        for op in ops:
            for at in range(rounds):
                for side in taking:
                    if side.slow and (at >= peers or (size == "M" and at > 0)):
                        continue
                    record = side.run(data, size, op, reps=25 if size == "S" else 5)
                    side.found.setdefault((size, op), []).append(record)
            print(line(taking, size, op), flush=True)


def ratio(side: Side, over: Side, size: str, op: str) -> tuple[float | None, str]:
    """Median over the rounds of one side's time over another's; or None and why."""
    pairs = list(zip(side.found.get((size, op), []), over.found.get((size, op), []), strict=False))
    if not pairs:
        return None, "not run"
    for each in pairs[0]:
        if "error" in each:
            return None, str(each["error"])
    first, second = pairs[0]
    if first["items"] == second["items"]:
        for ours, theirs in zip(first["checksum"], second["checksum"], strict=False):
            if abs(ours - theirs) > TOLERANCE.get(op, 1e-9) * max(abs(theirs), 1e-300):
                return None, "other numbers"
    return statistics.median(a["seconds"] / b["seconds"] for a, b in pairs if "error" not in (*a, *b)), ""


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def _beside(value: float | None, goal: float | None, word: str) -> str:
    """A ratio with what it is aimed at."""
    return f"{_shown(value)} ({word} {goal:g})" if value is not None and goal is not None else _shown(value)


def cells(taking: list[Side], size: str, op: str) -> list[str]:
    """A row of the table: times the floor, then how many times faster than each peer; and the memory."""
    ours, floor, *peers = taking
    over = ratio(ours, floor, size, op)
    others = [ratio(peer, ours, size, op) for peer in peers]
    for value, why in (over, *others):
        if value is None:
            print(f"# {size} {op}: {why}", file=sys.stderr, flush=True)
    memory = [
        record.get("over_data_mb") for record in ours.found.get((size, op), []) if "error" not in record
    ]
    limit = FLOOR_GOALS.get(op) if size == "M" else None
    shown = [_beside(over[0], limit, "at most")]
    for peer, (value, _) in zip(peers, others, strict=True):
        aim = PEER_GOALS.get(peer.name, {}).get(op)
        shown.append(_beside(value, aim[size == "M"] if aim else None, "goal"))
    return [*shown, str(max(memory)) if memory else ""]


def line(taking: list[Side], size: str, op: str) -> str:
    """A row of the table."""
    return f"| {OPS[op]} | {size} | " + " | ".join(cells(taking, size, op)) + " |"


def table(taking: list[Side], sizes: list[str], ops: list[str]) -> str:
    """The table in Markdown."""
    names = [side.name for side in taking[2:]]
    head = ["operation", "size", "times the floor", *(f"times faster than {name}" for name in names)]
    head.append("MB over the data")
    rows = [line(taking, size, op) for op in ops for size in sizes]
    rule = ["---", "---", *["--:"] * (len(head) - 2)]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "|".join(rule) + "|", *rows])


def write(text: str) -> None:
    """Put the table where it stands in the page."""
    page = TABLE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    after = rest.split(END)[1]
    TABLE.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="S,M")
    parser.add_argument("--ops", default=",".join(OPS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer-rounds", type=int, default=3, help="at size S; one at size M")
    parser.add_argument("--svy", help="interpreter of an environment that has svy and pyarrow")
    parser.add_argument("--data", type=Path, help="keep the data in this folder, and use what is there")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-write", action="store_true")
    args = parser.parse_args()
    sizes, ops = args.sizes.split(","), args.ops.split(",")
    taking = sides(args.svy)[: 2 if args.no_peers else None]
    folder = args.data or Path(tempfile.mkdtemp(prefix="egovstats-bench-"))
    try:
        for size in dict.fromkeys(["S", *sizes]):
            if not (folder / size).is_dir():
                make_data.make(size, folder, raw=any(side.name == "R survey" for side in taking))
        measure(folder, sizes, ops, args.rounds, args.peer_rounds, taking)
    finally:
        if args.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    text = table(taking, sizes, ops)
    print(text)
    if not args.no_write:
        write(text)


if __name__ == "__main__":
    main()
