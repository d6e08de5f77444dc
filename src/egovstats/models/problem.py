"""The answers and columns that a generalised linear model is fitted to, and its solution."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from egovstats.models.columns import Columns
from egovstats.models.families import Family


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Answers and columns of the respondents used in a fit.

    Parameters
    ----------
    columns : Columns, p of them
        Over all n respondents.
    rows : np.ndarray of int, shape (m,), or None
        Who is used; everyone where None.
    y, weight : np.ndarray, shape (m,)
    offset : np.ndarray, shape (m,), or None
    family : Family
    names : tuple of str, p of them
    outcome : str
        For error messages.
    basis : np.ndarray, shape (p, p), or None
        Makes nearly dependent columns orthogonal: blocks are `basis` times the columns.
    """

    columns: Columns
    rows: np.ndarray | None
    y: np.ndarray
    weight: np.ndarray
    offset: np.ndarray | None
    family: Family
    names: tuple[str, ...]
    outcome: str
    basis: np.ndarray | None = None

    def take(self, kept: np.ndarray) -> Problem:
        """The problem with some of the columns."""
        return replace(
            self, columns=self.columns.take(kept), names=tuple(self.names[int(at)] for at in kept), basis=None
        )

    def blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Blocks of columns, (p, rows), in order of the respondents used."""
        for part, block in self.columns.blocks(self.rows, len(self.y)):
            yield part, block if self.basis is None else self.basis @ block

    def linear(self, beta: np.ndarray, block: np.ndarray, part: slice) -> np.ndarray:
        """Linear predictor of a block."""
        eta = beta @ block
        return eta if self.offset is None else eta + self.offset[part]

    @property
    def back(self) -> np.ndarray:
        """Matrix (p, p) that takes coefficients of the blocks to those of the columns as they are."""
        matrix = np.eye(len(self.columns))
        if len(self.columns.shift):
            matrix[0] -= self.columns.shift
        return matrix if self.basis is None else matrix @ self.basis.T


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The maximum.

    Parameters
    ----------
    problem : Problem
        The q columns that are kept, centred and made orthogonal where that saves digits.
    beta : np.ndarray, shape (q,)
        Coefficients of its blocks; `problem.back @ beta` are those of the columns.
    kept : np.ndarray of int, shape (q,)
        Columns that are no linear combination of earlier ones.
    """

    problem: Problem
    beta: np.ndarray
    kept: np.ndarray

    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients of the columns that are kept, shape (q,)."""
        return self.problem.back @ self.beta


def pieces(family: Family, y: np.ndarray, eta: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, ...]:
    """Weight of each respondent in the information, and what multiplies their columns in the score."""
    if family.name == "binomial" and family.link.name == "logit":
        mu = np.exp(-eta)
        mu += 1
        np.reciprocal(mu, out=mu)
        score = y - mu
        score *= weight
        mu -= mu * mu
        mu *= weight
        return mu, score
    mu, slope = family.bounded(family.link.mean(eta)), family.link.slope(eta)
    pull = weight * slope / family.variance(mu)
    return pull * slope, pull * (y - mu)
