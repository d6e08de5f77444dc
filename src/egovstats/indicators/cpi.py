"""Corruption Perceptions Index: the workbooks before and after it had a sheet of all years."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from egovstats.indicators.areas import iso_code, iso_of_name
from egovstats.indicators.files import is_workbook, not_this_file, numbers, read_sheets

TITLE = "Transparency International, Corruption Perceptions Index"

_WHAT = "a workbook of the Corruption Perceptions Index"
_FIGURES = {
    "value": r"^(?:cpi )?score {year}$",
    "rank": r"^rank {year}$",
    "n_sources": r"^(?:number of )?sources {year}$",
    "std_error": r"^standard error {year}$",
}


def read_cpi(path: Path, edition: str | None) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Rows in the columns of an indicator table, the edition, and notes.

    The indicator is ``TI_CPI``: 0 (highly corrupt) to 100, from 2012 on. The sheet of all years is
    read where there is one, with the limits of the 90 per cent interval for the edition's own year.
    Older workbooks, with scores from 0 to 10, are refused: they are another index.
    """
    if not is_workbook(path):
        raise not_this_file(path, _WHAT, "an Excel workbook", "another kind of file")
    grids = {name: _header(cells) for name, cells in read_sheets(path).items()}
    years_sheet = next((name for name in grids if "timeseries" in name.lower().replace(" ", "")), None)
    own = next((name for name, grid in grids.items() if name != years_sheet and _is_scores(grid)), None)
    if own is None and years_sheet is None:
        raise not_this_file(path, _WHAT, "a sheet with scores and standard errors", ", ".join(grids))
    notes: tuple[str, ...] = ()
    parts = []
    if own is not None:
        parts.append(_own_year(path, own, grids[own], edition))
    if years_sheet is not None:
        parts.append(_all_years(path, grids[years_sheet]))
    frame = pd.concat(parts, ignore_index=True).drop_duplicates(["area", "year"])
    unknown = frame.loc[frame["area"] == "", "name"].unique()
    if len(unknown):
        notes = (f"Left out, since these names have no known code: {', '.join(sorted(unknown))}.",)
    frame = frame.loc[frame["area"] != ""].drop(columns="name")
    if frame["value"].max() <= 10:
        raise not_this_file(path, _WHAT, "scores from 0 to 100 (2012 and later)", "scores up to 10")
    release = edition or str(int(frame["year"].max()))
    frame = frame.assign(indicator="TI_CPI", edition=release, unit="score 0-100", scale="score", source=TITLE)
    return frame.reset_index(drop=True), release, notes


def _header(cells: pd.DataFrame) -> pd.DataFrame:
    """The grid below its header row, which may span two rows; empty when there is none."""
    for at in range(min(6, len(cells))):
        names = [str(cell).strip() for cell in cells.iloc[at]]
        if not any(name.lower().startswith("country / territory") for name in names):
            continue
        body = at + 1
        if "Lower" in [str(cell).strip() for cell in cells.iloc[min(at + 1, len(cells) - 1)]]:
            second = [str(cell).strip() for cell in cells.iloc[at + 1]]
            names = [
                low if low in ("Lower", "Upper") else name for name, low in zip(names, second, strict=True)
            ]
            body += 1
        return cells.iloc[body:].set_axis(names, axis=1)
    return pd.DataFrame()


def _pick(grid: pd.DataFrame, pattern: str) -> str | None:
    return next((str(name) for name in grid.columns if re.search(pattern, str(name), re.IGNORECASE)), None)


def _is_scores(grid: pd.DataFrame) -> bool:
    return (
        _pick(grid, r"^cpi (\d{4} score|score \d{4})$") is not None
        and _pick(grid, r"^standard error$") is not None
    )


def _areas(grid: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    name = grid[str(_pick(grid, r"^country / territory"))].astype(str).str.strip()
    code = _pick(grid, r"^iso3$")
    return name, grid[code].astype(str).map(iso_code) if code is not None else name.map(iso_of_name)


def _own_year(path: Path, sheet: str, grid: pd.DataFrame, edition: str | None) -> pd.DataFrame:
    score = str(_pick(grid, r"^cpi (\d{4} score|score \d{4})$"))
    stated = re.findall(r"\d{4}", score) or re.findall(r"\d{4}", sheet)
    name, area = _areas(grid)
    wanted = {
        "value": score,
        "rank": _pick(grid, r"^(country )?rank$"),
        "n_sources": _pick(grid, r"^(number of sources|surveys used)$"),
        "std_error": _pick(grid, r"^standard error$"),
        "conf_low": _pick(grid, r"^lower( ci)?$"),
        "conf_high": _pick(grid, r"^upper( ci)?$"),
    }
    figures = {
        ours: numbers(grid[theirs], path=path, column=theirs)
        for ours, theirs in wanted.items()
        if theirs is not None
    }
    year = int(stated[0] if stated else str(edition))
    return pd.DataFrame({"name": name, "area": area, "year": year, **figures}).dropna(subset=["value"])


def _all_years(path: Path, grid: pd.DataFrame) -> pd.DataFrame:
    years = sorted({year for name in grid.columns for year in re.findall(r"\b(20\d{2})\b", str(name))})
    if not years:
        raise not_this_file(path, _WHAT, "columns that name a year", ", ".join(map(str, grid.columns[:6])))
    name, area = _areas(grid)
    blocks = []
    for year in years:
        found = {ours: _pick(grid, pattern.format(year=year)) for ours, pattern in _FIGURES.items()}
        figures = {
            ours: numbers(grid[theirs], path=path, column=theirs)
            for ours, theirs in found.items()
            if theirs is not None
        }
        if "value" in figures:
            blocks.append(pd.DataFrame({"name": name, "area": area, "year": int(year), **figures}))
    return pd.concat(blocks, ignore_index=True).dropna(subset=["value"])
