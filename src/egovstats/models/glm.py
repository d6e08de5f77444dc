"""Generalised linear models by formula."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.design.columns import as_numbers, column
from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.models.families import family_of
from egovstats.models.fit import Fit, fit_matrix


def glm(
    design: Design,
    formula: str,
    *,
    family: str = "gaussian",
    link: str | None = None,
    where: Where = None,
    offset: str | None = None,
) -> Fit:
    """Design-based generalised linear model.

    Parameters
    ----------
    design : Design
    formula : str
        ``"trust ~ year + C(region)"`` in the formula language of formulaic; columns of words are
        factors, their first level the reference. Names with dots or spaces stand in backticks.
    family : str
        ``"gaussian"``, ``"binomial"``, ``"poisson"`` or ``"gamma"`` (``"quasibinomial"`` and
        ``"quasipoisson"`` mean the same: the variance always comes from the design).
    link : str, optional
        Another link than the family's usual one: ``"probit"``, ``"cloglog"``, ``"log"``, ...
    where : str or boolean array of shape (n,), optional
        Domain; rows outside, and rows with anything missing, count as zeros in the covariance.
    offset : str, optional
        Column added to the linear predictor.

    Returns
    -------
    Fit
        Coefficients on the scale of the link, with residual degrees of freedom: design degrees of
        freedom plus 1 minus the number of coefficients.

    Raises
    ------
    EstimateError
        A formula that cannot be read, a name that is no column, answers that the family cannot have.

    References
    ----------
    Binder (1983), International Statistical Review 51, 279-292; Lumley (2010), Complex Surveys, ch. 5-6.
    """
    frame = check_design(design).frame
    made = model_matrix(frame, formula)
    mask = mask_of(frame, where)
    used = made.complete if mask is None else made.complete & mask
    shift = None
    if offset is not None:
        shift = as_numbers(column(frame, offset, "offset"), "offset")
        used = used & ~np.isnan(shift)
    return fit_matrix(
        design,
        made.X,
        made.y,
        used,
        family=family_of(family, link),
        names=made.names,
        offset=shift,
        formula=formula,
        terms=made.terms,
        outcome=repr(made.outcome),
        domain=mask,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ModelMatrix:
    """Outcome (n,), matrix (n, p), who has everything (n,); names of columns, terms and outcome."""

    y: np.ndarray
    X: np.ndarray
    complete: np.ndarray
    names: tuple[str, ...]
    terms: dict[str, tuple[int, ...]]
    outcome: str


def model_matrix(frame: pd.DataFrame, formula: str) -> ModelMatrix:
    """Work out a formula on a frame; rows with anything missing are 0 and marked incomplete."""
    from formulaic import Formula
    from formulaic.errors import FormulaicError

    plain, original = _plain_names(formula)
    try:
        parsed = Formula(plain)
        named = sorted(str(name) for name in parsed.required_variables)
    except FormulaicError as error:
        raise EstimateError(
            f"the formula {formula!r} cannot be read. Write it as 'outcome ~ term + term'; names with dots "
            "or spaces stand in backticks."
        ) from error
    if "~" not in formula:
        raise EstimateError(f"the formula {formula!r} has no outcome. Write it as 'outcome ~ term + term'.")
    columns = {name: original.get(name, name) for name in named}
    for name in columns.values():
        if name not in frame.columns:
            raise EstimateError(
                f"the formula names {name!r}, which is no column. {nearest(name, frame.columns)}"
            )
    complete = frame[list(columns.values())].notna().all(axis=1).to_numpy()
    if not complete.any():
        raise EstimateError(f"no respondent has answers to all of {list(columns.values())}. Leave one out.")
    given = frame.loc[complete, list(columns.values())].set_axis(named, axis=1).reset_index(drop=True)
    try:
        parts = parsed.get_model_matrix(given, na_action="raise")
    except (FormulaicError, ValueError, TypeError) as error:
        raise EstimateError(
            f"the formula {formula!r} cannot be worked out on these columns. Check that functions are "
            "applied to numbers and that factors are written C(name)."
        ) from error
    left, right = pd.DataFrame(parts.lhs), pd.DataFrame(parts.rhs)
    if left.shape[1] != 1:
        raise EstimateError(
            f"the outcome of {formula!r} is not one column of numbers. Code it as 0 and 1, or use ordinal()."
        )
    y = np.zeros(len(frame))
    y[complete] = left.iloc[:, 0].to_numpy(dtype=float)
    full = np.zeros((len(frame), right.shape[1]))
    full[complete] = right.to_numpy(dtype=float)
    terms = {
        _restore(str(term), original): tuple(int(at) for at in where)
        for term, where in parts.rhs.model_spec.term_indices.items()
    }
    names = tuple(_restore(str(name), original) for name in right.columns)
    return ModelMatrix(y, full, complete, names, terms, _restore(str(left.columns[0]), original))


def _plain_names(formula: str) -> tuple[str, dict[str, str]]:
    """Put plain words where names in backticks stand, and say which stands for which."""
    original: dict[str, str] = {}

    def word(match: re.Match[str]) -> str:
        for known, name in original.items():
            if name == match.group(1):
                return known
        made = f"quoted{len(original)}_"
        original[made] = match.group(1)
        return made

    return re.sub(r"`([^`]+)`", word, formula), original


def _restore(text: str, original: dict[str, str]) -> str:
    for made, name in original.items():
        text = text.replace(made, name)
    return text
