"""Variables that refer to labels of codes which are not in the file: in a SAS catalog, or lost."""

from __future__ import annotations

import re

from egovstats.microdata.readstat import Meta
from egovstats.microdata.variable import Variable

_NAMES_SHOWN = 12
_SAS_OWN_FORMAT = re.compile(
    r"\$?|\$(?:CHAR|F|HEX|QUOTE|UPCASE|VARYING)|BEST|BESTD|D|E|F|COMMAX?|DOLLARX?|EUROX?|FRACT|HEX|IEEE|NEGPAREN"
    r"|NUMX|PERCENTN?|PVALUE|ROMAN|WORDS|WORDF|Z|ZD|YEAR|MONTH|DAY|QTRR?|WEEKDAY|MONNAME|DOWNAME|JULDAY|HOUR"
)


def absent_labels(variables: dict[str, Variable], meta: Meta, file_format: str) -> str:
    """A sentence on the variables whose labels are not in the file; empty where all are there.

    Parameters
    ----------
    variables : dict of str to Variable
    meta : Meta
    file_format : str
        "dta", "sas7bdat" or "xpt"; others keep labels with their variables.
    """
    bare = [
        name
        for name, labels in meta.variable_to_label.items()
        if name in variables and _is_label_set(labels, variables[name], file_format)
        if not variables[name].values and not any(variables[name].tagged_missing.values())
    ]
    names = ", ".join(bare[:_NAMES_SHOWN]) + (" ..." if len(bare) > _NAMES_SHOWN else "")
    if bare and file_format == "dta":
        return (
            f"{len(bare)} variables refer to labels that are not in the file: {names}. They may never "
            "have been defined, or the end of the file is missing; compare its size with the producer's."
        )
    return f"Labels of codes are in a SAS catalog; pass it as codebook=, for: {names}." if bare else ""


def _is_label_set(name: str, variable: Variable, file_format: str) -> bool:
    """Whether a name is that of a set of labels; SAS names its own formats in the same place."""
    if file_format == "dta":
        return bool(name)
    stem = re.sub(r"[\d.]+$", "", name).upper()
    may_have_labels = file_format in ("sas7bdat", "xpt") and variable.kind in ("number", "text")
    return may_have_labels and not _SAS_OWN_FORMAT.fullmatch(stem)
