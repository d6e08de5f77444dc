"""When did the trend turn: straight pieces that meet at years which the waves themselves choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate import mean, proportion
from egovstats.inference.joinpoint_pieces import (
    average_slope,
    departure_of,
    fit_pieces,
    joinpoint_places,
    joinpoint_year,
    pieces,
    segment_slopes,
)
from egovstats.inference.joinpoint_tests import permutation_p, sup_t
from egovstats.inference.statement import per_time, t_statement
from egovstats.inference.wave_points import WavePoints, shared_too_much, wave_points
from egovstats.results import Effect, Estimates, HypothesisTest

METHODS = ("sup-t", "permutation", "BIC")
LEAST_WAVES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Joinpoint:
    """Straight pieces through the waves.

    Parameters
    ----------
    points : WavePoints
    method : str
    joinpoints : tuple of Effect
        Each year at which the slope changes, with its interval; none where no change is established.
    tests : tuple of HypothesisTest
        One joinpoint more against as many as before, in order; the slope change is the effect.
    segments : tuple of HypothesisTest
        Slope of each piece, given the joinpoints.
    average : HypothesisTest
        Average yearly change over the whole period: the pieces' slopes weighted by their length.
    departure : HypothesisTest
        Of the waves from the pieces. Where it rejects, waves scatter by more than sampling error, and the
        intervals of the years are widened by that scatter, with as many degrees of freedom as are left.
    bic : dict of int to float
        The criterion by the number of joinpoints.
    reason : str
        Why no joinpoint could be looked for; empty where it could.
    notes : tuple of str
    """

    points: WavePoints
    method: str
    joinpoints: tuple[Effect, ...]
    tests: tuple[HypothesisTest, ...]
    segments: tuple[HypothesisTest, ...]
    average: HypothesisTest
    departure: HypothesisTest
    bic: dict[int, float]
    reason: str
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return any(source.synthetic for source in self.points.sources)

    def to_frame(self) -> pd.DataFrame:
        """One row a piece: where it begins and ends, and its slope."""
        return pd.concat([test.to_frame() for test in self.segments], ignore_index=True)


def joinpoint(
    data: Estimates | Design,
    item: str | None = None,
    *,
    on: str = "year",
    answers: Sequence[Any] | None = None,
    where: Where = None,
    method: str = "sup-t",
    most: int | None = None,
    margin: int = 2,
    alpha: float = 0.05,
    conf_level: float = 0.95,
    draws: int = 4499,
    rng: np.random.Generator | None = None,
    weights: str = "estimated",
) -> Joinpoint:
    """Look for the years at which the slope of a trend changes.

    Parameters
    ----------
    data : Estimates or Design
        One quantity split by `on`; or a design, with the item whose share or mean is estimated first.
    item, answers, where
        With a design: as in `trend`.
    on : str
        Key with the time of each wave, a number.
    method : str
        ``"sup-t"``: the largest |t| of a slope change over all waves where it may be, referred to its
        joint distribution (the respondent is the unit: the waves' sampling errors are all the error there
        is). ``"permutation"``: residuals of the waves are permuted (the wave is the unit).
        ``"BIC"``: no test; it finds a joinpoint where there is none more often than 1 in 20.
    most : int, optional
        Joinpoints at most; by default what the number of waves carries: 1 from 5 waves on, 2 from 12, 3
        from 17.
    margin : int
        Waves at least from an end to a joinpoint and between two, the joinpoint's own not counted double:
        with 2, the second wave is the first at which the slope may change.
    alpha : float
        Size of each test that adds a joinpoint.
    conf_level : float
    draws : int
        Permutations, where there are more orders than that.
    rng : np.random.Generator, optional
        For permutations that are drawn; needed with 8 waves or more.
    weights : str
        As in `trend_shape`.

    Returns
    -------
    Joinpoint
        With fewer than 5 waves: no joinpoint, and a reason.

    Raises
    ------
    EstimateError
        An unknown method, drawn permutations without `rng`, or as in `wave_points`.

    Notes
    -----
    Joinpoints lie at waves, as in the CDC's recipe for surveys made every other year; slopes are those of
    pieces that meet there, by generalised least squares, and their errors count the years as unknowns. The
    interval of a year holds all times, waves or not, at which a joinpoint fits hardly worse than at the
    best one (with nine waves it held the year in 9 of 10 simulated draws, so 0.99 is a cautious level). BIC
    takes the waves' sampling variances as known: chi-square plus log(waves) times twice the number of
    joinpoints plus two. `policy_break` with the chosen years and ``effects="slope"`` fits the same pieces
    to respondents, with other variables held.

    References
    ----------
    Kim, Fay, Feuer and Midthune (2000), Statistics in Medicine 19, 335-351 (permutation test, grid search);
    Ingram et al. (2018), NCHS guidelines for analysis of trends, section 6 (few time points); Andrews
    (1993), Econometrica 61, 821-856 (sup tests); Lerman (1980), Applied Statistics 29, 77-84 (interval of
    the year).
    """
    if method not in METHODS:
        raise EstimateError(f"joinpoints are not chosen by {method!r}. {nearest(method, METHODS)}")
    points = wave_points(_estimates(data, item, on, answers, where), on, weights=weights)
    if len(points) < 2:
        raise EstimateError(
            f"{len(points)} wave(s) with answers and variance have no trend. Read more waves."
        )
    allowed = _allowed(len(points)) if most is None else most
    reason = _reason(points, allowed, margin)
    tests: list[HypothesisTest] = []
    bic: dict[int, float] = {}
    chosen: tuple[int, ...] = ()
    if not reason:
        bic = {count: _criterion(points, _best(points, count, margin)) for count in range(allowed + 1)}
        chosen = _choose(points, method, allowed, margin, alpha, conf_level, on, draws, rng, tests, bic)
    departure = departure_of(points, chosen)
    loose = departure.p_value < alpha
    years = tuple(
        joinpoint_year(points, chosen, at, on, conf_level, loose=loose) for at in range(len(chosen))
    )
    return Joinpoint(
        points=points,
        method=method,
        joinpoints=years,
        tests=tuple(tests),
        segments=segment_slopes(points, chosen, on, conf_level),
        average=average_slope(points, chosen, on, conf_level),
        departure=departure,
        bic=bic,
        reason=reason,
        notes=(*points.dropped, *_cautions(points, years, on, loose=loose)),
    )


def _estimates(
    data: Estimates | Design, item: str | None, on: str, answers: Sequence[Any] | None, where: Where
) -> Estimates:
    if isinstance(data, Estimates):
        return data
    if item is None:
        raise EstimateError("a design needs an item to follow. Pass its name after the design.")
    if answers is None:
        return mean(data, item, by=on, where=where)
    return proportion(data, item, by=on, where=where, answers=answers)


def _allowed(waves: int) -> int:
    """Joinpoints that so many waves carry (the defaults of the NCI's program, from 5 waves on)."""
    return 0 if waves < LEAST_WAVES else 1 + max(0, (waves - 7) // 5)


def _reason(points: WavePoints, allowed: int, margin: int) -> str:
    k = len(points)
    if k < LEAST_WAVES:
        return (
            f"{k} waves: a line that turns once has four unknowns, the year among them, so at least "
            f"{LEAST_WAVES} waves are needed to look for one"
        )
    if points.df <= 0:
        return "no degrees of freedom: these waves have as many strata as PSUs"
    if allowed < 1 or not joinpoint_places(k, 1, margin):
        return f"no wave is far enough from both ends (margin {margin} of {k} waves)"
    return shared_too_much(points.cov)


def _best(points: WavePoints, count: int, margin: int) -> tuple[int, ...]:
    """The places of `count` joinpoints that fit best."""
    places = joinpoint_places(len(points), count, margin)
    if not places:
        return ()
    rest = [fit_pieces(points, each).rest for each in places]
    return places[int(np.argmin(rest))]


def _criterion(points: WavePoints, chosen: tuple[int, ...]) -> float:
    return fit_pieces(points, chosen).rest + 2 * (len(chosen) + 1) * float(np.log(len(points)))


def _choose(
    points: WavePoints,
    method: str,
    allowed: int,
    margin: int,
    alpha: float,
    conf_level: float,
    on: str,
    draws: int,
    rng: np.random.Generator | None,
    tests: list[HypothesisTest],
    bic: dict[int, float],
) -> tuple[int, ...]:
    """Places of the joinpoints, adding one at a time while its test rejects; the tests are kept."""
    held: tuple[int, ...] = ()
    for count in range(1, allowed + 1):
        new = _best(points, count, margin)
        if len(new) < count:
            break
        X = pieces(points.time, points.time[list(held)])
        bends = [
            points.time[list(each)]
            for each in joinpoint_places(len(points), 1, margin)
            if not set(each) & set(held)
        ]
        columns = np.column_stack([np.maximum(points.time - at, 0.0) for at in bends])
        if method == "permutation":
            p_value, name = permutation_p(points, X, columns, draws=draws, rng=rng), "permutation test"
        else:
            p_value, name = sup_t(points, X, columns), "largest t over all waves"
        tests.append(_added(points, new, count, name, p_value, on, conf_level))
        if method != "BIC" and not p_value < alpha:
            return held
        held = new
    if method == "BIC":
        best = min(bic, key=lambda count: bic[count])
        return _best(points, best, margin)
    return held


def _added(
    points: WavePoints,
    chosen: tuple[int, ...],
    count: int,
    name: str,
    p_value: float,
    on: str,
    conf_level: float,
) -> HypothesisTest:
    """The test of one joinpoint more; its effect is the largest change of slope at the best places."""
    fit = fit_pieces(points, chosen)
    t = np.abs(fit.beta[2:]) / np.sqrt(np.diag(fit.cov)[2:])
    at = int(np.argmin(t))
    made = t_statement(
        f"joinpoint regression, {name}",
        f"There are {count - 1} joinpoints, not {count}." if count > 1 else "The trend is one straight line.",
        float(fit.beta[2 + at]),
        float(np.sqrt(fit.cov[2 + at, 2 + at])),
        fit.df_of(np.eye(len(fit.beta))[2 + at]),
        name="change of slope",
        unit=per_time(points.unit, on),
        conf_level=conf_level,
        n=points.n,
        keys={**points.keys, "break": float(points.time[chosen[at]])},
        sources=points.sources,
        notes=("the interval holds given the year, which was chosen for its change",),
    )
    return replace(made, p_value=p_value, distribution="exact")


def _cautions(points: WavePoints, years: tuple[Effect, ...], on: str, *, loose: bool) -> tuple[str, ...]:
    notes = []
    if loose and years:
        notes.append(
            "the waves scatter about the pieces by more than sampling error: these pieces are not the whole "
            "story, and the interval of the year allows for that scatter"
        )
    if LEAST_WAVES <= len(points) < 7:
        notes.append(f"{len(points)} waves: with fewer than 7 a joinpoint is a hint at most")
    for year in years:
        if year.conf_low <= points.time[0] and year.conf_high >= points.time[-1]:
            notes.append(f"the {on} of the joinpoint is not determined: its interval is the whole period")
    return tuple(notes)
