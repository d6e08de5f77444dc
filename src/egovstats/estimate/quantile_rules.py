"""Turning a weighted distribution function round: the rules by which software defines a quantile.

Respondents are sorted by their answer x, c is the running sum of their weights w, W its end.

References
----------
Hyndman and Fan (1996), American Statistician 50, 361-365 (the nine types, for equal weights); their
weighted forms follow the conventions of R's survey, compared in `docs/decisions/estimation-quantiles.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from egovstats.errors import EstimateError, nearest

_EPSILON = float(np.finfo(float).eps)
STEPS = ("math", "school", "hf1", "hf2", "hf3")
"""Rules that ask only which answers are at or below a share: who comes first among equals has no part."""
TIES = ("weight", "row")
"""Who comes first among equal answers: the lighter respondent, or the one further up in the file."""


class Answers(Protocol):
    """What the rules "math" and "hf1" need of the answers of one domain."""

    def __len__(self) -> int: ...

    @property
    def x(self) -> np.ndarray:
        """Sorted answers, shape (m,)."""

    def lowest(self, p: np.ndarray) -> np.ndarray:
        """The lowest answer whose share at or below it reaches p."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Answers of one domain with their order, and the running sum of their weights.

    Parameters
    ----------
    y : np.ndarray, shape (m,)
        Answers of those with a weight above 0.
    order : np.ndarray of int, shape (m,)
        Their places from the lowest answer up.
    running : np.ndarray, shape (m,)
        Running sum of the weights in that order.
    weight : np.ndarray, shape (m,)
        The weights in that order.
    """

    y: np.ndarray
    order: np.ndarray
    running: np.ndarray
    weight: np.ndarray

    @classmethod
    def of(cls, y: np.ndarray, weight: np.ndarray, *, rule: str, ties: str = "weight") -> Curve:
        """Sort answers; `ties` says who comes first among equal ones, where that matters."""
        return cls.in_order(y, weight, np.argsort(y) if rule in STEPS else ascending(y, weight, ties))

    @classmethod
    def in_order(cls, y: np.ndarray, weight: np.ndarray, order: np.ndarray) -> Curve:
        """The same from an order that is known."""
        sorted_weight = weight[order]
        return cls(y, order, np.cumsum(sorted_weight), sorted_weight)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def x(self) -> np.ndarray:
        """Sorted answers, shape (m,)."""
        return self.y[self.order]

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.running[-1])

    def reached(self, target: np.ndarray) -> np.ndarray:
        """First place whose running sum reaches a target, but for rounding."""
        place = self.running.searchsorted(target - rounding(len(self), self.total))
        return np.minimum(place, len(self.order) - 1)

    def lowest(self, p: np.ndarray) -> np.ndarray:
        """The lowest answer whose share at or below it reaches p."""
        return self.y[self.order[self.reached(p * self.total)]]


def ascending(y: np.ndarray, weight: np.ndarray, ties: str) -> np.ndarray:
    """Places of answers from the lowest up; among equal ones by weight or by row."""
    return np.argsort(y, kind="stable") if ties == "row" else np.lexsort((weight, y))


def rounding(m: int, total: float) -> float:
    """How far a running sum of m weights may be from the exact one."""
    return 4 * m * _EPSILON * total


def midpoint(curve: Curve, p: np.ndarray) -> np.ndarray:
    """The lowest answer that reaches p; halfway to the next respondent's where p is met exactly."""
    target = p * curve.total
    at = curve.reached(target)
    here, above = curve.y[curve.order[at]], curve.y[curve.order[np.minimum(at + 1, len(curve) - 1)]]
    met = np.abs(curve.running[at] - target) <= rounding(len(curve), curve.total)
    return np.where(met, (here + above) / 2, here)


def even(curve: Curve, p: np.ndarray) -> np.ndarray:
    """Over distinct answers: where p is met exactly, that answer if its rank is even, else the next."""
    x = curve.x
    last = np.flatnonzero(np.append(x[1:] != x[:-1], True))
    distinct, running = x[last], curve.running[last]
    target, allowance = p * curve.total, rounding(len(curve), curve.total)
    at = np.minimum(running.searchsorted(target - allowance), len(last) - 1)
    odd = at % 2 == 0  # place 0 has rank 1
    next_one = odd & (np.abs(running[at] - target) <= allowance)
    return distinct[np.where(next_one, np.minimum(at + 1, len(last) - 1), at)]


def _between(curve: Curve, position: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Straight lines through (position, x), flat beyond the ends; x itself where p is at a position.

    Between two answers a line that is off by rounding would end just below the answer, and the share at
    or below it would lack everyone who gave it.
    """
    x, allowance = curve.x, rounding(len(curve), 1.0)
    at = np.minimum(position.searchsorted(p - allowance), len(x) - 1)
    return np.where(np.abs(position[at] - p) <= allowance, x[at], np.interp(p, position, x))


def _linear(place: Callable[[Curve], np.ndarray]) -> Callable[[Curve, np.ndarray], np.ndarray]:
    return lambda curve, p: _between(curve, place(curve), p)


def _before(curve: Curve) -> np.ndarray:
    return np.concatenate([[0.0], curve.running[:-1]])


def _type7(curve: Curve) -> np.ndarray:
    before = _before(curve)
    return before / before[-1] if len(before) > 1 else before


def shahvaish(curve: Curve, p: np.ndarray, *, scaled: bool = False) -> np.ndarray:
    """Steps at (S + 1/2 - w/2) / (m + 1), S the running sum of the weights over their mean.

    As R's survey has it, the w that is halved is not over the mean, so the answer depends on the scale of
    the weights; with `scaled` it is.
    """
    m = len(curve)
    mean = curve.total / m
    half = curve.weight / (2 * mean) if scaled else curve.weight / 2
    position = (curve.running / mean + 0.5 - half) / (m + 1)
    order = np.argsort(position, kind="stable")
    at = np.searchsorted(position[order], p, side="right") - 1
    return curve.x[order][np.clip(at, 0, m - 1)]


RULES: dict[str, Callable[[Any, np.ndarray], np.ndarray]] = {
    "math": lambda curve, p: curve.lowest(p),
    "school": midpoint,
    "hf1": lambda curve, p: curve.lowest(p),
    "hf2": midpoint,
    "hf3": even,
    "hf4": _linear(lambda c: c.running / c.total),
    "hf5": _linear(lambda c: (c.running - c.weight / 2) / c.total),
    "hf6": _linear(lambda c: c.running / (c.total + c.weight[-1])),
    "hf7": _linear(_type7),
    "hf8": _linear(lambda c: (_before(c) / 3 + c.running * 2 / 3) / (c.total + c.weight[-1] / 3)),
    "hf9": _linear(lambda c: (_before(c) * 3 / 8 + c.running * 5 / 8) / (c.total + c.weight[-1] / 4)),
    "shahvaish": shahvaish,
    "shahvaish-scaled": lambda curve, p: shahvaish(curve, p, scaled=True),
}


def check_rule(rule: str, ties: str) -> None:
    """Refuse an unknown rule or order of equal answers."""
    if rule not in RULES:
        raise EstimateError(f"there is no quantile rule {rule!r}. {nearest(rule, RULES)}")
    if ties not in TIES:
        raise EstimateError(f"ties cannot be {ties!r}. {nearest(ties, TIES)}")


def invert(curve: Answers, p: np.ndarray, rule: str) -> np.ndarray:
    """Quantiles of a curve at shares p of any shape; NaN where p is outside 0 to 1 or nobody answered."""
    if not len(curve):
        return np.full(p.shape, np.nan)
    inside = (p >= 0) & (p <= 1)
    if inside.all():
        return RULES[rule](curve, p)
    return np.where(inside, RULES[rule](curve, np.where(inside, p, 0.5)), np.nan)
