"""Assumptions that estimates can be asked about: are there enough sampling units, enough people, a line?

What no data tell stays unsaid here: that the weights are right, that those who did not answer are like
those who did, that the question meant the same to all.
"""

from __future__ import annotations

import numpy as np

from egovstats.results import Check, Estimates, HypothesisTest

LEAST_DF = 8
"""Fewer degrees of freedom leave the standard error itself too uncertain (NCHS standards, see below)."""

LEAST_N = 30
"""Effective respondents below which an estimate is not dependable."""

LEAST_HITS = 10
"""Effective respondents on the rarer side of a share, for its estimate to be near normal."""


def units_check(df: float) -> Check:
    """Whether there are sampling units enough.

    References
    ----------
    Parker et al. (2017), National Center for Health Statistics Data Presentation Standards for Proportions,
    Vital and Health Statistics 2(175): 8 degrees of freedom, 30 effective respondents.
    """
    found = f"{df:.0f} degrees of freedom, {LEAST_DF} wanted"
    return Check("enough sampling units", found, bool(df >= LEAST_DF))


def base_check(estimates: Estimates, rows: np.ndarray) -> Check:
    """Whether the smallest base is large enough, design effect counted."""
    n = estimates.n[rows]
    if estimates.var_srs is not None:
        effective = estimates.n_effective[rows]
        n = np.where(np.isfinite(effective), np.minimum(n, effective), n)
    found = f"{n.min():.0f} effective ones in the smallest wave, {LEAST_N} wanted"
    return Check("enough respondents", found, bool(n.min() >= LEAST_N))


def share_check(estimates: Estimates, rows: np.ndarray) -> Check:
    """Whether shares are far enough from 0 and 1 for a symmetric interval."""
    p, variance = estimates.estimate[rows], estimates.variance[rows]
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(variance > 0, p * (1 - p) / variance, estimates.n[rows])
    hits = float(np.min(size * np.minimum(p, 1 - p)))
    found = f"{hits:.0f} effective respondents on the rarer side, {LEAST_HITS} wanted"
    return Check("shares far enough from 0 and 100 per cent", found, bool(hits >= LEAST_HITS))


def samples_check(cov: np.ndarray) -> Check:
    """Whether the waves are fresh samples; where they are not, their covariance is in the error."""
    size = np.sqrt(np.diag(cov))
    correlation = cov / np.outer(size, size)
    far = np.abs(correlation[np.triu_indices(len(cov), 1)])
    if not len(far) or not far.max() > 1e-9:
        return Check("independent waves, or their covariance used", "no PSU is in two waves", True)
    found = f"they share PSUs, correlation up to {far.max():.2f}"
    return Check("independent waves, or their covariance used", found, True)


def wave_checks(estimates: Estimates, rows: np.ndarray, df: float) -> tuple[Check, ...]:
    """All checks of a statement on the estimates of some waves."""
    made = [units_check(df), base_check(estimates, rows)]
    if estimates.statistic == "proportion":
        made.append(share_check(estimates, rows))
    cov = estimates.cov[np.ix_(rows, rows)]
    if np.isfinite(cov).all() and (np.diag(cov) > 0).all():
        made.append(samples_check(cov))
    return tuple(made)


def form_check(assumption: str, test: HypothesisTest | None, *, alpha: float = 0.05) -> Check:
    """What a test of a model's form says of it; a p-value above `alpha` does not prove the form."""
    if test is None or not np.isfinite(test.p_value):
        reason = test.notes[0] if test is not None and test.notes else "too few waves to tell"
        return Check(assumption, reason, None)
    p = "p < .001" if test.p_value < 0.001 else f"p = {test.p_value:.3f}".replace("0.", ".")
    return Check(assumption, f"{test.test}: {p}", bool(test.p_value >= alpha))
