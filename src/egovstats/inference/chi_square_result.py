"""What a test on a table returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.results import HypothesisTest


@dataclass(frozen=True, slots=True, eq=False)
class ChiSquareTest(HypothesisTest):
    """A test on a table.

    Parameters
    ----------
    pearson : float
        Pearson's X squared of the table scaled to the respondents of the domain.
    scale : float
        What X squared is divided by to give `statistic`; NaN for Wald tests.
    weights : tuple of float
        Of the chi-squares that X squared is a sum of (generalised design effects), largest first.
    rows, columns : tuple
        Answers of the table.
    shares, expected_shares : np.ndarray, shape (R, C)
        Of all people in the table; and what independence would make of it.
    scaled_to : float
        Respondents of the domain, those without an answer included.
    """

    pearson: float = float("nan")
    scale: float = float("nan")
    weights: tuple[float, ...] = ()
    rows: tuple[Any, ...] = ()
    columns: tuple[Any, ...] = ()
    shares: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    expected_shares: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    scaled_to: float = float("nan")

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def observed(self) -> pd.DataFrame:
        """The table scaled to the respondents, as Pearson's X squared sees it."""
        return pd.DataFrame(self.shares * self.scaled_to, index=self.rows, columns=self.columns)

    @property
    def expected(self) -> pd.DataFrame:
        """The same if the items had nothing to do with one another."""
        return pd.DataFrame(self.expected_shares * self.scaled_to, index=self.rows, columns=self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class ChiSquareTests(Sequence[ChiSquareTest]):
    """Tests of several items, one family: ``tests[0]``, or the table of all by `to_frame`."""

    tests: tuple[ChiSquareTest, ...]
    adjust: str

    __repr__ = as_text
    _repr_html_ = as_html

    def __getitem__(self, at: Any) -> Any:
        return self.tests[at]

    def __len__(self) -> int:
        return len(self.tests)

    def __iter__(self) -> Iterator[ChiSquareTest]:
        return iter(self.tests)

    def to_frame(self) -> pd.DataFrame:
        """One row an item, in the project's column names."""
        return pd.concat([test.to_frame() for test in self.tests], ignore_index=True)
