"""What a trend follows, in whom and when: the share of some answers, or the mean of a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """An item over time.

    Parameters
    ----------
    y, time : np.ndarray, shape (n,)
        Outcome and time of each respondent.
    used : np.ndarray of bool, shape (n,)
        Who has an answer, a time and a weight, and lies in the domain.
    share : bool
        Whether the outcome is 0 or 1.
    unit : str
    """

    y: np.ndarray
    time: np.ndarray
    used: np.ndarray
    share: bool
    unit: str

    @property
    def times(self) -> np.ndarray:
        """Different times with answers, ascending."""
        return np.unique(self.time[self.used])


def followed(
    design: Design, item: str, on: str, answers: Sequence[Any] | None, where: Where = None
) -> Followed:
    """The item's outcome, time and base in a design.

    Raises
    ------
    EstimateError
        A time that is no number, answers in words without `answers`.
    """
    frame = check_design(design).frame
    time = as_numbers(column(frame, on, "time"), "trend")
    y, asked, share = outcome_of(design, item, answers)
    mask = mask_of(frame, where)
    used = asked & ~np.isnan(time) & (design.weight > 0)
    used = used if mask is None else used & mask
    return Followed(y, time, used, share, "share" if share else design.unit(item))


def at_two_times(times: np.ndarray, item: str, on: str) -> None:
    """Refuse an item that has answers at one time only."""
    if len(times) < 2:
        raise EstimateError(
            f"item {item!r} has answers at {len(times)} value(s) of {on!r}, so there is no trend. "
            "Read more waves, or choose an item that was asked more than once."
        )


def outcome_of(
    design: Design, item: str, answers: Sequence[Any] | None
) -> tuple[np.ndarray, np.ndarray, bool]:
    """The outcome (n,), who answered (n,), and whether it is a share."""
    if answers is None:
        try:
            y, answered = design.values(item)
        except EstimateError as error:
            raise EstimateError(
                f"item {item!r} has answers in words; say whose share to follow with answers=[...]."
            ) from error
        return y, answered, bool(np.isin(y[answered], (0, 1)).all())
    codes, levels = design.codes(item)
    chosen = [answers] if isinstance(answers, str) else list(answers)
    for answer in chosen:
        if answer not in levels:
            raise EstimateError(f"item {item!r} has no answer {answer!r}. {nearest(str(answer), levels)}")
    hit = np.isin(codes, [levels.index(answer) + 1 for answer in chosen])
    return hit.astype(float), codes > 0, True
