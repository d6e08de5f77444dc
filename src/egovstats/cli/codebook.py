"""``egovstats codebook``: what the codes of one survey file mean, for people and for other programs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.console import console
from egovstats.cli.output import SYNTHETIC
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.microdata import Codebook


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--encoding", help="How the letters in the file are written, if that was guessed wrong.")
@click.option(
    "--codebook",
    "given",
    type=click.Path(path_type=Path),
    help="Labels for a file without, or in further languages: .json, .xml, .csv, .xlsx, .sas7bcat.",
)
@click.option("--in", "language", metavar="TAG", help="The language to show, of several that it has: en, mn.")
@options.many(
    "--keep", metavar="NAMES", help="Count these variables, although they probably identify respondents."
)
@click.option("--json", "as_json", is_flag=True, help="The lossless form, for other programs.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file: .json or .xml (DDI-Codebook 2.5), both lossless; .schema.json (Frictionless Table "
    "Schema); .csv (to edit); .md, .html or .xlsx (with counts); .txt.",
)
@options.force
@options.quiet
def codebook(
    file: Path,
    encoding: str | None,
    given: Path | None,
    language: str | None,
    keep: tuple[str, ...],
    as_json: bool,
    output: Path | None,
    force: bool,
) -> None:
    """Write the codebook of a survey FILE: its variables, codes, labels and missing values.

    The JSON and the XML can be read back without loss. The CSV and Excel forms can be edited, and describe a
    CSV data file to egovstats. Variables that probably identify respondents are described and not counted.
    """
    import egovstats
    from egovstats.microdata import write_codebook
    from egovstats.sources import write_whole

    data = egovstats.read_microdata(file, encoding=encoding, codebook=given, progress=not console().quiet)
    if language is not None:
        data = replace(data, codebook=data.codebook.in_language(language))
    if output is None:
        click.echo(data.codebook.to_json() if as_json else _text(data.codebook) + "\n", nl=False)
        return
    if as_json and output.suffix.lower() != ".json":
        write_whole(output, data.codebook.to_json(), force=force)
    elif output.suffix.lower() == ".txt":
        write_whole(output, _text(data.codebook) + "\n", force=force)
    else:
        write_codebook(data, output, keep=keep, force=force)
    console().say(f"wrote {output}")


def _text(book: Codebook) -> str:
    """Variables one under another, each with its codes."""
    blocks = [SYNTHETIC] if book.synthetic else []
    for name, rows in book.to_frame().groupby("variable", sort=False):
        first = rows.iloc[0]
        about = ", ".join(str(first[part]) for part in ("kind", "measure", "format") if first[part])
        lines = [f"{name}  {first['label']}".rstrip(), f"  {about}"]
        codes = [
            [f"  {code}", str(label), "missing" if missing else ""]
            for code, label, missing in zip(rows["code"], rows["value_label"], rows["missing"], strict=True)
            if str(code)
        ]
        if codes:
            lines += lined_up(["  code", "label", ""], codes, words=3).splitlines()[2:]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
