"""What a file says about itself: labels, codes, missing values, sets, encoding.

Labels live here and not in the frame, since a frame's attributes are lost when two frames are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from egovstats.microdata.variable import MultipleResponseSet, Variable


@dataclass(frozen=True)
class Codebook:
    """Everything a file says about itself but its rows.

    Parameters
    ----------
    variables : dict of str to Variable
        In the order of the file.
    file_label : str
        Title that the file carries.
    weight : str or None
        The weight variable that the file declares.
    multiple_response : tuple of MultipleResponseSet
    encoding : str
        What the text was read as.
    encoding_how : str
        "declared" (the file or its format says so), "utf-8" (nothing declared, and the text fits),
        "guessed" (by the evidence told in `notes`) or "given by the user".
    notes : tuple of str
        What was done about the data.
    documents : tuple of str
        The file's own notes: lines of SPSS's documents, notes of Stata.
    n : int
        Rows.
    format : str
        "sav", "zsav", "por", "dta", "sas7bdat", "xpt", "csv", "xlsx" or "parquet".
    created : str
        ISO date and time written in the file; empty where it has none.
    synthetic : bool
        The file is stamped as made up for a demonstration.
    language : str
        Language tag of the labels, where it is known; further languages stand in `Variable.wordings`.
    """

    variables: dict[str, Variable]
    file_label: str = ""
    weight: str | None = None
    multiple_response: tuple[MultipleResponseSet, ...] = ()
    encoding: str = "utf-8"
    encoding_how: str = "utf-8"
    notes: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    n: int = 0
    format: str = ""
    created: str = ""
    synthetic: bool = False
    language: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the file should know: `notes`, and the file's own in one sentence."""
        own = " / ".join(line.strip() for line in self.documents)
        return (*self.notes, f"The file's own notes: {own}") if own else self.notes

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that some variable has a wording in, that of the labels first if it is known."""
        more = dict.fromkeys(tag for each in self.variables.values() for tag in each.wordings)
        return tuple(dict.fromkeys([*([self.language] if self.language else []), *more]))

    def in_language(self, language: str) -> Codebook:
        """The same codebook with another language's labels in front; see `codebook_languages`."""
        from egovstats.microdata.codebook_languages import in_language

        return in_language(self, language)

    def with_language(self, language: str, other: Codebook) -> Codebook:
        """The same codebook with another's labels as one more language; see `codebook_languages`."""
        from egovstats.microdata.codebook_languages import with_language

        return with_language(self, language, other)

    def only(self, names: Iterable[str]) -> Codebook:
        """The same codebook with these variables, in the order of the file."""
        wanted = set(names)
        kept = {name: each for name, each in self.variables.items() if name in wanted}
        return replace(self, variables=kept)

    def to_json(self) -> str:
        """The whole codebook as JSON text; `from_json` gives back an equal one."""
        from egovstats.microdata.codebook_json import to_json

        return to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Codebook:
        """A codebook from the text that `to_json` made.

        Raises
        ------
        SourceError
            The text is not JSON, or not a codebook; every fault is named.
        """
        from egovstats.microdata.codebook_json import from_json

        return from_json(text)

    def to_ddi(self) -> str:
        """The whole codebook as DDI-Codebook 2.5 XML; `from_ddi` gives back an equal one."""
        from egovstats.microdata.codebook_ddi import to_ddi

        return to_ddi(self)

    @classmethod
    def from_ddi(cls, text: str) -> Codebook:
        """A codebook from DDI-Codebook XML, of egovstats or of another program.

        Raises
        ------
        SourceError
            The text is no XML or no DDI codebook.
        """
        from egovstats.microdata.codebook_ddi_read import from_ddi

        return from_ddi(text)

    def to_table_schema(self) -> str:
        """The codebook as Frictionless Table Schema; see `codebook_schema.to_table_schema`."""
        from egovstats.microdata.codebook_schema import to_table_schema

        return to_table_schema(self)

    def to_frame(self) -> pd.DataFrame:
        """One row a variable and code: a table that can be edited and given back as `codebook=`.

        Returns
        -------
        pd.DataFrame
            Columns `variable`, `label`, `code`, `value_label`, `missing` ("yes" where declared, else ""),
            `kind`, `measure`, `format`. A variable without codes has one row with an empty code; a range
            is written "low..high", a tagged missing ".a".
        """
        from egovstats.microdata.codebook_table import to_frame

        return to_frame(self)

    def frequencies(
        self,
        frame: pd.DataFrame,
        *,
        names: Iterable[str] | None = None,
        tags: Mapping[str, pd.Series] | None = None,
        least: int = 5,
    ) -> pd.DataFrame:
        """Counts by code, for every variable whose values name no one.

        Parameters
        ----------
        frame : pd.DataFrame
            Codes, as `read_microdata` gives them.
        names : iterable of str, optional
            Variables to count; all by default.
        tags : mapping, optional
            `Microdata.tags`, so that tagged missings are counted apart from empty cells.
        least : int
            An unlabelled value held by fewer respondents is not listed by itself.

        Returns
        -------
        pd.DataFrame
            Columns `variable`, `code`, `label`, `missing` ("", "declared", "tagged" or "system"), `n`.
            The counts of a variable add up to the rows of the frame.

        Raises
        ------
        SourceError
            A name is not a variable of this codebook, or not a column of the frame.
        """
        from egovstats.microdata.frequencies import frequencies

        return frequencies(self, frame, names=names, tags=tags, least=least)
