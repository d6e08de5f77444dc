"""SPSS files: codes, declared missing values, weight, sets, names; hand-made where no writer makes them."""

from __future__ import annotations

import math
import struct

import pandas as pd
import pyreadstat
import pytest

import egovstats as eg
from egovstats.microdata import MultipleResponseSet
from egovstats.microdata.spss_header import DictionaryError, read_spss_header

NAN = math.nan


def test_codes_stay_codes_and_labels_go_to_the_codebook(sav, column):
    path = sav(
        [column("Q1", "Trust", values={1: "Yes", 2: "No", 9: "Don't know"}, missing=(9,)), column("N")],
        [(1, 1.5), (9, NAN), (2, 3)],
    )
    data = eg.read_microdata(path)
    assert data.frame["Q1"].tolist() == [1, 9, 2]
    variable = data.codebook.variables["Q1"]
    assert variable.label == "Trust"
    assert variable.values == {1: "Yes", 2: "No", 9: "Don't know"}
    assert [type(code) for code in variable.values] == [int, int, int]
    assert variable.missing_codes == (9,)
    assert variable.kind == "number"
    assert data.frame["N"].isna().tolist() == [False, True, False]
    assert (data.codebook.n, data.codebook.format, data.codebook.created) == (3, "sav", "2020-05-01T10:11:12")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("compressed", [False, True])
def test_weight_is_found_behind_texts_and_under_its_long_name(sav, column, order, compressed):
    columns = [column("ID", width=20), column("TOWN", width=255), column("W"), column("Q")]
    rows = [("a", "x" * 255, 0.5, 1), ("b", "", 1.5, 2)]
    path = sav(
        columns,
        rows,
        weight="W",
        order=order,
        compressed=compressed,
        long_names={"W": "weight_final", "ID": "respondent"},
    )
    data = eg.read_microdata(path)
    assert data.codebook.weight == "weight_final"
    assert data.frame["weight_final"].tolist() == [0.5, 1.5]
    assert data.frame["TOWN"].str.len().tolist() == [255, 0]


def test_no_weight_is_none(sav, column):
    assert eg.read_microdata(sav([column("Q")], [(1,)])).codebook.weight is None


@pytest.mark.parametrize("place", [-3, 2, 900])
def test_weight_that_points_nowhere_is_none(sav, column, place):
    path = sav([column("T", width=16), column("Q")], [("a", 1)])
    raw = bytearray(path.read_bytes())
    raw[76:80] = place.to_bytes(4, "little", signed=True)  # element 2 is the second half of the text T
    path.write_bytes(raw)
    assert read_spss_header(path).weight is None


def test_ranges_codes_and_open_ends_of_missing_values(sav, column):
    low, high = -1.7976931348623157e308, 1.7976931348623157e308
    path = sav(
        [
            column("A", missing=(7, 8, 9)),
            column("B", missing_range=(97, 99)),
            column("C", missing_range=(97, 99), missing=(-1,)),
            column("D", missing_range=(90, high)),
            column("E", missing_range=(low, 0.5)),
        ],
        [(7, 98, -1, 95, -5), (1, 1, 97, 1, 1)],
    )
    data = eg.read_microdata(path)
    found = {
        name: (each.missing_codes, each.missing_ranges) for name, each in data.codebook.variables.items()
    }
    assert found == {
        "A": ((7, 8, 9), ()),
        "B": ((), ((97, 99),)),
        "C": ((-1,), ((97, 99),)),
        "D": ((), ((90, math.inf),)),
        "E": ((), ((-math.inf, 0.5),)),
    }
    assert data.frame.iloc[0].tolist() == [7, 98, -1, 95, -5]  # the codes are still there
    missing = {
        name: each.declared_missing(data.frame[name]).tolist()
        for name, each in data.codebook.variables.items()
    }
    assert missing == {
        "A": [True, False],
        "B": [True, False],
        "C": [True, True],
        "D": [True, False],
        "E": [True, False],
    }


def test_string_codes_keep_labels_and_missing(tmp_path):
    frame = pd.DataFrame({"sex": ["M", "F", "Z", ""]})
    pyreadstat.write_sav(
        frame,
        tmp_path / "s.sav",
        variable_value_labels={"sex": {"M": "man", "F": "woman"}},
        missing_ranges={"sex": ["Z"]},
    )
    data = eg.read_microdata(tmp_path / "s.sav")
    variable = data.codebook.variables["sex"]
    assert variable.values == {"M": "man", "F": "woman"}
    assert variable.missing_codes == ("Z",)
    assert variable.kind == "text"
    assert variable.width == 1
    assert data.frame["sex"].tolist() == ["M", "F", "Z", ""]
    assert variable.declared_missing(data.frame["sex"]).tolist() == [False, False, True, False]


def test_sets_of_both_extension_records(sav, column):
    path = sav(
        [column("Q1A", "one"), column("Q1B", "two"), column("Q2", "three")],
        [(1, 0, 3)],
        sets="$problems=D1 1 19 Хэцүү ажил q1a q1b\n$mentions=C 0  q1a Q2\n$broken=D\n".encode(),
        extended_sets=b"$later=E 11 1 1 5 Later q1b q2\n$same=E 1 3 yes 0  q1a q1b\n",
        long_names={"Q1A": "problem_jobs", "Q1B": "problem_prices", "Q2": "second"},
    )
    with pytest.warns(eg.DataWarning, match="sets that are damaged: 1"):
        found = eg.read_microdata(path).codebook.multiple_response
    assert found == (
        MultipleResponseSet("problems", "Хэцүү ажил", ("problem_jobs", "problem_prices"), 1, "dichotomy"),
        MultipleResponseSet("mentions", "", ("problem_jobs", "second"), None, "category"),
        MultipleResponseSet("later", "Later", ("problem_prices", "second"), 1, "dichotomy"),
        MultipleResponseSet("same", "", ("problem_jobs", "problem_prices"), "yes", "dichotomy"),
    )


def test_label_of_a_set_may_hold_a_line_break(sav, column):
    path = sav([column("A"), column("B")], [(1, 0)], sets=b"$m=D1 1 9 two\nlines a b\n$n=C 0  a b\n")
    found = eg.read_microdata(path).codebook.multiple_response
    assert [(each.name, each.label) for each in found] == [("m", "two\nlines"), ("n", "")]


def test_columns_are_read_in_file_order_and_the_weight_is_still_known(sav, column):
    path = sav([column("A"), column("B"), column("W")], [(1, 2, 3)], weight="W")
    data = eg.read_microdata(path, columns=["B", "A"])
    assert list(data.frame.columns) == ["A", "B"]
    assert list(data.codebook.variables) == ["A", "B"]
    assert data.codebook.weight == "W"


def test_unknown_column_names_the_near_one(sav, column):
    path = sav([column("TRUST"), column("AGE")], [(1, 2)])
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(path, columns=["TRSUT"])
    assert str(error.value) == "'made.sav' has no column 'TRSUT'. Did you mean 'TRUST'?"


def test_zsav_is_told_apart_by_its_content(tmp_path):
    path = tmp_path / "z.sav"
    pyreadstat.write_sav(pd.DataFrame({"q": [1.0, 2.0]}), path, compress=True)
    data = eg.read_microdata(path)
    assert data.codebook.format == "zsav"
    assert data.frame["q"].tolist() == [1, 2]


def test_stamp_marks_codebook_and_source(sav, column):
    path = sav([column("Q")], [(1,)], file_label="SYNTHETIC stand-in, drawn for a demonstration")
    data = eg.read_microdata(path)
    assert data.codebook.synthetic
    assert data.source.synthetic
    assert data.source.title == "SYNTHETIC stand-in, drawn for a demonstration"
    assert data.source.file == "made.sav"
    assert len(data.source.sha256) == 64


def test_repr_shows_no_rows(sav, column):
    data = eg.read_microdata(sav([column("NAME", width=8)], [("Bold",), ("Tuya",)]))
    assert repr(data) == "<Microdata made.sav: 2 rows, 1 columns>"


def test_measure_and_format_are_kept(tmp_path):
    pyreadstat.write_sav(
        pd.DataFrame({"a": [1.0], "b": [2.0], "c": [3.0]}),
        tmp_path / "m.sav",
        variable_measure={"a": "nominal", "b": "ordinal", "c": "scale"},
        variable_format={"a": "F4.1"},
    )
    variables = eg.read_microdata(tmp_path / "m.sav").codebook.variables
    assert [each.measure for each in variables.values()] == ["nominal", "ordinal", "scale"]
    assert variables["a"].format == "F4.1"


def test_header_of_another_file_is_refused(tmp_path):
    (tmp_path / "no.sav").write_bytes(b"$FL2" + b"\0" * 20)
    with pytest.raises(DictionaryError, match="not that of an SPSS system file"):
        read_spss_header(tmp_path / "no.sav")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (180, 300, "a variable of width 300 with 0 missing values"),
        (180, -1, "a variable of width -1 with 0 missing values"),
        (180, 52, "a text without all its elements"),
        (188, 4, "a variable of width 0 with 4 missing values"),
        (176, 12, "a record of the unknown kind 12"),
        (240, 900, "labels for the variable at place 900, where there is none"),
        (240, -2, "labels for the variable at place -2, where there is none"),
        (236, -1, "a record of -1 numbers"),
    ],
)
def test_damaged_dictionary_never_reaches_pyreadstat(sav, column, place, value, said):
    """Some of these end the whole program there."""
    path = sav([column("Q", values={1: "yes"})], [(1,)])
    raw = bytearray(path.read_bytes())
    raw[place : place + 4] = value.to_bytes(4, "little", signed=True)
    path.write_bytes(raw)
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(path)
    assert str(error.value) == (
        f"'made.sav' cannot be read: it is cut off or damaged (in its dictionary: {said}). Get the file again, "
        "and compare its size in bytes with the producer's."
    )


def test_labels_of_a_number_given_to_a_long_text_are_refused(sav, column):
    path = sav([column("T", width=20), column("Q", values={1: "yes"})], [("a", 1)])
    raw = path.read_bytes()
    labels = struct.pack("<3i", 4, 1, 4)  # record 4, one variable, the fourth element
    assert raw.count(labels) == 1
    path.write_bytes(raw.replace(labels, struct.pack("<3i", 4, 1, 1)))
    with pytest.raises(eg.SourceError, match="labels of eight bytes for the longer text at place 1"):
        eg.read_microdata(path)


def test_nothing_of_the_callers_is_changed_by_a_second_read(sav, column):
    path = sav([column("Q", values={1: "a"})], [(1,)])
    first = eg.read_microdata(path)
    second = eg.read_microdata(path)
    assert first.codebook == second.codebook
    pd.testing.assert_frame_equal(first.frame, second.frame)


def test_portable_file_keeps_codes_declared_missing(tmp_path):
    """pyreadstat's own function for .por drops them; the weight stands in its opening."""
    path = tmp_path / "p.por"
    pyreadstat.write_por(pd.DataFrame({"Q": [1.0, 9.0], "W": [0.5, 2.0]}), path)
    text = path.read_bytes().replace(b"\r\n", b"")
    variable = b"70/1/Q5/8/2/5/8/2/"
    assert text.count(variable) == 1
    text = text.replace(variable, b"61/W" + variable + b"89/", 1)  # weight record; one missing code, 9
    path.write_bytes(b"\r\n".join(text[k : k + 80] for k in range(0, len(text), 80)) + b"\r\n")
    data = eg.read_microdata(path)
    assert data.codebook.weight == "W"
    assert data.codebook.variables["Q"].missing_codes == (9,)
    assert data.frame["Q"].tolist() == [1, 9]
