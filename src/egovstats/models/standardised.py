"""Predictions after every group has been given the same distribution of other variables.

References
----------
Lumley (2010), Complex Surveys, section 5.2.3; Deville and Saerndal (1992), JASA 87, 376-382 (raking ratio
weights for numbers).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.calibrated import with_weights
from egovstats.errors import EstimateError, nearest
from egovstats.models.columns import Columns
from egovstats.models.formula import complete, model_matrix, named_columns, read_formula
from egovstats.models.glm_fit import GlmFit, fit_matrix
from egovstats.models.irls import independent
from egovstats.models.predict import predict
from egovstats.one_thread import one_thread
from egovstats.results import Estimates
from egovstats.variance.auxiliaries import FullRows

_STEPS = 100
VARIANCES = ("calibrated", "fixed")


def standardised_predictions(
    fit: GlmFit,
    adjust_for: str,
    data: pd.DataFrame | Mapping[str, Any],
    *,
    scale: str = "response",
    variance: str = "calibrated",
) -> Estimates:
    """Predictions of a model once its columns are unrelated to other variables.

    Weights are changed, by factors above 0 as close to 1 as can be, until no column of the model is
    correlated with a variable adjusted for: groups are then alike in these variables. The model is fitted
    again with the new weights.

    Parameters
    ----------
    fit : GlmFit
        Its formula names the groups.
    adjust_for : str
        Right side of a formula with the variables to adjust for.
    data, scale
        As in `predict`.
    variance : str
        ``"calibrated"``: of the residuals from the calibration; ``"fixed"``: as if the new weights had been
        the sampling weights (R's `marginpred`).

    Returns
    -------
    Estimates

    Raises
    ------
    EstimateError
        Variables that are in the model already, missing answers among the respondents used, groups that no
        weights make alike.
    """
    if variance not in VARIANCES:
        raise EstimateError(f"variance cannot be {variance!r}. {nearest(variance, VARIANCES)}")
    if fit.recipe is None:
        raise EstimateError("this model was fitted to a matrix. Fit it by formula: glm(design, 'y ~ group').")
    rows = np.arange(len(fit.design)) if fit.rows is None else fit.rows
    products = _products(fit, adjust_for, rows)

    def solve(weight: np.ndarray) -> np.ndarray:
        changed = weight.copy()
        changed[rows] *= _tilted(products, weight[rows])
        return changed

    def auxiliaries() -> FullRows:
        whole = np.zeros((len(fit.design), products.shape[1]))
        whole[rows] = products
        return FullRows(whole)

    design = with_weights(fit.design, solve, auxiliaries if variance == "calibrated" else None)
    full = np.zeros(len(design))
    full[rows] = fit.problem.y
    shift = None
    if fit.problem.offset is not None:
        shift = np.zeros(len(design))
        shift[rows] = fit.problem.offset
    again = fit_matrix(
        design,
        fit.problem.columns,
        full,
        fit.used,
        family=fit.family,
        names=fit.names,
        offset=shift,
        offset_name=fit.offset,
        formula=fit.formula,
        terms=fit.terms,
        outcome=fit.problem.outcome,
        recipe=fit.recipe,
    )
    return predict(again, data, scale=scale)


@one_thread
def _products(fit: GlmFit, adjust_for: str, rows: np.ndarray) -> np.ndarray:
    """Centred columns of the model times centred variables, (m, p * r)."""
    read = read_formula(adjust_for, outcome=False)
    given = named_columns(fit.design.frame, read.names)
    known = complete(given, len(fit.design), None)
    missing = int((fit.used & ~known).sum())
    if missing:
        raise EstimateError(
            f"{missing} respondents of the fit have no answer in {list(read.names)}. Fit the model to "
            "those who have them by where=."
        )
    made = model_matrix(given, read, fit.used)
    model = _centred(fit.problem.columns.take(fit.kept), [fit.names[at] for at in fit.kept], fit, rows)
    others = _centred(made.columns, list(made.names), fit, rows)
    both = np.hstack([model, others])
    kept, _ = independent((both * fit.weight[:, None]).T @ both)
    more = [at - model.shape[1] for at in kept if at >= model.shape[1]]
    if not more or not model.shape[1]:
        raise EstimateError(
            f"there is nothing to adjust for: every column of {adjust_for!r} is in {fit.formula!r} already, "
            "or that has only an intercept. Name other variables."
        )
    return np.hstack([model[:, [at]] * others[:, more] for at in range(model.shape[1])])


@one_thread
def _centred(columns: Columns, names: list[str], fit: GlmFit, rows: np.ndarray) -> np.ndarray:
    chosen = [at for at, name in enumerate(names) if name != "Intercept"]
    X = columns.take(chosen).matrix(rows, len(fit.design))
    return X - fit.weight @ X / fit.weight.sum()


@one_thread
def _tilted(X: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Factors exp(X b) that make the weighted totals of X zero: the lowest point of their sum."""
    size = np.sqrt(weight @ X**2 / weight.sum())
    scaled = X / np.where(size > 0, size, 1.0)
    b = np.zeros(X.shape[1])
    total = float(weight.sum())
    for _ in range(_STEPS):
        factor = np.exp(scaled @ b)
        slope = (weight * factor) @ scaled
        if np.abs(slope).max() < 1e-13 * total:
            return factor
        curve = (scaled * (weight * factor)[:, None]).T @ scaled
        step = -np.linalg.pinv(curve, rcond=1e-12, hermitian=True) @ slope
        low = float(weight @ factor)
        for _ in range(40):
            with np.errstate(over="ignore"):
                moved = float(weight @ np.exp(scaled @ (b + step)))
            if moved <= low * (1 + 1e-14):
                break
            step = step / 2
        b = b + step
    raise EstimateError(
        "no weights make the groups alike in the variables adjusted for: some group lacks people like those "
        "of another. Adjust for fewer variables, or drop the group by where=."
    )
