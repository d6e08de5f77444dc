"""The ledger of a study's claims, and the figures in print that they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from egovstats.checks.wording import word
from egovstats.report.blocks import Cell, Column, Row, RowGroup, Sentence, Table
from egovstats.report.language import Language
from egovstats.report.ledger import VERDICTS, Ledger, LedgerRow
from egovstats.report.numerals import NBSP
from egovstats.report.values import Format, Num, Text, Textual, Value, result_id

if TYPE_CHECKING:
    from egovstats.checks import Figure, Number, Verdict
    from egovstats.checks import Ledger as Claims

MOST_NUMBERS = 4
"""Computed numbers that a row shows of a claim whose numbers have no printed counterpart."""

LEDGER_ID = "claims-ledger"


def ledger_block(claims: Claims, language: Language) -> Ledger:
    """All claims with what is printed, what re-computing gives, the verdict and its reason."""
    return Ledger(
        id=LEDGER_ID,
        rows=tuple(_row(verdict, claims, language) for verdict in claims),
        notes=(language.fill("build.claims_note"),),
        source=claims.citation,
    )


def _row(verdict: Verdict, claims: Claims, language: Language) -> LedgerRow:
    code = language.code
    compared = [each for each in verdict.numbers if each.printed]
    printed = [each.printed for each in compared] or [
        figure_text(claims.figures[name], language) for name in verdict.figures if name in claims.figures
    ]
    shown = compared or list(verdict.numbers[:MOST_NUMBERS])
    note = verdict.note_text(code)
    reason = verdict.reason_text(code, remarks=True)
    return LedgerRow(
        claim=str(verdict.number),
        statement=verdict.statement_text(code),
        verdict=verdict.verdict,
        printed="; ".join(dict.fromkeys(printed)),
        computed=_computed(verdict, shown, language),
        reason=f"{reason} {note}".strip(),
        needed=verdict.needed_text(code),
        rests_on=", ".join(source.title for source in verdict.sources),
        group=verdict.topic_text(code),
    )


def _computed(verdict: Verdict, numbers: list[Number], language: Language) -> Text:
    parts: list[Text] = []
    for each in numbers:
        at = list(verdict.numbers).index(each) + 1
        unit = word("units", each.unit, language.code)
        number = _num(claim_value(verdict, each, at), unit)
        body: Text = (f"{each.label.text(language.code)}: ", *number, *_limits(verdict, each, at))
        parts.append(body if not parts else ("; ", *body))
    return tuple(piece for part in parts for piece in part)


def _num(value: Value, unit: str) -> Text:
    return (Num(value, "bare"), f"{NBSP}{unit}" if unit else "")


def _limits(verdict: Verdict, number: Number, at: int) -> Text:
    """What rounding or sampling leaves open, in brackets."""
    if number.low == number.high:
        return ()
    value = claim_value(verdict, number, at)
    low = replace(value, id=f"{value.id}.low", value=number.low, parameters={})
    high = replace(value, id=f"{value.id}.high", value=number.high, parameters={})
    return (" [", Num(low, "bare"), "; ", Num(high, "bare"), "]")


def claim_value(verdict: Verdict, number: Number, at: int) -> Value:
    """A computed number of a claim as a value; its rounding interval goes into the parameters."""
    open_ended = number.low != number.high
    return Value(
        id=result_id("claim", verdict.claim, at),
        value=number.computed,
        unit=number.unit,
        format=Format("p", 3) if number.style == "p" else Format("number", number.decimals),
        statistic=number.label.key,
        how=number.name,
        keys={"claim": verdict.claim, "figures": list(number.figures)},
        parameters={"low": number.low, "high": number.high} if open_ended else {},
        sources=verdict.sources,
    )


def claims_sentence(claims: Claims, language: Language, *, subject: str) -> Sentence:
    """How many claims came to which verdict."""
    counts = claims.counts
    parts = [f"{counts[each]} {language.say('verdict.' + each)}" for each in VERDICTS if counts[each]]
    total = language.say("unit.claims", count=len(claims))
    text = language.fill("ledger.summary", total=total, parts=", ".join(parts))
    return Sentence(subject, text, target=LEDGER_ID)


def all_numbers(claims: Claims) -> Iterator[Value]:
    """Every computed number of every claim, printed or not."""
    for verdict in claims:
        for at, number in enumerate(verdict.numbers, start=1):
            yield claim_value(verdict, number, at)


def figures_table(claims: Claims, language: Language, *, topics: Mapping[str, str]) -> Table:
    """The figures in print, under the names of their topics."""
    found = dict.fromkeys(figure.topic for figure in claims.figures.values())
    groups = tuple(
        RowGroup(
            tuple(_figure_row(each, language) for each in claims.figures.values() if each.topic == topic),
            topics.get(topic, topic),
        )
        for topic in sorted(found, key=lambda topic: list(topics).index(topic) if topic in topics else 99)
    )
    heads = (("build.figure", 4.0), ("column.printed", 1.4), ("column.year", 0.7))
    return Table(
        id="figures-in-print",
        caption=language.say("build.figures"),
        columns=tuple(Column(language.fill(key), align="start", width=width) for key, width in heads),
        groups=groups,
        source=claims.citation,
        wordy=True,
    )


def _figure_row(figure: Figure, language: Language) -> Row:
    label = figure.label.get(language.code) or figure.label["en"]
    year: Textual = "" if figure.year is None else str(figure.year)
    # Words in print ("1.7 million") say their unit themselves.
    unit = "" if figure.printed else word("units", figure.unit, language.code)
    return Row((Cell(label), Cell(f"{figure_text(figure, language)} {unit}".strip()), Cell(year)))


def figure_text(figure: Figure, language: Language) -> str:
    """The figure as printed: words of the publication in quotation marks, its qualifier translated."""
    if not figure.printed:
        return figure.told.text(language.code)
    text = figure.printed
    if re.search(r"[^\W\d_]{3,}", text):
        text = language.say("build.quoted", text=text)
    template = word("qualifiers", figure.qualifier, language.code) if figure.qualifier else "{number}"
    return template.format(number=text)
