"""What a lazy design refuses, how often it reads, and what it never brings back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.design.conditions import Condition
from egovstats.errors import DesignError, EstimateError, MissingExtraError, SourceError

DESIGN: dict[str, Any] = {"weight": "w", "stratum": "stratum", "psu": "psu"}


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "w": [1.0, 2.0, 1.0, 2.0, 1.0, 1.0],
            "stratum": ["a", "a", "a", "b", "b", "b"],
            "psu": [1, 1, 2, 3, 4, 4],
            "y": [1.0, 2.0, 3.0, 4.0, 5.0, np.nan],
            "word": ["yes", "no", None, "yes", "no", "no"],
            "wave": [1, 1, 1, 2, 2, 2],
            "size": [10.0] * 6,
        }
    )


@pytest.fixture
def parquet(frame: pd.DataFrame, tmp_path: Path) -> Path:
    frame.to_parquet(tmp_path / "wave.parquet")
    return tmp_path


def test_weights_and_labels_that_cannot_be(frame: pd.DataFrame) -> None:
    for value, word in ((np.nan, "missing"), (-1.0, "negative"), (np.inf, "infinite")):
        bad = frame.assign(w=[value, *frame["w"][1:]])
        with pytest.raises(DesignError, match=f"1 of 6 weights in 'w' are {word}"):
            eg.LazyDesign(bad, **DESIGN)
    with pytest.raises(DesignError, match="no weight in 'w' is above 0"):
        eg.LazyDesign(frame.assign(w=0.0), **DESIGN)
    with pytest.raises(DesignError, match="1 of 6 respondents have no stratum in 'stratum'"):
        eg.LazyDesign(frame.assign(stratum=[None, "a", "a", "b", "b", "b"]), **DESIGN)


def test_designs_that_cannot_be(frame: pd.DataFrame) -> None:
    with pytest.raises(DesignError, match=r"PSU '1' lies in more than one stratum \('a' and 'b'; 1 in all\)"):
        eg.LazyDesign(frame.assign(psu=[1, 1, 2, 1, 4, 4]), **DESIGN)
    with pytest.raises(DesignError, match="1 stratum has one PSU only"):
        eg.LazyDesign(frame.assign(psu=[1, 1, 2, 4, 4, 4]), **DESIGN)
    with pytest.raises(DesignError, match="stratum 'a' has 2 sampled units but a population size of 1"):
        eg.LazyDesign(frame.assign(size=1.0), population_size="size", **DESIGN)
    with pytest.raises(DesignError, match="psu= names no column"):
        eg.LazyDesign(frame, weight="w")
    with pytest.raises(EstimateError, match=r"the source has no column 'wieght'. Did you mean"):
        eg.LazyDesign(frame.rename(columns={"w": "weight"}), weight="wieght", psu="psu")
    with pytest.raises(DesignError, match="the source has no rows"):
        eg.LazyDesign(frame.iloc[:0], **DESIGN)


def test_sources_that_cannot_be(tmp_path: Path, frame: pd.DataFrame) -> None:
    with pytest.raises(SourceError, match=r"there is no Parquet file at 'none\*.parquet'"):
        eg.LazyDesign(tmp_path / "none*.parquet", **DESIGN)
    with pytest.raises(DesignError, match=r"a lazy design cannot read list. Pass a path to Parquet files"):
        eg.LazyDesign([1, 2], **DESIGN)
    with pytest.raises(DesignError, match=r"there is no engine 'duckbd'. Did you mean 'duckdb'"):
        eg.LazyDesign(frame, engine="duckbd", **DESIGN)
    with pytest.raises(DesignError, match="engine='duckdb' is for paths"):
        eg.LazyDesign(frame, engine="duckdb", **DESIGN)


@pytest.mark.parametrize(
    ("engine", "module", "extra"),
    [
        ("duckdb", "duckdb", "scale"),
        ("spark", "pyspark.sql", "spark"),
        ("arrow", "pyarrow.parquet", "parquet"),
    ],
)
def test_a_missing_engine_names_its_extra(
    engine: str, module: str, extra: str, parquet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"egovstats\[{extra}\]"):
        eg.LazyDesign(parquet, engine=engine, **DESIGN)


def test_what_needs_the_rows_says_so(frame: pd.DataFrame) -> None:
    design = eg.LazyDesign(frame, **DESIGN)
    message = (
        "this statistic of 'y' needs every respondent's own answer, and a lazy design holds totals by PSU alone. "
        "Read the columns it needs into memory and use Design; totals, means, proportions, ratios, toplines and "
        "chi-square tests work on a lazy design as they are."
    )
    with pytest.raises(EstimateError) as raised:
        eg.quantile(design, "y")
    assert str(raised.value) == message
    for ask in (
        lambda: eg.glm(design, "y ~ wave", family="gaussian"),
        lambda: eg.jackknife(design),
        lambda: eg.rake(design, {"wave": {1: 4.0, 2: 4.0}}),
        lambda: eg.trend(design, "y", on="wave"),
    ):
        with pytest.raises(EstimateError, match="lazy design"):
            ask()
    with pytest.raises(EstimateError, match="takes where= as a condition in words"):
        eg.mean(design, "y", where=np.ones(6, bool))
    with pytest.raises(EstimateError, match="column 'word' does not hold numbers, which a mean needs"):
        eg.mean(design, "word")


@pytest.mark.parametrize(
    "where",
    [
        "y > 2",
        "y != 3",
        "not y > 2",
        "1 < y <= 4",
        "word == 'yes' or wave == 2 and y > 4",
        "word in ['yes', 'maybe']",
        "word not in ['yes']",
        "(y + wave) * 2 >= 6",
        "(y > 2) & (wave == 1) | (w == 2)",
        "`a name` == 1",
        "-y < -2",
    ],
)
def test_conditions_mean_what_they_mean_in_memory(where: str, frame: pd.DataFrame) -> None:
    frame["a name"] = [1, 0, 1, 0, 1, 0]
    lazy, memory = (make(frame, **DESIGN) for make in (eg.LazyDesign, eg.Design))
    ours, theirs = (eg.mean(design, "y", where=where) for design in (lazy, memory))
    assert ours.n.tolist() == theirs.n.tolist()
    np.testing.assert_allclose(ours.estimate, theirs.estimate, rtol=1e-12)


def test_conditions_that_cannot_be_read(frame: pd.DataFrame) -> None:
    design = eg.LazyDesign(frame, **DESIGN)
    with pytest.raises(EstimateError, match="the condition 'y >' cannot be worked out"):
        eg.mean(design, "y", where="y >")
    with pytest.raises(EstimateError, match=r"names 'waev', which is no column. Did you mean 'wave'\?"):
        eg.mean(design, "y", where="waev == 1")
    with pytest.raises(EstimateError, match=r"holds 'abs\(y\)', which a lazy source cannot work out"):
        eg.mean(design, "y", where="abs(y) > 2")
    assert Condition("`a b` > 1 and c == 2").columns(["a b", "c"]) == ("a b", "c")


def test_passes_over_the_source(parquet: Path) -> None:
    design = eg.LazyDesign(parquet, **DESIGN)
    assert design.scan.passes == 1
    eg.topline(design, ["y", "word"])
    assert design.scan.passes == 3  # the waves, then all items together
    eg.topline(design, ["word", "y"])
    eg.proportion(design, "y", by="wave")
    assert design.scan.passes == 3
    eg.mean(design, ["y", "w"])
    assert design.scan.passes == 5  # centres, then sums


def test_a_pass_reads_only_the_columns_it_needs(parquet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquets = pytest.importorskip("pyarrow.parquet")
    read: list[set[str]] = []
    batches = parquets.ParquetFile.iter_batches

    def spy(self: Any, size: int, columns: list[str]) -> Any:
        read.append(set(columns))
        return batches(self, size, columns=columns)

    monkeypatch.setattr(parquets.ParquetFile, "iter_batches", spy)
    eg.proportion(eg.LazyDesign(parquet, **DESIGN), "word", by="wave", where="y > 1")
    assert read == [{"w", "stratum", "psu"}, {"w", "psu", "wave", "y"}, {"w", "psu", "wave", "y", "word"}]


def test_nothing_shows_a_respondent(frame: pd.DataFrame) -> None:
    assert repr(eg.LazyDesign(frame, **DESIGN)) == "<LazyDesign: 6 respondents, 2 strata, 4 PSUs>"


def test_engines_load_with_their_first_use(root: Path, parquet: Path) -> None:
    code = (
        "import sys, egovstats as eg; eg.LazyDesign; "
        "assert not {'duckdb', 'polars', 'dask', 'pyspark', 'narwhals'} & set(sys.modules); "
        f"eg.LazyDesign({str(parquet)!r}, psu='psu'); "
        "assert not {'duckdb', 'polars', 'dask', 'pyspark', 'narwhals'} & set(sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    import tracemalloc

    pytest.importorskip("pyarrow")
    rng = np.random.default_rng(0)
    peaks = []
    for n in (300_000, 1_200_000):
        folder = tmp_path / str(n)
        folder.mkdir()
        frame = pd.DataFrame({"psu": np.arange(n) % 50, "y": rng.integers(1, 6, n), "wave": np.arange(n) % 3})
        frame.to_parquet(folder / "a.parquet", row_group_size=1 << 17)
        tracemalloc.start()
        eg.topline(eg.LazyDesign(folder, psu="psu"), ["y"]).to_frame()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
