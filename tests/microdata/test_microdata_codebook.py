"""The codebook: JSON and back, as a table and back, counts by code, and what is never shown."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata import Codebook, MultipleResponseSet, Variable, load_codebook
from egovstats.microdata.variable import KINDS, MEASURES, tidy_code

text = st.text(max_size=12)
number = st.one_of(st.integers(-(2**60), 2**60), st.floats(allow_nan=False))
code = st.one_of(number, text)
variables = st.builds(
    Variable,
    name=text,
    label=text,
    values=st.dictionaries(code, text, max_size=4),
    missing_codes=st.lists(code, max_size=3).map(tuple),
    missing_ranges=st.lists(st.tuples(number, number), max_size=2).map(tuple),
    tagged_missing=st.dictionaries(st.sampled_from([".a", ".z", "._"]), text, max_size=2),
    measure=st.sampled_from(MEASURES),
    format=text,
    kind=st.sampled_from(KINDS),
    width=st.none() | st.integers(0, 32767),
)
sets = st.builds(
    MultipleResponseSet,
    name=text,
    label=text,
    variables=st.lists(text, max_size=3).map(tuple),
    counted_value=st.none() | code,
    kind=st.sampled_from(["dichotomy", "category"]),
)
books = st.builds(
    Codebook,
    variables=st.lists(variables, max_size=4, unique_by=lambda each: each.name).map(
        lambda found: {each.name: each for each in found}
    ),
    file_label=text,
    weight=st.none() | text,
    multiple_response=st.lists(sets, max_size=2).map(tuple),
    encoding=text,
    encoding_how=st.sampled_from(["declared", "utf-8", "guessed", "given by the user"]),
    notes=st.lists(text, max_size=2).map(tuple),
    n=st.integers(0, 10**9),
    format=text,
    created=text,
    synthetic=st.booleans(),
)


def _types(book):
    return [
        [type(each) for each in (*variable.values, *variable.missing_codes)]
        for variable in book.variables.values()
    ]


@given(books)
def test_json_and_back_is_the_same_codebook(book):
    again = Codebook.from_json(book.to_json())
    assert again == book
    assert _types(again) == _types(book)
    assert list(again.variables) == list(book.variables)
    assert [list(each.values) for each in again.variables.values()] == [
        list(each.values) for each in book.variables.values()
    ]


def test_json_is_plain_and_readable():
    book = Codebook(variables={"q": Variable("q", values={1: "Тийм"}, missing_ranges=((90, math.inf),))})
    content = json.loads(book.to_json())
    assert "Тийм" in book.to_json()
    assert content["what"] == "egovstats codebook"
    assert content["variables"][0]["missing_ranges"] == [[90, {"number": "inf"}]]


def test_text_that_is_no_codebook():
    with pytest.raises(eg.SourceError) as error:
        Codebook.from_json('{"a": 1,\n oops}')
    assert str(error.value).startswith("a codebook cannot be read from text that is not JSON: ")
    assert "in line 2" in str(error.value)
    with pytest.raises(eg.SourceError) as error:
        Codebook.from_json(
            '{"what": "egovstats codebook", "schema_version": 1, "extra": 0,'
            ' "variables": [{"name": "q", "measure": "ordered"}, {"label": "x"}]}'
        )
    for place in ("variables.0.measure: ", "variables.1.name: field required", "extra: "):
        assert place in str(error.value)


def test_variable_described_twice():
    twice = {"what": "egovstats codebook", "schema_version": 1, "variables": [{"name": "q"}, {"name": "q"}]}
    with pytest.raises(eg.SourceError, match="found twice: q"):
        Codebook.from_json(json.dumps(twice))


@pytest.mark.parametrize(
    ("given_code", "tidy"),
    [(1.0, 1), (1.5, 1.5), (-2.0, -2), ("01", "01"), (2.0**60, 2.0**60), (math.inf, math.inf), (True, 1)],
)
def test_codes_are_whole_where_they_can_be(given_code, tidy):
    assert tidy_code(given_code) == tidy
    assert type(tidy_code(given_code)) is type(tidy)


BOOK = Codebook(
    variables={
        "trust": Variable(
            "trust",
            "Trust in the government",
            values={1: "yes", 2: "no", 9: "don't know"},
            missing_codes=(9, -1),
            missing_ranges=((97, 99), (-math.inf, -5)),
            tagged_missing={".a": "refused"},
            measure="nominal",
        ),
        "age": Variable("age", "Age"),
        "town": Variable("town", kind="text", values={"01": "Darhan"}),
    },
    n=4,
)


def test_table_of_a_codebook():
    table = BOOK.to_frame()
    assert list(table.columns) == [
        "variable",
        "label",
        "code",
        "value_label",
        "missing",
        "kind",
        "measure",
        "format",
    ]
    assert table[["variable", "code", "value_label", "missing"]].to_numpy().tolist() == [
        ["trust", "1", "yes", ""],
        ["trust", "2", "no", ""],
        ["trust", "9", "don't know", "yes"],
        ["trust", "-1", "", "yes"],
        ["trust", "97..99", "", "yes"],
        ["trust", "-inf..-5", "", "yes"],
        ["trust", ".a", "refused", "yes"],
        ["age", "", "", ""],
        ["town", "01", "Darhan", ""],
    ]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json"])
def test_codebook_given_back_fits_the_columns(tmp_path, ending):
    path = tmp_path / f"book{ending}"
    if ending == ".json":
        path.write_text(BOOK.to_json(), encoding="utf-8")
    elif ending == ".csv":
        BOOK.to_frame().to_csv(path, index=False)
    else:
        BOOK.to_frame().to_excel(path, index=False)
    (tmp_path / "data.csv").write_text("trust,age,town\n1,30,01\n9,,02\n-1,50,01\n98,20,01\n")
    data = eg.read_microdata(tmp_path / "data.csv", codebook=path)
    trust = data.codebook.variables["trust"]
    assert trust == BOOK.variables["trust"]
    assert data.codebook.variables["town"].values == {"01": "Darhan"}
    assert data.frame["town"].tolist() == ["01", "02", "01", "01"]
    assert trust.declared_missing(data.frame["trust"]).tolist() == [False, True, True, True]
    assert load_codebook(path).variables["age"].label == "Age"


def test_codebook_beside_the_file_is_taken_and_told(tmp_path):
    (tmp_path / "wave.csv").write_text(
        "q\n1\n2\n".replace("q", "q,r").replace("1\n", "1,5\n").replace("2\n", "2,6\n")
    )
    (tmp_path / "wave.codebook.csv").write_text(
        "Variable,Question,Code,Answer\nq,Do you trust?,1,Yes\n,,2,No\nr,Other,,\n"
    )
    data = eg.read_microdata(tmp_path / "wave.csv")
    assert data.codebook.variables["q"].label == "Do you trust?"
    assert data.codebook.variables["q"].values == {1: "Yes", 2: "No"}
    assert data.codebook.notes == ("Labels are from wave.codebook.csv, found beside the file.",)


def test_codebook_of_other_variables_is_warned_of(tmp_path):
    (tmp_path / "d.csv").write_text("q,r\n1,2\n")
    book = Codebook(variables={name: Variable(name, "label") for name in ("q", "trsut", "gone")})
    with pytest.warns(eg.DataWarning, match="describes 2 variables that the file does not have: trsut, gone"):
        data = eg.read_microdata(tmp_path / "d.csv", codebook=book)
    assert data.codebook.variables["q"].label == "label"
    eg.read_microdata(tmp_path / "d.csv", codebook=book, columns=["q"])  # a part of the file: nothing to tell


def test_table_that_contradicts_itself_names_every_row(tmp_path):
    path = tmp_path / "book.csv"
    path.write_text(
        "variable,label,code,value label,missing,measure\n"
        "q,Trust,1,yes,,\n"
        "q,Trust,1,no,,\n"
        "q,Other,2,no,,\n"
        "q,Trust,97..99,,,\n"
        "q,Trust,3,x,,ordered\n"
    )
    with pytest.raises(eg.SourceError) as error:
        load_codebook(path)
    assert str(error.value) == (
        "the codebook 'book.csv' contradicts itself: row 3: code '1' of 'q' has two labels, 'yes' and 'no'; "
        "row 4: 'q' has two labels, 'Trust' and 'Other'; row 5: the range '97..99' of 'q' is not marked missing; "
        "row 6: the measure 'ordered' of 'q' is not one of nominal, ordinal, scale, unknown. Correct these rows."
    )


def test_table_without_its_columns(tmp_path):
    (tmp_path / "b.csv").write_text("varable,text\nq,x\n")
    with pytest.raises(eg.SourceError, match=r"found: varable, text\. Did you mean 'varable'\?"):
        load_codebook(tmp_path / "b.csv")
    (tmp_path / "b.doc").write_text("x")
    with pytest.raises(eg.SourceError, match=r"it ends in '\.doc'"):
        load_codebook(tmp_path / "b.doc")
    for missing in ("no.json", "no.csv", "no.xlsx"):
        with pytest.raises(eg.SourceError, match=r"no\.(json|csv|xlsx)"):
            load_codebook(tmp_path / missing)


def test_given_codebook_lies_over_the_files_own(sav, column):
    path = sav([column("Q", "old", values={1: "old yes"}, missing=(9,))], [(1,), (9,)])
    book = Codebook(variables={"Q": Variable("Q", "new", values={"1": "yes"})})
    variable = eg.read_microdata(path, codebook=book).codebook.variables["Q"]
    assert (variable.label, variable.values, variable.missing_codes) == ("new", {1: "yes"}, (9,))


def test_counts_add_up_to_the_rows():
    frame = pd.DataFrame(
        {
            "trust": [1, 1, 2, 9, 98, 5, None, -7],
            "age": range(8),
            "town": ["01", "01", "02", "", None, "03", "04", "05"],
        }
    )
    counts = BOOK.frequencies(frame)
    assert (counts.groupby("variable")["n"].sum() == len(frame)).all()
    trust = counts[counts["variable"] == "trust"]
    assert trust[["code", "label", "missing", "n"]].astype(object).where(
        trust.notna(), None
    ).to_numpy().tolist() == [
        [1, "yes", "", 2],
        [2, "no", "", 1],
        [9, "don't know", "declared", 1],
        [-7, "", "declared", 1],
        [98, "", "declared", 1],
        [None, "1 other value, each of fewer than 5 respondents", "", 1],
        [".a", "refused", "tagged", 0],
        [None, "no value", "system", 1],
    ]


def test_unknown_variable_to_count():
    with pytest.raises(eg.SourceError, match=r"has no variable 'trsut'\. Did you mean 'trust'"):
        BOOK.frequencies(pd.DataFrame({"trust": [1]}), names=["trsut"])
    with pytest.raises(eg.SourceError, match="the frame has no column 'trust' to count"):
        BOOK.frequencies(pd.DataFrame({"trst": [1]}), names=["trust"])


def _lines(values, kind="number", **options):
    book = Codebook(variables={"x": Variable("x", kind=kind, **options)})
    counts = book.frequencies(pd.DataFrame({"x": values}))
    return [
        (None if pd.isna(code) else code, label, n)
        for code, label, n in counts[["code", "label", "n"]].to_numpy()
    ]


def test_values_that_may_name_someone_are_not_listed():
    assert _lines([f"Name {k}" for k in range(50)], "text") == [
        (None, "50 different values, not listed: text may name people", 50)
    ]
    assert _lines(["Bold", "Tuya", "Bold"], "text") == [
        (None, "2 different values, not listed: text may name people", 3)
    ]
    assert _lines(list(range(1000, 1100))) == [
        (None, "100 different values, not listed: nearly all differ", 100)
    ]
    births = pd.to_datetime(["1960-05-01", "1999-12-31", None])
    assert _lines(births, "date") == [(None, "dates from 1960 to 1999", 2), (None, "no value", 1)]
    assert _lines(pd.to_timedelta(["01:00:00"]), "time") == [(None, "times, not listed", 1)]


def test_values_that_many_share_are_listed_or_summed_up():
    assert _lines(["a"] * 9 + ["b"] * 6, "text") == [("a", "", 9), ("b", "", 6)]
    assert _lines([1] * 9 + [2] * 6 + [3]) == [
        (1, "", 9),
        (2, "", 6),
        (None, "1 other value, each of fewer than 5 respondents", 1),
    ]
    ages = [age for age in range(18, 78) for _ in range(4)]
    assert _lines(ages) == [(None, "60 different values: quartiles 32, 47, 62", 240)]
    assert _lines(["", "", "x"] * 5, "text") == [("x", "", 5), (None, "blank", 10)]


def test_small_counts_of_unlabelled_values_can_be_asked_for():
    book = Codebook(variables={"x": Variable("x")})
    counts = book.frequencies(pd.DataFrame({"x": [1, 1, 2]}), least=1)
    assert counts[["code", "n"]].to_numpy().tolist() == [[1, 2], [2, 1]]


def test_only_keeps_the_order_of_the_file():
    assert list(BOOK.only(["town", "trust"]).variables) == ["trust", "town"]
