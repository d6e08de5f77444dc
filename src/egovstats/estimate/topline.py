"""Every answer of every item by wave: the table that a survey report opens with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains, Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import item_names
from egovstats.estimate.proportion import AnswerTally, answer_tally, check_interval, share_numbers, shares
from egovstats.results import Covariance, Estimates


class Topline(Mapping[str, Estimates]):
    """Shares of all answers, item by item: ``topline["trust_president"]`` is one item's `Estimates`.

    The table of all items is worked out in one piece; an item's own `Estimates`, with its joint
    covariance, when it is asked for.
    """

    def __init__(
        self, design: Design, domains: Domains, tallies: dict[str, AnswerTally], interval: str
    ) -> None:
        self._design, self._domains, self._tallies, self._interval = design, domains, tallies, interval
        self._tables: dict[str, Estimates] = {}

    def __getitem__(self, item: str) -> Estimates:
        if item not in self._tables:
            tally = self._tallies[item]
            self._tables[item] = shares(self._design, item, self._domains, tally, interval=self._interval)
        return self._tables[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tallies)

    def __len__(self) -> int:
        return len(self._tallies)

    def to_frame(self, *, conf_level: float = 0.95, df: str | float = "domain") -> pd.DataFrame:
        """One row a share, in the project's column names; items below one another."""
        return self._stacked().to_frame(conf_level=conf_level, df=df)

    def _stacked(self) -> Estimates:
        """All items as one result; it has no covariance between items."""
        parts = [share_numbers(tally) for tally in self._tallies.values()]
        each = [part.share.shape[1] for part in parts]
        groups = len(self._domains)
        place = np.concatenate([np.repeat(np.arange(groups), k) for k in each])
        names = np.repeat(np.array(list(self._tallies), dtype=object), np.array(each) * groups)
        answers = np.array(
            [answer for tally in self._tallies.values() for _ in range(groups) for answer in tally.answers],
            dtype=object,
        )
        keys = self._domains.keys.iloc[place].reset_index(drop=True)
        keys = keys.assign(item=pd.Series(names, dtype=object), answer=pd.Series(answers).infer_objects())
        join = {
            name: np.concatenate([getattr(part, name).ravel() for part in parts])
            for name in ("share", "n", "population", "var_srs")
        }
        variance = np.concatenate([part.covariance.variance for part in parts])
        return Estimates(
            keys=keys,
            estimate=join["share"],
            covariance=Covariance(variance, lambda: _no_joint(self)),
            df=self._domains.df[place],
            n=join["n"],
            population=join["population"],
            statistic="proportion",
            unit="share",
            sources=self._design.sources,
            design_df=self._design.df,
            var_srs=join["var_srs"],
            interval=self._interval,
            notes=self._domains.notes,
        )


def _no_joint(topline: Topline) -> np.ndarray:
    raise EstimateError(
        f"a topline of {len(topline)} items keeps no covariance between them. "
        "Take one item, topline[name], or estimate the items together with mean()."
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
    check_interval(interval)
    tallies = {item: answer_tally(design, item, domains) for item in item_names(items)}
    return Topline(design, domains, tallies, interval)
