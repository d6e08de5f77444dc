"""Speaking to the person at the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

import click


@dataclass
class Console:
    """What was said on the way.

    Parameters
    ----------
    quiet : bool
        Progress is left out; warnings and errors are not.
    """

    quiet: bool = False
    _warned: set[str] = field(default_factory=set)

    def say(self, text: str) -> None:
        """Tell about progress."""
        if not self.quiet:
            click.echo(text, err=True)

    def warn(self, text: str) -> None:
        """Tell once what was done about the data, or is doubtful in it."""
        if text not in self._warned:
            self._warned.add(text)
            click.echo(f"{_colour('warning:', 'yellow')} {text}", err=True, color=_colours())

    def fail(self, text: str) -> None:
        """Tell why there is no result."""
        click.echo(f"{_colour('error:', 'red')} {text}", err=True, color=_colours())


def console() -> Console:
    """The console of the running command."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Console) if context else None
    return found or Console()


def _colours() -> bool | None:
    """None lets click decide by whether a terminal listens; NO_COLOR (https://no-color.org) forbids."""
    return False if os.environ.get("NO_COLOR") else None


def _colour(text: str, name: str) -> str:
    return click.style(text, fg=name, bold=True)


def speak_utf8() -> None:
    """Let results keep their letters where the system's code page has no Cyrillic.

    A pipe or file on Windows gets UTF-8; a terminal of another code page gets signs it can show.
    """
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
        reconfigure = getattr(stream, "reconfigure", None)
        if encoding == "utf8" or reconfigure is None:
            continue
        if stream.isatty():
            reconfigure(errors="replace")
        else:
            reconfigure(encoding="utf-8")
