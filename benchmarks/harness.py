"""What every side of the benchmarks does: one operation a process, timed apart from loading.

A side has `load(op, folder, items)`, which is not timed, and `OPS`, from an operation to a function of
what `load` gave that returns its checksum: sums of estimates, of standard errors, and so on.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

COLUMNS = {
    "design": [],
    "d": ["year", "vote", "sex", "age", "educ", "urban", "income"],
    "f": ["sex", "agegrp", "region", "educ"],
    "g": ["income"],
}
ALWAYS = ["wave", "stratum", "psu", "w"]
SHARES = {"sex": (0.48, 0.52), "agegrp": (0.18, 0.22, 0.2, 0.17, 0.13, 0.1), "educ": (0.2, 0.3, 0.3, 0.2)}


def columns_of(op: str, items: int) -> list[str]:
    """Columns that an operation needs."""
    asked = [f"q{at:02d}" for at in range(1, (1 if op == "a" else items) + 1)]
    return ALWAYS + COLUMNS.get(op, asked)


def margins(population: float, regions: int) -> dict[str, dict[int, float]]:
    """Control totals of the raking."""
    shares = dict(SHARES)
    shares["region"] = tuple((at + 10) / sum(range(11, regions + 11)) for at in range(1, regions + 1))
    return {
        name: {at + 1: population * share for at, share in enumerate(each)} for name, each in shares.items()
    }


def total(values: Iterable[float]) -> float:
    """Sum of the finite ones, the same in any order."""
    return math.fsum(float(each) for each in values if math.isfinite(float(each)))


def _memory(key: str) -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return math.nan
    found = [line for line in status.read_text().splitlines() if line.startswith(key + ":")]
    return int(found[0].split()[1]) / 1024 if found else math.nan


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def side(load: Callable[[str, Path, int], Any], ops: dict[str, Callable[[Any], list[float]]]) -> None:
    """Run one operation as the command line says and print a JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--op", choices=list(ops), required=True)
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--reps", type=int, default=3)
    parser.add_argument("--warm", type=Path, help="run once on this smaller sample: imports are not timed")
    args = parser.parse_args()
    if args.warm:
        ops[args.op](load(args.op, args.warm, args.items))
    state = load(args.op, args.data, args.items)
    before = _memory("VmRSS")
    _forget_peak()
    seconds = []
    for _ in range(args.reps):
        start = time.perf_counter()
        found = ops[args.op](state)
        seconds.append(time.perf_counter() - start)
    record = {
        "op": args.op,
        "seconds": statistics.median(seconds),
        "first": seconds[0],
        "over_data_mb": round(_memory("VmHWM") - before),
        "checksum": found,
    }
    print(json.dumps(record))
