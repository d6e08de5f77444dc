"""Unequal-probability samples whose joint inclusion probabilities are known, or follow from each PSU's own.

References
----------
Horvitz and Thompson (1952), JASA 47, 663-685; Yates and Grundy (1953), JRSS B 15, 253-261; Hartley and Rao
(1962), Annals of Mathematical Statistics 33, 350-374, and Overton (1985), as compared in Stehman and Overton
(1994), Environmental and Ecological Statistics 1, 37-56 (approximations).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from egovstats.errors import DesignError
from egovstats.variance.stages import Stages

_MOST = 10_000  # PSUs whose pairs fit in memory


def with_joint_probabilities(stages: Stages, joint: np.ndarray, variance: str) -> Stages:
    """Take the variance of a one-stage sample from joint inclusion probabilities.

    Parameters
    ----------
    stages : Stages
    joint : np.ndarray, shape (units, units)
        Probability that both units are drawn; the diagonal holds that of each.
    variance : str
        ``"HT"`` or ``"YG"``.

    Raises
    ------
    DesignError
        A matrix of another size, not symmetric or not of probabilities; several stages; an unknown rule.
    """
    joint = np.asarray(joint, dtype=float)
    units = stages.units
    if len(stages.stages) > 1:
        raise DesignError(
            "joint probabilities are taken for one stage. Pass PSUs only, without later stages."
        )
    if joint.shape != (units, units):
        raise DesignError(
            f"the joint probabilities have shape {joint.shape}, but there are {units} PSUs. Pass one row and "
            "one column a sampled PSU, in the order in which they first appear."
        )
    outside = int((~((joint >= 0) & (joint <= 1))).sum())
    uneven = int((~np.isclose(joint, joint.T, rtol=1e-10)).sum() // 2)
    if outside or uneven:
        raise DesignError(
            f"joint probabilities must lie between 0 and 1 and be the same for i, j and j, i: {outside} do "
            f"not, {uneven} pairs are not. Correct the matrix."
        )
    if (joint == 0).any():
        raise DesignError(
            f"{int((joint == 0).sum() // 2)} pairs of sampled PSUs have joint probability 0, so no unbiased "
            "variance exists. Use pps='brewer', 'overton' or 'hansen-hurwitz'."
        )
    order = _first_appearance(stages)
    joint = joint[np.ix_(order, order)]
    single = np.diag(joint)
    own = stages.first.probability
    if own is not None and (odd := int((~np.isclose(own, single, rtol=1e-6)).sum())):
        raise DesignError(
            f"the diagonal of the joint probabilities is not the inclusion probability of {odd} of {units} "
            "PSUs. Bring the rows into the order in which the PSUs first appear in the frame."
        )
    form = (joint - np.outer(single, single)) / joint
    np.fill_diagonal(form, 1 - single)
    return replace(stages, joint=_of_kind(form, variance))


def with_approximate_joint(stages: Stages, rule: str, variance: str, squares: float | None = None) -> Stages:
    """Take the variance of a one-stage sample from approximate joint inclusion probabilities.

    Parameters
    ----------
    stages : Stages
        Its first stage knows the probability of each PSU.
    rule : str
        ``"overton"``: p_i p_j (n - 1) / (n - (p_i + p_j)/2); ``"hartley-rao"``: p_i p_j (n - 1) /
        (n - p_i - p_j + q), q being the mean of p over the stratum's sample. PSUs with probability 1 are
        certain, and n counts the others.
    variance : str
        ``"HT"`` or ``"YG"``.
    squares : float, optional
        For Hartley and Rao: the sum of p squared over the population, over n, in place of its estimate q.

    Raises
    ------
    DesignError
        Several stages, an unknown kind of variance, too many PSUs for a matrix.
    """
    stage = stages.first
    if len(stages.stages) > 1:
        raise DesignError(f"pps={rule!r} is for one stage. Pass PSUs only, or use pps='brewer'.")
    if stages.units > _MOST:
        raise DesignError(
            f"{stages.units:,} PSUs make too many pairs for pps={rule!r}. Use pps='brewer', which needs none."
        )
    p = stage.probability
    assert p is not None
    open_to_chance = p < 1
    strata = len(stage.size)
    n = np.bincount(stage.stratum[open_to_chance], minlength=strata).astype(float)
    q = np.bincount(stage.stratum, weights=p * open_to_chance, minlength=strata) / np.maximum(n, 1)
    if squares is not None:
        q[:] = squares
    pair = np.add.outer(p, p)
    own, mean = n[stage.stratum][:, None], q[stage.stratum][:, None]
    below = own - pair / 2 if rule == "overton" else own - pair + mean
    with np.errstate(divide="ignore", invalid="ignore"):
        form = 1 - below / (own - 1)
    together = np.equal.outer(stage.stratum, stage.stratum) & np.logical_and.outer(
        open_to_chance, open_to_chance
    )
    form[~together] = 0.0
    np.fill_diagonal(form, 1 - p)
    return replace(stages, joint=_of_kind(form, variance))


def _of_kind(form: np.ndarray, variance: str) -> np.ndarray:
    """The quadratic form of Horvitz and Thompson, or that of Yates and Grundy."""
    if variance == "YG":
        return form - np.diag(form.sum(axis=1))
    if variance != "HT":
        raise DesignError(f"pps_variance must be 'HT' or 'YG', got {variance!r}.")
    return form


def _first_appearance(stages: Stages) -> np.ndarray:
    """Place of each unit in the order in which units first appear among the rows."""
    first = np.full(stages.units, len(stages.unit))
    np.minimum.at(first, stages.unit, np.arange(len(stages.unit)))
    place = np.empty(stages.units, np.int64)
    place[np.argsort(first)] = np.arange(stages.units)
    return place
