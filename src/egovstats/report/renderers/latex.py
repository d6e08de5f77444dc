"""A report in LaTeX: a document to compile, its body to put into a paper, its charts, and its citation."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

from egovstats import __version__
from egovstats.report.blocks import Block, Chart, Facts, Heading, Headlines, Notes, Paragraph, Table, is_blank
from egovstats.report.charts import WIDE, pages
from egovstats.report.document import Report
from egovstats.report.renderers.heads import notes_below
from egovstats.report.renderers.latex_table import PARAGRAPH, table_lines
from egovstats.report.renderers.latex_text import escaped, name_of
from egovstats.report.values import Em, Num, Part, Ref, Textual, text_of

_BABEL = {"en": "english", "mn": "mongolian", "ru": "russian"}
_HERE = "\0"


def render_latex(report: Report) -> dict[str, bytes]:
    """``report.tex``, its preamble and body, its figures as PDF, and ``report.bib``, by file name."""
    writer = _Writer(report)
    texts = {
        "report.tex": _filled("report.tex.j2", writer.about()),
        "report-preamble.tex": _filled("report-preamble.tex.j2", writer.about()),
        "report-body.tex": "\n".join(writer.lines()) + "\n",
        "report.bib": _filled("report.bib.j2", writer.about()),
    }
    figures = {
        _file(block): _figure(report, block) for block in report.numbered() if isinstance(block, Chart)
    }
    return {name: text.encode("utf-8") for name, text in texts.items()} | figures


def _file(chart: Chart) -> str:
    return f"figures/{name_of(chart.id)}.pdf"


def _figure(report: Report, chart: Chart) -> bytes:
    drawing: Any = chart.drawing
    return pages(drawing, report.language, width=WIDE, stamp=report.stamp(chart))


def _filled(name: str, about: dict[str, str]) -> str:
    """A template whose fields are in LaTeX already."""
    from jinja2 import BaseLoader, Environment, StrictUndefined

    signs = {"variable_start_string": "<<", "variable_end_string": ">>", "block_start_string": "<%"}
    signs |= {"block_end_string": "%>", "comment_start_string": "<#", "comment_end_string": "#>"}
    environment = Environment(
        loader=BaseLoader(),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        **signs,  # type: ignore[arg-type]
    )
    text = resources.files("egovstats.report").joinpath("templates", name).read_text(encoding="utf-8")
    return environment.from_string(text).render(about) + "\n"


class _Writer:
    """Puts the blocks of one report into lines."""

    def __init__(self, report: Report) -> None:
        self.report, self.language = report, report.language
        self.kinds = {
            block.id: "table" if isinstance(block, Table) else "figure" for block in report.numbered()
        }

    def about(self) -> dict[str, str]:
        """What the templates say, escaped."""
        report, say = self.report, self.language.say
        said = {
            "title": report.title,
            "subtitle": report.subtitle,
            "authors": report.authors,
            "stamp": report.stamp(),
            "table": say("table.label"),
            "figure": say("figure.label"),
            "revision": report.version,
            "software": __version__,
        }
        year = str(report.date.year) if report.date else ""
        found = {key: escaped(words) for key, words in said.items()}
        return {
            **found,
            "babel": _BABEL[self.language.code],
            "tag": self.language.tag,
            "name": name_of(report.name),
            "year": year,
        }

    def lines(self) -> Iterator[str]:
        """The body, paragraph by paragraph."""
        report, say = self.report, self.language.say
        yield r"% Read by report.tex. In a paper of your own: \input{report-preamble} before"
        yield r"% \begin{document}, \input{report-body} after it, and \graphicspath to the folder of figures."
        if report.synthetic:
            yield rf"\egstamp{{{escaped(report.stamp())}}}{{{escaped(report.stamp_words())}}}"
            yield ""
        yield from self._facts(report.facts)
        for section in report.sections:
            yield rf"\section{{{escaped(section.title)}}}\label{{sec:{name_of(section.id)}}}"
            yield ""
            for block in report.blocks(section):
                yield from self._block(block)
                yield ""
        closing = (say("page.numbers"), say("page.made_with", version=__version__))
        yield rf"\egclosing{{{PARAGRAPH.join(map(escaped, closing))}}}"

    def text(self, content: Textual) -> str:
        """Text with its numbers, italics and pointers."""
        return "".join(self._part(part) for part in text_of(content))

    def _part(self, part: Part) -> str:
        if isinstance(part, Num):
            return escaped(self.language.show(part.value, part.form))
        if isinstance(part, Em):
            return rf"\emph{{{escaped(part.text)}}}"
        if isinstance(part, Ref):
            label = self._label(part.target)
            before, after = map(escaped, self._numbered(part.target).split(_HERE))
            return rf"\hyperref[{label}]{{{before}\ref*{{{label}}}{after}}}"
        return escaped(part)

    def _numbered(self, id: str) -> str:
        """The label of a table or chart with a gap for its number, which LaTeX counts."""
        return self.language.say(f"{self.kinds[id]}.numbered", number=_HERE)

    def _label(self, id: str) -> str:
        return f"{self.kinds[id][:3]}:{name_of(id)}"

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Heading):
            yield rf"\{'sub' * (block.level - 2)}section*{{{escaped(block.text)}}}"
        elif isinstance(block, Paragraph):
            yield self.text(block.text)
        elif isinstance(block, Headlines):
            yield from self._headlines(block)
        elif isinstance(block, Notes):
            yield from self._titled(block.title)
            yield from (
                r"\begin{itemize}",
                *(rf"\item {self.text(item)}" for item in block.items),
                r"\end{itemize}",
            )
        elif isinstance(block, Facts):
            yield from self._facts(block)
        elif isinstance(block, Table):
            yield from self._table(block)
        else:
            yield from self._chart(block)

    def _headlines(self, block: Headlines) -> Iterator[str]:
        yield r"\begin{itemize}"
        for sentence in block.sentences:
            see = (
                " " + self.text(self.language.fill("see", target=Ref(sentence.target)))
                if sentence.target
                else ""
            )
            yield rf"\item \textbf{{{escaped(sentence.subject)}}}\newline {self.text(sentence.text)}{see}"
        yield r"\end{itemize}"

    def _titled(self, title: str) -> Iterator[str]:
        if title:
            yield rf"\subsection*{{{escaped(title)}}}"

    def _facts(self, block: Facts) -> Iterator[str]:
        yield from self._titled(block.title)
        if block.rows:
            yield r"\begin{description}"
            for i, (term, said) in enumerate(block.rows):
                words = rf"\egmuted{{\emph{{{self.text(said)}}}}}" if i in block.muted else self.text(said)
                yield rf"\item[{{{escaped(term)}}}] {words}"
            yield r"\end{description}"
            yield ""

    def _caption(self, block: Table | Chart) -> str:
        caption, stamp = escaped(block.caption), self.report.stamp(block)
        made_up = rf" \egmadeup{{{escaped(stamp)}}}" if stamp else ""
        lead = "" if is_blank(block.lead) else rf"\eglead{{{self.text(block.lead)}}}"
        return rf"\caption[{{{caption}}}]{{{caption}{made_up}{lead}}}\label{{{self._label(block.id)}}}"

    def _below(self, block: Table | Chart) -> list[str]:
        notes = [self.text(note) for note in notes_below(block, self.report)]
        if notes:
            notes[0] = rf"\emph{{{escaped(self.language.say('page.note'))}}} {notes[0]}"
        if block.source:
            notes.append(escaped(self.language.say("page.source", sources=block.source)))
        return notes

    def _table(self, table: Table) -> Iterator[str]:
        label = self._label(table.id)
        continued = self.text(self.language.fill("table.continued", label=Ref(table.id)))
        yield rf"% {label}"
        yield from table_lines(
            table,
            caption=self._caption(table),
            continued=continued,
            notes=self._below(table),
            text=self.text,
            language=self.language,
        )

    def _chart(self, chart: Chart) -> Iterator[str]:
        yield from (rf"% {self._label(chart.id)}", r"\begin{figure}", self._caption(chart))
        alt = escaped(chart.drawing.alt(self.language))
        yield rf"\includegraphics[width=\linewidth,alt={{{alt}}}]{{{_file(chart)}}}"
        notes = self._below(chart)
        if notes:
            yield rf"\egnotes{{{PARAGRAPH.join(notes)}}}"
        yield r"\end{figure}"
