"""``egovstats indicator``: one published series with its trend."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.output import Result, deliver, wrapped
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.indicators import IndicatorSeries, IndicatorTable
    from egovstats.report import Language
    from egovstats.results import HypothesisTest

LEAST_YEARS = 3


@click.command()
@click.argument("area", required=False)
@click.argument("indicator", required=False)
@click.option("--study", default="mongolia", show_default=True, help="Study whose indicators to use.")
@click.option("--file", type=click.Path(path_type=Path), help="A publisher's file instead; see --publisher.")
@click.option("--publisher", help="Whose file that is: wgi, egdi, cpi, wdi or egovstats.")
@click.option("--edition", help="Release; the newest if left out. Releases are never mixed.")
@click.option("--from", "first", type=int, help="First year.")
@click.option("--to", "last", type=int, help="Last year.")
@click.option(
    "--conf-level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    envvar="EGOVSTATS_CONF_LEVEL",
    help="Confidence level; if left out, 0.95 for trends and the publishers' 0.90 for changes.",
)
@options.lang
@options.result_options
def indicator(
    area: str | None,
    indicator: str | None,
    study: str,
    file: Path | None,
    publisher: str | None,
    edition: str | None,
    first: int | None,
    last: int | None,
    conf_level: float | None,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Show an INDICATOR of an AREA (ISO 3166 alpha-3, such as MNG) with its trend.

    Without INDICATOR, list those of the area; without AREA, list the areas.
    """
    table = _table(study, file, publisher)
    if area is None or indicator is None:
        result = _list(table, area.upper() if area else None)
    else:
        years = _years(table, area.upper(), indicator, edition, first, last)
        series = table.series(area.upper(), indicator, edition=edition, years=years)
        result = _show(series, conf_level, lang)
    deliver(result, as_json=as_json, output=output, force=force)


def _table(study: str, file: Path | None, publisher: str | None) -> IndicatorTable:
    import egovstats

    if file is None:
        return egovstats.shipped_indicators(study)
    if publisher is None:
        raise click.UsageError("--file needs --publisher: wgi, egdi, cpi, wdi or egovstats.")
    return egovstats.read_indicators(publisher, file)


def _years(
    table: IndicatorTable, area: str, name: str, edition: str | None, first: int | None, last: int | None
) -> list[int] | None:
    """The years between two, of those that the edition has; None for all."""
    if first is None and last is None:
        return None
    held = table.series(area, name, edition=edition).frame["year"]
    return [year for year in held if (first is None or year >= first) and (last is None or year <= last)] or [
        first or last or 0
    ]


def _list(table: IndicatorTable, area: str | None) -> Result:
    names = table.areas if area is None else table.select(area=area).indicators
    rows: list[dict[str, Any]] = [
        {"area": name}
        if area is None
        else {"area": area, "indicator": name, "editions": table.editions(area, name)}
        for name in names
    ]
    lines = [[str(row.get("indicator", row["area"])), ", ".join(row.get("editions", ()))] for row in rows]
    header = ["area" if area is None else "indicator", "" if area is None else "editions"]
    return Result("indicator", lined_up(header, lines, words=2), rows, table.sources, table.notes)


def _show(series: IndicatorSeries, conf_level: float | None, lang: str) -> Result:
    from egovstats.report import Language

    tests = _tests(series, conf_level)
    language = Language(lang)
    notes = tuple(dict.fromkeys([*series.notes, *(note for test in tests for note in test.notes)]))
    return Result(
        "indicator",
        "\n\n".join([_values(series, language), *(_sentence(test, language) for test in tests)]),
        [{**series.keys, **row} for row in _records(series.frame)],
        sources=(series.source,),
        notes=notes,
        more={"unit": series.unit, "scale": series.scale, "tests": [_test_row(test) for test in tests]},
    )


def _tests(series: IndicatorSeries, conf_level: float | None) -> list[HypothesisTest]:
    """The trend, by what the publisher's precision allows, and the change from the first year to the last."""
    import egovstats
    from egovstats.indicators import EACH

    level = {} if conf_level is None else {"conf_level": conf_level}
    years = series.frame["year"].tolist()
    tests = []
    if len(years) >= LEAST_YEARS:
        tests.append(egovstats.trend_of_indicator(series, **level))
        if series.edition != EACH and not tests[0].test.startswith("Mann-Kendall"):
            tests.append(egovstats.mann_kendall(series.year, series.value, unit=series.unit, **level))
    if len(years) > 1:
        tests.append(egovstats.change_of_indicator(series, years[0], years[-1], **level))
    return tests


def _records(frame: Any) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _test_row(test: HypothesisTest) -> dict[str, Any]:
    return _records(test.to_frame())[0]


def _values(series: IndicatorSeries, language: Language) -> str:
    title = f"{series.indicator}, {series.area} ({series.unit}; {series.scale}; {series.edition})"
    columns: Sequence[tuple[str, str, int]] = (
        ("value", "column.value", 2),
        ("std_error", "column.std_error", 3),
        ("conf_low", "column.low", 2),
        ("conf_high", "column.high", 2),
        ("rank", "column.rank", 0),
    )
    shown = [each for each in columns if series.frame[each[0]].notna().any()]
    rows = [
        [
            str(int(row["year"])),
            *(
                language.number(row[name], decimals=decimals) if row[name] == row[name] else ""
                for name, _, decimals in shown
            ),
        ]
        for row in _records(series.frame)
    ]
    header = [language.say("column.year"), *(language.say(word) for _, word, _ in shown)]
    return f"{title}\n\n{lined_up(header, rows)}"


def _sentence(test: HypothesisTest, language: Language) -> str:
    """Test, effect with interval, p: in the signs of the language."""
    years = [str(test.keys[name]) for name in ("year_a", "year_b") if name in test.keys]
    parts = [f"{test.test}, {'–'.join(years)}" if years else test.test]
    if test.effect is not None and test.effect.estimate == test.effect.estimate:
        effect = test.effect
        interval = ""
        if effect.conf_low == effect.conf_low:
            limits = [language.number(each, decimals=3) for each in (effect.conf_low, effect.conf_high)]
            interval = f" [{language.percent(effect.conf_level)}: {limits[0]}; {limits[1]}]"
        amount = language.number(effect.estimate, decimals=3, signed=True)
        parts.append(f"{effect.name} {amount}{interval} {effect.unit}".rstrip())
    if test.p_value == test.p_value:
        parts.append(f"p {language.p(test.p_value)}")
    return wrapped("; ".join(parts), after="  ")
