"""``egovstats crosstab``: the answers to an item by group, and which groups stand out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from egovstats.cli import options
from egovstats.cli.blocks import table_text
from egovstats.cli.estimates import in_words, title_of
from egovstats.cli.output import Result, deliver
from egovstats.cli.series import notes_aside, read_series

if TYPE_CHECKING:
    import numpy as np

    from egovstats.design import Design
    from egovstats.report import Language, Table, Value
    from egovstats.report.crossed import Crossed
    from egovstats.waves import Item, Waves


@click.command()
@click.argument("series")
@click.argument("item")
@options.many("--by", required=True, help="Items whose answers make the groups.")
@options.needed_data
@click.option("--wave", help="The wave; the last one that asked, if left out.")
@options.lonely_psu
@options.conf_level
@options.lang
@options.result_options
def crosstab(
    series: str,
    item: str,
    by: tuple[str, ...],
    data: Path,
    wave: str | None,
    lonely_psu: str,
    conf_level: float,
    lang: str,
    output: Path | None,
    as_json: bool,
    force: bool,
) -> None:
    """Show the answers to an ITEM of a SERIES by group, with letters for groups that are clearly lower.

    Groups are compared in pairs on the design's covariance, with Holm's adjustment. Groups of fewer than 30
    respondents, cells of fewer than 5, and what these could be computed from are not shown.
    """
    from egovstats.report import Disclosure, Language
    from egovstats.report.crossed import cross

    pooled = read_series(series, data, waves=(wave,) if wave else (), items=(item, *by))
    for name in (item, *by):
        if not pooled.items[name].answers:
            raise click.UsageError(f"{name!r} is a number. Name items with answers.")
    chosen, design = pooled.items[item], pooled.design(lonely_psu=lonely_psu)
    last = _last_wave(pooled, item)
    where = (pooled.frame["wave"] == last).to_numpy()
    crossed = [
        cross(
            design,
            chosen,
            pooled.items[name],
            where=where,
            prefix=f"crosstab.{last}",
            rule=Disclosure(),
            conf_level=conf_level,
        )
        for name in by
    ]
    language = Language(lang)
    table = _table(design, chosen, crossed, last, where, conf_level, language)
    rows = [row for each in crossed for row in _rows(each, last, lang)]
    result = Result(
        "crosstab",
        table_text(table, language),
        rows,
        pooled.sources,
        tuple(pooled.notes),
        aside=notes_aside(pooled, series, language),
    )
    deliver(result, as_json=as_json, output=output, force=force)


def _last_wave(pooled: Waves, item: str) -> str:
    from egovstats.errors import WaveError

    asked = pooled.frame.loc[pooled.frame[item].notna(), "wave"].unique()
    found = [card.wave for card in pooled.cards if card.wave in asked]
    if not found:
        raise WaveError(f"nobody answered {item!r} in the waves that were read. Name another item or wave.")
    return found[-1]


def _table(
    design: Design,
    item: Item,
    crossed: list[Crossed],
    wave: str,
    where: np.ndarray,
    conf_level: float,
    language: Language,
) -> Table:
    import egovstats
    from egovstats.report import Disclosure, show
    from egovstats.report.crossed import NET
    from egovstats.report.crosstab_table import crosstab_table

    rule = Disclosure()
    shares = show(egovstats.topline(design, [item.name], where=where)[item.name], prefix="all", rule=rule)
    everybody: dict[Any, Value] = {each.keys["answer"]: each.estimate for each in shares}
    if item.headline is not None:
        codes = [code for code in item.headline.codes if code in everybody]
        net = egovstats.proportion(design, item.name, answers=codes, where=where)
        everybody[NET] = show(net, prefix="all.net", rule=rule)[0].estimate
    return crosstab_table(
        crossed,
        everybody,
        n=shares[0].n,
        id=item.name,
        caption=f"{title_of(item, language.code)} ({item.name}), {wave}",
        language=language,
        say=language.pick,
        rule=rule,
        conf_level=conf_level,
        lead="\n".join(filter(None, [language.pick(item.question or ""), language.pick(item.base)])),
    )


def _rows(crossed: Crossed, wave: str, lang: str) -> list[dict[str, Any]]:
    """One row a cell in full precision, with the groups that it is clearly above."""
    found = []
    for row in crossed.rows:
        for answer, value in row.shares.items():
            found.append(
                {
                    "wave": wave,
                    "item": crossed.item.name,
                    "by": crossed.by.name,
                    "group": row.level,
                    "group_label": in_words(crossed.by, row.level, lang),
                    "answer": answer,
                    "answer_label": in_words(crossed.item, answer, lang),
                    "estimate": value.value,
                    "above": crossed.below(row.level, answer),
                    "n": row.n.value,
                    "n_effective": row.n_effective.value,
                    "status": value.status,
                }
            )
    return found
