"""A codebook as a table: written for editing, read back, and fitted to the columns of a file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from egovstats.errors import SourceError, nearest
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.variable import MEASURES, Code, Variable, tidy_code
from egovstats.microdata.wording import Wording
from egovstats.spreadsheets import as_typed

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
# a column in one more language: "label:mn", "value label (mn)", "question_mn" is none
_TRANSLATED = re.compile(r"(label|value_label|question):([a-z]{2,8}(?:-[a-z0-9]{1,8})*)", re.IGNORECASE)
_RANGE = re.compile(r"^(lowest|-inf|-?\d+(?:\.\d+)?)\.\.(highest|inf|-?\d+(?:\.\d+)?)$", re.IGNORECASE)
_TAG = re.compile(r"^\.[A-Za-z_]$")
_ENDS = {"lowest": -math.inf, "-inf": -math.inf, "highest": math.inf, "inf": math.inf}
_BESIDE = (".codebook.json", ".codebook.xml", ".codebook.csv", ".codebook.xlsx")


def to_frame(book: Codebook) -> pd.DataFrame:
    """One row a variable and code; see `Codebook.to_frame`."""
    more = _further_columns(book)
    rows: list[tuple[str, ...]] = []
    for each in book.variables.values():
        tail = (each.kind, each.measure, each.format)
        codes = dict(each.values) | {code: "" for code in each.missing_codes if code not in each.values}
        lines = [
            (code, code_in_table(code), text, "yes" if code in each.missing_codes else "")
            for code, text in codes.items()
        ]
        lines += [
            ("", f"{code_in_table(low)}..{code_in_table(high)}", "", "yes")
            for low, high in each.missing_ranges
        ]
        lines += [(tag, tag, text, "yes") for tag, text in each.tagged_missing.items()]
        for code, *line in lines or [("", "", "", "")]:
            further = (_further(each, code, column) for column in more)
            rows.append((each.name, each.label, *line, *tail, *further))
    return pd.DataFrame(rows, columns=[*COLUMNS, *more])


def _further_columns(book: Codebook) -> list[str]:
    """Columns for questions and for further languages, where the codebook has some."""
    variables = book.variables.values()
    columns = ["question"] if any(each.question for each in variables) else []
    for language in book.languages:
        said = [each.wordings[language] for each in variables if language in each.wordings]
        columns += [f"label:{language}"] if any(each.label for each in said) else []
        columns += [f"question:{language}"] if any(each.question for each in said) else []
        columns += (
            [f"value_label:{language}"] if any(each.values or each.tagged_missing for each in said) else []
        )
    return columns


def _further(variable: Variable, code: Code, column: str) -> str:
    """The cell of such a column in the row of a code."""
    part, _, language = column.partition(":")
    said = variable.wordings.get(language, Wording())
    if not language:
        return variable.question
    if part != "value_label":
        return said.label if part == "label" else said.question
    return (
        said.tagged_missing.get(str(code), "")
        if code in variable.tagged_missing
        else said.values.get(code, "")
    )


def code_in_table(code: Code) -> str:
    """A code as a table has it."""
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
        that is no answer), measure, question, and for further languages "label:mn", "question:mn" and
        "value label:mn". A range of codes is written "97..99", a Stata or SAS tag ".a".

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

        return from_table(read_as_text(path).map(as_typed), path.name)
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
    question: str = ""
    wordings: dict[str, Wording] = field(default_factory=dict)

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
            question=self.question,
            wordings=self.wordings,
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
    table = table.set_axis(_column_names(table.columns), axis="columns")
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


def _column_names(headings: Iterable[object]) -> list[str]:
    """The columns that headings mean; "question" is the label where no other column is."""
    plain = [re.sub(r"[\s_]+", "_", str(each).strip().lower()) for each in headings]
    plain = [re.sub(r"_?[:(]_?([a-z0-9-]+)\)?$", r":\1", each) for each in plain]
    with_label = any(each.partition(":")[0] in ("label", "variable_label") for each in plain)
    names = []
    for each in plain:
        name, mark, language = each.partition(":")
        names.append(
            each if name == "question" and with_label else _ALIASES.get(name, name) + mark + language
        )
    return names


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
    draft.question = draft.question or cell.get("question", "")
    code = cell.get("code", "")
    _take_wordings(draft, cell, code)
    if not code:
        return ""
    return draft.take(code, cell.get("value_label", ""), cell.get("missing", "").lower() in _YES)


def _take_wordings(draft: _Draft, cell: Mapping[str, str], code: str) -> None:
    """What the row says in further languages; the codes are still texts."""
    for column, text in cell.items():
        found = _TRANSLATED.fullmatch(column)
        if not found or not text:
            continue
        part, language = found.groups()
        said = draft.wordings.setdefault(language, Wording())
        if part == "label":
            said = replace(said, label=said.label or text)
        elif part == "question":
            said = replace(said, question=said.question or text)
        elif _TAG.match(code):
            said = replace(said, tagged_missing=said.tagged_missing | {code: text})
        elif code:
            said = replace(said, values=said.values | {code: text})
        draft.wordings[language] = said
