"""How far answers moved between two waves: the distance between their distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate import proportion
from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import NO_VARIANCE, Changes, change, why_unknown
from egovstats.inference.max_t import directions, radial_quantile, radial_tail
from egovstats.inference.statement import time_in_words
from egovstats.inference.superiority import rows_of
from egovstats.results import Effect, Estimates, HypothesisTest


def wasserstein(
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
    """Wasserstein distance of the answers of two waves, with a test that they are spread alike.

    Parameters
    ----------
    design : Design
        With replicate weights (`bootstrap`, `jackknife`) the covariance is the replicates'.
    item : str
        Column of ordered answers; numbers keep their distances, words are one step apart.
    on, pairs, adjust, df
        As in `change`.
    where : str or boolean array of shape (n,), optional
        Domain.
    conf_level : float

    Returns
    -------
    Changes
        The effect is the least average way that answers must be moved to turn the earlier wave's
        distribution into the later one's, in the unit of the answers; `others` holds the difference of the
        means (what is left of the way once up and down cancel) and the share of the way that went up.

    Raises
    ------
    EstimateError
        Answers without an order, fewer than two waves.

    Notes
    -----
    A distance cannot be below 0, so plain bootstrap percentiles shut out 0 even where nothing changed.
    By the triangle inequality the estimated distance is off by no more than the distance of a draw of the
    sampling error; the quantile of that distance (multivariate t with the design's covariance, worked out
    without draws) is both the critical value of the test and the half-width of the interval, which
    therefore covers with at least `conf_level`.

    References
    ----------
    Vallender (1974), Theory of Probability and Its Applications 18, 784-786 (the distance as an area
    between distribution functions); Munk and Czado (1998), JRSS B 60, 223-241 (its inference).
    """
    if getattr(check_design(design).items.get(item), "kind", "") == "nominal":
        raise EstimateError(
            f"the answers of {item!r} are nominal, so there is no way from one to another. Use chi_square()."
        )
    shares = proportion(design, item, by=on, where=where)
    first = shares.select(shares.keys["answer"] == shares.keys["answer"].iloc[0])
    family = change(first, on=on, pairs=pairs, adjust="none", df=df)
    tests = [
        _distance(shares, on, (each.keys[f"{on}_from"], each.keys[f"{on}_to"]), each.df[0], conf_level, item)
        for each in family
    ]
    adjusted = p_adjust([test.p_value for test in tests], adjust)
    return Changes(
        tuple(
            replace(test, p_adjusted=float(p), adjust=adjust, sources=design.sources)
            for test, p in zip(tests, adjusted, strict=True)
        ),
        adjust,
    )


def _distance(
    shares: Estimates, on: str, pair: tuple[Any, Any], df: float, conf_level: float, item: str
) -> HypothesisTest:
    earlier, later = rows_of(shares, on, pair[0]), rows_of(shares, on, pair[1])
    before, after = map(time_in_words, pair)
    gap, unit = _gaps(list(shares.keys["answer"].iloc[earlier]))
    rows = np.concatenate([earlier, later])
    k = len(earlier)
    steps = np.tril(np.ones((k, k)))[:-1]
    moved = np.hstack([-steps, steps]) * gap[:, None]
    ways = moved @ shares.estimate[rows]
    cov = moved @ shares.cov[np.ix_(rows, rows)] @ moved.T
    distance = float(np.abs(ways).sum())
    most = int(np.argmax(shares.variance[earlier] + shares.variance[later]))  # the answer that tells most
    reason = why_unknown(shares, np.array([earlier[most], later[most]]), on, df)
    known = bool(np.isfinite(cov).all() and np.trace(cov) > 0 and not reason)
    p_value, half = _tail(distance, cov, df, conf_level) if known else (float("nan"), float("nan"))
    limits = (float("nan"), float("nan"))
    up = float(-ways[ways < 0].sum() / distance) if distance > 0 else float("nan")
    return HypothesisTest(
        test="Wasserstein distance",
        null=f"Answers are spread alike in {before} and {after}.",
        statistic=distance,
        distribution="exact",
        df=(df,),
        p_value=p_value,
        effect=Effect(
            "distance",
            distance,
            max(0.0, distance - half) if known else float("nan"),
            distance + half,
            unit,
            conf_level,
        ),
        others=(
            Effect("difference of means", float(-ways.sum()), *limits, unit, conf_level),
            Effect("share of the way that went up", up, *limits, "share", conf_level),
        ),
        n=float(shares.n[[earlier[0], later[0]]].sum()),
        keys={"item": item, f"{on}_from": pair[0], f"{on}_to": pair[1]},
        notes=()
        if known
        else (why_unknown(shares, np.array([earlier[0], later[0]]), on, df) or NO_VARIANCE,),
    )


def _gaps(answers: list[Any]) -> tuple[np.ndarray, str]:
    """Ways between neighbouring answers, shape (K - 1,), and their unit."""
    if all(isinstance(answer, int | float | np.number) for answer in answers):
        return np.diff(np.asarray(answers, dtype=float)), "score"
    return np.ones(len(answers) - 1), "steps"


def _tail(distance: float, cov: np.ndarray, df: float, conf_level: float) -> tuple[float, float]:
    """Chance of so large a distance where nothing changed, and the distance exceeded by 1 - conf_level."""
    value, vector = np.linalg.eigh(cov)
    kept = value > 1e-10 * value.max()
    root = vector[:, kept] * np.sqrt(value[kept])
    rank = root.shape[1]
    reach = np.abs(directions(rank) @ root.T).sum(axis=1)
    tail = radial_tail(distance, reach, rank, df)
    return tail, radial_quantile(1 - conf_level, reach, rank, df)
