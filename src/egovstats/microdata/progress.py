"""A bar on the terminal for a file that takes longer than a second to read; nothing anywhere else."""

from __future__ import annotations

import io
import sys
import time
from types import TracebackType
from typing import TextIO

_AFTER = 1.0  # seconds before anything is shown
_EVERY = 0.1
_WIDTH = 30
_LARGE = 20_000_000  # bytes that take about a second where no share can be told


class ReadingBar:
    """How much of a file has been read, on stderr if that is a terminal.

    It is taken away when the reading ends, so that it stays out of what was asked for.

    Parameters
    ----------
    name : str
        File name.
    shown : bool
        Whether it may be shown at all.
    stream : TextIO, optional
        stderr by default.
    """

    def __init__(self, name: str, *, shown: bool = True, stream: TextIO | None = None) -> None:
        self.name = name
        self.stream = sys.stderr if stream is None else stream
        self.shown = shown and self.stream is not None and self.stream.isatty()
        self.started = self.last = time.monotonic()
        self.length = 0

    def __call__(self, share: float) -> None:
        """Tell the share that has been read, between 0 and 1."""
        if not self.shown:
            return
        now = time.monotonic()
        if now - self.started > _AFTER and now - self.last > _EVERY:
            self.last = now
            full = round(_WIDTH * share)
            self._write(f"Reading {self.name} [{'#' * full}{'.' * (_WIDTH - full)}] {share:4.0%}")

    def without_share(self, size: int) -> None:
        """Tell once that a file of so many bytes is being read, where its reader cannot say how far it is."""
        if self.shown and size >= _LARGE:
            self._write(f"Reading {self.name} ({size / 1e6:,.0f} MB) ...")

    def _write(self, text: str) -> None:
        self.stream.write("\r" + text.ljust(self.length))
        self.stream.flush()
        self.length = len(text)

    def __enter__(self) -> ReadingBar:
        """Start counting the seconds."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self.length:
            self.stream.write("\r" + " " * self.length + "\r")
            self.stream.flush()


class TellingBytes(io.BytesIO):
    """Bytes in memory that tell how much of them has been read."""

    def __init__(self, data: bytes, bar: ReadingBar) -> None:
        super().__init__(data)
        self.bar = bar
        self.size = max(1, len(data))

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes."""
        piece = super().read(size)
        self.bar(self.tell() / self.size)
        return piece
