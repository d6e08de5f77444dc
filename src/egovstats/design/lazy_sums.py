"""A pass over batches of respondents: numbered, added up in numpy, and let go.

Batches are added up in the order in which they come, so no digit depends on the machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import as_numbers
from egovstats.design.lazy_scan import Groups, ItemTally, Question
from egovstats.design.terms import term_arrays
from egovstats.design.where import mask_of
from egovstats.variance import dense_codes


class _Numbering:
    """Numbers for the values of a column that come batch by batch."""

    def __init__(self) -> None:
        self.levels: pd.Index = pd.Index([])
        self.categories: Any = None

    def codes(self, values: Any) -> np.ndarray:
        """The number of each value, shape (n,); -1 where missing."""
        if isinstance(values, pd.Series) and isinstance(values.dtype, pd.CategoricalDtype):
            self.categories = values.cat.categories if self.categories is None else self.categories
        codes, levels = dense_codes(values)
        place = self.levels.get_indexer(pd.Index(levels)) if len(self.levels) else np.full(len(levels), -1)
        new = np.flatnonzero(place < 0)
        if len(new):
            place[new] = len(self.levels) + np.arange(len(new))
            added = pd.Index(levels[new])
            self.levels = self.levels.append(added) if len(self.levels) else added
        return np.append(place, -1)[codes]

    def series(self) -> pd.Series:
        """The values, in the order of their numbers."""
        if self.categories is None:
            return pd.Series(self.levels)
        known = self.categories.append(self.levels.difference(self.categories))
        return pd.Series(pd.Categorical(self.levels, known))


class _Grown:
    """Sums by group, shape (groups, columns), for as many groups as have come."""

    def __init__(self, columns: int, fill: float = 0.0) -> None:
        self.values = np.full((0, columns), fill)
        self.fill = fill

    def upto(self, groups: int, columns: int | None = None) -> np.ndarray:
        """Room for so many groups (and columns)."""
        have, wide = self.values.shape
        want = wide if columns is None else max(columns, wide)
        if groups > have or want > wide:
            rows = max(groups, have + have // 2) if groups > have else have
            grown = np.full((rows, want), self.fill)
            grown[:have, :wide] = self.values
            self.values = grown
        return self.values


class BatchSums:
    """Adds batches up; `groups` says what they come to."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.keys = [_Numbering() for _ in question.keys]
        self.pairs = [_Numbering() for _ in range(len(question.keys))]
        self.groups_seen = 0
        self.base = _Grown(3)
        self.terms = _Grown(len(question.terms))
        self.counts = _Grown(len(question.bases))
        self.low, self.high = _Grown(len(question.extremes), np.inf), _Grown(len(question.extremes), -np.inf)
        self.answers = {item: _Numbering() for item in question.items}
        self.tallies = {item: (_Grown(4), _Grown(4)) for item in question.items}
        self.faults = {"missing": 0, "infinite": 0, "negative": 0}

    def add(self, frame: pd.DataFrame) -> None:
        """One batch."""
        asked = self.question
        weight = self._weights(frame)
        group = self._number(frame)
        active = weight > 0
        first, last = int(group.min()), int(group.max()) + 1
        here, groups = group - first, last - first

        def by_group(values: np.ndarray) -> np.ndarray:
            return np.bincount(here, weights=values, minlength=groups)

        base = self.base.upto(self.groups_seen)[first:last]
        base += np.column_stack([np.bincount(here, minlength=groups), by_group(active), by_group(weight)])
        if asked.terms or asked.bases:
            self._add_terms(frame, weight, active, by_group, slice(first, last))
        for at, name in enumerate(asked.extremes):
            values = as_numbers(frame[name], "population size")
            np.minimum.at(self.low.upto(self.groups_seen)[:, at], group, values)
            np.maximum.at(self.high.upto(self.groups_seen)[:, at], group, values)
        for item in asked.items:
            self._tally(item, frame[item], weight, active, here, slice(first, last))

    def _weights(self, frame: pd.DataFrame) -> np.ndarray:
        if self.question.weight is None:
            return np.ones(len(frame))
        weight = frame[self.question.weight].to_numpy(dtype=float, na_value=np.nan)
        if not self.question.faults:
            return weight
        self.faults["missing"] += int(np.isnan(weight).sum())
        self.faults["infinite"] += int(np.isinf(weight).sum())
        self.faults["negative"] += int((weight < 0).sum())
        return np.nan_to_num(weight)

    def _number(self, frame: pd.DataFrame) -> np.ndarray:
        """Group of each row: keys are numbered one by one and paired, the condition as the first of them."""
        where = self.question.where
        mask = mask_of(frame, where)
        group = np.ones(len(frame), np.int64) if mask is None else mask.astype(np.int64)
        for name, key, pair in zip(self.question.keys, self.keys, self.pairs, strict=True):
            own = key.codes(frame[name]) + 1  # a missing key is a group of its own
            together = (group << 32) | own
            wide = int(own.max()) + 1
            if (int(group.max()) + 1) * wide <= 8 * len(frame):
                local, levels = dense_codes(group * wide + own)
                names = (levels // wide << 32) | levels % wide
                group = pair.codes(names)[local].astype(np.int64)
            else:
                group = pair.codes(together).astype(np.int64)
        self.groups_seen = max(self.groups_seen, int(group.max()) + 1)
        return group

    def _add_terms(
        self, frame: pd.DataFrame, weight: np.ndarray, active: np.ndarray, by_group: Any, place: slice
    ) -> None:
        read: dict[str, tuple[np.ndarray, np.ndarray]] = {}

        def values(item: str) -> tuple[np.ndarray, np.ndarray]:
            if item not in read:
                y = as_numbers(frame[item], "mean")
                answered = ~np.isnan(y)
                read[item] = np.where(answered, y, 0.0), answered
            return read[item]

        terms = self.terms.upto(self.groups_seen)
        for at, each in enumerate(term_arrays(self.question.terms, values)):
            terms[place, at] += by_group(weight * each)
        counts = self.counts.upto(self.groups_seen)
        for at, items in enumerate(self.question.bases):
            inside = active.copy()
            for item in items:
                inside &= frame[item].notna().to_numpy()
            counts[place, at] += by_group(inside)

    def _tally(
        self,
        item: str,
        series: pd.Series,
        weight: np.ndarray,
        active: np.ndarray,
        here: np.ndarray,
        place: slice,
    ) -> None:
        codes = self.answers[item].codes(series)
        known = len(self.answers[item].levels)
        sums, counts = (each.upto(self.groups_seen, known) for each in self.tallies[item])
        wide = sums.shape[1]
        shape = (place.stop - place.start, wide)
        key = here * wide + codes
        answered = codes >= 0
        if not answered.all():
            key, weight, active = key[answered], weight[answered], active[answered]
        size = shape[0] * wide
        sums[place] += np.bincount(key, weights=weight, minlength=size).reshape(shape)
        counts[place] += np.bincount(key[active], minlength=size).reshape(shape)

    def groups(self) -> Groups:
        """What all batches add up to."""
        g, asked = self.groups_seen, self.question
        base = self.base.upto(g)[:g]
        group = np.arange(g, dtype=np.int64)
        keys: dict[str, pd.Series] = {}
        for name, key, pair in reversed(list(zip(asked.keys, self.keys, self.pairs, strict=True))):
            both = pair.levels.to_numpy(dtype=np.int64)[group]
            own = (both & 0xFFFFFFFF) - 1
            group = both >> 32
            keys[name] = key.series().take(own).where(pd.Series(own).ge(0).to_numpy()).reset_index(drop=True)
        inside = group.astype(bool) if asked.keys else np.ones(g, bool)
        return Groups(
            keys=pd.DataFrame({name: keys[name] for name in asked.keys}, index=range(g)),
            inside=inside,
            rows=base[:, 0],
            n=base[:, 1],
            weight=base[:, 2],
            tallies={item: self._answers(item, g) for item in asked.items},
            sums=self.terms.upto(g)[:g],
            counts=self.counts.upto(g)[:g],
            low=self.low.upto(g)[:g],
            high=self.high.upto(g)[:g],
            faults=self.faults,
        )

    def _answers(self, item: str, g: int) -> ItemTally:
        levels = self.answers[item].series()
        sums, counts = (each.upto(g)[:g, : len(levels)] for each in self.tallies[item])
        return ItemTally(levels, sums, counts)
