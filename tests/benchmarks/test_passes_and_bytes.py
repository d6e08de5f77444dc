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
from egovstats.design.replicate_terms import term_columns
from egovstats.design.terms import Term, term_arrays
from egovstats.variance import CellTotals, answer_shares, dense_codes, tallies, whole_codes
from egovstats.variance.blocks import Arrays, ByUnit, Codes, Levels, LookedUp, Squares, block_sums


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
    n, groups, units = 20_000, 5, 40
    code = rng.integers(-1 if mixed else 0, groups, n)
    code = code if mixed else np.sort(code)
    y, w, factors = rng.normal(size=n), rng.random(n), rng.random((3, units))
    items = [rng.integers(0, 4, n).astype(np.uint8) for _ in range(2)]
    unit, table = rng.integers(0, units, n), np.array([[0.0, -1.0, 2.5, 7.0]])
    sums, others = block_sums(
        [Codes(items), LookedUp(items[0], table), Levels(items[1], 3), Arrays([y])],
        [Squares(items), Arrays([y * y])],
        [Arrays([w]), Arrays([y, w], w), ByUnit(factors, unit, w)],
        code,
        groups,
        n,
    )
    columns = [*items, *(each > 0 for each in items), table[0][items[0]]]
    columns += [*(items[1] == level for level in (1, 2, 3)), y]
    every = [w, y * w, w * w, *(w * each[unit] for each in factors)]
    beside = [*(each.astype(float) ** 2 for each in items), y * y]
    inside = code >= 0

    def direct(values: np.ndarray) -> np.ndarray:
        return np.bincount(code[inside], weights=values[inside], minlength=groups)

    expected = [[direct(weight * column) for column in columns] for weight in every]
    np.testing.assert_allclose(sums, np.array(expected).transpose(0, 2, 1), rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(others.T, [direct(w * each) for each in beside], rtol=1e-10)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_terms_are_combinations_of_codes(data: st.DataObject) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    n = 200
    frame = pd.DataFrame(
        {
            "even": rng.choice([3.0, 4, 5, np.nan], n),
            "gaps": rng.choice([1.0, 4, 9, np.nan], n),
            "wide": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
        }
    )
    design = design_of(frame.assign(w=rng.random(n) + 0.5, psu=np.arange(n), stratum=0))
    names = st.sampled_from(["even", "gaps", "wide"])
    centre = st.floats(-3, 3)

    def one(item: str, other: str, centres: list[float]) -> Term:
        if item == other:
            return Term((item,), tuple((item, each) for each in centres))
        return Term((item, other), ((item, 0.5), (other, -1.0)))

    term = st.builds(one, names, names, st.lists(centre, max_size=2))
    terms = data.draw(st.lists(term, min_size=1, max_size=5))
    beside = data.draw(st.lists(term, max_size=4))
    asked = term_columns(terms, beside, design.numbers, design.values)
    sums, others = block_sums(asked.columns, asked.beside, [Arrays([design.weight])], None, 1, n)
    found = np.hstack([sums[0] @ asked.recipe, np.hstack([sums[0], others]) @ asked.recipe_beside])[0]
    expected = [design.weight @ each for each in term_arrays([*terms, *beside], design.values)]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-8)


def test_replicated_items_are_read_in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    fill = Codes.fill

    def counted(self: Codes, rows: slice, out: np.ndarray) -> None:
        read.append(rows.stop - rows.start)
        fill(self, rows, out)

    monkeypatch.setattr(Codes, "fill", counted)
    frame = survey(9000, 6)
    made = eg.bootstrap(design_of(frame), draws=10, rng=np.random.default_rng(1))
    eg.mean(made, [f"q{at}" for at in range(6)], by="wave")
    assert sum(read) == 9000
    assert len(read) == 3  # blocks hold several waves


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
