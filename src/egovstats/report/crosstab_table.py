"""A crosstab as a table of a report: groups down, answers across, letters for what stands out."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from egovstats.report.blocks import ABSENT, Cell, Column, Row, RowGroup, Table
from egovstats.report.crossed import NET, Crossed
from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Textual, Value


def crosstab_table(
    crossed: Sequence[Crossed],
    everybody: Mapping[Any, Value],
    *,
    n: Value,
    id: str,
    caption: str,
    language: Language,
    say: Callable[[Any], str],
    rule: Disclosure,
    conf_level: float,
    lead: Textual = (),
    notes: Sequence[Textual] = (),
    source: str = "",
) -> Table:
    """Shares of an item's answers among all and in each group.

    Parameters
    ----------
    crossed : sequence of Crossed
        One item by one or several others.
    everybody : mapping of answer to Value
        The shares of all respondents, `NET` among them where the item has joined answers.
    n : Value
        Respondents of all.
    say : callable
        A label of the series in the report's language.
    rule : Disclosure
    conf_level : float
        One minus this is the level of the tests.
    """
    item = crossed[0].item
    has_net = any(NET in row.shares for each in crossed for row in each.rows)
    answers: list[Any] = [*item.codes, *([NET] if has_net else [])]
    labels: dict[Any, str] = {answer.code: say(answer.label) for answer in item.answers}
    if has_net and item.headline is not None:
        labels[NET] = say(item.headline.label)
    columns = (
        Column(language.fill("crosstab.group"), align="start", width=2.4),
        *(Column(labels[answer], group=language.say("unit.percent")) for answer in answers),
        Column(language.fill("column.n"), width=1.2),
        Column(language.fill("column.n_effective"), width=1.0),
    )
    first = (*(_cell(everybody.get(answer)) for answer in answers), Cell(n), Cell(()))
    groups = [RowGroup((Row((Cell(language.say("crosstab.all")), *first)),))]
    letters = _letters()
    groups += [_group(each, answers, letters, say) for each in crossed]
    level = language.percent(1 - conf_level)
    said = language.fill("crosstab.letters", level=level, low=rule.suppress_below)
    compared = any(each.comparison.tests for each in crossed)
    return Table(
        id=id,
        caption=caption,
        columns=columns,
        groups=tuple(groups),
        lead=lead,
        notes=(*([said] if compared else []), language.fill("crosstab.effective"), *notes),
        source=source,
        conf_level=conf_level,
    )


def _letters() -> Iterator[str]:
    """A, B, ..., Z, AA, AB, ..."""
    for first in ("", *string.ascii_uppercase):
        for second in string.ascii_uppercase:
            yield first + second


def _group(crossed: Crossed, answers: Sequence[Any], letters: Iterator[str], say: Callable) -> RowGroup:
    names = {row.level: next(letters) for row in crossed.rows}
    labels = crossed.by.labels
    rows = []
    for row in crossed.rows:
        told = say(labels[row.level]) if row.level in labels else str(row.level)
        cells = [Cell(f"{told} ({names[row.level]})")]
        for answer in answers:
            lower = " ".join(names[each] for each in crossed.below(row.level, answer))
            cells.append(_cell(row.shares.get(answer), lower))
        rows.append(Row((*cells, Cell(row.n), Cell(row.n_effective))))
    return RowGroup(tuple(rows), say(crossed.by.label))


def _cell(value: Value | None, letters: str = "") -> Cell:
    return ABSENT if value is None else Cell(value, letters=letters)
