"""`write_codebook`: the codebook of a file in the format that a name ends in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.errors import MissingExtraError, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_ddi import CodeCounts, to_ddi
from egovstats.microdata.codebook_html import to_html
from egovstats.microdata.codebook_page import BASE, STAMP, Section, facts, sections, to_markdown
from egovstats.microdata.codebook_schema import to_table_schema
from egovstats.microdata.codebook_table import COLUMNS
from egovstats.microdata.identifiers import left_out, probable_identifiers
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.variable import Code
from egovstats.sources import write_whole
from egovstats.spreadsheets import MARK, harmless_frame

ENDINGS = (".json", ".schema.json", ".xml", ".md", ".html", ".xlsx", ".csv")
_SAME_BYTES = datetime(2000, 1, 1)  # a workbook would hold the time of writing
_NOTE_AT = len(COLUMNS) + 2
_NARROW, _FURTHER = 11, 40  # letters of a column; of one in a further language
_WRAPPED = {0: 18, 1: 50, 3: 40, _NOTE_AT: 50}  # columns that are wider
_WIDEST_PAGE = 250  # letters that can still be read across a page
_LINE = 15  # points
_MOST_LINES = 27  # Excel has no row over 409 points
_A4 = 9
_MOST_LETTERS = 32_767  # what a cell of Excel holds


def write_codebook(
    data: Microdata, path: str | Path, *, keep: Iterable[str] = (), force: bool = False
) -> Path:
    """Write what the codes of a file mean, with their counts where the format has a place for them.

    Parameters
    ----------
    data : Microdata
    path : str or Path
        Ends in .json (lossless), .xml (DDI-Codebook 2.5, lossless), .schema.json (Frictionless Table Schema),
        .csv (a table to edit), .md, .html or .xlsx (with counts).
    keep : iterable of str
        Probable identifiers that are counted all the same; see `probable_identifiers`. Free text and
        values that few respondents share are never listed.
    force : bool
        Replace a file that is there already.

    Returns
    -------
    Path

    Raises
    ------
    SourceError
        Another ending, a file that is there already, a folder that cannot be written to, a name in `keep`
        that is not there.
    MissingExtraError
        Excel without xlsxwriter.
    """
    path = Path(path)
    name = path.name.lower()
    ending = ".schema.json" if name.endswith(".schema.json") else path.suffix.lower()
    found = probable_identifiers(data.codebook, data.frame)
    hidden = {
        each: f"it probably identifies respondents ({reason})"
        for each, reason in left_out(found, keep, data.codebook.variables).items()
    }
    makers: dict[str, Callable[[], str | bytes]] = {
        ".json": data.codebook.to_json,
        ".schema.json": lambda: to_table_schema(data.codebook, data.frame),
        ".xml": lambda: to_ddi(data.codebook, _counts(data, hidden)),
        ".md": lambda: to_markdown(data, hidden),
        ".html": lambda: to_html(data, hidden),
        ".xlsx": lambda: _workbook(data, hidden),
        ".csv": lambda: _table(data.codebook),
    }
    if ending not in makers:
        raise SourceError(
            f"a codebook cannot be written as {path.name!r}: it ends in {ending!r}. Let it end in "
            f"{', '.join(ENDINGS)}."
        )
    return write_whole(path, makers[ending](), force=force)


def _table(book: Codebook) -> str:
    return MARK + harmless_frame(book.to_frame()).to_csv(index=False, lineterminator="\n")


def _counts(data: Microdata, hidden: dict[str, str]) -> dict[str, CodeCounts]:
    counts = {}
    for section in sections(data, hidden):
        if not section.left_out:
            codes: dict[Code, int] = {}
            tags: dict[str, int] = {}
            for line in section.lines:
                if line.missing == "tagged":
                    tags[str(line.code)] = line.n
                elif line.code is not None:
                    codes[line.code] = line.n
            invalid = sum(line.n for line in section.lines) - section.valid
            counts[section.variable.name] = CodeCounts(codes, tags, section.valid, invalid)
    return counts


def _workbook(data: Microdata, hidden: dict[str, str]) -> bytes:
    """Two sheets: a row a code, which `load_codebook` reads back, and what is said of the file."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtraError("Writing Excel workbooks", "xlsx") from error
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, options | {"strings_to_numbers": False, "nan_inf_to_errors": False})
    book.set_properties({"created": _SAME_BYTES})
    _sheet_of_codes(book, data, hidden)
    _sheet_of_the_file(book, data)
    book.close()
    return content.getvalue()


def _sheet_of_codes(book: Any, data: Microdata, hidden: dict[str, str]) -> None:
    sheet = book.add_worksheet("codebook")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    further = list(data.codebook.to_frame().columns[len(COLUMNS) :])
    header = [*COLUMNS, "n", "percent", "note", *further]
    wide = _WRAPPED | dict.fromkeys(range(_NOTE_AT + 1, len(header)), _FURTHER)
    for place, text in enumerate(header):
        sheet.set_column(place, place, wide.get(place, _NARROW), wrapped)
        sheet.write_string(0, place, text, book.add_format({"bold": True}))
    rows = _rows(data, hidden)
    for number, row in enumerate(rows, start=1):
        lines = max(_lines_of(row[place], width) for place, width in wide.items() if place < len(row))
        if lines > 1:  # programs other than Excel keep the height of one line
            sheet.set_row(number, _LINE * lines)
        for place, cell in enumerate(row):
            _cell(sheet, number, place, cell)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(rows), len(header) - 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    width = sum(wide.get(place, _NARROW) for place in range(len(header)))
    sheet.fit_to_pages(-(-width // _WIDEST_PAGE), 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)


def _sheet_of_the_file(book: Any, data: Microdata) -> None:
    sheet = book.add_worksheet("file")
    sheet.set_column(0, 0, 14, book.add_format({"valign": "top"}))
    sheet.set_column(1, 1, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    lines = [("", STAMP)] if data.codebook.synthetic else []
    lines += [("Title", data.codebook.file_label), *facts(data).items()]
    lines += [("Note", note) for note in data.codebook.remarks]
    lines.append(("Counts", BASE))
    bold = book.add_format({"bold": True, "valign": "top"})
    for number, (name, value) in enumerate(lines):
        sheet.set_row(number, _LINE * _lines_of(value, 100))
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, value[:_MOST_LETTERS])


def _lines_of(value: str | int | float | None, width: int) -> int:
    """Lines that a text takes in a column, counted generously: words are not cut."""
    if not isinstance(value, str):
        return 1
    return min(sum(1 + len(line) // width for line in value.splitlines()) or 1, _MOST_LINES)


def _cell(sheet: Any, row: int, column: int, value: str | int | float | None) -> None:
    """Texts as texts, whatever they begin with."""
    if isinstance(value, str) and value:
        sheet.write_string(row, column, value[:_MOST_LETTERS])
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)


def _rows(data: Microdata, hidden: dict[str, str]) -> list[list[str | int | float | None]]:
    """The lines of the codebook table, each with its count; then what has no code."""
    described = {str(name): rows for name, rows in data.codebook.to_frame().groupby("variable", sort=False)}
    rows: list[list[str | int | float | None]] = []
    for section in sections(data, hidden):
        rows += _section_rows(section, described[section.variable.name])
    return rows


def _section_rows(section: Section, described: pd.DataFrame) -> list[list[str | int | float | None]]:
    counted = {str(line.code): line for line in section.lines if line.code is not None}
    rows: list[list[str | int | float | None]] = []
    for row in described.to_dict("records"):
        line = counted.pop(str(row["code"]), None) if row["code"] else None
        # a range or a variable without labels has no count of its own
        n = None if line is None else line.n
        share = None if line is None else _number(section.share(line))
        cells = [str(row[column]) for column in described.columns]
        rows.append([*cells[: len(COLUMNS)], n, share, "", *cells[len(COLUMNS) :]])
    rows[0][_NOTE_AT] = f"Not counted: {section.left_out}." if section.left_out else ""
    first = rows[0]
    others = [*counted.values(), *(line for line in section.lines if line.code is None)]
    for line in others:
        code = "" if line.code is None else str(line.code)
        missing = "yes" if line.missing in ("declared", "tagged") else ""
        label = line.label if line.code is not None else ""
        note = "" if line.code is not None else line.label
        tail = [*first[5:8], line.n, _number(section.share(line)), note]
        rows.append([first[0], first[1], code, label, missing, *tail])
    return rows


def _number(share: str) -> float | None:
    return float(share) if share else None
