"""Adjusting a family of p-values.

References
----------
Holm (1979), Scandinavian Journal of Statistics 6, 65-70; Hochberg (1988), Biometrika 75, 800-802;
Benjamini and Hochberg (1995), JRSS B 57, 289-300; Benjamini and Yekutieli (2001), Annals of Statistics 29.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from egovstats.errors import EstimateError, nearest


def _step_down(p: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Ascending p-values times their factors, made monotone from the smallest up."""
    return np.minimum(np.maximum.accumulate(p * factor), 1)


def _step_up(p: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """Ascending p-values times their factors, made monotone from the largest down."""
    return np.minimum(np.minimum.accumulate((p * factor)[::-1])[::-1], 1)


def _hommel(p: np.ndarray) -> np.ndarray:
    """Hommel (1988), Biometrika 75, 383-386, by the algorithm of Wright (1992), Biometrics 48, table 2."""
    m = len(p)
    rank = np.arange(1, m + 1)
    adjusted = np.full(m, np.min(m * p / rank))
    for j in range(m - 1, 1, -1):
        head, tail = p[: m - j + 1], p[m - j + 1 :]
        least = np.min(j * tail / np.arange(2, j + 1))
        candidate = np.empty(m)
        candidate[: m - j + 1] = np.minimum(j * head, least)
        candidate[m - j + 1 :] = candidate[m - j]
        adjusted = np.maximum(adjusted, candidate)
    return np.maximum(adjusted, p)


METHODS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": lambda p: p,
    "bonferroni": lambda p: np.minimum(p * len(p), 1),
    "holm": lambda p: _step_down(p, np.arange(len(p), 0, -1)),
    "hochberg": lambda p: _step_up(p, np.arange(len(p), 0, -1)),
    "hommel": _hommel,
    "BH": lambda p: _step_up(p, len(p) / np.arange(1, len(p) + 1)),
    "BY": lambda p: _step_up(p, len(p) * (1 / np.arange(1, len(p) + 1)).sum() / np.arange(1, len(p) + 1)),
}


def p_adjust(p_value: Sequence[float] | np.ndarray, method: str = "holm") -> np.ndarray:
    """Adjust the p-values of one family of tests.

    Parameters
    ----------
    p_value : array, shape (m,)
        NaN for tests that could not be made; they stay NaN and do not count in the family.
    method : str
        ``"holm"``, ``"hochberg"``, ``"hommel"``, ``"bonferroni"`` (family-wise error), ``"BH"``, ``"BY"``
        (false discovery rate) or ``"none"``.

    Returns
    -------
    np.ndarray, shape (m,)

    Raises
    ------
    EstimateError
        An unknown method or a p-value outside 0 to 1.

    Examples
    --------
    >>> p_adjust([0.01, 0.02, 0.03], "holm").tolist()
    [0.03, 0.04, 0.04]
    """
    if method not in METHODS:
        raise EstimateError(f"there is no adjustment {method!r}. {nearest(method, METHODS)}")
    p = np.asarray(p_value, dtype=float)
    known = ~np.isnan(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        raise EstimateError(f"p-values lie between 0 and 1, got {p[known].min():g} to {p[known].max():g}.")
    adjusted = np.full(len(p), np.nan)
    if known.any():
        order = np.argsort(p[known], kind="stable")
        values = np.empty(int(known.sum()))
        values[order] = METHODS[method](p[known][order])
        adjusted[known] = values
    return adjusted
