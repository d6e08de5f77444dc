"""A model's columns with some values of the frame changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError
from egovstats.models.columns import Columns
from egovstats.models.fit import Fit
from egovstats.models.formula import named_columns
from egovstats.models.glm_fit import GlmFit
from egovstats.models.recipe import FormulaicRecipe, Given, Recipe
from egovstats.models.response import MeanResponse, Response
from egovstats.variance import dense_codes


def constant(value: Any, n: int) -> pd.Series:
    """A column that has one value for everyone."""
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        return pd.Series(np.full(n, value))
    return pd.Series(pd.Categorical.from_codes(np.zeros(n, np.int8), pd.Index([value])))


@dataclass(frozen=True, eq=False)
class Changer:
    """Makes a model's columns anew from changed data.

    Parameters
    ----------
    fit : Fit
    recipe : Recipe or FormulaicRecipe
    given : mapping of str to pd.Series
        The columns on the right side of the formula as they are.
    response : Response
    answers : list
        Outcomes of the response; ``[None]`` for a single mean.
    share : bool
        Whether the response is a share.
    place : np.ndarray of int
        The recipe's columns that the model has.
    """

    fit: Fit
    recipe: Recipe | FormulaicRecipe
    given: Given
    response: Response
    answers: list[Any]
    share: bool
    place: np.ndarray

    @property
    def n(self) -> int:
        """Rows of the frame."""
        return len(self.fit.design)

    @cached_property
    def used(self) -> np.ndarray:
        """Who is used in the fit, bool, shape (n,)."""
        return self.fit.used

    @property
    def variables(self) -> list[str]:
        """Columns of the frame on the right side of the formula."""
        return list(self.given)

    def columns(self, changes: Mapping[str, pd.Series]) -> Columns:
        """The model's columns with some columns of the frame replaced."""
        return self.recipe.columns({**self.given, **changes}, self.used).take(self.place)

    def has_levels(self, name: str) -> bool:
        """Whether a column enters as a factor, or is true or false."""
        roles = {
            part.kind == "factor" or part.text in getattr(self.recipe, "levels", {})
            for term in self.recipe.formula.terms
            for part in term
            if name in map(self.recipe.formula.name_of, part.columns)
        }
        if len(roles) > 1:
            raise EstimateError(
                f"column {name!r} is both a number and a factor in {self.fit.formula!r}, so its effect is "
                "neither a slope nor a difference. Use one of the two."
            )
        series = self.given[name]
        words = not (pd.api.types.is_numeric_dtype(series.dtype) or pd.api.types.is_bool_dtype(series.dtype))
        return roles == {True} or words or pd.api.types.is_bool_dtype(series.dtype)

    def values(self, name: str) -> list[Any]:
        """Values of a column among the respondents used, in order (the reference level first)."""
        codes, found = dense_codes(self.given[name])
        held = np.bincount(codes[self.used], minlength=len(found)) > 0
        plain = [getattr(each, "item", lambda each=each: each)() for each in found[held]]
        values = [int(v) if isinstance(v, float) and v.is_integer() else v for v in plain]
        for term in self.recipe.formula.terms:
            for part in term:
                if part.reference in values and self.recipe.formula.name_of(part.columns[0]) == name:
                    values.remove(part.reference)
                    values.insert(0, part.reference)
        return values

    def numbers(self, name: str) -> np.ndarray:
        """A column as numbers, shape (n,); 0 for respondents who are not used."""
        values = self.given[name].to_numpy(dtype=float, na_value=np.nan)
        return np.where(self.used, values, 0.0)

    def with_factor(self, group: str) -> Fit:
        """The model fitted again with a column added as a factor."""
        again = getattr(self.fit, "again", None)
        if again is None:
            raise EstimateError(
                f"the formula {self.fit.formula!r} does not name {group!r}. Add it to the model."
            )
        return again(f"{self.fit.formula} + C(`{group}`)")


def changer_of(fit: Fit) -> Changer:
    """The maker of changed columns of a model.

    Raises
    ------
    EstimateError
        A model that was fitted to a matrix, or that predicts no mean.
    """
    recipe = getattr(fit, "recipe", None)
    parts = getattr(fit, "predicts", None)
    if isinstance(fit, GlmFit):
        parts = (
            MeanResponse(fit.family.link, fit.problem.offset),
            [None],
            fit.family.name == "binomial",
            fit.kept,
        )
    if recipe is None or parts is None:
        raise EstimateError(
            "effects and margins need a model of glm(), ordinal() or multinomial() that was fitted by "
            f"formula, got {type(fit).__name__} of {fit.formula!r}."
        )
    words = [word for term in recipe.formula.terms for part in term for word in part.columns]
    names = [recipe.formula.name_of(word) for word in dict.fromkeys(words)]
    given = named_columns(fit.design.frame, names)
    response, answers, share, place = parts
    return Changer(fit, recipe, given, response, answers, share, place)
