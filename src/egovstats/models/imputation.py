"""Several completed data sets, one answer: Rubin's rules with the design's degrees of freedom.

References
----------
Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.3; Barnard and Rubin (1999),
Biometrika 86, 948-955 (degrees of freedom).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError
from egovstats.models.fit import Fit
from egovstats.results import Covariance, Estimates


@dataclass(frozen=True, slots=True, eq=False)
class ImputedEstimates(Estimates):
    """Estimates from several completed data sets.

    Parameters
    ----------
    missing_information : np.ndarray, shape (k,)
        Share of each estimate's variance that comes from the imputed values.
    imputations : int
        How many data sets.
    """

    missing_information: np.ndarray | None = None
    imputations: int = 0

    __repr__ = as_text
    _repr_html_ = as_html

    def to_frame(self, *, conf_level: float = 0.95, df: str | float = "domain") -> pd.DataFrame:
        """One row an estimate, with the share of missing information."""
        # Two names: a slotted dataclass is made anew, so that a bare super() would not find it.
        table = Estimates.to_frame(self, conf_level=conf_level, df=df)
        return table.assign(missing_information=self.missing_information)


def combine_imputations(results: Sequence[Estimates | Fit]) -> ImputedEstimates:
    """Combine the same analysis of several completed data sets.

    Parameters
    ----------
    results : sequence of Estimates or of Fit
        One a data set, two or more: the same estimator or model, each on a design of its own frame.

    Returns
    -------
    ImputedEstimates
        Mean estimates; covariance within plus (1 + 1/m) times that between the data sets; degrees of freedom
        by Barnard and Rubin, from those of the design. Coefficients of models are keyed by `term`.

    Raises
    ------
    EstimateError
        Fewer than two results, or results of different estimates.

    Examples
    --------
    >>> from egovstats import Design, mean
    >>> frames = [pd.DataFrame({"y": [1.0, 2.0, 4.0, filled]}) for filled in (3.0, 5.0)]
    >>> combine_imputations([mean(Design(frame), "y") for frame in frames]).estimate.tolist()
    [2.75]
    """
    parts = [_as_estimates(each) for each in results]
    m = len(parts)
    if m < 2:
        raise EstimateError(
            f"imputations are combined from two data sets or more, got {m}. Impute more often."
        )
    first = parts[0]
    for other in parts[1:]:
        if not other.keys.reset_index(drop=True).equals(first.keys.reset_index(drop=True)):
            raise EstimateError(
                f"the results are not of the same estimates: {len(first)} of {first.statistic} and "
                f"{len(other)} of {other.statistic}, or other domains. Run one analysis on all."
            )
    estimates = np.stack([part.estimate for part in parts])
    centre = estimates.mean(axis=0)
    between = (estimates - centre).T @ (estimates - centre) / (m - 1)
    within = np.mean([part.cov for part in parts], axis=0)
    total = within + (1 + 1 / m) * between
    complete = np.min([part.df for part in parts], axis=0)
    df, share = _degrees(np.diag(between), np.diag(total), complete, m)
    return ImputedEstimates(
        keys=first.keys,
        estimate=centre,
        covariance=Covariance.of(total),
        df=df,
        n=np.min([part.n for part in parts], axis=0),
        population=np.mean([part.population for part in parts], axis=0),
        statistic=first.statistic,
        unit=first.unit,
        sources=tuple(dict.fromkeys(source for part in parts for source in part.sources)),
        design_df=min(part.design_df for part in parts),
        interval=first.interval,
        notes=(*first.notes, f"combined from {m} imputed data sets"),
        missing_information=share,
        imputations=m,
    )


def _degrees(
    between: np.ndarray, total: np.ndarray, complete: np.ndarray, m: int
) -> tuple[np.ndarray, np.ndarray]:
    """Barnard and Rubin's degrees of freedom, and the share of variance that the imputed values bring."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, (1 + 1 / m) * between / total, 0.0)
        imputed = (m - 1) / share**2
        observed = (complete + 1) / (complete + 3) * complete * (1 - share)
        observed = np.where(np.isinf(complete), np.inf, observed)
        df = 1 / (1 / imputed + 1 / observed)
    return np.where(complete > 0, df, complete), share


def _as_estimates(result: Estimates | Fit) -> Estimates:
    if isinstance(result, Estimates):
        return result
    if not isinstance(result, Fit):
        raise EstimateError(
            f"imputations are combined from Estimates or fitted models, got {type(result).__name__}."
        )
    k = len(result.names)
    return Estimates(
        keys=pd.DataFrame({"term": result.names}),
        estimate=result.estimate,
        covariance=Covariance.of(result.cov),
        df=result.df,
        n=np.full(k, float(result.n)),
        population=np.full(k, float(result.weight.sum())),
        statistic="coefficient",
        unit="scale of the link",
        sources=result.sources,
        design_df=result.df_design,
        notes=result.notes,
    )
