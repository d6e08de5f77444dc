"""Design-based covariance of estimating equations: scores summed to sampling units block by block.

References
----------
Binder (1983), International Statistical Review 51, 279-292.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from egovstats.design import Design, ReplicateDesign
from egovstats.one_thread import one_thread

Scores = Iterable[tuple[slice, np.ndarray]]


def sums_by_unit(design: Design) -> bool:
    """Whether totals by sampling unit are all that the design's covariance needs."""
    return type(design).cov_of_totals is Design.cov_of_totals


@one_thread
def covariance_of_scores(design: Design, scores: Scores, rows: np.ndarray | None, k: int) -> np.ndarray:
    """Covariance of the sums of weighted scores.

    Parameters
    ----------
    design : Design
    scores : iterable
        Pairs of a slice of the respondents used and their scores, shape (k, respondents), in order.
    rows : np.ndarray of int, shape (m,), or None
        The respondents used; everyone where None.
    k : int

    Returns
    -------
    np.ndarray, shape (k, k)
    """
    if isinstance(design, ReplicateDesign):
        return _replicated(design, scores, rows, k)
    if not sums_by_unit(design):
        full = np.zeros((len(design), k))
        for part, block in scores:
            full[part if rows is None else rows[part]] = block.T
        return design.cov_of_totals(full)
    totals = unit_totals(design.stages.unit, design.stages.units, scores, rows, k)
    held = None
    if (design.stages.domain_lonely or design.stages.lonely_psu == "average") and rows is not None:
        present = np.bincount(design.stages.unit[rows], minlength=design.stages.units) > 0
        held = np.repeat(present[:, None], k, axis=1)
    return design.stages.cov(totals, held)


def _replicated(design: ReplicateDesign, scores: Scores, rows: np.ndarray | None, k: int) -> np.ndarray:
    """Covariance of totals from the same scores under each replicate weight."""
    weight = design.weight if rows is None else design.weight[rows]
    plain = np.zeros((k, len(weight)))
    for part, block in scores:
        plain[:, part] = block / weight[part]
    moved = np.stack([plain @ (own if rows is None else own[rows]) for own in design.replicate_weights()])
    return design.scheme.covariance(moved, plain @ weight).matrix


def unit_totals(unit: np.ndarray, units: int, scores: Scores, rows: np.ndarray | None, k: int) -> np.ndarray:
    """Sums of scores by sampling unit, shape (units, k)."""
    totals = np.zeros((k, units))
    for part, block in scores:
        own = unit[part if rows is None else rows[part]].astype(np.int64)
        low = int(own.min())
        own -= low
        high = int(own.max()) + 1
        for total, values in zip(totals, block, strict=True):
            total[low : low + high] += np.bincount(own, weights=values, minlength=high)
    return totals.T


def degrees_of_freedom(design: Design, rows: np.ndarray | None) -> float:
    """Design degrees of freedom of the respondents used: PSUs minus strata, or the rank of the replicates."""
    if rows is None:
        return design.df
    if isinstance(design, ReplicateDesign):
        mask = np.zeros(len(design), bool)
        mask[rows] = True
        return float(design.domains(None, mask).df[0])
    held = np.bincount(design.stages.unit[rows], minlength=design.stages.units) > 0
    present = np.zeros(len(design.stages.first.stratum), bool)
    present[design.stages.psu_of_units()[held]] = True
    return design.stages.df(present)
