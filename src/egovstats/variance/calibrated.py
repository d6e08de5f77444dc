"""Covariance of totals whose weights were calibrated: that of regression residuals.

A calibration leaves a linear operator on respondents' weighted values x: subtract w X B, where B is the
regression of x/w on the auxiliaries X under the weights before. It is x - L (R'x) with L and R of p
columns, so only R'x by domain and the sums of L by sampling unit are needed; one calibration after another
works on what the first left.

References
----------
Deville and Saerndal (1992), JASA 87, 376-382, section 3; Saerndal, Swensson and Wretman (1992), 6.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.one_thread import one_thread
from egovstats.results import Covariance
from egovstats.variance.auxiliaries import Auxiliaries, crossed, products
from egovstats.variance.stages import Stages

_PIECE = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One calibration: L = after X inverse and R = share X.

    Parameters
    ----------
    auxiliaries : Auxiliaries
        The matrix X.
    after, share : np.ndarray, shape (n,)
        Weights afterwards; the regression's weight of a respondent over it.
    inverse : np.ndarray, shape (p, p)
        Of the regression's matrix of products.
    """

    auxiliaries: Auxiliaries
    after: np.ndarray
    share: np.ndarray
    inverse: np.ndarray

    @one_thread
    def residuals(self, values: np.ndarray) -> np.ndarray:
        """x - L (R'x) of weighted values, shape (n, k)."""
        slope = self.inverse @ crossed(self.auxiliaries, self.share[:, None] * values)
        out = np.empty_like(values)
        for low in range(0, len(values), _PIECE):
            high = min(low + _PIECE, len(values))
            fitted = self.auxiliaries.rows(low, high) @ slope
            out[low:high] = values[low:high] - self.after[low:high, None] * fitted
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Calibrations one after another.

    Parameters
    ----------
    steps : tuple of Step
    between : dict of (int, int) to np.ndarray
        R' L of a step and an earlier one, shape (p, q).
    """

    steps: tuple[Step, ...]
    between: dict[tuple[int, int], np.ndarray]

    @classmethod
    @one_thread
    def of(cls, steps: Sequence[Step]) -> Projection:
        """Compose the steps, in their order."""
        between = {}
        for later, step in enumerate(steps):
            for earlier, before in enumerate(steps[:later]):
                both = products(step.auxiliaries, before.auxiliaries, step.share * before.after)
                between[later, earlier] = both @ before.inverse
        return cls(tuple(steps), between)

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Residuals of weighted values, shape (n, k)."""
        for step in self.steps:
            values = step.residuals(values)
        return values

    @one_thread
    def left_sums(self, unit: np.ndarray, units: int) -> np.ndarray:
        """Sums of L by sampling unit, all steps side by side, shape (units, P)."""
        return np.hstack(
            [step.auxiliaries.by_bin(step.after, unit, units) @ step.inverse for step in self.steps]
        )

    @one_thread
    def explained(self, values: np.ndarray, bins: np.ndarray, size: int) -> np.ndarray:
        """What every step takes from the weighted values of each bin, shape (size, P)."""
        found: list[np.ndarray] = []
        for later, step in enumerate(self.steps):
            own = step.auxiliaries.by_bin(step.share * values, bins, size)
            for earlier, before in enumerate(found):
                own = own - before @ self.between[later, earlier].T
            found.append(own)
        return np.hstack(found)


@one_thread
def calibration_step(
    auxiliaries: Auxiliaries, before: np.ndarray, after: np.ndarray, spread: np.ndarray | None = None
) -> Step:
    """The operator of one calibration.

    Parameters
    ----------
    auxiliaries : Auxiliaries
    before, after : np.ndarray, shape (n,)
        Weights before and after; respondents with weight 0 take no part.
    spread : np.ndarray, shape (n,), optional
        Variance of the regression's errors, up to a factor.
    """
    active = after > 0
    base = np.where(active, before if spread is None else before / spread, 0.0)
    gram = products(auxiliaries, auxiliaries, base)
    inverse = np.linalg.pinv(gram, rcond=1e-12, hermitian=True)
    return Step(auxiliaries, after, base / np.where(active, after, 1.0), inverse)


class CalibratedTotals:
    """Totals under calibrated weights, with residual totals of every sampling unit.

    Parameters
    ----------
    stages : Stages
    value : np.ndarray, shape (G, r)
    residual : np.ndarray, shape (U, G, r)
        Sums over each unit of the residuals of the weighted columns.

    Notes
    -----
    The calibration gives people outside a domain residuals, too, so that no PSU is lonely in a domain that
    is not lonely in the sample.
    """

    def __init__(self, stages: Stages, value: np.ndarray, residual: np.ndarray) -> None:
        self.stages, self.value, self.residual = stages, value, residual

    @one_thread
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
        cov = self.stages.cov(flat)
        cov[void, :] = cov[:, void] = np.nan
        return estimate, Covariance.of(cov)

    @one_thread
    def combine(self, weights: np.ndarray) -> CalibratedTotals:
        """See `egovstats.variance.totals.Totals`."""
        return CalibratedTotals(self.stages, self.value @ weights, self.residual @ weights)

    def as_one(self) -> CalibratedTotals:
        """See `egovstats.variance.totals.Totals`."""
        return self
