"""A result as one document: a page, a Word or an Excel file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli.console import console
from egovstats.cli.output import FORMATS

if TYPE_CHECKING:
    from egovstats.report import Report

DOCUMENTS = (".html", ".docx", ".xlsx")
"""Endings of files that hold a whole document."""


def is_document(output: Path | None, *, as_json: bool) -> bool:
    """Whether a result goes into a document; asked before the work, so that a wrong ending costs none.

    Raises
    ------
    click.UsageError
        An ending that no format has.
    """
    if output is None or as_json:
        return False
    ending = output.suffix.lower()
    if ending not in (*FORMATS, *DOCUMENTS):
        raise click.UsageError(f"{output.name!r} must end in {', '.join((*FORMATS, *DOCUMENTS))}.")
    return ending in DOCUMENTS


def write_document(report: Report, output: Path, *, force: bool) -> None:
    """Write a document in the format that the file's name ends in.

    Raises
    ------
    egovstats.DisclosureError
        A number on too few respondents would be shown.
    egovstats.SourceError
        The file is there already and `force` is off, or it cannot be written.
    """
    from egovstats.report.renderers import RENDERERS
    from egovstats.sources import write_whole

    report.disclosure.check(report.values().values())
    (content,) = RENDERERS[output.suffix.lower().removeprefix(".")](report).values()
    write_whole(output, content, force=force)
    console().say(f"wrote {output}")
