"""A codebook as a table: written for editing, read back, and fitted to the columns of a file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError, nearest
from egovstats.microdata.codebook import MEASURES, Code, Codebook, Variable, tidy_code

COLUMNS = ("variable", "label", "code", "value_label", "missing", "kind", "measure", "format")
_ALIASES = {
    "name": "variable",
    "variable_label": "label",
    "question": "label",
    "value": "code",
    "code_label": "value_label",
    "answer": "value_label",
}
_YES = {"yes", "y", "true", "1", "x", "missing"}
_RANGE = re.compile(r"^(lowest|-inf|-?\d+(?:\.\d+)?)\.\.(highest|inf|-?\d+(?:\.\d+)?)$", re.IGNORECASE)
_TAG = re.compile(r"^\.[A-Za-z_]$")
_ENDS = {"lowest": -math.inf, "-inf": -math.inf, "highest": math.inf, "inf": math.inf}
_BESIDE = (".codebook.json", ".codebook.xml", ".codebook.csv", ".codebook.xlsx")


def to_frame(book: Codebook) -> pd.DataFrame:
    """One row a variable and code; see `Codebook.to_frame`."""
    rows: list[tuple[str, ...]] = []
    for each in book.variables.values():
        tail = (each.kind, each.measure, each.format)
        codes = dict(each.values) | {code: "" for code in each.missing_codes if code not in each.values}
        lines = [
            (_as_text(code), text, "yes" if code in each.missing_codes else "")
            for code, text in codes.items()
        ]
        lines += [(f"{_as_text(low)}..{_as_text(high)}", "", "yes") for low, high in each.missing_ranges]
        lines += [(tag, text, "yes") for tag, text in each.tagged_missing.items()]
        rows += [(each.name, each.label, *line, *tail) for line in lines or [("", "", "")]]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _as_text(code: Code) -> str:
    return code if isinstance(code, str) else f"{tidy_code(code):.15g}"


def beside(path: Path) -> Path | None:
    """The codebook of a file that has the same name and lies in the same folder, if there is one."""
    for ending in _BESIDE:
        candidate = path.with_name(path.stem + ending)
        if candidate.is_file():
            return candidate
    return None


def load_codebook(path: Path) -> Codebook:
    """A codebook from its JSON, from DDI-Codebook XML, or from a table in CSV or Excel.

    Parameters
    ----------
    path : Path
        A table has the columns variable, label, code, value label; if wanted also missing ("yes" for a code
        that is no answer) and measure. A range of codes is written "97..99", a Stata or SAS tag ".a".

    Raises
    ------
    SourceError
        The file is missing or not a codebook; every fault of a table is named with its row.
    """
    ending = path.suffix.lower()
    if ending == ".json":
        return Codebook.from_json(_text_of(path))
    if ending == ".xml":
        return Codebook.from_ddi(_text_of(path))
    if ending in (".csv", ".tsv", ".txt"):
        from egovstats.microdata.delimited import read_as_text

        return from_table(read_as_text(path), path.name)
    if ending == ".xlsx":
        from egovstats.microdata.excel import read_as_text as read_sheet_as_text

        return from_table(read_sheet_as_text(path), path.name)
    raise SourceError(
        f"the codebook {path.name!r} cannot be read: it ends in {ending!r}. Give it as .json "
        "(Codebook.to_json), .xml (DDI-Codebook), .csv or .xlsx."
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"the codebook {path.name!r} cannot be read: {type(error).__name__}. Check that it is there, "
            "and UTF-8."
        ) from error


@dataclass
class _Draft:
    """A variable while its rows are read."""

    name: str
    label: str = ""
    measure: str = "unknown"
    format: str = ""
    values: dict[Code, str] = field(default_factory=dict)
    missing: list[Code] = field(default_factory=list)
    ranges: list[tuple[float, float]] = field(default_factory=list)
    tagged: dict[str, str] = field(default_factory=dict)

    def take(self, code: str, label: str, missing: bool) -> str:
        """Take a code with its label; the fault, in words, if there is one."""
        if found := _RANGE.match(code):
            if not missing:
                return f"the range {code!r} of {self.name!r} is not marked missing"
            self.ranges.append((_end(found[1]), _end(found[2])))
            return ""
        if _TAG.match(code):
            self.tagged[code] = label
            return ""
        if code in self.values and self.values[code] != label:
            return f"code {code!r} of {self.name!r} has two labels, {self.values[code]!r} and {label!r}"
        if label:
            self.values[code] = label
        if missing and code not in self.missing:
            self.missing.append(code)
        return ""

    def variable(self) -> Variable:
        """The variable, its codes still texts: `fit` gives them the type of the column."""
        return Variable(
            name=self.name,
            label=self.label,
            values=self.values,
            missing_codes=tuple(self.missing),
            missing_ranges=tuple(self.ranges),
            tagged_missing=self.tagged,
            measure=self.measure,
            format=self.format,
        )


def _end(text: str) -> float:
    return _ENDS.get(text.lower()) or tidy_code(float(text))  # type: ignore[return-value]


def from_table(table: pd.DataFrame, name: str) -> Codebook:
    """A codebook from a table of texts; its codes are texts until `fit`.

    Parameters
    ----------
    table : pd.DataFrame
        Cells are texts, empty where there is nothing.
    name : str
        File name, for messages.

    Raises
    ------
    SourceError
        The table lacks a column, or rows contradict each other.
    """
    table = table.rename(columns=lambda column: _column_name(str(column)))
    if "variable" not in table or not {"label", "value_label"} & set(table):
        raise SourceError(
            f"the codebook {name!r} must have the columns variable, label, code, value label; found: "
            f"{', '.join(map(str, table.columns))}. {nearest('variable', table.columns)}"
        )
    drafts: dict[str, _Draft] = {}
    faults: list[str] = []
    current = ""
    for number, row in enumerate(table.to_dict("records"), start=2):  # row 1 is the header
        cell = {str(key): str(value).strip() for key, value in row.items()}
        current = cell["variable"] or current
        if current and any(cell.values()):
            fault = _take_row(drafts.setdefault(current, _Draft(current)), cell)
            if fault:
                faults.append(f"row {number}: {fault}")
    if faults:
        raise SourceError(
            f"the codebook {name!r} contradicts itself: {'; '.join(faults[:20])}. Correct these rows."
        )
    return Codebook(variables={each.name: each.variable() for each in drafts.values()})


def _column_name(column: str) -> str:
    plain = re.sub(r"[\s_]+", "_", column.strip().lower())
    return _ALIASES.get(plain, plain)


def _take_row(draft: _Draft, cell: Mapping[str, str]) -> str:
    label = cell.get("label", "")
    if label and draft.label and label != draft.label:
        return f"{draft.name!r} has two labels, {draft.label!r} and {label!r}"
    draft.label = draft.label or label
    draft.format = draft.format or cell.get("format", "")
    measure = cell.get("measure", "").lower()
    if measure and measure not in MEASURES:
        return f"the measure {measure!r} of {draft.name!r} is not one of {', '.join(MEASURES)}"
    draft.measure = measure or draft.measure
    code = cell.get("code", "")
    if not code:
        return ""
    return draft.take(code, cell.get("value_label", ""), cell.get("missing", "").lower() in _YES)


def fit(given: Codebook, own: Codebook, frame: pd.DataFrame) -> tuple[Codebook, list[str]]:
    """Lay a given codebook over a file's own: what it says goes first, what it leaves out stays.

    Parameters
    ----------
    given : Codebook
    own : Codebook
    frame : pd.DataFrame
        Codes get the type of their column here: "1" becomes 1 for a column of numbers.

    Returns
    -------
    Codebook
    list of str
        Variables that the given codebook describes and the file does not have.
    """
    variables = {
        name: _laid_over(given.variables[name], variable) if name in given.variables else variable
        for name, variable in own.variables.items()
    }
    absent = [name for name in given.variables if name not in frame.columns]
    book = replace(
        own,
        variables=variables,
        file_label=given.file_label or own.file_label,
        weight=given.weight or own.weight,
        multiple_response=given.multiple_response or own.multiple_response,
        notes=tuple(dict.fromkeys((*own.notes, *given.notes))),
        created=own.created or given.created,
        synthetic=own.synthetic or given.synthetic or given.file_label.startswith("SYNTHETIC"),
    )
    return book, absent


def _laid_over(given: Variable, own: Variable) -> Variable:
    is_text = own.kind == "text"
    values = {_typed(code, is_text): label for code, label in given.values.items()}
    return replace(
        own,
        label=given.label or own.label,
        values=values or own.values,
        missing_codes=tuple(_typed(code, is_text) for code in given.missing_codes) or own.missing_codes,
        missing_ranges=given.missing_ranges or own.missing_ranges,
        tagged_missing=given.tagged_missing or own.tagged_missing,
        measure=given.measure if given.measure != "unknown" else own.measure,
        format=own.format or given.format,
    )


def _typed(code: Code, is_text: bool) -> Code:
    """A code in the type of its column; a text that is no number stays one."""
    if is_text:
        return _as_text(code)
    try:
        return tidy_code(float(code))
    except ValueError:
        return code
