"""Estimates of items and domains, with their joint covariance, intervals and design effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError
from egovstats.intervals import interval, t_quantile
from egovstats.results.covariance import Covariance, Reach
from egovstats.sources import Source, Sourced


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
