"""pyreadstat's metadata into variables, and its columns into codes, dates and tags."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from egovstats.microdata.dates import convert, kind_of
from egovstats.microdata.readstat import FAMILY, Meta
from egovstats.microdata.variable import MEASURES, Code, MultipleResponseSet, Variable, tidy_code

USUAL_WIDTH = 8
"""Letters of a column in SPSS where nobody chose."""

_ENDLESS = 1.79e308  # SPSS writes LOWEST and HIGHEST as the largest doubles


def variables_of(
    meta: Meta, file_format: str, labels: Mapping[str, Mapping[Any, str]] | None = None
) -> dict[str, Variable]:
    """The variables of a file, in its order.

    Parameters
    ----------
    meta : Meta
    file_format : str
    labels : mapping, optional
        Labels of codes by the name of their set, from a catalog kept apart (SAS).
    """
    return {
        name: _variable(name, label or "", meta, file_format, labels or {})
        for name, label in zip(meta.column_names, meta.column_labels, strict=True)
    }


def _variable(
    name: str, label: str, meta: Meta, file_format: str, catalog: Mapping[str, Mapping[Any, str]]
) -> Variable:
    is_text = meta.readstat_variable_types.get(name) == "string"
    labels = meta.variable_value_labels.get(name) or catalog.get(meta.variable_to_label.get(name, ""), {})
    format_name = meta.original_variable_types.get(name) or ""
    values, tagged = _split_labels(labels, is_text=is_text)
    for tag in meta.missing_user_values.get(name, []):
        tagged.setdefault(f".{tag}", "")
    codes, ranges = _declared(meta.missing_ranges.get(name, []))
    measure = meta.variable_measure.get(name, "unknown")
    return Variable(
        name=name,
        label=label,
        values=values,
        missing_codes=codes,
        missing_ranges=ranges,
        tagged_missing=tagged,
        measure=measure if measure in MEASURES else "unknown",
        format=format_name,
        kind="text" if is_text else kind_of(format_name, FAMILY[file_format]),
        width=meta.variable_storage_width.get(name) if is_text else None,
        display_width=_display_width(name, meta) if FAMILY[file_format] == "spss" else None,
        alignment=_alignment(name, meta, is_text) if FAMILY[file_format] == "spss" else "",
    )


def _display_width(name: str, meta: Meta) -> int | None:
    width = meta.variable_display_width.get(name)
    return None if width in (0, USUAL_WIDTH) else width


def _alignment(name: str, meta: Meta, is_text: bool) -> str:
    side = meta.variable_alignment.get(name, "unknown")
    return "" if side in ("unknown", "left" if is_text else "right") else side


def _split_labels(labels: Mapping[Any, str], *, is_text: bool) -> tuple[dict[Code, str], dict[str, str]]:
    """Labels of codes, and labels of tags: a text among the codes of a number is a tag."""
    values: dict[Code, str] = {}
    tagged: dict[str, str] = {}
    for code, label in labels.items():
        if isinstance(code, str) and not is_text:
            tagged[f".{code}"] = label or ""
        elif isinstance(code, str) or not math.isnan(code):
            values[tidy_code(code)] = label or ""
    return values, tagged


def _declared(ranges: list[Any]) -> tuple[tuple[Code, ...], tuple[tuple[float, float], ...]]:
    """Discrete codes come as a range from a code to itself."""
    codes: list[Code] = []
    spans: list[tuple[float, float]] = []
    for each in ranges:
        low, high = (each["lo"], each["hi"]) if isinstance(each, dict) else (each, each)
        if low == high:
            codes.append(tidy_code(low))
        else:
            spans.append((_open_end(low), _open_end(high)))
    return tuple(codes), tuple(spans)


def _open_end(bound: float) -> float:
    if abs(bound) >= _ENDLESS:
        return math.copysign(math.inf, bound)
    return tidy_code(bound)  # type: ignore[return-value]


def sets_of(meta: Meta) -> tuple[MultipleResponseSet, ...]:
    """Multiple-response sets as pyreadstat found them."""
    return tuple(
        MultipleResponseSet(
            name=name,
            label=each["label"] or "",
            variables=tuple(each["variable_list"]),
            counted_value=each["counted_value"] if each["is_dichotomy"] else None,
            kind="dichotomy" if each["is_dichotomy"] else "category",
        )
        for name, each in meta.mr_sets.items()
    )


@dataclass
class Columns:
    """The columns of a frame after tags and dates are taken out of them.

    Parameters
    ----------
    frame : pd.DataFrame
        Numbers as numbers, dates as datetimes, NaN or NaT where a cell has neither.
    variables : dict of str to Variable
        With the kind that dates turned out to be.
    tags : dict of str to pd.Series
        Why a cell is empty, where the file says so.
    notes : list of str
    """

    frame: pd.DataFrame
    variables: dict[str, Variable]
    tags: dict[str, pd.Series] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def tidy_columns(frame: pd.DataFrame, variables: dict[str, Variable], file_format: str) -> Columns:
    """Take tagged missings out of number columns and turn dates into datetimes.

    Parameters
    ----------
    frame : pd.DataFrame
        As pyreadstat gave it; its columns are replaced, and the caller keeps no other use of it.
    variables : dict of str to Variable
        One a column.
    file_format : str
    """
    columns = Columns(frame, dict(variables))
    for name, variable in variables.items():
        if variable.kind == "text":
            continue
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            _take_tags(columns, name, variable)
        if variable.kind != "number":
            _convert_dates(columns, name, variable, FAMILY[file_format])
    return columns


def _take_tags(columns: Columns, name: str, variable: Variable) -> None:
    """Numbers among which tags stand come as objects: split them into numbers and tags."""
    column = columns.frame[name].astype(object)
    tagged = column.isin([tag[1:] for tag in variable.tagged_missing])
    columns.frame[name] = pd.to_numeric(column.mask(tagged), errors="coerce").astype(float)
    if tagged.any():
        columns.tags[name] = ("." + column.where(tagged).astype("string")).rename(name)


def _convert_dates(columns: Columns, name: str, variable: Variable, family: str) -> None:
    converted = convert(columns.frame[name], variable, family)
    columns.frame[name] = converted.column
    columns.variables[name] = replace(variable, kind=converted.kind)
    if converted.declared is not None:
        earlier = columns.tags.get(name)
        tags = converted.declared if earlier is None else earlier.fillna(converted.declared)
        columns.tags[name] = tags.rename(name)
    if converted.out_of_range:
        columns.notes.append(
            f"{name}: {converted.out_of_range} of {len(converted.column)} values are outside the "
            f"calendar (format {variable.format}) and were made missing."
        )
