"""A design with calibrated weights: the same sample, totals whose variance is that of residuals."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from egovstats.design.design import Design
from egovstats.design.domains import Domains
from egovstats.design.replicate import ReplicateDesign
from egovstats.errors import DesignError
from egovstats.one_thread import one_thread
from egovstats.variance import Totals
from egovstats.variance.auxiliaries import Auxiliaries
from egovstats.variance.calibrated import CalibratedTotals, Projection, calibration_step

Solve = Callable[[np.ndarray], np.ndarray]


def with_weights(
    design: Design,
    solve: Solve,
    auxiliaries: Callable[[], Auxiliaries] | None,
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
        Gives the variables whose totals are met, for the variance; None leaves the variance as it is.
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
    new._operator, new._left = None, None
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

    _steps: tuple[tuple[Callable[[], Auxiliaries], np.ndarray, np.ndarray, np.ndarray | None], ...]
    _operator: Projection | None
    _left: np.ndarray | None

    @property
    def operator(self) -> Projection | None:
        """What the calibrations do to weighted values; None after trimming alone."""
        if self._operator is None and self._steps:
            self._operator = Projection.of(
                [
                    calibration_step(auxiliaries(), before, after, spread)
                    for auxiliaries, before, after, spread in self._steps
                ]
            )
        return self._operator

    def totals(self, domains: Domains, columns: Sequence[np.ndarray]) -> Totals:
        """Weighted totals of columns, shape (n,) each, by domain."""
        if self.operator is None:
            return super().totals(domains, columns)
        group, inside = _groups(domains, len(self))
        every = [
            self.weight * values if inside is None else (self.weight * values)[inside] for values in columns
        ]
        found = [self._sums(domains, group, inside, values, 1) for values in every]
        value, sums, explained = (np.concatenate(each, axis=-1) for each in zip(*found, strict=True))
        return self._calibrated(value, sums, explained)

    def code_totals(self, domains: Domains, codes: np.ndarray, levels: int) -> Totals:
        """Weighted totals of those with each code 1..levels (0: none), by domain."""
        if self.operator is None:
            return super().code_totals(domains, codes, levels)
        group, inside = _groups(domains, len(self))
        # Code 0 has a bin of its own, which is dropped: everyone is read once, whatever they answered.
        kept, weight = (each if inside is None else each[inside] for each in (codes, self.weight))
        place = group * (levels + 1) + kept
        value, sums, explained = self._sums(domains, place, inside, weight, levels + 1)
        return self._calibrated(value[..., 1:], sums[..., 1:], explained[..., 1:])

    def _sums(
        self,
        domains: Domains,
        place: np.ndarray,
        inside: np.ndarray | None,
        values: np.ndarray,
        columns: int,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sums by domain and column (their `place`), by unit and both, and of what is explained (P, G, r)."""
        assert self.operator is not None
        groups, units = len(domains), self.stages.units
        size = groups * columns
        unit = self.stages.unit if inside is None else self.stages.unit[inside]
        by_unit = np.bincount(
            unit.astype(np.int64) * size + place, weights=values, minlength=units * size
        ).reshape(units, groups, columns)
        if inside is None:
            explained = self.operator.explained(values, place, size)
        else:
            whole = np.zeros(len(self))
            whole[inside] = values
            bins = np.zeros(len(self), np.int64)
            bins[inside] = place
            explained = self.operator.explained(whole, bins, size)
        return by_unit.sum(axis=0), by_unit, explained.T.reshape(-1, groups, columns)

    @one_thread
    def _calibrated(self, value: np.ndarray, sums: np.ndarray, explained: np.ndarray) -> Totals:
        """The totals with the residuals of every sampling unit."""
        assert self.operator is not None
        if self._left is None:
            self._left = self.operator.left_sums(self.stages.unit, self.stages.units)
        residual = sums - np.tensordot(self._left, explained, axes=(1, 0))
        return CalibratedTotals(self.stages, value, residual)

    def cov_of_totals(self, scores: np.ndarray) -> np.ndarray:
        """Covariance of the sums of linearised values (n, k), weight included: that of their residuals."""
        operator = self.operator
        scores = np.asarray(scores, dtype=float)
        return super().cov_of_totals(scores if operator is None else operator.apply(scores))


def _groups(domains: Domains, n: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Domain of each respondent inside any, and who is; None where everyone is."""
    if domains.code is None:
        return np.zeros(n, np.int64), None
    code = domains.code.astype(np.int64)
    inside = code >= 0
    return (code, None) if inside.all() else (code[inside], np.flatnonzero(inside))
