"""Straight pieces through waves, given where they meet: slopes, fit, and how sure the places are."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from egovstats.inference.statement import per_time, t_statement, untested
from egovstats.inference.wave_fit import WaveFit, departure_test, fit_waves
from egovstats.inference.wave_points import WavePoints, gls
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest

_GRID = 41  # years tried in an interval for the year


def joinpoint_places(k: int, count: int, margin: int) -> list[tuple[int, ...]]:
    """Which waves the joinpoints may lie at, all combinations, by position."""
    inner = range(margin - 1, k - margin + 1)
    return [each for each in combinations(inner, count) if all(b - a >= margin for a, b in pairwise(each))]


def pieces(time: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Columns of a line that bends at given times, shape (k, 2 + bends)."""
    centred = time - time[0]
    return np.column_stack([np.ones(len(time)), centred, *(np.maximum(time - bend, 0.0) for bend in at)])


def fit_pieces(points: WavePoints, chosen: tuple[int, ...]) -> WaveFit:
    """Level, first slope and changes of slope at the chosen waves, by generalised least squares."""
    return fit_waves(points, pieces(points.time, points.time[list(chosen)]))


def departure_of(points: WavePoints, chosen: tuple[int, ...]) -> HypothesisTest:
    """Wald test of the waves against the pieces; years that were chosen count as unknowns."""
    test, null = "Wald test of departure from the pieces", "Straight pieces through the waves are enough."
    left = len(points) - 2 - 2 * len(chosen)
    if left < 1 or points.df <= 0:
        return untested(test, null, "as many unknowns as waves", keys=points.keys, sources=points.sources)
    return departure_test(fit_pieces(points, chosen), left, test=test, null=null)


def joinpoint_year(
    points: WavePoints, chosen: tuple[int, ...], at: int, on: str, conf_level: float, *, loose: bool
) -> Effect:
    """A joinpoint with the times at which it fits hardly worse."""
    time, others = points.time, [points.time[each] for place, each in enumerate(chosen) if place != at]
    best = float(time[chosen[at]])
    low = max([float(time[0]), *(other for other in others if other < best)])
    high = min([float(time[-1]), *(other for other in others if other > best)])
    tried = np.union1d(np.linspace(low, high, _GRID + 2)[1:-1], time[(time > low) & (time < high)])
    rest = np.array(
        [gls(pieces(time, np.sort([*others, each])), points.estimate, points.cov).rest for each in tried]
    )
    left = len(time) - 2 - 2 * len(chosen)
    scatter, df = (rest.min() / left, float(left)) if loose else (1.0, points.df)
    limit = rest.min() + scatter * float(t_quantile(np.array(df), conf_level)) ** 2
    first, last = _crossings(tried, rest - limit, low, high)
    return Effect("joinpoint", best, first, last, on, conf_level)


def _crossings(tried: np.ndarray, above: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Outermost times at which `above` is 0, between the times tried; the ends where it never is above."""
    inside = np.flatnonzero(above <= 0)
    first, last = int(inside[0]), int(inside[-1])
    left = low if first == 0 else _zero(tried, above, first - 1)
    right = high if last == len(tried) - 1 else _zero(tried, above, last)
    return left, right


def _zero(tried: np.ndarray, above: np.ndarray, at: int) -> float:
    share = above[at] / (above[at] - above[at + 1])
    return float(tried[at] + share * (tried[at + 1] - tried[at]))


def fit_with_years(points: WavePoints, chosen: tuple[int, ...]) -> WaveFit | None:
    """Level, first slope, c changes of slope and, as further unknowns, their c years; shape (2 + 2 c,).

    By the linearised least squares of segmented regression; with the years taken as known, slopes look surer
    than they are. The last c of `beta` are steps from the chosen years. None where there are more unknowns
    than waves.

    References
    ----------
    Seber and Wild (1989), Nonlinear Regression, section 9.3; Muggeo (2003), Statistics in Medicine 22,
    3055-3071.
    """
    fit, years = fit_pieces(points, chosen), points.time[list(chosen)]
    if not chosen:
        return fit
    # A later year lowers what follows it by the change of slope; at the year itself by half, on average.
    lowered = -fit.beta[2:] * np.heaviside(points.time[:, None] - years, 0.5)
    columns = np.hstack([pieces(points.time, years), lowered])
    return fit_waves(points, columns) if columns.shape[1] <= len(points) else None


def segment_slopes(
    points: WavePoints, chosen: tuple[int, ...], on: str, conf_level: float
) -> tuple[HypothesisTest, ...]:
    """Slope of each piece."""
    edges = [float(points.time[0]), *(float(points.time[each]) for each in chosen), float(points.time[-1])]
    made = []
    for at, (start, end) in enumerate(pairwise(edges)):
        pick = np.zeros(2 + 2 * len(chosen))
        pick[1 : 2 + at] = 1.0
        made.append(
            _slope(points, chosen, pick, "slope", on, conf_level, {f"{on}_from": start, f"{on}_to": end})
        )
    return tuple(made)


def average_slope(points: WavePoints, chosen: tuple[int, ...], on: str, conf_level: float) -> HypothesisTest:
    """The pieces' slopes weighted by their length."""
    time, count = points.time, len(chosen)
    length = float(time[-1] - time[0])
    pick = np.zeros(2 + 2 * count)
    pick[1] = 1.0
    pick[2 : 2 + count] = (time[-1] - time[list(chosen)]) / length
    pick[2 + count :] = -fit_pieces(points, chosen).beta[2:] / length
    span = {f"{on}_from": float(time[0]), f"{on}_to": float(time[-1])}
    return _slope(points, chosen, pick, "average slope", on, conf_level, span)


def _slope(
    points: WavePoints,
    chosen: tuple[int, ...],
    pick: np.ndarray,
    name: str,
    on: str,
    conf_level: float,
    keys: dict[str, float],
) -> HypothesisTest:
    """A sum of slopes; `pick` says how it moves with slopes and years."""
    beta, fit = fit_pieces(points, chosen).beta, fit_with_years(points, chosen)
    return t_statement(
        "piecewise line by generalised least squares",
        "There is no linear trend in this period.",
        float(pick[: len(beta)] @ beta),
        float(np.sqrt(pick @ fit.cov @ pick)) if fit else float("nan"),
        fit.df_of(pick) if fit else points.df,
        name=name,
        unit=per_time(points.unit, on),
        conf_level=conf_level,
        n=points.n,
        keys={**points.keys, **keys},
        sources=points.sources,
        notes=("more unknowns than waves, the years among them",) if fit is None else (),
    )
