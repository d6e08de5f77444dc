"""Conditions as expressions, for sources whose rows stay where they are."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from egovstats.design.conditions import Condition
from egovstats.errors import EstimateError

_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}


class Expressions:
    """Judges the leaves of a condition as expressions of narwhals.

    Parameters
    ----------
    condition : Condition
    column : callable
        Column name to an expression, missing values null.
    flags, unordered : sets of str
        Columns of true and false, and of categories, of which none is above another here.
    """

    def __init__(
        self, condition: Condition, column: Callable[[str], Any], flags: set[str], unordered: set[str]
    ) -> None:
        self.condition, self.column = condition, column
        self.flags, self.unordered = flags, unordered

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> tuple[Any, Any]:
        """See `Source`."""
        node = ast.Compare(left, [op], [right])
        listed = isinstance(right, (ast.List, ast.Tuple))
        if listed or isinstance(op, (ast.In, ast.NotIn)):
            # An equality with a list asks for one of its members, as pandas has it.
            if not listed or type(op) not in (ast.In, ast.NotIn, ast.Eq, ast.NotEq):
                raise self._beyond(node)
            found = self._value(left).is_in(self._value(right)).fill_null(False)
            found = ~found if isinstance(op, (ast.NotIn, ast.NotEq)) else found
        elif type(op) in _COMPARE:
            self._orderable(node, op, left, right)
            found = _COMPARE[type(op)](self._value(left), self._value(right)).fill_null(False)
        else:
            raise self._beyond(node)
        known = self._answered(left) & self._answered(right)
        return found & known, ~found & known

    def missing(self, node: ast.expr, holds: bool) -> tuple[Any, Any]:
        """See `Source`."""
        there = self._answered(node)
        return (~there, there) if holds else (there, ~there)

    def flag(self, node: ast.expr) -> tuple[Any, Any]:
        """See `Source`."""
        if not isinstance(node, ast.Name) or self.condition.column(node) not in self.flags:
            raise self._beyond(node)
        found, known = self._value(node).fill_null(False), self._answered(node)
        return found & known, ~found & known

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return self.column(self.condition.column(node))
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._value(each) for each in node.elts]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self._value(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return _ARITHMETIC[type(node.op)](self._value(node.left), self._value(node.right))
        raise self._beyond(node)

    def _answered(self, node: ast.expr) -> Any:
        """Whether every column in it has an answer."""
        import narwhals as nw

        names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
        known: Any = nw.lit(True)
        for name in names:
            known = known & ~self.column(self.condition.column(name)).is_null()
        return known

    def _orderable(self, node: ast.Compare, op: ast.cmpop, *sides: ast.expr) -> None:
        if isinstance(op, (ast.Eq, ast.NotEq)):
            return
        for side in sides:
            if isinstance(side, ast.Name) and self.condition.column(side) in self.unordered:
                raise EstimateError(
                    f"the condition {ast.unparse(node)!r} asks which category is above another, and a lazy "
                    f"source does not keep their order. Name those meant, with in [...]."
                )

    def _beyond(self, node: ast.expr) -> EstimateError:
        return EstimateError(
            f"the condition {self.condition.where!r} holds {ast.unparse(node)!r}, which a lazy source cannot "
            "work out. Use comparisons of columns joined by and, or, not; x.isna() asks who gave no answer."
        )
