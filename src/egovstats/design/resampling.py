"""Replicate weights made from a design: jackknife, balanced half-samples, bootstrap."""

from __future__ import annotations

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.replicate import ReplicateDesign
from egovstats.errors import DesignError
from egovstats.variance.replicates import bootstrap_factors, brr_factors, jackknife_factors


def jackknife(design: Design, *, mse: bool = False) -> ReplicateDesign:
    """Jackknife replicates: one PSU left out at a time (JK1 without strata, JKn with).

    Parameters
    ----------
    design : Design
    mse : bool
        Deviations from the full-sample estimate; from the mean of the replicates otherwise.

    Raises
    ------
    DesignError
        A stratum of one PSU that the design does not take as certain.

    References
    ----------
    Wolter (2007), section 4.5.
    """
    return ReplicateDesign.made(_linearised(design), jackknife_factors(design.stages, mse=mse))


def brr(design: Design, *, fay: float = 0.0, mse: bool = False) -> ReplicateDesign:
    """Balanced repeated replication, or Fay's method where `fay` is above 0.

    Raises
    ------
    DesignError
        A stratum with an odd number of PSUs.

    References
    ----------
    McCarthy (1969), Review of the International Statistical Institute 37, 239-264; Judkins (1990).
    """
    return ReplicateDesign.made(_linearised(design), brr_factors(design.stages, fay=fay, mse=mse))


def bootstrap(
    design: Design, *, draws: int = 500, rng: np.random.Generator, mse: bool = False
) -> ReplicateDesign:
    """Bootstrap of n - 1 PSUs in each stratum of n.

    Parameters
    ----------
    draws : int
        How many replicates.
    rng : np.random.Generator
        ``np.random.default_rng(seed)``: the same seed gives the same replicates.

    Raises
    ------
    DesignError
        A stratum of one PSU that the design does not take as certain.

    References
    ----------
    Rao, Wu and Yue (1992), Survey Methodology 18, 209-217.
    """
    factors = bootstrap_factors(_linearised(design).stages, draws=draws, rng=rng, mse=mse)
    return ReplicateDesign.made(design, factors)


def _linearised(design: Design) -> Design:
    if isinstance(check_design(design), ReplicateDesign):
        raise DesignError("this design has replicate weights already. Make them from the original Design.")
    return design
