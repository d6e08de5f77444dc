"""Conditions in words over columns, for sources that pandas cannot evaluate them on.

The syntax is that of conditions in memory: comparisons, ``and``, ``or``, ``not``, ``in`` a list, arithmetic.
A comparison with a missing value is false, its ``!=`` true, as in memory.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from egovstats.errors import EstimateError, nearest

_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
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
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}


def parsed(where: str) -> tuple[ast.expr, dict[str, str]]:
    """The condition as a tree, and the columns that its stand-in names mean.

    Raises
    ------
    EstimateError
        It is no condition.
    """
    names: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        name = f"column_{len(names)}_in_backticks"
        names[name] = match.group(1)
        return name

    try:
        return ast.parse(re.sub(r"`([^`]+)`", stand_in, where), mode="eval").body, names
    except SyntaxError as error:
        raise EstimateError(
            f"the condition {where!r} cannot be worked out: {error.msg}. Write it over column names, such as "
            '"urban == 1 and age >= 18".'
        ) from error


def names_in(where: str, columns: Iterable[str]) -> tuple[str, ...]:
    """Columns that a condition names.

    Raises
    ------
    EstimateError
        One of them is not there.
    """
    tree, names = parsed(where)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [
        names.get(node.id, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and id(node) not in called
    ]
    known = set(columns)
    for name in found:
        if name not in known:
            raise EstimateError(
                f"the condition {where!r} names {name!r}, which is no column. {nearest(name, known)}"
            )
    return tuple(dict.fromkeys(found))


def condition(where: str, column: Callable[[str], Any]) -> Any:
    """A condition as an expression.

    Parameters
    ----------
    where : str
    column : callable
        Column name to an expression, missing values null.
    """
    tree, names = parsed(where)

    def value(node: ast.expr) -> Any:
        if isinstance(node, ast.Name):
            return column(names.get(node.id, node.id))
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, (ast.List, ast.Tuple)):
            return [value(each) for each in node.elts]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            return _ARITHMETIC[type(node.op)](value(node.left), value(node.right))
        return truth(node)

    def truth(node: ast.expr) -> Any:
        if isinstance(node, ast.BoolOp):
            join = operator.and_ if isinstance(node.op, ast.And) else operator.or_
            found = truth(node.values[0])
            for each in node.values[1:]:
                found = join(found, truth(each))
            return found
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
            return _ARITHMETIC[type(node.op)](truth(node.left), truth(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            return ~truth(node.operand)
        if isinstance(node, ast.Name):
            return value(node).fill_null(False)
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            found = None
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
                each = compare(left, op, right)
                found = each if found is None else found & each
            return found
        raise EstimateError(
            f"the condition {where!r} holds {ast.unparse(node)!r}, which a lazy source cannot work out. Use "
            "comparisons of columns joined by and, or, not."
        )

    def compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> Any:
        if isinstance(op, (ast.In, ast.NotIn)):
            # SQL would call a missing answer neither in a list nor out of it.
            found = value(left).is_in(value(right)).fill_null(False)
            return ~found if isinstance(op, ast.NotIn) else found
        if isinstance(op, ast.NotEq):
            return ~(value(left) == value(right)).fill_null(False)
        return _COMPARE[type(op)](value(left), value(right)).fill_null(False)

    return truth(tree)
