"""What age, period and birth year can and cannot be told apart to have done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design import ReplicateDesign
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.inference.cohort_sample import CohortSample, cohort_sample
from egovstats.inference.statement import per_time, t_effect
from egovstats.intervals import t_quantile
from egovstats.one_thread import one_thread
from egovstats.results import Effect
from egovstats.sources import Source, Sourced

CLOCKS = ("age", "period", "cohort")


@dataclass(frozen=True, slots=True, eq=False)
class CohortBounds(Sourced):
    """What age, period and cohort may have done, each as a straight line.

    Parameters
    ----------
    item : str
    identified : tuple of Effect
        What the data do tell: the sums of the period slope with that of age, and of cohort.
    bounds : tuple of Effect
        Range of the slope of age, period and cohort under the assumptions: `conf_low` and `conf_high` also
        hold the sampling error; `estimate` is the middle of the range (NaN where it is open).
    ranges : dict
        The range of each without sampling error.
    reason : str
        Why there are no bounds; empty where there are.
    sources, notes : tuple
    """

    item: str
    identified: tuple[Effect, ...]
    bounds: tuple[Effect, ...]
    ranges: dict[str, tuple[float, float]]
    reason: str
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row a slope or identified sum, in the project's column names."""
        return pd.DataFrame(
            [
                {
                    "item": self.item,
                    "effect": effect.name,
                    "estimate": effect.estimate,
                    "conf_low": effect.conf_low,
                    "conf_high": effect.conf_high,
                    "conf_level": effect.conf_level,
                    "unit": effect.unit,
                }
                for effect in (*self.identified, *self.bounds)
            ]
        )


def apc_bounds(
    design: Design,
    item: str,
    assume: Mapping[str, tuple[float | None, float | None]],
    *,
    age: str = "age",
    on: str = "year",
    answers: Sequence[Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> CohortBounds:
    """Bound the linear effects of age, period and cohort by what is assumed of some of them.

    Parameters
    ----------
    design : Design
    item, on, answers, where
        As in `trend`.
    assume : mapping
        ``"age"``, ``"period"`` or ``"cohort"`` to the (lowest, highest) slope a year that theory allows, None
        for no limit: ``{"age": (0, None)}`` says that ageing alone does not lower the answer.
    age : str
        Column of ages.
    conf_level : float

    Returns
    -------
    CohortBounds
        Since a birth year is a time less an age, the three slopes move together: one more of the first is
        one less of the second and one more of the third. Without an assumption nothing bounds them.

    Raises
    ------
    EstimateError
        An unknown clock, a lower limit above the upper one, one wave only.

    Notes
    -----
    Linear effects only; what bends is identified and is not part of the question. The intervals add the
    sampling error to each end of the range, so they hold the true slope with at least `conf_level` if the
    assumptions do.

    References
    ----------
    Fosse and Winship (2019), Demography 56, 1975-2004 (bounds); Imbens and Manski (2004), Econometrica 72,
    1845-1857 (intervals for what is bounded).
    """
    limits = _limits(assume)
    found = cohort_sample(design, item, age, on, answers, where)
    slopes, cov = _age_and_period(design, found)
    df = float(design.domains(None, found.used).df[0])
    unit = per_time(found.unit, on)
    # Slopes on age and time are (age - cohort) and (period + cohort), whatever the cohort's own may be.
    sums = {"age + period": np.array([1.0, 1.0]), "period + cohort": np.array([0.0, 1.0])}
    identified = tuple(
        t_effect(
            name,
            float(pick @ slopes),
            float(np.sqrt(pick @ cov @ pick)),
            df,
            unit=unit,
            conf_level=conf_level,
        )
        for name, pick in sums.items()
    )
    ranges, edges, reason = _ranges(slopes, limits)
    bounds = tuple(
        _bound(name, ranges[name], edges[name], cov, df, unit, conf_level) for name in CLOCKS if not reason
    )
    said = "; ".join(f"{name} from {low:g} to {high:g}" for name, (low, high) in limits.items())
    return CohortBounds(
        item=item,
        identified=identified,
        bounds=bounds,
        ranges={} if reason else ranges,
        reason=reason,
        sources=design.sources,
        notes=(f"assumed slopes a year: {said}",)
        if said
        else ("nothing was assumed, so nothing is bounded",),
    )


def _limits(
    assume: Mapping[str, tuple[float | None, float | None]],
) -> dict[str, tuple[float, float]]:
    limits = {}
    for name, (low, high) in assume.items():
        if name not in CLOCKS:
            raise EstimateError(f"there is no clock {name!r}. {nearest(name, CLOCKS)}")
        bottom, top = (-np.inf if low is None else float(low)), (np.inf if high is None else float(high))
        if bottom > top:
            raise EstimateError(
                f"the slope of {name} is assumed to lie from {bottom:g} to {top:g}, which is no range. "
                "Pass (lowest, highest)."
            )
        limits[name] = (bottom, top)
    return limits


@one_thread
def _age_and_period(design: Design, found: CohortSample) -> tuple[np.ndarray, np.ndarray]:
    """Slopes on age and time together, and their covariance."""
    X = np.column_stack(
        [
            np.ones(len(found.y)),
            found.age - found.age[found.used].mean(),
            found.year - float(found.times.mean()),
        ]
    )

    def fit(weight: np.ndarray) -> np.ndarray:
        w = np.where(found.used, weight, 0.0)
        return np.linalg.solve((X * w[:, None]).T @ X, X.T @ (w * found.y))

    beta = fit(design.weight)
    if isinstance(design, ReplicateDesign):
        return beta[1:], design.replicated(lambda weight: fit(weight)[1:])[1].matrix
    w = np.where(found.used, design.weight, 0.0)
    bread = np.linalg.inv((X * w[:, None]).T @ X)
    scores = (X * (w * (found.y - X @ beta))[:, None]) @ bread
    return beta[1:], design.cov_of_totals(scores[:, 1:])


def _ranges(
    slopes: np.ndarray, limits: dict[str, tuple[float, float]]
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[np.ndarray, np.ndarray]], str]:
    """Range of each slope and, for each end, the combination of both known slopes that it moves with."""
    on_age, on_time = float(slopes[0]), float(slopes[1])
    # Every slope as known combination + sign * cohort slope.
    known = {"age": (np.array([1.0, 0.0]), 1.0), "period": (np.array([0.0, 1.0]), -1.0)}
    known["cohort"] = (np.zeros(2), 1.0)
    low, high = (-np.inf, np.zeros(2)), (np.inf, np.zeros(2))
    for name, (bottom, top) in limits.items():
        pick, sign = known[name]
        at = float(pick @ slopes)
        ends = [(sign * (edge - at), -sign * pick) for edge in (bottom, top)]
        first, last = ends if sign > 0 else ends[::-1]
        low = first if first[0] > low[0] else low
        high = last if last[0] < high[0] else high
    if low[0] > high[0]:
        return {}, {}, "the assumptions contradict one another and the slopes that the data show"
    ranges, edges = {}, {}
    for name, (pick, sign) in known.items():
        base = {"age": on_age, "period": on_time, "cohort": 0.0}[name]
        first, last = (low, high) if sign > 0 else (high, low)
        ranges[name] = (base + sign * first[0], base + sign * last[0])
        edges[name] = (pick + sign * first[1], pick + sign * last[1])
    return ranges, edges, ""


def _bound(
    name: str,
    span: tuple[float, float],
    edges: tuple[np.ndarray, np.ndarray],
    cov: np.ndarray,
    df: float,
    unit: str,
    conf_level: float,
) -> Effect:
    margin = float(t_quantile(np.array(df), conf_level))
    errors = [float(np.sqrt(max(edge @ cov @ edge, 0.0))) for edge in edges]
    middle = (span[0] + span[1]) / 2 if np.isfinite(span).all() else float("nan")
    return Effect(name, middle, span[0] - margin * errors[0], span[1] + margin * errors[1], unit, conf_level)
