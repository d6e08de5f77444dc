"""Formulas to model matrices: which columns they name, who has them all, and the columns that follow."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.design.columns import column
from egovstats.design.formula_names import plain_names
from egovstats.errors import EstimateError, nearest
from egovstats.models.columns import Columns
from egovstats.models.factors import Parsed, evaluate, is_words, read_factor, values_of
from egovstats.models.recipe import FormulaicRecipe, Recipe, native_recipe, placed


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read.

    Parameters
    ----------
    text : str
        As it was given.
    outcome : Parsed or None
        The left side; None where there is none.
    terms : tuple of tuple of Parsed
        Factors of each term of the right side; the intercept has none.
    plain : str
        The right side with plain words where names in backticks stood.
    original : tuple of (str, str)
        Which word stands for which name.
    """

    text: str
    outcome: Parsed | None
    terms: tuple[tuple[Parsed, ...], ...]
    plain: str
    original: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the frame that the formula names, outcome first."""
        parts = [part for term in self.terms for part in term]
        named = [name for part in ([self.outcome] if self.outcome else []) + parts for name in part.columns]
        return tuple(dict.fromkeys(self.name_of(name) for name in named))

    def name_of(self, word: str) -> str:
        """The name of a column in the frame."""
        return dict(self.original).get(word, word)

    def shown(self, text: str) -> str:
        """Text of the formula with the frame's own names."""
        for word, name in self.original:
            text = text.replace(word, name)
        return text


def read_formula(text: str, *, outcome: bool = True) -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
    outcome : bool
        Whether it must have a left side; otherwise it must have none.

    Raises
    ------
    EstimateError
        It cannot be read, or its left side is missing or out of place.
    """
    if not isinstance(text, str):
        raise EstimateError(f"a formula is text such as 'outcome ~ term + term', got {type(text).__name__}.")
    return _read(text, outcome)


@functools.lru_cache(maxsize=256)
def _read(text: str, outcome: bool) -> Formula:
    from formulaic import Formula as Parser
    from formulaic.errors import FormulaicError

    if outcome and not re.search(r"\S\s*~", text):
        raise EstimateError(f"the formula {text!r} has no outcome. Write it as 'outcome ~ term + term'.")
    if not outcome and re.search(r"\S\s*~", text):
        raise EstimateError(f"the formula {text!r} has an outcome, which this model takes by name.")
    plain, original = plain_names(text)
    plain = plain if outcome else plain.strip().removeprefix("~")
    try:
        parsed = Parser(plain)
        left = list(parsed.lhs) if outcome else []
        right = list(parsed.rhs if outcome else parsed)
        if not all(hasattr(term, "factors") for term in (*left, *right)):
            raise SyntaxError("a formula of several parts")
    except (FormulaicError, SyntaxError) as error:
        raise EstimateError(
            f"the formula {text!r} cannot be read. Write it as 'outcome ~ term + term': comparisons and "
            "arithmetic stand in I(), names with dots or spaces in backticks."
        ) from error
    if outcome and (len(left) != 1 or len(left[0].factors) != 1):
        raise EstimateError(
            f"the outcome of {text!r} is not one column. Name a column, or write arithmetic in I()."
        )
    return Formula(
        text=text,
        outcome=_factor(left[0].factors[0]) if outcome else None,
        terms=tuple(
            tuple(_factor(each) for each in term.factors if each.expr != "1")
            for term in right
            if [each.expr for each in term.factors] != ["0"]
        ),
        plain=plain.split("~", 1)[-1],
        original=tuple(original.items()),
    )


def _factor(factor: object) -> Parsed:
    text = str(factor.expr)  # type: ignore[attr-defined]
    return read_factor(text, factor.eval_method.value == "lookup")  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, eq=False)
class ModelMatrix:
    """A formula worked out on a frame.

    Parameters
    ----------
    columns : Columns
        p columns; meaningless for respondents who are not in `used`.
    used : np.ndarray of bool, shape (n,)
        Inside the domain, with nothing missing.
    names : tuple of str, p of them
    terms : dict of str to tuple of int
        Columns of each term; the intercept's term is ``"1"``.
    recipe : Recipe
        Makes the same columns from another frame.
    """

    columns: Columns
    used: np.ndarray
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    recipe: Recipe | FormulaicRecipe


def named_columns(frame: pd.DataFrame, names: Sequence[str]) -> dict[str, pd.Series]:
    """The columns that a formula names.

    Raises
    ------
    EstimateError
        A name that is no column.
    """
    for name in names:
        if name not in frame.columns:
            raise EstimateError(
                f"the formula names {name!r}, which is no column. {nearest(name, frame.columns)}"
            )
    return {name: column(frame, name, "formula") for name in names}


def complete(given: dict[str, pd.Series], n: int, inside: np.ndarray | None) -> np.ndarray:
    """Who is inside the domain and has an answer in every named column, bool, shape (n,).

    Raises
    ------
    EstimateError
        An infinite number, an empty domain, nobody left.
    """
    used = np.ones(n, bool) if inside is None else inside.copy()
    if not used.any():
        raise EstimateError("nobody is in this domain. Check where=.")
    for name, series in given.items():
        values = series.to_numpy() if isinstance(series.dtype, np.dtype) else None
        if values is None or values.dtype.kind not in "iubf":
            used &= series.notna().to_numpy()
        elif values.dtype.kind == "f" and not np.isfinite(values).all():
            used &= ~np.isnan(values)
            infinite = int((np.isinf(values) & used).sum())
            if infinite:
                raise EstimateError(
                    f"column {name!r} holds {infinite} infinite values. Set them to missing or correct them."
                )
    if not used.any():
        raise EstimateError(f"no respondent has answers to all of {list(given)}. Leave one out.")
    return used


def model_matrix(given: dict[str, pd.Series], formula: Formula, used: np.ndarray) -> ModelMatrix:
    """Work out the right side of a formula.

    Parameters
    ----------
    given : dict of str to pd.Series, n rows each
    formula : Formula
    used : np.ndarray of bool, shape (n,)
        Respondents with nothing missing: levels that none of them has are dropped.

    Raises
    ------
    EstimateError
        A function that cannot be applied to these columns.
    """
    if all(part.kind != "other" for term in formula.terms for part in term):
        recipe: Recipe | FormulaicRecipe = native_recipe(formula, given, used)
        columns = recipe.columns(given, used)
    else:
        recipe, X = FormulaicRecipe.learn(formula, given, used)
        columns = placed(X, used)
    if not len(columns):
        raise EstimateError(
            f"the formula {formula.text!r} has no term on its right side. Write '~ 1' for a mean."
        )
    return ModelMatrix(columns, used, recipe.names, recipe.terms, recipe)


def outcome_numbers(given: dict[str, pd.Series], formula: Formula, used: np.ndarray) -> np.ndarray:
    """The outcome as numbers, shape (n,); 0 for respondents who are not used.

    Raises
    ------
    EstimateError
        It holds words, or is not a number for some respondents.
    """
    part = formula.outcome
    assert part is not None
    series = {name: given[formula.name_of(name)] for name in part.columns}
    if part.kind in ("factor", "other") or any(
        is_words(each) and name not in part.compared for name, each in series.items()
    ):
        raise EstimateError(
            f"the outcome of {formula.text!r} is not one column of numbers, which this family needs. Take "
            "family='binomial' for one of two answers, ordinal() or multinomial() for more."
        )
    values = values_of(part, series)
    y = values[part.text] if part.kind == "column" else evaluate(part.text, values)
    if used.all() and np.isfinite(y).all():
        return y
    wrong = int((~np.isfinite(y[used])).sum())
    if wrong:
        raise EstimateError(
            f"{formula.shown(part.text)} is not a number for {wrong} respondents. Leave them out with "
            "where=, or choose another function."
        )
    return np.where(used, y, 0.0)
