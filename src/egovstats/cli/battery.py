"""``egovstats battery``: the trends of many items, as an article's table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from egovstats.cli import options
from egovstats.cli.blocks import notes_text, table_text
from egovstats.cli.console import console
from egovstats.cli.documents import is_document, write_document
from egovstats.cli.output import Result, deliver, terminal_width, wrapped
from egovstats.cli.series import fieldwork, notes_aside, read_series, wave_names
from egovstats.errors import nearest

if TYPE_CHECKING:
    from egovstats.inference import TrendBattery
    from egovstats.report import BatteryDocument, Language
    from egovstats.waves import Waves

ADJUSTMENTS = ("holm", "hochberg", "hommel", "BH", "BY", "bonferroni", "none")


@click.command()
@click.argument("series")
@options.needed_data
@options.many("--item", "items", help="Only these items; all with headline answers if left out.")
@click.option(
    "--answers",
    multiple=True,
    metavar="ITEM=CODE,...",
    help="Codes whose share to follow, instead of the item's headline; may be given several times.",
)
@options.many("--wave", "waves", help="Only these waves.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 100, min_open=True),
    default=3.0,
    show_default=True,
    help="Change that would matter, in percentage points, for the test of equivalence.",
)
@click.option(
    "--adjust",
    type=click.Choice(ADJUSTMENTS),
    default="holm",
    show_default=True,
    help="How p-values are adjusted for the number of items.",
)
@click.option("--on", type=click.Choice(("date", "year")), default="date", show_default=True, help="Time.")
@options.lonely_psu
@options.conf_level
@options.lang
@options.document_options
def battery(
    series: str,
    data: Path,
    items: tuple[str, ...],
    answers: tuple[str, ...],
    waves: tuple[str, ...],
    margin: float,
    adjust: str,
    on: str,
    lonely_psu: str,
    conf_level: float,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Ask everything about the trends of many items of a SERIES: an article's table.

    By item: levels, change from the first to the last wave, trend with the respondent and with the wave as
    the unit, departure from a line, where it turns, equivalence, and what all answers say.
    """
    from egovstats.inference import trend_battery

    whole = is_document(output, as_json=as_json)
    chosen = dict(map(_codes, answers))
    wanted = tuple(dict.fromkeys([*items, *chosen])) if items else ()
    pooled = read_series(series, data, waves=waves, items=wanted)
    found = trend_battery(
        pooled,
        list(wanted) or _followed(pooled, chosen),
        on=on,
        answers=chosen,
        margin=margin / 100,
        adjust=adjust,
        conf_level=conf_level,
        lonely_psu=lonely_psu,
        progress=console().say,
    )
    document = _document(found, pooled, lang, chosen)
    if output is not None and whole:
        write_document(document.report(), output, force=force)
        return
    result = Result(
        "battery",
        _text(document, document.language),
        document.records(),
        found.sources,
        (*pooled.notes, *found.notes),
        aside=notes_aside(pooled, series, document.language),
        more={"adjust": adjust, "margin": margin / 100, "conf_level": conf_level, "on": on},
    )
    deliver(result, as_json=as_json, output=output, force=force)


def _codes(word: str) -> tuple[str, list[float]]:
    """``trust_police=2,3`` as an item and its codes."""
    item, sign, codes = word.partition("=")
    try:
        found = [float(code) for code in codes.replace(",", " ").split()]
    except ValueError:
        found = []
    if not sign or not item or not found:
        raise click.UsageError(f"--answers takes an item and codes, such as trust=3,4, and got {word!r}.")
    return item, found


def _followed(pooled: Waves, chosen: dict[str, list[float]]) -> list[str]:
    """Items with a headline, or with answers that were named."""
    for item in chosen:
        if item not in pooled.items:
            raise click.UsageError(f"there is no item {item!r}. {nearest(item, pooled.items)}")
    return [name for name, about in pooled.items.items() if about.headline is not None or name in chosen]


def _document(
    found: TrendBattery, pooled: Waves, lang: str, chosen: dict[str, list[float]]
) -> BatteryDocument:
    from egovstats.cli.estimates import in_words, title_of
    from egovstats.report import BatteryDocument, Disclosure, Language
    from egovstats.waves import in_language

    language = Language(lang)
    names = {}
    for row in found.rows:
        item = pooled.items[row.item]
        if row.item in chosen:
            said = language.join([in_words(item, code, lang) for code in chosen[row.item]])
        else:
            said = in_language(item.headline.label, lang) if item.headline else item.unit or ""
        names[row.item] = (title_of(item, lang), said)
    about, labels = pooled.series.about, wave_names(pooled)
    return BatteryDocument(
        battery=found,
        language=language,
        rule=Disclosure(),
        names=names,
        times=_times(pooled, found.on),
        title=language.pick(about.title),
        source=about.citation,
        fieldwork=[f"{labels[wave]}: {dates}" for wave, dates in fieldwork(pooled, language).items()],
    )


def _times(pooled: Waves, on: str) -> dict[float, str]:
    """Labels of the waves' times: years, with the wave's own name where two share one."""
    from egovstats.report import wave_labels

    if on == "year":
        return {float(card.year): str(card.year) for card in pooled.cards}
    labels = wave_labels(pooled)
    return {float(card.date): labels[card.wave] for card in pooled.cards}


def _text(document: BatteryDocument, language: Language) -> str:
    width = terminal_width()
    parts = [wrapped(language.plain(document.summary()), width=width)]
    parts += [table_text(table, language, width=width) for table in document.tables()]
    parts += [notes_text(notes, language, width=width) for notes in document.last_notes()]
    return "\n\n\n".join(parts)
