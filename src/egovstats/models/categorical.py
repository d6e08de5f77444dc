"""Fits of outcomes with several answers, by any likelihood of `newton`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from egovstats.design import Design, ReplicateDesign
from egovstats.errors import EstimateError
from egovstats.models.columns import Columns
from egovstats.models.cumulative import Cumulative
from egovstats.models.fit import Fit
from egovstats.models.irls import independent
from egovstats.models.logits import Logits
from egovstats.models.newton import maximise
from egovstats.models.recipe import FormulaicRecipe, Recipe
from egovstats.models.replicated import Replicated
from egovstats.models.response import Response
from egovstats.models.sandwich import covariance_of_scores
from egovstats.one_thread import one_thread


@dataclass(frozen=True, eq=False, repr=False)
class CategoricalFit(Fit):
    """A fitted model of an outcome with several answers.

    Parameters
    ----------
    answers : list
        The K answers in order.
    link : str
    likelihood : Cumulative or Logits
        Of the columns that are not aliased.
    theta : np.ndarray, shape (q,)
        The maximum, in the likelihood's own parameters.
    value : float
        Weighted log-likelihood there.
    recipe : Recipe or FormulaicRecipe
    response : Response
    place : np.ndarray of int
        The recipe's columns that the model has.
    again : callable
        Fits another formula the same way.
    offset : str or None
        What the offset is.
    """

    answers: list[Any]
    link: str
    likelihood: Cumulative | Logits
    theta: np.ndarray
    value: float
    recipe: Recipe | FormulaicRecipe
    response: Response
    place: np.ndarray
    again: Callable[[str], Fit]
    offset: str | None

    @property
    def predicts(self) -> tuple[Response, list[Any], bool, np.ndarray]:
        """What margins are made of: response, its outcomes, whether they are shares, and the columns."""
        return self.response, self.answers, True, self.place

    def score_blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Weighted scores of the coefficients that are not aliased, block by block, (q, respondents)."""
        forward = np.linalg.inv(self.likelihood.back).T
        for part, block in self.likelihood.score_blocks(self.theta):
            yield part, forward @ block

    @property
    def working_deviance(self) -> float:
        """Minus twice the working log-likelihood, with the weights as they are."""
        return -2 * self.value

    def deviance_without(self, columns: np.ndarray) -> float:
        """`working_deviance` of the model without some of its coefficients, on the same respondents."""
        dropped = set(np.searchsorted(self.kept, columns).tolist())
        smaller = self.likelihood.without(dropped)
        return -2 * maximise(smaller)[1].value


@one_thread
def kept_columns(
    columns: Columns, rows: np.ndarray | None, n: int, weight: np.ndarray, *, constant: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Columns that are no combination of earlier ones (and a constant), and what to centre them by."""
    p = len(columns)
    first = np.zeros(p)
    for _, block in columns.blocks(rows, n):
        first = block.mean(axis=1) * constant
        break
    gram = np.zeros((p + 1, p + 1))
    for part, block in columns.shifted(first).blocks(rows, n):
        wide = np.vstack([np.full(block.shape[1], float(constant)), block])
        gram += (wide * weight[part]) @ wide.T
    kept = independent(gram)[0]
    kept = kept[kept > 0] - 1
    far = np.abs(first) > 10 * np.sqrt(np.maximum(np.diag(gram)[1:] / weight.sum(), 0))
    shift = np.array([float(f"{m:.3g}") if out else 0.0 for m, out in zip(first, far, strict=True)])
    return kept, shift[kept]


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A maximum: in the likelihood's own parameters, and as covariance and information of the columns' own.

    Parameters
    ----------
    theta : np.ndarray, shape (q,)
    value : float
        Weighted log-likelihood.
    cov, information : np.ndarray, shape (q, q)
    replicates : Replicated or None
    """

    theta: np.ndarray
    value: float
    cov: np.ndarray
    information: np.ndarray
    replicates: Replicated | None


@one_thread
def fitted(design: Design, likelihood: Cumulative | Logits, rows: np.ndarray | None) -> Fitted:
    """Maximise, and work out the design-based covariance."""
    theta, at = maximise(likelihood)
    back = likelihood.back
    forward = np.linalg.inv(back)
    information = forward.T @ at.information @ forward
    if isinstance(design, ReplicateDesign):
        values = np.empty((design.replicates, len(theta)))
        for place, weight in enumerate(design.replicate_weights()):
            own = replace(likelihood, weight=weight if rows is None else weight[rows])
            try:
                values[place] = back @ maximise(own, theta)[0]
            except (EstimateError, np.linalg.LinAlgError) as error:
                raise EstimateError(
                    f"replicate {place + 1} of {design.replicates} does not determine the model. Join sparse "
                    "answers or categories, or drop terms."
                ) from error
        moved = Replicated(values, design.scheme)
        cov = design.scheme.covariance(values, back @ theta).matrix
        return Fitted(theta, at.value, cov, information, moved)
    meat = covariance_of_scores(design, likelihood.score_blocks(theta), rows, len(theta))
    left = back @ np.linalg.inv(at.information)
    return Fitted(theta, at.value, left @ meat @ left.T, information, None)
