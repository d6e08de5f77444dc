"""Weights that meet control totals: arrays in, arrays out.

References
----------
Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427-444 (raking); Deville and Saerndal
(1992), JASA 87, 376-382 (calibration and its distance functions).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from egovstats.errors import DesignError
from egovstats.one_thread import one_thread

_BOUNCES = 200  # rounds of trimming in which weights at a bound take part, so that those below catch up


def rake_cells(
    cell_weight: np.ndarray,
    margins: Sequence[np.ndarray],
    targets: Sequence[np.ndarray],
    categories: Sequence[tuple[str, Sequence[object]]],
    *,
    tolerance: float,
    max_steps: int,
) -> np.ndarray:
    """Factor of each cell so that the weights meet every margin.

    Parameters
    ----------
    cell_weight : np.ndarray, shape (c,)
        Sum of weights in each cell of the crossed margins.
    margins : sequence of np.ndarray of int, shape (c,)
        Category of each cell in each margin.
    targets : sequence of np.ndarray
        Control totals of each margin's categories.
    categories : sequence of (str, sequence)
        Name of each margin and of its categories, for the error.
    tolerance : float
        Largest relative distance from a control total at which to stop.

    Returns
    -------
    np.ndarray, shape (c,)

    Raises
    ------
    DesignError
        The margins are not met within `max_steps` rounds; names the category furthest off.
    """
    current = cell_weight.astype(float)
    ends = np.cumsum([len(target) for target in targets]).tolist()
    ratios, moved = np.empty(ends[-1]), np.empty(len(current))
    each = [ratios[end - len(target) : end] for end, target in zip(ends, targets, strict=True)]
    # A category that nobody is left in is met where it should be empty, and can't be met elsewhere.
    empty = np.where(np.concatenate(targets) > 0, 2.0, 1.0)
    for _ in range(max_steps):
        ratios[:] = empty
        for margin, target, ratio in zip(margins, targets, each, strict=True):
            held = np.bincount(margin, weights=current, minlength=len(target))
            np.divide(target, held, out=ratio, where=held > 0)
            current *= np.take(ratio, margin, out=moved, mode="clip")
        # Every margin was met before this round, and the round has only brought them closer.
        if np.abs(ratios - 1).max(initial=0) <= tolerance:
            return np.divide(current, cell_weight, out=np.zeros(len(current)), where=cell_weight > 0)
    _refuse_raking(current, margins, targets, categories, max_steps)


def _refuse_raking(
    current: np.ndarray,
    margins: Sequence[np.ndarray],
    targets: Sequence[np.ndarray],
    categories: Sequence[tuple[str, Sequence[object]]],
    max_steps: int,
) -> NoReturn:
    """Name the category that raking is furthest from."""
    sums = [
        np.bincount(margin, weights=current, minlength=len(target))
        for margin, target in zip(margins, targets, strict=True)
    ]
    off = [np.abs(held - t) / np.maximum(t, 1e-300) for held, t in zip(sums, targets, strict=True)]
    at = int(np.argmax([each.max(initial=0) for each in off]))
    k = int(np.argmax(off[at]))
    name, levels = categories[at]
    raise DesignError(
        f"raking did not meet the margins in {max_steps} rounds: category {levels[k]!r} of margin {name!r} "
        f"should be {targets[at][k]:,.6g} and comes to {sums[at][k]:,.6g}. Combinations of categories "
        "without respondents make the margins impossible together: join categories of this margin, or check "
        "its total."
    )


@dataclass(frozen=True, slots=True)
class Distance:
    """A calibration's factor g as a function of the linear predictor, and its derivative."""

    factor: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


def distance(method: str, bounds: tuple[float, float] | None) -> Distance:
    """The distance functions of Deville and Saerndal, by name.

    Raises
    ------
    DesignError
        An unknown method, or bounds that do not contain 1.
    """
    if bounds is not None and not bounds[0] < 1 < bounds[1]:
        raise DesignError(f"bounds of the weight factor must lie around 1, got {bounds!r}.")
    low, high = bounds or (-np.inf, np.inf)
    if method == "linear":
        return Distance(
            lambda u: np.clip(1 + u, low, high), lambda u: ((1 + u > low) & (1 + u < high)).astype(float)
        )
    if method == "raking":

        def exponential(u: np.ndarray) -> np.ndarray:
            return np.exp(np.clip(u, -700, 700))

        return Distance(
            lambda u: np.clip(exponential(u), low, high),
            lambda u: np.where((exponential(u) > low) & (exponential(u) < high), exponential(u), 0.0),
        )
    if method == "logit":
        if bounds is None:
            raise DesignError("the logit distance needs bounds of the weight factor. Pass bounds=(0.5, 2).")
        steep = (high - low) / ((1 - low) * (high - 1))

        def share(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            e = np.exp(np.clip(steep * u, -700, 700))
            return e, (high - 1) + (1 - low) * e

        def factor(u: np.ndarray) -> np.ndarray:
            e, below = share(u)
            return (low * (high - 1) + high * (1 - low) * e) / below

        def slope(u: np.ndarray) -> np.ndarray:
            e, below = share(u)
            return steep * e * (high - low) * (1 - low) * (high - 1) / below**2

        return Distance(factor, slope)
    raise DesignError(f"there is no calibration method {method!r}. There are: 'linear', 'raking', 'logit'.")


@one_thread
def solve_calibration(
    X: np.ndarray,
    weight: np.ndarray,
    targets: np.ndarray,
    names: Sequence[str],
    *,
    rule: Distance,
    spread: np.ndarray | None,
    tolerance: float,
    max_steps: int,
) -> np.ndarray:
    """Factors g with sum(weight * g * X) = targets, by Newton's method with halved steps.

    Parameters
    ----------
    X : np.ndarray, shape (n, p)
    weight : np.ndarray, shape (n,)
    targets : np.ndarray, shape (p,)
    names : p names of the columns, for the error
    rule : Distance
    spread : np.ndarray, shape (n,), optional
        Variance of the regression's errors, up to a factor.

    Raises
    ------
    DesignError
        No weights within the bounds meet the totals; names the total furthest off.
    """
    scale = np.maximum(np.abs(targets), 1e-12 * np.abs(targets).max() + 1e-300)
    ease = np.ones(len(weight)) if spread is None else 1 / spread
    multiplier = np.zeros(X.shape[1])

    def gap_at(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        predictor = ease * (X @ point)
        return targets - X.T @ (weight * rule.factor(predictor)), predictor

    gap, predictor = gap_at(multiplier)
    for _ in range(max_steps):
        off = np.abs(gap) / scale
        if off.max() <= tolerance:
            return rule.factor(predictor)
        gram = (X * (weight * rule.slope(predictor) * ease)[:, None]).T @ X
        step = np.linalg.pinv(gram, rcond=1e-14, hermitian=True) @ gap
        for _ in range(30):
            trial, moved = gap_at(multiplier + step)
            if (np.abs(trial) / scale).max() < off.max():
                break
            step = step / 2
        else:
            break
        multiplier, gap, predictor = multiplier + step, trial, moved
    off = np.abs(gap) / scale
    if off.max() <= tolerance:
        return rule.factor(predictor)
    at = int(np.argmax(off))
    raise DesignError(
        f"no weights meet the control totals: {names[at]!r} should be {targets[at]:,.6g} and comes to "
        f"{targets[at] - gap[at]:,.6g} at the best. Widen the bounds, or check this total."
    )


def trim_weights(weight: np.ndarray, *, lower: float, upper: float, strict: bool) -> np.ndarray:
    """Weights cut to the bounds, the excess spread equally over those that were not cut.

    Raises
    ------
    DesignError
        No weight is left to spread the excess over; with `strict`, the mean weight lies outside the bounds,
        so no spreading keeps the sum.
    """
    active = weight > 0
    mean = weight[active].mean()
    if strict and not lower <= mean <= upper:
        raise DesignError(
            f"weights with mean {mean:.4g} cannot be trimmed to {lower:g}..{upper:g} with the same sum. "
            "Choose bounds around the mean."
        )
    current = weight.copy()
    for step in range(1000 if strict else 1):
        cut = active & ((current < lower) | (current > upper))
        if not cut.any():
            break
        trimmed = np.clip(current, lower, upper)
        excess = (current[active] - trimmed[active]).sum()
        free = active & ~cut
        if step >= _BOUNCES:  # a weight at the bound gives back in each round what it got in the last
            free &= current < upper if excess > 0 else current > lower
        if not free.any():
            raise DesignError("every weight lies outside the bounds. Choose wider ones.")
        current = np.where(free, trimmed + excess / free.sum(), np.where(active, trimmed, 0.0))
    return current
