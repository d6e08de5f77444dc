"""Calibration operators: held by cell or in full, one after another, without a matrix of all respondents."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.variance.auxiliaries import CellRows, FullRows, crossed, products
from egovstats.variance.calibrated import Projection, calibration_step


@pytest.fixture
def sample() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(8)
    n = 70_000  # more than two pieces
    key = rng.integers(0, 6, n).astype(np.uint8)
    table = np.vstack([np.zeros(3), np.eye(3), [1, 0, 1], [0, 1, 1]])
    return {
        "key": key,
        "table": table,
        "weight": rng.lognormal(size=n),
        "bins": rng.integers(0, 50, n),
        "values": rng.normal(size=(n, 2)),
    }


def test_cells_and_full_rows_are_alike(sample: dict[str, np.ndarray]) -> None:
    cells, full = CellRows(sample["key"], sample["table"]), FullRows(sample["table"][sample["key"]])
    weight, bins = sample["weight"], sample["bins"]
    np.testing.assert_array_equal(cells.rows(5, 90), full.rows(5, 90))
    np.testing.assert_allclose(cells.by_bin(weight, bins, 50), full.by_bin(weight, bins, 50), rtol=1e-10)
    np.testing.assert_allclose(crossed(cells, sample["values"]), full.X.T @ sample["values"], rtol=1e-9)
    exact = (full.X * weight[:, None]).T @ full.X
    np.testing.assert_allclose(products(cells, full, weight), exact, rtol=1e-10)


def test_many_bins_go_through_a_sparse_table(sample: dict[str, np.ndarray]) -> None:
    cells, full = CellRows(sample["key"], sample["table"]), FullRows(sample["table"][sample["key"]])
    bins = np.arange(len(sample["key"])) * 13
    size = int(bins.max()) + 1
    assert size * len(sample["table"]) > 1 << 22
    np.testing.assert_allclose(
        cells.by_bin(sample["weight"], bins, size), full.by_bin(sample["weight"], bins, size), rtol=1e-12
    )


def test_steps_one_after_another_are_the_product_of_their_matrices() -> None:
    rng = np.random.default_rng(1)
    n = 60
    first, second = rng.normal(size=(n, 2)), (rng.integers(0, 3, n)[:, None] == np.arange(3)).astype(float)
    weights = [rng.uniform(1, 2, n) for _ in range(3)]
    weights[2][:5] = 0
    steps = [
        calibration_step(FullRows(X), before, after)
        for X, before, after in ((first, weights[0], weights[1]), (second, weights[1], weights[2]))
    ]
    whole = np.eye(n)
    for step, X in zip(steps, (first, second), strict=True):
        whole = (np.eye(n) - (X * step.after[:, None]) @ step.inverse @ (X * step.share[:, None]).T) @ whole
    both = Projection.of(steps)
    x = rng.normal(size=(n, 3))
    np.testing.assert_allclose(both.apply(x), whole @ x, atol=1e-10)
    bins, unit = rng.integers(0, 4, n), np.arange(n) // 6
    explained = both.explained(x[:, 0], bins, 4)
    split = x[:, :1] * (bins[:, None] == np.arange(4))
    by_unit = np.add.reduceat(split, np.arange(0, n, 6))
    residual = by_unit - both.left_sums(unit, 10) @ explained.T
    np.testing.assert_allclose(residual, np.add.reduceat(whole @ split, np.arange(0, n, 6)), atol=1e-10)


def frame(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "w": rng.lognormal(size=n),
            "psu": np.arange(n) // (n // 100),
            "wave": np.where(np.arange(n) < n // 2, "a", "b"),
            "region": rng.integers(1, 25, n),
            "age": rng.integers(1, 7, n),
            "trust": rng.integers(1, 5, n),
        }
    )


def test_margins_and_the_same_model_in_a_formula_agree() -> None:
    data = frame(2000).assign(region=lambda made: made["region"].astype(str))
    design = eg.Design(data, weight="w", psu="psu")
    counts = data.groupby("region")["w"].sum() * np.linspace(0.9, 1.2, data["region"].nunique())
    by_cell = eg.poststratify(design, "region", counts)
    by_row = eg.calibrate(design, "region - 1", {f"region[{name}]": total for name, total in counts.items()})
    for where in (None, "age > 2"):
        one, two = (eg.proportion(each, "trust", by="wave", where=where) for each in (by_cell, by_row))
        np.testing.assert_allclose(one.estimate, two.estimate, rtol=1e-9)
        np.testing.assert_allclose(one.cov, two.cov, rtol=1e-7, atol=1e-14)
        first, second = (eg.mean(each, "trust", by="wave", where=where) for each in (by_cell, by_row))
        np.testing.assert_allclose(first.cov, second.cov, rtol=1e-7, atol=1e-14)


def test_raked_estimates_make_no_matrix_of_all_respondents() -> None:
    data = frame(400_000)
    design = eg.Design(data, weight="w", psu="psu")
    population = float(data["w"].sum())
    margins = {
        name: {level: population * share for level, share in data[name].value_counts(normalize=True).items()}
        for name in ("region", "age")
    }
    raked = eg.rake(design, margins)
    raked.codes("trust")
    tracemalloc.start()
    eg.proportion(raked, "trust", by="wave")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(data) * 30 * 8 / 2  # the 30 columns of 0 and 1 alone would be twice that
