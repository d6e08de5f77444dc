"""Every reference case that the package covers, one test a case."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import run_cases  # noqa: E402

TABLE = run_cases.adapters()
SCHEMA = json.loads((HERE / "data" / "schema.json").read_text(encoding="utf-8"))
CASES = [
    case
    for path in sorted((HERE / "cases").glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]


@pytest.fixture(scope="module")
def frames() -> dict:
    return {}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict, frames: dict) -> None:
    for name in case["data"]:
        if name not in frames:
            frames[name] = run_cases.load_frame(HERE, name, SCHEMA)
    outcome = run_cases.run_case(case, {name: frames[name] for name in case["data"]}, TABLE)
    if outcome.status == "not covered":
        pytest.skip(f"not covered yet: {outcome.detail}")
    wanted = "explained" if case["id"] in run_cases.EXPLAINED else "ok"
    assert outcome.status == wanted, outcome.detail


def test_a_wrong_number_fails() -> None:
    wrong, fault = run_cases.disagreement({"se": [1.0, 2.0]}, {"se": [1.0, 2.0001]}, 1e-8, "expect")
    assert fault.startswith("se: expected 2")
    assert wrong > 1e-5
