"""``egovstats compare`` and ``egovstats verify``: for those who doubt a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import Result, deliver
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.review import Comparison, FileCheck, Verification

_RUN = click.Path(path_type=Path, exists=True)
_MOST = 40


@click.command()
@click.argument("run_a", type=_RUN)
@click.argument("run_b", type=_RUN)
@click.option("--all", "whole", is_flag=True, help="List the numbers that agree, too.")
@options.result_options
def compare(run_a: Path, run_b: Path, whole: bool, output: Path | None, as_json: bool, force: bool) -> int:
    """Compare two runs, the folders RUN_A and RUN_B that egovstats report wrote, number by number.

    The exit code is 1 if a number differs, is missing or new, or a decision differs: a p-value on the
    other side of the level, an interval's end on the other side of 0, another verdict.
    """
    import egovstats

    found = egovstats.compare(run_a, run_b)
    result = Result("compare", _numbers(found, whole=whole), _rows(found), more=_summary(found))
    deliver(result, as_json=as_json, output=output, force=force)
    return 0 if found.agrees else 1


@click.command()
@click.argument("run", type=_RUN)
@options.data
@click.option(
    "--report",
    type=click.Path(path_type=Path, exists=True),
    help="Folder of the report, if it does not ship.",
)
@options.result_options
def verify(
    run: Path, data: Path | None, report: Path | None, output: Path | None, as_json: bool, force: bool
) -> int:
    """Make a RUN again from its manifest, and compare files, inputs and numbers.

    RUN is the folder that egovstats report wrote, or the zip file of egovstats bundle. A run that was made
    from wave files needs them again (--data); of a bundle without them only the files are checked. The exit
    code is 1 if anything differs, or if the numbers were not made again.
    """
    import egovstats

    found = egovstats.verify(run, data=data, report=report, progress=console().say)
    more: dict[str, Any] = {
        "agrees": found.agrees,
        "not_made": found.not_made,
        "outputs": [{"file": each.file, "status": each.status} for each in found.outputs],
        "inputs": [{"file": each.file, "status": each.status} for each in found.inputs],
        "versions": {name: list(pair) for name, pair in found.versions.items()},
        "counts": found.numbers.counts,
    }
    result = Result("verify", _verified(found), _rows(found.numbers), more=more)
    deliver(result, as_json=as_json, output=output, force=force)
    return 0 if found.agrees else 1


def _rows(found: Comparison) -> list[dict[str, Any]]:
    return [{str(key): each for key, each in row.items()} for row in found.to_frame().to_dict("records")]


def _summary(found: Comparison) -> dict[str, Any]:
    return {"agrees": found.agrees, "counts": found.counts}


def _numbers(found: Comparison, *, whole: bool = False) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in found.counts.items())
    said = f"{len(found.rows)} numbers and verdicts: {counts}"
    listed = found.rows if whole else found.differing[:_MOST]
    if not listed:
        return said
    grid = lined_up(
        ["result", "status", "first", "second"],
        [[row.id, row.status, row.first, row.second] for row in listed],
        words=2,
    )
    more = 0 if whole else len(found.differing) - len(listed)
    rest = [f"and {more} more: --all or --json lists them"] if more else []
    return "\n\n".join([said, "\n".join([grid, *rest])])


def _verified(found: Verification) -> str:
    verdict = "The run can be made again." if found.agrees else "The run cannot be made again as it was."
    if found.not_made:
        verdict = f"The numbers were not made again. {found.not_made}"
    lines = [
        verdict,
        _files("files", found.outputs),
        _files("inputs", found.inputs),
        *(f"{name} was {was}, is {now}" for name, (was, now) in found.versions.items()),
    ]
    return "\n".join(lines) + ("" if found.not_made else "\n\n" + _numbers(found.numbers))


def _files(what: str, checks: tuple[FileCheck, ...]) -> str:
    other = [f"{each.file} {each.status}" for each in checks if each.status != "same"]
    same = f"{what}: {len(checks) - len(other)} of {len(checks)} the same"
    return "; ".join([same, *other])
