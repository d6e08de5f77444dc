"""CSV, Excel and Parquet: codes stay codes, and rows that do not fit stop the read."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata.text_layout import has_leading_zero

NOTHING = float("nan")


@pytest.fixture
def csv(tmp_path):
    def write(content, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def _values(data, name):
    return [None if pd.isna(value) else value for value in data.frame[name]]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["1", "2", ""], [1, 2, None]),
        (["01", "2", ""], ["01", "2", None]),
        (["-01", "2", "3"], ["-01", "2", "3"]),
        (["0", "0.5", "10"], [0, 0.5, 10]),
        (["NA", "1", "2"], ["NA", "1", "2"]),
        (["None", "nan", "null"], ["None", "nan", "null"]),
        (["TRUE", "FALSE", ""], ["TRUE", "FALSE", None]),
        (["9007199254740993", "", "1"], ["9007199254740993", None, "1"]),
        (["12345678901234567890123", "", "1"], ["12345678901234567890123", None, "1"]),
        (["inf", "1", "2"], ["inf", "1", "2"]),
        (["2020-01-02", "2020-01-03", ""], ["2020-01-02", "2020-01-03", None]),
        (["-1", "998", "  "], [-1, 998, None]),
        (["0.1", "0.30000000000000004", "5e-324"], [0.1, 0.30000000000000004, 5e-324]),
    ],
)
def test_codes_of_a_csv_stay_codes(csv, column, expected):
    rows = "\n".join(f"{k},{cell}" for k, cell in enumerate(column))
    assert _values(eg.read_microdata(csv(f"id,x\n{rows}\n")), "x") == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a;b\n1,5;x\n2;y\n", [1.5, 2]),
        ("a\tb\n1\tx\n2\ty\n", [1, 2]),
        ("a|b\n1|x\n2|y\n", [1, 2]),
        ("sep=;\na;b\n1;x\n2;y\n", [1, 2]),
        ('a,b\n1,"x, y"\n2,"line\nbreak"\n', [1, 2]),
        ('a,b\n1,5" tall\n2,y\n', [1, 2]),
        ('a,b\n1,"he said ""yes"", twice"\n2,y\n', [1, 2]),
        ("a,b\r\n1,x\r\n2,y\r\n", [1, 2]),
        ("a,b\r1,x\r2,y\r", [1, 2]),
        ("\ufeffa,b\n1,x\n2,y\n", [1, 2]),
        ("a,b\n1,x\n\n   \n2,y\n", [1, 2]),
        ("a,b\n1,x\n,\n2,y\n,\n", [1, 2]),
        ("a,b\n1,x\n2,y", [1, 2]),
    ],
)
def test_layouts_of_a_csv(csv, content, expected):
    assert _values(eg.read_microdata(csv(content)), "a") == expected


def test_notes_tell_what_was_done(csv):
    notes = eg.read_microdata(csv("a;;b\n1,5;x;1\n;;\n2;y;2")).codebook.notes
    assert notes == (
        "Column 2 has no name and was called 'unnamed_2'.",
        "Numbers are written with a decimal comma.",
        "The file does not end with a line break: if it was cut off, its last value may be too short.",
        "Rows without any value were left out: 1.",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n3\n", "it is cut off or damaged (its last row, 3, has 1 of 2 fields)"),
        ("a,b\n1,2\n3\n4,5\n", "rows without the 2 fields of the header: 1; the first is row 3, with 1."),
        ("a,b\n1,2,3\n4,5,6\n", "rows without the 2 fields of the header: 2; the first is row 2, with 3."),
        ('a,b\n1,"x\n3,4\n', "(its last row, 2, has 2 of 2 fields)"),
        ("a,b,a\n1,2,3\n", "names columns twice: a. Give each column its own name."),
        ("a,b\n", "has 2 columns and 0 rows"),
        (b"a,b\n1\0,2\n", "it holds zero bytes"),
        ("a,b\n1,对总统的信任程度\n2,完全不信任\n".encode("gbk"), "is it made of words. Pass encoding="),
    ],
)
def test_tables_that_do_not_hold_together(csv, content, said):
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(csv(content))
    if "2 of 2" in said:  # quotation marks that never close
        assert "it ends inside quotation marks" in str(error.value)
    else:
        assert said in str(error.value)


def test_one_column_is_warned_of(csv):
    with pytest.warns(eg.DataWarning, match="Only one column was found"):
        eg.read_microdata(csv("a^b\n1^2\n"))


def test_old_encodings_of_a_csv(csv):
    russian = "вопрос,ответ\nДоверие правительству,1\nНикакого доверия,2\n"
    data = eg.read_microdata(csv(russian.encode("cp1251") * 1 + "Отказ от ответа,3\n".encode("cp1251")))
    assert data.frame["ответ"].tolist() == [1, 2, 3]
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("windows-1251", "guessed")
    data = eg.read_microdata(csv(russian.encode("utf-16")))
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("utf-16", "declared")
    with pytest.warns(eg.DataWarning, match=r"looks misread.*pass encoding='windows-1251'"):
        eg.read_microdata(csv(russian.encode("cp1251")), encoding="latin-1")
    with pytest.raises(eg.SourceError, match=r"cannot be read as utf-8 \(given by the user\)"):
        eg.read_microdata(csv(russian.encode("cp1251")), encoding="utf-8")


def test_columns_of_a_csv(csv):
    path = csv("a,b,c\n1,2,3\n,,\n4,,6\n")
    data = eg.read_microdata(path, columns=["b", "a"])
    assert list(data.frame.columns) == ["a", "b"]
    assert _values(data, "b") == [2, None]  # the empty row went, the respondent without an answer stayed
    with pytest.raises(eg.SourceError, match=r"has no column 'd'\. There are: 'a', 'b', 'c'\."):
        eg.read_microdata(path, columns=["d"])


cells = st.text(alphabet='ab1,;"\n é', max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8))
def test_what_pandas_writes_is_read_with_every_row(tmp_path, rows):
    frame = pd.DataFrame(rows, columns=["x", "y", "z"]).assign(id=[f"r{k}" for k in range(len(rows))])
    frame.to_csv(tmp_path / "f.csv", index=False)
    data, _ = _quiet(tmp_path / "f.csv")
    assert data.frame["id"].tolist() == frame["id"].tolist()


def _quiet(path):
    from egovstats.microdata.read import read_with_doubts

    return read_with_doubts(path)


@given(
    st.lists(
        st.sampled_from(["0", "01", "10", "1", "-0", "-07", "+05", "a01", "0.5", "100", "00"]), max_size=6
    )
)
def test_leading_zeros_are_never_overlooked(fields):
    data = ("h\n" + "\n".join(fields)).encode()
    zero = any(
        len(f.lstrip("+-")) > 1 and f.lstrip("+-")[0] == "0" and f.lstrip("+-")[1].isdigit() for f in fields
    )
    assert has_leading_zero(data) or not zero


def test_rows_are_checked_over_more_than_one_piece(csv, monkeypatch):
    monkeypatch.setattr("egovstats.microdata.text_layout._CHUNK", 7)
    good = "aa,bb\n" + '1,"x,\n2"\n' * 9 + "3,4\n"
    assert len(eg.read_microdata(csv(good)).frame) == 10
    assert eg.read_microdata(csv("aa,bb\n11,01\n22,02\n")).frame["bb"].tolist() == ["01", "02"]
    with pytest.raises(eg.SourceError, match="the first is row 12, with 3"):
        eg.read_microdata(csv(good + "5,6,7\n8,9\n"))


def test_excel_keeps_types_and_takes_a_sheet_of_labels(tmp_path):
    path = tmp_path / "w.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame(
            {
                "q": [1, 2, None],
                "code": ["01", "02", "NA"],
                "mixed": [1, "x", True],
                "day": pd.to_datetime(["2020-01-02", None, "2020-03-04"]),
                "flag": [True, False, True],
            }
        ).to_excel(book, sheet_name="data", index=False)
        pd.DataFrame({"variable": ["q"], "label": ["Trust"], "code": [1], "value label": ["yes"]}).to_excel(
            book, sheet_name="Codebook", index=False
        )
        pd.DataFrame({"z": [1]}).to_excel(book, sheet_name="more", index=False)
    data = eg.read_microdata(path)
    assert _values(data, "q") == [1, 2, None]
    assert _values(data, "code") == ["01", "02", "NA"]
    assert _values(data, "mixed") == ["1", "x", "TRUE"]
    assert _values(data, "flag") == ["TRUE", "FALSE", "TRUE"]
    assert data.frame["day"].iloc[0] == pd.Timestamp("2020-01-02")
    assert data.codebook.variables["day"].kind == "datetime"
    assert data.codebook.variables["q"].label == "Trust"
    assert data.codebook.variables["q"].values == {1: "yes"}
    assert data.codebook.notes == ("The sheet 'data' was read; also there: 'more'.",)
    assert list(eg.read_microdata(path, columns=["day", "q"]).frame.columns) == ["q", "day"]


def _workbook(path, rows):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_workbooks_that_are_no_tables(tmp_path):
    path = tmp_path / "w.xlsx"
    with pytest.raises(
        eg.SourceError, match="1 cells of sheet1 hold formulas whose values were never computed"
    ):
        eg.read_microdata(_workbook(path, [["a", "b"], [1, "=A2+1"]]))
    with pytest.raises(eg.SourceError, match="names columns twice: a"):
        eg.read_microdata(_workbook(path, [["a", "a"], [1, 2]]))
    with pytest.raises(eg.SourceError, match="column 2 of the sheet 'Sheet' has values and no name"):
        eg.read_microdata(_workbook(path, [["Trust in government"], ["a", "b"], [1, 2]]))
    with pytest.raises(eg.SourceError, match="holds no table"):
        eg.read_microdata(_workbook(path, [["a", "b"]]))


def test_excel_without_openpyxl(tmp_path, monkeypatch):
    path = _workbook(tmp_path / "w.xlsx", [["a"], [1]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(eg.MissingExtraError, match=r"egovstats\[xlsx\]"):
        eg.read_microdata(path)


def test_parquet_without_pyarrow(tmp_path, monkeypatch):
    path = tmp_path / "p.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(eg.MissingExtraError, match=r"egovstats\[parquet\]"):
        eg.read_microdata(path)


def test_parquet_gives_codes(tmp_path):
    path = tmp_path / "p.parquet"
    pd.DataFrame(
        {
            "q": pd.array([1, None, 3], dtype="Int8"),
            "answer": pd.Categorical(["yes", "no", None]),
            "code": pd.Categorical([3, 1, 3]),
            "flag": [True, False, True],
            "maybe": pd.array([True, None, False], dtype="boolean"),
            "id": pd.array([2**53 + 1, None, 5], dtype="Int64"),
            "day": pd.to_datetime(["2020-01-02", None, "2020-03-04"]),
        },
        index=pd.Index([7, 8, 9], name="respondent"),
    ).to_parquet(path)
    data = eg.read_microdata(path)
    assert _values(data, "q") == [1, None, 3]
    assert _values(data, "answer") == ["yes", "no", None]
    assert data.frame["code"].tolist() == [3, 1, 3]
    assert data.frame["flag"].tolist() == [1, 0, 1]
    assert _values(data, "maybe") == [1, None, 0]
    assert data.codebook.variables["flag"].values == {0: "false", 1: "true"}
    assert _values(data, "id") == [str(2**53 + 1), None, "5"]
    assert data.frame["respondent"].tolist() == [7, 8, 9]
    kinds = {name: each.kind for name, each in data.codebook.variables.items()}
    assert kinds["answer"] == "text"
    assert kinds["day"] == "datetime"
    assert list(eg.read_microdata(path, columns=["code", "q"]).frame.columns) == ["q", "code"]


def test_parquet_that_is_no_table_of_codes(tmp_path):
    path = tmp_path / "p.parquet"
    pd.DataFrame({"a": [[1, 2], [3]], "b": [1, 2]}).to_parquet(path)
    with pytest.raises(eg.SourceError, match="the columns a hold lists or records"):
        eg.read_microdata(path)
    assert eg.read_microdata(path, columns=["b"]).frame["b"].tolist() == [1, 2]
    with pytest.raises(eg.SourceError, match="has no column 'c'"):
        eg.read_microdata(path, columns=["c"])


def test_a_sav_survives_as_parquet_with_its_codebook(sav, column, tmp_path):
    columns = [column("Q", "Trust", values={1: "yes", 9: "?"}, missing=(9,)), column("W")]
    first = eg.read_microdata(sav(columns, [(1, 0.5), (9, 2)], weight="W"))
    first.frame.to_parquet(tmp_path / "copy.parquet")
    (tmp_path / "copy.codebook.json").write_text(first.codebook.to_json(), encoding="utf-8")
    again = eg.read_microdata(tmp_path / "copy.parquet")
    assert again.codebook.variables == first.codebook.variables
    assert again.codebook.weight == "W"
    assert again.codebook.created == first.codebook.created
    assert np.array_equal(again.frame.to_numpy(), first.frame.to_numpy())
