"""What reads a source that is larger than memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from egovstats.design.lazy_frame import FrameScan
from egovstats.design.lazy_parquet import ParquetScan, parquet_files
from egovstats.design.lazy_polars import PolarsScan
from egovstats.design.lazy_scan import Scan
from egovstats.errors import DesignError, MissingExtraError, nearest

ENGINES = ("arrow", "duckdb", "spark")


def open_scan(source: Any, engine: str | None) -> Scan:
    """What reads a source.

    Raises
    ------
    DesignError
        An unknown engine, or one named for a source that brings its own.
    MissingExtraError
        The engine is not installed.
    """
    if engine is not None and engine not in ENGINES:
        raise DesignError(f"there is no engine {engine!r}. {nearest(engine, ENGINES)}")
    if not isinstance(source, (str, Path)):
        if engine is not None:
            raise DesignError(
                f"engine={engine!r} is for paths; a lazy frame is read by its own. Leave it out."
            )
        return _of_frame(source)
    if engine == "duckdb":
        try:
            import duckdb
        except ImportError as error:
            raise MissingExtraError("reading Parquet through DuckDB", "scale") from error
        return FrameScan(duckdb.read_parquet(parquet_files(source)))
    if engine == "spark":
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise MissingExtraError("reading Parquet through Spark", "spark") from error
        session = SparkSession.builder.getOrCreate()
        return FrameScan(session.read.parquet(*parquet_files(source)))
    return ParquetScan(source)


def _of_frame(source: Any) -> Scan:
    """polars by batches where it can hand them out, every other frame through narwhals."""
    import narwhals as nw

    found = nw.from_native(source, pass_through=True)
    if isinstance(found, (nw.DataFrame, nw.LazyFrame)) and found.implementation.is_polars():
        frame = found.lazy().to_native()
        if hasattr(frame, "collect_batches"):  # polars 1.34 and later
            return PolarsScan(frame)
    return FrameScan(source)
