"""``egovstats harmonise``: pool the files of a series, and account for every code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import Result, deliver
from egovstats.cli.series import differences, read_series
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.report import Language
    from egovstats.waves import Waves

TABLES = ("log", "comparability")


@click.command()
@click.argument("series")
@options.needed_data
@options.many("--wave", "waves", help="Only these waves.")
@options.many("--item", "items", help="Only these items.")
@click.option(
    "--table",
    type=click.Choice(TABLES),
    default="log",
    show_default=True,
    help="What -o writes: every code with its count, or what can be compared between waves.",
)
@click.option(
    "--pooled",
    "pooled_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the pooled respondents, too (.csv, .parquet or .sav), with codebook and log.",
)
@options.lang
@options.result_options
def harmonise(
    series: str,
    data: Path,
    waves: tuple[str, ...],
    items: tuple[str, ...],
    table: str,
    pooled_file: Path | None,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Pool the wave files of a SERIES, and show what became of every code.

    SERIES is one that ships (sant-maral, bureaucracy, afrobarometer-tunisia) or a folder with cards and
    a crosswalk. The result never holds a respondent, only codes with their counts; --pooled FILE does: keep
    it as the wave files are kept.
    """
    pooled = read_series(series, data, waves=waves, items=items)
    if pooled_file is not None:
        for file in pooled.write(pooled_file, language=lang, force=force):
            console().say(f"wrote {file}")
    tables = {"log": pooled.log, "comparability": pooled.comparability}
    rows = {name: _rows(frame) for name, frame in tables.items()}
    result = Result(
        "harmonise",
        _text(pooled, lang),
        rows[table],
        sources=pooled.sources,
        notes=tuple(pooled.notes),
        more={"table": table, **{name: each for name, each in rows.items() if name != table}},
    )
    deliver(result, as_json=as_json, output=output, force=force)


def _rows(frame: Any) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _text(pooled: Waves, lang: str) -> str:
    from egovstats.report import Language

    language = Language(lang)
    return f"{_waves(pooled, language)}\n\n{_items(pooled, language)}\n\n{_comparability(pooled, language)}"


def _waves(pooled: Waves, language: Language) -> str:
    """A row a wave: its file, its respondents, and how many of its items were asked."""
    files = {source.wave: source.file for source in pooled.sources}
    rows = []
    for card in pooled.cards:
        mine = pooled.frame["wave"] == card.wave
        rows.append([card.wave, files.get(card.wave, ""), language.number(int(mine.sum()), decimals=0)])
    words = ("column.wave", "title.waves", "column.n")
    header = [language.say(words[0]), "", language.say(words[2])]
    return lined_up(header, rows, words=2)


def _items(pooled: Waves, language: Language) -> str:
    """A row an item: answers in each wave; a dash where it was not asked."""
    waves = [card.wave for card in pooled.cards]
    names = list(pooled.items)
    answered = pooled.frame.groupby("wave")[names].count().to_dict("index")
    asked = (pooled.missing[names] != "not_asked").groupby(pooled.frame["wave"]).any().to_dict("index")
    absent = language.say("mark.undefined")
    rows = [
        [
            name,
            *(
                language.number(answered[wave][name], decimals=0) if asked[wave][name] else absent
                for wave in waves
            ),
        ]
        for name in names
    ]
    return lined_up([language.say("column.item"), *waves], rows)


def _comparability(pooled: Waves, language: Language) -> str:
    """What is known not to be the same; how much is not known."""
    unknown = int((pooled.comparability["status"] == "unknown").sum())
    return f"{differences(pooled, language)}\n{language.say('status.unknown')}: {unknown}".lstrip("\n")
