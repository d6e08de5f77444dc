"""``egovstats inspect`` and ``egovstats codebook``: what one survey file holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.output import SYNTHETIC, Result, deliver
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.microdata import Codebook

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_FILE
@options.quiet
def inspect(file: Path) -> None:
    """Show what a survey FILE holds: variables, labels, missing values, weight.

    It reads SPSS, Stata, SAS, CSV, Excel and Parquet files, and never shows a respondent.
    """
    import egovstats

    click.echo(egovstats.inspect_file(file).rstrip("\n"))


@click.command()
@_FILE
@click.option("--encoding", help="How the letters in the file are written, if that was guessed wrong.")
@options.result_options
def codebook(file: Path, encoding: str | None, output: Path | None, as_json: bool, force: bool) -> None:
    """Write the codebook of a survey FILE: a row a variable and code.

    The JSON form is lossless. The CSV form can be edited, and describes a CSV data file to egovstats.
    """
    import egovstats

    book = egovstats.read_microdata(file, encoding=encoding).codebook
    if as_json or (output is not None and output.suffix.lower() == ".json"):
        _deliver_lossless(book, output, force=force)
        return
    rows = book.to_frame().to_dict("records")
    deliver(
        Result("codebook", _text(book), [{str(key): each for key, each in row.items()} for row in rows]),
        as_json=False,
        output=output,
        force=force,
    )


def _deliver_lossless(book: Codebook, output: Path | None, *, force: bool) -> None:
    """The codebook's own JSON, which `Codebook.from_json` reads back, rather than a table of it."""
    if output is None:
        click.echo(book.to_json().rstrip("\n"))
        return
    from egovstats.cli.console import console
    from egovstats.sources import write_whole

    write_whole(output, book.to_json().rstrip("\n") + "\n", force=force)
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
