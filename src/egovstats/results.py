"""What estimators and tests return.

A result keeps the facts (estimates, their joint covariance, degrees of freedom, bases, sources) and
derives the rest, so that an interval and its standard error cannot disagree. At a prompt a result shows
a glance of itself (`egovstats.console`); documents, with their rounding and words, are the room `report`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError
from egovstats.intervals import interval, t_quantile
from egovstats.sources import Source, Sourced


class Covariance:
    """Joint covariance of k estimates; the off-diagonal is worked out when first asked for.

    Parameters
    ----------
    variance : np.ndarray, shape (k,)
        The diagonal.
    build : callable
        Gives the whole matrix, shape (k, k).
    transformed : callable, optional
        Takes a function of estimates and gives the variance (k,) of its values: replicates of the
        estimates know it without the delta method.
    """

    def __init__(
        self,
        variance: np.ndarray,
        build: Callable[[], np.ndarray],
        transformed: Callable[[Callable[[np.ndarray], np.ndarray]], np.ndarray] | None = None,
    ) -> None:
        self.variance = variance
        self.transformed = transformed
        self._build: Callable[[], np.ndarray] | None = build
        self._matrix: np.ndarray | None = None

    @classmethod
    def of(cls, matrix: np.ndarray) -> Covariance:
        """Wrap a matrix that is there already."""
        return cls(np.diag(matrix).copy(), lambda: matrix)

    @property
    def matrix(self) -> np.ndarray:
        """The whole matrix, shape (k, k)."""
        if self._matrix is None:
            assert self._build is not None
            self._matrix, self._build = self._build(), None
        return self._matrix

    def select(self, index: np.ndarray) -> Covariance:
        """The covariance of the estimates at the given positions."""
        moved = self.transformed
        part = None if moved is None else lambda function: moved(function)[index]
        return Covariance(self.variance[index], lambda: self.matrix[np.ix_(index, index)], part)


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Degrees of freedom of any set of domains.

    Parameters
    ----------
    count : callable
        Takes the numbers of some domains and gives the degrees of freedom of a statement on them together.
    domain : np.ndarray of int, shape (k,)
        The domain of each estimate.
    """

    count: Callable[[np.ndarray], float]
    domain: np.ndarray

    def df(self, rows: np.ndarray) -> float:
        """Degrees of freedom of a statement on the estimates at `rows`."""
        return self.count(np.unique(self.domain[rows]))


@dataclass(frozen=True, slots=True, eq=False)
class Estimates(Sourced):
    """Estimates with their joint covariance.

    Parameters
    ----------
    keys : pd.DataFrame
        k rows: which item, wave, domain, answer.
    estimate : np.ndarray, shape (k,)
    covariance : Covariance
        Off-diagonal kept: differences need it. Read it as `cov`, shape (k, k).
    df : np.ndarray, shape (k,)
        Design degrees of freedom of each estimate: PSUs minus strata in its domain; with replicate
        weights, their rank there minus 1.
    n : np.ndarray, shape (k,)
        Respondents in the base (those with an answer).
    population : np.ndarray, shape (k,)
        People the base stands for: the sum of its weights.
    statistic, unit : str
        ``"mean"``; ``"share"``, ``"score 1-5"``.
    sources : tuple of Source
    design_df : float
        Degrees of freedom of the whole design.
    var_srs : np.ndarray, shape (k,), optional
        Variance under simple random sampling with replacement of the same n, for the design effect.
    reach : Reach, optional
        Degrees of freedom of sets of domains; without it contrasts use the smallest `df` of theirs.
    interval : str
        Interval method; see `egovstats.intervals`.
    notes : tuple of str
        What was done about the data.
    """

    keys: pd.DataFrame
    estimate: np.ndarray
    covariance: Covariance
    df: np.ndarray
    n: np.ndarray
    population: np.ndarray
    statistic: str
    unit: str
    sources: tuple[Source, ...]
    design_df: float
    var_srs: np.ndarray | None = None
    reach: Reach | None = None
    interval: str = "wald"
    notes: tuple[str, ...] = ()

    __repr__ = as_text
    _repr_html_ = as_html

    def __len__(self) -> int:
        return len(self.estimate)

    @property
    def cov(self) -> np.ndarray:
        """Joint covariance, shape (k, k)."""
        return self.covariance.matrix

    @property
    def variance(self) -> np.ndarray:
        """Diagonal of the covariance, shape (k,)."""
        return self.covariance.variance

    @property
    def std_error(self) -> np.ndarray:
        """Square roots of the variances, shape (k,)."""
        return np.sqrt(self.variance)

    def deff(self, kind: str = "srswr") -> np.ndarray:
        """Design effect, shape (k,): variance over that of simple random sampling of the same n.

        Parameters
        ----------
        kind : str
            ``"srswr"`` with replacement, ``"srswor"`` without (times 1 - n/population).

        Raises
        ------
        EstimateError
            An unknown kind, or a statistic that has no design effect.
        """
        if self.var_srs is None:
            raise EstimateError(
                f"a {self.statistic} has no design effect here. Use its standard error instead."
            )
        if kind not in ("srswr", "srswor"):
            raise EstimateError(f"deff must be 'srswr' or 'srswor', got {kind!r}.")
        factor = 1 - self.n / self.population if kind == "srswor" else 1.0
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.var_srs > 0, self.variance / (self.var_srs * factor), np.nan)

    @property
    def n_effective(self) -> np.ndarray:
        """n over the design effect, shape (k,): the simple random sample that would be as precise."""
        with np.errstate(divide="ignore"):
            return self.n / self.deff("srswr")

    def df_for(self, rule: str | float = "domain") -> np.ndarray:
        """Degrees of freedom of each estimate, shape (k,), by one of three rules.

        Parameters
        ----------
        rule : str or float
            ``"domain"``: those of the estimate's own domain; ``"design"``: of the whole sample; or a
            number (infinity for normal intervals).
        """
        if rule == "domain":
            return self.df
        if rule == "design":
            return np.full(len(self), self.design_df)
        if isinstance(rule, str):
            raise EstimateError(f"df must be 'domain', 'design' or a number, got {rule!r}.")
        return np.full(len(self), float(rule))

    def conf_int(
        self, conf_level: float = 0.95, *, df: str | float = "domain"
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits, shape (k,) each, by the method in `interval`."""
        variance = self.variance
        if self.interval == "logit" and self.covariance.transformed is not None:
            # Brought back by the delta method, since that is how the interval will use it.
            with np.errstate(divide="ignore", invalid="ignore"):
                variance = (
                    self.covariance.transformed(special.logit) * (self.estimate * (1 - self.estimate)) ** 2
                )
        return interval(self.interval, self.estimate, variance, self.n, self.df_for(df), conf_level)

    def margin(self, conf_level: float = 0.95, *, df: str | float = "domain") -> np.ndarray:
        """Half-width of the symmetric interval, shape (k,): what tables call the margin of error."""
        return t_quantile(self.df_for(df), conf_level) * self.std_error

    def to_frame(self, *, conf_level: float = 0.95, df: str | float = "domain") -> pd.DataFrame:
        """One row an estimate, in the project's column names; `df` as in `df_for`."""
        low, high = self.conf_int(conf_level, df=df)
        numbers: dict[str, np.ndarray] = {
            "estimate": self.estimate,
            "std_error": self.std_error,
            "conf_low": low,
            "conf_high": high,
            "df": self.df_for(df),
            "n": self.n,
            "population": self.population,
        }
        if self.var_srs is not None:
            numbers |= {"deff": self.deff(), "n_effective": self.n_effective}
        # Made in one piece: columns added one by one cost more than the estimates of a small sample.
        keys = self.keys.reset_index(drop=True)
        return pd.DataFrame({**{str(name): keys[name] for name in keys}, **numbers}, index=keys.index)

    def select(self, rows: np.ndarray | pd.Series | list[int]) -> Estimates:
        """The estimates at the given positions (or where a mask holds), with their covariance."""
        index = np.asarray(rows)
        if index.dtype == bool:
            index = np.flatnonzero(index)
        reach = self.reach and replace(self.reach, domain=self.reach.domain[index])
        return replace(
            self,
            keys=self.keys.iloc[index].reset_index(drop=True),
            estimate=self.estimate[index],
            covariance=self.covariance.select(index),
            df=self.df[index],
            n=self.n[index],
            population=self.population[index],
            var_srs=None if self.var_srs is None else self.var_srs[index],
            reach=reach,
        )

    def df_of(self, rows: np.ndarray) -> float:
        """Degrees of freedom of a statement on several rows: those of their domains taken together."""
        index = np.asarray(rows)
        return float(np.min(self.df[index])) if self.reach is None else self.reach.df(index)


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with its interval; `name` says which ("difference", "odds ratio", "Cohen's h")."""

    name: str
    estimate: float
    conf_low: float
    conf_high: float
    unit: str
    conf_level: float = 0.95
    std_error: float = float("nan")


@dataclass(frozen=True, slots=True)
class Check:
    """One assumption of a test, looked at.

    Parameters
    ----------
    assumption : str
        What the test takes for granted.
    found : str
        What these data say of it.
    holds : bool or None
        None where they do not tell.
    """

    assumption: str
    found: str
    holds: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class HypothesisTest(Sourced):
    """Outcome of one test, with the effect it is about.

    Parameters
    ----------
    test : str
        Standard name of the test.
    null : str
        The null hypothesis as a sentence.
    statistic : float
    distribution : str
        ``"t"``, ``"F"``, ``"chi2"``, ``"normal"`` or ``"exact"``.
    df : tuple of float
        Degrees of freedom, as many as the distribution has.
    p_value : float
        Two-sided unless `null` says otherwise; NaN only together with a reason in `notes`.
    effect : Effect, optional
        What changed and by how much.
    others : tuple of Effect
        The same on other scales.
    n : float
        Respondents behind it.
    keys : dict
        Which item, waves and domain.
    p_adjusted : float, optional
        p-value after adjustment over the family.
    adjust : str
        Method of the adjustment.
    sources, notes : tuple
    checks : tuple of Check
        Assumptions that could be looked at; those about how the data were collected cannot.
    """

    test: str
    null: str
    statistic: float
    distribution: str
    df: tuple[float, ...]
    p_value: float
    effect: Effect | None = None
    others: tuple[Effect, ...] = ()
    n: float = float("nan")
    keys: dict[str, Any] = field(default_factory=dict)
    p_adjusted: float | None = None
    adjust: str = "none"
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self) -> pd.DataFrame:
        """One row: keys, the effect with its interval, the test, and a reason where it has no p-value."""
        row: dict[str, Any] = dict(self.keys)
        if self.effect is not None:
            row |= {
                "effect": self.effect.name,
                "estimate": self.effect.estimate,
                "std_error": self.effect.std_error,
                "conf_low": self.effect.conf_low,
                "conf_high": self.effect.conf_high,
                "conf_level": self.effect.conf_level,
                "unit": self.effect.unit,
            }
        row |= {"test": self.test, "statistic": self.statistic, "df": self.df, "p_value": self.p_value}
        if self.p_adjusted is not None:
            row |= {"p_adjusted": self.p_adjusted, "adjust": self.adjust}
        if not np.isfinite(self.p_value):
            row["reason"] = "; ".join(self.notes)
        return pd.DataFrame([row])
