"""What estimates must say in words: numbers that are not there, or that say less than they seem to."""

from __future__ import annotations

import numpy as np

_NONE = 1e-12  # standard error over estimate that is rounding
_INSIDE = ("logit", "xlogit", "arcsine", "likelihood")  # intervals that shares of 0 and 1 have none of

_ZERO = "everyone in their base gave the same answer, all were sampled, or the design fixes them"


def remarks(
    estimate: np.ndarray,
    variance: np.ndarray,
    n: np.ndarray,
    df: np.ndarray,
    *,
    interval: str = "wald",
) -> tuple[str, ...]:
    """Sentences about estimates without a base, value, standard error or interval; none where all is well.

    Parameters
    ----------
    estimate, variance, n, df : np.ndarray, shape (k,)
    interval : str
        As in `egovstats.intervals`.
    """
    k, said = len(estimate), []
    if not k:
        return ("nobody answered, so there is nothing to show",)
    asked = n > 0
    if not asked.all():
        said.append(f"{k - int(np.count_nonzero(asked))} of {k} estimates have no respondents in their base")
    known = np.isfinite(estimate)
    if not known.all() and (undefined := int(np.count_nonzero(asked & ~known))):
        said.append(
            f"{undefined} of {k} estimates are not defined: their base has one respondent, answers that do "
            "not vary, or a total of 0 to divide by"
        )
    if unknown := int(np.count_nonzero(known & np.isnan(variance))):
        said.append(
            f"{unknown} of {k} estimates have no standard error: a replicate leaves nobody in their base, or "
            "lonely_psu='average' finds no stratum of two PSUs there"
        )
    if few := int(np.count_nonzero(asked & (df <= 0))):
        said.append(
            f"{few} of {k} estimates have no degrees of freedom, so no interval: their respondents are of as "
            "many strata as PSUs, and a standard error of 0 means that it is unknown"
        )
    with np.errstate(invalid="ignore"):
        fixed = asked & (df > 0) & (variance <= (_NONE * estimate) ** 2)
    if fixed.any():
        more = ""
        if interval in _INSIDE and (np.isin(estimate, (0, 1)) & fixed).any():
            more = f"; shares of 0 and 1 have no {interval} interval, interval='beta' or 'wilson' has one"
        said.append(
            f"{int(np.count_nonzero(fixed))} of {k} estimates have a standard error of 0: {_ZERO}{more}"
        )
    return tuple(said)
