"""Which release and year does a printed value of an indicator belong to?

Publishers revise: each release of the Worldwide Governance Indicators replaces all years, and a rank holds
among the countries of its own edition. So a printed value is looked for in every release and year at hand.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from egovstats.checks.figures import Figure
from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.wording import Message, Word
from egovstats.indicators import IndicatorTable, which_edition
from egovstats.indicators.table import edition_order
from egovstats.sources import Source


def _search(table: IndicatorTable, figure: Figure, area: str, indicator: str) -> pd.DataFrame:
    """Every place in the table that rounds to the printed figure, oldest edition first."""
    found = which_edition(table, area, indicator, float(figure.number), figure.decimals).matches
    return found.iloc[::-1].reset_index(drop=True)


def newest(editions: pd.Series, *, as_of: str) -> str:
    """The newest edition that was out when the newest of all was `as_of`; empty where none was."""
    out = [each for each in editions.unique() if edition_order(each) <= edition_order(as_of)]
    return max(out, key=edition_order, default="")


def _places(rows: pd.DataFrame) -> list[Message]:
    """Where a value was found: a message for each scale and year, with its releases."""
    return [
        Message(
            "release_place", {"year": int(group["year"].iloc[0]), "editions": list(group["edition"])}, "parts"
        )
        for _, group in rows.groupby(["indicator", "year"], sort=False)
    ]


def _missing(name: str, figure: str, indicator: str) -> Outcome:
    values = {"indicator": Word("indicators", indicator)}
    needed = Message("indicator", values, "needs")
    return Outcome(name, "unknown", Message("no_indicators", values), needed, figures=(figure,))


def _source(table: IndicatorTable, indicator: str) -> Source:
    """The indicator with all its releases."""
    rows = table.select(indicator=indicator).frame
    editions = ", ".join(sorted(set(rows["edition"]), key=edition_order))
    return Source(str(rows["source"].iloc[0]), "indicator", edition=editions)


@check("release")
def value_of_release(
    evidence: Evidence, *, figure: FigureId, area: str, indicator: str, as_of: str
) -> Outcome:
    """Is a printed value that of its printed year in some release?

    Parameters
    ----------
    figure : str
        A figure with a year.
    area : str
    indicator : str
        An indicator, or the beginning of the names of one measure on several scales (``"WGI_GE"``).
    as_of : str
        Newest edition when the publication was written: what it gives for the year is reported.
    """
    if evidence.indicators is None:
        return _missing("release", figure, indicator)
    table, printed = evidence.indicators, evidence.figure(figure)
    found = _search(table, printed, area, indicator)
    in_year = found[found["year"] == printed.year]
    result: Result = "holds" if len(in_year) else "fails"
    rows = _own_year(table, printed, found, area, indicator)
    edition = newest(rows["edition"], as_of=as_of)
    then = rows[rows["edition"] == edition]
    values: dict[str, Any] = {"printed": printed.told, "year": printed.year, "edition": edition}
    values["places"] = _places(in_year if len(in_year) else found)
    if len(then):
        row = then.iloc[0]
        values |= {"value": row["value"], "low": row["conf_low"], "high": row["conf_high"]}
        values["scale"] = Word("scales", str(row["scale"]))
    key = "release_holds" if len(in_year) else "release_other" if len(found) else "release_none"
    return Outcome(
        "release",
        result,
        Message(key if len(then) else "release_no_year", values),
        numbers=tuple(_number(row, printed) for _, row in rows.iterrows()),
        figures=(figure,),
        sources=tuple(_source(table, each) for each in rows["indicator"].unique()),
    )


def _own_year(
    table: IndicatorTable, printed: Figure, found: pd.DataFrame, area: str, indicator: str
) -> pd.DataFrame:
    """The printed year in every release, on the scale that the value was found on, or that can hold it."""
    rows = table.select(area=area).frame
    rows = rows[rows["indicator"].str.startswith(indicator)]
    if len(found):
        rows = rows[rows["indicator"] == found["indicator"].iloc[0]]
    else:
        spans = table.frame.groupby("indicator")["value"].agg(["min", "max"])
        value = float(printed.number)
        holds = spans.index[(spans["min"] <= value) & (value <= spans["max"])]
        rows = rows[rows["indicator"].isin(holds)]
    return rows[rows["year"] == printed.year]


def _number(row: pd.Series, printed: Figure) -> Number:
    low, high = (row[name] if pd.notna(row[name]) else row["value"] for name in ("conf_low", "conf_high"))
    return Number.of(
        "release_value",
        (low, row["value"], high),
        decimals=printed.decimals,
        printed=printed.shown,
        figures=(printed.id,),
        year=int(row["year"]),
        edition=row["edition"],
    )


@check("rank_of_edition")
def rank_of_edition(
    evidence: Evidence, *, figure: FigureId, of: FigureId, area: str, indicator: str, as_of: str
) -> Outcome:
    """Of which editions is a printed rank, and what was the rank in the newest edition then?

    Parameters
    ----------
    figure, of : str
        The rank, and the number of countries ranked.
    area, indicator, as_of : str
        As in the check ``release``.
    """
    if evidence.indicators is None:
        return _missing("rank_of_edition", figure, indicator)
    printed = evidence.figure(figure)
    found = _search(evidence.indicators, printed, area, indicator)
    found = found[(found["indicator"] == indicator) & (found["scale"] == "rank")]
    if printed.year is not None:
        found = found[found["year"] == printed.year]
    rows = evidence.indicators.select(area=area, indicator=indicator).frame
    edition = newest(rows["edition"], as_of=as_of)
    then = rows[rows["edition"] == edition].iloc[0]
    editions = list(found["edition"])
    result: Result = "holds" if editions else "fails"
    values: dict[str, Any] = {
        "rank": printed.told,
        "of": evidence.told(of),
        "editions": editions,
        "edition": edition,
    }
    values |= {"then": int(then["rank"]), "value": then["value"]}
    older = result == "holds" and edition not in editions
    return Outcome(
        "rank_of_edition",
        result,
        Message("rank_holds_older" if older else f"rank_{result}", values),
        numbers=tuple(
            Number.of(
                "rank_in_edition",
                float(row["rank"]),
                printed=printed.shown if row["edition"] in editions else "",
                figures=(figure,),
                edition=row["edition"],
            )
            for _, row in rows.iterrows()
            if row["edition"] in (*editions, edition)
        ),
        figures=(figure, of),
        sources=(_source(evidence.indicators, indicator),),
    )
