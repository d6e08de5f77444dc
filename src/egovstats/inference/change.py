"""The change between waves: difference, interval, test and effect sizes, with the family's adjustment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest
from egovstats.inference.adjust import METHODS, p_adjust
from egovstats.inference.checks import wave_checks
from egovstats.inference.statement import SPECK, t_effect, t_statement, time_in_words
from egovstats.intervals import t_quantile
from egovstats.results import Effect, Estimates, HypothesisTest

NO_VARIANCE = "no variance: all were sampled, or the design fixes both estimates"
PAIRS = ("successive", "first", "last", "all")


@dataclass(frozen=True, slots=True, eq=False)
class Changes(Sequence[HypothesisTest]):
    """Changes of one family, in the order of the waves.

    Parameters
    ----------
    tests : tuple of HypothesisTest
        Each with the difference as its effect and the other effect sizes beside it.
    adjust : str
        How the p-values were adjusted over the family.
    """

    tests: tuple[HypothesisTest, ...]
    adjust: str

    __repr__ = as_text
    _repr_html_ = as_html

    def __getitem__(self, at: Any) -> Any:
        return self.tests[at]

    def __len__(self) -> int:
        return len(self.tests)

    def __iter__(self) -> Iterator[HypothesisTest]:
        return iter(self.tests)

    def to_frame(self) -> pd.DataFrame:
        """One row a change, in the project's column names."""
        return pd.concat([test.to_frame() for test in self.tests], ignore_index=True)


def change(
    estimates: Estimates,
    *,
    on: str = "wave",
    pairs: str | Sequence[tuple[Any, Any]] = "all",
    adjust: str = "holm",
    conf_level: float = 0.95,
    df: str | float = "contrast",
) -> Changes:
    """Differences between waves on the joint covariance.

    Parameters
    ----------
    estimates : Estimates
        Shares, means or ratios split by `on` (and possibly by other keys: each of their combinations is
        compared over the waves by itself, all in one family).
    on : str
        The key that tells the waves apart.
    pairs : str or sequence of (earlier, later)
        ``"all"``, ``"successive"``, ``"first"`` (each against the first), ``"last"`` (first against last),
        or the pairs themselves.
    adjust : str
        ``"holm"``, ``"BH"``, ``"hochberg"``, ``"hommel"``, ``"BY"``, ``"bonferroni"``, ``"max-t"`` (see
        `max_t`) or ``"none"``.
    conf_level : float
        Of the intervals, which are not adjusted (but by ``"max-t"``).
    df : str or float
        ``"contrast"``: PSUs minus strata in the two waves; ``"design"``: in the whole sample; or a number.

    Returns
    -------
    Changes
        Later minus earlier. Effect sizes: for shares the difference (as a share), the odds ratio and
        Cohen's h; for means the difference and Cohen's d (over the pooled standard deviation of
        respondents).

    Raises
    ------
    EstimateError
        No such key, fewer than two waves, an unknown rule.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, 2nd ed., ch. 2 and 6 (d and h).
    """
    if on not in estimates.keys.columns:
        raise EstimateError(
            f"these estimates are not split by {on!r}. Pass by={on!r} to the estimator. "
            f"{nearest(on, estimates.keys.columns)}"
        )
    if adjust == "max-t":
        from egovstats.inference.max_t import max_t  # it is built on this function

        return max_t(estimates, on=on, pairs=pairs, conf_level=conf_level, df=df)
    if adjust not in METHODS:
        raise EstimateError(f"there is no adjustment {adjust!r}. {nearest(adjust, METHODS)}")
    tests = [
        _compare(estimates, earlier, later, on, conf_level, df)
        for rows in compared_groups(estimates.keys, on)
        for earlier, later in wave_pairs(estimates.keys[on], rows, pairs)
    ]
    if not tests:
        raise EstimateError(
            f"there is nothing to compare: each group has one {on}. Read at least two waves with this item."
        )
    adjusted = p_adjust([test.p_value for test in tests], adjust)
    tests = [
        replace(test, p_adjusted=float(p), adjust=adjust) for test, p in zip(tests, adjusted, strict=True)
    ]
    return Changes(tuple(tests), adjust)


def compared_groups(keys: pd.DataFrame, on: str) -> list[np.ndarray]:
    """Positions of the rows that are compared with one another."""
    # A frame's own grouping costs more than the tests of a few waves.
    others = [keys[name].tolist() for name in keys.columns if name != on]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row in range(len(keys)):
        key = tuple(None if pd.isna(column[row]) else column[row] for column in others)
        groups.setdefault(key, []).append(row)
    return [np.array(rows) for rows in groups.values()]


def wave_pairs(
    waves: pd.Series, rows: np.ndarray, pairs: str | Sequence[tuple[Any, Any]]
) -> list[tuple[int, int]]:
    """Positions of the earlier and the later wave of each comparison."""
    if not isinstance(pairs, str):
        place = {waves.iloc[row]: int(row) for row in rows}
        for pair in pairs:
            for wave in pair:
                if wave not in place:
                    raise EstimateError(f"there is no wave {wave!r}. {nearest(str(wave), place)}")
        return [(place[earlier], place[later]) for earlier, later in pairs]
    order = [int(row) for row in rows]
    if pairs == "all":
        return list(combinations(order, 2))
    if pairs == "successive":
        return list(pairwise(order))
    if pairs == "first":
        return [(order[0], later) for later in order[1:]]
    if pairs == "last":
        return [(order[0], order[-1])] if len(order) > 1 else []
    raise EstimateError(f"pairs cannot be {pairs!r}. {nearest(pairs, PAIRS)}")


def _compare(
    estimates: Estimates, earlier: int, later: int, on: str, conf_level: float, df: str | float
) -> HypothesisTest:
    """Later minus earlier: one test with its effects."""
    pair = np.array([earlier, later])
    first, second = estimates.estimate[pair]
    cov = estimates.cov[np.ix_(pair, pair)]
    difference = float(second - first)
    variance = float(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    degrees = _df(estimates, pair, df)
    # Rounding leaves specks of variance where everyone gave one answer.
    speck = SPECK * max(abs(first), abs(second), 1e-300) ** 2
    reason = why_unknown(estimates, pair, on, degrees)
    known = bool(np.isfinite(variance) and variance > speck and not reason)
    std_error = float(np.sqrt(variance)) if known else float("nan")
    keys = {str(name): estimates.keys[name].iat[later] for name in estimates.keys.columns if name != on}
    waves: tuple[Any, Any] = (estimates.keys[on].iat[earlier], estimates.keys[on].iat[later])
    before, after = map(time_in_words, waves)
    share = estimates.statistic == "proportion"
    noun = "share" if share else estimates.statistic
    made = t_statement(
        "design-based t test of a difference",
        f"The {noun} is the same in {before} and {after}.",
        difference,
        std_error,
        degrees,
        name="difference",
        unit="share difference" if share else estimates.unit,
        conf_level=conf_level,
        n=float(estimates.n[pair].sum()),
        keys={**keys, f"{on}_from": waves[0], f"{on}_to": waves[1]},
        sources=estimates.sources,
        others=_share_effects(first, second, cov, degrees, conf_level)
        if share
        else _mean_effects(estimates, pair, difference, std_error, degrees, conf_level),
        checks=wave_checks(estimates, pair, degrees) if known else (),
    )
    return made if known else replace(made, notes=(reason or NO_VARIANCE,))


def _df(estimates: Estimates, pair: np.ndarray, rule: str | float) -> float:
    if rule == "contrast":
        return estimates.df_of(pair)
    return float(estimates.df_for(rule)[pair[0]])


def why_unknown(estimates: Estimates, pair: np.ndarray, on: str, degrees: float) -> str:
    """Why two estimates cannot be compared, or "" where they can; `pair` has their rows, shape (2,)."""
    estimate, variance = estimates.estimate[pair], estimates.variance[pair]
    if not np.isfinite(estimate).all():
        return "nobody answered in one of the waves, so there is nothing to compare"
    if not np.isfinite(variance).all():
        return "a replicate leaves nobody in one of the waves, so its standard error is unknown"
    if degrees <= 0:
        return "no degrees of freedom: these waves have as many strata as PSUs"
    # Residuals of a mean add up to 0 over its base: of a single PSU they show no variance, whatever it is.
    still = variance <= SPECK * np.maximum(np.abs(estimate).max(), 1e-300) ** 2
    alone = still & (estimates.df[pair] <= 0)
    if alone.any():
        wave = time_in_words(estimates.keys[on].iat[int(pair[alone][0])])
        return f"{wave} has as many strata as PSUs here (a single PSU, say), so its variance is unknown"
    if still.all() and _all_alike(estimates, pair):
        return "no variance: in both waves everyone gave the same answer"
    return ""


def _all_alike(estimates: Estimates, pair: np.ndarray) -> bool:
    if estimates.statistic == "proportion":
        return bool(np.isin(estimates.estimate[pair], (0, 1)).all())
    return estimates.var_srs is None or not (estimates.var_srs[pair] > 0).any()


def _share_effects(
    first: float, second: float, cov: np.ndarray, degrees: float, conf_level: float
) -> tuple[Effect, ...]:
    """Odds ratio (delta method on the log-odds) and Cohen's h."""
    spread = np.array([first * (1 - first), second * (1 - second)])
    if not np.isfinite(spread).all() or (spread <= 0).any():
        return ()
    margin_at = float(t_quantile(np.array(degrees), conf_level))
    log_odds = float(special.logit(second) - special.logit(first))
    gradient = np.array([-1, 1]) / spread
    std_error = float(np.sqrt(max(gradient @ cov @ gradient, 0)))
    low, high = np.exp([log_odds - margin_at * std_error, log_odds + margin_at * std_error])
    # h is twice the difference of arcsines of roots; its derivative is 1 / sqrt(p (1 - p)).
    h = float(2 * (np.arcsin(np.sqrt(second)) - np.arcsin(np.sqrt(first))))
    slope = np.array([-1, 1]) / np.sqrt(spread)
    h_error = float(np.sqrt(max(slope @ cov @ slope, 0)))
    return (
        Effect("odds ratio", float(np.exp(log_odds)), float(low), float(high), "ratio", conf_level),
        Effect(
            "Cohen's h", h, h - margin_at * h_error, h + margin_at * h_error, "radians", conf_level, h_error
        ),
    )


def _mean_effects(
    estimates: Estimates,
    pair: np.ndarray,
    difference: float,
    std_error: float,
    degrees: float,
    conf_level: float,
) -> tuple[Effect, ...]:
    """Cohen's d over the pooled standard deviation of respondents; its interval takes that as known."""
    if estimates.var_srs is None or estimates.statistic != "mean":
        return ()
    n, variance = estimates.n[pair], estimates.var_srs[pair] * estimates.n[pair]
    if not np.isfinite(variance).all() or (n < 2).any() or variance.sum() <= 0:
        return ()
    deviation = float(np.sqrt(((n - 1) * variance).sum() / (n.sum() - 2)))
    d = difference / deviation
    return (
        t_effect(
            "Cohen's d",
            d,
            std_error / deviation,
            degrees,
            unit="standard deviations",
            conf_level=conf_level,
        ),
    )
