"""Confidence intervals of coefficients from the profile of the working likelihood.

References
----------
Rao and Scott (1984), Annals of Statistics 12, 46-60 (the scaled likelihood ratio of one parameter); Venables
and Ripley (2002), Modern Applied Statistics with S, 4th ed., section 8.4 (profiling).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError, nearest
from egovstats.intervals import t_quantile
from egovstats.models.glm_fit import GlmFit
from egovstats.models.irls import solve
from egovstats.models.problem import Problem
from egovstats.one_thread import one_thread

_STEPS = 40


def profile_intervals(
    fit: GlmFit,
    coefficients: str | Sequence[str] | None = None,
    *,
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """Intervals of all values of a coefficient that the working likelihood does not rule out.

    Parameters
    ----------
    fit : GlmFit
    coefficients : str or sequence of str, optional
        Names of coefficients; all where left out.
    conf_level : float

    Returns
    -------
    pd.DataFrame
        One row a coefficient: term, estimate, conf_low, conf_high. A value is inside while twice the log
        ratio of the working likelihoods stays below the squared t quantile times the coefficient's design
        effect. For a linear model these are the Wald intervals.

    Raises
    ------
    EstimateError
        A name that is no coefficient, one that is aliased, no degrees of freedom.
    """
    if coefficients is None:
        chosen = fit.kept.tolist()
    else:
        named = [coefficients] if isinstance(coefficients, str) else list(coefficients)
        for name in named:
            if name not in fit.names or np.isnan(fit.estimate[fit.names.index(name)]):
                known = [fit.names[at] for at in fit.kept]
                raise EstimateError(f"the model has no estimate of {name!r}. {nearest(name, known)}")
        chosen = [fit.names.index(name) for name in named]
    if not fit.df_residual > 0:
        raise EstimateError(
            f"no interval can be worked out on {fit.df_residual:g} degrees of freedom. More PSUs or fewer "
            "terms are needed."
        )
    quantile = float(t_quantile(np.array(fit.df_residual), conf_level))
    limits = [[_limit(fit, at, side * quantile) for side in (-1, 1)] for at in chosen]
    return pd.DataFrame(
        {
            "term": [fit.names[at] for at in chosen],
            "estimate": fit.estimate[chosen],
            "conf_low": [low for low, _ in limits],
            "conf_high": [high for _, high in limits],
        }
    )


@one_thread
def _limit(fit: GlmFit, at: int, quantile: float) -> float:
    """Where the root of the deviance's rise reaches its quantile: secant steps from Wald's limit."""
    place = int(np.searchsorted(fit.kept, at))
    std_error = float(np.sqrt(fit.cov[at, at]))
    reach = abs(quantile) * std_error / float(np.sqrt(fit.bread[place, place]))
    profile = _Profile(fit, at)
    near, near_root = float(fit.estimate[at]), 0.0
    far = near + quantile * std_error
    for _ in range(_STEPS):
        far_root = profile.root(far)
        if abs(far_root - reach) < 1e-9 * max(reach, 1.0):
            return far
        if far_root == near_root:
            break
        step = (reach - far_root) * (far - near) / (far_root - near_root)
        near, near_root, far = far, far_root, far + step
    return float(np.copysign(np.inf, quantile))


class _Profile:
    """Rise of the working deviance as one coefficient is held at a value."""

    def __init__(self, fit: GlmFit, at: int) -> None:
        others = fit.kept[fit.kept != at]
        self.column = fit.problem.columns.take([at]).matrix(fit.rows, len(fit.design))[:, 0]
        self.problem: Problem = fit.problem.take(others)
        self.start = fit.estimate[others]
        self.fit = fit
        self.least = fit.working_deviance

    def root(self, value: float) -> float:
        """Root of the rise at a value."""
        shift = self.column * value
        if self.fit.problem.offset is not None:
            shift = shift + self.fit.problem.offset
        problem = replace(self.problem, offset=shift)
        if len(self.start):
            try:
                solution = solve(problem, self.start)
            except EstimateError:  # too far from the last value to start there
                solution = solve(problem)
            self.start = solution.coefficients
            eta = np.empty(self.fit.n)
            for part, block in solution.problem.blocks():
                eta[part] = solution.problem.linear(solution.beta, block, part)
        else:
            eta = shift
        family = self.fit.family
        mean = family.bounded(family.link.mean(eta))
        with np.errstate(divide="ignore", invalid="ignore"):
            deviance = float(self.fit.weight @ family.deviance(self.fit.problem.y, mean))
        return float(np.sqrt(max(deviance - self.least, 0.0)))
