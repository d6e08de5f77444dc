"""A run: the record that a report left in its folder, read and checked for its layout."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egovstats.errors import ReportError, SourceError

SCHEMA_VERSION = 1
"""The layout of results.json and manifest.json that this version reads."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a report wrote about itself.

    Parameters
    ----------
    folder : Path
    record : dict
        ``results.json``.
    manifest : dict, optional
        ``manifest.json``; None where it is not there.
    verdicts : dict of str to str
        Verdict of each claim in ``claims.csv``; empty without one.
    """

    folder: Path
    record: Mapping[str, Any]
    manifest: Mapping[str, Any] | None
    verdicts: Mapping[str, str]

    @property
    def numbers(self) -> dict[str, dict[str, Any]]:
        """Every number by its id, in order."""
        return {entry["id"]: entry for entry in self.record["results"]}

    @property
    def language(self) -> str:
        """Language of the printed texts."""
        return str(self.record.get("language", "en"))

    @property
    def microdata(self) -> list[dict[str, Any]]:
        """Wave files that the run has read, each once: the entries of its sources."""
        sources = self.record.get("sources", {}).values()
        found = {each["sha256"]: each for each in sources if each["kind"] == "microdata" and each["sha256"]}
        return sorted(found.values(), key=lambda each: each["file"])

    @property
    def conf_level(self) -> float:
        """Level by which the run decided; 0.95 without a manifest."""
        config = (self.manifest or {}).get("config", {})
        return float(config.get("conf_level", 0.95))


def read_run(path: str | Path) -> Run:
    """Read a run.

    Parameters
    ----------
    path : path
        The folder that a report was written into, or its ``results.json``.

    Raises
    ------
    SourceError
        There is no results.json.
    ReportError
        It is no record of a report, or of another layout.
    """
    given = Path(path)
    folder = given.parent if given.is_file() else given
    record = _json(given if given.is_file() else folder / "results.json")
    entries = record.get("results")
    if not isinstance(entries, list) or not all(isinstance(e, dict) and "id" in e for e in entries):
        raise ReportError(
            f"{given.name!r} holds no results of a report. Pass a folder that egovstats report wrote."
        )
    found = record.get("schema_version")
    if found != SCHEMA_VERSION:
        raise ReportError(
            f"the results in {folder.name!r} have layout {found!r}, and this version reads {SCHEMA_VERSION}. "
            "Compare them with the version of egovstats that made them."
        )
    manifest = folder / "manifest.json"
    return Run(folder, record, _json(manifest) if manifest.is_file() else None, _verdicts(folder))


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(
            f"{file.name!r} cannot be read in {file.parent.name!r}: {error.strerror or error}. "
            "Pass a folder that egovstats report wrote with the format json."
        ) from error
    except ValueError as error:
        raise ReportError(f"{file.name!r} is not JSON: {error}. Build the report again.") from error
    if not isinstance(content, dict):
        raise ReportError(f"{file.name!r} holds no record of a report. Build the report again.")
    return content


def _verdicts(folder: Path) -> dict[str, str]:
    file = folder / "claims.csv"
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {row["claim"]: row["verdict"] for row in csv.DictReader(lines)}
