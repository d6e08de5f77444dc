"""Small cells of a table: which must be withheld, and which others, so that none can be computed back.

A reader knows what is printed: the respondents of each row and of all rows together, and every cell that is
not withheld. What that leaves open for a withheld number is a range. The rule holds where each range reaches
up to a number that would have been shown, so that nobody can tell that the number is small, let alone what
it is (Hundepool et al. 2012, Statistical Disclosure Control, chapter 4: secondary suppression against
differencing). Shares are treated as counts of respondents, as they nearly are with equal weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_SLACK = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """What is withheld of a table of K rows and R answers.

    Parameters
    ----------
    rows : np.ndarray of bool, shape (K,)
        Rows of which nothing is shown, not even how many respondents they have.
    cells : np.ndarray of bool, shape (K, R)
        Cells, those of such rows among them.
    nets : np.ndarray of bool, shape (K,)
        Sums of some answers.
    primary : np.ndarray of bool, shape (K, R)
        Cells that are small themselves; the others protect them.
    """

    rows: np.ndarray
    cells: np.ndarray
    nets: np.ndarray
    primary: np.ndarray


def masks(counts: np.ndarray, *, base_limit: int, cell_limit: int, net: np.ndarray | None = None) -> Masks:
    """What to withhold of respondents by row and answer.

    Parameters
    ----------
    counts : np.ndarray of int, shape (K, R)
        Respondents in each cell.
    base_limit : int
        A row with fewer respondents is withheld.
    cell_limit : int
        A cell with fewer, but any, is withheld. Nobody in a cell tells nothing about a person.
    net : np.ndarray of bool, shape (R,), optional
        Answers whose sum is shown in each row, too.

    Examples
    --------
    >>> counts = np.array([[40, 3, 57], [50, 50, 20]])
    >>> masks(counts, base_limit=30, cell_limit=5).cells.astype(int).tolist()
    [[0, 1, 1], [0, 1, 1]]
    """
    counts = np.asarray(counts, dtype=float)
    net = np.zeros(counts.shape[1], dtype=bool) if net is None else np.asarray(net, dtype=bool)
    base = counts.sum(axis=1)
    rows = _rows(base, base_limit)
    small = (counts > 0) & (counts < cell_limit)
    primary = small & ~rows[:, None]
    cells = small | rows[:, None]
    nets = rows | (net.any() & _small_net(counts, net, cell_limit))
    for k, r in np.argwhere(small).tolist():
        _pair(counts, cells, nets, net, (k, r), cell_limit)
    while (cell := _open(counts, cells, nets, rows, net, cell_limit)) is not None:
        if not _one_more(cells, nets, rows, cell):
            break  # nothing is shown any more
    return Masks(rows, cells, nets, primary)


def _rows(base: np.ndarray, limit: int) -> np.ndarray:
    """Rows that are too small, and the smallest others until together they could be large enough."""
    rows = (base < limit) & (base > 0)
    while rows.any() and base[rows].sum() < limit and not rows[base > 0].all():
        rows[np.argmin(np.where(rows | (base == 0), np.inf, base))] = True
    return rows


def _small_net(counts: np.ndarray, net: np.ndarray, limit: int) -> np.ndarray:
    """Nets that are small themselves, or leave a small rest."""
    inside, outside = counts[:, net].sum(axis=1), counts[:, ~net].sum(axis=1)
    small = [(part > 0) & (part < limit) for part in (inside, outside)]
    return small[0] | small[1]


def _open(
    counts: np.ndarray,
    cells: np.ndarray,
    nets: np.ndarray,
    rows: np.ndarray,
    net: np.ndarray,
    limit: int,
) -> tuple[int, int] | None:
    """A small cell of which a reader can tell that it is small; None where there is none."""
    small = np.argwhere(cells & (counts > 0) & (counts < limit))
    if not len(small):
        return None
    known, sums = _known(counts, cells, nets, rows, net)
    place = {tuple(cell): at for at, cell in enumerate(np.argwhere(cells).tolist())}
    # An answer that few people gave at all can hide no more than where they are.
    enough = np.minimum(limit, counts.sum(axis=0))
    for k, r in small.tolist():
        low, high = _range(known, sums, place[k, r])
        if high < enough[r] - _SLACK or high - low < _SLACK:
            return k, r
    return None


def _known(
    counts: np.ndarray, cells: np.ndarray, nets: np.ndarray, rows: np.ndarray, net: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of withheld cells that follow from what is printed: matrix (sums, cells), and their values."""
    where = np.argwhere(cells)
    lines = [where[:, 1] == r for r in range(counts.shape[1])]
    lines += [where[:, 0] == k for k in range(counts.shape[0]) if not rows[k]]
    if net.any():
        lines += [(where[:, 0] == k) & net[where[:, 1]] for k in range(counts.shape[0]) if not nets[k]]
    matrix = np.array([line for line in lines if line.any()], dtype=float).reshape(-1, len(where))
    return matrix, matrix @ counts[cells]


def _range(known: np.ndarray, sums: np.ndarray, at: int) -> tuple[float, float]:
    """The smallest and the largest number that a withheld cell could be, by what a reader knows."""
    from scipy.optimize import linprog

    aim = np.zeros(known.shape[1])
    aim[at] = 1
    low, high = (
        linprog(sign * aim, A_eq=known, b_eq=sums, bounds=(0, None), method="highs") for sign in (1, -1)
    )
    return float(low.fun), float("inf") if high.status == 3 else float(-high.fun)


def _pair(
    counts: np.ndarray,
    cells: np.ndarray,
    nets: np.ndarray,
    net: np.ndarray,
    cell: tuple[int, int],
    limit: int,
) -> None:
    """Withhold the cheapest three cells that make a rectangle with a small one.

    Respondents can move round such a rectangle without any sum noticing, as many as its neighbours have:
    the small cell could hold that many more.
    """
    k, r = cell
    found = []
    for other in range(counts.shape[0]):
        for answer in range(counts.shape[1]):
            if other == k or answer == r:
                continue
            corners = ((k, answer), (other, r), (other, answer))
            room = min(counts[k, answer], counts[other, r])
            across = net[r] != net[answer]
            new = sum(counts[at] + 1 for at in corners if not cells[at])
            found.append((room < limit - counts[cell], across, new, corners))
    if found:
        _, across, _, corners = min(found)
        for at in corners:
            cells[at] = True
        if across:  # a net would tell on which side of it they are
            nets[[k, corners[1][0]]] = True


def _one_more(cells: np.ndarray, nets: np.ndarray, rows: np.ndarray, cell: tuple[int, int]) -> bool:
    """Withhold more where a rectangle was not enough: the row, the column, the nets, everything."""
    k, r = cell
    for masked in (cells[k], cells[:, r], nets[k : k + 1], nets, cells, rows):
        if not masked.all():
            masked[...] = True
            return True
    return False
