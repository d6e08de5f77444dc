"""Crosswalks: a row maps one code of a wave's source variable to a target code or a missing reason."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from egovstats.errors import nearest
from egovstats.spreadsheets import MARK, harmless
from egovstats.waves.faults import Fault
from egovstats.waves.study_tables import read_study_table
from egovstats.waves.words import MISSING_REASONS

COLUMNS = ("wave", "item", "source_variable", "source_code", "source_label", "code", "missing", "note")
"""Columns of ``crosswalk.csv``."""

COPY = "="
"""In the column ``code``: take the source number as it is."""

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"^({_NUMBER})\.\.({_NUMBER})$")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a crosswalk.

    Parameters
    ----------
    wave, item, variable : str
    source_code : str
        The code as text (``"1"``, ``"01"``, ``"-1"``, ``".a"``); ``""`` is a system-missing value, and
        ``"18..110"`` every number from 18 to 110. A row for one code goes before a range that holds it.
        ``"@places"`` is every name that ``places.csv`` of the study knows, with ``=`` for its code there.
    source_label : str
        The code's label in the wave's own file and language; ``""`` leaves it unchecked.
    target : float, optional
        Target code; None for a missing reason or a copied number.
    missing : str
        Missing reason, or ``""``.
    note : str
    line : int
        Line of the file, counted from 1.
    file : str
    """

    wave: str
    item: str
    variable: str
    source_code: str
    source_label: str
    target: float | None
    missing: str
    note: str
    line: int
    file: str = "crosswalk.csv"

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Ends of a range of numbers, both inside; None for one code."""
        match = _RANGE.match(self.source_code)
        return (float(match[1]), float(match[2])) if match else None

    @property
    def copies(self) -> bool:
        """Whether the source number is taken as it is."""
        return self.target is None and not self.missing


@dataclass(frozen=True, slots=True, eq=False)
class Crosswalk:
    """All rows of a crosswalk, by wave and item.

    Parameters
    ----------
    rules : tuple of Rule
        In the order of the file.
    tables : dict
        Tables of names that rows point to (``@places``), by that word: target code by name; see
        `egovstats.waves.aliases`.
    """

    rules: tuple[Rule, ...]
    tables: Mapping[str, Mapping[str, float]] = field(default_factory=dict, repr=False)
    _of: dict[tuple[str, str], tuple[Rule, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        grouped: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            grouped.setdefault((rule.wave, rule.item), []).append(rule)
        object.__setattr__(self, "_of", {key: tuple(rules) for key, rules in grouped.items()})

    def __len__(self) -> int:
        return len(self.rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def of(self, wave: str, item: str) -> tuple[Rule, ...]:
        """Rows of one item in one wave; none where it was not asked."""
        return self._of.get((wave, item), ())

    def variable(self, wave: str, item: str) -> str | None:
        """Source variable of an item in a wave; None where it was not asked."""
        return next((rule.variable for rule in self.of(wave, item)), None)

    def asked(self, wave: str) -> tuple[str, ...]:
        """Names of the items that a wave asked, in the order of the file."""
        return tuple(dict.fromkeys(rule.item for rule in self.rules if rule.wave == wave))

    def to_frame(self) -> pd.DataFrame:
        """One row a rule, with the columns of the file and ``line``; ``code`` is text."""
        return pd.DataFrame(
            [
                (r.wave, r.item, r.variable, r.source_code, r.source_label, _code_text(r), r.missing, r.note)
                for r in self.rules
            ],
            columns=list(COLUMNS),
        ).assign(line=[rule.line for rule in self.rules])


def csv_text(rows: Iterable[Mapping[str, str]]) -> str:
    """Write a whole crosswalk; the mark before it lets spreadsheet programs see that it is UTF-8.

    Texts that such a program would run get an apostrophe in front, which reading takes off again.
    """
    lines = [csv_row({column: harmless(cell) for column, cell in row.items()}) for row in rows]
    return MARK + "\n".join([",".join(COLUMNS), *lines]) + "\n"


def csv_row(cells: Mapping[str, str]) -> str:
    """Write one row of a crosswalk, code and label quoted, as it stands in the file.

    Examples
    --------
    >>> csv_row({"wave": "2020", "item": "sex", "source_variable": "Q1", "source_code": "1", "code": "2"})
    '2020,sex,Q1,"1","",2,,'
    """
    parts = []
    for column in COLUMNS:
        cell = cells.get(column, "")
        # csv.writer leaves line breaks bare when it writes a row without an end of line
        quoted = column in ("source_code", "source_label") or any(mark in cell for mark in ',"\n\r')
        parts.append('"' + cell.replace('"', '""') + '"' if quoted else cell)
    return ",".join(parts)


def read_crosswalk(path: Path, *, name: str = "") -> tuple[Crosswalk, list[Fault]]:
    """Read a crosswalk file; codes stay text, so that leading zeros are kept.

    Parameters
    ----------
    path : Path
        CSV (UTF-8; commas, semicolons or tabs) or an Excel sheet, with the columns `COLUMNS`. In Excel
        numbers become codes (1, not 1.0); a cell that is a formula or a date is a fault, since a program has
        changed what was typed.
    name : str
        How faults name the file; its own name by default.

    Returns
    -------
    tuple
        The rows that can be read, and the faults of the others.

    Raises
    ------
    MissingExtraError
        It is an Excel file, and openpyxl is not installed (extra ``xlsx``).
    """
    name = name or path.name
    rows, faults = read_study_table(path, COLUMNS, name=name)
    rules: list[Rule] = []
    for line, cells in rows:
        rule, fault = rule_of_cells(cells, line, name)
        rules += [rule] if rule is not None else []
        faults += [Fault(name, line, fault)] if fault else []
    return Crosswalk(tuple(rules)), faults


def crosswalk_file(folder: Path) -> Path:
    """Give the file of a study's crosswalk: CSV, or Excel where there is no CSV file."""
    text, book = folder / "crosswalk.csv", folder / "crosswalk.xlsx"
    return book if book.is_file() and not text.is_file() else text


def read_study_crosswalk(folder: Path) -> tuple[Crosswalk, list[Fault]]:
    """Read the crosswalk of a study folder; two of them are a fault."""
    path, book = crosswalk_file(folder), folder / "crosswalk.xlsx"
    if path != book and book.is_file():
        what = "is there beside crosswalk.csv, and only one of them can hold. Move the other away."
        return Crosswalk(()), [Fault(book.name, 0, what)]
    return read_crosswalk(path)


def rule_of_cells(cells: Mapping[str, str], line: int, file: str) -> tuple[Rule | None, str]:
    """Read one row: the rule, or what is wrong with it."""
    wave, item, variable, source_code, label, code, missing, note = (cells[column] for column in COLUMNS)
    faults = [f"{column} is empty" for column in COLUMNS[:3] if not cells[column]]
    if code and missing:
        faults.append(f"gives both the code {code!r} and the missing reason {missing!r}; one must go")
    if not code and not missing:
        faults.append("gives neither a code nor a missing reason; one must be there")
    if missing and missing not in MISSING_REASONS:
        faults.append(f"missing {missing!r} is no reason. {nearest(missing, MISSING_REASONS).rstrip('.')}")
    target = finite_number(code) if code not in ("", COPY) else None
    if code not in ("", COPY) and target is None:
        faults.append(f"code {code!r} must be a number, or {COPY!r} to copy the source number")
    match = _RANGE.match(source_code)
    if match and float(match[2]) < float(match[1]):
        faults.append(f"the range {source_code!r} ends before it starts")
    if faults:
        return None, "; ".join(faults) + ("" if faults[-1].endswith("?") else ".")
    return Rule(wave, item, variable, source_code, label, target, missing, note, line, file), ""


def finite_number(text: str) -> float | None:
    """Read a code as a number, whole ones as integers; None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else number


def _code_text(rule: Rule) -> str:
    if rule.copies:
        return COPY
    return "" if rule.target is None else f"{rule.target:.15g}"
