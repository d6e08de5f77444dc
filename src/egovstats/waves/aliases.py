"""Tables of names in several spellings: ``places.csv`` and any other that a crosswalk names.

A table has a column ``code``; columns of names by language (``en``, ``mn``, ``ru``, or others); and
``aliases``, further spellings with ``|`` between them. Columns that hold no names (``iso``, ``region``,
``note``) are those of `NO_NAMES`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from egovstats.errors import nearest
from egovstats.waves.codes import Coded, code_text
from egovstats.waves.crosswalk import Rule, crosswalk_file, finite_number
from egovstats.waves.draft_words import folded
from egovstats.waves.faults import Fault
from egovstats.waves.labels import plain_label
from egovstats.waves.study_tables import read_study_table

MARK = "@"
"""A source code that begins so names a table: ``@places`` is every name that ``places.csv`` knows."""

NO_NAMES = ("code", "iso", "region", "note", "source")
_NAME = re.compile(r"^@[a-z][a-z0-9_-]*$")


_STAND_INS = str.maketrans({"ө": "о", "ɵ": "о", "θ": "о", "є": "о", "ү": "у", "ұ": "у", "ї": "у"})
"""Letters typed for the Mongolian Ө and Ү, which windows-1251 lacks, and those letters without their bar."""


_LATIN, _CYRILLIC = "ABCEHIKMOPTXYaceopxyi", "АВСЕНІКМОРТХУасеорхуі"
_TO_CYRILLIC, _TO_LATIN = str.maketrans(_LATIN, _CYRILLIC), str.maketrans(_CYRILLIC, _LATIN)


def _of_one_script(name: str) -> str:
    """A name in which letters of another script that look alike were typed, in the script of its others."""
    scripts = [unicodedata.name(mark, "").split(" ")[0] for mark in name if mark.isalpha()]
    cyrillic, latin = scripts.count("CYRILLIC"), scripts.count("LATIN")
    if not cyrillic or not latin:
        return name
    return name.translate(_TO_CYRILLIC if cyrillic >= latin else _TO_LATIN)


def name_key(name: str) -> str:
    """A name without case, accents, space and punctuation, as tables are searched.

    Ө and Ү count as О and У, and so do the letters that are typed for them; a letter of another script
    that looks like the right one (a Latin ``a`` in a Cyrillic name) counts as that. A table in which this
    makes two names one has a fault, and is not read.

    Examples
    --------
    >>> name_key("Bayan-Ölgii") == name_key("bayan olgii")
    True
    >>> name_key("Өвөрхангай") == name_key("ЄВЄРХАНГАЙ") == name_key("Оворхангай")
    True
    """
    name = _of_one_script(unicodedata.normalize("NFC", name))
    return plain_label(folded(name.casefold().translate(_STAND_INS)))


def read_aliases(path: Path) -> tuple[dict[str, float], list[Fault]]:
    """Read a table of names.

    Returns
    -------
    tuple
        Target code by `name_key`, and the faults: no column ``code``, a code that is no number,
        a name of two codes.
    """
    rows, faults = read_study_table(path, ("code",), optional=None)
    if not rows and not faults:
        faults.append(Fault(path.name, 1, "must have a row for each name."))
    table: dict[str, float] = {}
    for line, row in rows:
        code = finite_number(row["code"])
        if code is None:
            faults.append(Fault(path.name, line, f"code {row['code']!r} must be a number."))
            continue
        for name in _names(row):
            if table.setdefault(name_key(name), code) != code:
                what = f"{name!r} is a name of {table[name_key(name)]:g} already, and of {code:g} here."
                faults.append(Fault(path.name, line, what))
    return table, faults


def _names(row: Mapping[str, str]) -> list[str]:
    names = [cell for column, cell in row.items() if column not in (*NO_NAMES, "aliases")]
    names += row.get("aliases", "").split("|")
    return [name.strip() for name in names if name.strip()]


def read_tables(rules: Iterable[Rule], folder: Path) -> tuple[dict[str, dict[str, float]], list[Fault]]:
    """Read the tables that a crosswalk names, by ``@name``."""
    tables: dict[str, dict[str, float]] = {}
    faults: list[Fault] = []
    for rule in rules:
        name = rule.source_code
        if not name.startswith(MARK) or name in tables:
            continue
        path = folder / f"{name[1:]}.csv"
        if not _NAME.match(name) or not path.is_file():
            known = sorted(
                each.stem for each in folder.glob("*.csv") if each.stem not in ("crosswalk", "published")
            )
            what = (
                f"source_code {name!r} names a table, and there is no {path.name}. {nearest(name[1:], known)}"
            )
            faults.append(Fault(crosswalk_file(folder).name, rule.line, what))
            tables[name] = {}
            continue
        tables[name], found = read_aliases(path)
        faults += found
    return tables, faults


def spelled_out(
    rules: Iterable[Rule], tables: Mapping[str, Mapping[str, float]], found: Coded, labels: Mapping[str, str]
) -> list[Rule]:
    """Put a rule for each spelling met in the place of a rule that names a table.

    Parameters
    ----------
    rules : iterable of Rule
    tables : mapping
        Of names, by ``@name``.
    found : Coded
        The column: its texts are looked up, or the labels of its codes where it holds numbers.
    labels : mapping
        Labels by code.
    """
    rules = list(rules)
    taken = {rule.source_code for rule in rules}
    plain = [rule for rule in rules if not rule.source_code.startswith(MARK)]
    for rule in rules:
        table = tables.get(rule.source_code)
        if table is None:
            continue
        for text in dict.fromkeys([*found.texts, *labels]):
            code = table.get(name_key(labels.get(text, "") or text))
            if text and text not in taken and code is not None:
                note = f"{rule.source_code}; {rule.note}".rstrip("; ")
                plain.append(
                    replace(rule, source_code=code_text(text), source_label="", target=code, note=note)
                )
                taken.add(text)
    return plain
