"""From totals to `Estimates`: keys, bases and degrees of freedom beside the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from egovstats.design import Design, Domains
from egovstats.errors import EstimateError
from egovstats.estimate.remarks import remarks
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
    domain = np.repeat(np.arange(len(domains)), each)
    within = np.tile(np.arange(each), len(domains))
    # Built at once: adding a column at a time to a frame costs more than most estimates.
    keys = {str(name): domains.keys[name].array.take(domain) for name in domains.keys.columns}
    keys |= {name: pd.Series(list(values)).array.take(within) for name, values in columns.items()}
    return pd.DataFrame(keys)


def assemble(
    design: Design,
    domains: Domains,
    covariance: Covariance,
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
    """Put an estimator's pieces together; `estimate`, `n`, `population`, `var_srs` have shape (G, q)."""
    each = estimate.shape[1]
    values, base, df = estimate.ravel(), n.ravel(), np.repeat(domains.df, each)
    return Estimates(
        keys=keys,
        estimate=values,
        covariance=covariance,
        df=df,
        n=base,
        population=population.ravel(),
        statistic=statistic,
        unit=unit,
        sources=design.sources,
        design_df=design.df,
        var_srs=None if var_srs is None else var_srs.ravel(),
        reach=design.reach(domains, each),
        interval=interval,
        notes=(*domains.notes, *remarks(values, covariance.variance, base, df, interval=interval)),
    )
