"""What a model predicts from columns and coefficients: one mean, or a share of each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from egovstats.models.families import Link


class Response(Protocol):
    """Predictions of K outcomes from columns (p, rows) and coefficients (q,)."""

    @property
    def outcomes(self) -> int:
        """How many outcomes there are: K."""

    def values(self, block: np.ndarray, part: slice, theta: np.ndarray) -> np.ndarray:
        """Predictions, shape (K, rows)."""

    def gradient(self, block: np.ndarray, part: slice, theta: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Weighted sums over the rows of the derivatives by the coefficients, shape (K, q)."""


@dataclass(frozen=True, slots=True, eq=False)
class MeanResponse:
    """The mean of a generalised linear model; `offset` has an entry for each respondent used."""

    link: Link
    offset: np.ndarray | None
    outcomes: int = 1

    def _linear(self, block: np.ndarray, part: slice, theta: np.ndarray) -> np.ndarray:
        eta = theta @ block
        return eta if self.offset is None else eta + self.offset[part]

    def values(self, block: np.ndarray, part: slice, theta: np.ndarray) -> np.ndarray:
        """See `Response`."""
        return self.link.mean(self._linear(block, part, theta))[None, :]

    def gradient(self, block: np.ndarray, part: slice, theta: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """See `Response`."""
        return ((weight * self.link.slope(self._linear(block, part, theta))) @ block.T)[None, :]
