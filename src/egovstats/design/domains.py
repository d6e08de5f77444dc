"""Domains: parts of the population that estimates are split by, as columns of the whole sample.

Rows are never dropped: a PSU without a respondent of the domain still counts in the variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.design.columns import column
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError
from egovstats.variance import Cells, dense_codes


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Domains of one call.

    Parameters
    ----------
    keys : pd.DataFrame
        G rows: the value of each `by` column; no columns where there is one domain.
    code : np.ndarray of int, shape (n,), or None
        Domain of each respondent, -1 for none; None when everyone is in the one domain.
    cells : Cells or None
        Pairs of sampling unit and domain; None where the variance comes from replicate weights.
    df : np.ndarray, shape (G,)
        PSUs minus strata among those that hold a respondent of the domain.
    n : np.ndarray, shape (G,)
        Respondents of each domain with a weight above 0.
    notes : tuple of str
        Who was left out.
    cuts : np.ndarray of int, shape (G + 1,), optional
        Where each domain begins, when the respondents come domain by domain with nobody left out.
    """

    keys: pd.DataFrame
    code: np.ndarray | None
    cells: Cells | None
    df: np.ndarray
    n: np.ndarray
    notes: tuple[str, ...]
    cuts: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.keys)


_NOBODY = "no respondent "


def cuts_of(code: np.ndarray | None, domains: int) -> np.ndarray | None:
    """Where each domain begins, shape (G + 1,); None unless rows come domain by domain, nobody left out."""
    if code is None or code[0] < 0 or domains > len(code) // 8 or np.any(code[1:] < code[:-1]):
        return None
    return np.searchsorted(code, np.arange(domains + 1))


def number_domains(
    frame: pd.DataFrame, by: str | Sequence[str] | None, where: Where, active: np.ndarray | None
) -> tuple[pd.DataFrame, np.ndarray | None, tuple[str, ...]]:
    """Keys (G rows), the domain of each respondent (n,) or None for everyone in one, and notes.

    `active` marks respondents with a weight above 0; None when all have one.
    """
    names = [] if by is None else [by] if isinstance(by, str) else list(by)
    mask = mask_of(frame, where)
    notes: list[str] = []
    if not names:
        if mask is None and active is None:
            return pd.DataFrame(index=range(1)), None, ()
        inside = np.ones(len(frame), bool) if mask is None else mask.copy()
        if active is not None:
            inside &= active
        if not inside.any():
            raise EstimateError(
                _NOBODY + "has a weight above 0 and is where the condition holds. Check where=."
            )
        return pd.DataFrame(index=range(1)), np.where(inside, 0, -1).astype(np.int32), ()
    code = np.zeros(len(frame), np.int64)
    columns = []
    outside = np.zeros(len(frame), bool) if mask is None else ~mask
    for name in names:
        series = column(frame, name, "domain")
        own, levels = dense_codes(series)
        missing = (own < 0) & ~outside
        if missing.any():
            notes.append(f"{int(missing.sum())} respondents without {name!r} are in no domain")
        outside |= own < 0
        code = code * len(levels) + own
        ordered = isinstance(series.dtype, pd.CategoricalDtype)  # keep an order that the user gave
        columns.append(pd.Categorical(levels, levels) if ordered else levels)
    if active is not None:
        outside |= ~active
    code[outside] = -1
    used = np.zeros(int(np.prod([len(levels) for levels in columns])) + 1, bool)
    used[code] = True
    kept = np.flatnonzero(used[:-1])
    if not len(kept):
        raise EstimateError(_NOBODY + f"is in any domain of {names}. Check where= and the by= columns.")
    rank = np.full(len(used), -1, np.int32)
    rank[kept] = np.arange(len(kept), dtype=np.int32)
    places = np.unravel_index(kept, [len(levels) for levels in columns])
    keys = pd.DataFrame(
        {name: pd.Series(levels[place]) for name, levels, place in zip(names, columns, places, strict=True)}
    )
    return keys, rank[code], tuple(notes)
