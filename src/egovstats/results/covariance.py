"""How estimates vary together, and how many degrees of freedom a statement on several of them has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


class Covariance:
    """Joint covariance of k estimates; the off-diagonal is worked out when first asked for.

    Parameters
    ----------
    variance : np.ndarray, shape (k,)
        The diagonal.
    build : callable
        Gives the whole matrix, shape (k, k).
    transformed : callable, optional
        Takes a function of estimates and gives the variance (k,) of its values: replicates of the
        estimates know it without the delta method.
    """

    def __init__(
        self,
        variance: np.ndarray,
        build: Callable[[], np.ndarray],
        transformed: Callable[[Callable[[np.ndarray], np.ndarray]], np.ndarray] | None = None,
    ) -> None:
        self.variance = variance
        self.transformed = transformed
        self._build: Callable[[], np.ndarray] | None = build
        self._matrix: np.ndarray | None = None

    @classmethod
    def of(cls, matrix: np.ndarray) -> Covariance:
        """Wrap a matrix that is there already."""
        return cls(np.diag(matrix).copy(), lambda: matrix)

    @property
    def matrix(self) -> np.ndarray:
        """The whole matrix, shape (k, k)."""
        if self._matrix is None:
            assert self._build is not None
            self._matrix, self._build = self._build(), None
        return self._matrix

    def select(self, index: np.ndarray) -> Covariance:
        """The covariance of the estimates at the given positions."""
        moved = self.transformed
        part = None if moved is None else lambda function: moved(function)[index]
        return Covariance(self.variance[index], lambda: self.matrix[np.ix_(index, index)], part)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Degrees of freedom of any set of domains.

    Parameters
    ----------
    count : callable
        Takes the numbers of some domains and gives the degrees of freedom of a statement on them together.
    domain : np.ndarray of int, shape (k,)
        The domain of each estimate.
    """

    count: Callable[[np.ndarray], float]
    domain: np.ndarray

    def df(self, rows: np.ndarray) -> float:
        """Degrees of freedom of a statement on the estimates at `rows`."""
        return self.count(np.unique(self.domain[rows]))
