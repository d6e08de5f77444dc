"""United Nations E-Government Survey: the index, its components and ranks."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError
from egovstats.indicators.areas import iso_code, iso_of_name
from egovstats.indicators.files import (
    columns_found,
    is_workbook,
    not_this_file,
    numbers,
    read_rows,
    read_sheets,
)

TITLE = "UN DESA, United Nations E-Government Survey"

#: Our column, and what publishers call it.
_COLUMNS = {
    "EGDI": ("E-Government Index", "EGDI", "e-gov-index", "E-Government Development Index"),
    "rank": ("E-Government Rank", "EGDI Rank", "e-gov-rank"),
    "EGDI_EPI": ("E-Participation Index", "EPI", "e-pat-index"),
    "EGDI_OSI": ("Online Service Index", "OSI", "osi"),
    "EGDI_HCI": ("Human Capital Index", "HCI", "hci"),
    "EGDI_TII": ("Telecommunication Infrastructure Index", "TII", "tii"),
}
_YEAR = ("Survey Year", "Year", "survey-year")
_CODE = ("country-code", "Country Code", "ISO3")
_NAME = ("Country Name", "country-name", "Country")
_WHAT = "a table of the United Nations E-Government Survey"


def read_egdi(path: Path, edition: str | None) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    """Rows in the columns of an indicator table, the edition, and notes.

    Indicators: ``EGDI`` (with the rank) and its parts ``EGDI_OSI``, ``EGDI_HCI``, ``EGDI_TII``, and
    ``EGDI_EPI``. An edition holds one year, which is its name.
    """
    rows = _grid(path)
    columns = {ours: _find(rows, names) for ours, names in _COLUMNS.items()}
    if columns["EGDI"] is None or columns["rank"] is None:
        raise not_this_file(path, _WHAT, "columns for the index and its rank", columns_found(rows))
    area, notes = _areas(path, rows)
    year = _years(path, rows, edition)
    parts = []
    for name in ("EGDI", "EGDI_EPI", "EGDI_OSI", "EGDI_HCI", "EGDI_TII"):
        column = columns[name]
        if column is None:
            continue
        value = numbers(rows[column], path=path, column=column)
        if ((value < 0) | (value > 1)).any():
            raise not_this_file(path, _WHAT, f"values of {column!r} between 0 and 1", f"{value.max():g}")
        part = pd.DataFrame({"area": area, "indicator": name, "year": year, "value": value})
        if name == "EGDI":
            part["rank"] = numbers(rows[columns["rank"]], path=path, column=str(columns["rank"]))
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.loc[frame["area"] != ""].reset_index(drop=True)
    frame = frame.assign(edition=frame["year"].astype(str), unit="index 0-1", scale="index", source=TITLE)
    return frame, ", ".join(sorted(set(frame["edition"]))), notes


def _grid(path: Path) -> pd.DataFrame:
    if not is_workbook(path):
        return read_rows(path)
    cells = next(iter(read_sheets(path).values()))
    if cells.empty:
        raise not_this_file(path, _WHAT, "a table on the first sheet", "an empty sheet")
    return cells.iloc[1:].set_axis([str(cell).strip() for cell in cells.iloc[0]], axis=1)


def _find(rows: pd.DataFrame, names: tuple[str, ...]) -> str | None:
    lower = {str(column).strip().lower(): str(column) for column in rows.columns}
    return next((lower[name.lower()] for name in names if name.lower() in lower), None)


def _areas(path: Path, rows: pd.DataFrame) -> tuple[pd.Series, tuple[str, ...]]:
    """ISO codes, and a note on names that have none."""
    code, name = _find(rows, _CODE), _find(rows, _NAME)
    if code is not None:
        return rows[code].astype(str).map(iso_code), ()
    if name is None:
        raise not_this_file(path, _WHAT, "a column of countries", columns_found(rows))
    area = rows[name].astype(str).map(iso_of_name)
    unknown = sorted(set(rows.loc[area == "", name].astype(str).str.strip()))
    if len(unknown) == len(rows):
        raise not_this_file(path, _WHAT, f"names of countries in {name!r}", ", ".join(unknown[:3]))
    if unknown:
        return area, (f"Left out, since these names have no known code: {', '.join(unknown)}.",)
    return area, ()


def _years(path: Path, rows: pd.DataFrame, edition: str | None) -> pd.Series:
    column = _find(rows, _YEAR)
    if column is not None:
        return numbers(rows[column], path=path, column=column).astype(int)
    stated = edition or next(iter(re.findall(r"(?<!\d)(20\d{2})(?!\d)", path.stem)), None)
    if stated is None:
        raise SourceError(
            f"the survey year must be known, and {path.name!r} holds none in its columns or its name. "
            "Pass edition='2018' (the year of the survey)."
        )
    return pd.Series(int(stated), index=rows.index)
