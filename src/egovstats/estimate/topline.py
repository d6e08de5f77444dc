"""Every answer of every item by wave: the table that a survey report opens with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where
from egovstats.estimate.assemble import item_names
from egovstats.estimate.proportion import answer_tally, shares
from egovstats.results import Estimates


class Topline(Mapping[str, Estimates]):
    """Shares of all answers, item by item: ``topline["trust_president"]`` is one item's `Estimates`."""

    def __init__(self, tables: dict[str, Estimates]) -> None:
        self._tables = tables

    def __getitem__(self, item: str) -> Estimates:
        return self._tables[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a share, in the project's column names; items below one another."""
        return pd.concat(
            [table.to_frame(conf_level=conf_level) for table in self._tables.values()], ignore_index=True
        )


def topline(
    design: Design,
    items: str | Sequence[str],
    *,
    by: str | Sequence[str] | None = "wave",
    where: Where = None,
    interval: str = "logit",
) -> Topline:
    """Share of every answer of every item, by wave.

    Parameters
    ----------
    design : Design
    items : str or sequence of str
        Columns of answers.
    by : str or sequence of str, optional
        Split by these columns; None for no split.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.
    interval : str
        As in `proportion`.

    Returns
    -------
    Topline
        A mapping from item to `Estimates`; each item has the joint covariance over its waves and
        answers, and its own base.

    Raises
    ------
    EstimateError
        A column that is not there.
    """
    domains = check_design(design).domains(by, where)
    return Topline(
        {
            item: shares(design, item, domains, answer_tally(design, item, domains), interval=interval)
            for item in item_names(items)
        }
    )
