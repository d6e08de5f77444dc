"""Every answer of every item by wave: the table that a survey report opens with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.tallies import Answered
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import item_names
from egovstats.estimate.proportion import answer_tally, check_interval, shares
from egovstats.estimate.remarks import remarks
from egovstats.results import Covariance, Estimates
from egovstats.variance import CellTotals, Totals, answer_shares

_NUMBERS = 1 << 17  # totals by cell that are worked out together


@dataclass(frozen=True, slots=True, eq=False)
class ItemShares:
    """Shares of one item's K answers without their covariances: shape (G, K), and the answers."""

    answers: list[Any]
    share: np.ndarray
    variance: np.ndarray
    n: np.ndarray
    population: np.ndarray

    @property
    def var_srs(self) -> np.ndarray:
        """Variance under simple random sampling of the same n, shape (G, K)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.share * (1 - self.share) / (self.n - 1)


class Topline(Mapping[str, Estimates]):
    """Shares of all answers, item by item: ``topline["trust_president"]`` is one item's `Estimates`.

    The table of all items is worked out in one piece; an item's own `Estimates`, with its joint
    covariance, when it is asked for.
    """

    def __init__(self, design: Design, domains: Domains, parts: dict[str, ItemShares], interval: str) -> None:
        self._design, self._domains, self._parts, self._interval = design, domains, parts, interval
        self._tables: dict[str, Estimates] = {}

    __repr__ = as_text
    _repr_html_ = as_html

    def __getitem__(self, item: str) -> Estimates:
        if item not in self._tables:
            if item not in self._parts:
                raise KeyError(item)
            tally = answer_tally(self._design, item, self._domains)
            self._tables[item] = shares(self._design, item, self._domains, tally, interval=self._interval)
        return self._tables[item]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def to_frame(self, *, conf_level: float = 0.95, df: str | float = "domain") -> pd.DataFrame:
        """One row a share, in the project's column names; items below one another."""
        return self._stacked().to_frame(conf_level=conf_level, df=df)

    def _stacked(self) -> Estimates:
        """All items as one result; it has no covariance between items."""
        parts = list(self._parts.values())
        each = [len(part.answers) for part in parts]
        groups = len(self._domains)
        place = np.concatenate([np.repeat(np.arange(groups), k) for k in each])
        names = np.repeat(np.array(list(self._parts), dtype=object), np.array(each) * groups)
        answers = [answer for part in parts for answer in part.answers * groups]
        keys = self._domains.keys.iloc[place].reset_index(drop=True)
        keys = keys.assign(item=pd.Series(names, dtype=object), answer=_answers(answers))
        join = {
            name: np.concatenate([getattr(part, name).ravel() for part in parts])
            for name in ("share", "variance", "n", "population", "var_srs")
        }
        df = self._domains.df[place]
        said = remarks(join["share"], join["variance"], join["n"], df, interval=self._interval)
        silent = [name for name, part in self._parts.items() if not part.answers]
        nobody = [f"nobody answered {', '.join(silent)}"] if silent and len(place) else []
        return Estimates(
            keys=keys,
            estimate=join["share"],
            covariance=Covariance(join["variance"], lambda: _no_joint(self)),
            df=df,
            n=join["n"],
            population=join["population"],
            statistic="proportion",
            unit="share",
            sources=self._design.sources,
            design_df=self._design.df,
            var_srs=join["var_srs"],
            interval=self._interval,
            notes=(*self._domains.notes, *nobody, *said),
        )


def _answers(answers: list[Any]) -> pd.Series:
    """Answers as a column: numbers where all are numbers, else as they are."""
    if all(type(answer) is int for answer in answers):
        return pd.Series(np.array(answers, dtype=np.int64))
    return pd.Series(np.array([*answers, None], dtype=object)[:-1]).infer_objects()


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
    names = item_names(items)
    parts: dict[str, ItemShares] = {}
    together = design.at_once(domains)
    for low in range(0, len(names), together):
        some = names[low : low + together]
        parts |= dict(zip(some, _item_shares(design.answered(domains, some)), strict=True))
    return Topline(design, domains, parts, interval)


def _item_shares(found: Sequence[Answered]) -> list[ItemShares]:
    """Shares of several items, those with as many answers worked out together."""
    done: dict[int, ItemShares] = {}
    alike: dict[int, list[int]] = {}
    for at, each in enumerate(found):
        if isinstance(each.totals, CellTotals) and len(each.answers):
            alike.setdefault(len(each.answers), []).append(at)
        else:
            done[at] = _shares_of(each, *_one(each.totals))
    for places in alike.values():
        totals = [tally for at in places if isinstance(tally := found[at].totals, CellTotals)]
        together = max(_NUMBERS // totals[0].sums.size, 1)
        for low in range(0, len(totals), together):
            some = totals[low : low + together]
            numbers = answer_shares(some[0].cells, [each.sums for each in some])
            for at, share, variance, base in zip(places[low : low + together], *numbers, strict=True):
                done[at] = _shares_of(found[at], share, variance, base)
    return [done[at] for at in range(len(found))]


def _one(totals: Totals) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares and variances (G, K) and base (G,) of one item."""
    k = totals.value.shape[1]
    with_base = totals.combine(np.column_stack([np.eye(k), np.ones(k)]))
    share, covariance = with_base.covariance(range(k), [k] * k)
    return share, covariance.variance.reshape(share.shape), with_base.value[:, k]


def _shares_of(found: Answered, share: np.ndarray, variance: np.ndarray, base: np.ndarray) -> ItemShares:
    spread = np.ones(share.shape[1])
    return ItemShares(found.answers, share, variance, np.outer(found.n, spread), np.outer(base, spread))
