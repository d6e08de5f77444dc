"""Shares still without an event as time goes on, and the log-rank test of groups.

References
----------
Williams (1995), Applied Statistics 44, 479-488 (linearised variance of survival curves); Rader et
al. (2017), Statistical Methods in Medical Research 26, 64-74 (log-rank).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from egovstats.design import Design, ReplicateDesign
from egovstats.design.columns import column
from egovstats.design.design import check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.models.durations import durations
from egovstats.models.sandwich import covariance_of_scores, degrees_of_freedom
from egovstats.one_thread import one_thread
from egovstats.results import Covariance, Effect, Estimates, HypothesisTest
from egovstats.variance import dense_codes

METHODS = ("product-limit", "nelson-aalen")


def kaplan_meier(
    design: Design,
    *,
    time: str,
    event: str,
    entry: str | None = None,
    by: str | Sequence[str] | None = None,
    at: Sequence[float] | None = None,
    method: str = "product-limit",
    where: Where = None,
) -> Estimates:
    """Share of people without the event up to each time.

    Parameters
    ----------
    design : Design
    time, event, entry : str
        As in `cox`.
    by : str or sequence of str, optional
        A curve for each value of these columns.
    at : sequence of float, optional
        Times to report; every time at which somebody has the event where left out.
    method : str
        ``"product-limit"`` (Kaplan and Meier), or ``"nelson-aalen"``: exp(-cumulative hazard), as R's
        `svykm` has it beside its standard errors.
    where : str or boolean array of shape (n,), optional
        Domain.

    Returns
    -------
    Estimates
        Keyed by the `by` columns and `time`, with the joint covariance of all times and curves.

    Raises
    ------
    EstimateError
        Events that are not 0 and 1, nobody with the event.
    """
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r}. {nearest(method, METHODS)}")
    frame = check_design(design).frame
    times = durations(design, time=time, event=event, entry=entry)
    mask = mask_of(frame, where)
    used = times.known & (design.weight > 0)
    used = used if mask is None else used & mask
    rows = np.flatnonzero(used)
    domains = design.domains(by, used)
    code = domains.code if domains.code is not None else np.zeros(len(frame), np.int32)
    own = _Times(times.time[rows], times.entry[rows], times.event[rows], code[rows], len(domains))
    asked = np.unique(own.time[own.event]) if at is None else np.asarray(at, dtype=float)
    curve = _Curve(own, asked, method == "product-limit")
    weight = design.weight[rows]
    survival, scores = curve.linearised(weight)
    estimate = survival.ravel()
    if isinstance(design, ReplicateDesign):
        moved = np.stack([curve.survival(each[rows]).ravel() for each in design.replicate_weights()])
        covariance = design.scheme.covariance(moved, estimate)
    else:
        covariance = Covariance.of(
            covariance_of_scores(design, iter([(slice(0, len(rows)), scores)]), rows, len(scores))
        )
    keys = domains.keys.loc[np.repeat(np.arange(len(domains)), len(asked))].reset_index(drop=True)
    keys["time"] = np.tile(asked, len(domains))
    return Estimates(
        keys=keys,
        estimate=estimate,
        covariance=covariance,
        df=np.repeat(domains.df, len(asked)),
        n=np.repeat(domains.n, len(asked)),
        population=np.repeat(np.bincount(own.code, weights=weight, minlength=len(domains)), len(asked)),
        statistic="survival",
        unit="share",
        sources=design.sources,
        design_df=degrees_of_freedom(design, rows),
        interval="logit",
        notes=domains.notes,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Times:
    """Times, events and domain of the respondents used, shape (m,) each."""

    time: np.ndarray
    entry: np.ndarray
    event: np.ndarray
    code: np.ndarray
    domains: int


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Survival curves of all domains at the times asked for."""

    own: _Times
    asked: np.ndarray
    product: bool

    def survival(self, weight: np.ndarray) -> np.ndarray:
        """Shares without the event, shape (G, T)."""
        return np.stack([self._one(group, weight)[0] for group in range(self.own.domains)])

    def linearised(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shares, shape (G, T), and respondents' contributions to their errors, (G * T, m)."""
        found = [self._one(group, weight) for group in range(self.own.domains)]
        return np.stack([each[0] for each in found]), np.concatenate([each[1] for each in found])

    def _one(self, group: int, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        own = self.own
        inside = own.code == group
        w = np.where(inside, weight, 0.0)
        hazard = hazards(own.time, own.entry, own.event & inside, w)
        rest = 1 - hazard.hazard
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(rest) if self.product else -hazard.hazard
            slope = (1 / rest if self.product else np.ones_like(rest)) / hazard.risk
        slope = np.where(rest > 0, slope, 0.0) if self.product else slope  # a curve at 0 stays there
        upto = np.searchsorted(hazard.time, self.asked, side="right")
        survival = np.exp(np.append(0.0, np.cumsum(logs))[upto])
        paid = np.append(0.0, np.cumsum(slope * hazard.hazard))
        last = np.searchsorted(hazard.time, own.time, side="right")
        first = np.searchsorted(hazard.time, own.entry, side="right")
        place = np.minimum(np.searchsorted(hazard.time, own.time), max(len(hazard.time) - 1, 0))
        gain = np.where(own.event & inside, slope[place], 0.0)
        scores = np.empty((len(self.asked), len(w)))
        for row, (cut, when, share) in enumerate(zip(upto, self.asked, survival, strict=True)):
            exposed = paid[np.minimum(last, cut)] - paid[np.minimum(first, cut)]
            scores[row] = -share * w * (gain * (own.time <= when) - exposed)
        return survival, scores


@dataclass(frozen=True, slots=True, eq=False)
class Hazards:
    """Distinct times of events, people at risk then, and the share of them with the event, (T,) each."""

    time: np.ndarray
    risk: np.ndarray
    hazard: np.ndarray


def hazards(time: np.ndarray, entry: np.ndarray, event: np.ndarray, weight: np.ndarray) -> Hazards:
    """Weighted hazard at each time of an event."""
    moments, place = np.unique(time[event & (weight > 0)], return_inverse=True)
    deaths = np.bincount(place, weights=weight[event & (weight > 0)], minlength=len(moments))
    risk = _from(time, weight, moments) - _from(entry, weight, moments)
    return Hazards(moments, risk, deaths / risk)


def _from(moment: np.ndarray, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Sums of values over those whose moment is at or after each time."""
    order = np.argsort(moment, kind="stable")
    after = np.append(np.cumsum(values[order][::-1])[::-1], 0.0)
    return after[np.searchsorted(moment[order], times, side="left")]


def log_rank(
    design: Design,
    group: str,
    *,
    time: str,
    event: str,
    entry: str | None = None,
    where: Where = None,
    df: float | None = None,
) -> HypothesisTest:
    """Design-based log-rank test: is the hazard the same in all groups?

    Parameters
    ----------
    design : Design
    group : str
        Column of groups.
    time, event, entry, where
        As in `kaplan_meier`.
    df : float, optional
        Degrees of freedom of the denominator: those of the design plus 1 minus those of the test where left
        out; infinity for the chi-square test.

    Returns
    -------
    HypothesisTest
        For two groups the effect is the weighted number of events in the second beyond what the hazard of
        both together leads to expect.

    Raises
    ------
    EstimateError
        Fewer than two groups, events that are not 0 and 1.
    """
    frame = check_design(design).frame
    times = durations(design, time=time, event=event, entry=entry)
    mask = mask_of(frame, where)
    codes, levels = dense_codes(column(frame, group, "group"))
    used = times.known & (design.weight > 0) & (codes >= 0)
    rows = np.flatnonzero(used if mask is None else used & mask)
    held = np.flatnonzero(np.bincount(codes[rows], minlength=len(levels)))
    if len(held) < 2:
        raise EstimateError(
            f"respondents with known times are in {len(held)} group(s) of {group!r}, so there is nothing to "
            "compare. Check where= and the column."
        )
    weight = design.weight[rows]
    scores = _rank_scores(
        times.time[rows], times.entry[rows], times.event[rows], codes[rows, None] == held[1:], weight
    )
    cov = covariance_of_scores(design, iter([(slice(0, len(rows)), scores)]), rows, len(scores))
    score = scores.sum(axis=1)
    rank = int(np.linalg.matrix_rank(cov, hermitian=True))
    ddf = degrees_of_freedom(design, rows) + 1 - rank if df is None else float(df)
    if rank == 0 or not ddf > 0:
        raise EstimateError(
            f"groups of {group!r} cannot be tested: {rank} independent scores, {ddf:g} degrees of freedom. "
            "More PSUs or fewer groups are needed."
        )
    statistic = float(score @ np.linalg.pinv(cov, hermitian=True) @ score)
    exact = np.isinf(ddf)
    p_value = special.chdtrc(rank, statistic) if exact else special.fdtrc(rank, ddf, statistic / rank)
    return HypothesisTest(
        test="design-based log-rank test",
        null=f"The hazard of {event} is the same in all groups of {group}.",
        statistic=statistic if exact else statistic / rank,
        distribution="chi2" if exact else "F",
        df=(float(rank),) if exact else (float(rank), ddf),
        p_value=float(p_value),
        effect=_excess(score[0], cov[0, 0], ddf) if len(held) == 2 else None,
        n=float(len(rows)),
        keys={"group": group},
        sources=design.sources,
    )


def _excess(score: float, variance: float, ddf: float) -> Effect:
    from egovstats.intervals import t_quantile

    std_error = float(np.sqrt(variance))
    margin = float(t_quantile(np.array(ddf), 0.95)) * std_error
    return Effect("excess events", float(score), score - margin, score + margin, "events", 0.95, std_error)


@one_thread
def _rank_scores(
    time: np.ndarray, entry: np.ndarray, event: np.ndarray, member: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Weighted scores of each group but the first, shape (groups, m)."""
    found = hazards(time, entry, event, weight)
    rows = []
    for inside in member.T.astype(float):
        share = (
            _from(time, weight * inside, found.time) - _from(entry, weight * inside, found.time)
        ) / found.risk
        cumulated = np.vstack(
            [np.zeros(2), np.cumsum(np.column_stack([found.hazard, found.hazard * share]), axis=0)]
        )
        last = np.searchsorted(found.time, time, side="right")
        first = np.searchsorted(found.time, entry, side="right")
        exposed = cumulated[last] - cumulated[first]
        place = np.minimum(np.searchsorted(found.time, time), len(found.time) - 1)
        own = np.where(event, inside - share[place], 0.0)
        rows.append(weight * (own - (inside * exposed[:, 0] - exposed[:, 1])))
    return np.stack(rows)
