"""From linearised cell totals to `Estimates`: the one place where estimators meet the covariance engine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from egovstats.design import Design, Domains
from egovstats.errors import EstimateError
from egovstats.results import Covariance, Estimates


def item_names(item: str | Sequence[str]) -> list[str]:
    """One or several items as a list, refused when empty or named twice."""
    names = [item] if isinstance(item, str) else list(item)
    if not names or len(set(names)) != len(names):
        raise EstimateError(f"items must be one name or several different ones, got {names!r}.")
    return names


def keys_of(domains: Domains, columns: dict[str, list[object]]) -> pd.DataFrame:
    """Keys of all estimates: the domain's own columns, then `columns` within each domain."""
    each = len(next(iter(columns.values())))
    keys = domains.keys.loc[np.repeat(np.arange(len(domains)), each)].reset_index(drop=True)
    for name, values in columns.items():
        keys[name] = pd.Series(list(values) * len(domains), index=keys.index)
    return keys


def assemble(
    design: Design,
    domains: Domains,
    scores: np.ndarray,
    *,
    keys: pd.DataFrame,
    estimate: np.ndarray,
    n: np.ndarray,
    population: np.ndarray,
    var_srs: np.ndarray | None,
    statistic: str,
    unit: str,
    interval: str = "wald",
) -> Estimates:
    """Put an estimator's pieces together.

    Parameters
    ----------
    scores : np.ndarray, shape (cells, r)
        Linearised totals by cell, r statistics a domain.
    estimate, n, population, var_srs : np.ndarray, shape (domains, r)
    """
    cells = domains.cells
    # An empty base gives no estimate: NaN marks it, and its row says n = 0.
    void = ~np.isfinite(estimate)
    variance = np.where(void, np.nan, cells.variance(np.nan_to_num(scores)))

    def joint() -> np.ndarray:
        cov = cells.cov(np.nan_to_num(scores))
        empty = np.flatnonzero(void.ravel())
        cov[empty, :] = np.nan
        cov[:, empty] = np.nan
        return cov

    notes = domains.notes
    if void.any():
        notes = (*notes, f"{int(void.sum())} estimates have no respondents in their base")
    r = scores.shape[1]
    return Estimates(
        keys=keys,
        estimate=estimate.ravel(),
        covariance=Covariance(variance.ravel(), joint),
        df=np.repeat(domains.df, r),
        n=n.ravel(),
        population=population.ravel(),
        statistic=statistic,
        unit=unit,
        sources=design.sources,
        design_df=design.df,
        var_srs=None if var_srs is None else var_srs.ravel(),
        reach=design.reach(domains, r),
        interval=interval,
        notes=notes,
    )
