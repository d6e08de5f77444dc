"""Is an answer of a later wave higher than one of an earlier wave, and how often: no scores needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate import proportion
from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import Changes, change
from egovstats.inference.checks import units_check
from egovstats.inference.statement import t_statement, time_in_words
from egovstats.intervals import t_quantile
from egovstats.results import Effect, Estimates, HypothesisTest


def superiority(
    design: Design,
    item: str,
    *,
    on: str = "wave",
    pairs: str | Sequence[tuple[Any, Any]] = "all",
    where: Where = None,
    adjust: str = "holm",
    conf_level: float = 0.95,
    df: str | float = "contrast",
) -> Changes:
    """Probability that a random answer of the later wave is higher than one of the earlier wave.

    Parameters
    ----------
    design : Design
    item : str
        Column of ordered answers (numbers, or words in the order of a categorical or of the item).
    on, pairs, adjust, df
        As in `change`.
    where : str or boolean array of shape (n,), optional
        Domain.
    conf_level : float

    Returns
    -------
    Changes
        The effect is P(later > earlier) plus half of P(equal), from 0 to 1, tested against 0.5, with an
        interval symmetric in its log-odds; `others` holds the difference P(later > earlier) - P(later <
        earlier) (Cliff's delta, Somers' d) and the generalised odds ratio P(>) / P(<).

    Raises
    ------
    EstimateError
        Answers without an order, fewer than two waves.

    Notes
    -----
    The variance is that of the shares of all answers in both waves, with their joint covariance: strata,
    PSUs and panels are in it.

    References
    ----------
    Agresti (2010), Analysis of Ordinal Categorical Data, 2nd ed., section 2.1; Brunner and Munzel (2000),
    Biometrical Journal 42, 17-25 (equal answers count half).
    """
    if getattr(check_design(design).items.get(item), "kind", "") == "nominal":
        raise EstimateError(
            f"the answers of {item!r} are nominal, so none is higher than another. Use chi_square() instead."
        )
    shares = proportion(design, item, by=on, where=where)
    first = shares.select(shares.keys["answer"] == shares.keys["answer"].iloc[0])
    frame = change(first, on=on, pairs=pairs, adjust="none", df=df)
    tests = [
        superiority_of(shares, on, (test.keys[f"{on}_from"], test.keys[f"{on}_to"]), test.df[0], conf_level)
        for test in frame
    ]
    adjusted = p_adjust([test.p_value for test in tests], adjust)
    return Changes(
        tuple(
            replace(test, p_adjusted=float(p), adjust=adjust, sources=design.sources)
            for test, p in zip(tests, adjusted, strict=True)
        ),
        adjust,
    )


def rows_of(shares: Estimates, on: str, wave: Any) -> np.ndarray:
    """Positions of a wave's answers, in their order."""
    return np.flatnonzero((shares.keys[on] == wave).to_numpy())


def superiority_of(
    shares: Estimates, on: str, pair: tuple[Any, Any], df: float, conf_level: float
) -> HypothesisTest:
    """The test for two waves, from the shares of all answers by wave."""
    earlier, later = rows_of(shares, on, pair[0]), rows_of(shares, on, pair[1])
    p, q = shares.estimate[earlier], shares.estimate[later]
    rows = np.concatenate([earlier, later])
    cov = shares.cov[np.ix_(rows, rows)]
    below = np.cumsum(p) - p / 2  # P(earlier < j) + P(earlier = j) / 2
    above = 1 - np.cumsum(q) + q / 2
    theta = float(q @ below)
    std_error = _error(np.concatenate([above, below]), cov)
    higher = float(q @ (np.cumsum(p) - p))
    lower = float(p @ (np.cumsum(q) - q))
    before, after = map(time_in_words, pair)
    made = t_statement(
        "test of ordinal superiority",
        f"An answer of {after} is as often higher as lower than one of {before}.",
        theta - 0.5,
        std_error,
        df,
        name="P(later > earlier)",
        unit="probability",
        conf_level=conf_level,
        n=float(shares.n[[earlier[0], later[0]]].sum()),
        keys={"item": shares.keys["item"].iloc[0], f"{on}_from": pair[0], f"{on}_to": pair[1]},
        checks=(units_check(df),),
    )
    low, high = _logit_limits(theta, std_error, df, conf_level)
    return replace(
        made,
        effect=Effect("P(later > earlier)", theta, low, high, "probability", conf_level, std_error),
        others=(
            Effect("Cliff's delta", 2 * theta - 1, 2 * low - 1, 2 * high - 1, "difference", conf_level),
            _odds(p, q, higher, lower, cov, df, conf_level),
        ),
    )


def _error(gradient: np.ndarray, cov: np.ndarray) -> float:
    with np.errstate(invalid="ignore"):
        return float(np.sqrt(max(gradient @ cov @ gradient, 0.0)))


def _logit_limits(theta: float, std_error: float, df: float, conf_level: float) -> tuple[float, float]:
    """Limits symmetric in the log-odds, so that they stay within 0 and 1."""
    if not (0 < theta < 1 and std_error > 0 and df > 0):
        return float("nan"), float("nan")
    margin = float(t_quantile(np.array(df), conf_level)) * std_error / (theta * (1 - theta))
    centre = special.logit(theta)
    return float(special.expit(centre - margin)), float(special.expit(centre + margin))


def _odds(
    p: np.ndarray, q: np.ndarray, higher: float, lower: float, cov: np.ndarray, df: float, conf_level: float
) -> Effect:
    """Generalised odds ratio, its interval symmetric in the logarithm."""
    if not (higher > 0 and lower > 0):
        return Effect("odds of higher", float("nan"), float("nan"), float("nan"), "ratio", conf_level)
    gradient = np.concatenate(
        [
            (1 - np.cumsum(q)) / higher - (np.cumsum(q) - q) / lower,
            (np.cumsum(p) - p) / higher - (1 - np.cumsum(p)) / lower,
        ]
    )
    margin = float(t_quantile(np.array(df), conf_level)) * _error(gradient, cov)
    ratio = higher / lower
    return Effect(
        "odds of higher", ratio, ratio * np.exp(-margin), ratio * np.exp(margin), "ratio", conf_level
    )
