"""A codebook to DDI-Codebook 2.5 XML and back, equal.

Labels, codes, missing values, levels of measurement, sets and the weight stand in the elements that the
standard has for them, in its order (DDI Alliance, DDI-Codebook 2.5, field level documentation). What it
has no place for stands in `notes` of type "egovstats"; `codebook_ddi_read` reads both.
"""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field

from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_json import to_json
from egovstats.microdata.variable import Code, MultipleResponseSet, Variable
from egovstats.microdata.wording import is_language

NAMESPACE = "ddi:codebook:2_5"
NOTE_TYPE = "egovstats"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DISPLAY = "display width"  # of all variables, in one note of the file
ALIGNMENT = "alignment"  # the same
TAG = "tag"  # missType of a tagged missing, so that a text ".a" among codes is not taken for one
NATURE = {"nominal": "nominal", "ordinal": "ordinal", "scale": "interval"}
_SCHEMAS = {"sav": "SPSS", "zsav": "SPSS", "por": "SPSS", "sas7bdat": "SAS", "xpt": "SAS"}
_OTHER_SCHEMAS = {"dta": "Stata", "csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
_CATEGORY = {"date": "date", "datetime": "date", "time": "time"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TITLE = "Untitled file of respondents"


@dataclass(frozen=True)
class CodeCounts:
    """How often each code of a variable occurs, and how many rows have an answer at all."""

    codes: Mapping[Code, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    valid: int = 0
    invalid: int = 0


def to_ddi(book: Codebook, counts: Mapping[str, CodeCounts] | None = None) -> str:
    """DDI-Codebook 2.5 XML of a codebook; `from_ddi` gives back an equal one.

    Parameters
    ----------
    book : Codebook
    counts : mapping of str to CodeCounts, optional
        Counts of the variables that may be counted; written as frequencies of their codes.
    """
    from egovstats.microdata.codebook_ddi_read import read_root

    root = _root(book, counts or {}, exact=frozenset())
    read = read_root(root)
    # letters that XML cannot hold, or codes of another type than their column: the exact form is added
    inexact = {
        name
        for name, variable in book.variables.items()
        if _typed(read.variables.get(name)) != _typed(variable)
    }
    if inexact or list(read.variables) != list(book.variables):
        root = _root(book, counts or {}, exact=frozenset(inexact))
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    # a carriage return would be read back as a line feed
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + text.replace("\r", "&#13;") + "\n"


def _typed(variable: Variable | None) -> object:
    """A variable with the types and the order of its codes: 1 and 1.0 are equal, and so are dicts."""
    if variable is None:
        return None
    codes = [variable.values, *(each.values for each in variable.wordings.values())]
    types = [[(type(code), code) for code in each] for each in codes]
    return variable, types, list(variable.tagged_missing), list(variable.wordings)


def _root(book: Codebook, counts: Mapping[str, CodeCounts], *, exact: frozenset[str]) -> ET.Element:
    root = ET.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", **_in(book.language)})
    title = _add(_add(_add(root, "stdyDscr"), "citation"), "titlStmt")
    _add(title, "titl", book.file_label.strip() or _TITLE)
    _file(root, book)
    data = _add(root, "dataDscr")
    ids = {name: f"V{number}" for number, name in enumerate(book.variables, start=1)}
    for number, each in enumerate(book.multiple_response, start=1):
        _set(data, f"G{number}", each, ids)
    for name, variable in book.variables.items():
        _variable(data, ids[name], variable, book, counts.get(name), exact=name in exact)
    return root


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name: _clean(value) for name, value in attributes.items()})
    if text:
        element.text = _clean(text)
    return element


def _in(language: str) -> dict[str, str]:
    """The attribute that names a language; none where it is no tag, since then the document is not valid."""
    return {LANGUAGE: language} if is_language(language) else {}


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _note(parent: ET.Element, subject: str, content: object) -> None:
    """JSON with every letter beyond ASCII escaped, so that XML can hold any text of it."""
    _add(parent, "notes", json.dumps(content, ensure_ascii=True), type=NOTE_TYPE, subject=subject)


def _file(root: ET.Element, book: Codebook) -> None:
    description = _add(root, "fileDscr", ID="F1")
    text = _add(description, "fileTxt")
    size = _add(text, "dimensns")
    _add(size, "caseQnty", str(book.n))
    _add(size, "varQnty", str(len(book.variables)))
    _add(text, "fileType", book.format, charset=book.encoding)
    for note in book.remarks:
        _add(description, "notes", note, type=NOTE_TYPE, subject="remark")
    # the book without its variables and sets: title, dates and the like, in their exact form
    rest = json.loads(to_json(Codebook({}, **{name: getattr(book, name) for name in _REST})))
    _note(description, "file", {name: rest[name] for name in _REST if name in rest})
    for subject, part in ((DISPLAY, "display_width"), (ALIGNMENT, "alignment")):
        shown = {name: getattr(each, part) for name, each in book.variables.items() if getattr(each, part)}
        if shown:
            _note(description, subject, shown)


_REST = (
    *("file_label", "weight", "encoding", "encoding_how", "notes", "documents", "n", "format", "created"),
    *("synthetic", "language"),
)


def _set(data: ET.Element, group_id: str, each: MultipleResponseSet, ids: Mapping[str, str]) -> None:
    members = " ".join(ids[name] for name in each.variables if name in ids)
    reference = {"var": members} if members else {}
    group = _add(data, "varGrp", ID=group_id, type="multipleResp", name=each.name, **reference)
    if each.label:
        _add(group, "labl", each.label)
    whole = json.loads(to_json(Codebook({}, multiple_response=(each,))))["multiple_response"][0]
    _note(group, "set", whole)


def _variable(
    data: ET.Element,
    variable_id: str,
    variable: Variable,
    book: Codebook,
    counts: CodeCounts | None,
    *,
    exact: bool,
) -> None:
    attributes = {"ID": variable_id, "name": variable.name, "files": "F1"}
    if variable.name == book.weight:
        attributes["wgt"] = "wgt"
    if variable.measure in NATURE:
        attributes["nature"] = NATURE[variable.measure]
    attributes["intrvl"] = "contin" if variable.measure == "scale" else "discrete"
    element = _add(data, "var", **attributes)
    if variable.width is not None:
        _add(element, "location", width=str(variable.width))
    _labels(element, variable.label, {tag: each.label for tag, each in variable.wordings.items()})
    _questions(element, variable)
    _invalid(element, variable)
    if counts is not None:
        _add(element, "sumStat", str(counts.valid), type="vald")
        _add(element, "sumStat", str(counts.invalid), type="invd")
    _categories(element, variable, counts or CodeCounts(), counted=counts is not None)
    _format(element, variable, book)
    if exact:
        alone = Codebook({variable.name: variable})
        _note(element, "exact", json.loads(to_json(alone))["variables"][0])


def _labels(element: ET.Element, label: str, others: Mapping[str, str]) -> None:
    """A label without a language, which is that of the whole, and one for each further language."""
    if label:
        _add(element, "labl", label)
    for language, text in others.items():
        if text and is_language(language):
            _add(element, "labl", text, **_in(language))


def _questions(element: ET.Element, variable: Variable) -> None:
    texts = {"": variable.question} | {tag: each.question for tag, each in variable.wordings.items()}
    said = {tag: text for tag, text in texts.items() if text and (not tag or is_language(tag))}
    if said:
        question = _add(element, "qstn")
        for language, text in said.items():
            _add(question, "qstnLit", text, **_in(language))


def _invalid(element: ET.Element, variable: Variable) -> None:
    if not variable.missing_codes and not variable.missing_ranges:
        return
    invalid = _add(element, "invalrng")
    for code in variable.missing_codes:
        _add(invalid, "item", **_units(code), VALUE=code_text(code))
    for low, high in variable.missing_ranges:
        ends = {"min": low, "max": high}
        known = {end: at for end, at in ends.items() if not math.isinf(at)}
        _add(invalid, "range", **_units(*known.values()), **{end: code_text(at) for end, at in known.items()})


def _units(*codes: Code) -> dict[str, str]:
    """The attribute that says real; the standard takes whole numbers for granted."""
    return {"UNITS": "REAL"} if any(isinstance(code, float) for code in codes) else {}


def _categories(element: ET.Element, variable: Variable, counts: CodeCounts, *, counted: bool) -> None:
    for code, label in variable.values.items():
        missing = {"missing": "Y"} if _is_missing(variable, code) else {}
        others = {language: each.values.get(code, "") for language, each in variable.wordings.items()}
        category = _category(element, code_text(code), label, missing, others)
        if counted:
            _add(category, "catStat", str(counts.codes.get(code, 0)), type="freq")
    for tag, label in variable.tagged_missing.items():
        others = {language: each.tagged_missing.get(tag, "") for language, each in variable.wordings.items()}
        category = _category(element, tag, label, {"missing": "Y", "missType": TAG}, others)
        if counted:
            _add(category, "catStat", str(counts.tags.get(tag, 0)), type="freq")


def _category(
    element: ET.Element, code: str, label: str, attributes: Mapping[str, str], others: Mapping[str, str]
) -> ET.Element:
    category = _add(element, "catgry", **attributes)
    _add(category, "catValu", code)
    _labels(category, label, others)
    return category


def _is_missing(variable: Variable, code: Code) -> bool:
    if code in variable.missing_codes:
        return True
    return not isinstance(code, str) and any(low <= code <= high for low, high in variable.missing_ranges)


def _format(element: ET.Element, variable: Variable, book: Codebook) -> None:
    attributes = {"type": "character" if variable.kind == "text" else "numeric"}
    attributes["schema"] = _SCHEMAS.get(book.format, "other")
    if attributes["schema"] == "other":
        attributes["otherSchema"] = _OTHER_SCHEMAS.get(book.format, "unknown")
    if variable.format:
        attributes["formatname"] = variable.format
    attributes["category"] = _CATEGORY.get(variable.kind, "other")
    _add(element, "varFormat", variable.kind, **attributes)


def code_text(code: Code) -> str:
    """A code as text, all its digits kept.

    Examples
    --------
    >>> code_text(1), code_text(2.5), code_text("02")
    ('1', '2.5', '02')
    """
    return code if isinstance(code, str) else repr(code)
