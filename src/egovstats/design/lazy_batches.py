"""Sources that come batch by batch: the same pass in numpy as in memory, one batch at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np
import pandas as pd

from egovstats.design.columns import as_numbers
from egovstats.design.conditions import Condition
from egovstats.design.lazy_scan import Groups, Question, check_columns, check_numbers
from egovstats.design.lazy_sums import BatchSums

BATCH = 1 << 18


class BatchScan(ABC):
    """A `Scan` over batches that come in the same order each time.

    Parameters
    ----------
    columns : dict of str to bool
        Column to whether it holds numbers.
    """

    def __init__(self, columns: dict[str, bool]) -> None:
        self.columns = columns
        self.passes = 0

    @abstractmethod
    def _batches(self, names: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        """The columns of at most about `BATCH` respondents at a time; any column where none is named."""

    def _pass(self, names: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        check_columns(self.columns, names)
        self.passes += 1
        return self._batches(names)

    def centres(self, items: tuple[str, ...]) -> list[float]:
        """Mean of the first batch in which the item was answered."""
        check_numbers(self.columns, items)
        found: dict[str, float] = {}
        for frame in self._pass(items):
            for item in items:
                y = as_numbers(frame[item], "mean")
                if item not in found and not np.isnan(y).all():
                    found[item] = float(np.nanmean(y))
            if len(found) == len(items):
                break
        return [found.get(item, 0.0) for item in items]

    def answer(self, question: Question) -> Groups:
        """See `Scan`."""
        numbers = tuple(item for term in question.terms for item in term.base)
        check_numbers(self.columns, (*numbers, *([question.weight] if question.weight else [])))
        wanted = Condition(question.where).columns(self.columns) if question.where else ()
        sums = BatchSums(question)
        for frame in self._pass(tuple(dict.fromkeys([*question.read, *wanted]))):
            sums.add(frame)
        return sums.groups()
