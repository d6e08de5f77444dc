"""Confidence intervals of a share from its estimate and variance: arrays in, arrays out.

References
----------
Korn and Graubard (1998), Survey Methodology 24, 193-201 (``beta``); Agresti and Coull (1998),
American Statistician 52, 119-126 (``wilson``); Dean and Pagano (2015), Survey Methodology 41 (review).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from egovstats.errors import EstimateError, nearest

Interval = tuple[np.ndarray, np.ndarray]


def t_quantile(df: np.ndarray, conf_level: float) -> np.ndarray:
    """Two-sided quantile of Student's t; the normal one where `df` is infinite; NaN where it is below 1."""
    if not 0 < conf_level < 1:
        raise EstimateError(
            f"conf_level must lie between 0 and 1, got {conf_level!r}. Pass 0.95 for 95 per cent."
        )
    df = np.asarray(df, dtype=float)
    if df.size > 64:  # a long table has few different ones, and each quantile is an iteration
        different, place = np.unique(df, return_inverse=True)
        if different.size <= df.size // 2:
            return t_quantile(different, conf_level)[place].reshape(df.shape)
    upper = (1 + conf_level) / 2
    finite = special.stdtrit(np.where(np.isfinite(df) & (df > 0), df, 1.0), upper)
    quantile = np.where(np.isinf(df), special.ndtri(upper), finite)
    return np.where(df > 0, quantile, np.nan)


def wald(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Estimate plus and minus t standard errors; may leave 0 to 1."""
    margin = t_quantile(df, conf_level) * np.sqrt(variance)
    return share - margin, share + margin


def logit(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Symmetric on the log-odds; shares of 0 and 1 have no interval (NaN)."""
    spread = share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(spread > 0, t_quantile(df, conf_level) * np.sqrt(variance) / spread, np.nan)
        centre = np.where(spread > 0, special.logit(share), np.nan)
    return special.expit(centre - margin), special.expit(centre + margin)


def arcsine(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Symmetric on asin(sqrt(share))."""
    spread = share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(spread > 0, t_quantile(df, conf_level) * np.sqrt(variance / spread) / 2, np.nan)
    centre = np.arcsin(np.sqrt(np.clip(share, 0, 1)))
    low, high = np.clip(centre - margin, 0, np.pi / 2), np.clip(centre + margin, 0, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def _effective_n(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> np.ndarray:
    """Korn and Graubard's n*: p(1-p)/variance, times the squared ratio of the two t quantiles."""
    with np.errstate(divide="ignore", invalid="ignore"):
        n_star = share * (1 - share) / variance
    ratio = t_quantile(np.asarray(n, dtype=float) - 1, conf_level) / t_quantile(df, conf_level)
    return np.where(variance > 0, n_star * ratio**2, np.asarray(n, dtype=float))


def beta(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Korn and Graubard: Clopper-Pearson at the effective n; it holds at shares of 0 and 1, too."""
    n_star = _effective_n(share, variance, n, df, conf_level)
    hits = n_star * share
    tail = (1 - conf_level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(hits > 0, special.betaincinv(np.maximum(hits, 1e-300), n_star - hits + 1, tail), 0.0)
        high = np.where(
            n_star - hits > 0, special.betaincinv(hits + 1, np.maximum(n_star - hits, 1e-300), 1 - tail), 1.0
        )
    unknown = ~np.isfinite(n_star)
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def wilson(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Wilson's score interval at n over the design effect, with the t quantile in place of the normal one."""
    share, variance = np.asarray(share, dtype=float), np.asarray(variance, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        n_star = np.where(variance > 0, share * (1 - share) / variance, np.asarray(n, dtype=float))
    z = t_quantile(df, conf_level)
    centre = (share + z**2 / (2 * n_star)) / (1 + z**2 / n_star)
    margin = z / (1 + z**2 / n_star) * np.sqrt(share * (1 - share) / n_star + z**2 / (4 * n_star**2))
    return np.maximum(centre - margin, 0.0), np.minimum(centre + margin, 1.0)


def likelihood(
    share: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Shares that the Rao-Scott likelihood-ratio test does not reject; none at shares of 0 and 1 (NaN).

    With the deviance d(p) = 2 [s log(s/p) + (1 - s) log((1 - s)/(1 - p))] of one observation, the limits
    solve (n - 1) d(p) = t^2 times the design effect: the dispersion of the quasi-likelihood is n/(n - 1).
    """
    share = np.asarray(share, dtype=float)
    spread = share * (1 - share)
    known = (spread > 0) & np.isfinite(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        bound = t_quantile(df, conf_level) ** 2 * variance / spread * n / (np.asarray(n, dtype=float) - 1)
    centre = np.where(known, share, 0.5)
    ends = [_deviance_root(centre, bound, np.full(centre.shape, edge)) for edge in (0.0, 1.0)]
    known = known & np.isfinite(bound)
    return np.where(known, ends[0], np.nan), np.where(known, ends[1], np.nan)


def _deviance_root(share: np.ndarray, bound: np.ndarray, outer: np.ndarray) -> np.ndarray:
    """Where the deviance meets its bound between `share` and `outer`, by halving."""
    inner = share
    for _ in range(60):
        middle = (inner + outer) / 2
        deviance = 2 * (special.rel_entr(share, middle) + special.rel_entr(1 - share, 1 - middle))
        inside = deviance < bound
        inner, outer = np.where(inside, middle, inner), np.where(inside, outer, middle)
    return (inner + outer) / 2


def fisher(
    correlation: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """For correlations: symmetric on artanh(r), so within -1 to 1; none at -1 and 1 (NaN)."""
    spread = 1 - correlation**2
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(spread > 0, t_quantile(df, conf_level) * np.sqrt(variance) / spread, np.nan)
        centre = np.arctanh(correlation)
    return np.tanh(centre - margin), np.tanh(centre + margin)


def bonett(
    reliability: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """For coefficients below 1, as of reliability: symmetric on log(1 - x), so below 1; none at 1 (NaN).

    References
    ----------
    Bonett (2002), Journal of Educational and Behavioral Statistics 27, 335-340.
    """
    short = 1 - np.asarray(reliability, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        margin = np.where(short > 0, t_quantile(df, conf_level) * np.sqrt(variance) / short, np.nan)
    return 1 - short * np.exp(margin), 1 - short * np.exp(-margin)


METHODS: dict[str, Callable[..., Interval]] = {
    "wald": wald,
    "logit": logit,
    "xlogit": logit,  # survey software's other name for the same
    "arcsine": arcsine,
    "beta": beta,
    "wilson": wilson,
    "likelihood": likelihood,
}
"""Intervals of shares, by name."""

_ALL = {**METHODS, "fisher": fisher, "bonett": bonett}


def interval(
    method: str, estimate: np.ndarray, variance: np.ndarray, n: np.ndarray, df: np.ndarray, conf_level: float
) -> Interval:
    """Lower and upper limits, shape (k,) each.

    Raises
    ------
    EstimateError
        An unknown method or a confidence level outside 0 to 1.
    """
    if method not in _ALL:
        raise EstimateError(f"there is no interval method {method!r}. {nearest(method, _ALL)}")
    return _ALL[method](estimate, variance, n, df, conf_level)
