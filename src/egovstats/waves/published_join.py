"""Shares from print put after shares of respondents, as one result."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from egovstats.errors import WaveError
from egovstats.results import Covariance, Estimates
from egovstats.sources import merge_sources


def item_of(estimates: Estimates) -> str:
    """The item that estimates are of.

    Raises
    ------
    WaveError
        They are not one share a wave of one item.
    """
    keys = estimates.keys
    one = "wave" in keys and "item" in keys and not keys["wave"].duplicated().any()
    if not one or estimates.unit != "share" or len(set(keys["item"])) != 1:
        raise WaveError(
            f"published shares join one share a wave, and these are {len(keys)} of the unit "
            f"{estimates.unit!r} by {', '.join(map(repr, keys.columns))}. Pass "
            "proportion(design, item, by='wave', answers=[...]) with the answers that are in print."
        )
    return str(keys["item"].iloc[0])


def join(estimates: Estimates, print_: Estimates, dates: Mapping[str, float]) -> Estimates:
    """Put published waves after estimates from respondents, ordered by time.

    Parameters
    ----------
    estimates, print_ : Estimates
        One a wave, of one item. A wave that has both keeps the respondents.
    dates : dict of float
        By wave.

    Returns
    -------
    Estimates
        Waves are independent samples: no covariance between respondents and print.
    """
    keys = estimates.keys
    print_ = print_.select(~print_.keys["wave"].isin(keys["wave"]).to_numpy())
    matrix = np.zeros((len(keys) + len(print_),) * 2)
    matrix[: len(keys), : len(keys)] = estimates.cov
    matrix[len(keys) :, len(keys) :] = print_.cov
    after = print_.keys[["wave", "item"]].copy()
    for name in keys.columns.difference(["wave", "item"]):
        after[name] = keys[name].iloc[0]  # the same answers, as the estimates name them
    both = [estimates, print_]
    order = np.argsort([dates[wave] for each in both for wave in each.keys["wave"]], kind="stable")
    return Estimates(
        keys=pd.concat([keys, after[list(keys.columns)]], ignore_index=True),
        estimate=np.concatenate([each.estimate for each in both]),
        covariance=Covariance.of(matrix),
        df=np.concatenate([each.df for each in both]),
        n=np.concatenate([each.n for each in both]),
        population=np.concatenate([each.population for each in both]),
        statistic=estimates.statistic,
        unit="share",
        sources=merge_sources(estimates.sources, print_.sources),
        design_df=estimates.design_df,
        var_srs=None,
        interval="wald",
        notes=(*estimates.notes, *print_.notes),
    ).select(order)
