"""Ends of the intervals of quantiles: shares at or below the quantile, turned back into answers.

References
----------
Woodruff (1952), JASA 47, 635-646; Francisco and Fuller (1991), Annals of Statistics 19, 454-469 (the
interval that inverts the score test).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from egovstats.estimate.quantile_curves import Curves
from egovstats.estimate.quantile_rules import Answers
from egovstats.intervals import METHODS, t_quantile

Shares = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Share at or below each threshold, shape (G, P), and its variance, shape (G, P)."""


class Limits(Protocol):
    """Limits of G * P quantiles, domain by domain."""

    def at(self, conf_level: float, df: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of the quantiles in `place`, by degrees of freedom `df`; all (k,)."""


@dataclass(frozen=True, slots=True, eq=False)
class WoodruffLimits:
    """Limits from an interval for the share at or below the quantile.

    Parameters
    ----------
    curves : Curves
    method : str
        Interval of the share, as in `egovstats.intervals`.
    share, variance, n : np.ndarray, shape (G * P,)
        The share at or below each quantile, its variance, and respondents.
    groups : int
    """

    curves: Curves
    method: str
    share: np.ndarray
    variance: np.ndarray
    n: np.ndarray
    groups: int

    def at(self, conf_level: float, df: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Limits`; NaN where the interval of the share leaves 0 to 1."""
        share, variance, n = self.share[place], self.variance[place], self.n[place]
        ends = np.full((2, len(self.share)), np.nan)
        ends[:, place] = METHODS[self.method](share, variance, n, df, conf_level)
        limits = self.curves.turn(ends.reshape(2, self.groups, -1)).reshape(2, -1)[:, place]
        return limits[0], limits[1]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreLimits:
    """Limits where the test that a value is the quantile begins to reject.

    Parameters
    ----------
    curves : sequence of Answers, one a domain
    probs : np.ndarray, shape (P,)
    shares : Shares
    """

    curves: Sequence[Answers]
    probs: np.ndarray
    shares: Shares

    def at(self, conf_level: float, df: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """See `Limits`; NaN where nobody answered."""
        groups, steps = len(self.curves), len(self.probs)
        every = np.full(groups * steps, np.nan)
        every[place] = t_quantile(df, conf_level)
        critical = every.reshape(groups, steps)
        low = self._crossing(critical).ravel()[place]
        return low, self._crossing(-critical).ravel()[place]

    def _crossing(self, critical: np.ndarray) -> np.ndarray:
        """First answer whose score (p - share at or below it) / std_error is at most `critical`, (G, P)."""
        answers = [np.unique(curve.x) for curve in self.curves]
        last = np.array([len(each) - 1 for each in answers])[:, None]
        low, high = np.zeros(critical.shape, np.int64), np.broadcast_to(last, critical.shape).copy()
        while (low < high).any():
            middle = (low + high) // 2
            share, variance = self.shares(_pick(answers, middle))
            with np.errstate(divide="ignore", invalid="ignore"):
                reached = (self.probs - share) / np.sqrt(variance) <= critical
            narrower = low < high
            high = np.where(narrower & reached, middle, high)
            low = np.where(narrower & ~reached, middle + 1, low)
        limits = _pick(answers, low)
        return np.where(np.isnan(critical), np.nan, limits)


def _pick(answers: Sequence[np.ndarray], place: np.ndarray) -> np.ndarray:
    """Answers at places (G, P); NaN for a domain without any."""
    return np.array(
        [each[at] if len(each) else np.full(len(at), np.nan) for each, at in zip(answers, place, strict=True)]
    )
