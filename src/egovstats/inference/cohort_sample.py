"""Answers, ages and times of respondents: what cohorts are followed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where, mask_of
from egovstats.errors import EstimateError
from egovstats.inference.trend import _outcome


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
    frame = check_design(design).frame
    y, asked, share = _outcome(design, item, answers)
    years = as_numbers(column(frame, on, "time"), "trend")
    ages = as_numbers(column(frame, age, "age"), "cohort")
    mask = mask_of(frame, where)
    used = asked & ~np.isnan(years) & ~np.isnan(ages) & (design.weight > 0)
    used = used if mask is None else used & mask
    times = np.unique(years[used])
    if len(times) < 2:
        raise EstimateError(
            f"item {item!r} has answers of people of known age at {len(times)} value(s) of {on!r}, so "
            "cohorts cannot be followed. Read more waves, or choose another item."
        )
    return CohortSample(
        np.where(used, y, 0.0),
        np.where(used, ages, 0.0),
        np.where(used, years, 0.0),
        used,
        times,
        "share" if share else design.unit(item),
    )
