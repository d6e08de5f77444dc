"""The parts a document is made of.

Blocks say what stands where, never how it looks: each format has a renderer for that. The renderers know
headings, paragraphs, headlines, tables, charts, notes and facts; a ledger of claims turns itself into a
table, and a method statement into facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from egovstats.report.disclosure import Disclosure
from egovstats.report.language import Language
from egovstats.report.values import Textual, Value, text_of, values_in

Align = Literal["start", "center", "end"]
RowKind = Literal["body", "net", "missing", "base"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section (level 3 under the section's own level 2)."""

    text: str
    level: int = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Textual


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding in one sentence.

    Parameters
    ----------
    subject : str
        What it is about ("Trust in the president").
    text : Text
        The sentence, whose numbers are values.
    target : str
        Id of the table or chart to look in.
    result : str
        Id of the result that the sentence rests on.
    finding : str
        ``"up"``, ``"down"``, ``"unclear"``, ``"doubtful"``, ``"untested"``, ``"suppressed"`` or empty.
    """

    subject: str
    text: Textual
    target: str = ""
    result: str = ""
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Headlines:
    """The findings of a report or of a section, in order."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    head : Textual
        What stands above it.
    group : str
        Head that it shares with its neighbours.
    align : str
        ``"end"`` for numbers, ``"start"`` for words, ``"center"`` for signs.
    width : float
        Share of the table's width, relative to the other columns.
    """

    head: Textual
    group: str = ""
    align: Align = "end"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Parameters
    ----------
    content : Textual
        A value prints bare: its unit stands in the head.
    clear : bool
        A change whose interval excludes 0: printed bold, with an arrow.
    badge : str
        A verdict, which renderers show with its symbol.
    spoken : str
        What a sign means, for those who hear the table.
    absent : bool
        There is no such number: not asked, or not published.
    letters : str
        Rows that the number is clearly above, named by their letters.
    """

    content: Textual
    clear: bool = False
    badge: str = ""
    spoken: str = ""
    absent: bool = False
    letters: str = ""

    @property
    def value(self) -> Value | None:
        """The value, where the cell is just that."""
        return self.content if isinstance(self.content, Value) else None


@dataclass(frozen=True, slots=True)
class Row:
    """One row; its first cell is its head. Kinds: answers, nets of them, missing answers, bases."""

    cells: tuple[Cell, ...]
    kind: RowKind = "body"


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a common label; an empty label prints nothing."""

    rows: tuple[Row, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a number of its own.

    Parameters
    ----------
    id : str
    caption : str
    columns : tuple of Column
    groups : tuple of RowGroup
    lead : Textual
        What stands between caption and table: the wording of the question, and who was asked it.
    notes : tuple of Textual
        Below it; the legends of the marks that occur come by themselves.
    source : str
        Where the data are from, as a reader would cite it.
    conf_level : float
        Of the intervals that arrows refer to.
    wordy : bool
        Cells hold sentences: on narrow screens each row becomes a card.
    """

    id: str
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    lead: Textual = ()
    notes: tuple[Textual, ...] = ()
    source: str = ""
    conf_level: float = 0.95
    wordy: bool = False

    def rows(self) -> Iterator[Row]:
        """All rows of all groups."""
        for group in self.groups:
            yield from group.rows


class Drawing(Protocol):
    """What a chart shows, and how it describes itself; see `egovstats.report.charts`."""

    def values(self) -> Iterator[Value]:
        """The values it draws."""

    def alt(self, language: Language) -> str:
        """The chart in words, for those who do not see it."""

    def legends(self, language: Language, rule: Disclosure) -> list[str]:
        """What a reader must know of its marks, a sentence each."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with a number of its own.

    Parameters
    ----------
    id, caption, source : str
    drawing : Drawing
    lead : Textual
        What stands between caption and chart.
    notes : tuple of Textual
        Below it; legends of hollow markers, gaps and intervals come by themselves.
    """

    id: str
    caption: str
    drawing: Drawing
    lead: Textual = ()
    notes: tuple[Textual, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """A list of notes."""

    items: tuple[Textual, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms, each with what is to say of it: a title block, a method statement, how to cite."""

    rows: tuple[tuple[str, Textual], ...]
    title: str = ""
    muted: frozenset[int] = field(default_factory=frozenset)


ABSENT = Cell((), absent=True)
"""A cell of a number that there is not."""

Block = Heading | Paragraph | Headlines | Table | Chart | Notes | Facts


class Composite(Protocol):
    """A block that turns itself into a simpler one."""

    def block(self, language: Language) -> Table | Facts:
        """The simpler block, in a language."""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a report.

    Parameters
    ----------
    id : str
        Anchor, of ASCII letters, digits and hyphens.
    title : str
    blocks : tuple
    """

    id: str
    title: str
    blocks: tuple[Block | Composite, ...]


def texts_of(block: Block) -> Iterator[Textual]:
    """All running text of a block."""
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Headlines):
        yield from (sentence.text for sentence in block.sentences)
    elif isinstance(block, Notes):
        yield from block.items
    elif isinstance(block, Facts):
        yield from (text for _, text in block.rows)
    elif isinstance(block, Table):
        yield block.lead
        yield from (cell.content for row in block.rows() for cell in row.cells)
        yield from block.notes
    elif isinstance(block, Chart):
        yield block.lead
        yield from block.notes


def values_of(block: Block) -> Iterator[Value]:
    """The values that a block prints or draws."""
    yield from values_in(*texts_of(block))
    if isinstance(block, Chart):
        yield from block.drawing.values()


def is_blank(content: Textual) -> bool:
    """Whether there is nothing to print."""
    return not text_of(content)
