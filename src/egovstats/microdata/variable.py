"""One column of a file as its dictionary describes it, and the columns that answer one question together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from egovstats.microdata.wording import Wording

Code = int | float | str

MEASURES = ("nominal", "ordinal", "scale", "unknown")
KINDS = ("number", "text", "date", "datetime", "time")


def tidy_code(code: object) -> Code:
    """A code as it is written: 1 for 1.0, since SPSS stores every number as a float.

    Parameters
    ----------
    code : object
        A number (of Python or numpy) or a text.

    Examples
    --------
    >>> tidy_code(2.0), tidy_code(2.5), tidy_code("02")
    (2, 2.5, '02')
    """
    if isinstance(code, str):
        return code
    number = float(code)  # type: ignore[arg-type]
    if isinstance(code, int | np.integer):
        return int(code)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


@dataclass(frozen=True)
class Variable:
    """One column of a file, as its dictionary describes it.

    Parameters
    ----------
    name : str
        Column name in the frame.
    label : str
        Question text or label; empty where the file has none.
    values : dict
        Code to label, in the order of the file.
    missing_codes : tuple
        Codes that the file declares missing. They stay in the frame.
    missing_ranges : tuple of (low, high)
        Ranges of numbers declared missing, both ends included; infinite where the range is open.
    tagged_missing : dict
        Tag (".a" to ".z" of Stata, ".A" to ".Z" and "._" of SAS) to label; empty label where it has none.
    measure : str
        "nominal", "ordinal", "scale" or "unknown".
    format : str
        Display format as the file writes it, such as "F8.2", "%td" or "DATE9".
    kind : str
        "number", "text", "date", "datetime" or "time".
    width : int or None
        Bytes that a text may take; None for numbers.
    display_width : int or None
        Letters that SPSS shows of a column ("Columns"); None where it is the usual 8 or not known.
    alignment : str
        "left", "center" or "right" where SPSS shows a column other than usual: texts left, numbers right.
    question : str
        The question as it was asked, where it is known beside the label.
    wordings : dict of str to Wording
        Label, question and labels of codes in further languages, by language tag ("mn", "fr-TN").
    """

    name: str
    label: str = ""
    values: dict[Code, str] = field(default_factory=dict)
    missing_codes: tuple[Code, ...] = ()
    missing_ranges: tuple[tuple[float, float], ...] = ()
    tagged_missing: dict[str, str] = field(default_factory=dict)
    measure: str = "unknown"
    format: str = ""
    kind: str = "number"
    width: int | None = None
    display_width: int | None = None
    alignment: str = ""
    question: str = ""
    wordings: dict[str, Wording] = field(default_factory=dict)

    def declared_missing(self, column: pd.Series) -> pd.Series:
        """Which cells of a column hold a code that the file declares missing.

        Parameters
        ----------
        column : pd.Series, shape (n,)
            Codes of this variable.

        Returns
        -------
        pd.Series of bool, shape (n,)
            False for cells without a value: they are missing for another reason.
        """
        numeric = pd.api.types.is_numeric_dtype(column.dtype)
        codes = [code for code in self.missing_codes if isinstance(code, str) != numeric]
        found = column.isin(codes) if codes else pd.Series(False, index=column.index)
        if numeric:
            for low, high in self.missing_ranges:
                found |= column.between(low, high)
        return found


@dataclass(frozen=True)
class MultipleResponseSet:
    """Several columns that hold the answers to one question.

    Parameters
    ----------
    name : str
        Name without the dollar sign of SPSS.
    label : str
        Question text, where the file has one.
    variables : tuple of str
        Columns, in the order of the file.
    counted_value : int, float, str or None
        The code that means "mentioned" in a set of dichotomies.
    kind : str
        "dichotomy" (one column an answer) or "category" (one column a mention).
    """

    name: str
    label: str
    variables: tuple[str, ...]
    counted_value: Code | None
    kind: str
