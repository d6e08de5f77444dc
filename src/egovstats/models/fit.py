"""A fitted regression: what every model has in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design import Design
from egovstats.errors import EstimateError
from egovstats.intervals import t_quantile
from egovstats.models.replicated import Replicated
from egovstats.sources import Source, Sourced


@dataclass(frozen=True, eq=False, repr=False)
class Fit(Sourced):
    """A fitted regression: coefficients with their design-based covariance.

    Parameters
    ----------
    names : tuple of str
        Names of the coefficients; aliased ones have NaN estimates.
    estimate : np.ndarray, shape (p,)
    cov : np.ndarray, shape (p, p)
        Design-based covariance.
    information : np.ndarray, shape (p, p)
        Weighted information matrix, the bread of the sandwich; NaN where aliased.
    df_residual : float
        Design degrees of freedom plus 1 minus the number of coefficients.
    n : int
        Respondents used.
    formula : str
    terms : dict of str to tuple of int
        Coefficients of each term of the formula.
    design : Design
    rows : np.ndarray of int, shape (n,), or None
        The respondents used; everyone where None.
    df_design : float
        Degrees of freedom of the design among the respondents used.
    replicates : Replicated, optional
        Coefficients under each replicate weight.
    sources, notes : tuple
    """

    names: tuple[str, ...]
    estimate: np.ndarray
    cov: np.ndarray
    information: np.ndarray
    df_residual: float
    n: int
    formula: str
    terms: dict[str, tuple[int, ...]]
    design: Design
    rows: np.ndarray | None
    df_design: float
    replicates: Replicated | None
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors, shape (p,)."""
        return np.sqrt(np.diag(self.cov))

    @property
    def kept(self) -> np.ndarray:
        """Positions of the coefficients that are not aliased, shape (q,)."""
        return np.flatnonzero(~np.isnan(self.estimate))

    @property
    def weight(self) -> np.ndarray:
        """Weights of the respondents used, shape (n,)."""
        return self.design.weight if self.rows is None else self.design.weight[self.rows]

    @property
    def used(self) -> np.ndarray:
        """Who is used, bool, shape (n_all,)."""
        mask = np.full(len(self.design), self.rows is None)
        if self.rows is not None:
            mask[self.rows] = True
        return mask

    @property
    def df(self) -> np.ndarray:
        """Degrees of freedom of each coefficient, shape (p,)."""
        return np.full(len(self.names), self.df_residual)

    @property
    def bread(self) -> np.ndarray:
        """Inverse information of the q coefficients that are not aliased."""
        return np.linalg.inv(self.information[np.ix_(self.kept, self.kept)])

    def score_blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Weighted scores of the coefficients that are not aliased, block by block, (q, respondents)."""
        raise EstimateError(f"{type(self).__name__} keeps no scores of respondents.")

    @property
    def working_deviance(self) -> float:
        """Minus twice the working log-likelihood (up to a constant), with the weights as they are."""
        raise EstimateError(f"{type(self).__name__} has no working likelihood. Use method='wald'.")

    def deviance_without(self, columns: np.ndarray) -> float:
        """`working_deviance` of the model without some of its coefficients, on the same respondents."""
        raise EstimateError(f"{type(self).__name__} cannot be fitted without terms. Use method='wald'.")

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient, in the project's column names."""
        from scipy import special

        df = self.df
        with np.errstate(invalid="ignore", divide="ignore"):
            statistic = self.estimate / self.std_error
        margin = t_quantile(df, conf_level) * self.std_error
        known = df > 0
        return pd.DataFrame(
            {
                "term": self.names,
                "estimate": self.estimate,
                "std_error": self.std_error,
                "conf_low": self.estimate - margin,
                "conf_high": self.estimate + margin,
                "statistic": statistic,
                "df": df,
                "p_value": np.where(
                    known, 2 * special.stdtr(np.where(known, df, 1.0), -np.abs(statistic)), np.nan
                ),
            }
        )


def spread(values: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Put values back among all coefficients; NaN for those that are not there."""
    full = np.full((size, *values.shape[1:]), np.nan)
    full[at] = values
    return full


def square(values: np.ndarray, at: np.ndarray, size: int) -> np.ndarray:
    """Put a symmetric matrix back among all coefficients; NaN for those that are not there."""
    return spread(spread(values, at, size).T, at, size)


def notes_of(names: tuple[str, ...], kept: np.ndarray, df: float) -> tuple[str, ...]:
    """What was left out, and why intervals may be missing."""
    notes = []
    dropped = [name for at, name in enumerate(names) if at not in set(kept.tolist())]
    if dropped:
        notes.append(f"left out as sums of other columns: {', '.join(dropped)}")
    if df <= 0:
        notes.append(
            f"{len(kept)} coefficients on {df + len(kept) - 1:g} degrees of freedom of the design: too few "
            "PSUs for intervals and tests"
        )
    return tuple(notes)
