"""Tagged missing values of Stata and SAS, and whole-number columns with gaps."""

from __future__ import annotations

import pandas as pd
import pyreadstat
import pytest

import egovstats as eg


@pytest.fixture
def stata(tmp_path):
    path = tmp_path / "t.dta"
    frame = pd.DataFrame(
        {
            "trust": [1, "a", 3, None, "b"],
            "gap": [1.0, None, 3.0, 4.0, 5.0],
            "code": [1, 2, 3, 4, 5],
            "text": ["a", "b", "a", "", "z"],
        }
    )
    pyreadstat.write_dta(
        frame,
        path,
        column_labels=["Trust", "Gap", "Code", "Text"],
        variable_value_labels={"trust": {1: "yes", 3: "no", "a": "refused"}},
        missing_user_values={"trust": ["a", "b"]},
    )
    return path


def test_tags_are_kept_beside_the_numbers(stata):
    data = eg.read_microdata(stata)
    assert data.frame["trust"].dtype == float
    assert data.frame["trust"].fillna(-1).tolist() == [1, -1, 3, -1, -1]
    assert list(data.tags) == ["trust"]
    assert data.tags["trust"].fillna("").tolist() == ["", ".a", "", "", ".b"]
    assert data.tags["trust"].name == "trust"
    variable = data.codebook.variables["trust"]
    assert variable.values == {1: "yes", 3: "no"}
    assert variable.tagged_missing == {".a": "refused", ".b": ""}


def test_empty_whole_numbers_after_a_tag_are_empty(tmp_path):
    """pyreadstat leaves such cells unset, so that they hold whatever was in memory."""
    tagged = [5, "a", None, 7, None, "b", None] * 50
    pyreadstat.write_dta(
        pd.DataFrame({"x": tagged}), tmp_path / "x.dta", missing_user_values={"x": ["a", "b"]}
    )
    data = eg.read_microdata(tmp_path / "x.dta")
    assert data.frame["x"].fillna(-1).tolist() == [5, -1, -1, 7, -1, -1, -1] * 50
    assert data.tags["x"].fillna("").tolist() == ["", ".a", "", "", "", ".b", ""] * 50


def test_texts_that_look_like_tags_stay_texts(stata):
    data = eg.read_microdata(stata)
    assert data.frame["text"].tolist() == ["a", "b", "a", "", "z"]
    assert data.codebook.variables["text"].kind == "text"


def test_whole_numbers_stay_numbers(stata):
    data = eg.read_microdata(stata)
    assert data.frame["code"].tolist() == [1, 2, 3, 4, 5]
    assert data.frame["gap"].isna().sum() == 1
    assert all(pd.api.types.is_numeric_dtype(data.frame[name].dtype) for name in ("trust", "gap", "code"))


def test_column_of_tags_only_is_a_number_without_values(tmp_path):
    pyreadstat.write_dta(
        pd.DataFrame({"x": ["a", "b"]}), tmp_path / "x.dta", missing_user_values={"x": ["a", "b"]}
    )
    data = eg.read_microdata(tmp_path / "x.dta")
    if data.codebook.variables["x"].kind == "text":
        pytest.skip("this pyreadstat writes a column of tags as text")
    assert data.frame["x"].isna().all()
    assert data.tags["x"].tolist() == [".a", ".b"]


def test_counts_tell_tags_from_empty_cells(stata):
    counts = eg.read_microdata(stata).frequencies(names=["trust"])
    assert counts.astype(object).where(counts.notna(), None).to_numpy().tolist() == [
        ["trust", 1, "yes", "", 1],
        ["trust", 3, "no", "", 1],
        ["trust", ".a", "refused", "tagged", 1],
        ["trust", ".b", "", "tagged", 1],
        ["trust", None, "no value", "system", 1],
    ]


def test_labels_that_the_file_refers_to_and_lacks_are_warned_of(tmp_path):
    path = tmp_path / "old.dta"
    pyreadstat.write_dta(
        pd.DataFrame({"q": [1, 2]}), path, version=12, variable_value_labels={"q": {1: "yes", 2: "no"}}
    )
    whole = path.read_bytes()
    rows_end = whole.rindex(b"\x1f\0\0\0q")  # the label table: its size, its name
    path.write_bytes(whole[:rows_end])
    with pytest.warns(eg.DataWarning, match=r"1 variables refer to labels that are not in the file: q\."):
        data = eg.read_microdata(path)
    assert data.frame["q"].tolist() == [1, 2]


def test_transport_file_keeps_tags(tmp_path):
    """pyreadstat's own function for .xpt drops them."""
    path = tmp_path / "t.xpt"
    pyreadstat.write_xport(pd.DataFrame({"X": [1.0, 2.0, 3.0]}), path)
    raw = bytearray(path.read_bytes())
    begins = raw.index(b"HEADER RECORD*******OBS") + 80
    raw[begins + 8 : begins + 16] = b"A" + b"\0" * 7  # SAS writes .A as the letter and seven zeros
    path.write_bytes(raw)
    data = eg.read_microdata(path)
    assert data.frame["X"].fillna(-1).tolist() == [1, -1, 3]
    assert data.tags["X"].fillna("").tolist() == ["", ".A", ""]
