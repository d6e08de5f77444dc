"""Parquet files, through pyarrow. Their codebook, if any, lies beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from egovstats.errors import MissingExtraError, SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.reading import Reading, check_columns, in_file_order, kind_of_column
from egovstats.microdata.variable import Code, Variable

_EXACT = 2**53  # larger whole numbers lose digits as floats

_NO_CHECKSUMS = (
    "The pages of the file have no checksums: if bytes in them were changed, that may not be seen. Compare "
    "its size and checksum with the producer's."
)


def read_parquet(path: Path, *, columns: list[str] | None) -> Reading:
    """Read a Parquet file.

    Raises
    ------
    SourceError
        A damaged or cut off file (known by its checksums, where it has them), columns that hold lists or
        records, or a column asked for that is not there.
    MissingExtraError
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.compute
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("Reading Parquet files", "parquet") from error
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            known = list(file.schema_arrow.names)
            check_columns(path, columns, known)
            names = in_file_order(columns, known)
            _refuse_nested(path, file.schema_arrow, names)
            table = file.read(columns=names)
        table.validate(full=True)  # texts that are no UTF-8 would fail later, cell by cell
        frame, labels = codes_of_table(path, table)
    except SourceError:
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise SourceError(
            f"{path.name!r} cannot be read as Parquet: it is cut off or damaged. Get the file again, or "
            "write it anew."
        ) from error
    variables = {
        name: Variable(name, kind=kind_of_column(frame[name]), values=labels.get(name, {})) for name in names
    }
    book = Codebook(
        variables=variables,
        encoding_how="declared",
        notes=() if has_checksums(path) else (_NO_CHECKSUMS,),
        n=len(frame),
        format="parquet",
    )
    return Reading(frame, book)


def has_checksums(path: Path) -> bool:
    """Whether the first page of a Parquet file carries a checksum, as writers give one to all or to none.

    A page begins with its header in Thrift's compact protocol (Apache Parquet, parquet.thrift): kind, two
    sizes, then the checksum, if any; each is a byte that counts fields on and a number of up to five bytes.
    """
    with open(path, "rb") as file:
        head = file.read(64)[4:]
    place = 0
    for _ in range(3):
        place += 1
        while head[place : place + 1] and head[place] >= 0x80:
            place += 1
        place += 1
    return head[place : place + 1] == b"\x15"


def codes_of_table(path: Path, table: Any) -> tuple[pd.DataFrame, dict[str, dict[Code, str]]]:
    """An Arrow table as codes, with labels where its types say them.

    Parameters
    ----------
    path : Path
        Where it is from, for messages.
    table : pyarrow.Table

    Raises
    ------
    SourceError
        Columns that hold lists or records.
    """
    import pyarrow as pa

    _refuse_nested(path, table.schema, list(table.column_names))
    table = table.replace_schema_metadata(None)  # pandas' own would be parsed
    return plain_columns(_exact(table, pa).to_pandas(date_as_object=False))


def _refuse_nested(path: Path, schema: Any, names: list[str]) -> None:
    import pyarrow as pa

    nested = [name for name in names if pa.types.is_nested(schema.field(name).type)]
    if nested:
        raise SourceError(
            f"{path.name!r} cannot be read as a table of codes: the columns {', '.join(nested[:8])} hold "
            "lists or records. Leave them out with columns=, or write one code a cell."
        )


def _exact(table: Any, pa: Any) -> Any:
    """Whole numbers that would lose digits become text: pandas makes floats of integers with empty cells."""
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        if pa.types.is_integer(column.type) and column.null_count and column.null_count < len(column):
            bounds = pa.compute.min_max(column).as_py()
            if max(abs(bounds["min"]), abs(bounds["max"])) >= _EXACT:
                table = table.set_column(place, name, column.cast(pa.string()))
    return table


def plain_columns(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, dict[Code, str]]]:
    """Columns as codes: categories become their values, true and false become 1 and 0 with labels.

    The columns of the frame are replaced, so it is the caller's own.
    """
    labels: dict[str, dict[Code, str]] = {}
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(column.cat.categories.dtype)
        if pd.api.types.is_bool_dtype(column.dtype) or _only_bool(column):
            column = column.astype(float) if column.isna().any() else column.astype("int64")
            labels[name] = {0: "false", 1: "true"}
        elif _only_decimal(column):
            column = pd.to_numeric(column.astype(float))
        frame[name] = column
    return frame, labels


def _only_bool(column: pd.Series) -> bool:
    return column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "boolean"


def _only_decimal(column: pd.Series) -> bool:
    return column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "decimal"
