"""A codebook that was given, laid over what a file says of itself."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_table import code_in_table
from egovstats.microdata.variable import Code, Variable, tidy_code


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
        documents=own.documents or given.documents,
        created=own.created or given.created,
        synthetic=own.synthetic or given.synthetic or given.file_label.startswith("SYNTHETIC"),
        language=given.language or own.language,
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
        display_width=own.display_width or given.display_width,
        alignment=own.alignment or given.alignment,
        question=given.question or own.question,
        wordings=own.wordings
        | {
            language: replace(
                each, values={_typed(code, is_text): text for code, text in each.values.items()}
            )
            for language, each in given.wordings.items()
        },
    )


def _typed(code: Code, is_text: bool) -> Code:
    """A code in the type of its column; a text that is no number stays one."""
    if is_text:
        return code_in_table(code)
    try:
        return tidy_code(float(code))
    except ValueError:
        return code
