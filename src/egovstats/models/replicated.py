"""Models under replicate weights: the coefficients fitted again for each replicate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from egovstats.design import ReplicateDesign
from egovstats.errors import EstimateError
from egovstats.models.irls import solve
from egovstats.models.problem import Problem, Solution
from egovstats.variance.replicates import Scheme


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """Coefficients under each replicate weight.

    Parameters
    ----------
    values : np.ndarray, shape (R, q)
    scheme : Scheme
    """

    values: np.ndarray
    scheme: Scheme


def replicate_coefficients(design: ReplicateDesign, problem: Problem, solution: Solution) -> Replicated:
    """Fit again under each replicate weight, from the coefficients of the whole sample.

    Raises
    ------
    EstimateError
        A replicate in which a coefficient is not determined.
    """
    narrow = problem.take(solution.kept)
    start = solution.coefficients
    values = np.empty((design.replicates, len(start)))
    for at, weight in enumerate(design.replicate_weights()):
        own = weight if problem.rows is None else weight[problem.rows]
        if not own.any():
            raise EstimateError(
                f"replicate {at + 1} of {design.replicates} gives nobody in this model a weight. Widen "
                "where=."
            )
        found = solve(replace(narrow, weight=own), start)
        if len(found.kept) < len(start):
            lost = [name for place, name in enumerate(narrow.names) if place not in found.kept]
            raise EstimateError(
                f"replicate {at + 1} of {design.replicates} does not determine {', '.join(lost)}. Join "
                "sparse categories, or drop the term."
            )
        values[at] = found.coefficients
    return Replicated(values, design.scheme)
