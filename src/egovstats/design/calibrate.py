"""Weights brought to known totals of the columns of a model matrix."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from egovstats.design.calibrated import with_weights
from egovstats.design.columns import as_numbers, column, holds_numbers
from egovstats.design.design import Design, check_design
from egovstats.design.formula_names import plain_names
from egovstats.design.solve import distance, solve_calibration
from egovstats.errors import DesignError
from egovstats.variance.auxiliaries import FullRows


def calibrate(
    design: Design,
    formula: str,
    totals: Mapping[str, float] | pd.DataFrame,
    *,
    method: str = "linear",
    bounds: tuple[float, float] | None = None,
    spread: str | None = None,
    tolerance: float = 1e-10,
    max_steps: int = 200,
) -> Design:
    """Calibrate to totals of the columns of a model matrix (generalised regression and its kin).

    Parameters
    ----------
    design : Design or ReplicateDesign
    formula : str
        Auxiliaries: ``"stype + api99"``; an intercept is included, ``"- 1"`` takes it away. Names with dots
        or spaces stand in backticks.
    totals : mapping or DataFrame
        Population total of each column: ``{"Intercept": 6194, "stype[T.H]": 755, ...}``; or the population
        itself, one row a unit, with the columns that the formula names.
    method : str
        ``"linear"``, ``"raking"`` or ``"logit"`` (needs bounds).
    bounds : pair of float, optional
        Smallest and largest factor of a weight.
    spread : str, optional
        Column to which the variance of the regression's errors is proportional.
    tolerance, max_steps
        Largest relative distance from any total; Newton steps.

    Raises
    ------
    DesignError
        Columns without totals or totals without columns, missing auxiliaries, categories that only the
        sample or only the population has, no solution in the bounds.

    References
    ----------
    Deville and Saerndal (1992), JASA 87, 376-382.
    """
    found = _matrix(check_design(design).frame, formula, "respondents")
    names = [str(name) for name in found.columns]
    target = _control_totals(found, formula, names, totals)
    X = found.to_numpy(dtype=float)
    rule = distance(method, bounds)
    error = None if spread is None else _spread(design, spread)

    def solve(weight: np.ndarray) -> np.ndarray:
        factor = solve_calibration(
            X, weight, target, names, rule=rule, spread=error, tolerance=tolerance, max_steps=max_steps
        )
        return weight * factor

    return with_weights(design, solve, lambda: FullRows(X), error)


def _spread(design: Design, name: str) -> np.ndarray:
    """Variance of the regression's errors, up to a factor, shape (n,)."""
    values = as_numbers(column(design.frame, name, "spread"), "spread")
    bad = int((~(values > 0) & (design.weight > 0)).sum())
    if bad:
        raise DesignError(
            f"{bad} respondents have no spread above 0 in {name!r}, which a variance of errors must be. "
            "Correct the column, or leave spread= out."
        )
    return np.where(values > 0, values, 1.0)


def _matrix(frame: pd.DataFrame, formula: str, who: str) -> pd.DataFrame:
    """Model matrix of the auxiliaries, without missing values."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    plain, original = plain_names(formula.lstrip("~ "))
    try:
        parsed = Formula(plain)
        words = sorted(str(name) for name in parsed.required_variables)
        used = pd.DataFrame({word: _complete(frame, original.get(word, word), who) for word in words})
        made = pd.DataFrame(parsed.get_model_matrix(used, na_action="raise"))
    except (FormulaicError, TypeError) as error:
        raise DesignError(
            f"the formula {formula!r} cannot be read. Write it as 'age_group + region'; names with dots or "
            "spaces stand in backticks."
        ) from error
    for word, name in original.items():
        made.columns = [str(each).replace(word, name) for each in made.columns]
    return made


def _complete(frame: pd.DataFrame, name: str, who: str) -> pd.Series:
    """A column in which nothing is missing."""
    found = column(frame, name, "auxiliary")
    missing = int(found.isna().sum())
    if missing:
        raise DesignError(f"{missing} {who} have no {name!r}, which the calibration needs. Fill it in first.")
    if isinstance(found.dtype, pd.CategoricalDtype):
        return found.cat.remove_unused_categories()
    if isinstance(found.dtype, np.dtype):
        return found
    # Columns of pandas' own kinds: formulaic takes nullable text for numbers.
    return found.astype(float if holds_numbers(found) else object)


def _control_totals(
    sample: pd.DataFrame, formula: str, names: list[str], totals: Mapping[str, float] | pd.DataFrame
) -> np.ndarray:
    """Population total of each column of the model matrix, shape (p,)."""
    if isinstance(totals, pd.DataFrame):
        totals = {str(name): value for name, value in _matrix(totals, formula, "units").sum().items()}
    unknown = [name for name in totals if name not in names]
    lacking = [name for name in names if name not in totals]
    if unknown or lacking:
        what = f"no column {unknown[0]!r}" if unknown else f"no total for {lacking[0]!r}"
        raise DesignError(f"calibration to {formula!r}: {what}. Its columns are: {', '.join(names)}.")
    target = np.array([float(totals[name]) for name in names])
    if not np.isfinite(target).all():
        at = int(np.flatnonzero(~np.isfinite(target))[0])
        raise DesignError(f"the control total of {names[at]!r} is {target[at]:g}. Pass a number.")
    empty = np.flatnonzero((sample == 0).all(axis=0).to_numpy() & (target != 0))
    if len(empty):
        raise DesignError(
            f"calibration to {formula!r}: {names[empty[0]]!r} should be {target[empty[0]]:,.6g}, and no "
            "respondent has it. Join its category with another."
        )
    return target
