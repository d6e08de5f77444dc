"""What is wrong between a wave's file and its crosswalk, told with the row that would mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from egovstats.errors import nearest
from egovstats.microdata import Codebook
from egovstats.waves.card import Card
from egovstats.waves.crosswalk import COPY, Rule, csv_row
from egovstats.waves.faults import Fault
from egovstats.waves.item import Item
from egovstats.waves.labels import same_label

TO_FILL = "?"
"""Stands in a row to add where the target code has to be decided; a crosswalk that holds it is refused."""

_ACCEPTS = re.compile(r"accepts label\s+(?P<label>[^;]*)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")


def place_of(card: Card, file: str) -> str:
    """How a fault names the wave and its file."""
    return f"wave {card.wave} ({file})"


def missing_item_column(place: str, item: Item, rules: Sequence[Rule], book: Codebook) -> Fault:
    """Report a source variable that the file does not have, with near names and near labels."""
    variable = rules[0].variable
    lines = sorted(rule.line for rule in rules)
    span = f"line {lines[0]}" if len(lines) == 1 else f"lines {lines[0]}-{lines[-1]}"
    texts = [*item.label.values(), *(item.question or {}).values()]
    return Fault(
        place,
        0,
        f"there is no column {variable!r}, which {item.name} is read from. "
        f"{_near(variable, texts, book)} If it was renamed, put the new name into {span} of "
        f"{rules[0].file}; if the wave did not ask it, take these rows out.",
    )


def missing_card_column(place: str, column: str, role: str, book: Codebook) -> Fault:
    """Report a column that the card names and the file does not have."""
    texts = {
        "weight": ["weight weights weighting factor", "pondération facteur", "жин", "вес веса"],
        "psu": ["cluster enumeration area primary sampling unit"],
        "interview date": ["date of interview"],
    }.get(role, [role])
    what = f"there is no column {column!r}, which the card gives as {role}. {_near(column, texts, book)} "
    none = {
        "weight": " or null if the file is not weighted",
        "psu": " or null to take respondents for the units",
        "interview date": " or take the line out",
        "stratum": " or [] if the strata are not known",
    }
    return Fault(place, 0, f"{what}Correct the card,{none.get(role, '')}.".replace(",.", "."))


def unmapped_code(place: str, item: Item, rule: Rule, code: str, label: str, n: int) -> Fault:
    """Report a code of the file that no row maps, with the row to add; `rule` is any of its variable."""
    variable, wave = rule.variable, rule.wave
    number = item.kind == "number"
    row = {
        "wave": wave,
        "item": item.name,
        "source_variable": variable,
        "source_code": code,
        "source_label": label,
        "code": "" if code == "" else (COPY if number and not label else TO_FILL),
        "missing": "system" if code == "" else "",
    }
    what = (
        f"code {code!r}" + (f" ({label!r})" if label else " (no label)") if code else "a system-missing value"
    )
    if code == "":
        how = "(or another missing reason in place of system)"
    elif row["code"] == COPY:
        how = "(or nothing in place of = and a missing reason after it)"
    else:
        codes = ", ".join(f"{each:.15g}" for each in item.codes) or "a number"
        how = f"(a target code in place of ?: {codes}; or nothing there and a missing reason after it)"
    return Fault(
        place,
        0,
        f"{variable}: {what} of {_people(n)} is not mapped to {item.name}. "
        f"Add to {rule.file} {how}:{_line(row)}",
    )


def changed_label(place: str, rule: Rule, label: str, n: int) -> Fault:
    """Report a code that the file labels otherwise than the crosswalk."""
    row = {
        "wave": rule.wave,
        "item": rule.item,
        "source_variable": rule.variable,
        "source_code": rule.source_code,
        "source_label": rule.source_label,
        "code": COPY if rule.copies else "" if rule.target is None else f"{rule.target:.15g}",
        "missing": rule.missing,
        "note": "; ".join(filter(None, [rule.note, f"accepts label {label}"])),
    }
    return Fault(
        place,
        0,
        f"{rule.variable}: code {rule.source_code!r} of {_people(n)} is {label!r} in the file and "
        f"{rule.source_label!r} in line {rule.line} of {rule.file} ({rule.item}). If its meaning changed, "
        f"correct that row; if both mean the same, make it:{_line(row)}",
    )


def unfit_code(place: str, rule: Rule, why: str) -> Fault:
    """Report a rule whose code cannot occur in the column."""
    return Fault(
        place, 0, f"{rule.variable}: line {rule.line} of {rule.file} cannot fit: {why}. Correct that row."
    )


def accepts(rule: Rule, label: str) -> bool:
    """Whether the row's note accepts a label that differs from its own.

    A note accepts by the words ``accepts label`` and the file's label, up to ``;`` or the end.
    """
    match = _ACCEPTS.search(rule.note)
    return match is not None and same_label(match["label"], label)


def _line(row: Mapping[str, str]) -> str:
    """A crosswalk row on a line of its own, to be copied."""
    return f"\n      {csv_row(row)}"


def _people(n: int) -> str:
    return "1 respondent" if n == 1 else f"{n} respondents"


def _near(name: str, texts: Iterable[str], book: Codebook) -> str:
    """Columns that the missing one may have become: by name, then by label."""
    parts = [nearest(name, book.variables)]
    labelled = near_labels(texts, book)
    if labelled:
        shown = ", ".join(f"{column!r} ({label!r})" for column, label in labelled)
        parts.append(f"Near by label: {shown}.")
    return " ".join(parts)


def near_labels(texts: Iterable[str], book: Codebook, *, most: int = 3) -> list[tuple[str, str]]:
    """Variables whose label shares the most words with one of the texts, best first.

    Words of three letters or more count, and near spellings count as alike; a label must share at
    least half of the words of the text.
    """
    wanted = [words for text in texts if (words := _words(text))]
    scored = []
    for at, (name, variable) in enumerate(book.variables.items()):
        words = _words(variable.label)
        share = max((_shared(each, words) / len(each) for each in wanted), default=0.0) if words else 0.0
        if share >= 0.5:
            scored.append((-share, len(words), at, name, variable.label))
    return [(name, label) for *_, name, label in sorted(scored)[:most]]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) - {"the", "and", "for", "your", "how", "with"}


def _shared(wanted: set[str], words: set[str]) -> int:
    return sum(1 for word in wanted if difflib.get_close_matches(word, words, n=1, cutoff=0.85))
