"""``egovstats bundle``: a run packed for a reviewer, without respondents' answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import SYNTHETIC, Result

if TYPE_CHECKING:
    from egovstats.review import Bundle

_SHOWN = 12


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The zip file to write.",
)
@options.data
@click.option(
    "--report",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of the report, if it does not ship.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Seed of the synthetic respondents, if another than the usual one.",
)
@options.force
@click.option("--json", "as_json", is_flag=True, help="List what is in it for other programs.")
@options.quiet
def bundle(
    run: Path,
    output: Path,
    data: Path | None,
    report: Path | None,
    seed: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Pack a RUN, the folder that egovstats report wrote, for a reviewer, without respondents' answers.

    The zip file is an RO-Crate: the run's files, its definition with cards, crosswalks and claims, codebooks,
    the log of harmonising with small counts withheld, and synthetic files of the same schema, on which the
    report can be run. A run that was made from wave files needs them (--data); they are not packed. The exit
    code is 4 if respondents' answers were about to be.
    """
    import egovstats
    from egovstats.review.bundle import SEED

    found = egovstats.bundle(
        run,
        output,
        data=data,
        report=report,
        seed=SEED if seed is None else seed,
        force=force,
        progress=console().say,
    )
    for each in found.without:
        console().warn(f"{each.wave} has no synthetic file: {each.reason}")
    result = Result(
        "bundle",
        _text(found),
        [{"file": name} for name in found.contents],
        more={
            "bundle": str(found.file),
            "absent": list(found.absent),
            "left_out": {wave: list(names) for wave, names in found.left_out.items()},
            "without": [{"wave": each.wave, "reason": each.reason} for each in found.without],
        },
    )
    click.echo(result.as_json() if as_json else result.as_text(), nl=False)


def _text(found: Bundle) -> str:
    lines = [f"{found.file}: {len(found.contents)} files"]
    if found.absent:
        lines.append(f"not in it: {_some(found.absent)}")
        lines.append(f"in their place, in the folder synthetic: {SYNTHETIC}")
    for wave, names in found.left_out.items():
        lines.append(f"left out of {wave}, since they may identify respondents: {_some(names)}")
    return "\n".join(lines)


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
