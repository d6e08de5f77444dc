"""The distribution functions of all domains, turned round together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from egovstats.estimate.quantile_buckets import WORTH, BucketCurve
from egovstats.estimate.quantile_rules import Answers, Curve, invert

Rows = Sequence[np.ndarray | slice]
_LOWEST = ("math", "hf1")


class Curves(Protocol):
    """Answers of G domains."""

    def turn(self, p: np.ndarray) -> np.ndarray:
        """Quantiles at shares p, shape (..., G, P); NaN outside 0 to 1 and where nobody answered."""


class EachCurve:
    """Answers of G domains, one after the other.

    Parameters
    ----------
    each : sequence of Answers
    rule : str
    """

    def __init__(self, each: Sequence[Answers], rule: str) -> None:
        self.each, self.rule = each, rule

    def turn(self, p: np.ndarray) -> np.ndarray:
        """See `Curves`."""
        return np.stack(
            [invert(curve, p[..., g, :], self.rule) for g, curve in enumerate(self.each)], axis=-2
        )


class StackedCurves:
    """The lowest answers that reach shares, for many small domains: one search for all of them.

    The running share of domain g is looked up as g + share, so that the domains follow one another.

    Parameters
    ----------
    y, weight : np.ndarray, shape (n,)
    rows : sequence of G index arrays or slices
    """

    def __init__(self, y: np.ndarray, weight: np.ndarray, rows: Rows) -> None:
        answers, shares, sizes = [], [], []
        for g, each in enumerate(rows):
            own = y[each]
            order = np.argsort(own)
            running = np.cumsum(weight[each][order])
            answers.append(own[order])
            shares.append(running / running[-1] + g if len(running) else running)
            sizes.append(len(own))
        self._x, self._share = np.concatenate(answers), np.concatenate(shares)
        self._end = np.cumsum(sizes)
        self._size = np.array(sizes)
        self._allowance = np.finfo(float).eps * (4 * self._size + 2 * len(sizes))

    def turn(self, p: np.ndarray) -> np.ndarray:
        """See `Curves`."""
        target = p + (np.arange(len(self._end)) - self._allowance)[:, None]
        at = self._share.searchsorted(target)
        at = np.clip(at, (self._end - self._size)[:, None], (self._end - 1)[:, None])
        known = (p >= 0) & (p <= 1) & (self._size > 0)[:, None]
        if known.all():
            return self._x[at]
        return (
            np.where(known, self._x[np.minimum(at, len(self._x) - 1)], np.nan) if len(self._x) else p * np.nan
        )


def curves_of(y: np.ndarray, weight: np.ndarray, rows: Rows, rule: str, ties: str) -> Curves:
    """The quickest way to the quantiles of these domains by this rule."""
    if rule in _LOWEST and len(rows) > 1 and len(y) < WORTH * len(rows):
        return StackedCurves(y, weight, rows)
    return EachCurve(each_curve(y, weight, rows, rule, ties), rule)


def each_curve(y: np.ndarray, weight: np.ndarray, rows: Rows, rule: str, ties: str) -> list[Answers]:
    """Answers of every domain by itself; many are sorted only where the quantiles lie."""
    found: list[Answers] = []
    for each in rows:
        own, mass = y[each], weight[each]
        many = len(own) >= WORTH and rule in _LOWEST
        found.append(BucketCurve(own, mass) if many else Curve.of(own, mass, rule=rule, ties=ties))
    return found
