"""What a pass over a source larger than memory is asked for, and what it brings back.

A pass groups respondents by PSU and domain and adds up; it never brings back a respondent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd

from egovstats.design.terms import Term
from egovstats.errors import EstimateError, nearest


@dataclass(frozen=True, slots=True)
class Question:
    """One pass.

    Parameters
    ----------
    keys : tuple of str
        Columns to group by.
    weight : str, optional
        Column of weights; everyone counts 1 without it.
    where : str, optional
        A condition: respondents inside and outside it are grouped apart.
    items : tuple of str
        Items to tally answer by answer.
    terms : tuple of Term
        Terms to add up, weighted.
    bases : tuple of tuple of str
        Sets of items whose respondents are counted: those with a weight above 0 who answered all.
    extremes : tuple of str
        Columns whose lowest and highest number are wanted.
    faults : bool
        Count missing, infinite and negative weights.
    """

    keys: tuple[str, ...]
    weight: str | None = None
    where: str | None = None
    items: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    bases: tuple[tuple[str, ...], ...] = ()
    extremes: tuple[str, ...] = ()
    faults: bool = False

    @property
    def read(self) -> tuple[str, ...]:
        """Every column that has to be read but for those of the condition, each once."""
        named = [*self.keys, *([self.weight] if self.weight else []), *self.items, *self.extremes]
        named += [item for term in self.terms for item in term.base]
        return tuple(dict.fromkeys([*named, *(item for base in self.bases for item in base)]))


@dataclass(frozen=True, slots=True, eq=False)
class ItemTally:
    """Answers of one item in g groups.

    Parameters
    ----------
    levels : pd.Series, shape (K,)
        The answers that occur anywhere in the source, in no particular order.
    weight, n : np.ndarray, shape (g, K)
        Weights, and respondents with a weight above 0.
    """

    levels: pd.Series
    weight: np.ndarray
    n: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What a pass brings back, g groups.

    Parameters
    ----------
    keys : pd.DataFrame, g rows
    inside : np.ndarray of bool, shape (g,)
        Whether the condition holds.
    rows, n, weight : np.ndarray, shape (g,)
        Respondents, those with a weight above 0, and the sum of weights.
    tallies : dict of item to ItemTally
    sums : np.ndarray, shape (g, terms)
    counts : np.ndarray, shape (g, bases)
    low, high : np.ndarray, shape (g, extremes)
    faults : dict
        How many weights are "missing", "infinite" and "negative".
    """

    keys: pd.DataFrame
    inside: np.ndarray
    rows: np.ndarray
    n: np.ndarray
    weight: np.ndarray
    tallies: dict[str, ItemTally] = field(default_factory=dict)
    sums: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    counts: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    low: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    high: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    faults: dict[str, int] = field(default_factory=dict)


class Scan(Protocol):
    """A source that can be passed over."""

    passes: int
    """Passes made so far."""
    columns: dict[str, bool]
    """Column to whether it holds numbers."""

    def answer(self, question: Question) -> Groups:
        """Make one pass."""

    def centres(self, items: tuple[str, ...]) -> list[float]:
        """A number amid those of each item, from one pass at most."""


class Look:
    """Finds rows of a small table of keys."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.names = list(table.columns)
        self.index = self._index(table)

    def _index(self, table: pd.DataFrame) -> pd.Index:
        # True and 1 are one label, but not to an index of numbers.
        flags = [name for name in self.names if table[name].dtype == bool]
        plain = table[self.names].astype(dict.fromkeys(flags, np.int64))
        return pd.Index(plain[self.names[0]]) if len(self.names) == 1 else pd.MultiIndex.from_frame(plain)

    def place(self, table: pd.DataFrame) -> np.ndarray:
        """The row of each key, shape (g,); -1 where it is not in the table."""
        return self.index.get_indexer(self._index(table)).astype(np.int64)


def check_columns(columns: dict[str, bool], names: tuple[str, ...]) -> None:
    """Refuse a column that the source does not have."""
    for name in names:
        if name not in columns:
            raise EstimateError(f"the source has no column {name!r}. {nearest(name, columns)}")


def check_numbers(columns: dict[str, bool], names: tuple[str, ...]) -> None:
    """Refuse words where numbers are added up."""
    check_columns(columns, names)
    for name in names:
        if not columns[name]:
            raise EstimateError(
                f"column {name!r} does not hold numbers, which a mean needs. Use proportion() or crosstab() "
                "for answers in words."
            )
