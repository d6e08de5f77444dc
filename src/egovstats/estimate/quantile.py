"""Quantiles of numbers, by domain, with Woodruff, score and replicated intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design import ReplicateDesign
from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.estimate.distribution import totals_below
from egovstats.estimate.quantile_curves import curves_of, each_curve
from egovstats.estimate.quantile_limits import Limits, ScoreLimits, WoodruffLimits
from egovstats.estimate.quantile_rules import Curve, ascending, check_rule, invert
from egovstats.intervals import t_quantile
from egovstats.results import Covariance, Estimates

INTERVALS = {
    "mean": "wald",
    "beta": "beta",
    "xlogit": "xlogit",
    "arcsine": "arcsine",
    "score": "",
    "quantile": "",
}
"""Interval of a quantile to the interval of the share behind it (none for the last two)."""


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles(Estimates):
    """Quantiles with their joint covariance; the intervals are those of the distribution function.

    Parameters
    ----------
    limits : Limits, optional
        Gives the limits; symmetric ones where left out.
    place : np.ndarray of int, shape (k,), optional
        Position of each estimate among those that `limits` knows.
    known : tuple of (conf_level, df, low, high), optional
        The limits that the standard errors were taken from.
    """

    limits: Limits | None = None
    place: np.ndarray | None = None
    known: tuple[float, np.ndarray, np.ndarray, np.ndarray] | None = None

    __repr__ = as_text
    _repr_html_ = as_html

    def conf_int(
        self, conf_level: float = 0.95, *, df: str | float = "domain"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits, shape (k,) each; NaN where the share's interval leaves 0 to 1."""
        if self.limits is None or self.place is None:
            return Estimates.conf_int(self, conf_level, df=df)
        degrees = self.df_for(df)
        if self.known and conf_level == self.known[0] and np.array_equal(degrees, self.known[1]):
            return self.known[2], self.known[3]
        return self.limits.at(conf_level, degrees, self.place)

    def select(self, rows: np.ndarray | pd.Series | list[int]) -> Quantiles:
        """The quantiles at the given positions (or where a mask holds), with their covariance."""
        chosen = Estimates.select(self, rows)
        assert isinstance(chosen, Quantiles)
        place = None if self.place is None else self.place[np.asarray(rows)]
        return replace(chosen, place=place, known=None)


def quantile(
    design: Design,
    item: str,
    probs: float | Sequence[float] = 0.5,
    *,
    by: str | Sequence[str] | None = None,
    where: Where = None,
    rule: str = "math",
    interval: str = "mean",
    ties: str = "weight",
    conf_level: float = 0.95,
    df: str | float = "domain",
) -> Quantiles:
    """Answers below which given shares of people lie.

    Parameters
    ----------
    design : Design
    item : str
        Column of numbers.
    probs : float or sequence of float
        Shares from 0 to 1; 0.5 for the median.
    by, where
        As in `mean`.
    rule : str
        How the distribution function is turned round: ``"math"`` (lowest answer that reaches the share),
        ``"school"`` (midpoint where it is met exactly), ``"hf1"`` to ``"hf9"``, ``"shahvaish"`` or
        ``"shahvaish-scaled"``.
    interval : str
        Of the share at or below the quantile, turned back by the same rule: ``"mean"`` (symmetric),
        ``"beta"``, ``"xlogit"``, ``"arcsine"``; ``"score"`` (values that the test does not reject); or
        ``"quantile"`` (replicated quantiles, replicate weights only).
    ties : str
        Rules 4 to 9 depend on who comes first among equal answers of unequal weight: ``"weight"`` (the
        lighter, so that the order of the file has no part) or ``"row"`` (as they stand in the file).
    conf_level, df : float, and str or float
        Of the interval that the standard error is taken from: its length over twice the t quantile.
        `df` as in `Estimates.df_for`.

    Returns
    -------
    Quantiles
        Domain by domain, shares within (key ``prob``); in the item's own unit. The joint covariance has
        the correlations of the shares.

    Raises
    ------
    EstimateError
        A share outside 0 to 1, an unknown rule or interval, ``"quantile"`` without replicate weights.

    References
    ----------
    Woodruff (1952), JASA 47, 635-646; Francisco and Fuller (1991), Annals of Statistics 19, 454-469.
    """
    shares = _shares(probs)
    check_rule(rule, ties)
    if interval not in INTERVALS:
        raise EstimateError(f"quantiles have no interval {interval!r}. {nearest(interval, INTERVALS)}")
    domains = check_design(design).domains(by, where)
    y, answered = design.values(item)
    rows = rows_by_domain(domains, answered)
    curves = curves_of(y, design.weight, rows, rule, ties)
    estimate = curves.turn(np.tile(shares, (len(rows), 1)))
    result = _assembled(design, domains, item, shares, estimate, y, answered)
    if interval == "quantile":
        return _replicated(design, result, y, rows, shares, rule, ties)
    limits: Limits
    if interval == "score":
        each = each_curve(y, design.weight, rows, rule, ties)
        limits = ScoreLimits(each, shares, lambda at: _shares_at(design, domains, y, answered, at))
    else:
        method = INTERVALS[interval]
        limits = WoodruffLimits(curves, method, result.estimate, result.variance, result.n, len(rows))
    return _with_limits(result, estimate.ravel(), limits, conf_level, df)


def _shares(probs: float | Sequence[float]) -> np.ndarray:
    """Shares as an array, refused outside 0 to 1."""
    shares = np.atleast_1d(np.asarray(probs, dtype=float))
    if shares.ndim != 1 or not len(shares) or not ((shares >= 0) & (shares <= 1)).all():
        raise EstimateError(f"probs must be shares from 0 to 1, got {probs!r}. Pass 0.5 for the median.")
    return shares


def rows_by_domain(domains: Domains, kept: np.ndarray) -> list[np.ndarray | slice]:
    """Rows of each domain that are kept, in the order of the file; a slice where they are neighbours."""
    code = domains.code
    if code is None:
        return [slice(None) if kept.all() else np.flatnonzero(kept)]
    groups = len(domains)
    ascending = bool((code[1:] >= code[:-1]).all())
    if ascending and kept.all():
        cuts = np.searchsorted(code, np.arange(groups + 1, dtype=code.dtype))
        return [slice(cuts[at], cuts[at + 1]) for at in range(groups)]
    inside = np.flatnonzero(kept & (code >= 0))
    small = code[inside].astype(np.uint16) if groups < 1 << 16 else code[inside]
    if not ascending:
        order = np.argsort(small, kind="stable")
        inside, small = inside[order], small[order]
    cuts = np.searchsorted(small, np.arange(groups + 1, dtype=small.dtype))
    return [inside[cuts[at] : cuts[at + 1]] for at in range(groups)]


def _shares_at(
    design: Design, domains: Domains, y: np.ndarray, answered: np.ndarray, at: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share at or below each threshold and its variance, shape (G, P) each; thresholds in any order."""
    order = np.argsort(at, axis=1, kind="stable")
    k = at.shape[1]
    totals = totals_below(design, domains, y, answered, np.take_along_axis(at, order, axis=1))
    share, covariance = totals.covariance(range(k), [k] * k)
    back = np.argsort(order, axis=1, kind="stable")
    variance = covariance.variance.reshape(share.shape)
    return np.take_along_axis(share, back, axis=1), np.take_along_axis(variance, back, axis=1)


def _assembled(
    design: Design,
    domains: Domains,
    item: str,
    shares: np.ndarray,
    quantiles: np.ndarray,
    y: np.ndarray,
    answered: np.ndarray,
) -> Estimates:
    """The shares at or below the quantiles, under the keys of the quantiles."""
    k = len(shares)
    ascending = np.argsort(shares, kind="stable")
    totals = totals_below(design, domains, y, answered, quantiles[:, ascending])
    column = np.argsort(ascending, kind="stable")
    share, covariance = totals.covariance(column.tolist(), [k] * k)
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [item] * k, "prob": shares.tolist()}),
        estimate=share,
        n=np.repeat(design.counts(domains, answered)[:, None], k, axis=1),
        population=np.repeat(totals.value[:, [k]], k, axis=1),
        var_srs=None,
        statistic="quantile",
        unit=design.unit(item),
    )


def _with_limits(
    shares: Estimates, estimate: np.ndarray, limits: Limits, conf_level: float, df: str | float
) -> Quantiles:
    """Quantiles whose standard errors are the lengths of their intervals over 2 t."""
    place = np.arange(len(estimate))
    degrees = shares.df_for(df)
    low, high = limits.at(conf_level, degrees, place)
    with np.errstate(invalid="ignore", divide="ignore"):
        std_error = (high - low) / (2 * t_quantile(degrees, conf_level))

    def joint() -> np.ndarray:
        # The delta method would divide by densities; the interval's length stands in for them.
        spread = np.sqrt(shares.variance)
        scale = np.divide(std_error, spread, out=np.zeros(len(spread)), where=spread > 0)
        cov = shares.cov * np.outer(scale, scale)
        np.fill_diagonal(cov, std_error**2)
        return cov

    known = (conf_level, degrees, low, high)
    found = _quantiles(shares, estimate, Covariance(std_error**2, joint), conf_level)
    return replace(found, limits=limits, place=place, known=known)


def _quantiles(
    shares: Estimates, estimate: np.ndarray, covariance: Covariance, conf_level: float = 0.95
) -> Quantiles:
    """The facts about the shares, with the quantiles and their covariance."""
    facts = {each.name: getattr(shares, each.name) for each in fields(Estimates)}
    notes = shares.notes
    unknown = int((np.isnan(covariance.variance) & np.isfinite(estimate)).sum())
    if unknown:
        notes = (
            *notes,
            f"{unknown} of {len(estimate)} quantiles lie too near an end for an interval at level "
            f"{conf_level:g} of this kind; interval='beta' or 'xlogit' may have one",
        )
    facts |= {"estimate": estimate, "covariance": covariance, "notes": notes}
    return Quantiles(**facts)


def _replicated(
    design: Design,
    shares: Estimates,
    y: np.ndarray,
    rows: list[np.ndarray | slice],
    probs: np.ndarray,
    rule: str,
    ties: str,
) -> Quantiles:
    """Variance of the quantiles of the replicates; answers are sorted once."""
    if not isinstance(design, ReplicateDesign):
        raise EstimateError(
            "interval='quantile' replicates the quantile, and this design has no replicate weights. "
            "Make them with bootstrap(design) or brr(design), or use interval='mean'."
        )
    every = np.arange(len(y))
    sorted_rows = [
        each[ascending(y[each], design.weight[each], ties)] for each in (every[part] for part in rows)
    ]

    def statistic(weight: np.ndarray) -> np.ndarray:
        found = []
        for each in sorted_rows:
            here = each[weight[each] > 0]
            curve = Curve.in_order(y[here], weight[here], np.arange(len(here)))
            found.append(invert(curve, probs, rule))
        return np.concatenate(found)

    estimate, covariance = design.replicated(statistic)
    return _quantiles(shares, estimate, covariance)
