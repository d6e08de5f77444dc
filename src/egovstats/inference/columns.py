"""Which columns of a crosstab stand out: each against each, answer by answer, in one family."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from egovstats.errors import EstimateError, nearest
from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import change
from egovstats.results import Estimates, HypothesisTest

SMALLEST_BASE = 30
"""Respondents that a column must have to be compared."""


@dataclass(frozen=True, slots=True, eq=False)
class ColumnComparison:
    """Columns of a crosstab compared in pairs.

    Parameters
    ----------
    on : str
        The key that tells the columns apart.
    tests : tuple of HypothesisTest
        Later column minus earlier, with p-values adjusted over the family; none without a pair to compare.
    conf_level : float
        A column stands out where the adjusted p-value is below one minus this.
    left_out : tuple of tuple
        Key values of the estimates that were not compared: too few respondents, or a share of 0 or 1.
    """

    on: str
    tests: tuple[HypothesisTest, ...]
    conf_level: float
    left_out: tuple[tuple[Any, ...], ...] = ()

    def below(self, column: Any, **keys: Any) -> list[Any]:
        """The columns that `column` is clearly above, in the row that `keys` name.

        Parameters
        ----------
        column : answer
            Of the item in the columns.
        keys : answer
            The row: ``answer=3``, or the name of the item in the rows.
        """
        found = []
        for test in self.tests:
            if any(test.keys.get(name) != value for name, value in keys.items()):
                continue
            earlier, later = test.keys[f"{self.on}_from"], test.keys[f"{self.on}_to"]
            if test.effect is None or not self._clear(test):
                continue
            higher, lower = (later, earlier) if test.effect.estimate > 0 else (earlier, later)
            if higher == column:
                found.append(lower)
        return found

    def _clear(self, test: HypothesisTest) -> bool:
        return test.p_adjusted is not None and test.p_adjusted < 1 - self.conf_level


def compare_columns(
    *estimates: Estimates,
    on: str,
    adjust: str = "holm",
    conf_level: float = 0.95,
    smallest_base: int = SMALLEST_BASE,
) -> ColumnComparison:
    """Compare the columns of a crosstab in pairs, answer by answer.

    Parameters
    ----------
    estimates : Estimates
        Shares by column and answer, as ``crosstab(...).shares("column")`` gives them; several, such as the
        answers and their net, make one family.
    on : str
        The key that tells the columns apart.
    adjust : str
        As in `change`; over all pairs of columns of all answers.
    conf_level : float
        The level is one minus this.
    smallest_base : int
        Columns with fewer respondents are not compared.

    Returns
    -------
    ColumnComparison
        Design-based t tests on the joint covariance, so that columns that share sampling units are not
        taken for independent. A share of 0 or 1 has no variance and is not compared.

    Raises
    ------
    EstimateError
        The estimates are not split by `on`, or are no shares.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> from egovstats import Design, crosstab
    >>> frame = pd.DataFrame({"sex": ["f"] * 100 + ["m"] * 100, "vote": ["yes"] * 120 + ["no"] * 80})
    >>> frame.loc[:9, "vote"] = "no"
    >>> found = compare_columns(crosstab(Design(frame), "vote", "sex").shares("column"), on="sex")
    >>> found.below("m", vote="no"), found.below("m", vote="yes")
    (['f'], [])
    """
    tests: list[HypothesisTest] = []
    left_out: list[tuple[Any, ...]] = []
    for each in estimates:
        _check(each, on)
        with np.errstate(invalid="ignore"):
            usable = (each.n >= smallest_base) & (each.estimate > 0) & (each.estimate < 1)
        left_out += each.keys[~usable].itertuples(index=False, name=None)
        others = [name for name in each.keys.columns if name != on]
        columns = each.keys.assign(_usable=usable).groupby(others, sort=False)["_usable"].transform("sum")
        rows = np.flatnonzero(usable & (columns.to_numpy() > 1))
        if len(rows):
            tests += change(each.select(rows), on=on, pairs="all", adjust="none", conf_level=conf_level)
    if tests:
        adjusted = p_adjust([test.p_value for test in tests], adjust)
        tests = [
            replace(test, p_adjusted=float(p), adjust=adjust) for test, p in zip(tests, adjusted, strict=True)
        ]
    return ColumnComparison(on, tuple(tests), conf_level, tuple(left_out))


def _check(estimates: Estimates, on: str) -> None:
    if on not in estimates.keys.columns:
        raise EstimateError(
            f"these estimates are not split by {on!r}, so they have no columns to compare. "
            f"{nearest(on, estimates.keys.columns)}"
        )
    if estimates.statistic != "proportion":
        raise EstimateError(
            f"columns of a {estimates.statistic} cannot be compared here. Pass the shares of a crosstab."
        )
