"""Tables of tests, of comparability and of any frame, as blocks; and the legends of their marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from egovstats.report.blocks import ABSENT, Cell, Column, Row, RowGroup, Table
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.shown_tests import ShownTest
from egovstats.report.values import Format, Textual, Value, result_id, values_in
from egovstats.sources import Source


def change_cell(test: ShownTest | None) -> Cell:
    """A change, marked when it is clear."""
    return ABSENT if test is None else Cell(test.effect, clear=test.finding in ("up", "down"))


def changes_table(
    tests: Sequence[tuple[str, ShownTest]],
    *,
    id: str,
    caption: str,
    language: Language,
    head: str = "",
    lead: Textual = (),
    notes: Sequence[Textual] = (),
    source: str = "",
) -> Table:
    """Changes or contrasts: effect, interval, p-value and base, a row a test.

    Parameters
    ----------
    tests : sequence of (label, ShownTest)
    head : str
        Head of the first column; "Comparison" where empty.
    """
    level = tests[0][1].conf_level if tests else 0.95
    points = bool(tests) and tests[0][1].effect.format.kind == "points"
    adjusted = any(test.p_adjusted is not None and test.test.adjust != "none" for _, test in tests)
    span = language.say("column.interval", level=language.percent(level))
    columns = [
        Column(head or language.fill("column.comparison"), align="start", width=2.6),
        Column(language.fill("column.change" if points else "column.change_plain"), width=1.2),
        Column(language.fill("column.low"), group=span),
        Column(language.fill("column.high"), group=span),
        Column(language.fill("column.p")),
        *([Column(language.fill("column.p_adjusted"), width=1.4)] if adjusted else []),
        Column(language.fill("column.n"), width=1.3),
    ]
    rows = []
    for label, test in tests:
        cells = [Cell(label), change_cell(test), Cell(test.conf_low), Cell(test.conf_high), Cell(test.p)]
        if adjusted:
            cells.append(ABSENT if test.p_adjusted is None else Cell(test.p_adjusted))
        rows.append(Row((*cells, Cell(test.n))))
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        groups=(RowGroup(tuple(rows)),),
        lead=lead,
        notes=tuple(notes),
        source=source,
        conf_level=level,
    )


def comparability_table(
    frame: pd.DataFrame,
    *,
    id: str,
    language: Language,
    items: Mapping[str, str],
    waves: Mapping[Any, str],
    caption: str = "",
    notes: Sequence[Textual] = (),
) -> Table:
    """Which aspects of which items stayed the same between two waves.

    Parameters
    ----------
    frame : pd.DataFrame
        Columns item, wave_a, wave_b, aspect, status, detail.
    items, waves : mapping
        Labels of both.
    """
    aspects = list(dict.fromkeys(frame["aspect"]))
    columns = [Column(language.fill("column.waves"), align="start", width=1.8)]
    columns += [Column(language.fill(f"aspect.{aspect}"), align="center") for aspect in aspects]
    groups = []
    for item, part in frame.groupby("item", sort=False):
        rows = []
        for (first, second), pair in part.groupby(["wave_a", "wave_b"], sort=False):
            status = dict(zip(pair["aspect"], pair["status"], strict=True))
            names = {"first": waves.get(first, str(first)), "second": waves.get(second, str(second))}
            label = language.fill("comparability.pair", **names)
            rows.append(Row((Cell(label), *(_status_cell(status.get(each), language) for each in aspects))))
        groups.append(RowGroup(tuple(rows), items.get(str(item), str(item))))
    return Table(
        id=id,
        caption=caption or language.say("comparability.caption"),
        columns=tuple(columns),
        groups=tuple(groups),
        notes=(language.fill("comparability.key"), *notes),
    )


def _status_cell(status: str | None, language: Language) -> Cell:
    if status is None:
        return ABSENT
    return Cell(language.say(f"status_sign.{status}"), spoken=language.say(f"status.{status}"))


def frame_table(
    frame: pd.DataFrame,
    *,
    id: str,
    caption: str,
    heads: Mapping[str, Textual],
    keys: Sequence[str],
    formats: Mapping[str, Format] | None = None,
    units: Mapping[str, str] | None = None,
    sources: Sequence[Source] = (),
    rule: Disclosure | None = None,
    base: str | None = None,
    lead: Textual = (),
    notes: Sequence[Textual] = (),
    source: str = "",
) -> Table:
    """Any frame as a table: numbers become values, words stay words.

    Parameters
    ----------
    frame : pd.DataFrame
    heads : mapping of column to Textual
        Columns to show, in order, with their heads.
    keys : sequence of str
        Columns that name a row; with the table's id they make the ids of its numbers.
    formats, units : mapping of column to Format, to str
        Of columns that hold numbers; keys print as they are.
    sources : sequence of Source
    rule : Disclosure, optional
        Rule for small bases, by the column `base`.
    base : str, optional
        Column with the number of respondents behind a row.
    """
    formats, units = formats or {}, units or {}
    apply: Callable[[Value], Value] = rule.apply if rule is not None else lambda value: value

    def cell(record: Mapping[Any, Any], column: str) -> Cell:
        content = record[column]
        if column not in formats or isinstance(content, str):
            return Cell("" if pd.isna(content) else str(content))
        if pd.isna(content):
            return ABSENT
        value = Value(
            id=result_id(id, *(record[key] for key in keys), column),
            value=content if isinstance(content, int) else float(content),
            unit=units.get(column, ""),
            format=formats[column],
            statistic=column,
            keys={key: record[key] for key in keys},
            sources=tuple(sources),
            n=None if base is None or pd.isna(record[base]) else float(record[base]),
        )
        return Cell(apply(value))

    rows = tuple(Row(tuple(cell(record, column) for column in heads)) for record in frame.to_dict("records"))
    columns = tuple(
        Column(head, align="end" if column in formats else "start", width=1.0 if column in formats else 1.8)
        for column, head in heads.items()
    )
    return Table(id, caption, columns, (RowGroup(rows),), lead=lead, notes=tuple(notes), source=source)


def legends_of_table(table: Table, language: Language, rule: Disclosure) -> list[str]:
    """Sentences on the marks that occur in a table."""
    cells = [cell for row in table.rows() for cell in row.cells]
    values = [value for cell in cells for value in values_in(cell.content)]
    statuses = {value.status for value in values}
    masked = [value for value in values if value.status == "suppressed" and "cell_limit" in value.parameters]
    few = [value for value in values if value.status == "suppressed" and value not in masked]
    said = []
    if any(cell.clear for cell in cells):
        said.append(language.say("legend.clear", level=language.percent(table.conf_level)))
    if "flagged" in statuses:
        said.append(language.say("legend.flagged", low=rule.suppress_below, high=rule.flag_below - 1))
    if few:
        said.append(language.say("legend.suppressed", limit=rule.suppress_below))
    if masked:
        said.append(language.say("legend.masked", limit=rule.cell_below))
    if "undefined" in statuses or any(cell.absent for cell in cells):
        said.append(language.say("legend.undefined"))
    return said
