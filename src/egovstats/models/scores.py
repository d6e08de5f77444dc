"""Scores of a model at the estimates of a smaller one, for tests that need not fit the larger.

References
----------
Rao, Scott and Skinner (1998), Statistica Sinica 8, 1059-1070, equations 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from egovstats.errors import EstimateError
from egovstats.models.formula import model_matrix, named_columns, read_formula
from egovstats.models.glm_fit import GlmFit
from egovstats.models.irls import information
from egovstats.models.problem import pieces
from egovstats.models.sandwich import covariance_of_scores
from egovstats.one_thread import one_thread


@dataclass(frozen=True, slots=True, eq=False)
class Restricted:
    """Scores of r coefficients at 0, less what the other coefficients explain of them.

    Parameters
    ----------
    score : np.ndarray, shape (r,)
    cov : np.ndarray, shape (r, r)
        Design-based covariance of the score.
    information : np.ndarray, shape (r, r)
        Working information of the r coefficients, given the others.
    """

    score: np.ndarray
    cov: np.ndarray
    information: np.ndarray


@one_thread
def restricted_scores(fit: GlmFit, tested: np.ndarray, smaller: GlmFit | None = None) -> Restricted:
    """Scores of the tested coefficients at the estimates of the model without them.

    Parameters
    ----------
    fit : GlmFit
        The larger model, or at least its columns.
    tested : np.ndarray of int, shape (r,)
    smaller : GlmFit, optional
        The fitted model without them; fitted here where left out.
    """
    others = np.setdiff1d(fit.kept, tested)
    smaller = fit.refit(others) if smaller is None else smaller
    order = np.concatenate([others, tested])
    problem = fit.problem.take(order)
    beta = np.concatenate([smaller.estimate[smaller.kept], np.zeros(len(tested))])
    gram, score = information(problem, beta)
    k = len(others)
    project = np.linalg.solve(gram[:k, :k], gram[:k, k:]).T  # (r, k)
    combine = np.column_stack([-project, np.eye(len(tested))])

    def scores() -> Iterator[tuple[slice, np.ndarray]]:
        for part, block in problem.blocks():
            eta = problem.linear(beta, block, part)
            _, each = pieces(problem.family, problem.y[part], eta, problem.weight[part])
            yield part, (combine @ block) * each

    cov = covariance_of_scores(fit.design, scores(), problem.rows, len(tested))
    return Restricted(combine @ score, cov, gram[k:, k:] - project @ gram[:k, k:])


def with_added_terms(fit: GlmFit, add: str) -> tuple[GlmFit, np.ndarray]:
    """The model with columns of further terms that have no estimates yet, and where those columns are.

    Raises
    ------
    EstimateError
        Terms that are in the model already, or have missing answers among the respondents used.
    """
    read = read_formula(f"{fit.formula} + {add}")
    given = named_columns(fit.design.frame, read.names)
    used = fit.used
    for name, series in given.items():
        missing = int(series.isna().to_numpy()[used].sum())
        if missing:
            raise EstimateError(
                f"column {name!r} is missing for {missing} respondents of the fit. Fit the smaller model to "
                f"those who have it: where=design.frame[{name!r}].notna()."
            )
    made = model_matrix(given, read, used)
    added = np.array([at for at, name in enumerate(made.names) if name not in fit.names], dtype=np.int64)
    if not len(added) or not set(fit.names) <= set(made.names):
        raise EstimateError(
            f"{add!r} adds no column to {fit.formula!r}, or changes those that are there. Name terms that "
            "are not in the model."
        )
    p = len(made.names)
    estimate = np.full(p, np.nan)
    for name, value in zip(fit.names, fit.estimate, strict=True):
        estimate[made.names.index(name)] = value
    estimate[added] = 0.0
    larger = replace(
        fit,
        names=made.names,
        estimate=estimate,
        terms=made.terms,
        problem=replace(fit.problem, columns=made.columns, names=made.names, basis=None),
    )
    return larger, added


@one_thread
def restrictions(smaller: GlmFit, larger: GlmFit) -> np.ndarray:
    """What a smaller model asks of the coefficients of a larger one: `matrix @ coefficients = 0`, (r, q).

    Raises
    ------
    EstimateError
        The smaller model's columns are no combinations of the larger one's.
    """
    k, q = len(smaller.kept), len(larger.kept)
    both = replace(larger.problem.take(larger.kept))
    one = smaller.problem.take(smaller.kept)
    inner, cross, own = np.zeros((q, q)), np.zeros((q, k)), np.zeros(k)
    for (part, wide), (_, narrow) in zip(both.blocks(), one.blocks(), strict=True):
        weighted = wide * both.weight[part]
        inner += weighted @ wide.T
        cross += weighted @ narrow.T
        own += (narrow * narrow) @ both.weight[part]
    size = np.sqrt(np.diag(inner))
    combine = np.linalg.solve(inner / np.outer(size, size), cross / size[:, None]) / size[:, None]
    left = own - (combine * cross).sum(axis=0)
    if (left > 1e-8 * own).any() or q <= k:
        raise EstimateError(
            f"the model {smaller.formula!r} is not nested in {larger.formula!r}: the larger one must hold "
            "all its terms, or columns that they are combinations of."
        )
    # The restrictions are orthogonal to all that the smaller model can reach.
    return np.linalg.svd(combine)[0][:, k:].T
