"""``egovstats inspect``: what survey files hold."""

from __future__ import annotations

from pathlib import Path

import click

from egovstats.cli import options
from egovstats.cli.console import console


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--encoding", help="How the letters in the files are written, if that was guessed wrong.")
@click.option(
    "--codebook",
    type=click.Path(path_type=Path),
    help="Labels for a file without: .json, .xml, .csv, .xlsx, .sas7bcat.",
)
@options.quiet
def inspect(files: tuple[Path, ...], encoding: str | None, codebook: Path | None) -> None:
    """Show what each survey FILE holds: variables, labels, missing values, weight.

    It reads SPSS, Stata, SAS, CSV, Excel and Parquet files, and never shows a respondent. Of several files
    all are tried; those that cannot be read are named at the end.
    """
    import egovstats

    faults: list[egovstats.EgovstatsError] = []
    for place, file in enumerate(files):
        try:
            text = egovstats.inspect_file(
                file, encoding=encoding, codebook=codebook, progress=not console().quiet
            )
        except egovstats.EgovstatsError as error:
            faults.append(error)
            continue
        click.echo(("\n\n" if place else "") + text.rstrip("\n"))
    for fault in faults[:-1]:
        console().fail(str(fault))
    if faults:
        raise faults[-1]
