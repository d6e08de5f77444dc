"""Writing a report's files: all rendered first, then each written whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from egovstats.errors import ReportError, SourceError, nearest
from egovstats.report.document import FORMATS, Report
from egovstats.report.renderers.cells import render_cells
from egovstats.report.renderers.latex import render_latex
from egovstats.report.renderers.manifest import render_manifest
from egovstats.report.renderers.markdown import render_markdown
from egovstats.report.renderers.page import render_html
from egovstats.report.renderers.paper import render_pdf
from egovstats.report.renderers.records import render_claims, render_results
from egovstats.report.renderers.sheets import render_xlsx
from egovstats.report.renderers.word import render_docx
from egovstats.sources import write_whole

RENDERERS: dict[str, Callable[[Report], dict[str, bytes]]] = {
    "html": lambda report: {"report.html": render_html(report)},
    "docx": lambda report: {"report.docx": render_docx(report)},
    "xlsx": lambda report: {"report.xlsx": render_xlsx(report)},
    "pdf": lambda report: {"report.pdf": render_pdf(report)},
    "latex": render_latex,
    "md": render_markdown,
    "csv": lambda report: {"tables.csv": render_cells(report)},
}
"""Files of each format but the record, by name."""


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
            contents |= RENDERERS[name](report)
    if "json" in formats:
        contents["results.json"] = render_results(report)
        claims = render_claims(report)
        if claims is not None:
            contents["claims.csv"] = claims
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        contents["manifest.json"] = render_manifest(report, digests)
    return contents
