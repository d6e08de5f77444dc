"""Parquet files, batch by batch in the order of the files."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from egovstats.design.lazy_batches import BATCH, BatchScan
from egovstats.errors import MissingExtraError, SourceError


def parquet_files(path: str | Path) -> list[str]:
    """The files behind a path, a folder or a pattern, in the order of their names.

    Raises
    ------
    SourceError
        There is none.
    """
    text = str(path)
    if Path(text).is_dir():
        found = [str(each) for each in sorted(Path(text).rglob("*.parquet"))]
    else:
        found = sorted(glob.glob(text, recursive=True))
    if not found:
        raise SourceError(
            f"there is no Parquet file at {Path(text).name!r}. Check the folder, or pass a pattern such as "
            "'waves/*.parquet'."
        )
    return found


class ParquetScan(BatchScan):
    """Parquet files through pyarrow.

    Parameters
    ----------
    path : path
        A file, a folder or a pattern.
    """

    def __init__(self, path: str | Path) -> None:
        try:
            import pyarrow.parquet as parquet
            from pyarrow import types
        except ImportError as error:
            raise MissingExtraError("reading Parquet in batches", "parquet") from error
        self.files = parquet_files(path)
        schema = parquet.read_schema(self.files[0])
        columns = {
            each.name: bool(
                types.is_integer(each.type)
                or types.is_floating(each.type)
                or types.is_boolean(each.type)
                or types.is_decimal(each.type)
            )
            for each in schema
        }
        super().__init__(columns)

    def _batches(self, names: tuple[str, ...]) -> Iterator[pd.DataFrame]:
        import pyarrow.parquet as parquet

        for file in self.files:
            source = parquet.ParquetFile(file, memory_map=True, pre_buffer=False)
            with source:
                # A pass that needs no column still has to count rows.
                named = list(names) or source.schema_arrow.names[:1]
                for batch in source.iter_batches(BATCH, columns=named):
                    if batch.num_rows:
                        yield batch.to_pandas()
