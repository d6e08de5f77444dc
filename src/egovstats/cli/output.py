"""A command's result on the screen or in a file: text for people, CSV and JSON in full precision."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from egovstats.cli.console import console
from egovstats.sources import Source, Sourced, write_whole

SCHEMA_VERSION = 1
SYNTHETIC = "SYNTHETIC DATA: made up to try things on. Nothing real follows from these numbers."
WIDTH = 96
FORMATS = (".csv", ".json", ".txt")


@dataclass(frozen=True)
class Result(Sourced):
    """What a command found.

    Parameters
    ----------
    command : str
        Which one.
    text : str
        For people.
    rows : list of dict
        For programs, in full precision.
    sources : tuple of Source
        What it rests on; a synthetic one stamps every form of the result.
    notes : tuple of str
        What a reader must know of it.
    aside : str
        Stands for the notes in the text, where they would drown the result; JSON has them all the same.
    more : dict
        What else the JSON holds.
    """

    command: str
    text: str
    rows: Sequence[Mapping[str, Any]]
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    aside: str = ""
    more: Mapping[str, Any] | None = None

    def as_text(self) -> str:
        """Lines for a terminal, stamped at both ends if synthetic."""
        notes = [self.aside] if self.aside else dict.fromkeys(self.notes)
        parts = [self.text, "\n".join(wrapped(f"- {note}", after="  ") for note in notes)]
        if self.synthetic:
            parts = [SYNTHETIC, *parts, SYNTHETIC]
        return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"

    def as_json(self) -> str:
        """One object with a `schema_version`; numbers that are not finite become null."""
        content = {
            "schema_version": SCHEMA_VERSION,
            "command": self.command,
            "synthetic": self.synthetic,
            "rows": [plain(row) for row in self.rows],
            "notes": list(self.notes),
            "sources": [asdict(source) for source in self.sources],
            **plain(self.more or {}),
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def as_csv(self) -> str:
        """A row a line; synthetic ones say so in a column of their own."""
        rows = [plain(row) for row in self.rows]
        if self.synthetic:
            rows = [{"synthetic": True, **row} for row in rows]
        text = io.StringIO()
        columns = list(dict.fromkeys(key for row in rows for key in row))
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writerow({key: _cell(key) for key in columns})
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
        return text.getvalue()


def deliver(result: Result, *, as_json: bool, output: Path | None, force: bool) -> None:
    """Print a result, or write it to the file that was asked for.

    Raises
    ------
    click.UsageError
        The file's name ends in something else than `FORMATS`.
    egovstats.SourceError
        The file is there already and `force` is off, or it cannot be written.
    """
    if output is None:
        click.echo(result.as_json() if as_json else result.as_text(), nl=False)
        return
    suffix = ".json" if as_json else output.suffix.lower()
    if suffix not in FORMATS:
        raise click.UsageError(
            f"{output.name!r} must end in {', '.join(FORMATS)}, which say how to write it."
        )
    from egovstats.spreadsheets import MARK

    content = {".json": result.as_json, ".csv": lambda: MARK + result.as_csv(), ".txt": result.as_text}
    write_whole(output, content[suffix](), force=force)
    console().say(f"wrote {output}")


def terminal_width() -> int:
    """Columns of the terminal, within reason; `WIDTH` where nobody tells."""
    return max(72, min(shutil.get_terminal_size((WIDTH, 24)).columns, 160))


def wrapped(text: str, *, before: str = "", after: str = "", width: int | None = None) -> str:
    """Running text in lines that a terminal shows whole.

    Parameters
    ----------
    text : str
    before, after : str
        Indent of the first line, and of the others.
    width : int, optional
        Of a line; `WIDTH` where left out.
    """
    lines = textwrap.TextWrapper(width or WIDTH, initial_indent=before, subsequent_indent=after)
    lines.break_long_words = lines.break_on_hyphens = False
    return lines.fill(text)


def plain(value: Any) -> Any:
    """Values of numpy and pandas as JSON has them.

    Examples
    --------
    >>> plain({"a": float("nan"), 2: (1, 2)})
    {'a': None, '2': [1, 2]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):  # pandas' own words for nothing, without loading it
        return None
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Iterable):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, int) else str(value)


def _cell(value: Any) -> Any:
    """A value as CSV holds it; a text that a spreadsheet would run gets an apostrophe in front."""
    from egovstats.spreadsheets import harmless_cell

    if isinstance(value, list):
        return _cell(" ".join(map(str, value)))
    return harmless_cell(value)
