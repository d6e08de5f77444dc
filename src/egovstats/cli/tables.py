"""Tables for a terminal: columns line up whatever the script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_LEAST_LABEL = 14  # columns that labels of rows keep, however narrow the terminal


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
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    words: int = 1,
    groups: Sequence[str] = (),
    width: int | None = None,
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
    width : int, optional
        Columns of the terminal. Where the table is wider, heads and the first column take several lines.

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
    if width is not None and _total(widths) > width:
        widths = _narrow(table, widths, width)
    lines = _lines(header, widths, words, bottom=True)
    lines.append("  ".join("-" * each for each in widths))
    for row in rows:
        lines += _lines(row, widths, words)
    return "\n".join([*(_shared_heads(groups, widths) if any(groups) else []), *lines])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + 2 * (len(widths) - 1)


def _narrow(table: Sequence[Sequence[str]], widths: Sequence[int], width: int) -> list[int]:
    """Heads broken between their words, then the first column as far as it must be."""
    found = list(widths)
    for column in range(1, len(found)):
        body = max((width_of(row[column]) for row in table[1:]), default=0)
        longest = max(map(width_of, table[0][column].split()), default=0)
        found[column] = max(body, longest)
    found[0] = max(_LEAST_LABEL, min(found[0], found[0] - (_total(found) - width)))
    return found


def _lines(row: Sequence[str], widths: Sequence[int], words: int, *, bottom: bool = False) -> list[str]:
    """One row in as many lines as its longest cell takes; heads stand at the bottom of theirs."""
    if not bottom and not any(row[1:]):
        return [row[0]]  # the label of a group has the whole line
    cells = [_broken(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    blank = [[""] * (height - len(cell)) for cell in cells]
    filled = [above + cell if bottom else cell + above for cell, above in zip(cells, blank, strict=True)]
    return [_line(parts, widths, words) for parts in zip(*filled, strict=True)]


def _broken(text: str, width: int) -> list[str]:
    """A text in lines of a width, broken between words; a word that is longer stays whole."""
    if width_of(text) <= width:
        return [text]
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _shared_heads(groups: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Heads above the columns that share them, broken to the room that these take."""
    spans: list[tuple[int, list[str]]] = []
    at = column = 0
    while column < len(groups):
        end = column + 1
        while end < len(groups) and groups[end] == groups[column]:
            end += 1
        room = _total(widths[column:end])
        if groups[column]:
            spans.append((at, _broken(groups[column], room)))
        at, column = at + room + 2, end
    lines = []
    for height in range(max(len(parts) for _, parts in spans), 0, -1):
        line = ""
        for start, parts in spans:
            if len(parts) >= height:
                line += " " * (start - width_of(line)) + parts[len(parts) - height] + " "
        lines.append(line.rstrip())
    return lines


def _line(row: Sequence[str], widths: Sequence[int], words: int) -> str:
    cells = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - width_of(cell))
        cells.append(cell + space if column < words else space + cell)
    return "  ".join(cells).rstrip()
