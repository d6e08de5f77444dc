"""A frame that is in memory already: pandas, polars or Arrow, to codes and a codebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.errors import MissingExtraError, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_fit import fit
from egovstats.microdata.codebook_table import load_codebook
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.parquet import codes_of_table, plain_columns
from egovstats.microdata.reading import check_columns, in_file_order, kind_of_column
from egovstats.microdata.variable import Variable
from egovstats.sources import Source

_NAME = Path("the frame")


def is_frame(data: object) -> bool:
    """Whether something is a table in memory: pandas, polars, or anything that offers itself to Arrow."""
    return isinstance(data, pd.DataFrame) or hasattr(data, "__arrow_c_stream__") or _is_lazy(data)


def _is_lazy(data: object) -> bool:
    return type(data).__module__.startswith("polars") and hasattr(data, "collect")


def as_microdata(
    frame: Any,
    *,
    columns: Sequence[str] | None = None,
    codebook: Codebook | str | Path | None = None,
    title: str = "",
) -> Microdata:
    """Take a frame as it is: its values are the codes, its categories become their labels' texts.

    Parameters
    ----------
    frame : pandas.DataFrame, polars.DataFrame, polars.LazyFrame, pyarrow.Table or alike
        One row a respondent. It is not changed.
    columns : sequence of str, optional
        Columns to take; they keep the order of the frame.
    codebook : Codebook, str or Path, optional
        What the codes mean; see `read_microdata`.
    title : str
        What the data are called where results name their source.

    Returns
    -------
    Microdata
        Its source has no file and no checksum; notes hold what the codebook describes and the frame has not.

    Raises
    ------
    SourceError
        Something that is no frame, a frame without rows, names that are no text or there twice, columns of
        lists or records, a column asked for that is not there.
    MissingExtraError
        polars or Arrow data without pyarrow.
    """
    if not is_frame(frame):
        raise SourceError(
            f"a frame of pandas or polars or an Arrow table is needed; found: {type(frame).__name__}. Give "
            "the rows as one of these, or the path of a file to read_microdata."
        )
    if isinstance(frame, pd.DataFrame):
        taken, values = _from_pandas(frame, columns)
    else:
        taken, values = _from_arrow(frame, columns)
    if not len(taken) or not len(taken.columns):
        raise SourceError(
            f"the frame has {len(taken.columns)} columns and {len(taken)} rows, so there is no one in it to "
            "count. Check the steps that made it."
        )
    variables = {
        name: Variable(name, kind=kind_of_column(taken[name]), values=values.get(name, {}))
        for name in taken.columns
    }
    book = Codebook(variables, encoding_how="declared", n=len(taken), format="frame")
    if codebook is not None:
        given = codebook if isinstance(codebook, Codebook) else load_codebook(Path(codebook))
        book, absent = fit(given, book, taken)
        if absent and columns is None:
            note = f"The codebook describes variables that the frame does not have: {', '.join(absent)}."
            book = replace(book, notes=(*book.notes, note))
    name = title or book.file_label.strip() or "data in memory"
    return Microdata(taken, book, Source(name, "microdata", synthetic=book.synthetic))


def _check_names(names: list[Any]) -> None:
    odd = [str(name) for name in names if not isinstance(name, str)]
    if odd:
        raise SourceError(
            f"the columns of a frame must have names that are text; found: {', '.join(odd[:8])}. Rename "
            "them, or reset the index."
        )
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise SourceError(
            f"a frame must have each column once; found twice: {', '.join(twice[:8])}. Rename one of each."
        )


def _from_pandas(
    frame: pd.DataFrame, columns: Sequence[str] | None
) -> tuple[pd.DataFrame, dict[str, dict[Any, str]]]:
    names = list(frame.columns)
    _check_names(names)
    check_columns(_NAME, columns, names)
    taken = frame[in_file_order(columns, names)].reset_index(drop=True).copy()
    nested = [name for name in taken.columns if _is_nested(taken[name])]
    if nested:
        raise SourceError(
            f"the columns {', '.join(nested[:8])} of the frame hold lists or records, and a cell must hold "
            "one code. Leave them out with columns=, or take them apart."
        )
    return plain_columns(taken)


def _is_nested(column: pd.Series) -> bool:
    return column.dtype == object and bool(column.map(lambda cell: isinstance(cell, list | dict | set)).any())


def _from_arrow(frame: Any, columns: Sequence[str] | None) -> tuple[pd.DataFrame, dict[str, dict[Any, str]]]:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("Taking polars or Arrow data", "parquet") from error
    table = pa.table(frame.collect() if _is_lazy(frame) else frame)
    names = list(table.column_names)
    _check_names(names)
    check_columns(_NAME, columns, names)
    return codes_of_table(_NAME, table.select(in_file_order(columns, names)))
