"""A report's tables as an Excel workbook: numbers as numbers, a sheet a table."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import Any

from egovstats.errors import MissingExtraError
from egovstats.report.blocks import Cell, Column, Row, Table
from egovstats.report.document import Report
from egovstats.report.language import Language
from egovstats.report.renderers.heads import heads_of, notes_below
from egovstats.report.values import Value

_FIXED_DATE = dt.datetime(2000, 1, 1)
_WIDTH_A_SHARE = 11.0
_LINE_HEIGHT = 14.0
# Letters of the body font that fit a unit of column width; Cyrillic ones are wide.
_LETTERS_A_WIDTH = 1.05


def render_xlsx(report: Report) -> bytes:
    """The workbook: a list of sheets, then a sheet a table with its notes below.

    Raises
    ------
    MissingExtraError
        xlsxwriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtraError("Writing an Excel workbook", "xlsx") from error
    buffer = io.BytesIO()
    # Text from a survey must stay text, even when it starts with an equals sign.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    when = _FIXED_DATE if report.date is None else dt.datetime.combine(report.date, dt.time())
    stamp = report.stamp()
    title = f"{stamp}: {report.title}" if stamp else report.title
    book.set_properties({"title": title, "author": "egovstats", "created": when})
    _Book(book, report).write()
    book.close()
    return buffer.getvalue()


def number_format(value: Value, language: Language, *, clear: bool = False) -> str:
    """The Excel number format that shows a value as the report prints it.

    Marks are part of the format, so that the cell still holds the number: parentheses for a small base,
    an arrow for a clear change.
    """
    fmt = value.format
    if fmt.kind == "p":
        zero = "0" if language.signs.leading_zero or language.p_style == "plain" else ""
        return f'[<0.001]"< {zero}{language.signs.decimal}001";{zero}.000'
    digits = "." + "0" * fmt.decimals if fmt.decimals else ""
    body = ("0" if fmt.kind == "label" else "#,##0") + digits
    if fmt.signed:
        arrows = ('"▲ "', '"▼ "') if clear else ("", "")
        return f"{arrows[0]}+{body};{arrows[1]}\u2212{body};{body}"
    minus = f"{body};\u2212{body};{body}"
    return f'"("{body}")"' if value.status == "flagged" else minus


def _width(column: Column) -> float:
    """Width of a column in Excel's unit, about a digit."""
    return min(_WIDTH_A_SHARE * max(column.width, 1.0), 60.0)


class _Book:
    """Writes one report into one workbook."""

    def __init__(self, book: Any, report: Report) -> None:
        self.book = book
        self.report = report
        self.language = report.language
        self.labels = report.labels()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def style(self, **properties: Any) -> Any:
        """A cell format, made once."""
        properties = {"font_name": "Arial", "font_size": 10, "valign": "top", **properties}
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def write(self) -> None:
        """The list of sheets, then the sheets."""
        tables = [block for block in self.report.numbered() if isinstance(block, Table)]
        # Excel allows 31 characters in a sheet's name.
        names = {table.id: " ".join(self.labels[table.id].split())[:31] for table in tables}
        self._contents(tables, names)
        for table in tables:
            self._sheet(table, names[table.id])

    def _start(self, name: str, width: int, stamp: str) -> tuple[Any, int]:
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if width > 5:
            sheet.set_landscape()
        header = self.report.title.replace("&", "&&")
        sheet.set_header(f'&L&"Arial,Bold"{self.report.stamp()}&R&"Arial"{header}'[:255])
        sheet.set_footer("&R&P / &N")
        if not stamp:
            return sheet, 0
        words = f"{stamp}. {self.report.stamp_words()}"
        look = self.style(bold=True, bg_color="#FFE29A")
        sheet.write_string(0, 0, words, look)
        for i in range(1, width):
            sheet.write_blank(0, i, None, look)
        return sheet, 1

    def _contents(self, tables: list[Table], names: dict[str, str]) -> None:
        sheet, line = self._start(self.language.say("page.contents"), 2, self.report.stamp())
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 90)
        sheet.write_string(line, 0, self.report.title, self.style(bold=True, font_size=14))
        line += 1
        if self.report.subtitle:
            sheet.write_string(line, 0, self.report.subtitle, self.style(font_color="#4B5563"))
            line += 1
        for term, said in self.report.facts.rows:
            sheet.write_string(line, 0, term, self.style(bold=True))
            sheet.write_string(line, 1, self.language.plain(said), self.style(text_wrap=True))
            line += 1
        line += 1
        sheet.write_string(line, 0, self.language.say("page.sheet_contents"), self.style(bold=True))
        for table in tables:
            line += 1
            target = f"internal:'{names[table.id]}'!A1"
            sheet.write_url(line, 0, target, self.style(font_color="#0B4F8A", underline=1), names[table.id])
            sheet.write_string(line, 1, table.caption, self.style(text_wrap=True))
        words = self.language.say("page.numbers")
        sheet.write_string(line + 2, 1, words, self.style(font_color="#4B5563", text_wrap=True))

    def _sheet(self, table: Table, name: str) -> None:
        sheet, line = self._start(name, len(table.columns), self.report.stamp())
        for i, column in enumerate(table.columns):
            sheet.set_column(i, i, _width(column))
        caption = f"{self.labels[table.id]}. {table.caption}"
        sheet.write_string(line, 0, caption, self.style(bold=True, font_size=12))
        line += 1
        lead = self.language.plain(table.lead, labels=self.labels)
        if lead:
            sheet.write_string(line, 0, lead, self.style(font_color="#4B5563"))
            line += 1
        line += 1
        lines = heads_of(table)
        for head_line in lines:
            for head in head_line:
                self._head(sheet, line, head, last=len(lines) == 1 or head_line is lines[-1])
            line += 1
        sheet.freeze_panes(line, 1)
        sheet.repeat_rows(line - len(lines), line - 1)
        for group in table.groups:
            if group.label:
                sheet.write_string(line, 0, group.label, self.style(bold=True))
                line += 1
            for row in group.rows:
                self._row(sheet, line, table, row)
                sheet.set_row(line, _LINE_HEIGHT * self._lines(table, row))
                line += 1
        self._below(sheet, line, table)

    def _head(self, sheet: Any, line: int, head: Any, *, last: bool) -> None:
        rules: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "bottom"}
        rules["align"] = {"end": "right", "span": "center", "center": "center"}.get(head.style, "left")
        rules["bottom"] = 1 if last or head.rows > 1 or head.columns > 1 else 0
        words = self.language.plain(head.text)
        right, low = head.start + head.columns - 1, line + head.rows - 1
        if head.columns * head.rows > 1:
            sheet.merge_range(line, head.start, low, right, words, self.style(**rules))
        else:
            sheet.write_string(line, head.start, words, self.style(**rules))

    def _row(self, sheet: Any, line: int, table: Table, row: Row) -> None:
        look: dict[str, Any] = {}
        if row.kind == "net":
            look = {"bold": True, "bg_color": "#F3F5F7"}
        elif row.kind in ("missing", "base"):
            look = {"font_color": "#4B5563"}
        for i, (cell, column) in enumerate(zip(row.cells, table.columns, strict=True)):
            align = {"end": "right", "center": "center"}.get(column.align, "left")
            self._cell(sheet, line, i, cell, {**look, "align": align, "text_wrap": align == "left"})

    def _lines(self, table: Table, row: Row) -> int:
        """Lines that the longest text of a row takes: Excel fits rows to text only when asked by hand."""
        most = 1
        for cell, column in zip(row.cells, table.columns, strict=True):
            if column.align == "start":
                words = self._words(cell)
                wide = _width(column) * _LETTERS_A_WIDTH
                most = max(most, sum(max(1, math.ceil(len(each) / wide)) for each in words.split("\n")))
        return most

    def _cell(self, sheet: Any, line: int, i: int, cell: Cell, look: dict[str, Any]) -> None:
        value = cell.value
        if value is not None and value.visible:
            shape = number_format(value, self.language, clear=cell.clear)
            if cell.letters:
                shape = ";".join(f'{part}" {cell.letters}"' for part in shape.split(";"))
            look = {**look, "bold": True} if cell.clear else look
            sheet.write_number(line, i, value.printed, self.style(**look, num_format=shape))
            return
        sheet.write_string(line, i, self._words(cell), self.style(**look))

    def _words(self, cell: Cell) -> str:
        """What a cell says, where it is not a number."""
        value = cell.value
        if cell.absent:
            words = self.language.say("mark.undefined")
        elif value is not None:
            words = self.language.show(value, "cell")
        else:
            words = self.language.plain(cell.content, labels=self.labels)
        if cell.badge:
            verdict = self.language.say(f"verdict.{cell.badge}")
            words = f"{self.language.say(f'verdict_symbol.{cell.badge}')} {verdict}" + (
                f"\n{words}" if words else ""
            )
        return words

    def _below(self, sheet: Any, line: int, table: Table) -> None:
        words = [self.language.plain(note, labels=self.labels) for note in notes_below(table, self.report)]
        if words:
            words[0] = f"{self.language.say('page.note')} {words[0]}"
        if table.source:
            words.append(self.language.say("page.source", sources=table.source))
        for word in words:
            line += 1
            sheet.write_string(line, 0, word, self.style(font_color="#4B5563", font_size=9))
        first = f"internal:'{self.language.say('page.contents')}'!A1"
        look = self.style(font_color="#0B4F8A", underline=1, font_size=9)
        sheet.write_url(line + 2, 0, first, look, self.language.say("page.back"))
