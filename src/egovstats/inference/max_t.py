"""The largest of several correlated t statistics: p-values and intervals that hold for a whole family.

Bonferroni and Holm count every comparison as if it were new. Comparisons of the same waves are
correlated, and their joint distribution is known, so less has to be paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import special

from egovstats.errors import EstimateError
from egovstats.inference.change import Changes, change
from egovstats.results import Estimates

_POINTS = 1 << 14  # directions; p-values then have about four digits
_GROUPS = 1 << 9
_FAR = 1e-3  # tails below this are worked out over the largest directions one by one
_FARTHEST = 1 << 11  # how many these are
_SPECK = 1e-9  # eigenvalues below this share of the largest are rounding


def max_t_tail(statistic: float, correlation: np.ndarray, df: float) -> float:
    """Probability that the largest of |T_1| .. |T_m| exceeds a number.

    Parameters
    ----------
    statistic : float
    correlation : np.ndarray, shape (m, m)
        Of the estimates; may be singular, as that of all pairs of waves is.
    df : float
        Of the one estimate of scale that all share; infinity for normal statistics.

    Returns
    -------
    float
        Two-sided tail of the multivariate t distribution, to about four digits.

    Notes
    -----
    A multivariate t vector is a direction, uniform on a sphere, times a length whose square over the rank
    is F. Given the direction the tail is that of F, so only directions are averaged (over a fixed set of
    evenly spread ones: the same input gives the same p-value, and small ones keep their digits).

    References
    ----------
    Hothorn, Bretz and Westfall (2008), Biometrical Journal 50, 346-363; Genz and Bretz (2009),
    Computation of Multivariate Normal and t Probabilities, section 4.1 (spherical-radial form).

    Examples
    --------
    >>> round(max_t_tail(2.0, np.eye(1), 10.0), 5)
    0.07339
    """
    reach, rank = _reach(np.ascontiguousarray(correlation, dtype=float))
    tail = radial_tail(statistic, reach, rank, df)
    single = float(2 * (special.ndtr(-statistic) if np.isinf(df) else special.stdtr(df, -statistic)))
    return float(np.clip(tail, single, min(1.0, len(correlation) * single)))


def max_t_quantile(conf_level: float, correlation: np.ndarray, df: float) -> float:
    """Number that the largest of |T_1| .. |T_m| stays below with probability `conf_level`."""
    reach, rank = _reach(np.ascontiguousarray(correlation, dtype=float))
    alpha = 1 - conf_level
    single = float(special.ndtri(1 - alpha / 2) if np.isinf(df) else special.stdtrit(df, 1 - alpha / 2))
    return max(single, radial_quantile(alpha, reach, rank, df))


def _grouped(reach: np.ndarray) -> np.ndarray:
    """Directions of nearly the same size taken together: away from far tails no digit is lost."""
    if len(reach) <= _GROUPS:
        return np.sort(reach)
    return np.sort(reach).reshape(_GROUPS, -1).mean(axis=1)  # a second sort of what is sorted is quick


def radial_quantile(alpha: float, reach: np.ndarray, rank: int, df: float) -> float:
    """Number that a size, which has the value `reach` in each direction, exceeds with chance `alpha`."""
    from scipy.optimize import brentq

    groups = _grouped(reach)
    # The root mean square of `rank` t values that is exceeded so often: all directions alike would give it.
    length = np.sqrt(
        special.chdtri(rank, alpha) if np.isinf(df) else rank * special.fdtri(rank, df, 1 - alpha)
    )
    low, high = float(groups[0] * length), float(groups[-1] * length)
    if not low < high:
        return high
    return float(brentq(lambda at: _mean_tail(at, groups, rank, df) - alpha, low, high, xtol=high * 1e-10))


def _reach(correlation: np.ndarray) -> tuple[np.ndarray, int]:
    """Largest |projection| of evenly spread directions, shape (points,), and the rank."""
    return _reach_kept(correlation.tobytes(), len(correlation))


@lru_cache(maxsize=64)
def _reach_kept(raw: bytes, m: int) -> tuple[np.ndarray, int]:
    correlation = np.frombuffer(raw).reshape(m, m)
    value, vector = np.linalg.eigh(correlation)
    kept = value > _SPECK * value.max()
    root = vector[:, kept] * np.sqrt(value[kept])
    return np.sort(np.abs(directions(root.shape[1]) @ root.T).max(axis=1)), root.shape[1]


@lru_cache(maxsize=32)
def directions(rank: int) -> np.ndarray:
    """Directions spread evenly over the sphere of `rank` dimensions, shape (points, rank)."""
    if rank == 1:
        return np.ones((1, 1))
    if rank == 2:
        angle = np.pi * (np.arange(_POINTS) + 0.5) / _POINTS
        return np.column_stack([np.cos(angle), np.sin(angle)])
    from scipy.stats import qmc

    uniform = qmc.Sobol(rank, scramble=True, seed=20250101).random(_POINTS)
    normal = special.ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))
    return normal / np.linalg.norm(normal, axis=1)[:, None]


def radial_tail(statistic: float, reach: np.ndarray, rank: int, df: float) -> float:
    """Probability that a size, which has the value `reach` in each direction, exceeds a number."""
    tail = _mean_tail(statistic, _grouped(reach), rank, df)
    if tail >= _FAR or len(reach) <= 2 * _FARTHEST:
        return tail
    # Far out all depends on the largest: these one by one, the others in groups.
    order = np.sort(reach)
    largest, others = order[-_FARTHEST:], _grouped(order[:-_FARTHEST])
    share = _FARTHEST / len(reach)
    return share * _mean_tail(statistic, largest, rank, df) + (1 - share) * _mean_tail(
        statistic, others, rank, df
    )


def _mean_tail(statistic: float, reach: np.ndarray, rank: int, df: float) -> float:
    with np.errstate(divide="ignore"):
        square = np.where(reach > 0, (statistic / reach) ** 2, np.inf)
    if np.isinf(df):
        return float(special.chdtrc(rank, square).mean())
    # The upper tail of F by the incomplete beta function, which keeps digits far out.
    return float(special.betainc(df / 2, rank / 2, df / (df + square)).mean())


def max_t(
    estimates: Estimates,
    *,
    on: str = "wave",
    pairs: str | Sequence[tuple[Any, Any]] = "all",
    step_down: bool = False,
    conf_level: float = 0.95,
    df: str | float = "contrast",
) -> Changes:
    """Changes of a whole family, adjusted by the joint distribution of their t statistics.

    Parameters
    ----------
    estimates, on, pairs, conf_level, df
        As in `change`. All combinations of the other keys are in the one family.
    step_down : bool
        Test the rest of the family after each rejection: more is found, and the intervals, which no longer
        belong to the tests, stay those of single comparisons.

    Returns
    -------
    Changes
        `p_adjusted` controls the family-wise error; without `step_down` the intervals cover all differences
        together with probability `conf_level`. Each comparison is referred to its own degrees of freedom.

    Raises
    ------
    EstimateError
        As in `change`.

    References
    ----------
    Hothorn, Bretz and Westfall (2008), Biometrical Journal 50, 346-363; Hasler and Hothorn (2008),
    Biometrical Journal 50, 793-800 (degrees of freedom of each comparison); Westfall (1997), JASA 92,
    299-306 (step down).

    Examples
    --------
    >>> import pandas as pd
    >>> from egovstats import Design, mean
    >>> frame = pd.DataFrame({"wave": [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], "y": [1.0, 2, 3, 4] * 3})
    >>> frame["y"] += frame["wave"] ** 2 / 2
    >>> family = max_t(mean(Design(frame), "y", by="wave"))
    >>> [round(test.p_adjusted, 2) for test in family]
    [0.23, 0.0, 0.04]
    """
    family = change(estimates, on=on, pairs=pairs, adjust="none", conf_level=conf_level, df=df)
    t = np.array([abs(test.statistic) for test in family])
    known = np.flatnonzero(np.isfinite(t))
    if not len(known):
        return Changes(tuple(replace(test, adjust="max-t") for test in family), "max-t")
    correlation = _correlation(estimates, family, on, known)
    degrees = [float(family[at].df[0]) for at in known]
    p = (_step_down if step_down else _single_step)(t[known], correlation, degrees)
    name = "max-t (step down)" if step_down else "max-t"
    tests = [replace(test, p_adjusted=float("nan"), adjust=name) for test in family]
    widths = {own: max_t_quantile(conf_level, correlation, own) for own in set(degrees) if not step_down}
    for place, at in enumerate(known):
        tests[at] = replace(tests[at], p_adjusted=float(p[place]))
        if not step_down:
            width = widths[degrees[place]]
            effect = tests[at].effect
            assert effect is not None
            margin = width * effect.std_error
            wide = replace(effect, conf_low=effect.estimate - margin, conf_high=effect.estimate + margin)
            tests[at] = replace(tests[at], effect=wide, notes=(*tests[at].notes, _NOTE))
    return Changes(tuple(tests), name)


_NOTE = "the interval holds for all comparisons of the family together"


def _correlation(estimates: Estimates, family: Changes, on: str, known: np.ndarray) -> np.ndarray:
    """Correlation of the differences, shape (m, m)."""
    keys = estimates.keys
    rows = {tuple(row): at for at, row in enumerate(keys.itertuples(index=False))}
    contrasts = np.zeros((len(known), len(estimates)))
    for place, at in enumerate(known):
        test = family[at]
        for name, sign in ((f"{on}_from", -1.0), (f"{on}_to", 1.0)):
            key = tuple(test.keys[name] if column == on else test.keys[column] for column in keys.columns)
            if key not in rows:
                raise EstimateError(
                    f"the estimates must have a row for {key}, and none was found. "
                    "Pass estimates whose keys have no missing values."
                )
            contrasts[place, rows[key]] += sign
    used = contrasts.any(axis=0)
    joint = contrasts[:, used] @ estimates.cov[np.ix_(used, used)] @ contrasts[:, used].T
    size = np.sqrt(np.diag(joint))
    return joint / np.outer(size, size)


def _single_step(t: np.ndarray, correlation: np.ndarray, df: Sequence[float]) -> np.ndarray:
    return np.array([max_t_tail(each, correlation, own) for each, own in zip(t, df, strict=True)])


def _step_down(t: np.ndarray, correlation: np.ndarray, df: Sequence[float]) -> np.ndarray:
    """Each statistic against the largest of those that are not larger, made monotone."""
    whole = _single_step(t, correlation, df)  # bounds the steps, which are worked out from other directions
    alone = np.array([max_t_tail(each, np.eye(1), own) for each, own in zip(t, df, strict=True)])
    order = np.argsort(alone, kind="stable")
    p, so_far = np.empty(len(t)), 0.0
    for place, at in enumerate(order):
        rest = order[place:]
        so_far = max(so_far, max_t_tail(t[at], correlation[np.ix_(rest, rest)], df[at]))
        p[at] = so_far = min(so_far, float(whole[at]))
    return p
