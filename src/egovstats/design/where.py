"""Conditions on a frame in memory, as the rows for which they hold."""

from __future__ import annotations

import ast

import numpy as np
import pandas as pd

from egovstats.design.columns import column
from egovstats.design.conditions import MISSING, Condition
from egovstats.errors import EstimateError

Where = str | pd.Series | np.ndarray | None
Judged = tuple[np.ndarray, np.ndarray]  # rows for which it holds, and for which it does not, bool, (n,) each

_FILLS = {"fillna", *MISSING}  # methods that know what to do without an answer


def mask_of(frame: pd.DataFrame, where: Where) -> np.ndarray | None:
    """Rows inside the domain, bool, shape (n,); None for all.

    A condition that a missing answer leaves open is not met, and nor is its negation.

    Raises
    ------
    EstimateError
        A condition that is not true or false, or a series with other row labels than the frame.
    """
    if where is None:
        return None
    if isinstance(where, str):
        condition = Condition(where)
        condition.columns(frame.columns)
        holds, _ = condition.judged(_Rows(condition, frame))
        return np.asarray(holds)
    if isinstance(where, pd.Series):
        where = _aligned(where, frame.index)
    return _truth(where, len(frame))[0]


class _Rows:
    """Judges the leaves of a condition row by row."""

    def __init__(self, condition: Condition, frame: pd.DataFrame) -> None:
        self.condition, self.frame = condition, frame

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Judged:
        """See `egovstats.design.conditions.Source`."""
        holds, fails = self._worked_out(ast.Compare(left, [op], [right]))
        for side in (left, right):
            if not isinstance(side, (ast.Constant, ast.List, ast.Tuple)):
                known = self._answered(side)
                holds, fails = holds & known, fails & known
        return holds, fails

    def missing(self, node: ast.expr, holds: bool) -> Judged:
        """See `egovstats.design.conditions.Source`."""
        there = self._answered(node)
        return (~there, there) if holds else (there, ~there)

    def flag(self, node: ast.expr) -> Judged:
        """See `egovstats.design.conditions.Source`."""
        holds, fails = self._worked_out(node)
        calls = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        if calls and calls.isdisjoint(_FILLS):
            # A method of text may say False where there is no text.
            for name in {each.id: each for each in ast.walk(node) if isinstance(each, ast.Name)}.values():
                if self.condition.column(name) in self.frame.columns:
                    known = self._answered(name)
                    holds, fails = holds & known, fails & known
        return holds, fails

    def _answered(self, node: ast.expr) -> np.ndarray:
        found = self._value(node)
        if not isinstance(found, pd.Series):
            return np.ones(len(self.frame), bool)
        return found.notna().to_numpy()

    def _worked_out(self, node: ast.expr) -> Judged:
        found = self._value(node)
        if isinstance(found, (bool, np.bool_)):
            found = np.full(len(self.frame), bool(found))
        return _truth(found, len(self.frame))

    def _value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Name):
            return column(self.frame, self.condition.column(node), "condition")
        names = {each.id: each for each in ast.walk(node) if isinstance(each, ast.Name)}
        held = {
            name: column(self.frame, self.condition.column(each), "condition")
            for name, each in names.items()
            if self.condition.column(each) in self.frame.columns
        }
        try:
            return pd.eval(ast.unparse(node), engine="python", resolvers=[held])
        except Exception as error:  # pandas raises many kinds for a condition it cannot read
            raise EstimateError(
                f"the condition {self.condition.where!r} cannot be worked out: {type(error).__name__}. Write "
                'it over column names, such as "urban == 1 and age >= 18".'
            ) from error


def _aligned(where: pd.Series, index: pd.Index) -> pd.Series:
    """A series in the order of the frame's rows."""
    if where.index.equals(index) or len(where) != len(index):
        return where
    if where.index.is_unique and index.is_unique and not len(index.difference(where.index)):
        return where.reindex(index)
    raise EstimateError(
        "where is a series whose row labels are not those of the design's frame, so which respondent each of "
        "its values belongs to is unknown. Make it from design.frame, or pass .to_numpy() if the order is "
        "the same."
    )


def _truth(found: object, n: int) -> Judged:
    """Rows for which it is true, and for which it is false, shape (n,); neither where missing."""
    series = found if isinstance(found, pd.Series) else pd.Series(np.asarray(found).ravel())
    known = series.notna().to_numpy()
    given = series.to_numpy(dtype=object)[known] if series.dtype == object else None
    flags = series.dtype.name in ("bool", "boolean", "bool[pyarrow]") or (
        given is not None and all(isinstance(each, (bool, np.bool_)) for each in given)
    )
    shape = getattr(found, "shape", None)
    if shape != (n,) or not flags:
        kind = getattr(found, "dtype", type(found).__name__)
        raise EstimateError(
            f"where must be true or false for each of the {n} respondents, got {kind} of shape {shape}. Pass "
            'a condition such as "urban == 1", or a column of true and false.'
        )
    if known.all():
        holds = series.to_numpy(dtype=bool)
        return holds, ~holds
    holds = np.zeros(n, bool)
    holds[known] = series.to_numpy(dtype=object)[known].astype(bool)
    return holds, known & ~holds
