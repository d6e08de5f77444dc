"""Run a folder of reference cases through the public interface.

    python tests/reference/run_cases.py FOLDER [FAMILY ...]

FOLDER holds cases/FAMILY.json and data/NAME.csv with data/schema.json. Prints a line a case (id, ok or
the largest relative error, seconds), then "N passed, N failed". Adapters map names, never numbers, and a
case is computed before its `expect` is read.
"""

from __future__ import annotations

import importlib
import json
import math
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

Adapter = Callable[[dict[str, Any], dict[str, pd.DataFrame]], dict[str, Any]]

# What a case says about itself rather than about the estimate.
DESCRIPTIVE = {
    "names",
    "level",
    "r_message",
    "estimate_names",
    "groups",
    "threshold_names",
    "reference",
    "note",
}


# Entries in which the reference is at fault; docs/decisions/core-reference-differences.md has the proof of each.
EXPLAINED: dict[str, dict[str, Any]] = json.loads((HERE / "explained.json").read_text(encoding="utf-8"))


class NotCovered(Exception):  # noqa: N818
    """The package does not do this yet; the message says what."""


@dataclass
class Outcome:
    """How one case went."""

    id: str
    status: str  # "ok", "failed", "explained", "not covered"
    detail: str
    seconds: float


def adapters() -> dict[str, Adapter]:
    """Every adapter of the folder `adapters`, by the estimator it serves."""
    found: dict[str, Adapter] = {}
    for path in sorted((HERE / "adapters").glob("[a-z]*.py")):
        module = importlib.import_module(f"adapters.{path.stem}")
        found.update(getattr(module, "ESTIMATORS", {}))
    return found


def load_frame(folder: Path, name: str, schema: dict[str, Any]) -> pd.DataFrame:
    """One data file with the column types of the schema; factor levels keep their order."""
    columns = schema[name]["columns"]
    text = {"string", "factor", "ordered"}
    frame = pd.read_csv(folder / "data" / f"{name}.csv", dtype=str, keep_default_na=False, na_values=[""])
    for column, spec in columns.items():
        if spec["type"] not in text:  # Python's own conversion keeps every digit
            frame[column] = np.array([float("nan") if pd.isna(x) else float(x) for x in frame[column]])
    for column, spec in columns.items():
        if spec["type"] in ("factor", "ordered"):
            frame[column] = pd.Categorical(
                frame[column], categories=spec["levels"], ordered=spec["type"] == "ordered"
            )
        elif spec["type"] == "integer" and not frame[column].isna().any():
            frame[column] = frame[column].astype("int64")
    return frame


def number(value: Any) -> float:
    """A number, also where JSON could only hold a word."""
    words = {"Inf": math.inf, "-Inf": -math.inf, "NA": math.nan, "NaN": math.nan}
    return words[value] if isinstance(value, str) and value in words else float(value)


def is_number(value: Any) -> bool:
    return value in ("Inf", "-Inf", "NA", "NaN") or (
        isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    )


def disagreement(expected: Any, computed: Any, tol: float, key: str) -> tuple[float, str]:
    """Largest relative error over one entry of `expect`, and what is wrong (empty if within `tol`)."""
    if isinstance(expected, dict):
        worst, wrong = 0.0, ""
        for name, value in expected.items():
            if name in DESCRIPTIVE:
                continue
            if not isinstance(computed, dict) or name not in computed:
                return math.inf, f"{key}.{name} was not computed"
            error, fault = disagreement(value, computed[name], tol, name)
            worst, wrong = max(worst, error), wrong or fault
        return worst, wrong
    if isinstance(expected, list) and expected and all(isinstance(each, dict) for each in expected):
        if not isinstance(computed, list) or len(computed) != len(expected):
            return math.inf, f"{key}: expected {len(expected)} entries"
        each_one = [disagreement(a, b, tol, key) for a, b in zip(expected, computed, strict=True)]
        return max(error for error, _ in each_one), next((fault for _, fault in each_one if fault), "")
    if isinstance(expected, list) and any(isinstance(each, dict) for each in expected):
        if len(computed) != len(expected):
            return math.inf, f"{key}: expected {len(expected)} entries, computed {len(computed)}"
        found = [disagreement(e, c, tol, key) for e, c in zip(expected, computed, strict=True)]
        return max(error for error, _ in found), next((fault for _, fault in found if fault), "")
    flat = np.array(expected, dtype=object).ravel().tolist()
    if not all(is_number(each) for each in flat):
        given = np.array(computed, dtype=object).ravel().tolist()
        same = [str(each) for each in flat] == [str(each) for each in given]
        return (0.0, "") if same else (math.inf, f"{key}: expected {flat[:4]}, computed {given[:4]}")
    want = np.array([number(each) for each in flat])
    table = np.array(computed, dtype=object)
    if not all(is_number(each) for each in table.ravel()):
        return math.inf, f"{key}: expected numbers, computed {table.ravel().tolist()[:4]}"
    table = table.astype(float)
    have = table.ravel()
    if want.size < have.size:  # the reference may leave out coefficients that have no estimate
        have = without_void(table).ravel()
    if want.shape != have.shape:
        return math.inf, f"{key}: expected {want.shape}, computed {have.shape}"
    check = ~np.isnan(want)
    want, have = want[check], have[check]
    if not len(want):
        return 0.0, ""
    finite = np.isfinite(want)
    if not np.array_equal(want[~finite], have[~finite]) or not np.isfinite(have[finite]).all():
        return math.inf, f"{key}: not finite where the reference is, or the other way round"
    want, have = want[finite], have[finite]
    if not len(want):
        return 0.0, ""
    gap = np.abs(want - have)
    size = np.maximum(np.abs(want), np.abs(have))
    if key.startswith("p_") or key == "p_value":
        allowed = 100 * tol * size + 1e-12
    else:
        allowed = tol * size + 1e-9 * np.abs(want).max()
    relative = float(np.max(gap / np.where(size > 0, size, 1)))
    worst = int(np.argmax(gap - allowed))
    fault = (
        f"{key}: expected {want[worst]:.15g}, computed {have[worst]:.15g}" if (gap > allowed).any() else ""
    )
    return relative, fault


def without_void(table: np.ndarray) -> np.ndarray:
    """The entries but for rows, and columns of a square matrix, that hold nothing but NaN."""
    void = np.isnan(table)
    if table.ndim < 2:
        return table[~void]
    square = table.shape[0] == table.shape[1]
    return table[~void.all(axis=1)][:, ~void.all(axis=0)] if square else table[~void.all(axis=1)]


def run_case(case: dict[str, Any], data: dict[str, pd.DataFrame], table: dict[str, Adapter]) -> Outcome:
    """Compute one case, then compare it with what is expected."""
    from egovstats.errors import EgovstatsError

    start = time.perf_counter()
    question = {key: value for key, value in case.items() if not key.startswith("expect")}
    computed: dict[str, Any] | None
    refused = ""
    try:
        if case["estimator"] not in table:
            raise NotCovered(f"estimator {case['estimator']!r}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            computed = table[case["estimator"]](question, data)
    except NotCovered as gap:
        return Outcome(case["id"], "not covered", str(gap), time.perf_counter() - start)
    except EgovstatsError as error:
        computed, refused = None, str(error)
    except Exception as error:  # a crash is a failed case, and the others still run
        seconds = time.perf_counter() - start
        return Outcome(case["id"], "failed", f"{type(error).__name__}: {str(error)[:200]}", seconds)
    seconds = time.perf_counter() - start
    expect = case["expect"]
    if expect.get("error"):
        status = "ok" if computed is None else "failed"
        return Outcome(case["id"], status, "refused" if computed is None else "should be refused", seconds)
    if computed is None:
        return Outcome(case["id"], "failed", f"refused: {refused}", seconds)
    error, fault = disagreement(expect, computed, case["tol"], "expect")
    if fault and case["id"] in EXPLAINED:
        known = EXPLAINED[case["id"]]
        error, other = disagreement(without(expect, known["entries"]), computed, case["tol"], "expect")
        if not other:
            return Outcome(case["id"], "explained", known["reason"], seconds)
        fault = other
    return Outcome(case["id"], "failed" if fault else "ok", fault or f"{error:.1e}", seconds)


def without(expect: Any, entries: list[str]) -> Any:
    """What is expected, but for some entries, at any depth."""
    if isinstance(expect, dict):
        return {key: without(value, entries) for key, value in expect.items() if key not in entries}
    if isinstance(expect, list):
        return [without(value, entries) for value in expect]
    return expect


def run_folder(folder: Path, families: list[str] | None = None) -> list[Outcome]:
    """All cases of a folder."""
    schema = json.loads((folder / "data" / "schema.json").read_text(encoding="utf-8"))
    frames: dict[str, pd.DataFrame] = {}
    table = adapters()
    outcomes = []
    for path in sorted((folder / "cases").glob("*.json")):
        if families and path.stem not in families:
            continue
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            for name in case["data"]:
                if name not in frames:
                    frames[name] = load_frame(folder, name, schema)
            outcomes.append(run_case(case, {name: frames[name] for name in case["data"]}, table))
    return outcomes


def main(arguments: list[str]) -> int:
    """Print a line a case and the count."""
    folder = Path(arguments[0]) if arguments else HERE
    outcomes = run_folder(folder, arguments[1:] or None)
    for outcome in outcomes:
        word = "ok" if outcome.status == "ok" else outcome.status.upper()
        print(f"{outcome.id:44} {word:12} {outcome.detail:60} {outcome.seconds:8.3f}")
    passed = sum(outcome.status == "ok" for outcome in outcomes)
    failed = sum(outcome.status == "failed" for outcome in outcomes)
    explained = sum(outcome.status == "explained" for outcome in outcomes)
    skipped = len(outcomes) - passed - failed - explained
    if explained:
        print(f"{explained} of those that do not pass are explained in explained.json, with the proof")
    rest = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed + explained} failed{rest}")
    return 1 if failed else 0


if __name__ == "__main__":
    # Adapters import this module by name; running that copy keeps one NotCovered in the program.
    sys.exit(importlib.import_module("run_cases").main(sys.argv[1:]))
