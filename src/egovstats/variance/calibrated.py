"""Covariance of totals whose weights were calibrated: that of regression residuals.

A calibration leaves a linear operator on respondents' weighted values x: subtract w X B, where B is the
regression of x/w on the auxiliaries X under the weights before. Steps one after the other compose to
x - L (R'x) with p columns each, so only R'x by domain and the sums of L by sampling unit are needed.

References
----------
Deville and Saerndal (1992), JASA 87, 376-382, section 3; Saerndal, Swensson and Wretman (1992), 6.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.results import Covariance
from egovstats.variance.stages import Stages


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """The operator x -> x - left (right' x), shape (n, p) each."""

    left: np.ndarray
    right: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Residuals of weighted values, shape (n, k)."""
        return values - self.left @ (self.right.T @ values)

    def then(self, other: Projection) -> Projection:
        """Compose: this operator, then another."""
        moved = other.right - self.right @ (self.left.T @ other.right)
        return Projection(np.hstack([self.left, other.left]), np.hstack([self.right, moved]))


def projection(
    X: np.ndarray, before: np.ndarray, after: np.ndarray, spread: np.ndarray | None = None
) -> Projection:
    """Operator of one calibration.

    Parameters
    ----------
    X : np.ndarray, shape (n, p)
        Auxiliaries.
    before, after : np.ndarray, shape (n,)
        Weights before and after; respondents with weight 0 take no part.
    spread : np.ndarray, shape (n,), optional
        Variance of the regression's errors, up to a factor.
    """
    active = after > 0
    base = np.where(active, before if spread is None else before / spread, 0.0)
    gram = (X * base[:, None]).T @ X
    inverse = np.linalg.pinv(gram, rcond=1e-12, hermitian=True)
    safe = np.where(active, after, 1.0)
    return Projection((X * after[:, None]) @ inverse, X * (base / safe)[:, None])


class CalibratedTotals:
    """Totals under calibrated weights, with residual totals of every sampling unit.

    Parameters
    ----------
    stages : Stages
    value : np.ndarray, shape (G, r)
    residual : np.ndarray, shape (U, G, r)
        Sums over each unit of the residuals of the weighted columns.
    held : np.ndarray of bool, shape (U, G)
        Units with a respondent of each domain.
    """

    def __init__(self, stages: Stages, value: np.ndarray, residual: np.ndarray, held: np.ndarray) -> None:
        self.stages, self.value, self.residual, self.held = stages, value, residual, held

    def covariance(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, Covariance]:
        """See `egovstats.variance.totals.Totals`."""
        top = list(top)
        estimate, scores = self.value[:, top], self.residual[:, :, top]
        if bottom is not None:
            below = self.value[:, list(bottom)]
            with np.errstate(divide="ignore", invalid="ignore"):
                estimate = np.where(below != 0, estimate / below, np.nan)
                scores = (scores - estimate * self.residual[:, :, list(bottom)]) / below
        void = ~np.isfinite(estimate.ravel())
        flat = np.nan_to_num(scores.reshape(len(scores), -1), posinf=0.0, neginf=0.0)
        cov = self.stages.cov(flat, np.repeat(self.held, len(top), axis=1))
        cov[void, :] = cov[:, void] = np.nan
        return estimate, Covariance.of(cov)

    def combine(self, weights: np.ndarray) -> CalibratedTotals:
        """See `egovstats.variance.totals.Totals`."""
        return CalibratedTotals(self.stages, self.value @ weights, self.residual @ weights, self.held)
