"""The sides of the benchmarks compute the same numbers, and the runner's ratios and table are right."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture(scope="module")
def side(root: Path) -> Any:
    sys.path.insert(0, str(root / "benchmarks"))
    yield importlib.import_module
    sys.path.remove(str(root / "benchmarks"))


@pytest.fixture(scope="module")
def tiny(side: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pyarrow")
    return side("make_data").make("T", tmp_path_factory.mktemp("bench"), raw=True)


@pytest.mark.parametrize("op", ["design", "a", "b", "again", "c40", "d", "e", "f", "g"])
def test_the_package_agrees_with_the_floor(op: str, side: Any, tiny: Path) -> None:
    found = []
    for name in ("side_egovstats", "side_floor"):
        module = side(name)
        found.append(module.OPS[op](module.load(op, tiny, 5)))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


def test_data_are_the_same_twice_and_raw_as_in_parquet(side: Any, tiny: Path, tmp_path: Path) -> None:
    again = side("make_data").make("T", tmp_path, raw=True)
    assert (again / "survey.parquet").read_bytes() == (tiny / "survey.parquet").read_bytes()
    column = side("side_floor").column(tiny / "survey.parquet", "w")
    assert np.array_equal(np.fromfile(tiny / "raw" / "w.f8"), column)
    answers = np.fromfile(tiny / "raw" / "q01.i4", np.int32)
    assert np.array_equal(np.maximum(answers, 0), side("side_floor").column(tiny / "survey.parquet", "q01"))


def test_ratios_are_taken_within_rounds(side: Any) -> None:
    run = side("run")

    def of(name: str, seconds: list[float], checksum: float = 1.0) -> Any:
        records = [
            {"seconds": each, "items": 40, "checksum": [checksum], "over_data_mb": 3} for each in seconds
        ]
        return run.Side(name, [], found={("S", "a"): records})

    ours, floor = of("egovstats", [2.0, 20.0, 3.0]), of("floor", [1.0, 10.0, 1.0])
    assert run.ratio(ours, floor, "S", "a") == (2.0, "")
    assert run.ratio(of("svy", [8.0], 1.1), ours, "S", "a") == (None, "other numbers")
    assert run.ratio(of("svy", [8.0], 1 + 1e-12), ours, "S", "a") == (4.0, "")
    assert run.table([ours, floor, of("svy", [80.0])], ["S"], ["a"]).splitlines() == [
        "| operation | size | times the floor | times faster than svy | MB over the data |",
        "|---|---|--:|--:|--:|",
        "| mean of one item by wave | S | 2.0 | 40 (goal 10) | 3 |",
    ]


def test_the_table_goes_where_it_stands(side: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = side("run")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{run.START}\nold\n{run.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(run, "TABLE", page)
    run.write("new")
    assert page.read_text(encoding="utf-8") == f"before\n{run.START}\n\nnew\n\n{run.END}\nafter\n"


def test_the_page_has_a_place_for_the_table(root: Path, side: Any) -> None:
    page = (root / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.index(side("run").START) < page.index(side("run").END)
