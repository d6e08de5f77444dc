"""Weighted maximum likelihood by iteratively reweighted least squares, with the design's sandwich covariance.

References
----------
Binder (1983), International Statistical Review 51, 279-292 (the sandwich for survey data);
McCullagh and Nelder (1989), section 2.5 (the iteration).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.design import Design
from egovstats.errors import EstimateError
from egovstats.intervals import t_quantile
from egovstats.models.families import Family
from egovstats.sources import Source

_ROWS = 8192  # rows that stay in cache during one step
_STEPS = 60
_CERTAIN = 30  # log-odds at which a fitted share is 0 or 1 in all but name


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A fitted model.

    Parameters
    ----------
    names : tuple of str
        Columns of the model matrix; aliased ones have NaN estimates.
    estimate : np.ndarray, shape (p,)
    cov : np.ndarray, shape (p, p)
        Design-based covariance.
    information : np.ndarray, shape (p, p)
        Weighted information matrix, the bread of the sandwich.
    df_residual : float
        Design degrees of freedom plus 1 minus the number of coefficients.
    n : int
        Respondents used.
    dispersion : float
        Weighted variance of the Pearson residuals, the weights scaled to mean 1 over the domain before
        respondents with missing answers drop out (the convention of R's survey; it enters no error).
    family : Family
    formula : str
    terms : dict of str to tuple of int
        Columns of each term of the formula.
    mean : np.ndarray, shape (n_all,)
        Fitted means; NaN for respondents that were not used.
    scores : np.ndarray, shape (n_all, p)
        Each respondent's weighted score; 0 where not used.
    sources, notes : tuple
    """

    names: tuple[str, ...]
    estimate: np.ndarray
    cov: np.ndarray
    information: np.ndarray
    df_residual: float
    n: int
    dispersion: float
    family: Family
    formula: str
    terms: dict[str, tuple[int, ...]]
    mean: np.ndarray
    scores: np.ndarray
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.cov))

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient, in the project's column names."""
        from scipy import special

        with np.errstate(invalid="ignore", divide="ignore"):
            statistic = self.estimate / self.std_error
        margin = t_quantile(np.full(len(self.names), self.df_residual), conf_level) * self.std_error
        return pd.DataFrame(
            {
                "term": self.names,
                "estimate": self.estimate,
                "std_error": self.std_error,
                "conf_low": self.estimate - margin,
                "conf_high": self.estimate + margin,
                "statistic": statistic,
                "df": self.df_residual,
                "p_value": 2 * special.stdtr(self.df_residual, -np.abs(statistic))
                if self.df_residual > 0
                else np.nan,
            }
        )


def fit_matrix(
    design: Design,
    X: np.ndarray,
    y: np.ndarray,
    used: np.ndarray,
    *,
    family: Family,
    names: tuple[str, ...],
    offset: np.ndarray | None = None,
    formula: str = "",
    terms: dict[str, tuple[int, ...]] | None = None,
    outcome: str = "the outcome",
    domain: np.ndarray | None = None,
) -> Fit:
    """Fit a model to a matrix.

    Parameters
    ----------
    design : Design
    X : np.ndarray, shape (n, p)
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
    used = used & (design.weight > 0)
    rows = np.flatnonzero(used)
    if len(rows) <= X.shape[1]:
        raise EstimateError(
            f"{len(rows)} respondents cannot carry {X.shape[1]} coefficients. Widen where=, or drop terms."
        )
    y_used, weight = y[rows], design.weight[rows]
    if not family.allowed(y_used).all():
        raise EstimateError(
            f"a {family.name} model needs {family.about}, but {outcome} holds other values "
            f"({int((~family.allowed(y_used)).sum())} of {len(rows)}). Recode it, or choose another family."
        )
    kept = _independent(X[rows], weight)
    matrix = X[rows][:, kept]
    shift = np.zeros(len(rows)) if offset is None else offset[rows]
    beta, information = _iterate(matrix, y_used, weight, shift, family)
    eta = matrix @ beta + shift
    mu = family.link.mean(eta)
    slope = family.link.slope(eta)
    spread = family.variance(mu)
    scores = np.zeros((len(y), len(kept)))
    scores[rows] = (weight * (y_used - mu) * slope / spread)[:, None] * matrix
    bread = np.linalg.inv(information)
    cov = bread @ design.cov_of_totals(scores) @ bread
    present = np.zeros(len(design.stages.first.stratum), bool)
    present[design.stages.psu_of_units()[design.stages.unit[rows]]] = True
    return Fit(
        names=names,
        estimate=_spread(beta, kept, len(names)),
        cov=_spread(_spread(cov, kept, len(names)).T, kept, len(names)),
        information=_spread(_spread(information, kept, len(names)).T, kept, len(names)),
        df_residual=design.stages.df(present) + 1 - len(kept),
        n=len(rows),
        dispersion=_dispersion(y_used, mu, spread, weight) * _weight_ratio(design.weight, weight, domain),
        family=family,
        formula=formula,
        terms=terms or {},
        mean=_spread(mu, rows, len(y)),
        scores=scores,
        sources=design.sources,
        notes=_aliased(names, kept),
    )


def _spread(values: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Put values back among all rows; NaN for those that are not there."""
    full = np.full((size, *values.shape[1:]), np.nan)
    full[at] = values
    return full


def _aliased(names: tuple[str, ...], kept: np.ndarray) -> tuple[str, ...]:
    dropped = [name for at, name in enumerate(names) if at not in set(kept.tolist())]
    return (f"left out as sums of other columns: {', '.join(dropped)}",) if dropped else ()


def _independent(X: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Columns that are no linear combination of earlier ones, in order (R's rule for aliased columns)."""
    gram = (X * weight[:, None]).T @ X
    size = np.sqrt(np.diag(gram))
    gram = gram / np.outer(np.where(size > 0, size, 1), np.where(size > 0, size, 1))
    kept: list[int] = []
    for at in range(X.shape[1]):
        trial = gram[np.ix_([*kept, at], [*kept, at])]
        before = np.linalg.det(gram[np.ix_(kept, kept)]) if kept else 1.0
        if size[at] > 0 and np.linalg.det(trial) > 1e-9 * before:
            kept.append(at)
    return np.array(kept, dtype=np.int64)


def _iterate(
    X: np.ndarray, y: np.ndarray, weight: np.ndarray, offset: np.ndarray, family: Family
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and information at the maximum."""
    eta = family.link.predictor(family.start(y)) if family.name != "gaussian" else y
    beta, information = _step(X, y, weight, offset, family, eta)
    change = np.inf
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(_STEPS):
            eta = X @ beta + offset
            new, information = _step(X, y, weight, offset, family, eta)
            change = float(np.abs(new - beta).max() / (np.abs(new).max() + 1e-12))
            beta = new
            if not change >= 1e-12 or (family.name == "binomial" and not np.abs(eta).max() < _CERTAIN):
                break
    if family.name == "binomial" and not np.abs(eta).max() < _CERTAIN:
        raise EstimateError(
            "some combination of columns predicts the outcome perfectly, so its coefficient has no finite "
            "estimate. Join its categories, or drop the term."
        )
    if not change < 1e-8:
        raise EstimateError(
            f"the fit does not converge in {_STEPS} steps. Join sparse categories, or drop terms."
        )
    return beta, information


def _step(
    X: np.ndarray, y: np.ndarray, weight: np.ndarray, offset: np.ndarray, family: Family, eta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step of Fisher scoring, in pieces of rows: new coefficients and the information."""
    p = X.shape[1]
    gram, right = np.zeros((p, p)), np.zeros(p)
    for low in range(0, len(y), _ROWS):
        part = slice(low, low + _ROWS)
        mu, slope = family.link.mean(eta[part]), family.link.slope(eta[part])
        working = weight[part] * slope**2 / family.variance(mu)
        target = eta[part] - offset[part] + (y[part] - mu) / slope
        weighted = X[part] * working[:, None]
        gram += weighted.T @ X[part]
        right += weighted.T @ target
    try:
        return np.linalg.solve(gram, right), gram
    except np.linalg.LinAlgError as error:
        raise EstimateError("the columns of the model are not independent. Drop one of them.") from error


def _weight_ratio(everyone: np.ndarray, used: np.ndarray, domain: np.ndarray | None) -> float:
    """Mean weight of those used over that of the whole domain."""
    inside = everyone if domain is None else everyone[domain]
    return float(used.mean() / inside[inside > 0].mean())


def _dispersion(y: np.ndarray, mu: np.ndarray, spread: np.ndarray, weight: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = (y - mu) / np.sqrt(spread)
    centred = residual - weight @ residual / weight.sum()
    return float(weight @ centred**2 / weight.sum() * len(y) / (len(y) - 1))
