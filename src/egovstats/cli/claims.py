"""``egovstats claims``: what a publication states, computed again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import Result, deliver, wrapped
from egovstats.cli.series import read_series

if TYPE_CHECKING:
    from egovstats.checks import Ledger
    from egovstats.report import Language


@click.command()
@click.argument("study", default="mongolia")
@options.data
@options.many("--series", help="Survey series to read from --data: names or folders.")
@click.option("--strict", is_flag=True, help="End with exit code 1 if a claim is contradicted.")
@options.lang
@options.result_options
def claims(
    study: str,
    data: Path | None,
    series: tuple[str, ...],
    strict: bool,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> int:
    """Check the claims of a STUDY against its figures: one that ships (mongolia), or a folder.

    Every verdict is computed. Claims on surveys need the wave files, with --data and --series.
    """
    import egovstats

    console().say(f"checking the claims of {study}")
    waves = {name: read_series(name, data) for name in series} if data else None
    ledger = egovstats.check_claims(study, waves=waves)
    result = Result(
        "claims",
        _text(ledger, lang),
        [{str(key): each for key, each in row.items()} for row in ledger.to_frame(lang).to_dict("records")],
        sources=ledger.sources,
        more={"counts": ledger.counts, "numbers": ledger.numbers_frame(lang).to_dict("records")},
    )
    deliver(result, as_json=as_json, output=output, force=force)
    return 1 if strict and ledger.counts["contradicted"] else 0


def _text(ledger: Ledger, lang: str) -> str:
    from egovstats.report import Language

    language = Language(lang)
    counts = ", ".join(
        f"{language.say(f'verdict.{verdict}')}: {count}" for verdict, count in ledger.counts.items() if count
    )
    claims = [_claim(row, language) for row in ledger.to_frame(lang).to_dict("records")]
    return "\n\n".join([wrapped(ledger.citation or ledger.title), counts, *claims])


def _claim(row: dict[Any, Any], language: Language) -> str:
    verdict = row["verdict"]
    symbol = language.say(f"verdict_symbol.{verdict}")
    lines = [f"{row['number']:>2}. {symbol} {language.say(f'verdict.{verdict}')}", row["statement"]]
    for key in ("printed", "computed", "reason", "needed"):
        if row[key]:
            lines.append(f"{language.say(f'column.{key}')}: {row[key]}")
    return "\n".join([lines[0], *(wrapped(line, before="    ", after="    ") for line in lines[1:])])
