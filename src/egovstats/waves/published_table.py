"""``published.csv`` of a study: percentages in print, row by row, checked as the crosswalk is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from egovstats.errors import nearest
from egovstats.waves.faults import Fault
from egovstats.waves.item import Item
from egovstats.waves.labels import same_label
from egovstats.waves.study_tables import read_study_table
from egovstats.waves.words import MISSING_REASONS

NEEDED = ("wave", "year", "item", "answer", "percent", "n", "base", "deff", "decimals", "source")
OPTIONAL = ("area", "note")
BASES = ("all", "valid", "")
"""What a percentage is of: all who were asked, those with an answer, or not known."""


_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")  # what print has; not 1/3, 4e1 or 1_000


@dataclass(frozen=True, slots=True)
class Printed:
    """One published percentage.

    Parameters
    ----------
    wave : str
    year : int
    item : str
    codes : tuple of float
        Target codes that the answer stands for; none for a missing reason.
    missing : str
        Missing reason that the answer stands for, or ``""``.
    answer, percent : str
        As the file has them.
    share, half_step : float
        The share, and how far rounding may have moved it.
    n : float, optional
        Respondents of the base, as published.
    base : str
        One of `BASES`.
    deff : float, optional
        Design effect, where one is stated or assumed.
    area : str
        A part of the country; ``""`` for the whole.
    source, note : str
    line : int
    """

    wave: str
    year: int
    item: str
    codes: tuple[float, ...]
    missing: str
    answer: str
    percent: str
    share: float
    half_step: float
    n: float | None
    base: str
    deff: float | None
    area: str
    source: str
    note: str
    line: int


def read_table(path: Path, items: Mapping[str, Item]) -> tuple[tuple[Printed, ...], list[Fault]]:
    """Read a table of published percentages, CSV or Excel.

    Parameters
    ----------
    path : Path
        With the columns `NEEDED` and, if wanted, `OPTIONAL`. `percent` is text: the zeros that it ends with
        say how it was rounded; in Excel those that the cell shows, or `decimals`.
    items : mapping of Item
        Of the series. `answer` is a target code, several joined by ``|``, an answer's label in any language,
        or a missing reason.

    Returns
    -------
    tuple
        The rows, and the faults of those that cannot be taken.
    """
    rows, faults = read_study_table(path, NEEDED, optional=OPTIONAL)
    printed: list[Printed] = []
    for line, row in rows:
        found = _row(row, items, line)
        if isinstance(found, Printed):
            printed.append(found)
        else:
            faults += [Fault(path.name, line, what) for what in found]
    return tuple(printed), faults + _contradictions(printed, path.name) + _sums(printed, items, path.name)


def _row(row: Mapping[str, str], items: Mapping[str, Item], line: int) -> Printed | list[str]:
    faults = [
        f"{name} is empty." for name in ("wave", "item", "answer", "percent", "source") if not row[name]
    ]
    item = items.get(row["item"])
    if item is None and row["item"]:
        faults.append(f"series.yaml has no item {row['item']!r}. {nearest(row['item'], items)}")
    codes, missing = _answer(row["answer"], item) if item is not None else ((), "")
    if item is not None and not codes and not missing and row["answer"]:
        known = ", ".join(f"{code:g}" for code in item.codes)
        what = f"answer {row['answer']!r} is no answer of {item.name} ({known}) and no missing reason."
        faults.append(what)
    percent = _fraction(row["percent"])
    if row["percent"] and (percent is None or not 0 <= percent <= 100):
        how = "with a point for decimals and without the sign"
        faults.append(f"percent {row['percent']!r} must be a number from 0 to 100, {how}.")
    if row["base"] not in BASES:
        faults.append(f"base {row['base']!r} must be 'all', 'valid' or empty where it is not known.")
    year, n, deff, decimals = (_positive(row[name]) for name in ("year", "n", "deff", "decimals"))
    numbers = {"year": year, "n": n, "deff": deff}
    if n and not n.is_integer():
        faults.append(f"n {row['n']!r} must be a whole number of respondents.")
    for name, value in numbers.items():
        if row[name] and not value:
            faults.append(f"{name} {row[name]!r} must be a number above 0.")
    if not year or not year.is_integer():
        faults.append("year must be a whole number.")
    if row["decimals"] and (decimals is None or decimals not in (0, 1, 2, 3, 4)):
        faults.append(f"decimals {row['decimals']!r} must be a whole number from 0 to 4.")
    written = len(row["percent"].partition(".")[2])
    if decimals is not None and decimals < len(row["percent"].partition(".")[2].rstrip("0")):
        faults.append(f"percent {row['percent']!r} has more decimals than the {decimals:g} in its row.")
    if faults or percent is None or year is None:
        return faults
    places = int(decimals) if decimals is not None else written
    return Printed(
        row["wave"], int(year), row["item"], codes, missing, row["answer"], row["percent"],
        float(percent / 100), 0.5 / 100 / 10**places, n, row["base"], deff, row.get("area", ""),
        row["source"], row.get("note", ""), line,
    )  # fmt: skip


def _answer(text: str, item: Item) -> tuple[tuple[float, ...], str]:
    """Target codes, or the missing reason, that an answer stands for; neither where it is unknown."""
    if text in MISSING_REASONS:
        return (), text
    by_label = [
        code for code, words in item.labels.items() if any(same_label(text, w) for w in words.values())
    ]
    if len(by_label) == 1:
        return (by_label[0],), ""
    numbers = [_fraction(part) for part in text.split("|")]
    codes = tuple(float(each) for each in numbers if each is not None)
    if len(codes) < len(numbers) or len(set(codes)) < len(codes) or not set(codes) <= set(item.codes):
        return (), ""
    return codes, ""


def _fraction(text: str) -> Fraction | None:
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def _positive(text: str) -> float | None:
    number = _fraction(text)
    return float(number) if number is not None and number >= 0 else None


def _contradictions(printed: Iterable[Printed], name: str) -> list[Fault]:
    """Answers printed twice, and figures of one base that differ in what must be one."""
    seen: dict[tuple[object, ...], int] = {}
    firsts: dict[tuple[object, ...], Printed] = {}
    faults = []
    for row in printed:
        for answer in row.codes or (row.missing,):
            key = (row.wave, row.item, row.area, answer)
            if key in seen:
                what = (
                    f"the answer {row.answer!r} of {row.item} in {row.wave} is in line {seen[key]} already."
                )
                faults.append(Fault(name, row.line, what))
            seen.setdefault(key, row.line)
        first = firsts.setdefault((row.wave, row.item, row.area, row.base), row)
        if (row.n, row.deff, row.year) != (first.n, first.deff, first.year):
            what = f"n, deff and year of {row.item} in {row.wave} must be those of line {first.line}."
            faults.append(Fault(name, row.line, what))
    return faults


def _sums(printed: Iterable[Printed], items: Mapping[str, Item], name: str) -> list[Fault]:
    """Answers of one base that add up to more than rounding allows; or to less, where all are printed."""
    groups: dict[tuple[object, ...], list[Printed]] = {}
    for row in printed:
        groups.setdefault((row.wave, row.item, row.area, row.base), []).append(row)
    faults = []
    for rows in groups.values():
        first, total, room = rows[0], sum(row.share for row in rows), sum(row.half_step for row in rows)
        whole = {code for row in rows for code in row.codes} == set(items[first.item].codes)
        short = first.base == "valid" and whole and total < 1 - room - 1e-9
        if not short and total <= 1 + room + 1e-9:
            continue
        what = f"the answers of {first.item} in {first.wave} add up to {100 * total:.4g} per cent"
        shares = ". Write per cent, not shares of 1" if short and abs(total - 0.01) < 1e-3 else ""
        why = ", and all of them are here. Correct a figure or the base" if short and not shares else ""
        faults.append(Fault(name, first.line, f"{what}{shares}{why}."))
    return faults
