"""The people of a sample and their answers, as arrays that estimators count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import answer_codes, as_numbers, category_codes, column, small_numbers
from egovstats.design.kept import Kept
from egovstats.errors import DesignError
from egovstats.sources import Source

_WIDE = 256  # different numbers, at and above which an item is a measurement
_BYTES = 66 << 20  # of totals by cell and of answers as small integers, kept for the next estimate


class Respondents:
    """A frame of respondents, whose columns are read once and remembered.

    Parameters
    ----------
    frame : pd.DataFrame, n rows
        Never changed.
    items : mapping, optional
        Item name to its description (`answers`, each with `code`; `unit`).
    sources : sequence of Source

    Raises
    ------
    DesignError
        No DataFrame, or one without rows.
    """

    def __init__(
        self, frame: pd.DataFrame, items: Mapping[str, Any] | None, sources: Sequence[Source]
    ) -> None:
        if not isinstance(frame, pd.DataFrame):
            raise DesignError(
                f"a design needs a pandas DataFrame, one row a respondent, got {type(frame).__module__}."
                f"{type(frame).__name__}. Convert it (a frame of polars: frame.to_pandas()), or pass it to "
                "LazyDesign."
            )
        if not len(frame):
            raise DesignError("the frame has no rows, so there is no sample. Read a file with respondents.")
        self._frame = frame.copy(deep=False)
        self.items = dict(items or {})
        self.sources = tuple(sources)
        self._wide: set[str] = set()
        self._words: dict[str, bool] = {}
        self._kept = Kept(_BYTES)

    def __len__(self) -> int:
        return len(self._frame)

    @property
    def frame(self) -> pd.DataFrame:
        """The respondents, one a row; a change to it does not reach the design."""
        return self._frame.copy(deep=False)

    def values(self, item: str) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of an item and who answered, shape (n,) each; 0 where unanswered."""
        y = as_numbers(column(self._frame, item, "item"), "mean")
        answered = ~np.isnan(y)
        return np.where(answered, y, 0.0), answered

    def codes(self, item: str) -> tuple[np.ndarray, list[Any]]:
        """Answers of an item as small integers, shape (n,): 0 unanswered, 1..K; and the K answers."""
        found: tuple[np.ndarray, list[Any]] | None = self._kept.get(("answers", item))
        if found is None:
            found = answer_codes(column(self._frame, item, "item"), self.items.get(item))
            self._kept.put(("answers", item), found, found[0].nbytes, cheap=True)
        return found

    def numbers(self, item: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Numbers of an item as small integers, shape (n,): 0 unanswered, 1..K; and the K numbers.

        None where the item is not a column of whole numbers within a narrow range.
        """
        if item in self._wide or self.in_words(item):
            return None
        # Without declared answers, codes as answers and codes as numbers are the same.
        key = ("answers" if self.items.get(item) is None else "numbers", item)
        found: tuple[np.ndarray, list[Any]] | None = self._kept.get(key)
        if found is None:
            small = small_numbers(column(self._frame, item, "item"))
            if small is None:
                self._wide.add(item)
                return None
            found = (small[0], small[1].tolist())
            self._kept.put(key, found, small[0].nbytes, cheap=True)
        return (found[0], np.asarray(found[1], dtype=float)) if len(found[1]) < _WIDE else None

    def categories(self, name: str, role: str) -> tuple[np.ndarray, list[Any]]:
        """A column as small integers, shape (n,): 0 missing, 1..K; and the K values that occur.

        `role` says in an error what the column is for.
        """
        found: tuple[np.ndarray, list[Any]] | None = self._kept.get(("categories", name))
        if found is None:
            codes, levels = category_codes(column(self._frame, name, role))
            found = (codes, [getattr(level, "item", lambda x=level: x)() for level in levels])
            self._kept.put(("categories", name), found, codes.nbytes, cheap=True)
        return found

    def in_words(self, item: str) -> bool:
        """Whether the answers of an item are words rather than numbers."""
        found = self._words.get(item)
        if found is None:
            found = self._words[item] = column(self._frame, item, "item").dtype.kind not in "iufb"
        return found

    def unit(self, item: str) -> str:
        """Unit of an item as its description has it, else ``"own unit"``."""
        return str(getattr(self.items.get(item), "unit", "") or "own unit")

    def centres(self, items: Sequence[str]) -> list[float]:
        """A number amid those of each item: moments about it lose no digits to large values."""
        return [self._centre(item) for item in items]

    def _centre(self, item: str) -> float:
        small = self.numbers(item)
        if small is not None:
            return sum(small[1].tolist()) / len(small[1])
        y, answered = self.values(item)
        # Not a product of BLAS: its threads would add in another order on another machine.
        return float(y.sum() / max(int(np.count_nonzero(answered)), 1))
