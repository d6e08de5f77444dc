"""Standard errors for few PSUs: residuals freed of the pull that each PSU has on its own fit.

References
----------
Bell and McCaffrey (2002), Survey Methodology 28, 169-181, theorem 4 (degrees of freedom); Pustejovsky and
Tipton (2018), Journal of Business & Economic Statistics 36, 672-683 (weights: the working model is that of
the information).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from egovstats.design import ReplicateDesign
from egovstats.errors import EstimateError, nearest
from egovstats.models.fit import spread, square
from egovstats.models.glm_fit import GlmFit
from egovstats.models.problem import pieces
from egovstats.models.sandwich import covariance_of_scores
from egovstats.one_thread import one_thread

WORKING = ("independent", "exchangeable")
DF = ("each", "least")


def small_sample(fit: GlmFit, *, working: str = "independent", df: str = "each") -> GlmFit:
    """The same fit with Bell and McCaffrey's standard errors and degrees of freedom.

    Parameters
    ----------
    fit : GlmFit
    working : str
        How respondents of a PSU are taken to be related when degrees of freedom are worked out:
        ``"independent"`` or ``"exchangeable"`` (alike correlated, estimated from the residuals).
    df : str
        ``"each"`` coefficient has its own degrees of freedom; ``"least"``: the smallest serve all of them.

    Returns
    -------
    GlmFit
        Its `df_residual` is the smallest number of degrees of freedom.

    Raises
    ------
    EstimateError
        Replicate weights, an unknown choice.

    Notes
    -----
    A PSU draws the fitted line towards itself, so its residuals are too small; they are multiplied by
    (1 - H)^(-1/2), H being the PSU's block of the hat matrix. The covariance then comes from the design's
    own engine, its factor n/(n-1) and population sizes included.
    """
    if working not in WORKING:
        raise EstimateError(f"working cannot be {working!r}. {nearest(working, WORKING)}")
    if df not in DF:
        raise EstimateError(f"df cannot be {df!r}. {nearest(df, DF)}")
    if isinstance(fit.design, ReplicateDesign):
        raise EstimateError(
            "replicate weights bring no residuals to adjust. Fit the model to the Design that they were made "
            "from."
        )
    parts = _parts(fit)
    freed = _freed(parts)
    q = len(fit.kept)

    def scores() -> Iterator[tuple[slice, np.ndarray]]:
        yield slice(0, fit.n), (parts.X * freed.residual[:, None]).T

    back = fit.solution.problem.back
    bread = back @ parts.inverse
    meat = covariance_of_scores(fit.design, scores(), fit.rows, q)
    each = _degrees(parts, freed, back, working)
    each = np.full(q, each.min()) if df == "least" else each
    p = len(fit.names)
    return replace(
        fit,
        cov=square(bread @ meat @ bread.T, fit.kept, p),
        df_each=spread(each, fit.kept, p),
        df_residual=float(each.min()),
        notes=(*fit.notes, f"Bell-McCaffrey standard errors, {working} working model"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Columns and residuals scaled to a working variance of 1, PSU by PSU.

    X (m, q) and residual (m,) by respondent, inverse (q, q) of X'X, and the respondents of each PSU.
    """

    X: np.ndarray
    residual: np.ndarray
    inverse: np.ndarray
    members: list[np.ndarray]


@one_thread
def _parts(fit: GlmFit) -> _Parts:
    problem, beta = fit.solution.problem, fit.solution.beta
    X, residual = np.empty((fit.n, len(beta))), np.empty(fit.n)
    for part, block in problem.blocks():
        eta = problem.linear(beta, block, part)
        working, score = pieces(problem.family, problem.y[part], eta, problem.weight[part])
        root = np.sqrt(working)
        X[part] = (block * root).T
        residual[part] = score / root
    stages = fit.design.stages
    psu = stages.psu_of_units()[stages.unit if fit.rows is None else stages.unit[fit.rows]]
    order = np.argsort(psu, kind="stable")
    cuts = np.flatnonzero(np.diff(psu[order])) + 1
    return _Parts(X, residual, np.linalg.inv(X.T @ X), np.split(order, cuts))


@dataclass(frozen=True, slots=True, eq=False)
class _Freed:
    """Residuals freed of the PSU's own pull, (m,), and the columns likewise, (m, q)."""

    residual: np.ndarray
    X: np.ndarray


@one_thread
def _freed(parts: _Parts) -> _Freed:
    """Multiply by (1 - H)^(-1/2), PSU by PSU, in as many dimensions as there are columns."""
    root = np.linalg.cholesky(parts.inverse)
    residual, X = parts.residual.copy(), parts.X.copy()
    for rows in parts.members:
        left, size, _ = np.linalg.svd(parts.X[rows] @ root, full_matrices=False)
        rest = np.clip(1 - size**2, 0.0, None)
        # A direction that the PSU fits on its own has no residual, and takes none.
        stretch = np.where(rest > 1e-10, 1 / np.sqrt(np.where(rest > 1e-10, rest, 1.0)), 0.0) - 1
        residual[rows] += left @ (stretch * (left.T @ parts.residual[rows]))
        X[rows] += left @ (stretch[:, None] * (left.T @ parts.X[rows]))
    return _Freed(residual, X)


@one_thread
def _degrees(parts: _Parts, freed: _Freed, back: np.ndarray, working: str) -> np.ndarray:
    """Satterthwaite degrees of freedom of each coefficient, shape (q,).

    The variance of a coefficient is a quadratic form in the residuals whose matrix is a diagonal one, over
    PSUs, plus one of low rank; only traces of it are needed.
    """
    B = parts.inverse
    square, cross = _working_model(parts, freed) if working == "exchangeable" else (1.0, 0.0)
    T = np.array([parts.X[rows].sum(axis=0) for rows in parts.members])  # (K, q)
    found = []
    for direction in back:
        a = freed.X @ (B @ direction)
        own = np.array([a[rows] @ a[rows] for rows in parts.members])
        total = np.array([a[rows].sum() for rows in parts.members])
        Q = np.array([parts.X[rows].T @ a[rows] for rows in parts.members])
        diagonal = (square - cross) * own + cross * total**2
        W = np.column_stack([Q, total[:, None] * T])
        N = np.block(
            [[cross * (B @ (T.T @ T) @ B) - (square - cross) * B, -cross * B], [-cross * B, np.zeros_like(B)]]
        )
        low = N @ (W.T @ W)
        trace = diagonal.sum() + np.trace(low)
        squares = (diagonal**2).sum() + 2 * ((W @ N) * W).sum(axis=1) @ diagonal + np.trace(low @ low)
        found.append(trace**2 / squares)
    return np.array(found)


@one_thread
def _working_model(parts: _Parts, freed: _Freed) -> tuple[float, float]:
    """Variance of a residual, and covariance of two of the same PSU."""
    squares = float(freed.residual @ freed.residual)
    sums = np.array([freed.residual[rows].sum() for rows in parts.members])
    pairs = sum(len(rows) ** 2 for rows in parts.members) - len(freed.residual)
    return squares / len(freed.residual), float(sums @ sums - squares) / pairs if pairs else 0.0
