"""Two answers crossed: people, and shares of the row, of the column and of the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate.crossed import Crosstab, table_of


def crosstab(
    design: Design,
    rows: str,
    columns: str,
    *,
    by: str | Sequence[str] | None = None,
    where: Where = None,
) -> Crosstab:
    """Cross the answers to two items.

    Parameters
    ----------
    design : Design
    rows, columns : str
        Columns of answers; people who gave both are in the table.
    by : str or sequence of str, optional
        A table for each of these.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.

    Returns
    -------
    Crosstab
        `counts` (people) and `shares("row" | "column" | "total")`, each with its joint covariance over
        all cells of all tables; `n`, the respondents in each cell.

    Raises
    ------
    EstimateError
        A column that is not there, or one named twice.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"sex": ["f", "f", "m", "m"], "vote": ["yes", "no", "yes", "yes"]})
    >>> crosstab(Design(frame), "vote", "sex").shares("column").estimate.tolist()
    [0.5, 0.0, 0.5, 1.0]
    """
    split = [] if by is None else [by] if isinstance(by, str) else list(by)
    if len({rows, columns, *split}) < 2 + len(split):
        raise EstimateError(f"a table needs different columns, got {[rows, columns, *split]}. Change one.")
    tables = check_design(design).domains(by, where)
    cells = design.domains([*split, columns], where)
    totals, answers = design.answer_totals(cells, rows)
    if not answers:
        raise EstimateError(
            f"nobody in the table answered {rows!r}, so it has no rows. Check the item and where=."
        )
    levels = design.codes(columns)[1]
    level_of = {level: at for at, level in enumerate(levels)}
    column = np.array([level_of[level] for level in cells.keys[columns]])
    return Crosstab(
        design=design,
        tables=tables,
        cells=cells,
        split=split,
        where=where,
        rows=rows,
        columns=columns,
        answers=answers,
        levels=levels,
        totals=totals,
        table=table_of(tables, cells, split),
        column=column,
        respondents=_count(design, cells, rows, len(answers)),
    )


def _count(design: Design, cells: Domains, rows: str, answers: int) -> np.ndarray:
    """Respondents with a weight above 0 by domain and answer, shape (G, R)."""
    codes = design.codes(rows)[0].astype(np.int64)
    assert cells.code is not None  # the columns of the table split the respondents
    inside = (cells.code >= 0) & (codes > 0)
    key = cells.code[inside].astype(np.int64) * answers + codes[inside] - 1
    return np.bincount(key, minlength=len(cells) * answers).reshape(len(cells), answers)
