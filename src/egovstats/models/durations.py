"""Times to an event: who is observed from when to when, and whether the event came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.design import Design
from egovstats.design.columns import as_numbers, column
from egovstats.errors import EstimateError


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Times of all respondents, shape (n,) each; meaningless where not in `known`."""

    time: np.ndarray
    entry: np.ndarray
    event: np.ndarray
    known: np.ndarray


def durations(design: Design, *, time: str, event: str, entry: str | None = None) -> Durations:
    """Read the columns of times and events.

    Raises
    ------
    EstimateError
        Events that are not 0 and 1, times that end before they begin, nobody with the event.
    """
    frame = design.frame
    ends = as_numbers(column(frame, time, "time"), "time")
    came = _events(column(frame, event, "event"))
    begins = np.full(len(frame), -np.inf)
    if entry is not None:
        begins = as_numbers(column(frame, entry, "entry"), "entry time")
    known = ~(np.isnan(ends) | np.isnan(came) | np.isnan(begins))
    backwards = int((known & (ends <= begins)).sum())
    if backwards:
        raise EstimateError(
            f"{backwards} respondents leave ({time!r}) no later than they enter ({entry!r}). Correct their "
            "times."
        )
    if not (came[known] == 1).any():
        raise EstimateError(
            f"no respondent with a known time has the event {event!r} (1), so nothing can be estimated. "
            "Check its coding: 1 for the event, 0 for none."
        )
    return Durations(ends, begins, came == 1, known)


def _events(series: pd.Series) -> np.ndarray:
    values = as_numbers(series, "event")
    wrong = int((~np.isnan(values) & (values != 0) & (values != 1)).sum())
    if wrong:
        raise EstimateError(
            f"column {series.name!r} holds {wrong} values other than 0 and 1. Code the event as 1 and "
            "its absence as 0."
        )
    return values
