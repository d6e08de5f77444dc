"""A lazy design gives the numbers of the design in memory, whatever engine the rows are in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.inference.chi_square import chi_square

# Sums in another order differ in their last digits; variances are differences of them.
RELATIVE = 1e-10


def survey(n: int = 1500) -> pd.DataFrame:
    """Three waves with every kind of missing answer, answers of one wave alone, and weights of 0."""
    rng = np.random.default_rng(5)
    wave = np.repeat([2001, 2004, 2007], n // 3)
    frame = pd.DataFrame(
        {
            "wave": wave,
            "psu": wave * 100 + rng.integers(0, 20, n),
            "w": rng.lognormal(0, 0.5, n),
            "age": rng.integers(18, 90, n).astype(float),
            "trust": rng.integers(1, 6, n).astype(float),
            "vote": rng.choice(["yes", "no", "don't know"], n),
            "urban": rng.integers(0, 2, n),
            "income": rng.lognormal(5, 1, n),
        }
    )
    frame["stratum"] = frame["wave"] * 10 + frame["psu"] % 3
    frame["size"] = 40.0
    frame.loc[::11, "trust"] = np.nan
    frame.loc[::7, "vote"] = None
    frame.loc[::13, "income"] = np.nan
    frame.loc[::50, "w"] = 0.0
    frame.loc[(frame["wave"] == 2001) & (frame["vote"] == "don't know"), "vote"] = None
    return frame


FRAME = survey()
DESIGN: dict[str, Any] = {"weight": "w", "stratum": "stratum", "psu": "psu"}


def files(folder: Path) -> str:
    for at, part in enumerate(np.array_split(np.arange(len(FRAME)), 3)):
        FRAME.iloc[part].to_parquet(folder / f"part{at}.parquet")
    return str(folder / "*.parquet")


def of_pyarrow(folder: Path) -> Any:
    return pytest.importorskip("pyarrow").Table.from_pandas(FRAME)


def of_polars(folder: Path) -> Any:
    return pytest.importorskip("polars").from_pandas(FRAME).lazy()


def of_duckdb(folder: Path) -> Any:
    return pytest.importorskip("duckdb").read_parquet(files(folder))


def of_dask(folder: Path) -> Any:
    return pytest.importorskip("dask.dataframe").from_pandas(FRAME, npartitions=2)


SOURCES: dict[str, Callable[[Path], Any]] = {
    "parquet": files,
    "pandas": lambda folder: FRAME,
    "pyarrow": of_pyarrow,
    "polars": of_polars,
    "duckdb": of_duckdb,
    "dask": of_dask,
}


@pytest.fixture(params=SOURCES)
def lazy(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return eg.LazyDesign(SOURCES[request.param](tmp_path), **DESIGN)


def assert_same(lazy: pd.DataFrame, memory: pd.DataFrame) -> None:
    assert list(lazy.columns) == list(memory.columns)
    for name in memory:
        ours, theirs = lazy[name], memory[name]
        if theirs.dtype.kind in "if":
            np.testing.assert_allclose(
                ours.to_numpy(float), theirs.to_numpy(float), rtol=RELATIVE, err_msg=name
            )
        else:
            assert ours.tolist() == theirs.tolist(), name


QUESTIONS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    (eg.mean, (["trust", "age"],), {"by": "wave"}),
    (eg.total, ("income",), {"by": "wave", "where": "urban == 1 and age >= 30"}),
    (eg.total, ("vote",), {}),
    (eg.proportion, ("vote",), {"by": "wave"}),
    (eg.proportion, ("trust",), {"by": ["wave", "vote"], "where": "income != 3 or not (age < 40)"}),
    (eg.ratio, ("income", "age"), {"by": "vote"}),
]

dask_is_moving = pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")


@dask_is_moving
def test_every_estimator_agrees_with_memory(lazy: Any) -> None:
    memory = eg.Design(FRAME, **DESIGN)
    assert (len(lazy), lazy.df) == (len(memory), memory.df)
    for estimator, arguments, options in QUESTIONS:
        ours, theirs = estimator(lazy, *arguments, **options), estimator(memory, *arguments, **options)
        assert_same(ours.to_frame(), theirs.to_frame())
        assert ours.notes == theirs.notes
        assert ours.unit == theirs.unit
        scale = np.nanmax(np.abs(theirs.cov))
        np.testing.assert_allclose(ours.cov, theirs.cov, rtol=RELATIVE, atol=RELATIVE * scale)


@dask_is_moving
def test_topline_and_chi_square_agree_with_memory(lazy: Any) -> None:
    memory = eg.Design(FRAME, **DESIGN)
    assert_same(
        eg.topline(lazy, ["trust", "vote"]).to_frame(), eg.topline(memory, ["trust", "vote"]).to_frame()
    )
    ours, theirs = chi_square(lazy, "trust", "wave"), chi_square(memory, "trust", "wave")
    np.testing.assert_allclose(
        [ours.statistic, ours.p_value], [theirs.statistic, theirs.p_value], rtol=RELATIVE
    )
    assert ours.n == theirs.n


@pytest.mark.slow
def test_spark_agrees_with_memory(tmp_path: Path) -> None:
    from shutil import which

    if which("java") is None:
        pytest.skip("Spark needs Java, which is not on this machine")
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    import warnings

    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark's own, about the releases it was built for
        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "1",
            "spark.driver.memory": "512m",
        }
        builder = SparkSession.builder.master("local[1]")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            files(tmp_path)
            lazy = eg.LazyDesign(str(tmp_path), engine="spark", **DESIGN)
            memory = eg.Design(FRAME, **DESIGN)
            ours, theirs = (eg.proportion(design, "vote", where="urban == 1") for design in (lazy, memory))
            assert_same(ours.to_frame(), theirs.to_frame())
        finally:
            session.stop()


def test_duckdb_reads_a_path(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    lazy = eg.LazyDesign(files(tmp_path), engine="duckdb", **DESIGN)
    assert_same(
        eg.mean(lazy, "trust", by="wave").to_frame(),
        eg.mean(eg.Design(FRAME, **DESIGN), "trust", by="wave").to_frame(),
    )


@pytest.mark.parametrize(
    "options",
    [
        {"lonely_psu": "adjust"},
        {"lonely_psu": "average", "domain_lonely": True},
        {"population_size": "size"},
        {"nest": True, "stratum": ["wave", "stratum"]},
        {"stratum": None},
        {"weight": None},
    ],
)
def test_designs_agree_with_memory(options: dict[str, Any]) -> None:
    frame = FRAME
    if "lonely_psu" in options:
        frame = frame.assign(psu=frame["psu"].where(frame["stratum"] != 20011, 7))
    keywords = DESIGN | options
    lazy, memory = eg.LazyDesign(frame, **keywords), eg.Design(frame, **keywords)
    assert_same(
        eg.proportion(lazy, "vote", by="wave", where="urban == 1").to_frame(),
        eg.proportion(memory, "vote", by="wave", where="urban == 1").to_frame(),
    )


def test_declared_answers_and_units_hold() -> None:
    class Answer:
        def __init__(self, code: int) -> None:
            self.code = code

    class Item:
        answers = tuple(Answer(code) for code in (5, 4, 3, 2, 1, 9))
        unit = "score"

    keywords = DESIGN | {"items": {"trust": Item()}}
    lazy, memory = eg.LazyDesign(FRAME, **keywords), eg.Design(FRAME, **keywords)
    assert_same(eg.proportion(lazy, "trust").to_frame(), eg.proportion(memory, "trust").to_frame())
    assert eg.mean(lazy, "trust").unit == "score"


def test_changes_between_waves_have_the_same_degrees_of_freedom(tmp_path: Path) -> None:
    lazy, memory = eg.LazyDesign(files(tmp_path), **DESIGN), eg.Design(FRAME, **DESIGN)
    ours, theirs = (eg.change(eg.mean(design, "trust", by="wave")).to_frame() for design in (lazy, memory))
    assert ours["df"].tolist() == theirs["df"].tolist()
    np.testing.assert_allclose(ours["p_value"], theirs["p_value"], rtol=1e-9)


def test_an_ordered_scale_keeps_its_order(tmp_path: Path) -> None:
    scale = pd.CategoricalDtype(["yes", "no", "don't know", "refused"], ordered=True)
    frame = FRAME.assign(vote=FRAME["vote"].astype(scale))
    frame.to_parquet(tmp_path / "a.parquet")
    lazy, memory = eg.LazyDesign(tmp_path, **DESIGN), eg.Design(frame, **DESIGN)
    assert_same(eg.proportion(lazy, "vote").to_frame(), eg.proportion(memory, "vote").to_frame())
    assert eg.mean(lazy, "age", by="vote").keys["vote"].tolist() == ["yes", "no", "don't know"]


@pytest.mark.parametrize("kind", ["parquet", "polars"])
def test_small_batches_and_new_values_later_on(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"egovstats.design.lazy_{kind}.BATCH", 64)
    lazy, memory = eg.LazyDesign(SOURCES[kind](tmp_path), **DESIGN), eg.Design(FRAME, **DESIGN)
    for estimator, arguments, options in QUESTIONS:
        ours, theirs = estimator(lazy, *arguments, **options), estimator(memory, *arguments, **options)
        assert_same(ours.to_frame(), theirs.to_frame())


@pytest.mark.parametrize("kind", ["lazy frame", "frame in memory", "narwhals"])
def test_polars_streams_by_in_one_pass_for_all_items(kind: str) -> None:
    pl = pytest.importorskip("polars")
    narwhals = pytest.importorskip("narwhals")
    frame = pl.from_pandas(FRAME)
    made = {
        "lazy frame": frame.lazy,
        "frame in memory": lambda: frame,
        "narwhals": lambda: narwhals.from_native(frame),
    }
    lazy = eg.LazyDesign(made[kind](), **DESIGN)
    before = lazy.scan.passes
    eg.topline(lazy, ["trust", "vote", "urban"], by="wave")
    assert lazy.scan.passes == before + 2  # the waves, and every item at once


def test_categories_of_polars_are_words(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    frame = pl.from_pandas(FRAME)
    memory = eg.proportion(eg.Design(FRAME, **DESIGN), "vote", by="wave").to_frame()
    words = eg.LazyDesign(frame.with_columns(pl.col("vote").cast(pl.Categorical)).lazy(), **DESIGN)
    assert_same(eg.proportion(words, "vote", by="wave").to_frame(), memory)
    scale = pl.Enum(["yes", "no", "don't know", "refused"])
    ordered = eg.LazyDesign(frame.with_columns(pl.col("vote").cast(scale)).lazy(), **DESIGN)
    # An Enum declares its answers, as a categorical of pandas does: one that nobody gave has a share of 0.
    shares = eg.proportion(ordered, "vote")
    assert shares.keys["answer"].tolist() == ["yes", "no", "don't know", "refused"]
    assert shares.estimate[3] == 0


LABELS = {
    "words": ["да", "no", "don't know", ""],
    "whole": [1, 2, 5, 9],
    "floats": [0.5, 1.0, 2.0, -7.25],
    "flags": [True, False],
}


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.data())
def test_any_labels_and_gaps_agree_with_memory(data: st.DataObject) -> None:
    """Every engine treats missing answers, missing domains, weights of 0 and any labels as memory does."""
    n = data.draw(st.integers(20, 90))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    item, by = (data.draw(st.sampled_from(list(LABELS))) for _ in "ab")
    gaps, none = data.draw(st.floats(0, 0.5)), data.draw(st.floats(0, 0.3))

    def column(labels: list[Any]) -> pd.Series:
        found = pd.Series([labels[at] for at in rng.integers(0, len(labels), n)], dtype=object)
        found[rng.random(n) < gaps] = None
        return found if isinstance(labels[0], (str, bool)) else found.astype(float)

    frame = pd.DataFrame({"answer": column(LABELS[item]), "domain": column(LABELS[by])})
    frame["psu"], frame["w"] = rng.integers(0, 12, n), np.where(rng.random(n) < none, 0, rng.uniform(1, 3, n))
    keywords = {"weight": "w", "psu": "psu", "lonely_psu": "adjust"}
    memory = _outcome(frame, keywords, eg.Design)
    pl = pytest.importorskip("polars")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        frame.to_parquet(path)
        sources = {"arrow": str(path), "polars": pl.scan_parquet(path), "pandas": frame}
        for name, source in sources.items():
            found = _outcome(source, keywords, eg.LazyDesign)
            if isinstance(memory, str) or isinstance(found, str):
                assert type(found) is type(memory), name
            else:
                for ours, theirs in zip(found, memory, strict=True):
                    assert_same(ours, theirs)


def _outcome(source: Any, keywords: dict[str, Any], kind: Any) -> list[pd.DataFrame] | str:
    """Tables of a design, or the kind of error."""
    try:
        design = kind(source, **keywords)
        return [
            eg.proportion(design, "answer", by="domain").to_frame(),
            eg.proportion(design, "answer").to_frame(),
            eg.total(design, "w", by="domain").to_frame(),
        ]
    except eg.EgovstatsError as error:
        return type(error).__name__
