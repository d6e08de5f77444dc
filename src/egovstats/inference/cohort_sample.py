"""Answers, ages and times of respondents: what cohorts are followed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.inference.outcome import followed


@dataclass(frozen=True, slots=True, eq=False)
class CohortSample:
    """Answers, ages and years (n,) of those used, 0 elsewhere, and who they are.

    Parameters
    ----------
    y, age, year : np.ndarray, shape (n,)
    used : np.ndarray of bool, shape (n,)
    times : np.ndarray
        Different times, ascending.
    unit : str
    """

    y: np.ndarray
    age: np.ndarray
    year: np.ndarray
    used: np.ndarray
    times: np.ndarray
    unit: str


def cohort_sample(
    design: Design, item: str, age: str, on: str, answers: Sequence[Any] | None, where: Where
) -> CohortSample:
    """Those with an answer, an age and a time.

    Raises
    ------
    EstimateError
        Fewer than two times, ages that are no numbers.
    """
    found = followed(design, item, on, answers, where)
    ages = as_numbers(column(design.frame, age, "age"), "cohort")
    used = found.used & ~np.isnan(ages)
    times = np.unique(found.time[used])
    if len(times) < 2:
        raise EstimateError(
            f"item {item!r} has answers of people of known age at {len(times)} value(s) of {on!r}, so "
            "cohorts cannot be followed. Read more waves, or choose another item."
        )
    return CohortSample(
        np.where(used, found.y, 0.0),
        np.where(used, ages, 0.0),
        np.where(used, found.time, 0.0),
        used,
        times,
        found.unit,
    )
