"""A hundred million respondents in Parquet: what a lazy design reads in how much memory.

    python benchmarks/large.py                         # 100,000,000 rows, made in a temporary folder
    python benchmarks/large.py --rows 5000000 --engines arrow,duckdb,polars

Each engine runs in a process of its own; the peak is the kernel's high-water mark of its resident memory.
Prints one JSON line an engine: relative time, peak, and how far its numbers are from those of the first.
The data are deleted afterwards.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SEED = 20260101
WAVES, STRATA, PSUS = 20, 40, 300  # strata a wave, PSUs a stratum
ITEMS = ("q1", "q2", "q3", "q4", "q5")
ENGINES = ("arrow", "duckdb", "polars")


def make(folder: Path, rows: int) -> None:
    """One file a wave; respondents in random order within it."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    base = rows // WAVES
    for wave in range(WAVES):
        rng = np.random.default_rng([SEED, wave])
        schema, writer = None, None
        left = base
        while left:
            n = min(left, 1 << 20)
            left -= n
            psu = rng.integers(0, STRATA * PSUS, n)
            table = {
                "wave": pa.array(np.full(n, wave + 1, np.int8)),
                "stratum": pa.array((wave * STRATA + psu // PSUS).astype(np.int16)),
                "psu": pa.array((wave * STRATA * PSUS + psu).astype(np.int32)),
                "w": pa.array(np.round(rng.lognormal(0, 0.4, n), 4)),
            }
            for at, item in enumerate(ITEMS):
                answer = rng.integers(1, 6, n, dtype=np.int8)
                table[item] = pa.array(answer, mask=rng.random(n, dtype=np.float32) < 0.02 * (at + 1))
            batch = pa.table(table)
            schema = batch.schema
            if writer is None:
                writer = parquet.ParquetWriter(folder / f"wave{wave + 1:02d}.parquet", schema)
            writer.write_table(batch)
        if writer is not None:
            writer.close()


def peak_mb() -> float:
    """High-water mark of this process's resident memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(folder: str, engine: str) -> dict[str, object]:
    """The topline of all items by wave, a chi-square and a mean, from one engine."""
    import egovstats as eg

    start = time.perf_counter()
    source: object = f"{folder}/*.parquet"
    if engine == "polars":
        import polars as pl

        source = pl.scan_parquet(f"{folder}/*.parquet")
    named = engine if engine in ("arrow", "duckdb") else None
    design = eg.LazyDesign(source, weight="w", stratum="stratum", psu="psu", engine=named)
    table = eg.topline(design, list(ITEMS), by="wave").to_frame()
    mean = eg.mean(design, "q1", by="wave")
    return {
        "engine": engine,
        "seconds": time.perf_counter() - start,
        "peak_mb": round(peak_mb()),
        "rows": len(design),
        "psus": len(design.stages.first.stratum),
        "passes": design.scan.passes,
        "checksum": [
            float(table["estimate"].sum()),
            float(table["std_error"].sum()),
            float(table["deff"].sum()),
            float(mean.estimate.sum()),
            float(mean.std_error.sum()),
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--one", nargs=2, metavar=("FOLDER", "ENGINE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(run(*args.one)))
        return
    folder = Path(tempfile.mkdtemp(prefix="egovstats-large-"))
    first, seconds = None, 0.0
    try:
        make(folder, args.rows)
        for engine in args.engines.split(","):
            command = [sys.executable, __file__, "--one", str(folder), engine]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                print(
                    json.dumps({"engine": engine, "error": done.stderr.strip().splitlines()[-1:]}), flush=True
                )
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            first = first or found
            ours, theirs = np.array(found["checksum"]), np.array(first["checksum"])
            seconds = seconds or found["seconds"]
            found["relative_time"] = round(found.pop("seconds") / seconds, 2)
            found["difference"] = float(np.max(np.abs(ours / theirs - 1)))
            print(json.dumps(found), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
