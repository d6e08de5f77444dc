"""Margins: each respondent's category in columns of the frame, and what every category should add up to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.design import Design
from egovstats.errors import DesignError, nearest
from egovstats.variance import dense_codes
from egovstats.variance.auxiliaries import CellRows

Totals = Mapping[Any, float] | pd.Series | pd.DataFrame
_FEW = 1 << 10  # combinations that are numbered whether they occur or not
_PIECE = 1 << 15  # respondents numbered at a time: their codes stay in cache


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """Categories of one margin.

    Parameters
    ----------
    names : list of str
        Its columns; several are crossed.
    codes : np.ndarray of unsigned int, shape (n,)
        0 where a label is missing, 1..K otherwise.
    levels : list
        The K categories: labels, or tuples of labels.
    """

    names: list[str]
    codes: np.ndarray
    levels: list[Any]

    def __len__(self) -> int:
        return len(self.levels)

    def __str__(self) -> str:
        return " x ".join(self.names)

    def sums(self, weight: np.ndarray) -> np.ndarray:
        """Sum of the weights, shape (n,), in each category, shape (K,)."""
        return np.bincount(self.codes, weights=weight, minlength=len(self) + 1)[1:]

    def refuse_missing(self, weight: np.ndarray) -> None:
        """Refuse respondents with a weight and no category."""
        missing = 0 if self.codes.all() else int(((self.codes == 0) & (weight > 0)).sum())
        if missing:
            raise DesignError(
                f"{missing} respondents have no category in margin {str(self)!r}. Give them one, or set "
                "their weight to 0."
            )

    def auxiliaries(self) -> CellRows:
        """A variable of 0 and 1 a category."""
        return CellRows(self.codes, np.vstack([np.zeros(len(self)), np.eye(len(self))]))


def margin_of(design: Design, names: str | Sequence[str]) -> Margin:
    """The margin of one column, or of several crossed: all combinations of their labels.

    Raises
    ------
    EstimateError
        A column that is not there.
    """
    several = [names] if isinstance(names, str) else list(names)
    found = [design.categories(name, "margin") for name in several]
    if len(found) == 1:
        return Margin(several, *found[0])
    key = np.zeros(len(design), np.int64)
    missing = np.zeros(len(design), bool)
    for codes, levels in found:
        key = key * len(levels) + codes - 1
        missing |= codes == 0
    key[missing] = -1
    return Margin(several, key + 1, list(pd.MultiIndex.from_product([levels for _, levels in found])))


def targets(margin: Margin, totals: Totals, held: np.ndarray, *, partial: bool) -> np.ndarray:
    """Control total of each category, shape (K,), with every mismatch between sample and totals named.

    Parameters
    ----------
    margin : Margin
    totals : mapping, Series or DataFrame
    held : np.ndarray, shape (K,)
        Sum of weights of each category in the sample.
    partial : bool
        Let categories without respondents go.

    Raises
    ------
    DesignError
        Totals that are no counts, of categories without respondents, or lacking.
    """
    known = _Places(margin.levels)
    target = np.full(len(margin), np.nan)
    for key, value in _as_mapping(totals, margin.names).items():
        at = known.find(key)
        if not 0 <= value < math.inf:
            raise DesignError(
                f"margin {str(margin)!r}: the total of {key!r} is {value!r}. Totals are counts of people."
            )
        if at is None or (held[at] == 0 and value > 0):
            if partial:
                continue
            raise DesignError(
                f"margin {str(margin)!r}: category {key!r} has a control total of {value:,.6g} but no "
                f"respondents. Join it with another category. {nearest(_spelled(key), known.spelled)}"
            )
        target[at] = value
    lacking = [margin.levels[at] for at in np.flatnonzero(np.isnan(target) & (held > 0))]
    if lacking:
        raise DesignError(
            f"margin {str(margin)!r}: {len(lacking)} categories of the sample have no control total, such as "
            f"{lacking[0]!r}. Add it to the totals."
        )
    target[np.isnan(target)] = 0.0
    return target


def refuse_unequal(margins: Sequence[Any], goals: Sequence[np.ndarray]) -> None:
    """Refuse margins whose control totals add up to different populations."""
    sums = [float(goal.sum()) for goal in goals]
    for margin, total in zip(margins[1:], sums[1:], strict=True):
        if abs(total - sums[0]) > 1e-6 * sums[0]:
            raise DesignError(
                f"margins {margins[0]!r} and {margin!r} add up to different populations ({sums[0]:,.6g} and "
                f"{total:,.6g}), so no weights meet both. Scale them to one total."
            )


class _Places:
    """Where each level stands; a key that is not one of the levels is looked for as it is spelled."""

    def __init__(self, levels: Sequence[Any]) -> None:
        self.levels = levels
        self.exact = {level: at for at, level in enumerate(levels)}

    def find(self, key: Any) -> int | None:
        at = self.exact.get(key)
        return self.spelled.get(_spelled(key)) if at is None else at

    @cached_property
    def spelled(self) -> dict[str, int]:
        return {_spelled(level): at for at, level in enumerate(self.levels)}


def _spelled(key: Any) -> str:
    """A category as text, so that 1, 1.0, True and "1" are one."""
    parts = key if isinstance(key, tuple) else (key,)
    return " x ".join(
        str(int(part))
        if isinstance(part, (bool, np.bool_)) or (isinstance(part, float) and part.is_integer())
        else str(part)
        for part in parts
    )


def _as_mapping(totals: Totals, names: list[str]) -> Mapping[Any, float]:
    if isinstance(totals, pd.DataFrame):
        counts = [name for name in totals.columns if name not in names]
        if len(counts) != 1 or any(name not in totals.columns for name in names):
            raise DesignError(
                f"a frame of control totals needs the columns {names} and one column of counts, got "
                f"{list(totals.columns)}."
            )
        keys = totals[names].itertuples(index=False, name=None)
        return {
            key if len(names) > 1 else key[0]: float(value)
            for key, value in zip(keys, totals[counts[0]], strict=True)
        }
    return {key: float(value) for key, value in totals.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Several margins crossed: respondents alike in all of them share a cell.

    Parameters
    ----------
    key : np.ndarray of int, shape (n,)
        Cell of each respondent, 0..cells-1.
    places : list of np.ndarray of int, shape (cells,) each
        Category 0..K-1 of each cell in every margin, -1 for a missing label.
    """

    key: np.ndarray
    places: list[np.ndarray]

    @classmethod
    def of(cls, margins: Sequence[Margin]) -> Crossing:
        """Number the cells: all combinations where they are few, else those that occur."""
        sizes = [len(margin) + 1 for margin in margins]
        cells = math.prod(sizes)
        n = len(margins[0].codes)
        if cells > max(n, _FEW):
            return cls(*_occurring(margins, sizes))
        key: np.ndarray = np.empty(n, np.uint16 if cells <= 1 << 16 else np.uint32)
        for low in range(0, n, _PIECE):
            rows = slice(low, low + _PIECE)
            piece = key[rows]
            piece[:] = margins[0].codes[rows]
            for margin, size in zip(margins[1:], sizes[1:], strict=True):
                piece *= size
                np.add(piece, margin.codes[rows], out=piece, casting="unsafe")
        return cls(key, [place - 1 for place in np.unravel_index(np.arange(cells), sizes)])

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.places[0])

    def auxiliaries(self) -> CellRows:
        """A variable of 0 and 1 for each category of every margin, the margins side by side."""
        each = [place[:, None] == np.arange(place.max() + 1) for place in self.places]
        return CellRows(self.key, np.hstack(each).astype(float))

    @property
    def complete(self) -> np.ndarray:
        """Whether no label is missing, shape (cells,) of bool."""
        return np.logical_and.reduce([place >= 0 for place in self.places])

    def sums(self, weight: np.ndarray) -> np.ndarray:
        """Sum of the weights, shape (n,), in each cell, piece by piece."""
        found = np.zeros(self.cells)
        step = max(_PIECE, self.cells)
        for low in range(0, len(self.key), step):
            rows = slice(low, low + step)
            found += np.bincount(self.key[rows], weights=weight[rows], minlength=self.cells)
        return found

    def scaled(self, weight: np.ndarray, factor: np.ndarray) -> np.ndarray:
        """Weights, shape (n,), times the factor of their cell."""
        found = np.empty(len(weight))
        for low in range(0, len(weight), _PIECE):
            rows = slice(low, low + _PIECE)
            np.take(factor, self.key[rows], out=found[rows], mode="clip")
            found[rows] *= weight[rows]
        return found


def _occurring(margins: Sequence[Margin], sizes: Sequence[int]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Key and places of the combinations that occur, numbered anew with each margin."""
    key, levels = dense_codes(margins[0].codes)
    places = [levels]
    for margin, size in zip(margins[1:], sizes[1:], strict=True):
        key, pairs = dense_codes(key.astype(np.int64) * size + margin.codes.astype(np.int64))
        places = [*(place[pairs // size] for place in places), pairs % size]
    return key, [place.astype(np.int64) - 1 for place in places]
