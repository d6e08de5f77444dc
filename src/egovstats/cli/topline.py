"""``egovstats topline``: every answer by wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.blocks import table_text
from egovstats.cli.estimates import estimate_row, in_words, shown_estimates, title_of
from egovstats.cli.output import Result, deliver
from egovstats.cli.series import fieldwork, notes_aside, read_series, wave_names

if TYPE_CHECKING:
    from egovstats.report import Language, Shown, Table, Value
    from egovstats.waves import Item, Waves


@click.command()
@click.argument("series")
@options.needed_data
@options.many("--item", "items", help="Only these items; all but the background if left out.")
@options.many("--wave", "waves", help="Only these waves.")
@options.many("--by", help="Split each wave by these items, too.")
@options.lonely_psu
@options.conf_level
@options.lang
@options.result_options
def topline(
    series: str,
    data: Path,
    items: tuple[str, ...],
    waves: tuple[str, ...],
    by: tuple[str, ...],
    lonely_psu: str,
    conf_level: float,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Show all answers of the items of a SERIES by wave: weighted per cent with margin of error, and n.

    Estimates on fewer than 30 respondents are not shown, in any form of the output.
    """
    import egovstats
    from egovstats.report import Language, wave_labels

    pooled = read_series(series, data, waves=waves, items=(*items, *by) if items else ())
    design = pooled.design(lonely_psu=lonely_psu)
    chosen = [pooled.items[name] for name in items] or _questions(pooled)
    split = ["wave", *by]
    shares = egovstats.topline(design, [item.name for item in chosen if item.answers], by=split)
    texts, rows, names = [], [], wave_labels(pooled)
    for item in chosen:
        found = shares[item.name] if item.answers else egovstats.mean(design, item.name, by=split)
        shown = shown_estimates(found, "topline", conf_level)
        texts += [
            table_text(_table(item, name, part, names, Language(lang)), Language(lang))
            for name, part in _domains(shown, pooled, by, lang).items()
        ]
        rows += [estimate_row(each, item, lang) for each in shown]
    texts.append("\n".join(_fieldwork(pooled, Language(lang))))
    result = Result(
        "topline",
        "\n\n\n".join(texts),
        rows,
        pooled.sources,
        tuple(pooled.notes),
        aside=notes_aside(pooled, series, Language(lang)),
    )
    deliver(result, as_json=as_json, output=output, force=force)


def _fieldwork(pooled: Waves, language: Language) -> list[str]:
    """When the waves were in the field, a line each."""
    names = wave_names(pooled)
    dates = fieldwork(pooled, language).items()
    return [f"{language.say('title.field')}:", *(f"  {names[wave]}: {when}" for wave, when in dates)]


def _questions(pooled: Waves) -> list[Item]:
    """The items that the survey is about: those with answers, but for the background."""
    return [each for each in pooled.items.values() if each.answers and each.topic != "background"]


def _domains(shown: Sequence[Shown], pooled: Waves, by: Sequence[str], lang: str) -> dict[str, list[Shown]]:
    """Estimates by domain: ``Sex: woman, Place: city``; one nameless domain without a split."""
    found: dict[str, list[Shown]] = {}
    for each in shown:
        parts = []
        for name in by:
            item = pooled.items.get(name)
            label = in_words(item, each.keys[name], lang)
            parts.append(f"{title_of(item, lang) if item else name}: {label}")
        found.setdefault(", ".join(parts), []).append(each)
    return found


def _table(
    item: Item, domain: str, shown: Sequence[Shown], names: Mapping[str, str], language: Language
) -> Table:
    """Answers and waves of one item in one domain, as a report has them."""
    from egovstats.report import AnswerRow, Topline, topline_table

    waves = list(dict.fromkeys(each.keys["wave"] for each in shown))
    by_wave = {wave: [each for each in shown if each.keys["wave"] == wave] for wave in waves}
    codes = list(dict.fromkeys(each.keys.get("answer") for each in shown))
    mean = item.unit or language.say("column.estimate")
    topline = Topline(
        waves=[(wave, names[wave]) for wave in waves],
        answers=[
            AnswerRow(code, mean if code is None else in_words(item, code, language.code)) for code in codes
        ],
        shares={(each.keys["wave"], each.keys.get("answer")): each for each in shown},
        n={wave: rows[0].n for wave, rows in by_wave.items()},
        margin={wave: _largest([each.margin for each in rows]) for wave, rows in by_wave.items()},
    )
    return topline_table(
        topline,
        id=item.name,
        caption=f"{title_of(item, language.code)} ({item.name})" + (f"; {domain}" if domain else ""),
        language=language,
        lead="\n".join(filter(None, [language.pick(item.question or ""), language.pick(item.base)])),
    )


def _largest(margins: Sequence[Value]) -> Value:
    """The margin of error that holds for every answer of a wave."""
    return max(margins, key=lambda each: each.value or 0)
