"""One indicator of one area, year by year, from one edition: what the methods take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.errors import SeriesError
from egovstats.sources import Source

#: Columns of one series.
SERIES_COLUMNS = ("year", "value", "std_error", "conf_low", "conf_high", "rank", "n_sources")
#: Edition of a series whose publisher brings out one year at a time.
EACH = "each"


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorSeries:
    """One indicator of one area in one edition.

    Parameters
    ----------
    area : str
        ISO 3166 alpha-3.
    indicator, edition, unit, scale : str
        `edition` is ``"each"`` where the publisher's editions hold one year each.
    frame : pd.DataFrame
        One row a year, in order: year, value, std_error, conf_low, conf_high, rank, n_sources (and
        edition, where it is ``"each"``).
    source : Source
    notes : tuple of str
        What was chosen, and what the values cannot carry.
    """

    area: str
    indicator: str
    edition: str
    unit: str
    scale: str
    frame: pd.DataFrame
    source: Source
    notes: tuple[str, ...] = ()

    @property
    def year(self) -> np.ndarray:
        """Years, shape (m,)."""
        return self.frame["year"].to_numpy(dtype=float)

    @property
    def value(self) -> np.ndarray:
        """Values in `unit`, shape (m,)."""
        return self.frame["value"].to_numpy(dtype=float)

    @property
    def std_error(self) -> np.ndarray:
        """Published standard errors, shape (m,); NaN where there are none."""
        return self.frame["std_error"].to_numpy(dtype=float)

    @property
    def keys(self) -> dict[str, str]:
        """What names it in a result."""
        return {"area": self.area, "indicator": self.indicator, "edition": self.edition}

    def at(self, year: int) -> pd.Series:
        """The row of one year.

        Raises
        ------
        SeriesError
            The series has no such year.
        """
        rows = self.frame.loc[self.frame["year"] == year]
        if rows.empty:
            raise SeriesError(
                f"{self.indicator} of {self.area} (edition {self.edition}) has no value for {year}. "
                f"It has {spans(self.frame['year'])}."
            )
        return rows.iloc[0]


def spans(years: pd.Series) -> str:
    """Years in words: 1996, 1998, 2000, 2002-2023."""
    ordered = sorted({int(year) for year in years})
    runs: list[list[int]] = []
    for year in ordered:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}-{span[-1]}" for span in runs)
