"""What the commands on survey series share: opening one and reading its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from egovstats.cli.console import console
from egovstats.cli.output import wrapped
from egovstats.cli.tables import lined_up

if TYPE_CHECKING:
    from egovstats.report import Language
    from egovstats.waves import Waves


def read_series(
    series: str, data: Path, *, waves: tuple[str, ...] = (), items: tuple[str, ...] = ()
) -> Waves:
    """Read the files of a series, telling on the way what is read and what is not there.

    Parameters
    ----------
    series : str
        A name that ships, or a folder.
    data : Path
        Folder of the wave files.
    waves, items : tuple of str
        Keep to these; empty for all.
    """
    import egovstats

    opened = egovstats.open_series(series)
    console().say(f"reading the waves of {opened.name}")
    found = opened.read(data, waves=waves or None, items=items or None)
    for skipped in found.skipped:
        console().say(f"not read: {skipped}")
    console().say(f"read {len(found.cards)} of {len(opened.waves)} waves, {len(found.frame)} respondents")
    return found


def notes_aside(pooled: Waves, series: str, language: Language) -> str:
    """Where to read what is assumed about the waves; empty where nothing is."""
    count = len(pooled.notes)
    return language.say("battery.aside", count=count, series=series) if count else ""


def fieldwork(pooled: Waves, language: Language) -> dict[str, str]:
    """Dates of each wave in words, by its name; the year where the card knows no more."""
    found = {}
    for card in pooled.cards:
        days = [day for day in (card.field.start, card.field.end) if day is not None]
        found[card.wave] = language.date_range(days[0], days[-1]) if days else str(card.year)
    return found


def wave_names(pooled: Waves) -> dict[str, str]:
    """Names of waves in tables: the year, with the wave's own name where that is another."""
    from egovstats.report import wave_labels

    return {
        wave: label if label in wave else f"{label} ({wave})" for wave, label in wave_labels(pooled).items()
    }


def differences_of(
    pooled: Waves, pairs: Iterable[tuple[str, str]], labels: Mapping[str, str], language: Language
) -> str:
    """What is known not to be the same in the waves that one item's changes compare: a line a fact."""
    from egovstats.report.phrases import library_phrases, study_phrases

    phrases = study_phrases(pooled.series.folder) + library_phrases()
    table = pooled.comparability
    changed = table[table["status"] == "changed"]
    facts: dict[str, list[str]] = {}
    for first, second in dict.fromkeys(pairs):
        rows = changed[(changed["wave_a"] == first) & (changed["wave_b"] == second)]
        for aspect, detail in zip(rows["aspect"], rows["detail"], strict=True):
            said = language.pick(detail)
            words = phrases.find(said, language.code) or said
            fact = f"{language.say(f'aspect.{aspect}')}: {words.rstrip('.')}"
            facts.setdefault(fact, []).append(f"{labels[first]} → {labels[second]}")
    lines = [wrapped(f"- {fact} ({'; '.join(where)})", after="  ") for fact, where in facts.items()]
    return "\n".join([language.say("battery.differs_between"), *lines]) if lines else ""


def differences(pooled: Waves, language: Language) -> str:
    """What is known not to be the same between waves: each fact once, then whom it concerns."""
    table = pooled.comparability
    changed: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for row in table[table["status"] == "changed"].to_dict("records"):
        fact = f"{language.say('aspect.' + row['aspect'])}: {language.pick(row['detail'])}"
        changed.setdefault(fact, {}).setdefault(row["item"], []).append((row["wave_a"], row["wave_b"]))
    lines = []
    for fact, items in changed.items():
        lines.append(wrapped(fact))
        lines += [wrapped(f"  {item}: {_pairs(pairs)}", after="    ") for item, pairs in items.items()]
    return "\n".join(lines)


def compared(pooled: Waves, item: str, language: Language) -> str:
    """What of an item is the same, changed or not known between neighbouring waves: a sign an aspect."""
    table = pooled.comparability
    table = table[table["item"] == item]
    waves = list(dict.fromkeys([*table["wave_a"], *table["wave_b"]]))
    aspects = list(dict.fromkeys(table["aspect"]))
    status = {
        (row["wave_a"], row["wave_b"], row["aspect"]): row["status"] for row in table.to_dict("records")
    }
    rows = [
        [
            language.say("comparability.pair", first=first, second=second),
            *(language.say("status_sign." + status[first, second, aspect]) for aspect in aspects),
        ]
        for first, second in pairwise(waves)
    ]
    if not rows:
        return ""
    head = [language.say("column.waves"), *(language.say("aspect." + aspect) for aspect in aspects)]
    caption, key = (language.say(f"comparability.{word}") for word in ("caption", "key"))
    return f"{caption}\n\n{lined_up(head, rows)}\n\n{key}"


def _pairs(pairs: list[tuple[str, str]]) -> str:
    """``r5 – r8, r9; r6 – r8``."""
    later: dict[str, list[str]] = {}
    for first, second in pairs:
        later.setdefault(first, []).append(second)
    return "; ".join(f"{first} – {', '.join(seconds)}" for first, seconds in later.items())
