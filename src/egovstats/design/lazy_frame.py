"""Any lazy frame that narwhals knows: polars, Dask, DuckDB, Spark; frames in memory as well.

One GROUP BY a question; what is added up is made a column first, which every engine can do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.conditions import Condition
from egovstats.design.lazy_scan import Groups, ItemTally, Question, check_columns, check_numbers
from egovstats.design.lazy_where import Expressions
from egovstats.errors import DesignError

_GROUP = "egovstats_"


class FrameScan:
    """A frame through narwhals.

    Parameters
    ----------
    source : lazy or eager frame

    Raises
    ------
    DesignError
        Something that narwhals does not know.
    """

    def __init__(self, source: Any) -> None:
        import narwhals as nw

        try:
            found = nw.from_native(source)
        except TypeError as error:
            raise DesignError(
                f"a lazy design cannot read {type(source).__name__}. Pass a path to Parquet files, a polars "
                "LazyFrame, a Dask or Spark frame, or a DuckDB relation."
            ) from error
        self._frame: Any = found.lazy()
        self.passes = 0
        schema = self._frame.collect_schema()
        self.columns = {name: bool(kind.is_numeric() or kind == nw.Boolean) for name, kind in schema.items()}
        self._floats = {name for name, kind in schema.items() if kind.is_float()}
        self._flags = {name for name, kind in schema.items() if kind == nw.Boolean}
        self._words = {name for name, kind in schema.items() if kind in (nw.Categorical, nw.Enum)}
        self._categories = _known_categories(self._frame, schema)

    def _column(self, name: str) -> Any:
        """A column with null for every kind of missing value."""
        import narwhals as nw

        check_columns(self.columns, (name,))
        if name in self._words:
            return nw.col(name).cast(nw.Float64 if self._counted_out(name) else nw.String)
        if name in self._floats:
            return nw.when(~nw.col(name).is_nan()).then(nw.col(name))
        return nw.col(name)

    def _collect(self, frame: Any) -> pd.DataFrame:
        self.passes += 1
        kind = self._frame.implementation
        if kind.is_polars():  # groups leave no more than they are in memory, if the rows stream by
            collected = frame.collect(backend="polars", engine="streaming")
        else:
            # Spark's own way to pandas does not know its newest release; through Arrow it does not matter.
            collected = frame.collect(backend="pyarrow" if kind.is_pyspark() else "pandas")
        found: pd.DataFrame = collected.to_pandas()
        return found

    def centres(self, items: tuple[str, ...]) -> list[float]:
        """Mean of each item over everyone."""
        import narwhals as nw

        check_numbers(self.columns, items)
        means = [self._column(item).cast(nw.Float64).alias(f"m{at}") for at, item in enumerate(items)]
        frame = self._frame.select(*means).select(*(nw.col(f"m{at}").mean() for at in range(len(items))))
        found = self._collect(frame).iloc[0].to_numpy(dtype=float, na_value=np.nan)
        return [float(each) if np.isfinite(each) else 0.0 for each in found]

    def answer(self, question: Question) -> Groups:
        """See `Scan`; a tally is a pass of its own."""
        check_columns(self.columns, question.read)
        check_numbers(self.columns, tuple(item for term in question.terms for item in term.base))
        needs_sums = bool(question.terms or question.bases or question.extremes or question.faults)
        groups = self._sums(question) if needs_sums or not question.items else None
        tallied = {item: self._tally(question, item) for item in question.items}
        if groups is None:
            groups = _common(list(tallied.values()), question)
        for item, long in tallied.items():
            found = _spread(long, groups, question)
            groups.tallies[item] = replace(found, levels=self._in_order(item, found.levels))
        keys = {name: self._in_order(str(name), groups.keys[name]) for name in groups.keys}
        return replace(groups, keys=pd.DataFrame(keys, index=groups.keys.index))

    def _counted_out(self, name: str) -> bool:
        """Whether the categories of a column are numbers."""
        known = self._categories.get(name)
        return bool(known) and all(isinstance(each, (int, float)) for each in known or ())

    def _in_order(self, name: str, values: pd.Series) -> pd.Series:
        """Categories as such, in their order; those that nobody chose stay known."""
        known = self._categories.get(name)
        if known is None:
            return values
        kind = float if self._counted_out(name) else str  # as engines hand categories out
        whole = {kind(each): each for each in known}
        return pd.Series(pd.Categorical(values.map(whole), known), index=values.index)

    def _base(self, question: Question) -> list[Any]:
        """Keys, condition and weight as columns."""
        import narwhals as nw

        keys = [self._column(name).alias(f"{_GROUP}k{at}") for at, name in enumerate(question.keys)]
        weight = nw.lit(1.0) if question.weight is None else self._column(question.weight).cast(nw.Float64)
        inside = nw.lit(True)
        if question.where is not None:
            condition = Condition(question.where)
            condition.columns(self.columns)
            inside, _ = condition.judged(Expressions(condition, self._column, self._flags, self._words))
        return [*keys, inside.alias(f"{_GROUP}inside"), weight.alias(f"{_GROUP}w")]

    def _sums(self, question: Question) -> Groups:
        import narwhals as nw

        w, one, zero = nw.col(f"{_GROUP}w"), nw.lit(1.0), nw.lit(0.0)
        items = tuple(dict.fromkeys(item for each in (*question.terms,) for item in each.base))
        items = tuple(dict.fromkeys([*items, *(item for base in question.bases for item in base)]))
        numbers = [
            (self._column(item).cast(nw.Float64) if self.columns[item] else self._column(item)).alias(
                f"{_GROUP}y{at}"
            )
            for at, item in enumerate(items)
        ]
        extremes = [
            self._column(name).cast(nw.Float64).alias(f"{_GROUP}e{at}")
            for at, name in enumerate(question.extremes)
        ]
        place = {item: nw.col(f"{_GROUP}y{at}") for at, item in enumerate(items)}

        def answered(base: tuple[str, ...]) -> Any:
            found = ~place[base[0]].is_null()
            for item in base[1:]:
                found = found & ~place[item].is_null()
            return found

        made: dict[str, Any] = {"rows": one, "n": _counted(w > 0), "w": w}
        for at, term in enumerate(question.terms):
            product = w
            for item, centre in term.factors:
                product = product * (place[item] - centre)
            made[f"t{at}"] = nw.when(answered(term.base)).then(product).otherwise(zero)
        for at, base in enumerate(question.bases):
            made[f"b{at}"] = _counted(answered(base) & (w > 0))
        if question.faults:
            infinite = (w == float("inf")) | (w == float("-inf"))
            for name, bad in (("missing", w.is_null()), ("infinite", infinite), ("negative", w < 0)):
                made[name] = _counted(bad)
        frame = self._frame.select(*self._base(question), *numbers, *extremes).with_columns(
            *(each.alias(f"{_GROUP}{name}_") for name, each in made.items())
        )
        spread = [
            getattr(nw.col(f"{_GROUP}e{at}"), kind)().alias(f"{_GROUP}{kind}{at}")
            for at in range(len(extremes))
            for kind in ("min", "max")
        ]
        keys = [f"{_GROUP}k{at}" for at in range(len(question.keys))] + [f"{_GROUP}inside"]
        table = self._collect(
            frame.group_by(*keys).agg(*(nw.col(f"{_GROUP}{name}_").sum() for name in made), *spread)
        )
        return _groups(table, question)

    def _tally(self, question: Question, item: str) -> pd.DataFrame:
        import narwhals as nw

        w = nw.col(f"{_GROUP}w")
        frame = self._frame.select(*self._base(question), self._column(item).alias(f"{_GROUP}answer"))
        frame = frame.with_columns(
            nw.lit(1.0).alias(f"{_GROUP}rows_"), _counted(w > 0).alias(f"{_GROUP}n_"), w.alias(f"{_GROUP}w_")
        )
        keys = [f"{_GROUP}k{at}" for at in range(len(question.keys))]
        return self._collect(
            frame.group_by(*keys, f"{_GROUP}inside", f"{_GROUP}answer").agg(
                *(nw.col(f"{_GROUP}{name}_").sum() for name in ("rows", "n", "w"))
            )
        )


def _known_categories(frame: Any, schema: Any) -> dict[str, list[Any]]:
    """Categories of the columns that have some, in their order, where the source says it without a pass."""
    import narwhals as nw

    found = {name: list(kind.categories) for name, kind in schema.items() if isinstance(kind, nw.Enum)}
    if frame.implementation.is_pandas_like() or frame.implementation.is_dask():
        for name, kind in dict(frame.to_native().dtypes).items():
            if isinstance(kind, pd.CategoricalDtype) and "__UNKNOWN_CATEGORIES__" not in kind.categories:
                found[name] = kind.categories.tolist()
    return found


def _counted(holds: Any) -> Any:
    import narwhals as nw

    return nw.when(holds).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def _array(table: pd.DataFrame, name: str) -> np.ndarray:
    return np.nan_to_num(table[f"{_GROUP}{name}"].to_numpy(dtype=float, na_value=np.nan))


def _groups(table: pd.DataFrame, question: Question) -> Groups:
    def several(names: list[str]) -> np.ndarray:
        return np.column_stack([np.zeros((len(table), 0)), *(_array(table, name) for name in names)])

    extremes = range(len(question.extremes))
    faults = ("missing", "infinite", "negative") if question.faults else ()
    return Groups(
        keys=_keys(table, question),
        inside=table[f"{_GROUP}inside"].to_numpy(dtype=bool),
        rows=_array(table, "rows_"),
        n=_array(table, "n_"),
        weight=_array(table, "w_"),
        sums=several([f"t{at}_" for at in range(len(question.terms))]),
        counts=several([f"b{at}_" for at in range(len(question.bases))]),
        low=several([f"min{at}" for at in extremes]),
        high=several([f"max{at}" for at in extremes]),
        faults={name: int(_array(table, f"{name}_").sum()) for name in faults},
    )


def _keys(table: pd.DataFrame, question: Question) -> pd.DataFrame:
    named = {name: table[f"{_GROUP}k{at}"] for at, name in enumerate(question.keys)}
    return pd.DataFrame(named, index=table.index).reset_index(drop=True)


def _common(tallied: list[pd.DataFrame], question: Question) -> Groups:
    """The groups of the first tally: every respondent is in one of its rows, answered or not."""
    first = tallied[0]
    by = [f"{_GROUP}k{at}" for at in range(len(question.keys))] + [f"{_GROUP}inside"]
    grouped = first.groupby(by, dropna=False, observed=True, sort=True)
    table = grouped[[f"{_GROUP}{name}_" for name in ("rows", "n", "w")]].sum().reset_index()
    return _groups(table, Question(question.keys, where=question.where))


def _spread(long: pd.DataFrame, groups: Groups, question: Question) -> ItemTally:
    """A tally of one row a group and answer, as one row a group."""
    by = [f"{_GROUP}k{at}" for at in range(len(question.keys))] + [f"{_GROUP}inside"]
    known = groups.keys.set_axis(by[:-1], axis=1).assign(**{by[-1]: groups.inside})
    known["egovstats_place"] = np.arange(len(known))
    place = long[by].merge(known, on=by, how="left")["egovstats_place"].to_numpy(dtype=np.int64)
    codes, levels = pd.factorize(long[f"{_GROUP}answer"])
    keep = codes >= 0
    shape = (len(known), len(levels))
    key = (place * max(len(levels), 1) + codes)[keep]
    size = shape[0] * shape[1]
    weight, n = (
        np.bincount(key, weights=_array(long, name)[keep], minlength=size).reshape(shape)
        for name in ("w_", "n_")
    )
    return ItemTally(pd.Series(levels), weight, n)
