"""What a formula's factors are on a frame: numbers, or codes with levels; and which coding keeps full rank.

Formulas are parsed by formulaic. Factors that are plain columns, `C(column)` or arithmetic of columns are
worked out here, column by column and without copies; any other (splines, other contrasts) by formulaic.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError, nearest

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "I": lambda value: value,
}
_TRANSFORMS = (
    *("C", "Treatment", "Sum", "Helmert", "Diff", "Poly"),
    *(f"contr.{name}" for name in ("treatment", "sum", "helmert", "diff", "poly", "SAS", "custom")),
    *("bs", "cr", "cs", "cc", "poly", "center", "scale", "standardize", "exp2", "exp10"),
)
# What other languages say, and what is said here.
_INSTEAD = {
    "factor": "Write C(name).",
    "offset": "Pass offset='name' beside the formula.",
    "relevel": "Write C(name, Treatment('level')).",
    "ordered": "Write C(name, contr.poly).",
    "ns": "Write cr(name, df=...) for a natural spline.",
    "rcs": "Write cr(name, df=...) for a natural spline.",
    "lag": "Respondents have no order, so nobody comes before another.",
}
_ARITHMETIC = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.Load,
    ast.Constant,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.USub,
    ast.UAdd,
    ast.Compare,
    ast.Gt,
    ast.GtE,
    ast.Lt,
    ast.LtE,
    ast.Eq,
    ast.NotEq,
    ast.BitAnd,
    ast.BitOr,
    ast.Invert,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """One factor of a formula, read but not yet worked out.

    Parameters
    ----------
    text : str
        As formulaic writes it.
    columns : tuple of str
        Columns that it names.
    kind : str
        ``"column"``, ``"factor"`` (`C(column)`), ``"arithmetic"`` or ``"other"``.
    reference : object
        Reference level of `C(column, Treatment(level))`; None where left out.
    compared : tuple of str
        Columns of arithmetic that are only compared with a value, so that they may hold words.
    """

    text: str
    columns: tuple[str, ...]
    kind: str
    reference: Any = None
    compared: tuple[str, ...] = ()


def read_factor(text: str, lookup: bool) -> Parsed:
    """Say what a factor is, from its text alone; `lookup` marks a plain column name."""
    if lookup:
        return Parsed(text, (text,), "column")
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise EstimateError(
            f"the term {text!r} cannot be read. Write it over column names; names with dots or spaces stand "
            "in backticks."
        ) from error
    made = _read_categorical(tree.body)
    if made is not None:
        return Parsed(text, (made[0],), "factor", made[1])
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    words = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    modules = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = tuple(dict.fromkeys(node.id for node in words if id(node) not in modules))
    compared = _compared(tree)
    if _is_arithmetic(tree, compared):
        plain = {node.id for node in words if id(node) not in compared}
        only = tuple(name for name in names if name not in plain)
        return Parsed(text, names, "arithmetic", compared=only)
    return Parsed(text, _names_of_transforms(tree, text, names), "other")


def _names_of_transforms(tree: ast.Expression, text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that are columns; refuses what formulaic does not bring itself, and what is no formula."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            plain = called.removeprefix("np.")
            if plain not in FUNCTIONS and plain not in _TRANSFORMS:
                known = dict.fromkeys([*FUNCTIONS, *_TRANSFORMS])
                raise EstimateError(
                    f"the term {text!r} uses {called!r}, which a formula cannot. "
                    f"{_INSTEAD.get(called) or nearest(called, known)}"
                )
        elif isinstance(node, (ast.Subscript, ast.Lambda, ast.comprehension, ast.Starred, ast.NamedExpr)):
            raise EstimateError(
                f"the term {text!r} is a program rather than a term of a formula. Make a column of it first."
            )
    return tuple(name for name in names if name not in ("contr", "np", *_TRANSFORMS))


def _read_categorical(node: ast.expr) -> tuple[str, Any] | None:
    """The column and reference level of `C(column)` or `C(column, Treatment(level))`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "C"):
        return None
    if node.keywords or not node.args or not isinstance(node.args[0], ast.Name) or len(node.args) > 2:
        return None
    if len(node.args) == 1:
        return node.args[0].id, None
    made = re.fullmatch(r"(?:contr\.treatment|Treatment)\((.+)\)", ast.unparse(node.args[1]))
    if made is None:
        return None
    try:
        return node.args[0].id, ast.literal_eval(made.group(1).removeprefix("reference="))
    except (ValueError, SyntaxError):
        return None


def _compared(tree: ast.Expression) -> set[int]:
    """The nodes of a name and a value that are compared with each other: `name == 'word'`."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
            sides = [node.left, *node.comparators]
            if len(sides) == 2 and {type(side) for side in sides} == {ast.Name, ast.Constant}:
                found |= {id(side) for side in sides}
    return found


def _is_arithmetic(tree: ast.Expression, compared: set[int]) -> bool:
    for node in ast.walk(tree):
        if not isinstance(node, _ARITHMETIC):
            return False
        if isinstance(node, ast.Call) and (_function(node) is None or len(node.args) != 1 or node.keywords):
            return False
        number = isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
        if isinstance(node, ast.Constant) and not number and id(node) not in compared:
            return False
    return all(
        isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
    )


def _function(node: ast.Call) -> Callable[[Any], Any] | None:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return FUNCTIONS.get(name)


def evaluate(text: str, columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Arithmetic of columns, float64, shape (n,); not finite where a column is missing or out of range.

    Raises
    ------
    EstimateError
        Columns that an operation does not take.
    """

    class _Numpy:
        def __getattr__(self, name: str) -> Any:
            return FUNCTIONS[name]

    places: dict[str, Any] = {"np": _Numpy(), "numpy": _Numpy(), **FUNCTIONS, **columns}
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            found = eval(compile(text, "<formula>", "eval"), {"__builtins__": {}}, places)
    except TypeError as error:
        raise EstimateError(
            f"{text} cannot be worked out: & and | join comparisons in parentheses, as in "
            "I((age > 30) & (sex == 'f')); other operations need numbers."
        ) from error
    return np.asarray(found, dtype=float)


def values_of(part: Parsed, series: Mapping[str, pd.Series]) -> dict[str, np.ndarray]:
    """The columns of arithmetic as numbers (NaN where missing), or as words where compared with a word."""
    return {
        name: np.asarray(each.to_numpy(dtype=object))
        if name in part.compared and is_words(each)
        else each.to_numpy(dtype=float, na_value=np.nan)
        for name, each in series.items()
    }


def is_words(series: pd.Series) -> bool:
    """Whether a column is a factor by its type: words or categories, not numbers or true/false."""
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return True
    return not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind))


Part = tuple[Hashable, bool]  # a factor, and whether it is coded with one level less


def codings(terms: Iterable[Sequence[tuple[Hashable, bool]]]) -> list[list[tuple[Part, ...]]]:
    """How the factors of each term are coded so that no column is a sum of others.

    Parameters
    ----------
    terms : iterable
        Each term's factors in order: (factor, whether it has levels).

    Returns
    -------
    list
        For each term the products of coded factors that it adds; a factor with levels is coded in full or
        with one level less.

    Notes
    -----
    A term spans all products of subsets of its factors; what earlier terms span already is left out, and
    the rest is put together again to as few products as possible. The rule, and the order of the products,
    are those of formulaic and patsy.
    """
    spanned: set[frozenset[Part]] = set()
    made = []
    for term in terms:
        choices = [((factor, True), None) if levels else ((factor, False),) for factor, levels in term]
        span = [
            tuple(part for part in product if part is not None) for product in itertools.product(*choices)
        ]
        fresh = [each for each in span if frozenset(each) not in spanned]
        made.append(_joined(fresh))
        spanned.update(frozenset(each) for each in fresh)
    return made


def _joined(products: Iterable[tuple[Part, ...]]) -> list[tuple[Part, ...]]:
    """Join A and A:b (b less one level) to A:b with b in full, until nothing can be joined."""
    kept: list[tuple[Part, ...]] = []
    for product in sorted(products, key=len):
        for existing in kept:
            added = set(product) - set(existing)
            if len(product) != len(existing) + 1 or len(added) != 1:
                continue
            new = next(iter(added))
            if new[1]:
                whole = tuple((part[0], False) if part == new else part for part in product)
                kept = _joined([*(each for each in kept if each != existing), whole])
                break
        else:
            kept.append(product)
    return kept
