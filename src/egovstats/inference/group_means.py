"""Means of computed numbers by group, with their joint covariance: what t and rank tests compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design import Domains, ReplicateDesign
from egovstats.design.design import Design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError
from egovstats.models.sandwich import covariance_of_scores
from egovstats.one_thread import one_thread


@dataclass(frozen=True, slots=True, eq=False)
class GroupMeans:
    """Means of G groups.

    Parameters
    ----------
    groups : tuple
        What tells them apart, in order.
    mean : np.ndarray, shape (G,)
    cov : np.ndarray, shape (G, G)
    n : np.ndarray, shape (G,)
        Respondents with an answer.
    spread : np.ndarray, shape (G,)
        Weighted variance of the numbers times n/(n - 1).
    df : float
        PSUs minus strata among those with an answer.
    notes : tuple of str
    """

    groups: tuple[Any, ...]
    mean: np.ndarray
    cov: np.ndarray
    n: np.ndarray
    spread: np.ndarray
    df: float
    notes: tuple[str, ...]


def answering(design: Design, answered: np.ndarray, by: str | None, where: Where) -> np.ndarray:
    """Who is in the domain, answered, has a group and a weight, shape (n,); refused if that is nobody."""
    inside = answered & (design.weight > 0)
    mask = mask_of(design.frame, where)
    if mask is not None:
        inside &= mask
    if by is not None:
        inside &= design.codes(by)[0] > 0
    if not inside.any():
        raise EstimateError(
            "nobody in this domain answered"
            + (f" and has {by!r}" if by else "")
            + ". Check where= and the item."
        )
    return inside


@one_thread
def group_means(
    design: Design, values: np.ndarray, inside: np.ndarray, by: str | None, *, linear: bool = False
) -> GroupMeans:
    """Means of `values` (n,) among those `inside` (n,), by group.

    Under replicate weights the means are worked out again for each replicate; with `linear` their deviations
    are those of the whole sample (as for scores of ranks, which are not worked out again either).
    """
    domains = design.domains(by, inside)
    centre = float(design.weight[inside] @ values[inside] / design.weight[inside].sum())
    deviation = np.where(inside, values - centre, 0.0)
    totals = design.totals(domains, [deviation, inside.astype(float), deviation * deviation])
    mean, covariance = totals.covariance([0], [1])
    reach = design.reach(domains, 1)
    groups = (None,) if by is None else tuple(domains.keys[by].tolist())
    n, mass = domains.n, totals.value[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (totals.value[:, 2] / mass - mean[:, 0] ** 2) * n / (n - 1)
    cov = covariance.matrix
    if linear and isinstance(design, ReplicateDesign):
        cov = _linearised(design, deviation - mean[np.maximum(_codes(domains), 0), 0], inside, domains, mass)
    return GroupMeans(
        groups=groups,
        mean=mean[:, 0] + centre,
        cov=cov,
        n=n,
        spread=np.maximum(spread, 0.0),
        df=float(domains.df[0]) if reach is None else reach.df(np.arange(len(domains))),
        notes=domains.notes,
    )


def _codes(domains: Domains) -> np.ndarray:
    """Group of each respondent, shape (n,)."""
    assert domains.code is not None  # groups, or a domain of those who answered
    return domains.code


def _linearised(
    design: Design, residual: np.ndarray, inside: np.ndarray, domains: Domains, mass: np.ndarray
) -> np.ndarray:
    """Covariance of the means from each respondent's part in them, shape (G, G)."""
    rows = np.flatnonzero(inside)
    code = _codes(domains)[rows]
    own = design.weight[rows] * residual[rows] / mass[code]
    block = np.where(np.arange(len(mass))[:, None] == code, own, 0.0)
    return covariance_of_scores(design, [(slice(0, len(rows)), block)], rows, len(mass))
