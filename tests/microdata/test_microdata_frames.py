"""Frames in memory are taken as they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.microdata import Codebook, Variable

BOOK = Codebook(
    {"q": Variable("q", "Trust", {1: "yes", 2: "no"}), "gone": Variable("gone")}, file_label="Wave 1"
)


def _pandas():
    return pd.DataFrame(
        {
            "q": [1, 2, None],
            "sex": pd.Categorical(["m", None, "f"]),
            "yes": [True, False, True],
            "day": pd.to_datetime(["2020-05-01", None, "2020-05-02"]),
        },
        index=[5, 6, 7],
    )


def _polars():
    return pytest.importorskip("polars").from_pandas(_pandas())


@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy", "arrow"])
def test_every_kind_gives_the_same_codes(kind):
    frame = _pandas()
    if kind in ("polars", "lazy"):
        frame = _polars().lazy() if kind == "lazy" else _polars()
    if kind == "arrow":
        frame = pytest.importorskip("pyarrow").Table.from_pandas(_pandas(), preserve_index=False)
    data = eg.read_microdata(frame, codebook=BOOK)
    assert list(data.frame.columns) == ["q", "sex", "yes", "day"]
    assert np.array_equal(data.frame["q"].to_numpy(dtype=float), [1, 2, np.nan], equal_nan=True)
    assert data.frame["sex"].fillna("").tolist() == ["m", "", "f"]
    assert data.frame["yes"].tolist() == [1, 0, 1]
    assert data.frame.index.tolist() == [0, 1, 2]
    variables = data.codebook.variables
    assert [each.kind for each in variables.values()] == ["number", "text", "number", "datetime"]
    assert (variables["q"].label, variables["q"].values) == ("Trust", {1: "yes", 2: "no"})
    assert variables["yes"].values == {0: "false", 1: "true"}
    assert data.codebook.notes == ("The codebook describes variables that the frame does not have: gone.",)
    assert (data.source.title, data.source.file, data.source.sha256) == ("Wave 1", "", "")
    assert (data.codebook.n, data.codebook.format) == (3, "frame")


def test_the_frame_of_the_caller_stays_as_it_is():
    frame = _pandas()
    data = eg.as_microdata(frame, columns=["yes"], title="Mine")
    data.frame.loc[0, "yes"] = 9
    pd.testing.assert_frame_equal(frame, _pandas())
    assert list(data.frame.columns) == ["yes"]
    assert data.source.title == "Mine"


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ([1, 2], "a frame of pandas or polars or an Arrow table is needed; found: list. Give the rows"),
        (pd.DataFrame({"a": []}), "the frame has 1 columns and 0 rows, so there is no one in it to count."),
        (pd.DataFrame({1: [1]}), "must have names that are text; found: 1. Rename them"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "must have each column once; found twice: a. Rename"),
        (pd.DataFrame({"a": [[1], [2]]}), "the columns a of the frame hold lists or records"),
    ],
)
def test_what_is_refused(frame, said):
    with pytest.raises(eg.SourceError) as error:
        eg.as_microdata(frame)
    assert said in str(error.value)


def test_a_column_that_is_not_there():
    with pytest.raises(eg.SourceError, match=r"'the frame' has no column 'sexx'. Did you mean 'sex'\?"):
        eg.as_microdata(_pandas(), columns=["sexx"])


def test_synthetic_frames_keep_their_stamp():
    book = Codebook({}, file_label="SYNTHETIC wave")
    assert eg.as_microdata(_pandas(), codebook=book).source.synthetic
