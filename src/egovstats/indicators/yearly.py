"""A yearly series as two arrays in order of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from egovstats.errors import SeriesError


def in_order(year: ArrayLike, value: ArrayLike, *, least: int, method: str) -> tuple[np.ndarray, np.ndarray]:
    """Years and values as arrays of shape (m,), sorted by year.

    Parameters
    ----------
    year, value : array_like, shape (m,)
        Years may have decimals (2005.25), no two alike.
    least : int
        The fewest years that the method can take.
    method : str
        Its name, for the error.

    Raises
    ------
    SeriesError
        Arrays of different length, a year twice, a missing value, or too few years.
    """
    years = np.asarray(year, dtype=float).ravel()
    values = np.asarray(value, dtype=float).ravel()
    if len(years) != len(values):
        raise SeriesError(
            f"{method} needs a value for each year, got {len(years)} years and {len(values)} values. "
            "Pass two arrays of one length."
        )
    missing = ~(np.isfinite(years) & np.isfinite(values))
    if missing.any():
        raise SeriesError(
            f"{method} cannot take missing values; {int(missing.sum())} of {len(years)} years have none. "
            "Leave those years out, so that the gap is seen."
        )
    order = np.argsort(years, kind="stable")
    years, values = years[order], values[order]
    twice = np.flatnonzero(np.diff(years) == 0)
    if len(twice):
        raise SeriesError(
            f"{method} needs one value a year, and {years[twice[0]]:g} comes twice. "
            "Take the values from one edition."
        )
    if len(years) < least:
        raise SeriesError(
            f"{method} needs at least {least} years, got {len(years)}. "
            "Add years, or compare two of them with change_of_indicator."
        )
    return years, values


def is_even(year: np.ndarray) -> bool:
    """Whether the years are the same distance apart."""
    steps = np.diff(year)
    return bool(np.allclose(steps, steps[0], rtol=0, atol=1e-9))
