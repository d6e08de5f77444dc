"""Columns that a comparison holds: numbers as they are, words and categories as factors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from egovstats.design.columns import column
from egovstats.errors import EstimateError


def adjuster_columns(
    frame: pd.DataFrame, names: Sequence[str], used: np.ndarray
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Columns of a model matrix for variables that are held.

    Parameters
    ----------
    frame : pd.DataFrame, n rows
    names : sequence of str
        Columns; words, categories and true/false become 0/1 columns without the first level.
    used : np.ndarray of bool, shape (n,)
        Whose levels count.

    Returns
    -------
    X : np.ndarray, shape (n, p)
        Numbers centred over those used; 0 where missing.
    labels : tuple of str, p of them
    complete : np.ndarray of bool, shape (n,)
        Who has them all.
    """
    if isinstance(names, str):
        raise EstimateError(f"variables to hold come as a list, got {names!r}. Pass hold=[{names!r}].")
    columns: list[np.ndarray] = []
    labels: list[str] = []
    complete = np.ones(len(frame), bool)
    for name in names:
        series = column(frame, name, "variable to hold")
        complete &= series.notna().to_numpy()
        if pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype):
            values = series.to_numpy(dtype=float, na_value=np.nan)
            columns.append(np.nan_to_num(values - np.nanmean(values[used])))
            labels.append(name)
            continue
        inside = series[used & complete]
        levels = (
            [level for level in series.cat.categories if (inside == level).any()]
            if isinstance(series.dtype, pd.CategoricalDtype)
            else sorted(inside.unique(), key=str)
        )
        for level in levels[1:]:
            columns.append((series == level).fillna(False).to_numpy(dtype=float))
            labels.append(f"{name}={level}")
    X = np.column_stack(columns) if columns else np.zeros((len(frame), 0))
    return X, tuple(labels), complete
