"""What the tests of a two-way table need: its people, its shares, and their covariance.

Notation: R rows and C columns, cells row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.variance.smooth import smooth
from egovstats.variance.totals import Totals


@dataclass(frozen=True, eq=False)
class Table:
    """A two-way table without empty rows and columns.

    Parameters
    ----------
    totals : Totals
        People by column and row answer, empty ones included.
    kept : np.ndarray of int, shape (R * C,)
        Which of the totals, domain by domain, are the table's cells.
    rows, columns : list
        The answers.
    respondents : float
        In the domain, those without an answer included; what the table is scaled to.
    answered : float
        Respondents in the table.
    df : float
        PSUs minus strata of the domain.
    """

    totals: Totals
    kept: np.ndarray
    rows: list[Any]
    columns: list[Any]
    respondents: float
    answered: float
    df: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.columns)

    @property
    def comparisons(self) -> int:
        """(R - 1)(C - 1)."""
        return (len(self.rows) - 1) * (len(self.columns) - 1)

    @cached_property
    def people(self) -> np.ndarray:
        """People in the cells, shape (R * C,)."""
        return self.totals.value.ravel()[self.kept]

    @cached_property
    def people_cov(self) -> np.ndarray:
        """Their covariance, shape (R * C, R * C)."""
        answers = self.totals.value.shape[1]
        return self.totals.covariance(range(answers))[1].matrix[np.ix_(self.kept, self.kept)]

    @cached_property
    def _shared(self) -> tuple[np.ndarray, np.ndarray]:
        kept = self.kept

        def shares(totals: np.ndarray) -> np.ndarray:
            cells = totals.reshape(*totals.shape[:-2], -1)[..., kept]
            return cells / cells.sum(axis=-1, keepdims=True)

        def slope(totals: np.ndarray) -> np.ndarray:
            cells = totals.ravel()[kept]
            slope = np.zeros((len(kept), totals.size))
            slope[:, kept] = (np.eye(len(kept)) - (cells / cells.sum())[:, None]) / cells.sum()
            return slope

        share, covariance = smooth(self.totals, shares, jacobian=slope)
        return share, covariance.matrix

    @property
    def share(self) -> np.ndarray:
        """Shares of all people in the table, shape (R * C,)."""
        return self._shared[0]

    @property
    def share_cov(self) -> np.ndarray:
        """Their covariance, shape (R * C, R * C)."""
        return self._shared[1]

    @cached_property
    def expected(self) -> np.ndarray:
        """Shares if rows and columns had nothing to do with one another, shape (R * C,)."""
        share = self.share.reshape(self.shape)
        return np.outer(share.sum(axis=1), share.sum(axis=0)).ravel()

    @cached_property
    def contingency(self) -> float:
        """Pearson's X squared an observation: sum of (share - expected)^2 / expected."""
        return float(((self.share - self.expected) ** 2 / self.expected).sum())


def two_way(design: Design, rows: str, columns: str, *, where: Where) -> Table:
    """Cross two items over a domain; a column that is named again is not numbered again."""
    domains = design.domains(columns, where)
    found = design.answered(domains, [rows])[0]
    # The cells are shares of everyone in the table, so a PSU is lonely there or nowhere.
    totals, answers = found.totals.as_one(), found.answers
    people = totals.value > 0
    row, column = np.flatnonzero(people.any(axis=0)), np.flatnonzero(people.any(axis=1))
    kept = (column * len(answers) + row[:, None]).ravel()
    whole = design.domains(None, where)
    levels = domains.keys[columns].tolist()
    return Table(
        totals=totals,
        kept=kept,
        rows=[answers[at] for at in row],
        columns=[levels[at] for at in column],
        respondents=float(whole.n[0]),
        answered=float(found.n.sum()),
        df=float(whole.df[0]),
    )


@lru_cache(maxsize=64)
def interaction_basis(rows: int, columns: int) -> np.ndarray:
    """Columns that span what row and column effects leave of a table, shape (R * C, (R - 1)(C - 1))."""
    return np.kron(_differences(rows), _differences(columns))


def _differences(levels: int) -> np.ndarray:
    """An orthonormal basis of contrasts between levels, shape (levels, levels - 1)."""
    return np.linalg.qr(np.column_stack([np.ones(levels), np.eye(levels)[:, 1:]]))[0][:, 1:]


def effect_matrix(table: Table) -> np.ndarray:
    """Rao and Scott's matrix of design effects of the interactions, shape (q, q).

    Its eigenvalues are the weights of the chi-squares that X squared is a sum of.
    """
    basis = interaction_basis(*table.shape)
    inverse = np.divide(1.0, table.share, out=np.zeros(len(table.share)), where=table.share > 0)
    weighted = basis * inverse[:, None]
    simple = basis.T @ weighted / table.respondents
    actual = weighted.T @ table.share_cov @ weighted
    if (table.share <= 0).any() and np.linalg.matrix_rank(simple, hermitian=True) < len(simple):
        return np.linalg.pinv(simple, hermitian=True) @ actual
    return np.linalg.solve(simple, actual)


def departures(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """People less those expected, but for the first row and column, and their covariance.

    References
    ----------
    Koch, Freeman and Freeman (1975), International Statistical Review 43, 59-78.
    """
    r, c = table.shape
    people = table.people.reshape(r, c)
    total, row, column = people.sum(), people.sum(axis=1), people.sum(axis=0)
    gap = people - np.outer(row, column) / total
    i, j = np.divmod(np.arange(r * c), c)
    same_row, same_column = i[:, None] == i, j[:, None] == j
    slope = (
        np.eye(r * c)
        - same_row * (column[j] / total)[:, None]
        - same_column * (row[i] / total)[:, None]
        + (row[i] * column[j] / total**2)[:, None]
    )
    use = (i > 0) & (j > 0)
    slope = slope[use]
    return gap.ravel()[use], slope @ table.people_cov @ slope.T
