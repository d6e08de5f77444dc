"""What speed rests on, counted: passes over the respondents, bytes, digits. Never seconds."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.design.kept import Kept
from egovstats.variance import CellTotals, answer_shares, dense_codes, tallies, whole_codes
from egovstats.variance.blocks import block_sums, from_array, from_codes


def survey(n: int, items: int, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"q{at}": rng.integers(1, 6, n).astype(float) for at in range(items)})
    frame[rng.random(frame.shape) < 0.05] = np.nan
    wave = np.sort(rng.integers(2000, 2004, n))
    return frame.assign(
        wave=wave, psu=wave * 1000 + rng.integers(0, 60, n), stratum=wave * 10, w=rng.lognormal(0, 0.5, n)
    )


def design_of(frame: pd.DataFrame) -> eg.Design:
    return eg.Design(frame, weight="w", stratum="stratum", psu="psu")


@pytest.fixture
def tallied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each pass over the respondents took on."""
    passes: list[int] = []

    def counted(index: Any, items: Any, *rest: Any) -> Any:
        passes.append(len(items))
        return tallies(index, items, *rest)

    monkeypatch.setattr("egovstats.design.tallies.tallies", counted)
    return passes


def test_an_item_is_passed_over_once(tallied: list[int]) -> None:
    design = design_of(survey(2000, 6))
    items = [f"q{at}" for at in range(6)]
    eg.topline(design, items)
    assert tallied == [6]
    eg.topline(design, items)
    eg.proportion(design, "q1", by="wave")
    eg.mean(design, items, by="wave")
    eg.chi_square(design, items, "wave")
    assert tallied == [6]
    eg.mean(design, "q1")
    assert tallied == [6, 1]


def test_a_topline_item_keeps_the_numbers_of_the_table() -> None:
    topline = eg.topline(design_of(survey(2000, 3)), ["q0", "q1"])
    table = topline.to_frame()
    both = pd.concat([topline[item].to_frame() for item in topline], ignore_index=True)
    pd.testing.assert_frame_equal(table, both, check_dtype=False, rtol=1e-12)


def test_a_topline_needs_less_memory_than_its_data() -> None:
    frame = survey(400_000, 12)
    design = design_of(frame)
    items = [name for name in frame if name.startswith("q")]
    design.domains("wave")
    tracemalloc.start()
    eg.topline(design, items).to_frame()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.75 * frame[items].to_numpy().nbytes


def test_replicate_weights_are_not_copied_whole() -> None:
    n, r = 120_000, 30
    frame = survey(n, 6).reset_index(drop=True)
    names = [f"r{at}" for at in range(r)]
    weights = pd.DataFrame(np.random.default_rng(0).uniform(0.5, 2, (n, r)), columns=names)
    items = [f"q{at}" for at in range(6)]
    tracemalloc.start()
    design = eg.ReplicateDesign(
        pd.concat([frame, weights], axis=1, copy=False) if pd.__version__ < "3" else frame.join(weights),
        weight="w",
        replicates=names,
        method="bootstrap",
    )
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    eg.mean(design, items, by="wave")
    peak = tracemalloc.get_traced_memory()[1] - held
    tracemalloc.stop()
    assert peak < 0.5 * weights.to_numpy().nbytes


DIGITS = """
import hashlib, sys
sys.path.insert(0, {folder!r})
import test_passes_and_bytes as here
import egovstats as eg
design = here.design_of(here.survey(300_000, 2))
table = eg.topline(design, ["q0", "q1"]).to_frame()
mean = eg.mean(design, ["q0", "w"], by="wave").to_frame()
print(hashlib.sha256(table.to_csv().encode() + mean.to_csv().encode()).hexdigest())
"""


def test_the_number_of_cores_changes_no_digit(root: Path) -> None:
    found = set()
    for cores in ("1", "2"):
        environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), cores)
        environment["PYTHONPATH"] = str(root / "src")
        code = DIGITS.format(folder=str(Path(__file__).parent))
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_what_is_kept_is_bounded_and_dear_values_stay_longest() -> None:
    kept = Kept(100)
    kept.put("codes", 1, 40, cheap=True)
    kept.put("first", 2, 40)
    kept.put("second", 3, 40)
    assert (kept.get("codes"), kept.get("first"), kept.get("second"), kept.held) == (None, 2, 3, 80)
    kept.get("first")
    kept.put("third", 4, 40)
    assert (kept.get("second"), kept.get("first"), len(kept)) == (None, 2, 2)
    kept.put("too large", 5, 101)
    assert kept.get("too large") is None
    kept.put("first", 6, 10)
    assert (kept.get("first"), kept.held) == (6, 50)
    kept.drop(lambda key: key == "third")
    assert (len(kept), kept.held) == (1, 10)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.integers(-200, 200), st.just(None)), min_size=1, max_size=60), st.booleans())
def test_whole_numbers_become_the_codes_that_factorising_gives(values: list[int | None], whole: bool) -> None:
    numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
    if whole and not np.isnan(numbers).any():
        numbers = numbers.astype(np.int16)
    found = whole_codes(numbers)
    known = np.unique(numbers[~np.isnan(numbers)])
    if not len(known) or known[-1] - known[0] > 254:
        assert found is None
        return
    assert found is not None
    codes, levels = found
    assert levels.tolist() == known.tolist()
    back = np.append(np.nan, levels)[codes]
    np.testing.assert_array_equal(back, numbers.astype(float))


@pytest.mark.parametrize(
    "values", [[1.5, 2], [np.inf, 1], [-np.inf, 1], [np.nan], [0, 255], [1e18, 1e18 + 512], []]
)
def test_other_numbers_are_left_alone(values: list[float]) -> None:
    assert whole_codes(np.array(values, dtype=float)) is None


def test_lower_numbers_far_down_the_file_are_found() -> None:
    numbers = np.full(100_000, 5.0)
    numbers[90_000], numbers[91_000] = 1.0, np.nan
    found = whole_codes(numbers)
    assert found is not None
    assert (found[1].tolist(), found[0][[0, 90_000, 91_000]].tolist()) == ([1, 5], [2, 1, 0])


@pytest.mark.parametrize("mixed", [False, True])
def test_blocks_add_up_as_columns_do(mixed: bool) -> None:
    rng = np.random.default_rng(1)
    n, groups = 20_000, 5
    code = rng.integers(-1 if mixed else 0, groups, n)
    code = code if mixed else np.sort(code)
    codes, y, w, r = rng.integers(0, 4, n).astype(np.uint8), rng.normal(size=n), rng.random(n), rng.random(n)
    table = np.array([0.0, -1.0, 2.5, 7.0])
    sums, others = block_sums(
        [from_codes(codes, table), from_codes(codes, np.array([0.0, 1, 1, 1])), from_array(y)],
        [from_array(y * y)],
        [from_array(w), from_array(r)],
        code,
        groups,
        n,
    )
    inside = code >= 0
    for at, weight in enumerate((w, r)):
        for column, values in enumerate((table[codes], codes > 0, y)):
            direct = np.bincount(code[inside], weights=(weight * values)[inside], minlength=groups)
            np.testing.assert_allclose(sums[at, :, column], direct, rtol=1e-10, atol=1e-9)
    direct = np.bincount(code[inside], weights=(w * y * y)[inside], minlength=groups)
    np.testing.assert_allclose(others[:, 0], direct, rtol=1e-10)


def test_shares_of_several_items_are_those_of_each() -> None:
    frame = survey(3000, 3)
    frame.loc[frame["wave"] == 2001, "q1"] = np.nan
    design = design_of(frame)
    domains = design.domains("wave")
    found = [each.totals for each in design.answered(domains, ["q0", "q1", "q2"])]
    cells = [each for each in found if isinstance(each, CellTotals)]
    share, variance, _ = answer_shares(cells[0].cells, [each.sums for each in cells])
    for at, item in enumerate(("q0", "q1", "q2")):
        alone = eg.proportion(design, item, by="wave")
        np.testing.assert_allclose(share[at].ravel(), alone.estimate, rtol=1e-12)
        np.testing.assert_allclose(variance[at].ravel(), alone.variance, rtol=1e-10, atol=1e-20)
        np.testing.assert_allclose(variance[at].ravel(), np.diag(alone.cov), rtol=1e-10, atol=1e-20)


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int32, np.uint8, np.uint16, np.uint64])
def test_labels_at_both_ends_of_their_type_are_numbered(kind: type) -> None:
    ends = np.iinfo(kind)
    low = max(int(ends.min), -30_000)
    labels = np.array([low, min(int(ends.max), 30_000), 0, 5, low], dtype=kind)
    codes, levels = dense_codes(labels)
    assert np.array_equal(levels[codes], labels)
    assert np.array_equal(np.unique(labels), levels)
