"""Tables for a terminal: columns line up whatever the script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes.

    Combining marks take none, wide East Asian signs two.

    Examples
    --------
    >>> width_of("Ерөнхийлөгч"), width_of("é"), width_of("調査")
    (11, 1, 4)
    """
    width = 0
    for sign in text:
        if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
            continue
        width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
    return width


def lined_up(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1, groups: Sequence[str] = ()
) -> str:
    """A table as lines of text.

    Parameters
    ----------
    header, rows : sequences of str
        As many cells in each row as in the header.
    words : int
        How many columns at the left hold words, and start at their left edge; the others hold numbers,
        and end at their right edge.
    groups : sequence of str
        A head that neighbouring columns share, one a column; it stands once, above the first of them.

    Returns
    -------
    str
        Lines without trailing spaces; a rule under the header.

    Examples
    --------
    >>> print(lined_up(["answer", "2019"], [["Итгэдэг", "41.0"], ["No", "9.5"]]))
    answer   2019
    -------  ----
    Итгэдэг  41.0
    No        9.5
    """
    table = [list(header), *map(list, rows)]
    widths = [max(width_of(row[column]) for row in table) for column in range(len(header))]
    lines = [_line(row, widths, words) for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    if any(groups):
        lines.insert(0, _shared_heads(groups, widths))
    return "\n".join(lines)


def _shared_heads(groups: Sequence[str], widths: Sequence[int]) -> str:
    line, at = "", 0
    for column, (group, width) in enumerate(zip(groups, widths, strict=True)):
        if group and (column == 0 or groups[column - 1] != group):
            line += " " * (at - width_of(line)) + group + " "
        at += width + 2
    return line.rstrip()


def _line(row: Sequence[str], widths: Sequence[int], words: int) -> str:
    cells = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - width_of(cell))
        cells.append(cell + space if column < words else space + cell)
    return "  ".join(cells).rstrip()
