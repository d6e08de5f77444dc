"""manifest.json: what a report was made from and with, so that it can be made again.

It names files by name and checksum, never by folder, and holds no clock time, no user and no machine
name, so that the same input gives the same manifest.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path, PurePath
from typing import Any

from egovstats import __version__
from egovstats.report.document import Report
from egovstats.report.renderers.records import SCHEMA_VERSION, as_json

PACKAGES = (
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "pingouin",
    "pyreadstat",
    "matplotlib",
    "jinja2",
    "ruamel.yaml",
    "pydantic",
    "python-docx",
    "typst",
    "xlsxwriter",
)
"""Packages whose version can move a number or a byte."""

_FOLDERS = re.compile(r"^(?:/|\\\\|~[\\/]|[A-Za-z]:[\\/])")


def render_manifest(report: Report, outputs: Mapping[str, str]) -> bytes:
    """The manifest.

    Parameters
    ----------
    report : Report
    outputs : mapping of file name to SHA-256
        The other files of the report.
    """
    record = {
        "schema_version": SCHEMA_VERSION,
        "report": report.name,
        "language": report.language.code,
        "synthetic": report.synthetic,
        "egovstats": __version__,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": {"system": platform.system(), "machine": platform.machine()},
        "packages": {name: _version(name) for name in PACKAGES},
        "blas": _blas(),
        "config": without_folders(report.config),
        "disclosure": {
            "suppress_below": report.disclosure.suppress_below,
            "flag_below": report.disclosure.flag_below,
            "cell_below": report.disclosure.cell_below,
            "exceptions": dict(report.disclosure.exceptions),
        },
        "seeds": dict(report.seeds),
        "inputs": _inputs(report),
        "outputs": [{"file": name, "sha256": digest} for name, digest in sorted(outputs.items())],
        "warnings": list(report.warnings),
    }
    return as_json(record)


def _inputs(report: Report) -> list[dict[str, Any]]:
    """Files, each once, by name."""
    files = {(source.file, source.sha256): source.synthetic for source in report.all_sources() if source.file}
    return [
        {"file": file, "sha256": digest, "synthetic": made_up}
        for (file, digest), made_up in sorted(files.items())
    ]


def without_folders(node: Any) -> Any:
    """A configuration whose paths have lost their folders, since those name machines and users."""
    if isinstance(node, Mapping):
        return {str(key): without_folders(each) for key, each in node.items()}
    if isinstance(node, list | tuple | set | frozenset):
        items = [without_folders(each) for each in node]
        return sorted(items, key=str) if isinstance(node, set | frozenset) else items
    if isinstance(node, PurePath):
        return node.name
    if isinstance(node, str) and (_FOLDERS.match(node) or str(Path.home()) in node):
        return re.split(r"[\\/]", node.rstrip("\\/"))[-1]
    return node


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _blas() -> dict[str, Any]:
    """Library and threads that sums may depend on in their last digit."""
    import numpy as np

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    limits = {name: os.environ[name] for name in names if name in os.environ}
    return {"name": built.get("name"), "version": built.get("version"), "thread_limits": limits}
