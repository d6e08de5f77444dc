"""Weighted totals by domain that know their own joint covariance.

An estimator asks for totals of columns, forms ratios of them, and gets the covariance with them; it
never learns whether that came from PSUs or from replicate weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from egovstats.results import Covariance
from egovstats.variance.cells import Cells


class Totals(Protocol):
    """Totals of r columns in G domains."""

    value: np.ndarray
    """Shape (G, r)."""

    def covariance(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, Covariance]:
        """Estimate totals or ratios of totals, with their covariance.

        Parameters
        ----------
        top : sequence of int, q columns
        bottom : sequence of int, q columns, optional
            What each is divided by; the totals themselves where left out.

        Returns
        -------
        estimate : np.ndarray, shape (G, q)
            NaN where the bottom is 0.
        covariance : Covariance of G * q estimates, domain by domain
            NaN where the estimate is.
        """

    def combine(self, weights: np.ndarray) -> Totals:
        """Totals of linear combinations of the columns; `weights` has shape (r, s)."""


class CellTotals:
    """Totals from sums by cell; covariances by linearisation.

    Parameters
    ----------
    cells : Cells
    sums : np.ndarray, shape (C, r)
        Weighted sums of the columns in each cell.
    """

    def __init__(self, cells: Cells, sums: np.ndarray) -> None:
        self.cells = cells
        self.sums = sums
        self.value = cells.by_domain(sums)

    def covariance(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, Covariance]:
        """See `Totals`."""
        estimate, scores = self.linearised(top, bottom)
        void = ~np.isfinite(estimate)
        scores = np.nan_to_num(scores) if void.any() else scores
        variance = self.cells.variance(scores)
        variance[void] = np.nan

        def joint() -> np.ndarray:
            cov = self.cells.cov(scores)
            empty = np.flatnonzero(void.ravel())
            cov[empty, :] = cov[:, empty] = np.nan
            return cov

        return estimate, Covariance(variance.ravel(), joint)

    def combine(self, weights: np.ndarray) -> CellTotals:
        """See `Totals`."""
        return CellTotals(self.cells, self.sums @ weights)

    def linearised(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Estimates (G, q) and linearised cell totals (C, q): (x - R d) / total of d."""
        above = self.value[:, top]
        if bottom is None:
            return above, self.sums[:, top]
        below = self.value[:, bottom]
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = np.where(below != 0, above / below, np.nan)
            domain = self.cells.domain
            if self.cells.domains == 1:
                return estimate, (self.sums[:, top] - estimate * self.sums[:, bottom]) / below
            scores = (self.sums[:, top] - estimate[domain] * self.sums[:, bottom]) / below[domain]
        return estimate, scores
