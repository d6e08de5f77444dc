"""The command ``egovstats``: finds the command that is meant, and turns every ending into an exit code."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
import warnings
from pathlib import Path
from typing import TextIO

import click

from egovstats import __version__
from egovstats.cli import COMMANDS, overview
from egovstats.cli.console import Console, speak_utf8
from egovstats.cli.settings import read_settings
from egovstats.errors import DataWarning, EgovstatsError, PrecisionWarning, nearest

INTERNAL = 70
INTERRUPTED = 130


class Commands(click.Group):
    """A group whose commands load when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the overview."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"egovstats.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"there is no command {args[0]!r}. {nearest(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """Show the same text as the shortcut in `egovstats.cli.main`."""
        return overview()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="egovstats %(version)s")
@click.option("-q", "--quiet", is_flag=True, envvar="EGOVSTATS_QUIET", help="Say nothing on the way.")
@click.pass_context
def egovstats(ctx: click.Context, quiet: bool) -> None:
    """Survey and indicator statistics: from wave files to a report that can be re-run."""
    settings = read_settings(Path.cwd(), dict(os.environ))
    ctx.obj.quiet = quiet or bool(settings.get("quiet", False))
    ctx.default_map = dict.fromkeys(COMMANDS, settings)


def run(words: list[str]) -> int:
    """Run the command line, and answer with its exit code.

    An error that egovstats raises on purpose is a message; any other is a fault of egovstats, and its
    text may hold data, so only its kind and place are told (EGOVSTATS_DEBUG=1 shows all).
    """
    speak_utf8()
    console = Console()
    with warnings.catch_warnings():
        _speak_warnings(console)
        try:
            code = egovstats.main(args=words, prog_name="egovstats", standalone_mode=False, obj=console)
            sys.stdout.flush()
        except click.ClickException as error:
            if isinstance(error, click.UsageError) and error.ctx is not None:
                click.echo(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help'.", err=True)
            console.fail(error.format_message())
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            console.fail("interrupted. Files are written whole, so none is left half-way.")
            return INTERRUPTED
        except EgovstatsError as error:
            console.fail(str(error))
            return error.exit_code
        except SystemExit:
            return 0  # click ends so when the reader of a pipe went away, as `head` does
        except BrokenPipeError:
            # The same in the last flush; Python's own at exit must not complain again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except Exception as error:  # the last door: everything below has its own class
            console.fail(_internal(error))
            return INTERNAL
    return code if isinstance(code, int) else 0


def end_as_interrupted() -> None:
    """Let a request to end this process be an interruption: files under way are taken back."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _internal(error: Exception) -> str:
    if os.environ.get("EGOVSTATS_DEBUG"):
        return "".join(traceback.format_exception(error))
    frames = traceback.extract_tb(error.__traceback__)
    here = Path(__file__).parents[1]
    last = next((frame for frame in reversed(frames) if here in Path(frame.filename).parents), frames[-1])
    return (
        f"egovstats failed ({type(error).__name__} in {Path(last.filename).name}, line {last.lineno}). "
        "This is a fault of egovstats, not of your files. Please report it with this message; "
        "EGOVSTATS_DEBUG=1 shows where it happened, and may show data."
    )


def _speak_warnings(console: Console) -> None:
    """Print warnings about the data as sentences, without the line of code that raised them."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        console.warn(str(message))

    for category in (DataWarning, PrecisionWarning):
        warnings.simplefilter("always", category)
    warnings.showwarning = show
