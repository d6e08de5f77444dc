"""The DDI export against what DDI-Codebook 2.5 prescribes: order, number, attributes and their values."""

from __future__ import annotations

import math
import re
import warnings
import xml.etree.ElementTree as ET
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata import (
    Codebook,
    MultipleResponseSet,
    Variable,
    Wording,
    load_codebook,
    write_codebook,
)

DDI = "{ddi:codebook:2_5}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Children in their order; "1" exactly one, "?" at most one, "*" any number. Facts from the schema's types.
CHILDREN = {
    "codeBook": "docDscr* stdyDscr1 fileDscr* dataDscr* otherMat*",
    "stdyDscr": "citation1",
    "citation": "titlStmt1 rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit* holdings* notes*",
    "titlStmt": "titl1 subTitl* altTitl* parTitl* IDNo*",
    "fileDscr": "fileTxt* locMap? notes*",
    "fileTxt": "fileName* fileCitation? dataFingerprint* fileCont? fileStrc? dimensns? fileType* format* filePlac*",
    "dimensns": "caseQnty* varQnty* logRecL* recPrCas* recNumTot*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "varGrp": "labl* txt* concept* defntn* universe* notes*",
    "var": "location* labl* imputation* security* embargo* respUnit* anlysUnit* qstn* valrng* invalrng* undocCod* "
    "universe* TotlResp* sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation? "
    "varFormat? geoMap* catLevel* notes*",
    "qstn": "qstnLit*",
    "invalrng": "item* range* key* notes*",
    "catgry": "catValu? labl* txt* catStat* mrow?",
}
# Attributes that an element may have, with the values that are allowed; None for any
ATTRIBUTES = {
    "codeBook": {"version": "2.5", LANG: None},
    "fileDscr": {"ID": None},
    "fileType": {"charset": None},
    "varGrp": {"ID": None, "type": "multipleResp", "name": None, "var": None},
    "var": {
        "ID": None,
        "name": None,
        "files": None,
        "wgt": "wgt not-wgt",
        "nature": "nominal ordinal interval ratio percent other",
        "intrvl": "contin discrete",
    },
    "location": {"width": None},
    "item": {"VALUE": None, "UNITS": "INT REAL"},
    "range": {"min": None, "max": None, "UNITS": "INT REAL"},
    "sumStat": {"type": "mean medn mode vald invd min max stdev other"},
    "catgry": {"missing": "Y N", "missType": None},
    "catStat": {"type": "freq percent crosstab other"},
    "varFormat": {
        "type": "character numeric",
        "formatname": None,
        "schema": "SAS SPSS IBM ANSI ISO XML-Data other",
        "otherSchema": None,
        "category": "date time currency other",
    },
    "labl": {LANG: None},
    "qstnLit": {LANG: None},
    "notes": {"type": None, "subject": None},
}
# What the schema's simple types allow: xs:NCName (of ID), xs:language, xs:NMTOKEN
TYPES = {
    "ID": re.compile(r"[A-Za-z_][\w.-]*"),
    LANG: re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"),
    "otherSchema": re.compile(r"[\w.:-]+"),
}
REQUIRED = {"var": "name", "item": "VALUE", "sumStat": "type"}


def faults(text: str) -> list[str]:
    """Where a document does not follow the standard."""
    root = ET.fromstring(text)
    found = [] if root.tag == f"{DDI}codeBook" else [f"root {root.tag}"]
    ids = [each.get("ID") for each in root.iter() if each.get("ID")]
    found += ["an ID twice"] * (len(ids) != len(set(ids)))
    for element in root.iter():
        name = element.tag.removeprefix(DDI)
        found += _faults_of_children(name, [child.tag.removeprefix(DDI) for child in element])
        for key, value in element.attrib.items():
            allowed = ATTRIBUTES.get(name, {})
            if key not in allowed or (allowed[key] is not None and value not in allowed[key].split()):
                found.append(f"{name} {key}={value}")
            elif key in TYPES and not TYPES[key].fullmatch(value):
                found.append(f"{name} {key}: {value}")
        if element.get("schema") == "other" and "otherSchema" not in element.attrib:
            found.append(f"{name} of another schema that is not said")
        if name in REQUIRED and REQUIRED[name] not in element.attrib:
            found.append(f"{name} without {REQUIRED[name]}")
        for key in ("files", "var"):
            found += [f"{key}={each}" for each in element.get(key, "").split() if each not in ids]
    return found


def _faults_of_children(name: str, children: list[str]) -> list[str]:
    rules = [(each[:-1], each[-1]) for each in CHILDREN.get(name, "").split()]
    order = [child for child, _ in rules]
    if any(child not in order for child in children):
        return [f"{name} holds {child}" for child in children if child not in order]
    places = [order.index(child) for child in children]
    found = [] if places == sorted(places) else [f"order in {name}"]
    for child, number in rules:
        n = children.count(child)
        if (number == "1" and n != 1) or (number == "?" and n > 1):
            found.append(f"{n} {child} in {name}")
    if name == "invalrng" and not {"item", "range"} & set(children):
        found.append("invalrng without a code")
    return found


def test_the_check_finds_faults():
    text = """<codeBook xmlns="ddi:codebook:2_5" version="2.4"><dataDscr><var ID="1" files="F"><catgry/><labl/>
    </var></dataDscr><stdyDscr/></codeBook>"""
    assert faults(text) == [
        *("order in codeBook", "codeBook version=2.4", "order in var", "var ID: 1", "var without name"),
        "files=F",
        "0 citation in stdyDscr",
    ]


def test_the_export_follows_the_standard(data, tmp_path):
    path = write_codebook(data, tmp_path / "book.xml")
    root = ET.parse(path).getroot()
    assert faults(path.read_text(encoding="utf-8")) == []
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


def test_several_languages_follow_the_standard(data):
    said = {"mn": Wording("Итгэл", "Хэр итгэдэг вэ?", {1: "үгүй"}), "no tag at all": Wording("x")}
    trust = replace(data.codebook.variables["trust"], question="How much?", wordings=said)
    book = replace(data.codebook, variables=data.codebook.variables | {"trust": trust}, language="en")
    text = book.to_ddi()
    assert faults(text) == []
    tags = [each.get(LANG) for each in ET.fromstring(text).iter() if each.get(LANG)]
    assert set(tags) == {"en", "mn"}  # a language that is no tag stands in a note
    assert Codebook.from_ddi(text) == book


def test_an_empty_codebook_follows_the_standard():
    assert faults(Codebook({}).to_ddi()) == []
    assert faults(Codebook({"a b": Variable("a b", kind="time")}).to_ddi()) == []


def test_units_and_schemas_of_other_programs():
    variable = Variable("x", missing_codes=(-1, 2.5), missing_ranges=((90, math.inf), (-0.5, 0.5)))
    book = Codebook({"x": variable}, format="dta")
    text = book.to_ddi()
    assert faults(text) == []
    units = [
        each.get("UNITS") for each in ET.fromstring(text).iter() if each.tag in (f"{DDI}item", f"{DDI}range")
    ]
    assert units == [None, "REAL", None, "REAL"]  # whole numbers are what the standard takes for granted
    assert next(ET.fromstring(text).iter(f"{DDI}varFormat")).get("otherSchema") == "Stata"
    assert Codebook.from_ddi(text) == book


SIGNS = st.text(st.sampled_from("a1 .<>&\"'|-Өү\n\r\t\x00\x01\ufffe\ud800\u2028😀"), max_size=8)


@given(
    st.lists(SIGNS.filter(bool) | st.just("x" * 300), min_size=1, max_size=4, unique=True),
    SIGNS,
    st.dictionaries(st.integers() | st.floats(allow_nan=False, allow_infinity=False), SIGNS, max_size=3),
    st.dictionaries(st.sampled_from(["mn", "fr-TN", "", "no tag", "abcdefghij"]), SIGNS, max_size=2),
    st.sampled_from(["", "mn", "no tag"]),
    st.sampled_from([None, 3, 40]),
)
def test_any_codebook_follows_the_standard(names, label, values, languages, language, width):
    said = {
        tag: Wording(text, text, dict.fromkeys(values, text), {".a": text}) for tag, text in languages.items()
    }
    variables = {
        name: Variable(
            name, label, values, tuple(values)[:1], ((-math.inf, -1),), {".a": label}, wordings=said
        )
        for name in names
    }
    variables[names[0]] = replace(
        variables[names[0]], display_width=width, alignment="right", kind="text", width=0
    )
    sets = (
        MultipleResponseSet(names[0], label, (*names, "gone"), 1, "dichotomy"),
        MultipleResponseSet("s", "", (), None, "category"),
    )
    book = Codebook(
        variables,
        label,
        names[-1],
        sets,
        notes=(label,),
        documents=(label, label),
        language=language,
        format="csv",
    )
    text = book.to_ddi()
    assert faults(text) == []
    assert Codebook.from_ddi(text) == book


def test_every_real_file_follows_the_standard(shared_data):
    checked = 0
    for path in sorted([*shared_data.glob("files/*/*"), *shared_data.glob("microdata/*/*.sav")]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", eg.DataWarning)
            try:
                book = eg.read_microdata(path).codebook
            except eg.SourceError:
                continue
        text = book.to_ddi()
        assert faults(text) == [], path.name
        assert Codebook.from_ddi(text) == book, path.name
        checked += 1
    assert checked > 60
