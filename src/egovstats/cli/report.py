"""``egovstats report``: the main job."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import SYNTHETIC, Result
from egovstats.errors import MissingExtraError, nearest

if TYPE_CHECKING:
    from egovstats.report import Report

FORMATS = ("html", "docx", "xlsx", "pdf", "latex", "md", "csv", "json")
_PACKAGES = {"docx": "docx", "xlsx": "xlsxwriter", "pdf": "typst"}


@click.command()
@click.argument("report", default="mongolia")
@options.data
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="Folder for the report's files.",
)
@options.many(
    "--format",
    "format",
    envvar="EGOVSTATS_FORMAT",
    help="html, docx, xlsx, pdf, latex, md, csv, json; several with commas. All, if left out.",
)
@options.lang
@options.force
@click.option("--json", "as_json", is_flag=True, help="List the files for other programs.")
@options.quiet
def report(
    report: str,
    data: Path | None,
    output: Path,
    format: tuple[str, ...],
    lang: str,
    force: bool,
    as_json: bool,
) -> None:
    """Build a REPORT: one that ships (mongolia, afrobarometer-tunisia), or a folder with a report.yaml.

    Survey sections need your wave files (--data); without them the report says which files are missing
    and how to get them.
    """
    import egovstats

    formats = _chosen(format)
    console().say(f"building the report {report}")
    built = egovstats.build_report(report, data=data, language=lang, progress=console().say)
    if built.warnings:
        console().say(f"{len(built.warnings)} notes on the data stand in the report and in manifest.json")
    console().say(f"writing {', '.join(formats)}")
    files = built.write(output, formats=formats, force=force)
    click.echo(_listed(built, files, as_json=as_json), nl=False)


def _chosen(words: tuple[str, ...]) -> tuple[str, ...]:
    """The formats asked for; without any, all that can be written here, telling which cannot."""
    for word in words:
        if word not in FORMATS:
            raise click.UsageError(f"there is no format {word!r}. {nearest(word, FORMATS)}")
    if words:
        return words
    absent = [name for name, package in _PACKAGES.items() if find_spec(package) is None]
    for name in absent:
        console().warn(f"left out: {MissingExtraError(f'the format {name}', name)}")
    return tuple(name for name in FORMATS if name not in absent)


def _listed(built: Report, files: list[Path], *, as_json: bool) -> str:
    result = Result(
        "report",
        "\n".join(str(file) for file in files),
        [{"file": str(file)} for file in files],
        sources=built.all_sources(),
        more={"report": built.name, "title": built.title},
    )
    if as_json:
        return result.as_json()
    return "".join(f"{line}\n" for line in ([SYNTHETIC] if built.synthetic else []) + [result.text])
