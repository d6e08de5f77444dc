"""Cohort replacement: those who die and those who grow up against those who change their minds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from egovstats.design import ReplicateDesign
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.inference.cohort_sample import CohortSample, cohort_sample
from egovstats.inference.decompose import Decomposition, decomposition
from egovstats.one_thread import one_thread


@one_thread
def cohort_replacement(
    design: Design,
    item: str,
    *,
    age: str = "age",
    on: str = "year",
    answers: Sequence[Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> Decomposition:
    """Split the change from the first to the last wave into replacement of cohorts and change within them.

    Parameters
    ----------
    design : Design
    item, on, answers, where
        As in `trend`.
    age : str
        Column of ages; the birth year is the time of the wave less the age.
    conf_level : float

    Returns
    -------
    Decomposition
        ``total`` (observed), ``within cohorts`` (slope on time, birth year held, times the years),
        ``replacement`` (slope on birth year times the change of the mean birth year) and ``rest`` (what
        the two straight lines leave).

    Raises
    ------
    EstimateError
        One wave only, ages that are no numbers.

    Notes
    -----
    "Within cohorts" is ageing and period together: no repeated cross-section tells them apart (see
    `apc_bounds`). The method needs slopes that are straight and parallel, which `rest` shows in part.

    References
    ----------
    Firebaugh (1989), Sociological Methods & Research 18, 243-262 (linear decomposition); Firebaugh (1997),
    Analyzing Repeated Surveys, ch. 3.
    """
    found = cohort_sample(design, item, age, on, answers, where)
    first, last = float(found.times[0]), float(found.times[-1])
    span = last - first
    cohort = found.year - found.age
    ends = [found.used & (found.year == at) for at in (first, last)]
    centre = float(cohort[found.used].mean())

    def numbers(weight: np.ndarray) -> np.ndarray:
        """Both slopes, then mean birth year and mean answer of the first and the last wave."""
        X, w = _lines(found, cohort, centre), np.where(found.used, weight, 0.0)
        beta = np.linalg.solve((X * w[:, None]).T @ X, X.T @ (w * found.y))
        means = [
            (w[end] @ values[end]) / w[end].sum() for values in (cohort - centre, found.y) for end in ends
        ]
        return np.array([beta[1], beta[2], *means])

    def parts(theta: np.ndarray) -> np.ndarray:
        year, birth, c0, c1, y0, y1 = theta
        within, replaced = year * span, birth * (c1 - c0)
        return np.array([y1 - y0, within, replaced, y1 - y0 - within - replaced])

    theta = numbers(design.weight)
    if isinstance(design, ReplicateDesign):
        cov = design.replicated(lambda weight: parts(numbers(weight)))[1].matrix
    else:
        slope = np.array([parts(theta + 1j * 1e-20 * row).imag / 1e-20 for row in np.eye(6)])
        cov = design.cov_of_totals(_scores(design, found, cohort, centre, ends, theta) @ slope)
    return decomposition(
        "cohort replacement",
        item,
        [("total", ""), ("within cohorts", ""), ("replacement", ""), ("rest", "")],
        parts(theta),
        cov,
        float(design.domains(None, found.used).df[0]),
        unit=found.unit,
        conf_level=conf_level,
        n=float(found.used.sum()),
        sources=design.sources,
        notes=(
            "within cohorts, ageing and the times are one: nothing in these data tells them apart",
            f"birth years are {on} less {age}",
        ),
        keys={"item": item, f"{on}_from": first, f"{on}_to": last},
    )


def _lines(found: CohortSample, cohort: np.ndarray, centre: float) -> np.ndarray:
    middle = float(found.times.mean())
    return np.column_stack([np.ones(len(cohort)), found.year - middle, cohort - centre])


@one_thread
def _scores(
    design: Design,
    found: CohortSample,
    cohort: np.ndarray,
    centre: float,
    ends: list[np.ndarray],
    theta: np.ndarray,
) -> np.ndarray:
    """Linearised values of the six numbers, shape (n, 6)."""
    X, w = _lines(found, cohort, centre), np.where(found.used, design.weight, 0.0)
    bread = np.linalg.inv((X * w[:, None]).T @ X)
    beta = bread @ X.T @ (w * found.y)
    lines = ((X * (w * (found.y - X @ beta))[:, None]) @ bread)[:, 1:]
    means = [
        np.where(end, w * (values - theta[2 + at]) / w[end].sum(), 0.0)
        for at, (values, end) in enumerate(
            (values, end) for values in (cohort - centre, found.y) for end in ends
        )
    ]
    return np.column_stack([lines, *means])
