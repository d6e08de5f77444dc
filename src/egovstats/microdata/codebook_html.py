"""A codebook as one HTML file that needs nothing else; every text is escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping

from egovstats.microdata.codebook_page import (
    BASE,
    MISSING,
    STAMP,
    Section,
    facts,
    heading,
    sections,
    texts,
    title,
    traits,
)
from egovstats.microdata.frequencies import Count
from egovstats.microdata.microdata import Microdata
from egovstats.microdata.variable import MultipleResponseSet

_STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "overflow-wrap:break-word}h1{font-size:1.7rem}h2{font-size:1.1rem;margin:0 0 .2rem}code{font-size:.95em}"
    "section{border-top:1px solid #bbb;padding:1rem 0;break-inside:avoid}"
    "section p{margin:.1rem 0}"
    ".about{color:#555;font-size:.9rem}"
    ".stamp{background:#fff3cd;border:1px solid #997404;padding:.4rem .7rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem}dt{color:#555}"
    "dd{margin:0;overflow-wrap:anywhere}"
    "nav ol{columns:22rem;padding-left:2.5rem;font-size:.95rem}nav li{break-inside:avoid}"
    "table{border-collapse:collapse;margin:.5rem 0;width:100%}"
    "th,td{padding:.15rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #ddd}"
    "th{font-weight:600;font-size:.9rem;color:#444}td.c,th.c{width:5rem}"
    "td.n,th.n{text-align:right;width:4.5rem;font-variant-numeric:tabular-nums}"
    "td.b{width:9rem}td.b i{display:block;height:.7rem;margin-top:.4rem;background:#0072b2}"
    ".s{white-space:nowrap}caption{text-align:left;font-weight:600;padding:.5rem 0 .2rem}"
    "tr.missing td{color:#555}td.m,th.m{width:9rem}"
    "@media(max-width:40rem){td.b,th.b{display:none}td.c,th.c{width:2.5rem}td.n,th.n{width:3rem}"
    "th,td{padding:.15rem .3rem}td.m,th.m{width:6rem}dl{grid-template-columns:1fr}dt{margin-top:.4rem}}"
)


def to_html(data: Microdata, hidden: dict[str, str]) -> str:
    """The codebook as HTML: what is said of the file, a list of the variables, and each with its counts.

    Parameters
    ----------
    data : Microdata
    hidden : dict of str to str
        Variables that are not counted, with the reason.
    """
    book = data.codebook
    name = html.escape(title(data))
    places = {each: f"v{number}" for number, each in enumerate(book.variables, start=1)}
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{name}</title><style>{_STYLE}</style></head>",
        f"<body><h1>{name}</h1>",
    ]
    if book.synthetic:
        parts.append(f'<p class="stamp"><strong>{STAMP}</strong></p>')
    known = [(term, value) for term, value in facts(data).items() if value]
    known += [("Note", note) for note in book.remarks]
    parts.append(
        "<dl>" + "".join(f"<dt>{each}</dt><dd>{html.escape(said)}</dd>" for each, said in known) + "</dl>"
    )
    parts.append(_contents(data, places))
    if book.multiple_response:
        parts.append(_sets(book.multiple_response, places))
    parts.append(f"<p>{BASE}</p>")
    parts += [
        _section(each, places[each.variable.name], _lang(book.language)) for each in sections(data, hidden)
    ]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _lang(language: str) -> str:
    return f' lang="{html.escape(language)}"' if language else ""


def _contents(data: Microdata, places: Mapping[str, str]) -> str:
    variables = data.codebook.variables
    items = "".join(
        f'<li><a href="#{places[name]}">{html.escape(heading(each))}</a></li>'
        for name, each in variables.items()
    )
    shown = " open" if len(variables) <= 60 else ""
    return (
        f"<nav><details{shown}><summary>{len(variables)} variables</summary><ol>{items}</ol></details></nav>"
    )


def _sets(sets: tuple[MultipleResponseSet, ...], places: Mapping[str, str]) -> str:
    rows = []
    for each in sets:
        members = ", ".join(
            f'<a href="#{places[name]}">{html.escape(name)}</a>' if name in places else html.escape(name)
            for name in each.variables
        )
        counts = "any mention" if each.counted_value is None else f"counts {each.counted_value}"
        cells = (html.escape(each.name), html.escape(each.label), html.escape(counts), members)
        kinds = ("s", "", "s", "")
        tds = (f'<td class="{kind}">{cell}</td>' for kind, cell in zip(kinds, cells, strict=True))
        rows.append(f"<tr>{''.join(tds)}</tr>")
    head = "".join(f'<th scope="col">{each}</th>' for each in ("set", "question", "answer", "variables"))
    caption = "<caption>Questions with several answers</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _section(section: Section, place: str, lang: str) -> str:
    variable = section.variable
    said = heading(variable).removeprefix(variable.name).removeprefix(": ")
    parts = [
        f'<section id="{place}"><h2><code>{html.escape(variable.name)}</code> '
        f"<span{lang}>{html.escape(said)}</span></h2>"
    ]
    parts += [
        f"<p{_lang(language) or lang}>{html.escape(f'{text} ({language})' if language else text)}</p>"
        for language, text in texts(variable)
    ]
    about = html.escape(traits(variable))
    if section.left_out:
        about += f". Not counted: {html.escape(section.left_out)}."
    parts.append(f'<p class="about">{about}</p>')
    if not section.left_out:
        parts.append(_table(section, lang))
    return "".join([*parts, "</section>"])


def _table(section: Section, lang: str) -> str:
    with_missing = any(line.missing for line in section.lines)
    columns = [("c", "code"), ("", "answer"), *(("", f"answer ({each})") for each in section.languages)]
    columns += [("n", "n"), ("n", "%"), ("b", ""), *([("m", "missing")] if with_missing else [])]
    head = "".join(
        f'<th scope="col" class="{kind}">{html.escape(text)}</th>' if text else f'<td class="{kind}"></td>'
        for kind, text in columns
    )
    rows = "".join(_row(section, line, lang, with_missing=with_missing) for line in section.lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(section: Section, line: Count, lang: str, *, with_missing: bool) -> str:
    code = "" if line.code is None else html.escape(str(line.code))
    label = f"<td{lang if line.code is not None else ''}>{html.escape(line.label)}</td>"
    further = "".join(
        f"<td{_lang(each)}>{html.escape(section.said(line, each))}</td>" for each in section.languages
    )
    share = section.share(line)
    bar = f'<i style="width:{share}%"></i>' if share else ""
    missing = f'<td class="m">{MISSING[line.missing]}</td>' if with_missing else ""
    mark = ' class="missing"' if line.missing else ""
    return (
        f'<tr{mark}><td class="c">{code}</td>{label}{further}<td class="n">{line.n:,}</td>'
        f'<td class="n">{share}</td><td class="b">{bar}</td>{missing}</tr>'
    )
