"""Where numbers come from, and how files are written.

A `Source` travels with every result, so that a printed number leads back to its file. Files are
written whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from egovstats.errors import SourceError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """One file or publication that a result rests on.

    Parameters
    ----------
    title : str
        What it is, as a reader would name it.
    kind : str
        ``"microdata"``, ``"indicator"``, ``"published"`` or ``"computed"``.
    file : str
        File name without its folder; empty for a publication that was not a file.
    sha256 : str
        Checksum of the file's bytes; empty where there is no file.
    wave : str
        The survey wave it holds, if it holds one.
    edition : str
        Release of an indicator, if it has one.
    licence : str
        Terms as stated by the publisher; ``"not stated"`` where they are not.
    citation : str
        How to cite it.
    synthetic : bool
        Made up for a demonstration: nothing real can be concluded from it.
    """

    title: str
    kind: str
    file: str = ""
    sha256: str = ""
    wave: str = ""
    edition: str = ""
    licence: str = "not stated"
    citation: str = ""
    synthetic: bool = False


class Sourced:
    """What rests on sources; one that is made up makes all of it made up."""

    __slots__ = ()
    sources: tuple[Source, ...]

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return any(source.synthetic for source in self.sources)


def merge_sources(*groups: Iterable[Source]) -> tuple[Source, ...]:
    """All the sources, each once, in the order of first appearance."""
    return tuple(dict.fromkeys(source for group in groups for source in group))


def sha256_of(path: str | Path) -> str:
    """Checksum of a file, read in pieces.

    Raises
    ------
    SourceError
        The file is missing or cannot be opened.
    """
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            while piece := file.read(_CHUNK):
                digest.update(piece)
    except OSError as error:
        raise SourceError(
            f"the file {Path(path).name!r} cannot be read: {error.strerror or error}. "
            "Check its name, its folder and its permissions."
        ) from error
    return digest.hexdigest()


def write_whole(path: str | Path, content: bytes | str, *, force: bool = True) -> Path:
    """Write a file under a temporary name, then give it its own: never half a file.

    Parameters
    ----------
    path : path
        The file to write; its folder is made.
    content : bytes or str
        Text is written as UTF-8 with line feeds.
    force : bool
        Replace a file that is there already; otherwise that is an error.

    Raises
    ------
    SourceError
        The file is there and `force` is off, or the folder cannot be written to.
    """
    path = Path(path)
    if path.exists() and not force:
        raise SourceError(f"{path.name!r} is there already. Pass --force to replace it, or another name.")
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException as error:  # an interrupted write, too, must leave nothing behind
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        if not isinstance(error, OSError):
            raise
        raise SourceError(
            f"{path.name!r} cannot be written: {error.strerror or error}. "
            "Nothing was left behind; choose a folder that can be written to."
        ) from error
    return path


def shipped(kind: str) -> Path:
    """The folder of shipped studies (``"surveys"``) or report definitions (``"reports"``).

    In a wheel they lie inside the package; in a checkout at its top.

    Raises
    ------
    SourceError
        The folder is not there, so the installation is damaged.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / kind, here.parents[1] / kind):
        if folder.is_dir():
            return folder
    raise SourceError(f"the folder {kind!r} did not come with this installation. Install egovstats again.")
