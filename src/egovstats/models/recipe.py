"""Recipes: what was learnt from the frame of a fit, so that the same columns can be made from another one."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError, nearest
from egovstats.models.columns import Coded, Columns, Constant, Number, Product, Source
from egovstats.models.factors import Parsed, codings, evaluate, is_words, values_of
from egovstats.variance import dense_codes

if TYPE_CHECKING:
    from egovstats.models.formula import Formula

Given = Mapping[str, pd.Series]  # columns by name, n rows each


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A column of one factor: which levels have which number (K,), and the end of its name."""

    table: np.ndarray
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """Columns from plain columns, factors and arithmetic.

    Parameters
    ----------
    formula : Formula
    names : tuple of str, p of them
    terms : dict of str to tuple of int
    parts : dict of str to Parsed
        Factors of the formula, by text.
    levels : dict of str to list
        Levels of each factor that has them.
    plan : tuple
        For each of the p columns its (factor text, place among the factor's coded columns) pairs;
        empty for the intercept.
    coded : dict
        Coded columns by factor text and whether it has one level less.
    """

    formula: Formula
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    parts: dict[str, Parsed]
    levels: dict[str, list[Any]]
    plan: tuple[tuple[tuple[str, bool, int], ...], ...]
    coded: dict[tuple[str, bool], list[Level]]

    def columns(self, given: Given, used: np.ndarray) -> Columns:
        """The p columns on other data, for the respondents marked in `used`, shape (n,)."""
        made = {text: self._values(part, given, used) for text, part in self.parts.items()}
        sources: list[Source] = []
        for product in self.plan:
            pieces: list[Source] = [
                Coded(made[text], self.coded[text, reduced][at].table)
                if text in self.levels
                else Number(made[text])
                for text, reduced, at in product
            ]
            sources.append(
                Constant() if not pieces else pieces[0] if len(pieces) == 1 else Product(tuple(pieces))
            )
        return Columns(tuple(sources))

    def _values(self, part: Parsed, given: Given, used: np.ndarray) -> np.ndarray:
        """Codes of a factor with levels, or numbers, shape (n,)."""
        if part.text in self.levels:
            return _codes(given[self.formula.name_of(part.columns[0])], self.levels[part.text], used)
        return numbers_of(part, self.formula, given, used)


def numbers_of(part: Parsed, formula: Formula, given: Given, used: np.ndarray) -> np.ndarray:
    """Numbers of a plain column (in its own type) or of arithmetic, shape (n,).

    Raises
    ------
    EstimateError
        Words where numbers are needed, or numbers that a function does not take.
    """
    series = {word: given[formula.name_of(word)] for word in part.columns}
    for word, each in series.items():
        if is_words(each) and word not in part.compared:
            raise EstimateError(
                f"{formula.shown(part.text)} needs numbers, but column {each.name!r} holds words. "
                "Use it as a factor: C(name), or its plain name."
            )
    if part.kind == "column":
        own = series[part.text]
        plain = isinstance(own.dtype, np.dtype) and own.dtype.kind in "iufb"
        return own.to_numpy() if plain else own.to_numpy(dtype=float, na_value=np.nan)
    found = evaluate(part.text, values_of(part, series))
    found = np.full(len(used), float(found)) if found.ndim == 0 else found
    wrong = int((~np.isfinite(found[used])).sum()) if not np.isfinite(found).all() else 0
    if wrong:
        raise EstimateError(
            f"{formula.shown(part.text)} is not a number for {wrong} respondents. Leave them out with "
            "where=, or choose another function."
        )
    return found


def _codes(series: pd.Series, levels: list[Any], used: np.ndarray) -> np.ndarray:
    """Codes among known levels, int32, shape (n,)."""
    codes, found = dense_codes(series)
    place = {level: at for at, level in enumerate(levels)}
    table = np.array([place.get(level, -1) for level in found.tolist()] + [-1], np.int32)
    made = table[codes]
    strange = np.unique(codes[used & (made < 0)])
    if len(strange):
        shown = [found[at] for at in strange[:5] if at >= 0]
        raise EstimateError(
            f"column {series.name!r} holds {shown or 'missing values'}, which the fit did not have. "
            f"{nearest(str(shown[0]) if shown else '', levels)}"
        )
    return made


def native_recipe(formula: Formula, given: Given, used: np.ndarray) -> Recipe:
    """Learn levels and codings of a formula of plain columns, factors and arithmetic."""
    parts = {part.text: part for term in formula.terms for part in term}
    levels = {
        text: _levels(given[formula.name_of(part.columns[0])], used)
        for text, part in parts.items()
        if part.kind == "factor" or (part.kind == "column" and is_words(given[formula.name_of(text)]))
    }
    spans = codings([[(part.text, part.text in levels) for part in term] for term in formula.terms])
    coded: dict[tuple[str, bool], list[Level]] = {}
    names: list[str] = []
    plan: list[tuple[tuple[str, bool, int], ...]] = []
    terms: dict[str, tuple[int, ...]] = {}
    for term, products in zip(formula.terms, spans, strict=True):
        start = len(plan)
        for product in products:
            choices = []
            for text, reduced in product:
                key = (str(text), reduced)
                if text in levels and key not in coded:
                    coded[key] = _treatment(parts[key[0]], levels[key[0]], reduced)
                choices.append(
                    [(key[0], reduced, at) for at in range(len(coded[key]) if key in coded else 1)]
                )
            for each in itertools.product(*reversed(choices)):  # the first factor's levels run fastest
                plan.append(tuple(reversed(each)))
                names.append(_name(formula, plan[-1], coded))
        label = ":".join(formula.shown(part.text) for part in term) or "1"
        terms[label] = tuple(range(start, len(plan)))
    return Recipe(formula, tuple(names), terms, parts, levels, tuple(plan), coded)


def _name(
    formula: Formula, product: tuple[tuple[str, bool, int], ...], coded: dict[tuple[str, bool], list[Level]]
) -> str:
    ends = [
        formula.shown(text) + (coded[text, reduced][at].name if (text, reduced) in coded else "")
        for text, reduced, at in product
    ]
    return ":".join(ends) or "Intercept"


def _levels(series: pd.Series, used: np.ndarray) -> list[Any]:
    """Levels that somebody used has; whole numbers stored as floats become integers again."""
    codes, found = dense_codes(series)
    held = np.bincount(codes[used], minlength=len(found)) > 0
    plain = [getattr(level, "item", lambda level=level: level)() for level in found[held]]
    return [int(level) if isinstance(level, float) and level.is_integer() else level for level in plain]


def _treatment(part: Parsed, levels: list[Any], reduced: bool) -> list[Level]:
    """One column a level, without the reference where it has one level less."""
    reference = levels[0] if part.reference is None else part.reference
    if reference not in levels:
        raise EstimateError(
            f"{part.text} has no level {reference!r} to refer to. {nearest(str(reference), levels)}"
        )
    eye = np.eye(len(levels))
    return [
        Level(eye[at], f"[T.{level}]" if reduced else f"[{level}]")
        for at, level in enumerate(levels)
        if not (reduced and level == reference)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class FormulaicRecipe:
    """Columns that formulaic works out: splines, polynomials, other contrasts."""

    formula: Formula
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    spec: Any

    @classmethod
    def learn(cls, formula: Formula, given: Given, used: np.ndarray) -> tuple[FormulaicRecipe, np.ndarray]:
        """The recipe, and its matrix for the used respondents, shape (m, p)."""
        from formulaic import Formula as Parser
        from formulaic.errors import FormulaicError

        try:
            made = Parser(formula.plain).get_model_matrix(
                _under_plain_words(formula, given, used), context={}, na_action="raise"
            )
        except (FormulaicError, ValueError, TypeError, ArithmeticError, LookupError) as error:
            raise EstimateError(
                f"the formula {formula.text!r} cannot be worked out on these columns. Check that functions "
                "are applied to numbers and that factors are written C(name)."
            ) from error
        spec = made.model_spec
        terms = {
            formula.shown(str(term)): tuple(int(at) for at in where)
            for term, where in spec.term_indices.items()
        }
        names = tuple(formula.shown(str(name)) for name in made.columns)
        return cls(formula, names, terms, spec), made.to_numpy(dtype=float)

    def columns(self, given: Given, used: np.ndarray) -> Columns:
        """The p columns on other data, for the respondents marked in `used`, shape (n,)."""
        from formulaic.errors import FormulaicError

        try:
            made = self.spec.get_model_matrix(_under_plain_words(self.formula, given, used), context={})
        except (FormulaicError, ValueError, TypeError) as error:
            raise EstimateError(
                f"the formula {self.formula.text!r} cannot be worked out on the new data "
                f"({type(error).__name__}). Give its columns values that the fit had."
            ) from error
        return placed(made.to_numpy(dtype=float), used)


def placed(X: np.ndarray, used: np.ndarray) -> Columns:
    """Columns from a matrix of the used respondents, shape (m, p)."""
    full = np.zeros((X.shape[1], len(used)))
    full[:, used] = X.T
    return Columns.of(full.T)


def _under_plain_words(formula: Formula, given: Given, used: np.ndarray) -> pd.DataFrame:
    """The named columns of the used respondents under plain words, empty categories dropped."""
    words = dict.fromkeys(word for term in formula.terms for part in term for word in part.columns)
    made = {}
    for word in words:
        series = given[formula.name_of(word)][used].reset_index(drop=True)
        if isinstance(series.dtype, pd.CategoricalDtype):
            series = series.cat.remove_unused_categories()
        made[word] = series
    return pd.DataFrame(made, index=pd.RangeIndex(int(used.sum())))
