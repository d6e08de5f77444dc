"""``egovstats new``: draft a survey series from its files, and accept what was proposed."""

from __future__ import annotations

from pathlib import Path

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import wrapped

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def new() -> None:
    """Draft a survey series from its files, and accept what was proposed."""


@new.command()
@_FOLDER
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--single", is_flag=True, help="Draft items that only one wave has, too.")
@click.option("--excel", is_flag=True, help="Write the crosswalk as an Excel sheet instead of a CSV file.")
@options.force
@options.quiet
def survey(folder: Path, files: tuple[Path, ...], single: bool, excel: bool, force: bool) -> None:
    """Draft cards, items and crosswalk into DIR from the survey FILEs, one a wave.

    Questions are matched across the files by label, answers and name, in English, French, Russian and
    Mongolian. Everything is a proposal: the series cannot be read until somebody has looked at it and
    accepted it. DIR/draft.md says where to look first.
    """
    import egovstats

    console().say(f"reading {len(files)} files")
    draft = egovstats.draft_survey(folder, files, single=single, excel=excel, force=force)
    for name in (
        "series.yaml",
        *(f"waves/{wave}.yaml" for wave in _waves(folder)),
        "crosswalk.xlsx" if excel else "crosswalk.csv",
        "draft.md",
    ):
        click.echo(folder / name)
    unsure = int((~draft.matches["sure"]).sum())
    items = draft.matches["item"].nunique()
    lines = [
        f"{items} items proposed; not sure of {unsure} of {len(draft.matches)} matches",
        f"{len(draft.alone)} variables found no counterpart, {len(draft.undecided)} codes are to be decided",
        f"look at {folder / 'draft.md'}, then: egovstats new accept {folder} --item NAME",
    ]
    console().say("\n".join(wrapped(line) for line in lines))


@new.command()
@_FOLDER
@options.many("--item", "items", help="Only these items; all where left out.")
@click.option("--cards", is_flag=True, help="The cards and what is said of the series, too.")
@options.quiet
def accept(folder: Path, items: tuple[str, ...], cards: bool) -> None:
    """Accept what a draft in DIR proposes: for some items, or all of it.

    Look at the rows first: what is accepted is taken for settled by every table made from it.
    """
    import egovstats

    chosen = items or (() if cards else None)
    done = egovstats.accept_proposals(folder, items=chosen, cards=cards or None)
    click.echo(f"accepted: {done['rows']} rows, {done['items']} items, {done['cards']} assumptions of cards")


def _waves(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "waves").glob("*.yaml"))
