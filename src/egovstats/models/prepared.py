"""What every model by formula starts from: the formula read, who is used, and the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.models.formula import Formula, ModelMatrix, complete, model_matrix, named_columns, read_formula
from egovstats.models.offset import offset_of


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A formula worked out on a design.

    Parameters
    ----------
    read : Formula
    given : dict of str to pd.Series
        The columns that it names.
    used : np.ndarray of bool, shape (n,)
        Inside the domain, with a weight above 0 and nothing missing.
    rows : np.ndarray of int, shape (m,), or None
        The same as positions; everyone where None.
    made : ModelMatrix
    domain : np.ndarray of bool, shape (n,), or None
        The domain before missing answers drop out.
    offset : np.ndarray, shape (n,), or None
    weight : np.ndarray, shape (m,)
    """

    read: Formula
    given: dict[str, pd.Series]
    used: np.ndarray
    rows: np.ndarray | None
    made: ModelMatrix
    domain: np.ndarray | None
    offset: np.ndarray | None
    weight: np.ndarray

    def pick(self, values: np.ndarray | None) -> np.ndarray | None:
        """Values of the respondents used, shape (m,), from those of all."""
        return values if values is None or self.rows is None else values[self.rows]

    @property
    def slopes(self) -> np.ndarray:
        """Columns of the model matrix other than the intercept."""
        names = self.made.names
        return np.array([at for at, name in enumerate(names) if name != "Intercept"], dtype=np.int64)

    @property
    def terms(self) -> dict[str, tuple[int, ...]]:
        """Which of the slopes belong to each term."""
        return {
            term: tuple(int(np.searchsorted(self.slopes, column)) for column in columns)
            for term, columns in self.made.terms.items()
            if term != "1"
        }


def prepare(
    design: Design,
    formula: str,
    *,
    where: Where,
    offset: str | None = None,
    outcome: bool = True,
    known: np.ndarray | None = None,
) -> Prepared:
    """Read a formula and work it out on a design.

    Parameters
    ----------
    outcome : bool
        Whether the formula has a left side.
    known : np.ndarray of bool, shape (n,), optional
        Respondents who have whatever the model needs besides.

    Raises
    ------
    EstimateError
        As in `read_formula`, `complete` and `model_matrix`.
    """
    frame = check_design(design).frame
    read = read_formula(formula, outcome=outcome)
    mask = mask_of(frame, where)
    added = None if offset is None else offset_of(offset)
    given = named_columns(frame, [*read.names, *(added.names if added else ())])
    used = complete(given, len(frame), mask)
    used &= design.weight > 0
    if known is not None:
        used &= known
    rows = None if used.all() else np.flatnonzero(used)
    return Prepared(
        read=read,
        given=given,
        used=used,
        rows=rows,
        made=model_matrix(given, read, used),
        domain=mask,
        offset=None if added is None else added.values(given, used),
        weight=design.weight if rows is None else design.weight[rows],
    )
