"""Which release and which year a printed value belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.errors import SeriesError, nearest
from egovstats.indicators.table import IndicatorTable, edition_order

_COLUMNS = ["edition", "year", "indicator", "scale", "value", "difference"]


@dataclass(frozen=True, slots=True, eq=False)
class EditionSearch:
    """Where a printed value was found among the releases.

    Parameters
    ----------
    area, indicator : str
    printed : float
    decimals : int
    matches : pd.DataFrame
        One row for each edition, year and scale whose value rounds to the printed one: edition, year,
        indicator, scale, value, difference (value less printed). Newest edition first.
    misses : pd.DataFrame
        The nearest others, nearest first; the same columns.
    searched : int
        How many values were compared.
    """

    area: str
    indicator: str
    printed: float
    decimals: int
    matches: pd.DataFrame
    misses: pd.DataFrame
    searched: int

    @property
    def found(self) -> bool:
        """Whether any value rounds to the printed one."""
        return not self.matches.empty

    @property
    def unique(self) -> bool:
        """Whether the matches agree on one year and one scale."""
        return len(self.matches[["year", "scale"]].drop_duplicates()) == 1


def which_edition(
    table: IndicatorTable,
    area: str,
    indicator: str,
    value: float,
    decimals: int,
    *,
    year: int | None = None,
    n_misses: int = 5,
) -> EditionSearch:
    """Search every release and year for a printed value.

    A value matches when it lies within half a unit of the last printed digit, so that rounding half up
    and half to even both count. Ranks are searched too, as the scale ``"rank"``.

    Parameters
    ----------
    table : IndicatorTable
    area : str
        ISO 3166 alpha-3.
    indicator : str
        An indicator, or the beginning of several: ``"WGI_GE"`` searches the estimate and the
        percentile rank.
    value : float
        As printed.
    decimals : int
        Decimals printed.
    year : int, optional
        Search the values for this year only.
    n_misses : int
        How many of the nearest others to return.

    Raises
    ------
    SeriesError
        The table has no such area or indicator, or `decimals` is negative.

    Examples
    --------
    >>> from egovstats.indicators import shipped_indicators
    >>> found = which_edition(shipped_indicators(), "MNG", "WGI_GE", 39.9, 1)
    >>> found.matches[["edition", "year", "scale"]].to_dict("records")
    [{'edition': '2021', 'year': 2020, 'scale': 'percentile rank'}]
    """
    if decimals < 0:
        raise SeriesError(f"decimals must be 0 or more, got {decimals}. Count the digits after the point.")
    rows = table.select(area=area).frame
    family = (rows["indicator"] == indicator) | rows["indicator"].str.startswith(indicator + "_")
    if not family.any():
        known = sorted(rows["indicator"].unique())
        raise SeriesError(f"the table has no indicator {indicator!r} for {area}. {nearest(indicator, known)}")
    rows = rows.loc[family]
    ranked = rows.loc[rows["rank"].notna()].assign(value=lambda held: held["rank"], scale="rank")
    all_values = pd.concat([rows, ranked], ignore_index=True)
    if year is not None:
        all_values = all_values.loc[all_values["year"] == year]
    all_values = all_values.assign(difference=all_values["value"] - value)
    half = 0.5 * 10.0**-decimals
    hit = all_values["difference"].abs() <= half * (1 + 1e-9) + 1e-12 * abs(value)
    matches = all_values.loc[hit, _COLUMNS]
    order = np.array([edition_order(edition)[0] for edition in matches["edition"]], dtype=int)
    matches = matches.iloc[np.lexsort((matches["year"].to_numpy(), -order))].reset_index(drop=True)
    misses = all_values.loc[~hit].sort_values(
        "difference", key=lambda column: column.abs(), kind="stable", ignore_index=True
    )
    return EditionSearch(
        area, indicator, float(value), decimals, matches, misses[_COLUMNS].head(n_misses), len(all_values)
    )
