"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from egovstats.cli.console import Console
from egovstats.cli.settings import LANGUAGES

Decorated = Callable[..., Any]


def _quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    found = ctx.find_object(Console)
    if value and found is not None:
        found.quiet = True


def _split(_ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """``--item a,b --item c`` -> ``("a", "b", "c")``, each once."""
    return tuple(dict.fromkeys(part for word in value for part in word.replace(",", " ").split()))


def many(*names: str, **settings: Any) -> Callable[[Decorated], Decorated]:
    """An option that can be given several times, or once with commas."""
    return click.option(*names, multiple=True, callback=_split, **settings)


quiet = click.option(
    "-q", "--quiet", is_flag=True, expose_value=False, callback=_quiet, help="Say nothing on the way."
)
lang = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    envvar="EGOVSTATS_LANG",
    help="Language of labels and sentences.",
)
conf_level = click.option(
    "--conf-level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    envvar="EGOVSTATS_CONF_LEVEL",
    help="Confidence level of intervals.",
)
data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="EGOVSTATS_DATA",
    help="Folder of your wave files.",
)
needed_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="EGOVSTATS_DATA",
    required=True,
    help="Folder of your wave files.",
)
lonely_psu = click.option(
    "--lonely-psu",
    type=click.Choice(("fail", "remove", "certainty", "average", "adjust")),
    default="fail",
    show_default=True,
    help="What to do about strata with one sampling unit.",
)
force = click.option("--force", is_flag=True, help="Replace what is there already.")


def result_options(command: Decorated) -> Decorated:
    """Where a result goes: ``--json``, ``-o FILE``, ``--force``, ``--quiet``."""
    return _going_to(".csv, .json or .txt", command)


def document_options(command: Decorated) -> Decorated:
    """The same for a result that can be a whole document, too."""
    return _going_to(".csv, .json, .txt, .html, .docx or .xlsx", command)


def _going_to(endings: str, command: Decorated) -> Decorated:
    output = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"Write to a file ({endings}) rather than to the screen.",
    )
    as_json = click.option("--json", "as_json", is_flag=True, help="Full precision, for other programs.")
    for option in (quiet, force, output, as_json):
        command = option(command)
    return command
