"""What a cell says in words, for formats that have nothing but text: marks stand as signs."""

from __future__ import annotations

from collections.abc import Mapping

from egovstats.report.blocks import Cell, Table
from egovstats.report.language import Language
from egovstats.report.values import Text, text_of


def cell_text(cell: Cell, language: Language, *, letters: bool = True) -> Text:
    """Content and marks of a cell: a verdict, parentheses for a small base, an arrow for a clear change."""
    if cell.absent:
        return (language.say("mark.undefined"),)
    if cell.badge:
        verdict = language.say(f"verdict.{cell.badge}")
        sign = f"{language.say(f'verdict_symbol.{cell.badge}')} {verdict}"
        return (sign, *([". "] if text_of(cell.content) else []), *text_of(cell.content))
    value = cell.value
    if value is None:
        return text_of(cell.content)
    said = language.show(value, "cell")
    if value.status == "flagged":
        said = f"({said})"
    if cell.clear and value.value is not None:
        said = f"{'▲' if value.value > 0 else '▼'} {said}"
    return (f"{said} {cell.letters}" if letters and cell.letters else said,)


def cell_words(cell: Cell, language: Language, labels: Mapping[str, str]) -> str:
    """`cell_text` as a plain string."""
    return language.plain(cell_text(cell, language), labels=labels)


def head_words(table: Table, language: Language, labels: Mapping[str, str]) -> list[str]:
    """One head a column: the head that it shares with its neighbours goes in front of its own."""
    heads = [(column.group, language.plain(column.head, labels=labels)) for column in table.columns]
    return [f"{group}: {own}" if group and own else group or own for group, own in heads]
