"""Codebooks in other formats: read back equal, counted rightly, and nothing in them runs or names anyone."""

from __future__ import annotations

import json
import math
import warnings
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata import Codebook, MultipleResponseSet, Variable, load_codebook
from egovstats.sources import Source

DDI = "{ddi:codebook:2_5}"
# DDI-Codebook 2.5: the children of each element, in the order that its schema prescribes
ORDER = {
    "codeBook": ["docDscr", "stdyDscr", "fileDscr", "dataDscr", "otherMat"],
    "fileDscr": ["fileTxt", "locMap", "notes"],
    "fileTxt": [
        "fileName",
        "fileCitation",
        "fileCont",
        "fileStrc",
        "dimensns",
        "fileType",
        "format",
        "filePlac",
    ],
    "dimensns": ["caseQnty", "varQnty"],
    "dataDscr": ["varGrp", "nCubeGrp", "var", "nCube", "notes"],
    "varGrp": ["labl", "txt", "concept", "defntn", "universe", "notes"],
    "var": [
        *("location", "labl", "imputation", "security", "embargo", "respUnit", "anlysUnit", "qstn", "valrng"),
        *(
            "invalrng",
            "undocCod",
            "universe",
            "TotlResp",
            "sumStat",
            "txt",
            "stdCatgry",
            "catgryGrp",
            "catgry",
        ),
        *("codInstr", "verStmt", "concept", "derivation", "varFormat", "geoMap", "catLevel", "notes"),
    ],
    "catgry": ["catValu", "labl", "txt", "catStat", "mrow"],
}
CODES = st.one_of(
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda each: not each.is_integer()),
    st.text(max_size=4),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@pytest.fixture
def data():
    book = Codebook(
        variables={
            "trust": Variable(
                "trust",
                "Trust, <b>in</b> | government",
                {1: "=1+1", 2: "Итгэдэг", 8: "Мэдэхгүй", 99: ""},
                missing_codes=(8,),
                missing_ranges=((90, math.inf),),
                measure="ordinal",
                format="F2.0",
            ),
            "text": Variable("text", "In words\r\nof your own", {"a": " A "}, kind="text", width=12),
            "tags": Variable("tags", values={1: "yes"}, tagged_missing={".a": "refused", ".b": ""}),
            "phone": Variable("phone", "Phone number", kind="text", width=12),
            "w": Variable("w", "Weight", measure="scale"),
            "day": Variable("day", kind="datetime", format="DATETIME20"),
        },
        file_label="A & B <c>",
        weight="w",
        multiple_response=(MultipleResponseSet("m", "Which", ("trust", "tags"), 1, "dichotomy"),),
        notes=("A note\x0bwith a sign that XML does not have",),
        n=40,
        format="sav",
        created="2020-05-01T10:11:12",
    )
    frame = pd.DataFrame(
        {
            "trust": [1.0, 2.0, 8.0, 95.0] * 10,
            "text": ["a", "b"] * 20,
            "tags": [1.0, np.nan] * 20,
            "phone": [f"+976 99{k:06}" for k in range(40)],
            "w": np.linspace(0.5, 1.5, 40),
            "day": pd.Timestamp("2020-05-01"),
        }
    )
    tags = {"tags": pd.Series([pd.NA, ".a"] * 20, dtype="string")}
    return eg.Microdata(frame, book, Source("A & B", "microdata", file="made.sav"), tags)


def test_ddi_is_read_back_equal(data):
    again = Codebook.from_ddi(data.codebook.to_ddi())
    assert again == data.codebook
    assert list(again.variables["trust"].values) == [1, 2, 8, 99]


def test_ddi_stands_in_the_order_of_the_standard(data, tmp_path):
    path = eg.write_codebook(data, tmp_path / "book.xml")
    root = ET.parse(path).getroot()
    assert root.tag == f"{DDI}codeBook"
    ids = [each.get("ID") for each in root.iter() if each.get("ID")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        name = element.tag.removeprefix(DDI)
        places = [ORDER[name].index(child.tag.removeprefix(DDI)) for child in element if name in ORDER]
        assert places == sorted(places), name
    trust = next(each for each in root.iter(f"{DDI}var") if each.get("name") == "trust")
    assert trust.get("nature") == "ordinal"
    assert [each.attrib for each in trust.iter(f"{DDI}range")] == [{"min": "90"}]
    counts = {
        each.findtext(f"{DDI}catValu"): each.findtext(f"{DDI}catStat") for each in trust.iter(f"{DDI}catgry")
    }
    assert counts == {"1": "10", "2": "10", "8": "10", "99": "0"}
    assert [each.text for each in trust.iter(f"{DDI}sumStat")] == ["20", "20"]
    weight = next(each for each in root.iter(f"{DDI}var") if each.get("wgt"))
    assert weight.get("name") == "w"
    assert Codebook.from_ddi(path.read_text(encoding="utf-8")) == data.codebook
    assert load_codebook(path) == data.codebook


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5),
    label=TEXTS,
    values=st.dictionaries(CODES, TEXTS, max_size=4),
    missing=st.lists(CODES, max_size=3),
    kind=st.sampled_from(["number", "text", "date"]),
    measure=st.sampled_from(["nominal", "unknown", "scale"]),
    title=TEXTS,
)
def test_any_codebook_comes_back(name, label, values, missing, kind, measure, title):
    variable = Variable(name, label, values, tuple(missing), ((-math.inf, -1.5),), measure=measure, kind=kind)
    book = Codebook({name: variable}, file_label=title, weight="not among them", notes=(title, label))
    again = Codebook.from_ddi(book.to_ddi())
    assert again == book
    assert [type(code) for code in again.variables[name].values] == [type(code) for code in values]


def test_ddi_of_another_program():
    text = """<codeBook xmlns="http://www.icpsr.umich.edu/DDI"><stdyDscr><citation><titlStmt><titl> Wave 3 </titl>
    </titlStmt></citation></stdyDscr><fileDscr><fileTxt><dimensns><caseQnty>12</caseQnty></dimensns></fileTxt>
    </fileDscr><dataDscr><var ID="V1" name="q1" wgt="wgt" nature="ratio"><qstn><qstnLit> How much? </qstnLit></qstn>
    <catgry><catValu>1</catValu><labl>Yes</labl></catgry>
    <catgry missing="Y"><catValu>9</catValu><labl>Refused</labl></catgry>
    <varFormat type="numeric"/></var></dataDscr></codeBook>"""
    book = Codebook.from_ddi(text)
    assert (book.file_label, book.n, book.weight) == ("Wave 3", 12, "q1")
    variable = Variable("q1", "How much?", {1: "Yes", 9: "Refused"}, (9,), measure="scale")
    assert book.variables == {"q1": variable}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "<codeBook",
            "cannot be read from text that is no XML: unclosed token: line 1, column 0. Get the file",
        ),
        ("<html/>", "begins with the element codeBook; found: html. Export it"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><codeBook/>', "is read without a document type: entities can fill"),
        (
            '<codeBook><dataDscr><var name="a"/><var name="a"/></dataDscr></codeBook>',
            "describes each variable once; found twice: a. Remove one of each.",
        ),
        (
            '<codeBook><dataDscr><var name="a"><invalrng><range min="x"/></invalrng></var></dataDscr></codeBook>',
            "must be numbers; found 'x'. Correct it",
        ),
        (
            '<codeBook><fileDscr><notes type="egovstats" subject="file">{</notes></fileDscr></codeBook>',
            "the note 'file' of the codebook must be the JSON that egovstats wrote",
        ),
    ],
)
def test_faults_of_ddi(text, said):
    with pytest.raises(eg.SourceError) as error:
        Codebook.from_ddi(text)
    assert said in str(error.value)


def test_table_schema(data, tmp_path):
    path = eg.write_codebook(data, tmp_path / "table.schema.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    fields = {each["name"]: each for each in schema["fields"]}
    assert [each["type"] for each in schema["fields"]] == [
        "integer",
        "string",
        "integer",
        "string",
        "number",
        "datetime",
    ]
    assert fields["trust"]["categories"] == [{"value": 1, "label": "=1+1"}, {"value": 2, "label": "Итгэдэг"}]
    assert fields["trust"]["categoriesOrdered"] is True
    assert fields["trust"]["missingValues"] == [
        {"value": ""},
        {"value": "8", "label": "Мэдэхгүй"},
        {"value": "99"},
    ]
    assert fields["trust"]["egovstats:missingRanges"] == [[90, None]]
    assert fields["tags"]["missingValues"] == [
        {"value": ""},
        {"value": ".a", "label": "refused"},
        {"value": ".b"},
    ]
    assert schema["egovstats:weight"] == "w"


def test_pages_escape_texts_and_count(data, tmp_path):
    page = eg.write_codebook(data, tmp_path / "book.html").read_text(encoding="utf-8")
    assert "Trust, &lt;b&gt;in&lt;/b&gt; | government" in page
    assert '<td>2</td><td>Итгэдэг</td><td class="n">10</td><td class="n">50.0</td><td></td>' in page
    text = eg.write_codebook(data, tmp_path / "book.md").read_text(encoding="utf-8")
    assert "Trust, \\<b\\>in\\</b\\> \\| government" in text
    assert "| 8 | Мэдэхгүй | 10 |  | declared |" in text
    assert "| .a | refused | 20 |  | tagged |" in text


def test_workbook_holds_texts_and_reads_back(data, tmp_path):
    path = eg.write_codebook(data, tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(path)["codebook"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=1+1" in [cell.value for cell in cells if cell.data_type == "s"]
    rows = {(row[0], row[2]): row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["trust", "2"][8:10] == (10, 50)
    assert rows["trust", "8"][4] == "yes"
    assert path.read_bytes() == eg.write_codebook(data, tmp_path / "again.xlsx").read_bytes()
    again = load_codebook(path)
    assert again.variables["trust"].values == {"1": "=1+1", "2": "Итгэдэг", "8": "Мэдэхгүй"}
    assert again.variables["trust"].missing_ranges == ((90, math.inf),)


@pytest.mark.parametrize("ending", ["md", "html", "xml", "xlsx", "json", "csv", "schema.json"])
def test_nothing_names_a_respondent(data, tmp_path, ending):
    path = eg.write_codebook(data, tmp_path / f"book.{ending}", keep=["phone"])
    assert b"+976 99" not in path.read_bytes()
    if ending == "xlsx":
        book = openpyxl.load_workbook(path)
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in cells if "+976" in cell]


def test_identifiers_are_not_counted_unless_named(data, tmp_path):
    hidden = eg.write_codebook(data, tmp_path / "a.md").read_text(encoding="utf-8")
    assert "Not counted: it probably identifies respondents (its name or label says that it holds" in hidden
    shown = eg.write_codebook(data, tmp_path / "b.md", keep=["phone"]).read_text(encoding="utf-8")
    assert "40 different values, not listed: text may name people" in shown
    with pytest.raises(eg.SourceError, match=r"there is no column 'fone' to keep. Did you mean 'phone'\?"):
        eg.write_codebook(data, tmp_path / "c.md", keep=["fone"])


def test_other_endings_and_files_that_are_there(data, tmp_path):
    with pytest.raises(
        eg.SourceError, match=r"cannot be written as 'book.doc': it ends in '.doc'. Let it end in"
    ):
        eg.write_codebook(data, tmp_path / "book.doc")
    eg.write_codebook(data, tmp_path / "book.md")
    with pytest.raises(eg.SourceError, match=r"'book\.md' is there already"):
        eg.write_codebook(data, tmp_path / "book.md")
    assert [each.name for each in tmp_path.iterdir()] == ["book.md"]


def test_synthetic_files_say_so(data, tmp_path):
    made = eg.Microdata(data.frame, replace(data.codebook, synthetic=True), data.source, data.tags)
    for ending in ("md", "html"):
        assert "SYNTHETIC: made up" in eg.write_codebook(made, tmp_path / f"book.{ending}").read_text(
            encoding="utf-8"
        )
    assert Codebook.from_ddi(made.codebook.to_ddi()).synthetic


def test_every_real_file_comes_back_from_ddi(shared_data):
    seen = 0
    for path in sorted((shared_data / "files").glob("*/*")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                book = eg.read_microdata(path).codebook
            except eg.SourceError:
                continue
        assert Codebook.from_ddi(book.to_ddi()) == book, path.name
        seen += 1
    assert seen > 50
