"""A fitted confirmatory model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.intervals import t_quantile
from egovstats.results import HypothesisTest
from egovstats.scales.cfa_errors import ChiSquareLaw
from egovstats.scales.cfa_layout import Layout
from egovstats.scales.cfa_ml import Moments, discrepancy
from egovstats.sources import Source, Sourced


@dataclass(frozen=True, slots=True, eq=False)
class FactorModel(Sourced):
    """A fitted confirmatory model.

    Parameters
    ----------
    layout : Layout
        Its parameters: `layout.names`.
    theta, cov : np.ndarray, shape (q,), (q, q)
    moments : Moments
    groups : list
        The groups in their order; one None where the sample is not split.
    errors : str
        Where standard errors and test come from.
    chi_square : float
        Likelihood-ratio chi-square, not scaled.
    test : HypothesisTest
        That the model holds.
    measures : dict of str to float
        ``cfi``, ``tli``, ``rmsea`` with ``rmsea_low`` and ``rmsea_high`` (90 %), ``srmr``,
        ``log_likelihood``, ``aic``, ``bic``; ``cfi_robust`` and ``rmsea_robust`` where errors are not the
        model's.
    df : float
        Of intervals: the design's, or infinite.
    law : ChiSquareLaw
        What the chi-square is referred to.
    sources, notes : tuple
    """

    layout: Layout
    theta: np.ndarray
    cov: np.ndarray
    moments: Moments
    groups: list[Any]
    errors: str
    chi_square: float
    test: HypothesisTest
    measures: dict[str, float]
    df: float
    law: ChiSquareLaw
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def n(self) -> int:
        """Respondents."""
        return round(float(self.moments.n.sum()))

    @property
    def model_df(self) -> int:
        """Moments less parameters."""
        return self.layout.moments - self.layout.size

    @property
    def scale(self) -> float:
        """Mean of the chi-square over its degrees of freedom if the model holds; 1 for normal answers."""
        return self.law.mean / self.model_df if self.model_df else 1.0

    @property
    def group_chi_square(self) -> np.ndarray:
        """Each group's part of the chi-square, shape (G,)."""
        each = np.eye(len(self.moments.n)) * self.moments.n
        return np.array(
            [
                discrepancy(self.layout, self.theta, Moments(n, self.moments.mean, self.moments.cov))
                for n in each
            ]
        )

    def loadings(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a loading and group, markers among them: ``factor``, ``item``, ``group``, ``estimate``,
        ``std_error`` (0 of a marker), limits, and ``standardised``, with items and factors of variance 1.
        """
        table = self.layout.matrix("loading", self.theta)
        sigma, _ = self.layout.implied(self.theta)
        factor = self.layout.matrix("factor", self.theta)
        errors = np.zeros(table.shape)
        cells = self.layout.free["loading"]
        errors[cells[:, 1], cells[:, 2], cells[:, 3]] = np.sqrt(np.diag(self.cov))[cells[:, 0]]
        margin = float(t_quantile(np.array(self.df), conf_level))
        items, names = self.layout.measures.items, list(self.layout.measures.factors)
        rows = []
        for g, group in enumerate(self.groups):
            for j, name in enumerate(names):
                for item in self.layout.measures.factors[name]:
                    i = items.index(item)
                    value, error = float(table[g, i, j]), float(errors[g, i, j])
                    rows.append(
                        {
                            **({} if group is None else {"group": group}),
                            "factor": name,
                            "item": item,
                            "estimate": value,
                            "std_error": error,
                            "conf_low": value - margin * error,
                            "conf_high": value + margin * error,
                            "standardised": value * float(np.sqrt(factor[g, j, j] / sigma[g, i, i])),
                        }
                    )
        return pd.DataFrame(rows)

    def residual_variances(self) -> pd.DataFrame:
        """One row an item and group: ``estimate``, the variance that its factors leave."""
        table = self.layout.matrix("residual", self.theta)
        items = self.layout.measures.items
        return pd.DataFrame(
            [
                {"group": group, "item": item, "estimate": float(table[g, i, i])}
                for g, group in enumerate(self.groups)
                for i, item in enumerate(items)
            ]
        )

    def to_frame(self) -> pd.DataFrame:
        """The loadings, one row each."""
        return self.loadings()
