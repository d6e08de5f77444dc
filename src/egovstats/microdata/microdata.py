"""What reading a file gives: its codes, its codebook, and where it is from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from egovstats.microdata.codebook import Codebook
from egovstats.sources import Source


@dataclass(frozen=True, eq=False, repr=False)
class Microdata:
    """One file of respondents.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a respondent. Codes stay codes, those declared missing too; dates are datetimes, times
        of day and durations are timedeltas; a cell without a value is NaN or NaT.
    codebook : Codebook
        What the codes mean.
    source : Source
        File name, checksum, and whether the data are made up.
    tags : dict of str to pd.Series
        For columns with tagged missings (Stata ".a" to ".z", SAS ".A" to ".Z" and "._"): the tag of each
        such cell, missing elsewhere; the frame has NaN there. For dates declared missing: the code as text.
    """

    frame: pd.DataFrame
    codebook: Codebook
    source: Source
    tags: dict[str, pd.Series] = field(default_factory=dict)

    def __repr__(self) -> str:
        # never the frame itself: its rows are respondents
        rows, columns = self.frame.shape
        return f"<Microdata {self.source.file or self.source.title}: {rows} rows, {columns} columns>"

    def frequencies(self, *, names: Iterable[str] | None = None, least: int = 5) -> pd.DataFrame:
        """Counts by code; see `Codebook.frequencies`."""
        return self.codebook.frequencies(self.frame, names=names, tags=self.tags, least=least)
