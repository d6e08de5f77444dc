"""A design with calibrated weights: the same sample, totals whose variance is that of residuals."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from egovstats.design.design import Design
from egovstats.design.domains import Domains
from egovstats.design.replicate import ReplicateDesign
from egovstats.errors import DesignError
from egovstats.variance import Totals
from egovstats.variance.calibrated import CalibratedTotals, Projection, projection

Solve = Callable[[np.ndarray], np.ndarray]


def with_weights(
    design: Design,
    solve: Solve,
    auxiliaries: Callable[[], np.ndarray] | None,
    spread: np.ndarray | None = None,
) -> Design:
    """The design with weights `solve(weight)`.

    Parameters
    ----------
    design : Design or ReplicateDesign
        Replicate weights are each brought to the totals by themselves.
    solve : callable
        Weights (n,) to weights (n,).
    auxiliaries : callable or None
        Gives the matrix (n, p) whose totals are met, for the variance; None leaves the variance as it is.
    spread : np.ndarray, shape (n,), optional
    """
    weight = solve(design.weight)
    if isinstance(design, ReplicateDesign):
        return design.reweighted(weight, _every_replicate(design, solve))
    new = CalibratedDesign.__new__(CalibratedDesign)
    new.__dict__.update(design.__dict__)
    new.weight = weight
    new._active = None if (weight > 0).all() else weight > 0
    new._domains = OrderedDict()
    earlier = design._steps if isinstance(design, CalibratedDesign) else ()
    step = () if auxiliaries is None else ((auxiliaries, design.weight, weight, spread),)
    new._steps = earlier + step
    new._operator = None
    return new


def _every_replicate(design: ReplicateDesign, solve: Solve) -> list[np.ndarray]:
    """Replicate weights brought to the totals one by one; the first that cannot be is named."""
    found = []
    for at, weight in enumerate(design.replicate_weights(), start=1):
        try:
            found.append(solve(weight))
        except DesignError as error:
            raise DesignError(f"replicate {at} of {design.replicates}: {error}") from error
    return found


class CalibratedDesign(Design):
    """Made by `poststratify`, `rake`, `calibrate`, `trim` and their kin from a `Design`."""

    _steps: tuple[tuple[Callable[[], np.ndarray], np.ndarray, np.ndarray, np.ndarray | None], ...]
    _operator: Projection | None

    @property
    def operator(self) -> Projection | None:
        """What the calibrations do to weighted values; None after trimming alone."""
        if self._operator is None and self._steps:
            for auxiliaries, before, after, spread in self._steps:
                step = projection(auxiliaries(), before, after, spread)
                self._operator = step if self._operator is None else self._operator.then(step)
        return self._operator

    def totals(self, domains: Domains, columns: Sequence[np.ndarray]) -> Totals:
        """Weighted totals of columns, shape (n,) each, by domain."""
        operator = self.operator
        if operator is None:
            return super().totals(domains, columns)
        groups, r, units = len(domains), len(columns), self.stages.units
        group = np.zeros(len(self), np.int64) if domains.code is None else domains.code
        inside = group >= 0
        place = self.stages.unit[inside].astype(np.int64) * groups + group[inside]
        value = np.zeros((groups, r))
        sums = np.zeros((units, groups, r))
        explained = np.zeros((operator.right.shape[1], groups, r))
        for at, values in enumerate(columns):
            x = np.where(inside, self.weight * values, 0.0)
            value[:, at] = np.bincount(group[inside], weights=x[inside], minlength=groups)
            sums[:, :, at] = np.bincount(place, weights=x[inside], minlength=units * groups).reshape(
                units, groups
            )
            for p, right in enumerate(operator.right.T):
                explained[p, :, at] = np.bincount(
                    group[inside], weights=(right * x)[inside], minlength=groups
                )
        left = np.column_stack(
            [np.bincount(self.stages.unit, weights=each, minlength=units) for each in operator.left.T]
        )
        residual = sums - np.tensordot(left, explained, axes=(1, 0))
        held = np.bincount(place, minlength=units * groups).reshape(units, groups) > 0
        return CalibratedTotals(self.stages, value, residual, held)

    def code_totals(self, domains: Domains, codes: np.ndarray, levels: int) -> Totals:
        """Weighted totals of those with each code 1..levels (0: none), by domain."""
        if self.operator is None:
            return super().code_totals(domains, codes, levels)
        return self.totals(domains, [(codes == level).astype(float) for level in range(1, levels + 1)])

    def cov_of_totals(self, scores: np.ndarray) -> np.ndarray:
        """Covariance of the sums of linearised values (n, k), weight included: that of their residuals."""
        operator = self.operator
        scores = np.asarray(scores, dtype=float)
        return super().cov_of_totals(scores if operator is None else operator.apply(scores))
