"""Conditions that a missing answer leaves open are not met, as in R's `subset`; in memory and in lazy sources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.design.where import mask_of
from egovstats.errors import EstimateError

NA = float("nan")

# R 4.2, survey 4.1-1: svymean(~y, subset(des, ...)) with the condition written in R, its SE, and the
# rows of the subset; des has two strata of three PSUs.
IN_R = [
    ("a != 3", 4.72727272727273, 1.18565521709829, 6),
    ("not (a == 3)", 4.72727272727273, 1.18565521709829, 6),
    ("~(a > 1) | b == 1", 5.30769230769231, 1.03257404884382, 6),
    ("not (a == 3 and b == 2)", 5, 0.910013736160065, 8),
    ("a == 3 or b != 1", 4.31578947368421, 0.750012469106989, 6),
    ("g != 'x'", 5.33333333333333, 0.800377140184234, 5),
    ("not f", 4.90909090909091, 1.2098902584691, 4),
    ("f or a != 1", 4.8, 0.570284569137127, 10),
    ("a != b", 5.69230769230769, 1.1587968440136, 4),
    ("not 1 < a <= 2", 5.28, 0.67838490549245, 6),
    ("a + b != 3", 5.46666666666667, 0.977454492010046, 5),
    ("a.isna()", 4.2, 2.19818106624545, 3),
    ("not a.isna() and g.notna()", 4.64285714285714, 0.692112099795894, 7),
]


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "w": [1, 2, 1.5, 1, 2, 3, 1, 2, 1, 4, 2, 1],
            "st": np.repeat([1, 2], 6),
            "psu": np.repeat(range(1, 7), 2),
            "a": [1, 2, 3, NA, 1, 3, 2, NA, 3, 1, NA, 2],
            "b": [1, NA, 2, 2, NA, 1, 1, 2, 2, NA, 1, 2],
            "f": pd.array(
                [True, None, False, True, True, None, False, False, True, True, None, False], "boolean"
            ),
            "y": [5.0, 3, 8, 1, 9, 4, 6, 2, 7, 3, 8, 5],
            "g": ["x", "y", None, "x", "y", "y", None, "x", "y", "x", "x", "y"],
        }
    )


KINDS: dict[str, dict[str, Any]] = {
    "as they are": {},
    "nullable": {"a": "Int64", "b": "Float64", "g": "string"},
    "words and flags as objects": {"g": object, "f": object},
    "categories": {"g": "category"},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("where", "estimate", "std_error", "n"), IN_R)
def test_a_condition_keeps_whom_r_keeps(
    kind: str, where: str, estimate: float, std_error: float, n: int
) -> None:
    design = eg.Design(frame().astype(KINDS[kind]), weight="w", stratum="st", psu="psu")
    found = eg.mean(design, "y", where=where)
    np.testing.assert_allclose([found.estimate[0], found.std_error[0]], [estimate, std_error], rtol=1e-13)
    assert found.n[0] == n


def of_duckdb(table: pd.DataFrame) -> Any:
    return pytest.importorskip("duckdb").from_df(table)


def of_polars(table: pd.DataFrame) -> Any:
    return pytest.importorskip("polars").from_pandas(table).lazy()


def of_dask(table: pd.DataFrame) -> Any:
    return pytest.importorskip("dask.dataframe").from_pandas(table, npartitions=2)


def of_pyarrow(table: pd.DataFrame) -> Any:
    return pytest.importorskip("pyarrow").Table.from_pandas(table)


@pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
@pytest.mark.parametrize(
    "source", [of_duckdb, of_polars, of_dask, of_pyarrow, lambda table: table], ids=lambda each: each.__name__
)
def test_lazy_sources_keep_the_same(source: Any) -> None:
    lazy = eg.LazyDesign(source(frame()), weight="w", stratum="st", psu="psu")
    for where, estimate, std_error, n in [
        *IN_R,
        ("a == [2, 3] & b == 2", *in_memory("a in [2, 3] and b == 2")),
    ]:
        found = eg.mean(lazy, "y", where=where)
        np.testing.assert_allclose(
            [found.estimate[0], found.std_error[0]], [estimate, std_error], rtol=1e-10, err_msg=where
        )
        assert found.n[0] == n, where


def in_memory(where: str) -> tuple[float, float, int]:
    found = eg.mean(eg.Design(frame(), weight="w", stratum="st", psu="psu"), "y", where=where)
    return found.estimate[0], found.std_error[0], found.n[0]


def test_not_in_a_list_leaves_out_who_gave_no_answer() -> None:
    # R's %in% calls a missing answer outside every list, so that !(a %in% 3) and a != 3 differ there.
    table = frame()
    for where in ("a not in [3]", "~(a in [3])", "a != [3]", "a != 3"):
        assert mask_of(table, where).tolist() == (table["a"].notna() & (table["a"] != 3)).tolist()


def test_methods_of_text_leave_out_who_gave_no_answer() -> None:
    table = frame()
    assert mask_of(table, "not g.str.startswith('x')").tolist() == table["g"].eq("y").tolist()
    assert mask_of(table, "g.fillna('x') == 'x'").tolist() == table["g"].ne("y").fillna(True).tolist()
    assert mask_of(table, "not a.between(1, 2)").tolist() == table["a"].eq(3).tolist()


def test_names_with_spaces_and_in_cyrillic() -> None:
    table = frame().rename(columns={"a": "возраст лет", "b": "пол"})
    assert (
        mask_of(table, "`возраст лет` != 3 and пол == 2").tolist()
        == mask_of(frame(), "a != 3 & b == 2").tolist()
    )


def test_flags_with_gaps_as_where() -> None:
    table = frame()
    assert mask_of(table, table["f"]).tolist() == table["f"].fillna(False).tolist()
    assert mask_of(table, table["a"].astype("Int64") != 3).tolist() == mask_of(table, "a != 3").tolist()


def test_a_series_finds_its_rows_by_their_labels() -> None:
    table = frame()
    flags = table["y"] > 4
    assert mask_of(table, flags.sample(frac=1, random_state=3)).tolist() == flags.tolist()
    with pytest.raises(EstimateError, match=r"row labels are not those of the design's frame"):
        mask_of(table, flags.set_axis(range(100, 112)))


@pytest.mark.parametrize("where", ["a", "a + 1", "y > ", "np.sqrt(y) > 1", "g > 3", "urban == 1"])
def test_what_is_no_condition(where: str) -> None:
    with pytest.raises(EstimateError, match=r"cannot be worked out|must be true or false|is no column"):
        mask_of(frame(), where)


@pytest.mark.parametrize(
    "where", ["a", "a + 1", "g.str.startswith('x')", "g < 'x'", "a in b", "a == (b > 1)"]
)
def test_what_a_lazy_source_cannot_work_out(where: str) -> None:
    lazy = eg.LazyDesign(frame().astype({"g": "category"}), weight="w", stratum="st", psu="psu")
    with pytest.raises(EstimateError, match=r"a lazy source cannot work out|which category is above"):
        eg.mean(lazy, "y", where=where)


def with_categories() -> pd.DataFrame:
    edu = pd.Categorical(["mid", "low", None, "low", "high", "mid"] * 2, ["low", "mid", "high", "none"])
    scale = pd.Categorical([5, 4, 4, 5, None, 1] * 2, [5, 4, 3, 2, 1], ordered=True)
    return frame().assign(edu=edu, scale=scale)


def of_polars_enum(table: pd.DataFrame) -> Any:
    pl = pytest.importorskip("polars")
    words = pl.col("edu").cast(pl.String).cast(pl.Enum(["low", "mid", "high", "none"]))
    return pl.from_pandas(table).with_columns(words).lazy()


@pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
@pytest.mark.parametrize(
    "source", [of_dask, of_polars_enum, lambda table: table], ids=lambda each: each.__name__
)
def test_categories_keep_their_order_and_those_that_nobody_chose(source: Any) -> None:
    table = with_categories()
    lazy = eg.LazyDesign(source(table), weight="w", stratum="st", psu="psu")
    memory = eg.Design(table, weight="w", stratum="st", psu="psu")
    asked = ["edu"] if source is of_polars_enum else ["edu", "scale"]
    for item in asked:
        ours, theirs = (eg.proportion(each, item) for each in (lazy, memory))
        assert ours.keys["answer"].tolist() == theirs.keys["answer"].tolist()
        np.testing.assert_allclose(ours.estimate, theirs.estimate, rtol=1e-10)
        split, whole = (eg.mean(each, "y", by=item) for each in (lazy, memory))
        assert split.keys[item].tolist() == whole.keys[item].tolist()
        np.testing.assert_allclose(split.std_error, whole.std_error, rtol=1e-10)
    if len(asked) > 1:
        assert (
            eg.mean(lazy, "y", where="scale == 5").n[0] == eg.mean(memory, "y", where="scale == 5").n[0] == 4
        )
