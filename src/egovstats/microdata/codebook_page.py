"""A codebook to read: Markdown and HTML with counts and shares, nothing that may name a respondent."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from egovstats.microdata.codebook import Variable
from egovstats.microdata.frequencies import Count, counts_of
from egovstats.microdata.microdata import Microdata

STAMP = "SYNTHETIC: made up for a demonstration; nothing real follows from it."
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_STYLE = (
    "body{font:16px/1.45 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}"
    "table{border-collapse:collapse;margin:.5rem 0 1rem}caption{text-align:left;color:#444}"
    "th,td{padding:.15rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr.missing{color:#555;font-style:italic}"
)
_MISSING = {"": "", "declared": "declared", "tagged": "tagged", "system": "no value"}


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


def _title(data: Microdata) -> str:
    return data.codebook.file_label.strip() or data.source.file or "Codebook"


def to_markdown(data: Microdata, hidden: dict[str, str]) -> str:
    """The codebook as Markdown; shares are unweighted per cent of the answers."""
    lines = [f"# {_plain(_title(data))}", ""]
    if data.codebook.synthetic:
        lines += [f"**{STAMP}**", ""]
    lines += [f"- {name}: {_plain(value)}" for name, value in facts(data).items() if value]
    lines += [f"- Note: {_plain(note)}" for note in data.codebook.notes]
    for each in data.codebook.multiple_response:
        members = ", ".join(map(_plain, each.variables))
        lines.append(f"- Set {_plain(each.name)} ({each.kind}): {_plain(each.label)} \\[{members}\\]")
    lines += ["", "Counts of respondents, not weighted; per cent of those who answered.", ""]
    for section in sections(data, hidden):
        lines += [*_markdown_section(section), ""]
    return "\n".join(lines)


def _markdown_section(section: Section) -> list[str]:
    variable = section.variable
    lines = [f"## {_plain(variable.name)}", ""]
    if variable.label:
        lines += [_plain(variable.label), ""]
    lines += [_plain(traits(variable)), ""]
    if section.left_out:
        return [*lines, f"Not counted: {section.left_out}."]
    lines += ["| code | answer | n | % | missing |", "|---|---|--:|--:|---|"]
    for line in section.lines:
        code = "" if line.code is None else _plain(str(line.code))
        cells = [code, _plain(line.label), str(line.n), section.share(line), _MISSING[line.missing]]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def to_html(data: Microdata, hidden: dict[str, str]) -> str:
    """The codebook as one HTML file that needs nothing else; every text is escaped."""
    title = html.escape(_title(data))
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>',
        f"<body><h1>{title}</h1>",
    ]
    if data.codebook.synthetic:
        parts.append(f"<p><strong>{STAMP}</strong></p>")
    items = [f"{name}: {value}" for name, value in facts(data).items() if value]
    items += [f"Note: {note}" for note in data.codebook.notes]
    items += [
        f"Set {each.name} ({each.kind}): {each.label} [{', '.join(each.variables)}]"
        for each in data.codebook.multiple_response
    ]
    parts.append("<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>")
    parts.append("<p>Counts of respondents, not weighted; per cent of those who answered.</p>")
    parts += [_html_section(section) for section in sections(data, hidden)]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _html_section(section: Section) -> str:
    variable = section.variable
    head = f"<h2>{html.escape(variable.name)}</h2><p>{html.escape(variable.label)}</p>"
    about = html.escape(traits(variable))
    if section.left_out:
        return f"{head}<p>{about}. Not counted: {html.escape(section.left_out)}.</p>"
    rows = []
    for line in section.lines:
        code = "" if line.code is None else str(line.code)
        mark = ' class="missing"' if line.missing else ""
        rows.append(
            f"<tr{mark}><td>{html.escape(code)}</td><td>{html.escape(line.label)}</td>"
            f'<td class="n">{line.n}</td><td class="n">{section.share(line)}</td>'
            f"<td>{_MISSING[line.missing]}</td></tr>"
        )
    header = (
        '<tr><th scope="col">code</th><th scope="col">answer</th><th scope="col" class="n">n</th>'
        '<th scope="col" class="n">%</th><th scope="col">missing</th></tr>'
    )
    caption = f"<caption>{about}</caption>"
    return f"{head}<table>{caption}<thead>{header}</thead><tbody>{''.join(rows)}</tbody></table>"
