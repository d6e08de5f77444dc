"""``egovstats demo``: synthetic wave files."""

from __future__ import annotations

from pathlib import Path

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import SYNTHETIC


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@options.many("--series", help="Only these series: sant-maral, bureaucracy.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the random draws; a fixed one if left out.")
@options.force
@options.quiet
def demo(folder: Path, series: tuple[str, ...], seed: int | None, force: bool) -> None:
    """Write synthetic SPSS files for the Mongolian survey series into DIR, one a wave.

    They have what real files have, and stand in for those that are not published. They are stamped
    SYNTHETIC, and so is everything made from them.
    """
    from egovstats.waves.demo import DEMO_SEED, DEMO_SERIES, write_demo

    console().say("drawing the answers")
    files = write_demo(
        folder, series=series or DEMO_SERIES, seed=DEMO_SEED if seed is None else seed, force=force
    )
    for file in files:
        click.echo(file)
    console().say(SYNTHETIC)
