"""A topline with trend: every answer of an item, in every wave, with what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egovstats.report.blocks import ABSENT, Cell, Column, Row, RowGroup, RowKind, Table
from egovstats.report.language import Language
from egovstats.report.shown import Shown
from egovstats.report.shown_tests import ShownTest
from egovstats.report.tables import change_cell
from egovstats.report.values import Textual, Value

MOST_WAVES_ACROSS = 6
"""With more waves than this, a topline has a row a wave rather than a column."""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One answer of a topline: its code in the estimates' keys, its label, and what kind of row it is."""

    code: Any
    label: str
    kind: RowKind = "body"


@dataclass(frozen=True, slots=True)
class Topline:
    """All answers of one item in all waves.

    Parameters
    ----------
    waves : sequence of (key, label)
    answers : sequence of AnswerRow
        In questionnaire order; nets and missing answers after those they belong to.
    shares : mapping of (wave, code) to Shown
        What is not there prints as not available.
    previous, first : mapping of code to ShownTest
        Change of the last wave against the one before and against the first; empty where not tested.
    n, margin : mapping of wave to Value
        Respondents with an answer; margin of error.
    """

    waves: Sequence[tuple[Any, str]]
    answers: Sequence[AnswerRow]
    shares: Mapping[tuple[Any, Any], Shown]
    previous: Mapping[Any, ShownTest] = field(default_factory=dict)
    first: Mapping[Any, ShownTest] = field(default_factory=dict)
    n: Mapping[Any, Value] = field(default_factory=dict)
    margin: Mapping[Any, Value] = field(default_factory=dict)

    def cell(self, wave: Any, code: Any) -> Cell:
        """The share of an answer in a wave."""
        shown = self.shares.get((wave, code))
        return ABSENT if shown is None else Cell(shown.estimate)

    def base_rows(self) -> list[tuple[str, Mapping[Any, Value]]]:
        """Message and values of the rows about the base."""
        return [(key, by) for key, by in (("column.n", self.n), ("column.margin", self.margin)) if by]


def topline_table(
    topline: Topline,
    *,
    id: str,
    caption: str,
    language: Language,
    lead: Textual = (),
    notes: Sequence[Textual] = (),
    source: str = "",
    conf_level: float = 0.95,
) -> Table:
    """A topline with trend: answers down and waves across, or waves down when there are many.

    Parameters
    ----------
    topline : Topline
    id, caption, source : str
    language : Language
    lead : Textual
        Wording of the question and who was asked.
    notes : sequence of Textual
    conf_level : float
        Of the changes' intervals.
    """
    make = _waves_across if len(topline.waves) <= MOST_WAVES_ACROSS else _waves_down
    columns, rows = make(topline, language)
    return Table(
        id=id,
        caption=caption,
        columns=columns,
        groups=(RowGroup(rows),),
        lead=lead,
        notes=tuple(notes),
        source=source,
        conf_level=conf_level,
    )


def _waves_across(topline: Topline, language: Language) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    # A group head names the unit, so that it stands once.
    columns = [Column(language.fill("column.answer"), align="start", width=2.6)]
    columns += [Column(label, group=language.say("unit.percent")) for _, label in topline.waves]
    changes = [(by, key) for by, key in ((topline.previous, "previous"), (topline.first, "first")) if by]
    columns += [
        Column(language.fill(f"column.{key}"), group=language.say("column.change"), width=1.15)
        for _, key in changes
    ]
    rows = []
    for answer in topline.answers:
        cells = [Cell(answer.label), *(topline.cell(wave, answer.code) for wave, _ in topline.waves)]
        cells += [change_cell(by.get(answer.code)) for by, _ in changes]
        rows.append(Row(tuple(cells), answer.kind))
    for key, by in topline.base_rows():
        values = [Cell(by[wave]) if wave in by else ABSENT for wave, _ in topline.waves]
        rows.append(Row((Cell(language.fill(key)), *values, *(Cell(()) for _ in changes)), "base"))
    return tuple(columns), tuple(rows)


def _waves_down(topline: Topline, language: Language) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    unit = language.say("unit.percent")
    columns = [Column(language.fill("column.wave"), align="start", width=1.4)]
    columns += [Column(answer.label, group=unit) for answer in topline.answers]
    columns += [Column(language.fill(key)) for key, _ in topline.base_rows()]
    rows = []
    for wave, label in topline.waves:
        cells = [Cell(label), *(topline.cell(wave, answer.code) for answer in topline.answers)]
        cells += [Cell(by[wave]) if wave in by else ABSENT for _, by in topline.base_rows()]
        rows.append(Row(tuple(cells)))
    for by, key in ((topline.previous, "previous"), (topline.first, "first")):
        if by:
            name = (*language.fill("column.change"), ", ", *language.fill(f"column.{key}"))
            cells = [Cell(name), *(change_cell(by.get(answer.code)) for answer in topline.answers)]
            rows.append(Row((*cells, *(Cell(()) for _ in topline.base_rows())), "base"))
    return tuple(columns), tuple(rows)
