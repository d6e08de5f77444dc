"""The record of a report: results.json, with each number once, and claims.csv."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from egovstats.report.document import Report
from egovstats.report.language import Language
from egovstats.report.ledger import Ledger
from egovstats.report.values import Textual, Value, values_in
from egovstats.sources import Source
from egovstats.spreadsheets import MARK, harmless

SCHEMA_VERSION = 1
"""Version of the layout of results.json and manifest.json."""


def source_keys(sources: tuple[Source, ...]) -> dict[Source, str]:
    """A short name for each source: its file, or its title; numbered where two share it."""
    keys: dict[Source, str] = {}
    taken: set[str] = set()
    for source in sources:
        stem = source.file or source.title
        name, n = stem, 2
        while name in taken:
            name, n = f"{stem} ({n})", n + 1
        taken.add(name)
        keys[source] = name
    return keys


def render_results(report: Report) -> bytes:
    """Every number of the report once, in order of appearance, with full precision and origin."""
    keys = source_keys(report.all_sources())
    record = {
        "schema_version": SCHEMA_VERSION,
        "report": report.name,
        "title": report.title,
        "language": report.language.code,
        "synthetic": report.synthetic,
        "sources": {key: asdict(source) for source, key in keys.items()},
        "results": [_entry(value, report.language, keys) for value in report.values().values()],
    }
    return as_json(record)


def _entry(value: Value, language: Language, keys: Mapping[Source, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": value.id,
        "value": value.value,
        "display": language.show(value),
        "unit": value.unit,
        "statistic": value.statistic,
        "formula": value.how,
        "keys": dict(value.keys),
        "parameters": dict(value.parameters),
        "sources": [keys[source] for source in value.sources],
        "status": value.status,
    }
    if value.reason:
        entry["reason"] = value.reason
    return entry


def render_claims(report: Report) -> bytes | None:
    """The ledgers' rows as CSV; None for a report without a ledger."""
    ledgers = [block for section in report.sections for block in section.blocks if isinstance(block, Ledger)]
    if not ledgers:
        return None
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(
        ["claim", "statement", "result_ids", "printed", "computed", "verdict", "reason", "needed"]
    )
    plain = report.language.plain
    for ledger in ledgers:
        for row in ledger.rows:
            cells: list[Textual] = [row.printed, row.computed, row.reason]
            ids = " ".join(dict.fromkeys(value.id for value in values_in(*cells)))
            printed, computed, reason = map(plain, cells)
            line = [row.claim, row.statement, ids, printed, computed, row.verdict, reason, row.needed]
            writer.writerow(map(harmless, line))
    return (MARK + buffer.getvalue()).encode("utf-8")


def as_json(record: Mapping[str, Any]) -> bytes:
    """JSON that any reader takes: UTF-8, in the given order, infinities and NaN as words."""
    text = json.dumps(_finite(record), ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    return (text + "\n").encode("utf-8")


def _finite(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(key): _finite(each) for key, each in node.items()}
    if isinstance(node, list | tuple):
        return [_finite(each) for each in node]
    if isinstance(node, float) and not math.isfinite(node):
        return str(node)
    return node


def _plain(node: Any) -> Any:
    """Numbers of numpy, dates and the like as what they are in JSON."""
    return node.item() if hasattr(node, "item") else str(node)
