"""polars lazy frames, batch by batch.

Grouping in polars' streaming engine takes a pass an item, several times as long, and memory that grows with
the groups of each thread; batches need one pass for all items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from egovstats.design.lazy_batches import BATCH, BatchScan


class PolarsScan(BatchScan):
    """A polars LazyFrame whose rows stream by.

    Parameters
    ----------
    source : polars.LazyFrame
    """

    def __init__(self, source: Any) -> None:
        import polars as pl

        self._frame = source
        schema = source.collect_schema()
        self._words = [name for name, kind in schema.items() if kind == pl.Categorical]
        super().__init__({name: kind.is_numeric() or kind == pl.Boolean for name, kind in schema.items()})

    def _batches(self, names: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        import polars as pl

        named = list(names) or list(self.columns)[:1]
        # Categories are numbered as they come, which says nothing about their order.
        words = [pl.col(name).cast(pl.String) for name in named if name in self._words]
        frame = self._frame.select(named).with_columns(words)
        for batch in frame.collect_batches(chunk_size=BATCH, maintain_order=True, engine="streaming"):
            if len(batch):
                yield batch.to_pandas()
