"""One item by the answers to another, as values: shares, bases, letters, small cells withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from egovstats.estimate import crosstab, proportion
from egovstats.inference import ColumnComparison, compare_columns
from egovstats.report.disclosure import Disclosure
from egovstats.report.shown import Shown, show
from egovstats.report.suppression import Masks, masks
from egovstats.report.values import Format, Value

if TYPE_CHECKING:
    from egovstats.design import Design
    from egovstats.estimate import Crosstab
    from egovstats.results import Estimates
    from egovstats.waves import Item

NET = "net"
"""Key of the joined answers among an item's answers."""


@dataclass(frozen=True, slots=True)
class CrossedRow:
    """One group of respondents.

    Parameters
    ----------
    level : answer
        Of the item that makes the groups.
    shares : dict of answer to Value
        `NET` among them where the item has joined answers.
    n, n_effective : Value
    """

    level: Any
    shares: dict[Any, Value]
    n: Value
    n_effective: Value


@dataclass(frozen=True, slots=True)
class Crossed:
    """An item by another one: a row a group, and which groups stand out."""

    item: Item
    by: Item
    rows: tuple[CrossedRow, ...]
    comparison: ColumnComparison

    def below(self, level: Any, answer: Any) -> list[Any]:
        """Groups whose share of an answer is clearly lower; none where either is withheld."""
        shown = {row.level: row.shares.get(answer) for row in self.rows}
        found = self.comparison.below(level, **{self.item.name: answer})
        return [each for each in found if all(_visible(shown.get(one)) for one in (each, level))]


def cross(
    design: Design,
    item: Item,
    by: Item,
    *,
    where: np.ndarray | None,
    prefix: str,
    rule: Disclosure,
    conf_level: float = 0.95,
) -> Crossed:
    """Cross two items of one wave.

    Parameters
    ----------
    design : Design
    item, by : Item
        Whose answers; and who is told apart.
    where : np.ndarray of bool, optional
        The wave.
    prefix : str
        Beginning of the ids; ``ITEM.BY.ANSWER.GROUP`` follows.
    rule : Disclosure
        Rows on few respondents, small cells, and what these could be computed from are withheld.
    conf_level : float
    """
    table = crosstab(design, item.name, by.name, where=where)
    shares = table.shares("column")
    nets = _nets(design, item, by, table.answers, where)
    family = (shares,) if nets is None else (shares, nets)
    comparison = compare_columns(
        *family, on=by.name, conf_level=conf_level, smallest_base=rule.suppress_below
    )
    counts = table.n[0].T  # (groups, answers)
    joined = _joined(item, table.answers)
    hidden = masks(counts, base_limit=rule.suppress_below, cell_limit=rule.cell_below, net=joined)
    begin = f"{prefix}.{item.name}.{by.name}"
    shown = {
        _place(each, item, by): each for part in family for each in _shown(part, begin, rule, conf_level)
    }
    rows = tuple(
        _row(k, level, table, shown, hidden, rule, begin)
        for k, level in enumerate(table.levels)
        if counts[k].sum() > 0
    )
    return Crossed(item, by, rows, comparison)


def _joined(item: Item, answers: Sequence[Any]) -> np.ndarray:
    """Which answers the net joins; none where it would repeat a single one."""
    codes = () if item.headline is None else item.headline.codes
    chosen = np.array([answer in codes for answer in answers])
    return chosen if chosen.sum() > 1 else np.zeros(len(answers), dtype=bool)


def _nets(
    design: Design, item: Item, by: Item, answers: Sequence[Any], where: np.ndarray | None
) -> Estimates | None:
    from dataclasses import replace

    chosen = _joined(item, answers)
    if not chosen.any():
        return None
    codes = [answer for answer, inside in zip(answers, chosen, strict=True) if inside]
    found = proportion(design, item.name, by=by.name, answers=codes, where=where)
    keys = found.keys[[by.name]].assign(**{item.name: NET})[[item.name, by.name]]
    return replace(found, keys=keys)


def _shown(estimates: Estimates, prefix: str, rule: Disclosure, conf_level: float) -> tuple[Shown, ...]:
    return show(estimates.select(estimates.n > 0), prefix=prefix, rule=rule, conf_level=conf_level)


def _place(each: Shown, item: Item, by: Item) -> tuple[Any, Any]:
    return each.keys[by.name], each.keys[item.name]


def _row(
    k: int,
    level: Any,
    table: Crosstab,
    shown: dict[tuple[Any, Any], Shown],
    hidden: Masks,
    rule: Disclosure,
    prefix: str,
) -> CrossedRow:
    shares = {}
    for r, answer in enumerate(table.answers):
        shares[answer] = _kept(shown[level, answer].estimate, bool(hidden.cells[k, r]), rule)
    if (level, NET) in shown:
        shares[NET] = _kept(shown[level, NET].estimate, bool(hidden.nets[k]), rule)
    base = shown[level, table.answers[0]].n
    effective = Value(
        id=f"{prefix}.{level:g}.n_effective" if isinstance(level, float) else f"{prefix}.{level}.n_effective",
        value=float(table.n_effective[0, k]),
        unit="respondents",
        format=Format("number", 0),
        statistic="n_effective",
        how="squared sum of the weights over the sum of their squares, of those with an answer",
        keys={table.columns: level},
        sources=base.sources,
        n=float(table.n[0][:, k].sum()),
    )
    whole = bool(hidden.rows[k])
    return CrossedRow(level, shares, _kept(base, whole, rule), _kept(rule.apply(effective), whole, rule))


def _kept(value: Value, hide: bool, rule: Disclosure) -> Value:
    """The value, withheld where the table's rule says so and the rule for bases has not done it."""
    from dataclasses import replace

    if not hide or not value.visible:
        return value
    limited = replace(value, n=None, parameters={**value.parameters, "cell_limit": rule.cell_below})
    return limited.withheld(f"fewer than {rule.cell_below} respondents, or needed to hide such a cell")


def _visible(value: Value | None) -> bool:
    return value is not None and value.visible
