"""Writing a report's files: all rendered first, then each written whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from egovstats.errors import ReportError, SourceError, nearest
from egovstats.report.document import FORMATS, Report
from egovstats.report.renderers.manifest import render_manifest
from egovstats.report.renderers.page import render_html
from egovstats.report.renderers.records import render_claims, render_results
from egovstats.report.renderers.sheets import render_xlsx
from egovstats.report.renderers.word import render_docx
from egovstats.sources import write_whole

RENDERERS: dict[str, tuple[str, Callable[[Report], bytes]]] = {
    "html": ("report.html", render_html),
    "docx": ("report.docx", render_docx),
    "xlsx": ("report.xlsx", render_xlsx),
}
"""File name and renderer of each format but the record."""


def write_report(
    report: Report, folder: str | Path, *, formats: Sequence[str] = FORMATS, force: bool = True
) -> list[Path]:
    """Write a report; see `Report.write`."""
    formats = (formats,) if isinstance(formats, str) else tuple(formats)
    for name in formats:
        if name not in FORMATS:
            raise ReportError(f"a report cannot be written as {name!r}. {nearest(name, FORMATS)}")
    report.disclosure.check(report.values().values())
    contents = _contents(report, formats)
    folder = Path(folder)
    there = [name for name in contents if (folder / name).exists()]
    if there and not force:
        raise SourceError(f"{there[0]!r} is there already. Pass --force to replace it, or another folder.")
    return [write_whole(folder / name, content) for name, content in contents.items()]


def _contents(report: Report, formats: Sequence[str]) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for name in RENDERERS:
        if name in formats:
            file, render = RENDERERS[name]
            contents[file] = render(report)
    if "json" in formats:
        contents["results.json"] = render_results(report)
        claims = render_claims(report)
        if claims is not None:
            contents["claims.csv"] = claims
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        contents["manifest.json"] = render_manifest(report, digests)
    return contents
