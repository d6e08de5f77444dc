"""Extreme weights: cut, and what weights cost in precision."""

from __future__ import annotations

import numpy as np
import pandas as pd

from egovstats.design.calibrated import with_weights
from egovstats.design.design import Design, check_design
from egovstats.design.solve import trim_weights
from egovstats.errors import DesignError


def trim(design: Design, *, lower: float = 0.0, upper: float = np.inf, strict: bool = False) -> Design:
    """Cut extreme weights and spread the excess equally over the others, keeping the sum.

    Parameters
    ----------
    design : Design or ReplicateDesign
    lower, upper : float
        Bounds of the weights.
    strict : bool
        Repeat until every weight is inside; once otherwise, so that spreading may push some out again:
        `weight_diagnostics` shows how far.

    Raises
    ------
    DesignError
        Every weight lies outside; with `strict`, bounds that the mean weight lies outside of.

    References
    ----------
    Potter (1990), Proceedings of the ASA Section on Survey Research Methods, 225-230.
    """
    if not lower < upper:
        raise DesignError(f"weights cannot be above {lower:g} and below {upper:g}. Pass lower below upper.")
    return with_weights(
        check_design(design),
        lambda weight: trim_weights(weight, lower=lower, upper=upper, strict=strict),
        None,
    )


def weight_diagnostics(design: Design, *, before: Design | None = None) -> pd.DataFrame:
    """What the weights cost: their spread and Kish's design effect.

    Parameters
    ----------
    design : Design or ReplicateDesign
    before : Design, optional
        The same respondents with earlier weights: a row of theirs comes first, and the factors by which
        the weights changed stand beside the row of `design`.

    Returns
    -------
    pd.DataFrame
        weights ("before", "now"), n, population, mean, min, max, coefficient of variation, share of the
        sum held by the largest one per cent, deff (n sum(w^2) / sum(w)^2), n_effective; and with `before`
        the smallest and largest factor (NaN in its own row).

    Raises
    ------
    DesignError
        `before` has other respondents.

    References
    ----------
    Kish (1992), Journal of Official Statistics 8, 183-200.
    """
    now = check_design(design).weight
    if before is None:
        return pd.DataFrame([{"weights": "now", **_spread_of(now)}])
    earlier = check_design(before).weight
    if len(earlier) != len(now):
        raise DesignError(
            f"the design before has {len(earlier)} respondents and this one {len(now)}, so their weights "
            "cannot be compared. Pass the design that this one was made from."
        )
    factor = now[earlier > 0] / earlier[earlier > 0]
    changed = {"smallest_factor": factor.min(), "largest_factor": factor.max()}
    unchanged = dict.fromkeys(changed, np.nan)
    return pd.DataFrame(
        [
            {"weights": "before", **_spread_of(earlier), **unchanged},
            {"weights": "now", **_spread_of(now), **changed},
        ]
    )


def _spread_of(weight: np.ndarray) -> dict[str, float]:
    """The facts about weights, of those above 0."""
    weight = weight[weight > 0]
    n, total = len(weight), weight.sum()
    deff = n * (weight**2).sum() / total**2
    largest = np.sort(weight)[-max(1, n // 100) :]
    return {
        "n": n,
        "population": total,
        "mean": weight.mean(),
        "min": weight.min(),
        "max": weight.max(),
        "variation": float(np.sqrt(max(deff - 1, 0))),
        "largest_percent_share": largest.sum() / total,
        "deff": deff,
        "n_effective": n / deff,
    }
