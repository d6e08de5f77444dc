"""Predictions of a fitted model for given values of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from egovstats.errors import EstimateError, nearest
from egovstats.models.categorical import CategoricalFit
from egovstats.models.cumulative import CumulativeResponse
from egovstats.models.fit import Fit
from egovstats.models.formula import named_columns
from egovstats.models.glm_fit import GlmFit
from egovstats.models.offset import offset_of
from egovstats.one_thread import one_thread
from egovstats.results import Covariance, Estimates

SCALES = ("response", "link")


def predict(
    fit: Fit,
    data: pd.DataFrame | Mapping[str, Any],
    *,
    scale: str = "response",
    total: float | None = None,
) -> Estimates:
    """Fitted values at given values of the model's columns.

    Parameters
    ----------
    fit : Fit
        Of `glm`, `ordinal` or `multinomial`.
    data : pd.DataFrame or mapping
        k rows with the columns that the formula names (and those of the offset).
    scale : str
        ``"response"`` (means or shares) or ``"link"`` (the linear predictor of `glm`).
    total : float, optional
        Number of people: `data` then holds population totals of the columns instead of values, and the
        prediction is the population total of the outcome. Only for the linear predictor.

    Returns
    -------
    Estimates
        One a row (and answer), keyed by the columns of `data`, with their joint covariance (delta method; of
        the coefficients alone). Their degrees of freedom are the model's residual ones.

    Raises
    ------
    EstimateError
        A column that is missing from `data`, a level or value that the fit did not have.
    """
    if scale not in SCALES:
        raise EstimateError(f"predictions have no scale {scale!r}. {nearest(scale, SCALES)}")
    frame = pd.DataFrame(data).reset_index(drop=True)
    if isinstance(fit, CategoricalFit):
        if scale == "link" or total is not None:
            raise EstimateError("models of several answers predict shares: leave scale and total out.")
        return _shares(fit, frame)
    if not isinstance(fit, GlmFit):
        raise EstimateError(
            f"predictions need a model of glm(), ordinal() or multinomial(), got {type(fit).__name__}."
        )
    X, shift = new_columns(fit, frame)
    if total is not None:
        if scale == "response" and fit.family.link.name != "identity":
            raise EstimateError(
                "a predicted total is a sum of linear predictors: it needs a model with the identity link, "
                "or scale='link'."
            )
        X = X * np.where([fit.names[at] == "Intercept" for at in fit.kept], float(total), 1.0)
    share = scale == "response" and fit.family.name == "binomial"
    estimate, covariance = _means(fit, X, shift, scale)
    return of_model(
        fit,
        keys=frame,
        estimate=estimate,
        covariance=covariance,
        statistic="proportion" if share else "prediction",
        unit="share"
        if share
        else f"{fit.family.link.name} of the outcome"
        if scale == "link"
        else "own unit",
        interval="logit" if share else "wald",
    )


@one_thread
def _means(fit: GlmFit, X: np.ndarray, shift: np.ndarray, scale: str) -> tuple[np.ndarray, Covariance]:
    """Means or linear predictors of rows of columns, (k,)."""
    link = fit.family.link
    eta = X @ fit.estimate[fit.kept] + shift
    estimate = eta if scale == "link" else link.mean(eta)
    gradient = X if scale == "link" else X * link.slope(eta)[:, None]
    return estimate, _by_delta(fit, gradient)


def _by_delta(fit: Fit, gradient: np.ndarray) -> Covariance:
    cov = fit.cov[np.ix_(fit.kept, fit.kept)]
    return Covariance(
        ((gradient @ cov) * gradient).sum(axis=1), one_thread(lambda: gradient @ cov @ gradient.T)
    )


@one_thread
def _shares(fit: CategoricalFit, frame: pd.DataFrame) -> Estimates:
    """Shares of the answers at each row."""
    X, shift = new_columns(fit, frame)
    response = fit.response
    if isinstance(response, CumulativeResponse):
        response = replace(response, offset=shift)
    k, answers, whole = len(frame), len(fit.answers), slice(0, len(frame))
    theta = fit.estimate[fit.kept]
    estimate = response.values(X.T, whole, theta).T.ravel()
    rows = [response.gradient(X.T, whole, theta, one) for one in np.eye(k)]
    covariance = _by_delta(fit, np.concatenate(rows))
    keys = frame.loc[np.repeat(np.arange(k), answers)].reset_index(drop=True)
    keys["answer"] = pd.Series(list(fit.answers) * k, index=keys.index)
    return of_model(
        fit,
        keys=keys,
        estimate=estimate,
        covariance=covariance,
        statistic="proportion",
        unit="share",
        interval="logit",
    )


def new_columns(fit: GlmFit | CategoricalFit, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Columns that are not aliased, (k, q), and offsets, (k,), of other data."""
    if fit.recipe is None:
        raise EstimateError(
            "this model was fitted to a matrix, so its columns cannot be made from other data. Fit it by "
            "formula: glm(design, 'outcome ~ terms')."
        )
    added = None if fit.offset is None else offset_of(fit.offset)
    right = [fit.recipe.formula.name_of(w) for t in fit.recipe.formula.terms for p in t for w in p.columns]
    given = named_columns(frame, [*dict.fromkeys([*right, *(added.names if added else ())])])
    everyone = np.ones(len(frame), bool)
    for name, series in given.items():
        missing = int(series.isna().sum())
        if missing:
            raise EstimateError(
                f"column {name!r} is missing in {missing} of {len(frame)} rows to predict for. Fill it in, "
                "or drop these rows."
            )
    place = fit.place if isinstance(fit, CategoricalFit) else fit.kept
    X = fit.recipe.columns(given, everyone).take(place).matrix(None, len(frame))
    shift = np.zeros(len(frame)) if added is None else added.values(given, everyone)
    return X, shift


def of_model(
    fit: Fit,
    *,
    keys: pd.DataFrame,
    estimate: np.ndarray,
    covariance: Covariance,
    statistic: str,
    unit: str,
    interval: str = "wald",
    df: float | None = None,
    n: np.ndarray | None = None,
    population: np.ndarray | None = None,
) -> Estimates:
    """Estimates that follow from a model, with its bases and degrees of freedom."""
    k = len(estimate)
    return Estimates(
        keys=keys,
        estimate=estimate,
        covariance=covariance,
        df=np.full(k, fit.df_residual if df is None else df),
        n=np.full(k, float(fit.n)) if n is None else n,
        population=np.full(k, float(fit.weight.sum())) if population is None else population,
        statistic=statistic,
        unit=unit,
        sources=fit.sources,
        design_df=fit.df_design,
        interval=interval,
        notes=fit.notes,
    )
