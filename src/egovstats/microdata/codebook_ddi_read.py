"""DDI-Codebook XML to a codebook: our own files come back equal, others as far as they say something."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from egovstats.errors import SourceError
from egovstats.microdata.codebook import Codebook
from egovstats.microdata.codebook_ddi import ALIGNMENT, DISPLAY, LANGUAGE, NATURE, NOTE_TYPE, TAG
from egovstats.microdata.codebook_json import SCHEMA_VERSION, from_json
from egovstats.microdata.variable import Code, MultipleResponseSet, Variable, tidy_code
from egovstats.microdata.wording import Wording

_MEASURE = {nature: measure for measure, nature in NATURE.items()} | {"ratio": "scale", "percent": "scale"}
_CATEGORY_KIND = {"date": "date", "time": "time"}
_KINDS = ("number", "text", "date", "datetime", "time")


def from_ddi(text: str) -> Codebook:
    """A codebook from DDI-Codebook XML (1.2 to 2.5).

    Parameters
    ----------
    text : str
        XML. Of several languages of a label, that of the whole document is taken for the label, or the first
        where none is named; the others become wordings.

    Raises
    ------
    SourceError
        The text is no XML, declares entities, is no DDI codebook, or describes a variable twice.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SourceError(
            "a DDI codebook is read without a document type: entities can fill the memory or fetch files. "
            "Remove the line that begins with <!DOCTYPE."
        )
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError) as error:
        raise SourceError(
            f"a DDI codebook cannot be read from text that is no XML: {error}. Get the file again, or export "
            "it anew."
        ) from error
    if _local(root) != "codeBook":
        raise SourceError(
            f"a DDI codebook begins with the element codeBook; found: {_local(root)}. Export it as "
            "DDI-Codebook 2.5; DDI-Lifecycle is another format."
        )
    return read_root(root)


_Shown = TypeVar("_Shown", int, str)


def read_root(root: ET.Element) -> Codebook:
    """A codebook from the element codeBook; see `from_ddi`."""
    rest = _file(root)
    language = rest.setdefault("language", _language(root))
    widths, sides = _shown(root, DISPLAY, int), _shown(root, ALIGNMENT, str)
    found = [
        replace(
            each,
            display_width=widths.get(each.name, each.display_width),
            alignment=sides.get(each.name, each.alignment),
        )
        for each in (_variable(one, language) for one in _all(root, "dataDscr", "var"))
    ]
    names = [each.name for each in found]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise SourceError(
            f"a codebook describes each variable once; found twice: {', '.join(twice)}. Remove one of each."
        )
    variables = {each.name: each for each in found}
    ids = {each.get("ID", ""): _name(each) for each in _all(root, "dataDscr", "var")}
    sets = tuple(_set(each, ids) for each in _all(root, "dataDscr", "varGrp") if _is_set(each))
    weights = [_name(each) for each in _all(root, "dataDscr", "var") if each.get("wgt") == "wgt"]
    rest.setdefault("weight", weights[0] if weights else None)
    return Codebook(variables=variables, multiple_response=sets, **rest)


def _local(element: ET.Element) -> str:
    """Name without its namespace: releases of DDI differ in nothing else that is read here."""
    return element.tag.rpartition("}")[2]


def _all(element: ET.Element, *path: str) -> Iterator[ET.Element]:
    """Every element at the end of a path of names."""
    for child in element:
        if isinstance(child.tag, str) and _local(child) == path[0]:
            if len(path) == 1:
                yield child
            else:
                yield from _all(child, *path[1:])


def _text(element: ET.Element, *path: str) -> str:
    return next(("".join(each.itertext()) for each in _all(element, *path)), "")


def _language(root: ET.Element) -> str:
    """The language of a document, or that of its first label where the whole names none."""
    labels = (
        label.get(LANGUAGE, "") for each in _all(root, "dataDscr", "var") for label in _all(each, "labl")
    )
    return root.get(LANGUAGE) or next(labels, "")


def _by_language(element: ET.Element, language: str, *path: str) -> dict[str, str]:
    """Texts at the end of a path by their language; "" is that of the whole document."""
    texts: dict[str, str] = {}
    for each in _all(element, *path):
        tag = each.get(LANGUAGE, "")
        texts.setdefault("" if tag == language else tag, "".join(each.itertext()))
    return texts


def _note(element: ET.Element, subject: str) -> Any:
    """The content of one of our own notes; None where there is none."""
    for each in _all(element, "notes"):
        if each.get("type") == NOTE_TYPE and each.get("subject") == subject:
            try:
                return json.loads(each.text or "")
            except json.JSONDecodeError as error:
                raise SourceError(
                    f"the note {subject!r} of the codebook must be the JSON that egovstats wrote; found a "
                    f"fault: {error.msg}. Export the codebook again, or remove that note."
                ) from error
    return None


def _from_note(**content: Any) -> Codebook:
    """A codebook from parts of its JSON, checked as all JSON is."""
    whole = {"what": "egovstats codebook", "schema_version": SCHEMA_VERSION, "variables": [], **content}
    return from_json(json.dumps(whole))


def _file(root: ET.Element) -> dict[str, Any]:
    for description in _all(root, "fileDscr"):
        exact = _note(description, "file")
        if exact is not None:
            book = _from_note(**exact)
            return {"language": "", **{name: getattr(book, name) for name in exact}}
    count = _text(root, "fileDscr", "fileTxt", "dimensns", "caseQnty").strip()
    return {
        "file_label": _text(root, "stdyDscr", "citation", "titlStmt", "titl").strip(),
        "n": int(count) if count.isdigit() else 0,
    }


def _shown(root: ET.Element, subject: str, kind: type[_Shown]) -> dict[str, _Shown]:
    """How columns are shown, by name, as one note of the file has it."""
    notes = (_note(each, subject) for each in _all(root, "fileDscr"))
    found = next((each for each in notes if isinstance(each, dict)), {})
    return {str(name): each for name, each in found.items() if isinstance(each, kind)}


def _is_set(group: ET.Element) -> bool:
    return group.get("type") == "multipleResp"


def _set(group: ET.Element, ids: dict[str, str]) -> MultipleResponseSet:
    exact = _note(group, "set")
    if exact is not None:
        return _from_note(multiple_response=[exact]).multiple_response[0]
    members = tuple(ids[each] for each in group.get("var", "").split() if each in ids)
    label = _text(group, "labl").strip()
    return MultipleResponseSet(_name(group), label, members, None, "category")


def _name(element: ET.Element) -> str:
    return element.get("name", "") or element.get("ID", "")


@dataclass
class _Said:
    """What a variable says, by language; "" is that of the whole document."""

    labels: dict[str, str]
    questions: dict[str, str]
    values: dict[str, dict[Code, str]] = field(default_factory=lambda: {"": {}})
    tagged: dict[str, dict[str, str]] = field(default_factory=lambda: {"": {}})

    def wordings(self) -> dict[str, Wording]:
        """Every language but the first."""
        tags = dict.fromkeys([*self.labels, *self.questions, *self.values, *self.tagged])
        return {
            tag: Wording(
                self.labels.get(tag, ""),
                self.questions.get(tag, ""),
                self.values.get(tag, {}),
                self.tagged.get(tag, {}),
            )
            for tag in tags
            if tag
        }


def _variable(element: ET.Element, language: str) -> Variable:
    exact = _note(element, "exact")
    if exact is not None:
        return next(iter(_from_note(variables=[exact]).variables.values()))
    kind = _kind(element)
    codes, ranges = _invalid(element, kind)
    said = _Said(_by_language(element, language, "labl"), _by_language(element, language, "qstn", "qstnLit"))
    for category in _all(element, "catgry"):
        text = _text(category, "catValu")
        labels = {"": ""} | _by_language(category, language, "labl")
        if category.get("missType") == TAG:
            for tag, label in labels.items():
                said.tagged.setdefault(tag, {})[text] = label
            continue
        code = _code(text, kind)
        for tag, label in labels.items():
            said.values.setdefault(tag, {})[code] = label
        within = not isinstance(code, str) and any(low <= code <= high for low, high in ranges)
        if category.get("missing") == "Y" and code not in codes and not within:
            codes.append(code)  # other programs mark the category and nothing else
    width = next((each.get("width") for each in _all(element, "location")), None)
    return Variable(
        name=_name(element),
        label=said.labels.get("", "") or said.questions.get("", "").strip(),
        values=said.values[""],
        missing_codes=tuple(codes),
        missing_ranges=tuple(ranges),
        tagged_missing=said.tagged[""],
        measure=_MEASURE.get(element.get("nature", ""), "unknown"),
        format=next((each.get("formatname", "") for each in _all(element, "varFormat")), ""),
        kind=kind,
        width=int(width) if width and width.isdigit() and kind == "text" else None,
        question=said.questions.get("", "").strip(),
        wordings=said.wordings(),
    )


def _kind(element: ET.Element) -> str:
    for each in _all(element, "varFormat"):
        said = (each.text or "").strip()
        if said in _KINDS:
            return said
        if each.get("type") == "character":
            return "text"
        return _CATEGORY_KIND.get(each.get("category", ""), "number")
    return "number"


def _invalid(element: ET.Element, kind: str) -> tuple[list[Code], list[tuple[float, float]]]:
    codes = [_code(each.get("VALUE", ""), kind) for each in _all(element, "invalrng", "item")]
    ranges = [
        (_end(each.get("min"), -math.inf), _end(each.get("max"), math.inf))
        for each in _all(element, "invalrng", "range")
    ]
    return codes, ranges


def _end(text: str | None, endless: float) -> float:
    if text is None:
        return endless
    code = _code(text, "number")
    if isinstance(code, str):
        raise SourceError(
            f"the ends of a range of missing codes must be numbers; found {text!r}. Correct it in the "
            "element range."
        )
    return code


def _code(text: str, kind: str) -> Code:
    """A code in the type of its column; digits that a float would lose are kept."""
    if kind == "text":
        return text
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return tidy_code(float(text)) if math.isfinite(float(text)) else text
    except ValueError:
        return text
