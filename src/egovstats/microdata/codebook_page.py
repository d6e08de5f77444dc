"""A codebook to read: what its pages show, and Markdown; nothing that may name a respondent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from egovstats.microdata.frequencies import Count, counts_of
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.variable import Variable
from egovstats.microdata.wording import Wording

STAMP = "SYNTHETIC: made up for a demonstration; nothing real follows from it."
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
_BEGINS_A_LIST = re.compile(r"^(\d*)([-+=.)])(?=\s|$)")
MISSING = {"": "", "declared": "declared missing", "tagged": "tagged missing", "system": "no value"}
BASE = "Counts of respondents, not weighted; per cent of those who answered."


@dataclass(frozen=True)
class Section:
    """One variable as a page shows it.

    Parameters
    ----------
    variable : Variable
    lines : tuple of Count
        Empty where the variable was left out of counting.
    valid : int
        Respondents with an answer: the base of the shares.
    left_out : str
        Why nothing is counted; empty where it is.
    """

    variable: Variable
    lines: tuple[Count, ...]
    valid: int
    left_out: str = ""

    def said(self, line: Count, language: str) -> str:
        """The label of a line in a further language."""
        wording = self.variable.wordings.get(language, Wording())
        if line.missing == "tagged":
            return wording.tagged_missing.get(str(line.code), "")
        return "" if line.code is None else wording.values.get(line.code, "")

    @property
    def languages(self) -> list[str]:
        """Further languages that some answer has a label in."""
        return [tag for tag, each in self.variable.wordings.items() if each.values or each.tagged_missing]

    def share(self, line: Count) -> str:
        """Per cent of the answers, one decimal; empty for what is no answer."""
        return f"{100 * line.n / self.valid:.1f}" if self.valid and not line.missing else ""


def sections(data: Microdata, hidden: dict[str, str]) -> Iterator[Section]:
    """Every variable with its counts, in the order of the file.

    Parameters
    ----------
    data : Microdata
    hidden : dict of str to str
        Variables that are not counted, with the reason.
    """
    for name, variable in data.codebook.variables.items():
        if name in hidden:
            yield Section(variable, (), 0, hidden[name])
            continue
        lines = tuple(counts_of(variable, data.frame[name], data.tags.get(name)).lines)
        yield Section(variable, lines, sum(line.n for line in lines if not line.missing))


def facts(data: Microdata) -> dict[str, str]:
    """What is said of the whole file, in words."""
    book = data.codebook
    return {
        "File": data.source.file,
        "Rows": str(book.n),
        "Variables": str(len(book.variables)),
        "Format": book.format,
        "Created": book.created.replace("T", " "),
        "Encoding": f"{book.encoding} ({book.encoding_how})",
        "Weight": book.weight or "none declared",
        "SHA-256": data.source.sha256,
    }


def traits(variable: Variable) -> str:
    """Kind, level of measurement, format and missing ranges in one line."""
    parts = [variable.kind, variable.measure if variable.measure != "unknown" else "", variable.format]
    spans = [f"{low:g} to {high:g}" for low, high in variable.missing_ranges]
    if spans:
        parts.append(f"declared missing: {', '.join(spans)}")
    return ", ".join(part for part in parts if part)


def heading(variable: Variable) -> str:
    """Name and label; a label that is the name again says nothing."""
    said = variable.label.strip()
    return variable.name if not said or said == variable.name else f"{variable.name}: {said}"


def texts(variable: Variable) -> list[tuple[str, str]]:
    """Question and further languages, each with its language; that of the labels is ""."""
    found = [("", variable.question)] if variable.question.strip() != variable.label.strip() else []
    for language, each in variable.wordings.items():
        found += [(language, text) for text in dict.fromkeys((each.label, each.question))]
    return [(language, text) for language, text in found if text]


def title(data: Microdata) -> str:
    """The file's own title, or its name."""
    return data.codebook.file_label.strip() or data.source.file or "Codebook"


def to_markdown(data: Microdata, hidden: dict[str, str]) -> str:
    """The codebook as Markdown; shares are unweighted per cent of the answers."""
    lines = [f"# {_plain(title(data))}", ""]
    if data.codebook.synthetic:
        lines += [f"**{STAMP}**", ""]
    lines += [f"- {name}: {_plain(value)}" for name, value in facts(data).items() if value]
    lines += [f"- Note: {_plain(note)}" for note in data.codebook.remarks]
    for each in data.codebook.multiple_response:
        members = ", ".join(map(_plain, each.variables))
        lines.append(f"- Set {_plain(each.name)} ({each.kind}): {_plain(each.label)} \\[{members}\\]")
    lines += ["", BASE, ""]
    for section in sections(data, hidden):
        lines += [*_markdown_section(section), ""]
    return "\n".join(lines)


def _markdown_section(section: Section) -> list[str]:
    variable = section.variable
    lines = [f"## {_plain(heading(variable))}", ""]
    for language, text in texts(variable):
        lines += [_plain(f"{text} [{language}]" if language else text), ""]
    lines += [_plain(traits(variable)), ""]
    if section.left_out:
        return [*lines, f"Not counted: {_plain(section.left_out)}."]
    further = [f"answer ({language})" for language in section.languages]
    with_missing = any(line.missing for line in section.lines)
    names = ["code", "answer", *further, "n", "%", *(["missing"] if with_missing else [])]
    lines += [f"| {' | '.join(names)} |", f"|{'---|' * (2 + len(further))}--:|--:|{'---|' * with_missing}"]
    for line in section.lines:
        code = "" if line.code is None else _plain(str(line.code))
        said = [_plain(section.said(line, language)) for language in section.languages]
        cells = [code, _plain(line.label), *said, f"{line.n:,}", section.share(line)]
        lines.append(f"| {' | '.join(cells + [MISSING[line.missing]] * with_missing)} |")
    return lines


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return _BEGINS_A_LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(text.split())))
