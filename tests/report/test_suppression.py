"""Small cells: what is withheld, and that nobody can compute it back from what is shown."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from egovstats.report.suppression import Masks, masks


def _tables(counts: np.ndarray, masked: Masks, net: np.ndarray) -> list[np.ndarray]:
    """Every table of whole numbers that agrees with all that is shown: a reader's whole knowledge."""
    hidden = [tuple(at) for at in np.argwhere(masked.cells).tolist()]
    most = [range(int(counts[:, r].sum()) + 1) for _, r in hidden]
    found = []
    for filling in product(*most):
        table = counts.copy()
        for at, number in zip(hidden, filling, strict=True):
            table[at] = number
        shown = ~masked.rows
        agrees = (
            (table.sum(axis=0) == counts.sum(axis=0)).all()
            and (table.sum(axis=1) == counts.sum(axis=1))[shown].all()
            and (table[:, net].sum(axis=1) == counts[:, net].sum(axis=1))[~masked.nets].all()
        )
        if agrees:
            found.append(table)
    return found


@pytest.mark.parametrize("seed", range(25))
def test_no_small_cell_can_be_told_from_what_is_shown(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(3, size=(2, 3)) + rng.integers(0, 2, size=(2, 3)) * 4
    net = np.array([False, bool(seed % 2), bool(seed % 2)])
    limit = 3
    masked = masks(counts, base_limit=0, cell_limit=limit, net=net)
    tables = _tables(counts, masked, net)
    assert any((table == counts).all() for table in tables)
    for k, r in np.argwhere((counts > 0) & (counts < limit)).tolist():
        assert masked.cells[k, r]
        possible = {int(table[k, r]) for table in tables}
        assert len(possible) > 1
        assert max(possible) >= min(limit, counts[:, r].sum())


def test_a_table_without_small_cells_is_left_alone() -> None:
    masked = masks(np.array([[40, 30, 57], [50, 0, 20]]), base_limit=30, cell_limit=5)
    assert not masked.cells.any()
    assert not masked.rows.any()


def test_a_single_small_row_takes_another_with_it() -> None:
    counts = np.array([[10, 10], [40, 60], [100, 80], [60, 50]])
    masked = masks(counts, base_limit=30, cell_limit=5)
    # All less the others would be its 20 respondents: the next smallest goes, too.
    assert masked.rows.tolist() == [True, True, False, False]
    assert masked.cells[:2].all()
    assert not masked.cells[2:].any()


def test_small_rows_that_hide_one_another_take_no_other() -> None:
    counts = np.array([[10, 10], [14, 10], [100, 80], [60, 50]])
    assert masks(counts, base_limit=30, cell_limit=5).rows.tolist() == [True, True, False, False]


def test_a_net_that_would_give_a_cell_away_is_withheld() -> None:
    counts = np.array([[40, 3, 57], [50, 50, 20]])
    net = np.array([False, True, True])
    masked = masks(counts, base_limit=30, cell_limit=5, net=net)
    assert masked.cells.tolist() == [[False, True, True], [False, True, True]]
    assert not masked.nets.any()
    small_rest = masks(np.array([[3, 40, 57], [50, 50, 20]]), base_limit=30, cell_limit=5, net=net)
    assert small_rest.nets[0]


def test_no_limit_withholds_nothing() -> None:
    assert not masks(np.array([[1, 2], [3, 4]]), base_limit=0, cell_limit=0).cells.any()
