"""The ledger of claims and the AAPOR method statement: blocks with a fixed form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from egovstats.errors import ReportError, nearest
from egovstats.report.blocks import Cell, Column, Facts, Row, RowGroup, Table
from egovstats.report.language import Language
from egovstats.report.values import Em, Text, Textual, text_of

VERDICTS = ("reproduced", "within_rounding", "contradicted", "not_testable")
"""What a claim can come to."""

AAPOR_ITEMS = (
    "strategy",
    "sponsor",
    "instruments",
    "population",
    "sampling",
    "mode",
    "dates",
    "size",
    "weighting",
    "processing",
    "limitations",
)
"""The disclosure items of the AAPOR code of 2021 (section III.A), in its order."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One claim and what became of it.

    Parameters
    ----------
    claim : str
        Number or id in the study's file of claims.
    statement : str
        What is stated, in our words.
    verdict : str
        One of `VERDICTS`.
    printed, computed : Textual
        The numbers in print, and what re-computing gives; values where they are numbers.
    reason : Textual
        Why the verdict is what it is.
    needed : str
        What would settle a claim that cannot be tested.
    rests_on : str
        The tables, files or publications that the check used.
    group : str
        Heading that it stands under.

    Raises
    ------
    ReportError
        A verdict that is none.
    """

    claim: str
    statement: str
    verdict: str
    printed: Textual = ()
    computed: Textual = ()
    reason: Textual = ()
    needed: str = ""
    rests_on: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ReportError(
                f"claim {self.claim!r} has the verdict {self.verdict!r}, which is none. "
                f"{nearest(self.verdict, VERDICTS)}"
            )


@dataclass(frozen=True, slots=True)
class Ledger:
    """Claims in print with their verdicts.

    Parameters
    ----------
    id : str
    rows : tuple of LedgerRow
    caption : str
        The language's own where empty.
    notes : tuple of Textual
    source : str
    """

    id: str
    rows: tuple[LedgerRow, ...]
    caption: str = ""
    notes: tuple[Textual, ...] = ()
    source: str = ""

    def block(self, language: Language) -> Table:
        """The table of claims, under the headings of their groups."""
        heads = [("claim", 0.5), ("statement", 2.9), ("printed", 1.4), ("computed", 1.9), ("verdict", 3.3)]
        columns = tuple(Column(language.fill(f"column.{key}"), align="start", width=w) for key, w in heads)
        names = dict.fromkeys(row.group for row in self.rows)
        groups = tuple(
            RowGroup(tuple(self._row(row, language) for row in self.rows if row.group == name), name)
            for name in names
        )
        return Table(
            id=self.id,
            caption=self.caption or language.say("ledger.caption"),
            columns=columns,
            groups=groups,
            lead=self.summary(language),
            notes=self.notes,
            source=self.source,
            wordy=True,
        )

    def summary(self, language: Language) -> Text:
        """How many claims there are, and how many of each verdict."""
        counts = Counter(row.verdict for row in self.rows)
        parts = [f"{counts[each]} {language.say('verdict.' + each)}" for each in VERDICTS if counts[each]]
        total = language.say("unit.claims", count=len(self.rows))
        return language.fill("ledger.summary", total=total, parts=", ".join(parts))

    def _row(self, row: LedgerRow, language: Language) -> Row:
        reason: Text = text_of(row.reason)
        if row.needed:
            needed = (Em(language.say("column.needed") + ":"), f" {row.needed}")
            reason = (*reason, " ", *needed) if reason else needed
        return Row(
            (
                Cell(row.claim),
                Cell(row.statement),
                Cell(row.printed),
                Cell(row.computed),
                Cell(reason, badge=row.verdict),
            )
        )


@dataclass(frozen=True, slots=True)
class MethodStatement:
    """What is known of how the data were collected: every item of AAPOR's code, in its order.

    Parameters
    ----------
    items : mapping of str to Textual
        By the names in `AAPOR_ITEMS`; a missing or empty one prints that the producer did not report it.

    Raises
    ------
    ReportError
        An item that is none.
    """

    items: Mapping[str, Textual] = field(default_factory=dict)
    title: str = ""

    def __post_init__(self) -> None:
        unknown = [name for name in self.items if name not in AAPOR_ITEMS]
        if unknown:
            raise ReportError(
                f"a method statement has no item {unknown[0]!r}. {nearest(unknown[0], AAPOR_ITEMS)}"
            )

    def block(self, language: Language) -> Facts:
        """The statement as terms and facts."""
        gaps = frozenset(i for i, name in enumerate(AAPOR_ITEMS) if not text_of(self.items.get(name, "")))
        missing = language.fill("method.not_reported")
        rows = tuple(
            (language.say(f"method.{name}"), missing if i in gaps else self.items[name])
            for i, name in enumerate(AAPOR_ITEMS)
        )
        return Facts(rows, title=self.title, muted=gaps)
