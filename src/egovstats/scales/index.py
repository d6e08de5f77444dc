"""An index: one number a respondent from several items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from egovstats.design.design import Design, check_design
from egovstats.errors import EstimateError, nearest
from egovstats.one_thread import one_thread
from egovstats.scales.exploratory import principal_components
from egovstats.scales.items import item_values, scale_items

METHODS = ("mean", "sum", "component")


def index(
    design: Design,
    items: Sequence[str],
    *,
    method: str = "mean",
    reverse: Sequence[str] = (),
    ends: tuple[float, float] | None = None,
    at_least: int | None = None,
    rescale: tuple[float, float] | None = None,
    name: str = "index",
) -> pd.Series:
    """One number a respondent from several items, to be added to the frame of a design.

    Parameters
    ----------
    design : Design
    items : sequence of str
        Two or more columns of numbers.
    method : str
        ``"mean"`` of the items answered; ``"sum"``, the mean times the number of items; ``"component"``, the
        first principal component of the weighted correlations, with mean 0 and variance 1 (needs all items).
    reverse : sequence of str
        Items to turn round first.
    ends : tuple of float, optional
        Lowest and highest possible answer; by default from the items' description. Needed for `reverse` and
        `rescale`.
    at_least : int, optional
        Items that a respondent must have answered; by default all of them.
    rescale : tuple of float, optional
        Where the ends of the answers shall come to lie, ``(0, 100)`` say; for ``"mean"`` only.
    name : str
        Of the series.

    Returns
    -------
    pd.Series, shape (n,)
        NaN where too few items were answered. See how reliable it is with `alpha`, and whether waves can be
        compared with `invariance`.

    Raises
    ------
    EstimateError
        An unknown method, too few items, a rescaling without ends.

    References
    ----------
    DeVellis (2017), Scale Development, 4th ed., ch. 5 and 6.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 5, 3], "b": [2, 4, None]})
    >>> index(Design(frame), ["a", "b"], ends=(1, 5), rescale=(0, 100)).tolist()
    [12.5, 87.5, nan]
    """
    check_design(design)
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r}. {nearest(method, METHODS)}")
    names = scale_items(items)
    least = len(names) if at_least is None else at_least
    if not 1 <= least <= len(names):
        raise EstimateError(f"at_least must be 1 to {len(names)}, got {least!r}.")
    if rescale is not None and (method != "mean" or ends is None):
        raise EstimateError("rescale needs method='mean' and ends=(lowest, highest). Pass both.")
    read = item_values(design, names, reverse, ends)
    values = np.column_stack([np.where(answered, y, np.nan) for y, answered in read])
    count = (~np.isnan(values)).sum(axis=1)
    if method == "component":
        return pd.Series(_component(design, names, values, reverse), index=design.frame.index, name=name)
    with np.errstate(invalid="ignore"):
        mean = np.nansum(values, axis=1) / np.where(count > 0, count, np.nan)
    mean = np.where(count >= least, mean, np.nan)
    if rescale is not None:
        assert ends is not None
        low, high = min(ends), max(ends)
        mean = rescale[0] + (mean - low) * (rescale[1] - rescale[0]) / (high - low)
    made = mean * len(names) if method == "sum" else mean
    return pd.Series(made, index=design.frame.index, name=name)


@one_thread
def _component(design: Design, names: list[str], values: np.ndarray, reverse: Sequence[str]) -> np.ndarray:
    """Scores of the first component, shape (n,)."""
    found = principal_components(design, names)
    complete = ~np.isnan(values).any(axis=1)
    weight = np.where(complete, design.weight, 0.0)
    filled = np.where(complete[:, None], values, 0.0)
    mean = weight @ filled / weight.sum()
    spread = np.sqrt(weight @ np.where(complete[:, None], filled - mean, 0.0) ** 2 / weight.sum())
    turned = np.array([-1.0 if name in reverse else 1.0 for name in names])
    loading = found.loadings[:, 0] * turned
    loading = loading * (1.0 if loading.sum() >= 0 else -1.0)
    scores = ((filled - mean) / spread) @ loading / float(found.eigenvalues[0])
    return np.where(complete, scores, np.nan)
