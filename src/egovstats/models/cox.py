"""Cox's proportional hazards model.

References
----------
Binder (1992), Biometrika 79, 139-147 (survey data); Lin (2000), Biometrika 87, 37-47.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.replicate import ReplicateDesign
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.models.categorical import kept_columns
from egovstats.models.durations import durations
from egovstats.models.fit import Fit, notes_of, spread, square
from egovstats.models.newton import maximise
from egovstats.models.partial import Partial
from egovstats.models.prepared import prepare
from egovstats.models.replicated import Replicated
from egovstats.models.sandwich import covariance_of_scores, degrees_of_freedom
from egovstats.one_thread import one_thread

TIES = ("efron", "breslow")


@dataclass(frozen=True, eq=False, repr=False)
class CoxFit(Fit):
    """A fitted proportional hazards model: log hazard ratios.

    Parameters
    ----------
    likelihood : Partial
        Of the columns that are not aliased.
    value : float
        Weighted log partial likelihood at the maximum.
    """

    likelihood: Partial
    value: float

    def score_blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Weighted scores of the coefficients that are not aliased, (q, respondents)."""
        yield slice(0, self.n), self.likelihood.scores(self.estimate[self.kept]).T

    @property
    def working_deviance(self) -> float:
        """Minus twice the log partial likelihood, with the weights as they are."""
        return -2 * self.value

    def deviance_without(self, columns: np.ndarray) -> float:
        """`working_deviance` of the model without some of its coefficients, on the same respondents."""
        dropped = set(np.searchsorted(self.kept, columns).tolist())
        if len(dropped) == len(self.kept):
            return -2 * self.likelihood.derivatives(self.likelihood.start()).value
        return -2 * maximise(self.likelihood.without(dropped))[1].value


def cox(
    design: Design,
    formula: str,
    *,
    time: str,
    event: str,
    entry: str | None = None,
    ties: str = "efron",
    where: Where = None,
) -> CoxFit:
    """Design-based proportional hazards model.

    Parameters
    ----------
    design : Design
    formula : str
        The right side only: ``"age + log(income)"``.
    time, event : str
        Columns with the time observed, and 1 where it ended with the event, 0 where it was cut off.
    entry : str, optional
        Column with the time at which observation began, where it is not 0.
    ties : str
        ``"efron"`` or ``"breslow"``.
    where : str or boolean array of shape (n,), optional
        Domain.

    Returns
    -------
    CoxFit
        Log hazard ratios; residual degrees of freedom are those of the design plus 1 minus the number of
        coefficients.

    Raises
    ------
    EstimateError
        Events that are not 0 and 1, nobody with the event, no convergence.
    """
    if ties not in TIES:
        raise EstimateError(f"ties cannot be {ties!r}. {nearest(ties, TIES)}")
    times = durations(check_design(design), time=time, event=event, entry=entry)
    ready = prepare(design, formula, where=where, outcome=False, known=times.known)
    rows, plain = np.flatnonzero(ready.used), ready.slopes
    if not len(plain):
        raise EstimateError(f"the formula {formula!r} has no term. Use kaplan_meier() without one.")
    kept, _ = kept_columns(ready.made.columns.take(plain), rows, len(design), ready.weight)
    X = ready.made.columns.take(plain[kept]).matrix(rows, len(design))
    # Hazard ratios do not move with the columns' zero; centred ones keep exp() in range.
    X -= ready.weight @ X / ready.weight.sum()
    likelihood = Partial(
        X, times.time[rows], times.entry[rows], times.event[rows], ready.weight, ties == "efron"
    )
    theta, at = maximise(likelihood)
    cov, moved = _covariance(design, likelihood, theta, at.information, rows)
    names = tuple(ready.made.names[each] for each in plain)
    df = degrees_of_freedom(design, ready.rows)
    return CoxFit(
        names=names,
        estimate=spread(theta, kept, len(names)),
        cov=square(cov, kept, len(names)),
        information=square(at.information, kept, len(names)),
        df_residual=df + 1 - len(kept),
        n=len(rows),
        formula=formula,
        terms=ready.terms,
        design=design,
        rows=rows,
        df_design=df,
        replicates=moved,
        sources=design.sources,
        notes=notes_of(names, kept, df + 1 - len(kept)),
        likelihood=likelihood,
        value=at.value,
    )


@one_thread
def _covariance(
    design: Design, likelihood: Partial, theta: np.ndarray, information: np.ndarray, rows: np.ndarray
) -> tuple[np.ndarray, Replicated | None]:
    """Design-based covariance, and the coefficients under each replicate weight if there are any."""
    if isinstance(design, ReplicateDesign):
        values = [
            maximise(replace(likelihood, weight=weight[rows]), theta)[0]
            for weight in design.replicate_weights()
        ]
        moved = Replicated(np.stack(values), design.scheme)
        return moved.scheme.covariance(moved.values, theta).matrix, moved
    bread = np.linalg.inv(information)
    meat = covariance_of_scores(design, likelihood.score_blocks(theta), rows, len(theta))
    return bread @ meat @ bread, None
