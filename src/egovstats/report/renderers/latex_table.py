"""Tables in LaTeX: rules of booktabs, notes below, and several pages where there are many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from egovstats.report.blocks import Cell, Column, Row, RowGroup, Table
from egovstats.report.language import Language
from egovstats.report.renderers.heads import Head, heads_of
from egovstats.report.renderers.latex_text import escaped
from egovstats.report.renderers.words import cell_text
from egovstats.report.values import Text, Textual, text_of

PARAGRAPH = r"\par "
"""What stands between the notes below a table or chart."""

KEPT_WHOLE = 20
"""Rows up to which a table stays on one page."""

NARROW, LYING = 8, 12
"""Columns beyond which letters become smaller, and beyond which the page is turned."""

Set = Callable[[Textual], str]


def table_lines(
    table: Table, *, caption: str, continued: str, notes: list[str], text: Set, language: Language
) -> Iterator[str]:
    r"""The lines of a table.

    Parameters
    ----------
    table : Table
    caption : str
        The ``\caption`` with its ``\label``.
    continued : str
        What stands over the head on further pages.
    notes : list of str
        Below it, a paragraph each.
    text : callable
        Sets running text.
    language : Language
    """
    rows = [line for group in table.groups for line in _group(group, table, text, language)]
    lying = len(table.columns) > LYING
    letters = r"\scriptsize" if len(table.columns) > NARROW else r"\footnotesize"
    size = rf"\egtable{{{len(table.columns)}}}{{{letters}}}"
    columns = f"@{{}}{''.join(_kind(each, table, 'p') for each in table.columns)}@{{}}"
    long = table.wordy or lying or sum(1 for _ in table.rows()) > KEPT_WHOLE
    head = [r"\toprule", *_heads(table, text), r"\midrule"]
    # The size holds for this table alone.
    yield r"\begin{landscape}" if lying else r"\begingroup" if long else r"\begin{table}"
    yield from (
        _long(size, columns, caption, continued, head, rows, _below(notes, len(table.columns)))
        if long
        else _short(size, columns, caption, head, rows, notes)
    )
    yield r"\end{landscape}" if lying else r"\endgroup" if long else r"\end{table}"


def _short(
    size: str, columns: str, caption: str, head: list[str], rows: list[str], notes: list[str]
) -> Iterator[str]:
    yield r"\begin{threeparttable}"
    yield from (
        caption,
        size,
        rf"\begin{{tabular}}{{{columns}}}",
        *head,
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
    )
    if notes:
        yield r"\begin{tablenotes}[flushleft]\footnotesize\setlength{\labelsep}{0pt}"
        yield from (rf"\item {note}" for note in notes)
        yield r"\end{tablenotes}"
    yield r"\end{threeparttable}"


def _long(
    size: str, columns: str, caption: str, continued: str, head: list[str], rows: list[str], below: list[str]
) -> Iterator[str]:
    yield from (size, rf"\begin{{longtable}}{{{columns}}}", rf"{caption}\\", *head, r"\endfirsthead")
    yield from (rf"\caption*{{{continued}}}\\", *head, r"\endhead")
    # The last row, the rule and the notes stay together.
    yield from rows[:-1]
    yield from (f"{line}*" if line.endswith(r"\\") else line for line in rows[-1:])
    yield from (r"\bottomrule", *below, r"\end{longtable}")


def _below(notes: list[str], count: int) -> list[str]:
    if not notes:
        return []
    return [rf"\multicolumn{{{count}}}{{@{{}}p{{\linewidth}}@{{}}}}{{\egnotes{{{PARAGRAPH.join(notes)}}}}}\\"]


def _share(columns: Sequence[Column], table: Table) -> float:
    return sum(each.width for each in columns) / sum(each.width for each in table.columns)


def _kind(column: Column, table: Table, box: str) -> str:
    """A column of a share of the width; its head is a box that stands at the bottom."""
    return rf">{{\eg{column.align}}}{box}{{{_share([column], table):.4f}\egwidth}}"


def _heads(table: Table, text: Set) -> Iterator[str]:
    """The lines of the head; a rule joins the columns that share a head."""
    lines = heads_of(table)
    if len(lines) == 1:
        yield _head_line([_head(head, table, text) for head in lines[0]])
        return
    upper, lower = lines
    spans = [head for head in upper if head.columns > 1 or head.scope == "colgroup"]
    yield _head_line([_span(head, table, text) if head in spans else "" for head in upper])
    yield "".join(rf"\cmidrule(lr){{{head.start + 1}-{head.start + head.columns}}}" for head in spans)
    own = sorted([*lower, *(head for head in upper if head not in spans)], key=lambda head: head.start)
    yield _head_line([_head(head, table, text) for head in own])


def _head_line(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _span(head: Head, table: Table, text: Set) -> str:
    """A head over several columns, as wide as they are with what is between them."""
    if head.columns == 1:
        return _head(head, table, text)
    share = _share(table.columns[head.start : head.start + head.columns], table)
    width = rf"\dimexpr{share:.4f}\egwidth+{2 * (head.columns - 1)}\tabcolsep\relax"
    kind = _edges(head, table, rf">{{\egcenter}}b{{{width}}}")
    return rf"\multicolumn{{{head.columns}}}{{{kind}}}{{\eghead{{{text(head.text)}}}}}"


def _head(head: Head, table: Table, text: Set) -> str:
    kind = _edges(head, table, _kind(table.columns[head.start], table, "b"))
    return rf"\multicolumn{{1}}{{{kind}}}{{\eghead{{{text(head.text)}}}}}"


def _edges(head: Head, table: Table, kind: str) -> str:
    """The table's outer columns have no margin outside."""
    last = head.start + head.columns == len(table.columns)
    return ("@{}" if head.start == 0 else "") + kind + ("@{}" if last else "")


def _group(group: RowGroup, table: Table, text: Set, language: Language) -> Iterator[str]:
    if group.label:
        yield r"\addlinespace"
        label = rf"\textbf{{{escaped(group.label)}}}"
        yield rf"\multicolumn{{{len(table.columns)}}}{{@{{}}p{{\linewidth}}@{{}}}}{{{label}}}\\*"
    before = "body"
    for row in group.rows:
        if row.kind == "base" and before != "base":
            yield r"\midrule"
        before = row.kind
        yield _row(row, text, language)


def _row(row: Row, text: Set, language: Language) -> str:
    return " & ".join(_cell(cell, row, text, language) for cell in row.cells) + r" \\"


def _cell(cell: Cell, row: Row, text: Set, language: Language) -> str:
    said = _content(cell, text, language)
    if not said:
        return ""
    if cell.clear or row.kind == "net":
        said = rf"\textbf{{{said}}}"
    elif row.kind in ("missing", "base"):
        said = rf"\egmuted{{{said}}}"
    return said + (rf"\textsuperscript{{{escaped(cell.letters)}}}" if cell.letters else "")


def _content(cell: Cell, text: Set, language: Language) -> str:
    value = cell.value
    if cell.badge:
        sign, *why = cell_text(cell, language)
        verdict: Text = (sign,)
        return rf"\textbf{{{text(verdict)}}}" + (rf"\newline {text(text_of(cell.content))}" if why else "")
    said = text(cell_text(cell, language, letters=False))
    # The closing bracket hangs over the edge, so that digits stay below digits.
    return rf"{said[:-1]}\rlap{{)}}" if value is not None and value.status == "flagged" else said
