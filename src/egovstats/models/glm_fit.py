"""A fitted generalised linear model, and fitting one to a matrix with the design's sandwich covariance.

References
----------
Binder (1983), International Statistical Review 51, 279-292 (the sandwich for survey data); Lumley and
Scott (2017), Statistical Science 32, 265-278.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from egovstats.design import Design, ReplicateDesign
from egovstats.errors import EstimateError
from egovstats.models.columns import Columns
from egovstats.models.families import Family
from egovstats.models.fit import Fit, notes_of, spread, square
from egovstats.models.irls import solve
from egovstats.models.problem import Problem, Solution, pieces
from egovstats.models.recipe import FormulaicRecipe, Recipe
from egovstats.models.replicated import Replicated, replicate_coefficients
from egovstats.models.sandwich import covariance_of_scores, degrees_of_freedom
from egovstats.one_thread import one_thread


@dataclass(frozen=True, eq=False, repr=False)
class GlmFit(Fit):
    """A fitted generalised linear model.

    Parameters
    ----------
    family : Family
    problem : Problem
        Answers, weights and all p columns of the respondents used.
    solution : Solution
    domain_weight : float
        Mean weight over the domain, before respondents with missing answers drop out.
    recipe : Recipe, optional
        Makes the columns from another frame.
    offset : str or None
        What the offset is.
    df_each : np.ndarray, shape (p,), or None
        Degrees of freedom of each coefficient where they differ.
    again : callable, optional
        Fits another formula the same way.
    """

    family: Family
    problem: Problem
    solution: Solution
    domain_weight: float
    recipe: Recipe | FormulaicRecipe | None
    offset: str | None
    df_each: np.ndarray | None = None
    again: Callable[[str], Fit] | None = None

    @property
    def df(self) -> np.ndarray:
        """Degrees of freedom of each coefficient, shape (p,)."""
        return np.full(len(self.names), self.df_residual) if self.df_each is None else self.df_each

    def score_blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Weighted scores of the coefficients that are not aliased, block by block, (q, respondents)."""
        forward = np.linalg.inv(self.solution.problem.back).T
        for part, block in _score_blocks(self.solution.problem, self.solution.beta):
            yield part, forward @ block

    @cached_property
    @one_thread
    def scores(self) -> np.ndarray:
        """Each respondent's weighted score, shape (n_all, q); 0 where not used."""
        full = np.zeros((len(self.design), len(self.kept)))
        for part, block in self.score_blocks():
            full[part if self.rows is None else self.rows[part]] = block.T
        return full

    @cached_property
    def fitted(self) -> np.ndarray:
        """Fitted means of the respondents used, shape (n,)."""
        return self.family.link.mean(self.linear_predictor)

    @cached_property
    @one_thread
    def linear_predictor(self) -> np.ndarray:
        """Linear predictors of the respondents used, shape (n,)."""
        found = np.empty(self.n)
        for part, block in self.solution.problem.blocks():
            found[part] = self.solution.problem.linear(self.solution.beta, block, part)
        return found

    @property
    def mean(self) -> np.ndarray:
        """Fitted means, shape (n_all,); NaN for respondents that were not used."""
        full = np.full(len(self.design), np.nan)
        full[slice(None) if self.rows is None else self.rows] = self.fitted
        return full

    @cached_property
    @one_thread
    def dispersion(self) -> float:
        """Weighted variance of the Pearson residuals.

        The weights are scaled to mean 1 over the domain before respondents with missing answers drop out
        (the convention of R's survey; it enters no standard error).
        """
        y, weight = self.problem.y, self.problem.weight
        with np.errstate(divide="ignore", invalid="ignore"):
            residual = (y - self.fitted) / np.sqrt(self.family.variance(self.fitted))
        centred = residual - weight @ residual / weight.sum()
        spread = float(weight @ centred**2 / weight.sum() * self.n / (self.n - 1))
        return spread * float(weight.mean() / self.domain_weight)

    @cached_property
    @one_thread
    def deviance(self) -> float:
        """Weighted deviance, the weights scaled as in `dispersion`."""
        with np.errstate(divide="ignore", invalid="ignore"):
            each = self.family.deviance(self.problem.y, self.family.bounded(self.fitted))
        return float(self.problem.weight @ each / self.domain_weight)

    @property
    def working_deviance(self) -> float:
        """Weighted deviance, with the weights as they are."""
        return self.deviance * self.domain_weight

    def deviance_without(self, columns: np.ndarray) -> float:
        """`working_deviance` of the model without some of its columns, on the same respondents."""
        return self.refit(np.setdiff1d(self.kept, columns)).working_deviance

    @cached_property
    def null_deviance(self) -> float:
        """Deviance of the model with an intercept alone (and the offset)."""
        ones = np.flatnonzero([name == "Intercept" for name in self.names])
        if len(ones):
            null = self.refit(ones)
        else:
            columns = Columns.of(np.ones((len(self.design), 1)))
            null = self.with_columns(columns, ("Intercept",))
        return null.deviance

    def refit(self, columns: np.ndarray) -> GlmFit:
        """The model with some of its columns only, fitted to the same respondents (no covariance)."""
        problem = self.problem.take(np.asarray(columns))
        return self._again(problem)

    def with_columns(self, columns: Columns, names: tuple[str, ...]) -> GlmFit:
        """The model with other columns, fitted to the same respondents (no covariance)."""
        return self._again(replace(self.problem, columns=columns, names=names))

    def _again(self, problem: Problem) -> GlmFit:
        solution = solve(problem)
        p = len(problem.names)
        return replace(
            self,
            names=problem.names,
            estimate=spread(solution.coefficients, solution.kept, p),
            cov=np.full((p, p), np.nan),
            information=np.full((p, p), np.nan),
            terms={},
            problem=problem,
            solution=solution,
            replicates=None,
            recipe=None,
            again=None,
            df_each=None,
            df_residual=self.df_design + 1 - len(solution.kept),
        )


def fit_matrix(
    design: Design,
    X: np.ndarray | Columns,
    y: np.ndarray,
    used: np.ndarray,
    *,
    family: Family,
    names: tuple[str, ...],
    offset: np.ndarray | None = None,
    offset_name: str | None = None,
    formula: str = "",
    terms: dict[str, tuple[int, ...]] | None = None,
    outcome: str = "the outcome",
    domain: np.ndarray | None = None,
    recipe: Recipe | FormulaicRecipe | None = None,
    notes: tuple[str, ...] = (),
    again: Callable[[str], Fit] | None = None,
) -> GlmFit:
    """Fit a generalised linear model to a matrix.

    Parameters
    ----------
    design : Design
    X : np.ndarray, shape (n, p), or Columns
    y : np.ndarray, shape (n,)
    used : np.ndarray of bool, shape (n,)
        Respondents in the domain with nothing missing; the others count as zeros in the covariance.
    family : Family
    names : tuple of str, p column names
    offset : np.ndarray, shape (n,), optional
    domain : np.ndarray of bool, shape (n,), optional
        The domain before missing answers drop out; everyone where left out.

    Raises
    ------
    EstimateError
        Answers that the family cannot have, fewer respondents than coefficients, no convergence.
    """
    columns = X if isinstance(X, Columns) else Columns.of(X)
    problem = problem_of(design, columns, y, used, family=family, names=names, offset=offset, outcome=outcome)
    solution = solve(problem)
    bread, cov, moved = _covariance(design, problem, solution)
    kept, p = solution.kept, len(names)
    df = degrees_of_freedom(design, problem.rows)
    inside = design.weight if domain is None else design.weight[domain]
    return GlmFit(
        names=names,
        estimate=spread(solution.coefficients, kept, p),
        cov=square(cov, kept, p),
        information=square(np.linalg.inv(bread), kept, p),
        df_residual=df + 1 - len(kept),
        n=len(problem.y),
        formula=formula,
        terms=terms or {name: (at,) for at, name in enumerate(names)},
        design=design,
        rows=problem.rows,
        df_design=df,
        replicates=moved,
        sources=design.sources,
        notes=(*notes, *notes_of(names, kept, df + 1 - len(kept))),
        family=family,
        problem=problem,
        solution=solution,
        domain_weight=float(inside.sum() / np.count_nonzero(inside)),
        recipe=recipe,
        offset=offset_name,
        again=again,
    )


def problem_of(
    design: Design,
    columns: Columns,
    y: np.ndarray,
    used: np.ndarray,
    *,
    family: Family,
    names: tuple[str, ...],
    offset: np.ndarray | None,
    outcome: str,
) -> Problem:
    """Answers, weights and columns of the respondents used, checked."""
    active = used & (design.weight > 0)
    everyone = bool(active.all())
    rows = None if everyone else np.flatnonzero(active)
    m = len(active) if rows is None else len(rows)
    if m <= len(names):
        raise EstimateError(
            f"{m} respondents cannot carry {len(names)} coefficients. Widen where=, or drop terms."
        )
    own = y if rows is None else y[rows]
    allowed = family.allowed(own)
    if not allowed.all():
        raise EstimateError(
            f"a {family.name} model needs {family.about}, but {outcome} holds other values "
            f"({int((~allowed).sum())} of {m}). Recode it, or choose another family."
        )
    if family.name == "binomial" and own.min() == own.max():
        raise EstimateError(
            f"all {m} respondents used have the same {outcome} ({own[0]:g}), so nothing can explain it. "
            "Check where= and the coding of the outcome."
        )
    weight = design.weight if rows is None else design.weight[rows]
    shift = offset if rows is None or offset is None else offset[rows]
    return Problem(columns, rows, own, weight, shift, family, names, outcome)


@one_thread
def _covariance(
    design: Design, problem: Problem, solution: Solution
) -> tuple[np.ndarray, np.ndarray, Replicated | None]:
    """Inverse information and covariance of the q coefficients, and their replicates if there are any."""
    work, beta, back = solution.problem, solution.beta, solution.problem.back
    q = len(beta)
    gram = np.zeros((q, q))

    def scores() -> Iterator[tuple[slice, np.ndarray]]:
        for part, block, working, each in _steps(work, beta):
            gram.__iadd__((block * working) @ block.T)
            yield part, block * each

    if isinstance(design, ReplicateDesign):
        for _ in scores():
            pass
        moved = replicate_coefficients(design, problem, solution)
        cov = moved.scheme.covariance(moved.values, solution.coefficients).matrix
        return back @ np.linalg.inv(gram) @ back.T, cov, moved
    meat = covariance_of_scores(design, scores(), work.rows, q)
    bread = np.linalg.inv(gram)
    left = back @ bread
    return left @ back.T, left @ meat @ left.T, None


def _steps(problem: Problem, beta: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray, np.ndarray]]:
    """Blocks with each respondent's weight in the information and factor of the score."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for part, block in problem.blocks():
            eta = problem.linear(beta, block, part)
            yield part, block, *pieces(problem.family, problem.y[part], eta, problem.weight[part])  # type: ignore[misc]


def _score_blocks(problem: Problem, beta: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    for part, block, _, each in _steps(problem, beta):
        yield part, block * each
