"""Codebooks in other formats: read back equal, counted rightly, and nothing in them runs or names anyone."""

from __future__ import annotations

import json
import math
import warnings
import xml.etree.ElementTree as ET
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata import Codebook, Variable, Wording, load_codebook
from egovstats.microdata.codebook_schema import to_table_schema

DDI = "{ddi:codebook:2_5}"
CODES = st.one_of(
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda each: not each.is_integer()),
    st.text(max_size=4),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _in_two_languages(book):
    trust = replace(
        book.variables["trust"],
        question="How much do you trust the government?",
        wordings={
            "mn": Wording("Итгэл", "Та Засгийн газарт хэр итгэдэг вэ?", {1: "Огт үгүй", 8: "Мэдэхгүй"})
        },
    )
    tags = replace(
        book.variables["tags"], wordings={"mn": Wording("", "", {1: "тийм"}, {".a": "татгалзсан"})}
    )
    return replace(book, variables=book.variables | {"trust": trust, "tags": tags}, language="en")


def test_labels_and_questions_in_several_languages_come_back_equal(data, tmp_path):
    book = _in_two_languages(data.codebook)
    assert book.languages == ("en", "mn")
    assert Codebook.from_json(book.to_json()) == book
    text = book.to_ddi()
    assert Codebook.from_ddi(text) == book
    root = ET.fromstring(text)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert root.get(lang) == "en"
    labels = root.find(f".//{DDI}var[@name='trust']").findall(f"{DDI}labl")
    assert [(each.get(lang), each.text) for each in labels][1] == ("mn", "Итгэл")
    assert len(root.findall(f".//{DDI}qstnLit")) == 2
    for ending in ("csv", "xlsx"):
        path = eg.microdata.write_codebook(replace(data, codebook=book), tmp_path / f"a.{ending}")
        again = eg.as_microdata(data.frame, codebook=path).codebook
        assert again.variables["trust"].wordings == book.variables["trust"].wordings
        assert again.variables["trust"].question == book.variables["trust"].question
        assert again.variables["tags"].wordings["mn"].tagged_missing == {".a": "татгалзсан"}
    field = json.loads(book.to_table_schema())["fields"][0]
    assert (field["title"], field["description"]) == (
        book.variables["trust"].label,
        book.variables["trust"].question,
    )
    assert field["egovstats:languages"]["mn"]["title"] == "Итгэл"
    assert field["egovstats:languages"]["mn"]["categories"][0] == {"value": 1, "label": "Огт үгүй"}
    for ending in ("md", "html"):
        path = eg.microdata.write_codebook(replace(data, codebook=book), tmp_path / f"a.{ending}")
        page = path.read_text(encoding="utf-8")
        for said in ("Итгэл", "Огт үгүй", "answer (mn)", "How much do you trust the government?"):
            assert said in page


def test_a_codebook_in_another_of_its_languages(data):
    book = _in_two_languages(data.codebook)
    mongolian = book.in_language("mn")
    trust = mongolian.variables["trust"]
    assert (trust.label, trust.values[1], trust.values[2]) == ("Итгэл", "Огт үгүй", "Итгэдэг")
    assert trust.wordings["en"].values[1] == "=1+1"
    assert mongolian.in_language("en") == book
    assert book.in_language("en") is book
    with pytest.raises(eg.SourceError, match=r"no labels in the language 'ru'; found: en, mn"):
        book.in_language("ru")
    with pytest.raises(eg.SourceError, match="the labels in front would be lost"):
        replace(book, language="").in_language("mn")


def test_labels_of_a_second_file_become_a_language(data):
    own = replace(data.codebook, language="en")
    other = Codebook(
        {"trust": Variable("trust", "Доверие", {"1": "нет", 77: "лишний"}), "new": Variable("new")}
    )
    both = own.with_language("ru", other)
    assert both.variables["trust"].wordings == {"ru": Wording("Доверие", "", {1: "нет"})}
    assert both.variables["w"] == own.variables["w"]
    with pytest.raises(eg.SourceError, match="named by a tag other than that of the labels; found: 'en'"):
        own.with_language("en", other)
    with pytest.raises(eg.SourceError, match="none of the 1 is one"):
        own.with_language("ru", Codebook({"new": Variable("new")}))


def test_ddi_of_another_program_in_two_languages():
    text = """<codeBook xmlns="ddi:codebook:2_5"><stdyDscr/><dataDscr><var name="q"><labl xml:lang="fr">Sexe</labl>
    <labl xml:lang="en">Sex</labl><catgry><catValu>1</catValu><labl xml:lang="fr">Homme</labl>
    <labl xml:lang="en">Man</labl></catgry></var></dataDscr></codeBook>"""
    book = Codebook.from_ddi(text)
    assert book.language == "fr"
    assert book.variables["q"].label == "Sexe"
    assert book.variables["q"].wordings == {"en": Wording("Sex", "", {1: "Man"})}


def test_ddi_is_read_back_equal(data):
    again = Codebook.from_ddi(data.codebook.to_ddi())
    assert again == data.codebook
    assert list(again.variables["trust"].values) == [1, 2, 8, 99]


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5),
    label=TEXTS,
    values=st.dictionaries(CODES, TEXTS, max_size=4),
    missing=st.lists(CODES, max_size=3),
    kind=st.sampled_from(["number", "text", "date"]),
    measure=st.sampled_from(["nominal", "unknown", "scale"]),
    title=TEXTS,
    language=st.sampled_from(["", "mn", "no tag at all"]),
)
def test_any_codebook_comes_back(name, label, values, missing, kind, measure, title, language):
    wording = Wording(title, label, dict(list(values.items())[:2]))
    variable = Variable(
        name,
        label,
        values,
        tuple(missing),
        ((-math.inf, -1.5),),
        measure=measure,
        kind=kind,
        question=title,
        wordings={"ru": wording, language or "en": wording},
    )
    book = Codebook(
        {name: variable}, file_label=title, weight="not among them", notes=(title, label), language=language
    )
    again = Codebook.from_ddi(book.to_ddi())
    assert Codebook.from_json(book.to_json()) == book
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
    labels = {1: "Yes", 9: "Refused"}
    variable = Variable("q1", "How much?", labels, (9,), measure="scale", question="How much?")
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


def _faults_of_schema(text):
    """Where a Table Schema does not follow what the standard's profile (2.0) says of the parts that are used."""
    schema = json.loads(text)
    found = [] if schema["fields"] and schema["missingValues"] == [""] else ["no fields"]
    for field in schema["fields"]:
        kind = {"string": str, "integer": int}.get(field["type"])
        if (
            field["type"] not in ("string", "integer", "number", "date", "datetime", "any")
            or not field["name"]
        ):
            found.append(f"{field['name']}: {field['type']}")
        if "categories" in field and kind is None:
            found.append(f"{field['name']}: categories of {field['type']}")
        for category in field.get("categories", []):
            if not isinstance(category["value"], kind) or not set(category) <= {"value", "label"}:
                found.append(f"{field['name']}: {category}")
        for missing in field.get("missingValues", []):
            if not all(isinstance(each, str) for each in missing.values()) or "value" not in missing:
                found.append(f"{field['name']}: {missing}")
        known = {"name", "type", "title", "description", "categories", "categoriesOrdered", "missingValues"}
        found += [key for key in field if key not in known and not key.startswith("egovstats:")]
    return found


def test_table_schema_follows_the_standard(data):
    assert _faults_of_schema(data.codebook.to_table_schema()) == []
    mixed = Codebook(
        {"a": Variable("a", values={1: "one", "x": "no number"}), "t": Variable("t", kind="time")}
    )
    assert _faults_of_schema(mixed.to_table_schema()) == []


def test_table_schema_of_every_real_file(shared_data):
    checked = 0
    for path in sorted([*shared_data.glob("files/*/*"), *shared_data.glob("microdata/*/*.sav")]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", eg.DataWarning)
            try:
                read = eg.read_microdata(path)
            except eg.SourceError:
                continue
        assert _faults_of_schema(to_table_schema(read.codebook, read.frame)) == [], path.name
        checked += 1
    assert checked > 60


def test_pages_escape_texts_and_count(data, tmp_path):
    page = eg.write_codebook(data, tmp_path / "book.html").read_text(encoding="utf-8")
    assert "Trust, &lt;b&gt;in&lt;/b&gt; | government" in page
    assert '<td class="c">2</td><td>Итгэдэг</td><td class="n">10</td><td class="n">50.0</td>' in page
    assert '<a href="#v1">trust: Trust,' in page
    assert '<td class="s">m</td><td class="">Which</td>' in page
    text = eg.write_codebook(data, tmp_path / "book.md").read_text(encoding="utf-8")
    assert "Trust, \\<b\\>in\\</b\\> \\| government" in text
    assert "| 8 | Мэдэхгүй | 10 |  | declared missing |" in text
    assert "| .a | refused | 20 |  | tagged missing |" in text


def test_markdown_shows_a_text_as_it_is(tmp_path):
    label = "1. AT&amp;T *is* <b>it</b> | [x](y)"
    frame = eg.read_microdata(
        pd.DataFrame({"q": [1, 2]}), codebook=Codebook({"q": Variable("q", "q", {1: "- no"}, question=label)})
    )
    page = eg.write_codebook(frame, tmp_path / "book.md").read_text(encoding="utf-8")
    # every sign that CommonMark gives a meaning is escaped; a number with a dot would begin a list
    assert r"1\. AT\&amp;T \*is\* \<b\>it\</b\> \| \[x\](y)" in page
    assert r"| 1 | \- no | 1 |" in page


def test_rows_of_a_workbook_are_as_high_as_their_text(data, tmp_path):
    label = "Та Монгол Улсын Засгийн газарт хэр зэрэг итгэдэг вэ? " * 4
    trust = replace(data.codebook.variables["trust"], label=label)
    book = replace(data.codebook, variables=data.codebook.variables | {"trust": trust})
    path = eg.write_codebook(replace(data, codebook=book), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(path)["codebook"]
    heights = {
        sheet.cell(row, 1).value: sheet.row_dimensions[row].height for row in range(2, sheet.max_row + 1)
    }
    assert heights["trust"] == 15 * 5
    assert None in heights.values()  # one line needs no height of its own
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)


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
