"""`inspect_file`: what a file holds, for the terminal. Counts only; nothing that may name a respondent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.frequencies import Count, counts_of
from egovstats.microdata.identifiers import probable_identifiers
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.read import read_with_doubts
from egovstats.microdata.variable import MultipleResponseSet, Variable

_CODE_WIDTH = 10
_LABEL_WIDTH = 58
_MOST_LABELS = 60
_FORMATS = {
    "sav": "SPSS",
    "zsav": "SPSS, compressed",
    "por": "SPSS portable",
    "dta": "Stata",
    "sas7bdat": "SAS",
    "xpt": "SAS transport",
    "csv": "table in text",
    "xlsx": "Excel",
    "parquet": "Parquet",
}
_HOW = {
    "declared": "declared by the file or its format",
    "utf-8": "nothing is declared, and the text is valid in it",
    "guessed": "guessed",
    "given by the user": "as given",
}


def inspect_file(
    path: str | Path,
    *,
    encoding: str | None = None,
    codebook: Codebook | str | Path | None = None,
    progress: bool = True,
) -> str:
    """What a file holds: its title, its variables, and the answers with counts and missing declarations.

    Parameters
    ----------
    path : str or Path
        See `read_microdata`.
    encoding, codebook, progress
        See `read_microdata`.

    Returns
    -------
    str
        Lines for the terminal. Free text, dates and values that few respondents share are counted and not
        shown.

    Raises
    ------
    SourceError
        The file cannot be read.
    """
    data, doubts = read_with_doubts(path, encoding=encoding, codebook=codebook, progress=progress)
    return describe(data, doubts)


def describe(data: Microdata, doubts: Sequence[str] = ()) -> str:
    """The same for a file that has been read.

    Parameters
    ----------
    data : Microdata
    doubts : sequence of str
        Which of the codebook's notes are warnings.
    """
    lines = _head(data, doubts)
    identifiers = probable_identifiers(data.codebook, data.frame)
    if identifiers:
        lines.append(
            f"{'Privacy':<10} Probable identifiers of respondents, left out of what is written unless "
            f"they are named: {', '.join(identifiers)}."
        )
    for number, (name, variable) in enumerate(data.codebook.variables.items(), start=1):
        lines += ["", f"{number}. {name}  {variable.label}".rstrip(), f"   [{_traits(variable)}]"]
        if name in identifiers:
            lines.append(f"   probable identifier: {identifiers[name]}")
        if variable.missing_ranges:
            lines.append(f"   declared missing: {', '.join(map(_span, variable.missing_ranges))}")
        lines += _count_lines(counts_of(variable, data.frame[name], data.tags.get(name)).lines)
    return "\n".join(lines) + "\n"


def _head(data: Microdata, doubts: Sequence[str]) -> list[str]:
    book = data.codebook
    facts = {
        "File": data.source.file,
        "Title": book.file_label or "none",
        "Format": f"{_FORMATS.get(book.format, book.format)} (.{book.format})",
        "Rows": f"{book.n}",
        "Variables": f"{len(book.variables)}",
        "Encoding": f"{book.encoding} ({_HOW.get(book.encoding_how, book.encoding_how)})",
        "Created": book.created.replace("T", " ") or "not said",
        "Weight": book.weight or "none declared",
        "Sets": "none declared" if not book.multiple_response else f"{len(book.multiple_response)}",
        "SHA-256": data.source.sha256,
    }
    lines = (
        ["SYNTHETIC: made up for a demonstration; nothing real follows from it."] if book.synthetic else []
    )
    lines += [f"{name:<10} {value}" for name, value in facts.items()]
    lines += [f"{'Warning' if note in doubts else 'Note':<10} {note}" for note in book.remarks]
    lines += [_set_line(each) for each in book.multiple_response]
    return lines


def _set_line(each: MultipleResponseSet) -> str:
    counted = "" if each.counted_value is None else f", counts {each.counted_value}"
    label = each.label or "no label"
    return f"{'Set':<10} {each.name} ({each.kind}{counted}): {label} [{', '.join(each.variables)}]"


def _traits(variable: Variable) -> str:
    traits = [variable.kind]
    if variable.measure != "unknown":
        traits.append(variable.measure)
    if variable.format:
        traits.append(variable.format)
    return ", ".join(traits)


def _span(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:g} to {bounds[1]:g}"


def _count_lines(counts: list[Count]) -> list[str]:
    lines = []
    for each in counts[:_MOST_LABELS]:
        code = "" if each.code is None else f"{each.code}"
        mark = {"declared": "  missing", "tagged": "  missing", "system": "  missing"}.get(each.missing, "")
        label = each.label
        if each.code is not None and len(label) > _LABEL_WIDTH:
            label = label[: _LABEL_WIDTH - 3] + "..."
        lines.append(f"   {code:>{_CODE_WIDTH}}  {label:<{_LABEL_WIDTH}} {each.n:>8}{mark}")
    if len(counts) > _MOST_LABELS:
        more = f"{len(counts) - _MOST_LABELS} more answers"
        total = sum(each.n for each in counts[_MOST_LABELS:])
        lines.append(f"   {'':>{_CODE_WIDTH}}  {more:<{_LABEL_WIDTH}} {total:>8}")
    return lines
