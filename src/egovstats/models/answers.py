"""Outcomes with several answers: codes in the order of the answers, and who is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError
from egovstats.models.factors import is_words
from egovstats.models.formula import Formula
from egovstats.variance import dense_codes


@dataclass(frozen=True, slots=True, eq=False)
class AnswerCodes:
    """Answers as codes.

    Parameters
    ----------
    codes : np.ndarray of int32, shape (n,)
        0..K-1; meaningless for respondents who are not used.
    answers : list
        The K answers.
    notes : tuple of str
    """

    codes: np.ndarray
    answers: list[Any]
    notes: tuple[str, ...]


def outcome_is_words(given: dict[str, pd.Series], formula: Formula) -> bool:
    """Whether the outcome is a factor: a column of words or categories, or `C(column)`."""
    part = formula.outcome
    assert part is not None
    if part.kind == "factor":
        return True
    return part.kind == "column" and is_words(given[formula.name_of(part.columns[0])])


def answer_codes_of(
    given: dict[str, pd.Series], formula: Formula, used: np.ndarray, *, ordered: bool
) -> AnswerCodes:
    """The outcome of a formula as codes.

    Raises
    ------
    EstimateError
        It is no plain column, its words have no order where one is needed, or fewer than two answers were
        given.
    """
    part = formula.outcome
    assert part is not None
    if part.kind not in ("column", "factor"):
        raise EstimateError(
            f"the outcome of {formula.text!r} must be a column of answers, not arithmetic. Make the column "
            "first."
        )
    series = given[formula.name_of(part.columns[0])]
    if ordered and is_words(series) and not isinstance(series.dtype, pd.CategoricalDtype):
        raise EstimateError(
            f"column {series.name!r} holds words, whose order is not known. Make it a categorical with its "
            "answers in order: pd.Categorical(column, categories=[...], ordered=True)."
        )
    codes, levels = dense_codes(series)
    held = np.bincount(codes[used], minlength=len(levels)) > 0
    plain = [getattr(level, "item", lambda level=level: level)() for level in levels]
    plain = [int(v) if isinstance(v, float) and v.is_integer() else v for v in plain]
    if held.sum() < 2:
        raise EstimateError(
            f"respondents used gave {int(held.sum())} different answer(s) to {series.name!r}, so nothing can "
            "explain them. Check where= and the coding of the outcome."
        )
    if len(levels) > 60:
        raise EstimateError(
            f"column {series.name!r} has {len(levels)} different values, too many for answers. Use glm()."
        )
    place = np.cumsum(held) - 1
    absent = [str(v) for v, seen in zip(plain, held, strict=True) if not seen]
    if isinstance(series.dtype, pd.CategoricalDtype):
        absent = [
            str(v)
            for v in series.cat.categories
            if v not in {p for p, h in zip(plain, held, strict=True) if h}
        ]
    notes = (f"nobody used gave the answer {', '.join(absent)}: left out",) if absent else ()
    return AnswerCodes(
        place[np.maximum(codes, 0)].astype(np.int32),
        [v for v, seen in zip(plain, held, strict=True) if seen],
        notes,
    )
