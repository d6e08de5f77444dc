"""Published indicators from a publisher's file, or from a study that ships."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError, nearest
from egovstats.indicators.cpi import TITLE as CPI
from egovstats.indicators.cpi import read_cpi
from egovstats.indicators.egdi import TITLE as EGDI
from egovstats.indicators.egdi import read_egdi
from egovstats.indicators.files import columns_found, indicator_source, not_this_file, numbers, read_rows
from egovstats.indicators.table import COLUMNS, IndicatorTable, make_table
from egovstats.indicators.wdi import TITLE as WDI
from egovstats.indicators.wdi import read_wdi
from egovstats.indicators.wgi import TITLE as WGI
from egovstats.indicators.wgi import read_wgi
from egovstats.sources import shipped

Read = tuple[pd.DataFrame, str, tuple[str, ...]]


def _own(path: Path, edition: str | None) -> Read:
    """Our own long format, with every edition that it holds."""
    rows = read_rows(path)
    absent = [name for name in COLUMNS if name not in rows.columns]
    if absent:
        raise not_this_file(
            path, "an indicator table of egovstats", "the columns " + ", ".join(absent), columns_found(rows)
        )
    for name in ("year", "value", "std_error", "conf_low", "conf_high", "rank", "n_sources"):
        rows[name] = numbers(rows[name], path=path, column=name)
    if edition is not None:
        rows = rows.loc[rows["edition"] == edition]
    return rows, ", ".join(sorted(set(rows["edition"]))), ()


_PUBLISHERS: dict[str, tuple[str, Callable[[Path, str | None], Read]]] = {
    "wgi": (WGI, lambda path, edition: (*read_wgi(path, edition), ())),
    "egdi": (EGDI, read_egdi),
    "cpi": (CPI, read_cpi),
    "wdi": (WDI, lambda path, edition: (*read_wdi(path, edition), ())),
    "egovstats": ("Indicator table", _own),
}


def read_indicators(
    publisher: str,
    path: str | Path,
    *,
    area: str | None = None,
    indicator: str | None = None,
    edition: str | None = None,
) -> IndicatorTable:
    """Indicators from one file, in whichever of its publisher's layouts it is.

    Parameters
    ----------
    publisher : str
        ``"wgi"`` (Worldwide Governance Indicators: the workbook with a sheet for each dimension, the
        long workbook, or the DataBank CSV), ``"egdi"`` (UN E-Government Survey), ``"cpi"`` (Corruption
        Perceptions Index, 2012 and later), ``"wdi"`` (World Development Indicators) or
        ``"egovstats"`` (our own long format).
    path : path
        The file as downloaded.
    area : str, optional
        Keep one area (ISO 3166 alpha-3).
    indicator : str, optional
        Keep one indicator, such as ``"WGI_GE_EST"``.
    edition : str, optional
        The release, where the file does not state it.

    Raises
    ------
    SourceError
        The publisher is unknown, or the file is missing, damaged or not what it was said to be.
    SeriesError
        The area or the indicator is not in it.
    """
    if publisher not in _PUBLISHERS:
        raise SourceError(f"there is no reader for {publisher!r}. {nearest(publisher, _PUBLISHERS)}")
    path = Path(path)
    title, reader = _PUBLISHERS[publisher]
    frame, release, notes = reader(path, edition)
    table = make_table(frame, sources=(indicator_source(path, title, edition=release),), notes=notes)
    return table.select(area=area, indicator=indicator) if area or indicator else table


def shipped_indicators(study: str = "mongolia") -> IndicatorTable:
    """The indicators that come with a study, every release side by side.

    Parameters
    ----------
    study : str
        Name of a folder among the shipped studies.

    Raises
    ------
    SourceError
        There is no such study, or it has no indicators.

    Examples
    --------
    >>> table = shipped_indicators("mongolia")
    >>> table.editions("MNG", "WGI_GE_PCTRANK")
    ('2016', '2019', '2020', '2021', '2022', '2023', '2024')
    """
    folder = shipped("surveys")
    held = sorted(file.parent.name for file in folder.glob("*/indicators.csv"))
    if study not in held:
        raise SourceError(f"no indicators came with a study named {study!r}. {nearest(study, held)}")
    return read_indicators("egovstats", folder / study / "indicators.csv")
