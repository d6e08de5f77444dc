"""Unequal-probability samples whose joint inclusion probabilities are known.

References
----------
Horvitz and Thompson (1952), JASA 47, 663-685; Yates and Grundy (1953), JRSS B 15, 253-261.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from egovstats.errors import DesignError
from egovstats.variance.stages import Stages


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
        raise DesignError(f"the joint probabilities are {joint.shape}, but there are {units} PSUs.")
    if not np.allclose(joint, joint.T, rtol=1e-10) or (joint < 0).any() or (joint > 1).any():
        raise DesignError("joint probabilities must be symmetric and between 0 and 1.")
    if (joint == 0).any():
        raise DesignError(
            f"{int((joint == 0).sum() // 2)} pairs of sampled PSUs have joint probability 0, so no unbiased "
            "variance exists. Use pps='brewer' or 'hansen-hurwitz'."
        )
    order = _first_appearance(stages)
    joint = joint[np.ix_(order, order)]
    single = np.diag(joint)
    form = (joint - np.outer(single, single)) / joint
    np.fill_diagonal(form, 1 - single)
    if variance == "YG":
        np.fill_diagonal(form, 0.0)
        form = form - np.diag(form.sum(axis=1))
    elif variance != "HT":
        raise DesignError(f"pps_variance must be 'HT' or 'YG', got {variance!r}.")
    return replace(stages, joint=form)


def _first_appearance(stages: Stages) -> np.ndarray:
    """Place of each unit in the order in which units first appear among the rows."""
    first = np.full(stages.units, len(stages.unit))
    np.minimum.at(first, stages.unit, np.arange(len(stages.unit)))
    place = np.empty(stages.units, np.int64)
    place[np.argsort(first)] = np.arange(stages.units)
    return place
