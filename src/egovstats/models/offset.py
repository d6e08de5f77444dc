"""Offsets: a column, or arithmetic of columns, added to the linear predictor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.errors import EstimateError
from egovstats.models.formula import Formula, read_formula
from egovstats.models.recipe import Given, numbers_of


@dataclass(frozen=True, slots=True)
class Offset:
    """An offset that has been read."""

    formula: Formula

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that it names."""
        return self.formula.names

    def values(self, given: Given, used: np.ndarray) -> np.ndarray:
        """Its values, shape (n,); meaningless for respondents who are not used."""
        part = self.formula.terms[0][0]
        return numbers_of(part, self.formula, given, used).astype(float)


def offset_of(text: str) -> Offset:
    """Read an offset.

    Raises
    ------
    EstimateError
        It is more than one column or one expression.
    """
    formula = read_formula(f"0 + I({text})", outcome=False)
    if (
        len(formula.terms) != 1
        or len(formula.terms[0]) != 1
        or formula.terms[0][0].kind in ("factor", "other")
    ):
        raise EstimateError(
            f"the offset {text!r} is not one column or one expression. Pass a column, or arithmetic such as "
            "'log(population)'."
        )
    return Offset(formula)
