"""Weighted totals by domain that know their own joint covariance.

An estimator asks for totals of columns, forms ratios of them, and gets the covariance with them; it
never learns whether that came from PSUs or from replicate weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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

    def as_one(self) -> Totals:
        """The same totals as of answers in one domain: its lonely PSUs are those of all domains together."""


class CellTotals:
    """Totals from sums by cell; covariances by linearisation.

    Parameters
    ----------
    cells : Cells
    sums : np.ndarray, shape (r, C)
        Weighted sums of the columns in each cell.
    """

    def __init__(self, cells: Cells, sums: np.ndarray) -> None:
        self.cells = cells
        self.sums = sums
        self.value = cells.by_domain(sums).T

    def covariance(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, Covariance]:
        """See `Totals`."""
        estimate, scores = self.linearised(top, bottom)
        void = ~np.isfinite(estimate)
        if void.any():
            np.nan_to_num(scores, copy=False)
        variance = self.cells.variance(scores).T
        variance[void] = np.nan

        def joint() -> np.ndarray:
            # Worked out again rather than kept: a topline holds many of these and shows few.
            cov = self.cells.cov(np.nan_to_num(self.linearised(top, bottom)[1]))
            empty = np.flatnonzero(void.ravel())
            cov[empty, :] = cov[:, empty] = np.nan
            return cov

        return estimate, Covariance(variance.ravel(), joint)

    def combine(self, weights: np.ndarray) -> CellTotals:
        """See `Totals`."""
        return CellTotals(self.cells, np.einsum("rs,rc->sc", weights, self.sums))

    def as_one(self) -> CellTotals:
        """See `Totals`."""
        if self.cells.stages.separable:
            return self  # no stratum borrows from others, and the cells keep what they worked out
        return CellTotals(replace(self.cells, as_one=True), self.sums)

    def columns(self, low: int, high: int) -> CellTotals:
        """The totals of a range of columns."""
        return CellTotals(self.cells, self.sums[low:high])

    def joint(self) -> np.ndarray:
        """Covariance of all totals, shape (G * r, G * r), domain by domain."""
        return self.cells.cov(self.sums)

    def linearised(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Estimates (G, q) and linearised cell totals (q, C): (x - R d) / total of d."""
        top = list(top)
        above = self.value[:, top]
        if bottom is None:
            return above, self.sums[top]
        # Shares have one bottom for all: gathered once, it broadcasts.
        bottom = [bottom[0]] if len(set(bottom)) == 1 else list(bottom)
        below = self.value[:, bottom]
        with np.errstate(divide="ignore", invalid="ignore"):
            estimate = np.where(below != 0, above / below, np.nan)
            scores = self.cells.spread(estimate.T)
            scores *= self.sums[bottom]
            np.subtract(self.sums[top], scores, out=scores)
            scores *= self.cells.spread((1 / below).T)
        return estimate, scores


def answer_shares(cells: Cells, items: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of the answers of several items with K answers each, without their covariances.

    Parameters
    ----------
    cells : Cells
    items : sequence of np.ndarray, shape (K, C) each
        Weights by answer and cell.

    Returns
    -------
    share, variance : np.ndarray, shape (items, G, K)
        NaN where nobody answered.
    base : np.ndarray, shape (items, G)
        People who answered.
    """
    x = np.stack(items)
    count, k, width = x.shape
    by_domain = cells.by_domain(x.reshape(-1, width)).reshape(count, k, -1)
    base = by_domain.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = by_domain / base[:, None]
    scores = cells.spread(np.nan_to_num(share).reshape(count * k, -1)).reshape(x.shape)
    scores *= x.sum(axis=1, keepdims=True)
    np.subtract(x, scores, out=scores)
    variance = cells.variance(scores.reshape(-1, width)).reshape(share.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(base[:, None] > 0, variance / base[:, None] ** 2, np.nan)
    return share.transpose(0, 2, 1), variance.transpose(0, 2, 1), base
