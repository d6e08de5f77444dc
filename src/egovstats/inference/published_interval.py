"""Intervals and tests of one published share, from its n.

References
----------
Wilson (1927), JASA 22, 209-212; Newcombe (1998), Statistics in Medicine 17, 857-872 (continuity correction);
Clopper and Pearson (1934), Biometrika 26, 404-413; Agresti and Coull (1998), American Statistician 52,
119-126; Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133 (Jeffreys); Kish (1965), 8.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy import special

from egovstats.errors import EstimateError, nearest


def normal_quantile(conf_level: float) -> float:
    """Two-sided normal quantile.

    Raises
    ------
    EstimateError
        A level outside 0 to 1.
    """
    if not 0 < conf_level < 1:
        raise EstimateError(
            f"conf_level must lie between 0 and 1, got {conf_level!r}. Pass 0.95 for 95 per cent."
        )
    return float(special.ndtri((1 + conf_level) / 2))


def two_sided(statistic: float) -> float:
    """Two-sided p-value of a normal statistic."""
    return float(2 * special.ndtr(-abs(statistic)))


def _wilson(p: float, n: float, z: float) -> tuple[float, float]:
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    margin = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (0.0 if p == 0 else centre - margin), (1.0 if p == 1 else centre + margin)


def _wilson_corrected(p: float, n: float, z: float) -> tuple[float, float]:
    down, up = p - 0.5 / n, p + 0.5 / n
    low = 0.0 if down <= 0 else _wilson(down, n, z)[0]
    high = 1.0 if up >= 1 else _wilson(up, n, z)[1]
    return low, high


def _clopper_pearson(p: float, n: float, z: float) -> tuple[float, float]:
    tail, hits = special.ndtr(-z), p * n
    low = 0.0 if p == 0 else float(special.betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if p == 1 else float(special.betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high


def _jeffreys(p: float, n: float, z: float) -> tuple[float, float]:
    tail, hits = special.ndtr(-z), p * n
    low = 0.0 if p == 0 else float(special.betaincinv(hits + 0.5, n - hits + 0.5, tail))
    high = 1.0 if p == 1 else float(special.betaincinv(hits + 0.5, n - hits + 0.5, 1 - tail))
    return low, high


def _agresti_coull(p: float, n: float, z: float) -> tuple[float, float]:
    more = n + z**2
    centre = (p * n + z**2 / 2) / more
    margin = z * math.sqrt(centre * (1 - centre) / more)
    return centre - margin, centre + margin


def _wald(p: float, n: float, z: float) -> tuple[float, float]:
    margin = z * math.sqrt(p * (1 - p) / n)
    return p - margin, p + margin


SHARE_INTERVALS: dict[str, Callable[[float, float, float], tuple[float, float]]] = {
    "wilson": _wilson,
    "clopper_pearson": _clopper_pearson,
    "agresti_coull": _agresti_coull,
    "jeffreys": _jeffreys,
    "wald": _wald,
}


def proportion_interval(
    share: float, n: float, *, method: str = "wilson", continuity: bool = False, conf_level: float = 0.95
) -> tuple[float, float]:
    """Interval of one share.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    n : float
        Respondents; pass n over the design effect where the sample was not a simple one.
    method : str
        ``"wilson"``, ``"clopper_pearson"``, ``"agresti_coull"``, ``"jeffreys"`` or ``"wald"``; the third and
        the last may leave 0 to 1.
    continuity : bool
        Continuity correction, of Wilson's interval only.
    conf_level : float

    Raises
    ------
    EstimateError
        An unknown method, an n that is not positive, or a correction for another method.

    Examples
    --------
    >>> low, high = proportion_interval(15 / 148, 148)
    >>> round(low, 4), round(high, 4)
    (0.0624, 0.1605)
    """
    if method not in SHARE_INTERVALS:
        raise EstimateError(f"there is no interval method {method!r}. {nearest(method, SHARE_INTERVALS)}")
    if not (n > 0 and 0 <= share <= 1):
        raise EstimateError(f"a share of {share!r} of n = {n!r} has no interval. Pass 0 to 1, and n above 0.")
    z = normal_quantile(conf_level)
    if not continuity:
        return SHARE_INTERVALS[method](share, n, z)
    if method != "wilson":
        raise EstimateError(f"there is no continuity correction of {method!r}. Use method='wilson'.")
    return _wilson_corrected(share, n, z)


def margin_of_error(
    share: float, n: float, *, deff: float = 1.0, population: float = math.inf, conf_level: float = 0.95
) -> float:
    """Half-width of the plain interval, as a share: what a poll prints as its margin of error.

    ``z * sqrt(deff * p * (1 - p) / n)``, times ``sqrt((N - n) / (N - 1))`` for a population of N.

    Raises
    ------
    EstimateError
        More respondents than people, or an n, design effect or share out of range.

    Examples
    --------
    >>> [round(100 * margin_of_error(0.5, n), 1) for n in (1200, 2000, 3600)]
    [2.8, 2.2, 1.6]
    """
    if not (0 < n <= population and deff > 0 and 0 <= share <= 1):
        raise EstimateError(
            f"no margin of error for a share of {share!r}, n = {n!r} of {population!r} and deff = {deff!r}. "
            "n must lie between 0 and the population, the share between 0 and 1."
        )
    finite = 1.0 if math.isinf(population) else math.sqrt((population - n) / max(population - 1, 1))
    return normal_quantile(conf_level) * math.sqrt(deff * share * (1 - share) / n) * finite


def exact_binomial_p(hits: int, n: int, *, share: float) -> float:
    """Two-sided exact p-value that `hits` of `n` come from `share`: outcomes no likelier than this one."""
    from scipy import stats

    return float(stats.binomtest(hits, n, share).pvalue)
