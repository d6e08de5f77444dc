"""A trend over several published percentages, each with its n and an assumed design effect.

References
----------
Draper and Smith (1998), Applied Regression Analysis, 9.2 (weights that are known variances); Armitage (1955),
Biometrics 11, 375-386; Cochran (1954), Biometrics 10, 417-451; Rao and Scott (1992), Biometrics 48, 577-585
(counts at the effective size).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest
from egovstats.inference.published_interval import normal_quantile, proportion_interval, two_sided
from egovstats.inference.statement import per_time
from egovstats.results import Effect, HypothesisTest
from egovstats.sources import Source


@dataclass(frozen=True, slots=True, eq=False)
class PublishedTrend:
    """A line through published shares.

    Parameters
    ----------
    points : pd.DataFrame
        The shares: columns `on`, share, n, deff, std_error, conf_low, conf_high (Wilson at the effective n),
        fitted.
    slope : HypothesisTest
        Change per unit of time, normal test with the published variances.
    departure : HypothesisTest or None
        Whether a straight line is enough: chi-square with k - 2 df; None with two points.
    ordered : HypothesisTest
        Cochran and Armitage's test for a trend in proportions, at the effective sizes.
    intercept : float
        Share that the line gives at time 0.
    """

    points: pd.DataFrame
    slope: HypothesisTest
    departure: HypothesisTest | None
    ordered: HypothesisTest
    intercept: float

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row a test."""
        tests = [self.slope, *([self.departure] if self.departure else []), self.ordered]
        return pd.concat([test.to_frame() for test in tests], ignore_index=True)


def published_trend(
    shares: pd.DataFrame, *, on: str = "year", conf_level: float = 0.95, sources: Iterable[Source] = ()
) -> PublishedTrend:
    """Regress published shares on time, each weighted by its own known variance.

    Parameters
    ----------
    shares : pd.DataFrame
        One row a survey: the column `on` (a number), ``share`` (0-1), ``n``, and ``deff`` (1 where there is
        no such column). Rows without n take no part; how many is noted.
    on : str
        Column with the time.
    conf_level : float
    sources : iterable of Source

    Returns
    -------
    PublishedTrend

    Raises
    ------
    EstimateError
        A column is missing, a time occurs twice, a value is out of range, or fewer than two have an n.

    Notes
    -----
    The tests take the surveys' sampling errors as the only ones. A large `departure` says that the shares
    scatter more than that: then the slope's interval is too short.
    """
    points, dropped = _points(shares, on)
    time, share = points[on].to_numpy(dtype=float), points["share"].to_numpy(dtype=float)
    notes = _notes(points, dropped)
    line = weighted_line(time, share, points["std_error"].to_numpy())
    limits = [
        proportion_interval(p, n / deff, conf_level=conf_level)
        for p, n, deff in zip(share, points["n"], points["deff"], strict=True)
    ]
    points = points.assign(
        conf_low=[low for low, _ in limits],
        conf_high=[high for _, high in limits],
        fitted=line.intercept + line.slope * time,
    )
    sizes = (points["n"] / points["deff"]).to_numpy(dtype=float)
    return PublishedTrend(
        points=points,
        slope=replace(
            _slope(line, on, conf_level), n=float(points["n"].sum()), sources=tuple(sources), notes=notes
        ),
        departure=_departure(line.rest, len(points) - 2, notes),
        ordered=cochran_armitage(share * sizes, sizes, scores=time),
        intercept=line.intercept,
    )


def _slope(line: WeightedLine, on: str, conf_level: float) -> HypothesisTest:
    statistic = line.slope / line.slope_error
    margin = normal_quantile(conf_level) * line.slope_error
    low, high = line.slope - margin, line.slope + margin
    return HypothesisTest(
        test="weighted regression of published shares",
        null=f"the share has no linear trend over {on}",
        statistic=statistic,
        distribution="normal",
        df=(),
        p_value=two_sided(statistic),
        effect=Effect("slope", line.slope, low, high, per_time("share", on), conf_level, line.slope_error),
    )


def _points(shares: pd.DataFrame, on: str) -> tuple[pd.DataFrame, int]:
    for name in (on, "share", "n"):
        if name not in shares.columns:
            raise EstimateError(f"there is no column {name!r}. {nearest(name, shares.columns)}")
    points = shares if "deff" in shares.columns else shares.assign(deff=1.0)
    points = points[[on, "share", "n", "deff"]].astype(float).sort_values(on, ignore_index=True)
    known = points[points["n"].notna()].reset_index(drop=True)
    if known[on].nunique() < len(known) or known.isna().any(axis=None):
        raise EstimateError(
            f"each survey needs its own {on}, a share and a design effect. Fill or drop the row."
        )
    if len(known) < 2:
        raise EstimateError(
            f"a trend needs two surveys with a known n, got {len(known)} of {len(points)}. Add the n of more."
        )
    inside = known["share"].between(0, 1, inclusive="neither") & (known["n"] > 0) & (known["deff"] > 0)
    if not inside.all():
        raise EstimateError(
            "a trend needs shares between 0 and 1 (not these themselves), and n and deff above 0, "
            f"found others at {on} {', '.join(f'{at:g}' for at in known.loc[~inside, on])}. Leave them out."
        )
    variance = known["deff"] * known["share"] * (1 - known["share"]) / known["n"]
    return known.assign(std_error=np.sqrt(variance)), len(points) - len(known)


def _notes(points: pd.DataFrame, dropped: int) -> tuple[str, ...]:
    notes = []
    if dropped:
        notes.append(f"surveys left out because their n is not published: {dropped}")
    if (points["deff"] != 1).any():
        notes.append("design effects are assumed: " + ", ".join(f"{deff:g}" for deff in points["deff"]))
    return tuple(notes)


@dataclass(frozen=True, slots=True)
class WeightedLine:
    """A line through estimates with known standard errors.

    Parameters
    ----------
    intercept, slope, intercept_error, slope_error : float
    rest : float
        Weighted sum of squares that the line leaves: chi-square with k - 2 df if a line is enough.
    """

    intercept: float
    slope: float
    intercept_error: float
    slope_error: float
    rest: float


def weighted_line(time: np.ndarray, estimate: np.ndarray, std_error: np.ndarray) -> WeightedLine:
    """Least squares line with weights ``1 / std_error**2``, shape (k,) each, all errors known."""
    weight = 1 / std_error**2
    centre, mean = weight @ time / weight.sum(), weight @ estimate / weight.sum()
    spread = weight @ (time - centre) ** 2
    slope = weight @ ((time - centre) * (estimate - mean)) / spread
    rest = weight @ (estimate - mean - slope * (time - centre)) ** 2
    return WeightedLine(
        intercept=float(mean - slope * centre),
        slope=float(slope),
        intercept_error=math.sqrt(1 / weight.sum() + centre**2 / spread),
        slope_error=1 / math.sqrt(spread),
        rest=float(rest),
    )


def _departure(rest: float, df: int, notes: tuple[str, ...]) -> HypothesisTest | None:
    if df < 1:
        return None
    return HypothesisTest(
        test="departure from a straight line",
        null="a straight line is enough",
        statistic=rest,
        distribution="chi2",
        df=(float(df),),
        p_value=float(special.chdtrc(df, rest)),
        notes=notes,
    )


def cochran_armitage(
    hits: np.ndarray, sizes: np.ndarray, *, scores: np.ndarray | None = None
) -> HypothesisTest:
    """Chi-square test of Cochran and Armitage for a trend in proportions, as R's ``prop.trend.test``.

    Parameters
    ----------
    hits, sizes : np.ndarray, shape (k,)
        Counts with the answer, and of all; with a design effect, both divided by it.
    scores : np.ndarray, shape (k,), optional
        Times; 1 to k where none are given.

    Returns
    -------
    HypothesisTest
        One df; the effect is the slope of the proportion on the scores, weighted by size.

    Raises
    ------
    EstimateError
        Nobody or everybody gave the answer, or all scores are alike.
    """
    x, n = np.asarray(hits, dtype=float), np.asarray(sizes, dtype=float)
    time = np.arange(1.0, len(x) + 1) if scores is None else np.asarray(scores, dtype=float)
    joint = x.sum() / n.sum()
    off = time - n @ time / n.sum()
    spread = n @ off**2
    if not (0 < joint < 1 and spread > 0):
        raise EstimateError("no trend: all gave the same answer or all times are alike. Look at the table.")
    slope = off @ x / spread
    std_error = math.sqrt(joint * (1 - joint) / spread)
    statistic = float((slope / std_error) ** 2)
    margin = normal_quantile(0.95) * std_error
    return HypothesisTest(
        test="Cochran-Armitage test for trend",
        null="the proportion has no linear trend",
        statistic=statistic,
        distribution="chi2",
        df=(1.0,),
        p_value=float(special.chdtrc(1, statistic)),
        effect=Effect(
            "slope", float(slope), slope - margin, slope + margin, "share per unit", 0.95, std_error
        ),
        n=float(n.sum()),
    )


def equal_proportions(hits: np.ndarray, sizes: np.ndarray) -> HypothesisTest:
    """Chi-square test that several proportions are one, shape (k,) each; counts as in `cochran_armitage`."""
    x, n = np.asarray(hits, dtype=float), np.asarray(sizes, dtype=float)
    joint = x.sum() / n.sum()
    if not 0 < joint < 1:
        raise EstimateError("all gave the same answer, so there is nothing to test. Look at the table.")
    statistic = float(((x - n * joint) ** 2 / (n * joint * (1 - joint))).sum())
    return HypothesisTest(
        test="chi-square test of several proportions",
        null="the proportion is the same everywhere",
        statistic=statistic,
        distribution="chi2",
        df=(len(x) - 1.0,),
        p_value=float(special.chdtrc(len(x) - 1, statistic)),
        n=float(n.sum()),
    )
