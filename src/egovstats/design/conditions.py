"""Conditions in words over columns: read once, and judged alike in memory and in a source never read.

A comparison with a missing answer can't be judged. It is neither true nor false, and nor is its negation,
so that ``a != 3``, ``not a == 3`` and ``a not in [3]`` hold for nobody without an answer to a. Only what is
known to hold counts: ``a == 1 or b == 1`` holds where a is 1, whatever b.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable
from typing import Any, Protocol

from egovstats.errors import EstimateError, nearest

MISSING = {"isna": True, "isnull": True, "notna": False, "notnull": False}
"""Methods that ask whether an answer is there: to whether they hold where it is not."""


class Source(Protocol):
    """What judges the leaves of a condition: the rows for which each holds, and for which it does not."""

    def comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> tuple[Any, Any]:
        """Two sides compared."""

    def missing(self, node: ast.expr, holds: bool) -> tuple[Any, Any]:
        """Whether there is no answer; `holds` is False for whether there is one."""

    def flag(self, node: ast.expr) -> tuple[Any, Any]:
        """Anything else that is true or false."""


class Condition:
    """A condition as a tree.

    Parameters
    ----------
    where : str

    Raises
    ------
    EstimateError
        It is no condition.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.in_backticks: dict[str, str] = {}

        def stand_in(match: re.Match[str]) -> str:
            name = f"column_{len(self.in_backticks)}_in_backticks"
            self.in_backticks[name] = match.group(1)
            return name

        try:
            plain = _with_words(re.sub(r"`([^`]+)`", stand_in, where.strip()))
            self.tree = ast.parse(plain, mode="eval").body
        except (SyntaxError, tokenize.TokenError) as error:
            reason = getattr(error, "msg", None) or error.args[0]
            raise EstimateError(
                f"the condition {where!r} cannot be worked out: {reason}. Write it over column names, such "
                'as "urban == 1 and age >= 18".'
            ) from error

    def column(self, node: ast.Name) -> str:
        """The column that a name means."""
        return self.in_backticks.get(node.id, node.id)

    def columns(self, known: Iterable[Any]) -> tuple[str, ...]:
        """Columns that the condition names, each once.

        Raises
        ------
        EstimateError
            One of them is not there.
        """
        called = {id(node.func) for node in ast.walk(self.tree) if isinstance(node, ast.Call)}
        found = [
            self.column(node)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Name) and id(node) not in called
        ]
        held = set(known)
        for name in found:
            if name not in held:
                raise EstimateError(
                    f"the condition {self.where!r} names {name!r}, which is no column. "
                    f"{nearest(name, map(str, held))}"
                )
        return tuple(dict.fromkeys(found))

    def judged(self, source: Source) -> tuple[Any, Any]:
        """Rows for which it is known to hold, and for which it is known not to."""
        return self._judged(self.tree, source)

    def _judged(self, node: ast.expr, source: Source) -> tuple[Any, Any]:
        if isinstance(node, ast.BoolOp):
            return _joined([self._judged(each, source) for each in node.values], isinstance(node.op, ast.And))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            holds, fails = self._judged(node.operand, source)
            return fails, holds
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            pairs = [
                source.comparison(left, op, right)
                for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
            ]
            return _joined(pairs, every=True)
        asked = node.func if isinstance(node, ast.Call) and not node.args else None
        if isinstance(asked, ast.Attribute) and asked.attr in MISSING:
            return source.missing(asked.value, MISSING[asked.attr])
        return source.flag(node)


def _joined(pairs: list[tuple[Any, Any]], every: bool) -> tuple[Any, Any]:
    """Judgements joined by and (`every`) or by or."""
    holds, fails = pairs[0]
    for also, neither in pairs[1:]:
        holds, fails = (holds & also, fails | neither) if every else (holds | also, fails & neither)
    return holds, fails


def _with_words(text: str) -> str:
    """``&`` and ``|`` as the words that they stand for, which bind less tightly than a comparison."""
    words = {"&": "and", "|": "or"}
    found = tokenize.generate_tokens(io.StringIO(text).readline)
    swapped = ((tokenize.NAME, words[said]) if said in words else (kind, said) for kind, said, *_ in found)
    return tokenize.untokenize(swapped).strip()
