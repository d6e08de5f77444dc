"""Figures as a publication prints them: read, checked, each with the interval that its digits leave open."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from egovstats.checks.granularity import printed_value
from egovstats.checks.rounding import Rounded
from egovstats.checks.wording import Printed
from egovstats.errors import ClaimError, nearest
from egovstats.sources import Source, sha256_of

REQUIRED = ("id", "topic", "label", "value", "unit")
OPTIONAL = (
    "label_mn",
    "label_ru",
    "year",
    "n",
    "section",
    "page",
    "printed",
    "step",
    "qualifier",
    "source",
    "note",
)
QUALIFIERS = ("", "about", "more than", "less than", "at most", "at least")
#: Units that count whole things: printed in full, such a number is exact, whatever its zeros.
COUNTED = frozenset(
    [
        "count",
        "documents",
        "downloads",
        "kinds",
        "measures",
        "organisations",
        "persons",
        "rank",
        "services",
        "services delivered",
        "stage",
        "tasks",
        "units",
    ]
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number in print.

    Parameters
    ----------
    id, topic : str
    label : dict
        What it is, by language.
    value : str
        The number in `unit`, with the decimals that were printed.
    unit : str
    year, n, page : int, optional
        Year it is of, respondents or cases behind it, and page; None where the publication does not say.
    section : str
        Where it stands.
    printed : str
        As printed, where that is not `value` itself ("1.7 million").
    step : str
        Unit of the last digit that counts, where the printed form is coarser than the digits of `value`.
    qualifier : str
        ``"about"``, ``"more than"``, ...: the word printed before it.
    """

    id: str
    topic: str
    label: dict[str, str]
    value: str
    unit: str
    year: int | None = None
    n: int | None = None
    section: str = ""
    page: int | None = None
    printed: str = ""
    step: str = ""
    qualifier: str = ""
    source: str = ""
    note: str = ""

    @property
    def number(self) -> Fraction:
        """The value, exactly."""
        return printed_value(self.value)[0]

    @property
    def half_step(self) -> Fraction:
        """How far rounding may have moved it: half of `step`, or of the last digit; 0 for a count in full."""
        if self.step:
            return printed_value(self.step)[0] / 2
        return Fraction(0) if self.unit in COUNTED else printed_value(self.value)[1]

    @property
    def rounded(self) -> Rounded:
        """The value with the interval that its digits leave open."""
        return Rounded.within(self.number, self.half_step)

    @property
    def decimals(self) -> int:
        """Decimals as printed."""
        return len(self.value.partition(".")[2])

    @property
    def told(self) -> Printed:
        """To stand in a sentence."""
        return Printed(self.number, self.decimals, self.qualifier)

    @property
    def shown(self) -> str:
        """As printed, with the word before it."""
        return " ".join(part for part in (self.qualifier, self.printed or self.value) if part)


class Figures(Mapping[str, Figure]):
    """Figures by id, in file order, with their source."""

    def __init__(self, figures: Mapping[str, Figure], source: Source) -> None:
        self._figures = dict(figures)
        self.source = source

    def __getitem__(self, name: str) -> Figure:
        if name not in self._figures:
            raise ClaimError(f"there is no figure {name!r} in {self.source.file}. {nearest(name, self)}")
        return self._figures[name]

    def __contains__(self, name: object) -> bool:
        return name in self._figures

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)


def read_figures(path: str | Path, *, title: str = "", citation: str = "") -> Figures:
    """Read a table of figures (CSV, UTF-8, one a row).

    Parameters
    ----------
    path : path
        Columns id, topic, label, value, unit; and any of label_mn, label_ru, year, n, section, page, printed,
        step, qualifier, source, note.
    title, citation : str
        Of the publication.

    Raises
    ------
    SourceError
        The file cannot be read.
    ClaimError
        A column or a value is wrong; all faults are listed, each with its line.
    """
    path = Path(path)
    source = Source(title or path.stem, "published", path.name, sha256_of(path), citation=citation)
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        faults = _column_faults(list(reader.fieldnames or []))
        rows = [] if faults else list(reader)
    figures: dict[str, Figure] = {}
    for line, row in enumerate(rows, start=2):
        found = _row_faults(row) + ([f"the id {row['id']!r} is there twice"] if row["id"] in figures else [])
        faults += [f"line {line}: {fault}" for fault in found]
        if not found:
            figures[row["id"]] = _figure(row)
    if faults:
        raise ClaimError(
            f"{path.name!r} is not a table of figures, with {len(faults)} faults:\n  "
            + "\n  ".join(faults)
            + "\nCorrect them, then read again."
        )
    return Figures(figures, source)


def _column_faults(columns: list[str]) -> list[str]:
    absent = [f"the column {name!r} is not there" for name in REQUIRED if name not in columns]
    known = (*REQUIRED, *OPTIONAL)
    return absent + [
        f"unknown column {name!r}. {nearest(name, known)}" for name in columns if name not in known
    ]


def _row_faults(row: dict[str, str]) -> list[str]:
    if None in row or None in row.values():
        return ["the row has more or fewer cells than the header"]
    faults = [f"{name} is empty" for name in REQUIRED if not row[name].strip()]
    for name in ("value", "step"):
        if row.get(name):
            try:
                number, _ = printed_value(row[name])
            except ClaimError:
                faults.append(f"{name} is not a plain number: {row[name]!r}")
            else:
                if name == "step" and number <= 0:
                    faults.append(f"step must be above 0, found {row[name]!r}")
    for name in ("year", "n", "page"):
        if row.get(name) and not row[name].isdigit():
            faults.append(f"{name} must be a whole number, found {row[name]!r}")
    if row.get("qualifier", "") not in QUALIFIERS:
        faults.append(f"unknown qualifier {row['qualifier']!r}. {nearest(row['qualifier'], QUALIFIERS[1:])}")
    return faults


def _figure(row: dict[str, str]) -> Figure:
    label = {"en": row["label"], "mn": row.get("label_mn", ""), "ru": row.get("label_ru", "")}

    def whole(name: str) -> int | None:
        return int(row[name]) if row.get(name) else None

    def text(name: str) -> str:
        return row.get(name, "").strip()

    return Figure(
        id=row["id"],
        topic=row["topic"],
        label={language: each for language, each in label.items() if each},
        value=row["value"].strip(),
        unit=row["unit"],
        year=whole("year"),
        n=whole("n"),
        section=text("section"),
        page=whole("page"),
        printed=text("printed"),
        step=text("step"),
        qualifier=text("qualifier"),
        source=text("source"),
        note=text("note"),
    )
