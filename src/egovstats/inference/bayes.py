"""Bayes beside the tests: how probable is it, given these waves, that a share fell?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest
from egovstats.inference.change import compared_groups, wave_pairs
from egovstats.inference.published_share import PublishedShare
from egovstats.results import Estimates
from egovstats.sources import Source, Sourced

_POINTS = 256  # quantiles of the earlier share on which the integral is worked out (Gauss-Legendre)


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorChange(Sourced):
    """Posterior of the change of a share between two waves.

    Parameters
    ----------
    keys : dict
    mean, conf_low, conf_high : float
        Of the change, in share points; an interval with equal tails.
    p_decline : float
        Probability that the later share is lower.
    p_beyond : float
        Probability that the change is larger than the margin, either way (NaN without a margin).
    conf_level : float
    n_effective : tuple of float
        Respondents that each share is worth.
    prior : tuple of float
        Of each share: Beta(a, b).
    sources, notes : tuple
    """

    keys: dict[str, Any]
    mean: float
    conf_low: float
    conf_high: float
    p_decline: float
    p_beyond: float
    conf_level: float
    n_effective: tuple[float, float]
    prior: tuple[float, float]
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row, in the project's column names."""
        return pd.DataFrame(
            [
                {
                    **self.keys,
                    "estimate": self.mean,
                    "conf_low": self.conf_low,
                    "conf_high": self.conf_high,
                    "conf_level": self.conf_level,
                    "p_decline": self.p_decline,
                    "p_beyond": self.p_beyond,
                }
            ]
        )


def posterior_change(
    before: tuple[float, float],
    after: tuple[float, float],
    *,
    prior: tuple[float, float] = (0.5, 0.5),
    margin: float | None = None,
    conf_level: float = 0.95,
    keys: dict[str, Any] | None = None,
    sources: Sequence[Source] = (),
    notes: Sequence[str] = (),
) -> PosteriorChange:
    """Posterior of a change from two shares and their effective numbers of respondents.

    Parameters
    ----------
    before, after : (share, n_effective)
    prior : (a, b)
        Beta prior of each share; Jeffreys' by default.
    margin : float, optional
        Changes beyond it count in `p_beyond`.
    conf_level : float

    Returns
    -------
    PosteriorChange
        Beta posteriors of two independent samples, integrated without draws.

    Raises
    ------
    EstimateError
        A share outside 0 to 1, an n that is not positive, a prior that is none.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., sections 2.4 and 3.4; Korn and Graubard (1998),
    Survey Methodology 24, 193-201 (effective n in a binomial's place); Ghitza and Gelman (2013), American
    Journal of Political Science 57, 762-776 (the same in a Bayesian model).

    Examples
    --------
    >>> found = posterior_change((0.45, 800), (0.40, 800))
    >>> round(found.p_decline, 3)
    0.978
    """
    for share, n in (before, after):
        if not 0 <= share <= 1 or not n > 0:
            raise EstimateError(
                f"a share from 0 to 1 and an effective n above 0 are needed, got {share!r} and {n!r}."
            )
    a, b = prior
    if not (a > 0 and b > 0):
        raise EstimateError(f"a Beta prior needs two numbers above 0, got {prior!r}. Pass (0.5, 0.5).")
    first, second = [(a + n * share, b + n * (1 - share)) for share, n in (before, after)]
    node, weight = np.polynomial.legendre.leggauss(_POINTS)
    early = special.betaincinv(*first, (node + 1) / 2)

    def below(change: float) -> float:
        """P(later - earlier < change)."""
        return float(weight @ special.betainc(*second, np.clip(early + change, 0.0, 1.0)) / 2)

    tail = (1 - conf_level) / 2
    return PosteriorChange(
        keys=dict(keys or {}),
        mean=second[0] / sum(second) - first[0] / sum(first),
        conf_low=_root(below, tail, first, second),
        conf_high=_root(below, 1 - tail, first, second),
        p_decline=below(0.0),
        p_beyond=float("nan") if margin is None else below(-abs(margin)) + 1 - below(abs(margin)),
        conf_level=conf_level,
        n_effective=(before[1], after[1]),
        prior=(a, b),
        sources=tuple(sources),
        notes=tuple(notes),
    )


def _root(below: Any, level: float, first: tuple[float, float], second: tuple[float, float]) -> float:
    """Change that the posterior is below with probability `level`."""
    from scipy.optimize import brentq

    # P(later < a) P(earlier > b) is at most P(later - earlier < a - b); likewise from above.
    inside, outside = np.sqrt(level), np.sqrt(1 - level)
    high = special.betaincinv(*second, inside) - special.betaincinv(*first, 1 - inside)
    low = special.betaincinv(*second, 1 - outside) - special.betaincinv(*first, outside)
    speck = 1e-3  # of the integral's grid
    return float(
        brentq(lambda at: below(at) - level, max(low - speck, -1.0), min(high + speck, 1.0), xtol=1e-10)
    )


def posterior_changes(
    estimates: Estimates,
    *,
    on: str = "wave",
    pairs: str | Sequence[tuple[Any, Any]] = "successive",
    prior: tuple[float, float] = (0.5, 0.5),
    margin: float | None = None,
    conf_level: float = 0.95,
) -> list[PosteriorChange]:
    """Posterior of each change between waves of a share.

    Parameters
    ----------
    estimates : Estimates
        Shares split by `on` (and possibly other keys).
    on, pairs
        As in `change`.
    prior, margin, conf_level
        As in `posterior_change`.

    Returns
    -------
    list of PosteriorChange
        The effective n is ``p (1 - p) / variance``, made smaller for the design's degrees of freedom as in
        the intervals of Korn and Graubard. Waves of a panel would need their covariance: they get a note.

    Raises
    ------
    EstimateError
        Estimates that are no shares, no such key.
    """
    if estimates.statistic != "proportion":
        raise EstimateError(
            f"the posterior of a change is that of shares, got estimates of a {estimates.statistic}. "
            "Pass proportion(design, item, answers=[...], by=...)."
        )
    if on not in estimates.keys.columns:
        raise EstimateError(f"these estimates are not split by {on!r}. {nearest(on, estimates.keys.columns)}")
    size = _effective(estimates)
    others = [name for name in estimates.keys.columns if name != on]
    made = []
    for rows in compared_groups(estimates.keys, on):
        for at, to in wave_pairs(estimates.keys[on], rows, pairs):
            notes = []
            if not (size[at] > 0 and size[to] > 0):
                continue
            if abs(estimates.cov[at, to]) > 1e-12 * estimates.variance[at]:
                notes.append("these waves share sampling units; their covariance is not in the posterior")
            key = {str(name): estimates.keys[name].iloc[to] for name in others}
            key |= {f"{on}_from": estimates.keys[on].iloc[at], f"{on}_to": estimates.keys[on].iloc[to]}
            made.append(
                posterior_change(
                    (float(estimates.estimate[at]), float(size[at])),
                    (float(estimates.estimate[to]), float(size[to])),
                    prior=prior,
                    margin=margin,
                    conf_level=conf_level,
                    keys=key,
                    sources=estimates.sources,
                    notes=notes,
                )
            )
    return made


def _effective(estimates: Estimates) -> np.ndarray:
    """Respondents that each share is worth, shape (k,); NaN where nobody answered."""
    p, variance, n, df = estimates.estimate, estimates.variance, estimates.n, estimates.df
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(variance > 0, p * (1 - p) / variance, n)
        many = special.stdtrit(np.maximum(n - 1, 1.0), 0.975) / special.stdtrit(
            np.where(df > 0, df, np.nan), 0.975
        )
    return np.minimum(size * many**2, n)


def posterior_of_published(
    before: PublishedShare, after: PublishedShare, *, margin: float | None = None, conf_level: float = 0.95
) -> PosteriorChange:
    """Posterior of a change between two printed shares, with the design effects stated for them.

    Raises
    ------
    EstimateError
        A share without an n: there is no posterior without knowing how much it weighs.
    """
    if before.n is None or after.n is None:
        raise EstimateError(
            "a posterior needs the number of respondents of both shares, and one is not published. "
            "n_for_significance() says from which n the difference would be significant."
        )
    return posterior_change(
        (before.share, before.n_effective),
        (after.share, after.n_effective),
        margin=margin,
        conf_level=conf_level,
        keys={"from": before.label, "to": after.label},
        notes=(f"design effects {before.deff:g} and {after.deff:g} are assumed",),
    )
