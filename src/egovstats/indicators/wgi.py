"""Worldwide Governance Indicators: the wide workbook, the long workbook and the DataBank CSV."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError
from egovstats.indicators.areas import iso_code
from egovstats.indicators.files import (
    columns_found,
    is_workbook,
    not_this_file,
    numbers,
    read_rows,
    read_sheets,
)

TITLE = "World Bank, Worldwide Governance Indicators"

_DIMENSIONS = {
    "va": "VA",
    "pv": "PV",
    "ge": "GE",
    "rq": "RQ",
    "rl": "RL",
    "cc": "CC",
    "voice and accountability": "VA",
    "political stability and absence of violence/terrorism": "PV",
    "government effectiveness": "GE",
    "regulatory quality": "RQ",
    "rule of law": "RL",
    "control of corruption": "CC",
}
#: Our names of a dimension's six figures, in the publisher's order.
_FIGURES = ("estimate", "std_error", "n_sources", "pct_rank", "pct_low", "pct_high")
_LONG = ("estimate", "stddev", "nsource", "pctrank", "pctranklower", "pctrankupper")
_WIDE = ("Estimate", "StdErr", "NumSrc", "Rank", "Lower", "Upper")
_DATABANK = ("EST", "STD.ERR", "NO.SRC", "PER.RNK", "PER.RNK.LOWER", "PER.RNK.UPPER")
_WHAT = "a file of the Worldwide Governance Indicators"


def read_wgi(path: Path, edition: str | None) -> tuple[pd.DataFrame, str]:
    """Rows in the columns of an indicator table, and the edition they belong to.

    Each dimension gives two indicators: ``WGI_GE_EST`` (the score, with its standard error) and
    ``WGI_GE_PCTRANK`` (the percentile rank, with the limits of its 90 per cent interval).

    Parameters
    ----------
    path : Path
    edition : str, optional
        Year of the release; by default as stated in the file, else the year after its last.
    """
    if is_workbook(path):
        sheets = read_sheets(path)
        stated = _stated_edition(sheets)
        wide = [name for name, cells in sheets.items() if _dimension_of(cells) is not None]
        figures = (
            pd.concat([_wide_sheet(path, name, sheets[name]) for name in wide], ignore_index=True)
            if wide
            else _long_sheet(path, sheets)
        )
    else:
        stated = None
        figures = _databank(path)
    figures = figures.loc[figures["estimate"].notna() | figures["pct_rank"].notna()]
    if figures.empty:
        raise not_this_file(path, _WHAT, "at least one figure", "no numbers")
    release = edition or stated or str(int(figures["year"].max()) + 1)
    return _two_indicators(figures, release), release


def _two_indicators(figures: pd.DataFrame, release: str) -> pd.DataFrame:
    shared = figures[["area", "year", "n_sources"]].assign(edition=release, source=TITLE)
    score = shared.assign(
        indicator="WGI_" + figures["dimension"] + "_EST",
        value=figures["estimate"],
        std_error=figures["std_error"],
        unit="governance score",
        scale="estimate",
    )
    rank = shared.assign(
        indicator="WGI_" + figures["dimension"] + "_PCTRANK",
        value=figures["pct_rank"],
        conf_low=figures["pct_low"],
        conf_high=figures["pct_high"],
        unit="percentile rank 0-100",
        scale="percentile rank",
    )
    return pd.concat([score, rank], ignore_index=True)


def _long_sheet(path: Path, sheets: dict[str, pd.DataFrame]) -> pd.DataFrame:
    for cells in sheets.values():
        header = [str(cell).strip() for cell in cells.iloc[0]] if len(cells) else []
        if {"code", "year", "indicator", *_LONG} <= set(header):
            rows = cells.iloc[1:].set_axis(header, axis=1)
            break
    else:
        raise not_this_file(
            path,
            _WHAT,
            "a sheet with the columns code, year, indicator and estimate, or a sheet for each dimension",
            "the sheets " + ", ".join(sheets),
        )
    dimension = rows["indicator"].astype(str).str.strip().str.lower().map(_DIMENSIONS)
    if dimension.isna().any():
        unknown = sorted(set(rows.loc[dimension.isna(), "indicator"].astype(str)))
        raise not_this_file(path, _WHAT, "the dimensions va, pv, ge, rq, rl and cc", ", ".join(unknown[:5]))
    figures = {
        ours: numbers(rows[theirs], path=path, column=theirs)
        for ours, theirs in zip(_FIGURES, _LONG, strict=True)
    }
    return pd.DataFrame(
        {
            "area": rows["code"].astype(str).map(iso_code),
            "dimension": dimension,
            "year": numbers(rows["year"], path=path, column="year").astype(int),
            **figures,
        }
    )


def _dimension_of(cells: pd.DataFrame) -> str | None:
    """The dimension of a wide sheet, from its first cell; None for another sheet."""
    title = str(cells.iat[0, 0]).strip().lower() if cells.size else ""
    return _DIMENSIONS.get(title) if len(title) > 2 else None


def _wide_sheet(path: Path, name: str, cells: pd.DataFrame) -> pd.DataFrame:
    heads = cells.index[cells[0].astype(str).str.strip() == "Country/Territory"]
    if len(heads) == 0 or heads[0] == 0:
        raise not_this_file(
            path, _WHAT, f"a row starting with 'Country/Territory' in the sheet {name!r}", "none"
        )
    head = int(heads[0])
    years = numbers(cells.iloc[head - 1, 2:], path=path, column=f"years of {name}")
    labels = cells.iloc[head, 2:].astype(str).str.strip()
    body = cells.iloc[head + 1 :]
    area = body[1].astype(str).map(iso_code)
    blocks = []
    for year in sorted(years.dropna().unique()):
        at = {labels[column]: column for column in years.index[years == year]}
        if not set(_WIDE) <= set(at):
            raise not_this_file(
                path, _WHAT, f"six figures for {int(year)} in the sheet {name!r}", ", ".join(at)
            )
        figures = {
            ours: numbers(body[at[theirs]], path=path, column=f"{theirs} {int(year)}")
            for ours, theirs in zip(_FIGURES, _WIDE, strict=True)
        }
        block = pd.DataFrame({"area": area, **figures})
        blocks.append(block.assign(dimension=_dimension_of(cells), year=int(year)))
    return pd.concat(blocks, ignore_index=True)


def _databank(path: Path) -> pd.DataFrame:
    rows = read_rows(path)
    if "Country Code" not in rows or not ({"Indicator Code", "Series Code"} & set(rows.columns)):
        raise not_this_file(
            path, _WHAT, "the columns 'Country Code' and 'Indicator Code'", columns_found(rows)
        )
    code = rows["Indicator Code" if "Indicator Code" in rows else "Series Code"].str.strip()
    parts = code.str.extract(r"^(VA|PV|GE|RQ|RL|CC)\.(.+)$")
    kept = parts[1].isin(_DATABANK)
    if not kept.any():
        raise not_this_file(
            path, _WHAT, "indicator codes such as GE.EST", ", ".join(sorted(set(code))[:5]) or "none"
        )
    years = [name for name in rows.columns if re.match(r"^\d{4}( \[YR\d{4}\])?$", name)]
    if not years:
        raise not_this_file(path, _WHAT, "a column for each year", columns_found(rows))
    ids = pd.DataFrame(
        {
            "area": rows["Country Code"].map(iso_code),
            "dimension": parts[0],
            "figure": parts[1].map(dict(zip(_DATABANK, _FIGURES, strict=True))),
        }
    )[kept]
    values = pd.DataFrame({int(y[:4]): numbers(rows.loc[kept, y], path=path, column=y) for y in years})
    long = ids.join(values).melt(["area", "dimension", "figure"], var_name="year", value_name="value")
    if long.duplicated(["area", "dimension", "figure", "year"]).any():
        raise SourceError(f"{path.name!r} lists an area's figure twice. Download it again.")
    wide = long.pivot(index=["area", "dimension", "year"], columns="figure", values="value")
    return wide.reindex(columns=list(_FIGURES)).reset_index()


def _stated_edition(sheets: dict[str, pd.DataFrame]) -> str | None:
    """The release that a cover sheet states ("The Worldwide Governance Indicators, 2022 Update")."""
    cover = next(iter(sheets.values()))
    for cell in cover.astype(str).to_numpy().ravel()[:400]:
        if found := re.search(r"(\d{4}) update", str(cell), flags=re.IGNORECASE):
            return found.group(1)
    return None
