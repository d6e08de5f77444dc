"""The lowest answer that reaches a share, without sorting everyone: only the buckets where one lies."""

from __future__ import annotations

import numpy as np

from egovstats.estimate.quantile_rules import Curve, rounding

WORTH = 1 << 13
"""Fewer respondents than this are sorted as quickly."""
_BUCKETS = 1 << 12


class BucketCurve:
    """Answers in buckets of equal width; a bucket is sorted when a quantile is found to lie in it.

    `lowest` gives what `Curve.lowest` gives, up to the rounding of the running sums.

    Parameters
    ----------
    y, weight : np.ndarray, shape (m,)
        Answers and weights above 0, at least one.
    """

    def __init__(self, y: np.ndarray, weight: np.ndarray) -> None:
        low, high = float(y.min()), float(y.max())
        scale = (_BUCKETS - 1) / (high - low) if high > low else 0.0
        scale = scale if np.isfinite(scale) else 0.0
        self._y, self._weight = y, weight
        self._bucket = ((y - low) * scale).astype(np.uint16)
        self._running = np.cumsum(np.bincount(self._bucket, weights=weight, minlength=_BUCKETS))
        self._allowance = rounding(len(y), self.total)
        self._opened: dict[int, Curve] = {}

    def __len__(self) -> int:
        return len(self._y)

    @property
    def x(self) -> np.ndarray:
        """Sorted answers, shape (m,)."""
        return np.sort(self._y)

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self._running[-1])

    def lowest(self, p: np.ndarray) -> np.ndarray:
        """The lowest answer whose share at or below it reaches p."""
        target = p * self.total - self._allowance
        place = np.minimum(self._running.searchsorted(target), _BUCKETS - 1)
        found = np.empty(p.shape)
        for bucket in np.unique(place):
            here = place == bucket
            inside = self._open(int(bucket))
            below = self._running[bucket - 1] if bucket else 0.0
            at = np.minimum(inside.running.searchsorted(target[here] - below), len(inside) - 1)
            found[here] = inside.y[inside.order[at]]
        return found

    def _open(self, bucket: int) -> Curve:
        if bucket not in self._opened:
            rows = np.flatnonzero(self._bucket == bucket)
            self._opened[bucket] = Curve.of(self._y[rows], self._weight[rows], rule="math")
        return self._opened[bucket]
