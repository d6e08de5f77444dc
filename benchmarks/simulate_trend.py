"""Size of the trend tests and coverage of their intervals under a clustered design.

    python benchmarks/simulate_trend.py [--draws 2000] [--psus 8 4 2] [--store FOLDER] [--page FILE]

Draws are kept in chunks in the store, so a run can be stopped and taken up again; then the page is written
from all draws that are there. `--only NAME` runs the scenarios whose name holds NAME; `--draws 0` writes the
page alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from simulations.page import write_page
from simulations.runs import run

ROOT = Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--psus", type=int, nargs="+", default=[8, 4, 2], help="PSUs a stratum and wave")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--store", type=Path, default=ROOT / "data" / "simulations")
    parser.add_argument("--page", type=Path, default=ROOT.parent / "docs" / "simulations.md")
    given = parser.parse_args()
    run(given.store, draws=given.draws, psus=given.psus, seed=given.seed, only=given.only)
    write_page(given.page, given.store, psus=given.psus, seed=given.seed)


if __name__ == "__main__":
    main()
