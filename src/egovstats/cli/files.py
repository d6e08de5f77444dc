"""``egovstats inspect``: what one survey file holds."""

from __future__ import annotations

from pathlib import Path

import click

from egovstats.cli import options
from egovstats.cli.console import console

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_FILE
@options.quiet
def inspect(file: Path) -> None:
    """Show what a survey FILE holds: variables, labels, missing values, weight.

    It reads SPSS, Stata, SAS, CSV, Excel and Parquet files, and never shows a respondent.
    """
    import egovstats

    click.echo(egovstats.inspect_file(file, progress=not console().quiet).rstrip("\n"))
