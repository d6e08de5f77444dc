"""A bundle read again: unpacked for a while, each file set against its checksum."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from egovstats.errors import ReportError, SourceError
from egovstats.review.bundle_parts import DEFINITION, RUN
from egovstats.review.crate import METADATA
from egovstats.sources import sha256_of

MOST_BYTES = 2 << 30
"""What a bundle may hold unpacked: more is no report, and could fill the disk."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A bundle in a folder.

    Parameters
    ----------
    run, definition : Path
        Folders of the run and of the report's definition.
    checks : mapping of str to str
        Each file that the metadata name, or that lies in the bundle, as ``"same"``, ``"changed"``,
        ``"missing"`` or ``"new"``.
    """

    run: Path
    definition: Path
    checks: Mapping[str, str]


def is_bundle(path: str | Path) -> bool:
    """Whether a path is a zip file."""
    return Path(path).is_file() and zipfile.is_zipfile(path)


@contextmanager
def unpacked(file: Path) -> Iterator[Unpacked]:
    """Unpack a bundle into a folder that is gone afterwards.

    Raises
    ------
    SourceError
        The file is damaged.
    ReportError
        It is no bundle of a report.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        try:
            with zipfile.ZipFile(file) as archive:
                names = [each.filename for each in archive.infolist() if not each.is_dir()]
                _refuse_strange(file, archive, names)
                archive.extractall(folder)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise SourceError(
                f"the bundle {file.name!r} is damaged ({type(error).__name__}). Get it anew from its sender."
            ) from error
        stated = _checksums(folder, file)
        checks = {name: _status(folder / name, stated.get(name)) for name in sorted({*stated, *names})}
        del checks[METADATA]
        yield Unpacked(folder / RUN, folder / DEFINITION, checks)


def _refuse_strange(file: Path, archive: zipfile.ZipFile, names: list[str]) -> None:
    outside = [
        name for name in names if name.startswith(("/", "\\")) or ".." in Path(name).parts or ":" in name
    ]
    size = sum(each.file_size for each in archive.infolist())
    if outside or size > MOST_BYTES or METADATA not in names:
        found = (
            f"it names the file {outside[0]!r}, which lies outside"
            if outside
            else f"it holds {size:,} bytes"
            if size > MOST_BYTES
            else f"it has no {METADATA}"
        )
        raise ReportError(
            f"{file.name!r} is no bundle of a report: {found}. Pass a file that egovstats bundle wrote."
        )


def _checksums(folder: Path, file: Path) -> dict[str, str]:
    """Checksum of each file that the metadata name."""
    try:
        graph: Any = json.loads((folder / METADATA).read_text(encoding="utf-8"))["@graph"]
        return {
            unquote(each["@id"]): str(each["sha256"])
            for each in graph
            if each["@type"] == "File" and "sha256" in each
        }
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{METADATA} in {file.name!r} is not what a bundle has ({type(error).__name__}). "
            "Pass a file that egovstats bundle wrote."
        ) from error


def _status(path: Path, stated: str | None) -> str:
    if not path.is_file():
        return "missing"
    if stated is None:
        return "new"
    return "same" if sha256_of(path) == stated else "changed"
