"""World Development Indicators: the wide CSV with a column for each year."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError
from egovstats.indicators.areas import iso_code
from egovstats.indicators.files import columns_found, is_workbook, not_this_file, numbers

TITLE = "World Bank, World Development Indicators"

_WHAT = "a CSV of the World Development Indicators"
_NEEDED = {"Country Code", "Indicator Name", "Indicator Code"}


def read_wdi(path: Path, edition: str | None) -> tuple[pd.DataFrame, str]:
    """Rows in the columns of an indicator table, and the edition.

    The indicator is ``WDI_`` and the publisher's code. The download has no release in it: unless one
    is given, the edition says up to which year it has data.
    """
    if is_workbook(path):
        raise not_this_file(path, _WHAT, "comma-separated text", "an Excel workbook")
    rows = _below_the_title(path)
    years = [name for name in rows.columns if re.match(r"^\d{4}( \[YR\d{4}\])?$", name)]
    if not years:
        raise not_this_file(path, _WHAT, "a column for each year", columns_found(rows))
    values = pd.DataFrame({int(name[:4]): numbers(rows[name], path=path, column=name) for name in years})
    long = (
        pd.DataFrame(
            {
                "area": rows["Country Code"].map(iso_code),
                "indicator": "WDI_" + rows["Indicator Code"].str.strip(),
                "unit": rows["Indicator Name"].map(_unit),
                "scale": rows["Indicator Name"].map(_scale),
            }
        )
        .join(values)
        .melt(["area", "indicator", "unit", "scale"], var_name="year", value_name="value")
        .dropna(subset=["value"])
    )
    if long.empty:
        raise not_this_file(path, _WHAT, "at least one figure", "no numbers")
    release = edition or f"data to {int(long['year'].max())}"
    return long.assign(edition=release, source=TITLE).reset_index(drop=True), release


def _below_the_title(path: Path) -> pd.DataFrame:
    """The table, which downloads from the site put below a few lines of title."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path.name!r} is not UTF-8 text (byte {error.start}). Save it as CSV in UTF-8."
        ) from error
    for skip, line in enumerate(lines[:8]):
        if "Country Code" in line and "Indicator Code" in line:
            rows = pd.read_csv(
                path,
                skiprows=skip,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                skip_blank_lines=False,
            )
            rows.columns = [str(name).strip() for name in rows.columns]
            if set(rows.columns) >= _NEEDED:
                return rows.loc[:, [name for name in rows.columns if not name.startswith("Unnamed")]]
    found = lines[0][:80] if lines else "an empty file"
    raise not_this_file(path, _WHAT, "the columns " + ", ".join(sorted(_NEEDED)), repr(found))


def _unit(name: str) -> str:
    inside = re.findall(r"\(([^()]*)\)", name)
    return inside[-1] if inside else "count"


def _scale(name: str) -> str:
    unit = _unit(name)
    return "percent" if unit.startswith("%") else ("rate" if "per 1" in unit else "count")
