"""A report as one self-contained HTML file."""

from __future__ import annotations

import json
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any

from egovstats import __version__
from egovstats.report.blocks import Cell, Chart
from egovstats.report.charts import NARROW, WIDE, vector
from egovstats.report.document import Report
from egovstats.report.renderers.heads import heads_of, notes_below
from egovstats.report.values import Em, Num, Part, Ref, Textual, Value, text_of

if TYPE_CHECKING:
    from markupsafe import Markup


_KEPT_WHOLE = 26


def render_html(report: Report) -> bytes:
    """The page: style and charts inside, nothing loaded from elsewhere."""
    from jinja2 import BaseLoader, Environment, StrictUndefined

    environment = Environment(loader=BaseLoader(), autoescape=True, undefined=StrictUndefined)
    labels = report.labels()
    say = report.language.say
    page = environment.from_string(
        _shipped("report.html.j2"),
        globals={
            "content": partial(_content, report, labels),
            "css_string": _css_string,
            "heads": heads_of,
            "is_short": lambda table: not table.wordy and sum(1 for _ in table.rows()) <= _KEPT_WHOLE,
            "total_width": lambda table: sum(column.width for column in table.columns),
            "kind_of": lambda block: type(block).__name__,
            "labels": labels,
            "notes": lambda block: notes_below(block, report),
            "plain": partial(report.language.plain, labels=labels),
            "say": say,
            "see": lambda target: _text(report, labels, report.language.fill("see", target=Ref(target))),
            "stamp_of": report.stamp,
            "svg": partial(_svg, report),
            "text": partial(_text, report, labels),
        },
    )
    css = _markup(_shipped("report.css").strip())
    return (page.render(report=report, css=css, stamp=report.stamp(), version=__version__) + "\n").encode(
        "utf-8"
    )


def _shipped(name: str) -> str:
    return resources.files("egovstats.report").joinpath("templates", name).read_text(encoding="utf-8")


def _markup(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


def _css_string(text: str) -> Markup:
    """A CSS string: escaped for CSS and for the style element it stands in."""
    return _markup(json.dumps(text, ensure_ascii=False).replace("<", "\\3c "))


def _text(report: Report, labels: dict[str, str], content: Textual) -> Markup:
    return _markup("").join(_part(report, labels, part) for part in text_of(content))


def _part(report: Report, labels: dict[str, str], part: Part) -> Markup:
    from markupsafe import escape

    if isinstance(part, Num):
        return _number(report, part.value, report.language.show(part.value, part.form))
    if isinstance(part, Em):
        return _markup("<em>{}</em>").format(part.text)
    if isinstance(part, Ref):
        return _markup('<a href="#{}">{}</a>').format(part.target, labels[part.target])
    return escape(part)


def _number(report: Report, value: Value, shown: str) -> Markup:
    """A number that leads back to its entry in results.json; a withheld one with its reason."""
    if value.visible:
        template = '<data value="{!r}" data-result="{}">{}</data>'
        return _markup(template).format(value.value, value.id, shown)
    word = "suppressed" if value.status == "suppressed" else "undefined"
    return _mark(shown, report.language.say(f"mark.{word}_word"))


def _mark(sign: str, spoken: str) -> Markup:
    template = '<span aria-hidden="true">{}</span><span class="hidden">{}</span>'
    return _markup(template).format(sign, spoken)


def _content(report: Report, labels: dict[str, str], cell: Cell) -> Markup:
    """What stands in a cell: a value bare, with its marks; or text."""
    language = report.language
    if cell.absent:
        return _mark(language.say("mark.undefined"), language.say("mark.undefined_word"))
    if cell.badge:
        symbol, verdict = language.say(f"verdict_symbol.{cell.badge}"), language.say(f"verdict.{cell.badge}")
        template = (
            '<span class="badge {}"><span aria-hidden="true">{}</span> {}</span><span class="why">{}</span>'
        )
        return _markup(template).format(cell.badge, symbol, verdict, _text(report, labels, cell.content))
    value = cell.value
    if cell.spoken:
        return _mark(language.plain(cell.content), cell.spoken)
    if value is None:
        return _text(report, labels, cell.content)
    number = _number(report, value, language.show(value, "cell"))
    if value.status == "flagged":
        number = _markup("({})").format(number)
    if cell.clear and value.value is not None:
        up = value.value > 0
        arrow = _mark("▲" if up else "▼", language.say("mark.clear_up" if up else "mark.clear_down"))
        return _markup("<strong>{} {}</strong>").format(arrow, number)
    if cell.letters:
        spoken = language.say("mark.above", letters=cell.letters)
        template = '{} <span class="letters" aria-hidden="true">{}</span><span class="hidden">{}</span>'
        return _markup(template).format(number, cell.letters, spoken)
    return number


def _svg(report: Report, chart: Chart) -> Markup:
    """The chart twice, drawn for wide and for narrow paper; the page shows the one that fits."""
    both = ((WIDE, "for-wide"), (NARROW, "for-narrow"))
    return _markup("\n").join(_one_svg(report, chart, width, style) for width, style in both)


def _one_svg(report: Report, chart: Chart, width: float, style: str) -> Markup:
    name = f"{chart.id}-{style[4:]}"
    drawing: Any = chart.drawing
    element = vector(drawing, report.language, name=name, width=width, stamp=report.stamp(chart))
    attributes = f'class="{style}" role="img" aria-labelledby="{name}-title {name}-desc"'
    told = _markup('<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>').format(
        name, chart.caption, name, chart.drawing.alt(report.language)
    )
    opening, rest = element.split(">", 1)
    return _markup(f"{opening.replace('<svg', f'<svg {attributes}', 1)}>") + told + _markup(rest)
