r"""LaTeX: compiles as it is, points where it says, and no text of a survey is a command."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_sample import sample_report

import egovstats.report as er
from egovstats.report.renderers.latex_text import SIGNS, escaped, name_of

HOSTILE = (
    r"\input{/etc/passwd} \write18{ls} \end{document} \\ & % # $x^2$ _ { } ~ ^^41 <<a>> | [b] *c* --- ,,d'' `e` "
    "😀 ӨөҮү سلام عليكم שלום 中 \ufeff\u200b\u202e \x00\x07 \n\n \ud800 \uffff"
)
FILES = ("report.tex", "report-preamble.tex", "report-body.tex")


def _body(folder: Path) -> str:
    return (folder / "report-body.tex").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("50% & $5 #1 a_b", r"50\% \& \$5 \#1 a\_b"),
        ("^~<>|", r"\textasciicircum{}\textasciitilde{}\textless{}\textgreater{}\textbar{}"),
        ("\"a\" 'b' `c`", r"\textquotedbl{}a\textquotedbl{} \textquotesingle{}b\textquotesingle{} \textasciigrave{}c\textasciigrave{}"),
        ("[a] *b", "{[}a{]} {*}b"),
        ("a---b,,c?`", r"a-\egapart{}-\egapart{}-b,\egapart{},c?\egapart{}\textasciigrave{}"),
        ("1\u00a0234,5", "1~234,5"),
        ("Өргөдөл «Үүд» — “x”", "Өргөдөл «Үүд» — “x”"),
        ("▲ ▼ ✓ ✗", r"\egup{} \egdown{} \egyes{} \egno{}"),
        ("😀", r"\egletter{😀}{1F600}"),
        ("a\ufeff\u200bb\u202e", "ab"),
        ("a\n\nb\x00", "a b"),
        ("سلام عليكم!", r"\egrtl{سلام عليكم}{U+0633 U+0644 U+0627 U+0645 U+0020 U+0639 U+0644 U+064A U+0643 U+0645}!"),
        ("\ud800\uffff", r"\egunknown{D800}\egunknown{FFFF}"),
    ],
)  # fmt: skip
def test_text_of_a_survey_is_never_a_command(text: str, kept: str) -> None:
    assert escaped(text) == kept


NAMES = {
    "egapart": "",
    "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<", "textgreater": ">",
    "textbar": "|", "textquotedbl": '"', "textquotesingle": "'", "textasciigrave": "`",
    **{command[1:-2]: sign for sign, command in SIGNS.items()},
}  # fmt: skip


def read_back(tex: str) -> str:
    """What TeX would print: knows only the commands that may occur, and fails at any other."""
    said, i = "", 0
    while i < len(tex):
        match = re.compile(
            r"\\egletter\{(.)\}\{[0-9A-F]+\}|\\egrtl\{(.+?)\}\{[U+0-9A-F ]+\}|\\egunknown\{([0-9A-F]+)\}"
            r"|\\([a-z]+)\{\}|\\([{}$&#%_])|(\\-)|(\\,)|(~)|\{([\[\]*])\}|([^\\{}$&#%_^~])",
            re.DOTALL,
        ).match(tex, i)
        assert match, tex[i:]
        letter, run, code, name, special, _, thin, tie, guarded, plain = match.groups()
        if name:
            said += NAMES[name]
        elif code:
            said += chr(int(code, 16))
        else:
            said += letter or run or special or guarded or plain or ""
            said += " " * bool(thin or tie)
        i = match.end()
    return said


@given(st.text() | st.text(alphabet=sorted({*HOSTILE, *"\\{}$&#%_^~-,[]*'`\"<>|"})))
def test_every_text_comes_back_from_tex(text: str) -> None:
    def seen(words: str) -> str:
        words = "".join(
            " " if unicodedata.category(each)[0] == "Z" or each in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85" else each
            for each in words
            if unicodedata.category(each) != "Cf" and "VARIATION SELECTOR" not in unicodedata.name(each, "")
        )
        words = "".join(each for each in words if unicodedata.category(each) != "Cc")
        return re.sub(" +", " ", words)

    assert re.sub(" +", " ", read_back(escaped(text))) == seen(text)


def test_environments_and_braces_close(english: Path, mongolian: Path, russian: Path) -> None:
    for folder in (english, mongolian, russian):
        text = re.sub(r"(?m)^%.*$", "", _body(folder))
        open_ones: list[str] = []
        for command, name in re.findall(r"\\(begin|end)\{([a-z]+)\}", text):
            if command == "begin":
                open_ones.append(name)
            else:
                assert open_ones.pop() == name
        assert not open_ones
        bare = re.sub(r"\\[{}]", "", text)
        assert bare.count("{") == bare.count("}")


def test_rows_have_the_cells_of_their_table(english: Path) -> None:
    text = _body(english)
    tables = re.findall(r"\\egtable\{(\d+)\}.*?\n(.*?)\\end\{(?:tabular|longtable)\}", text, re.DOTALL)
    assert len(tables) == sum(isinstance(block, er.Table) for block in sample_report("en").numbered())
    for count, inside in tables:
        for line in inside.splitlines():
            if not line.endswith(r"\\") or line.startswith((r"\multicolumn{" + count, r"\caption")):
                continue
            spans = [int(each) for each in re.findall(r"\\multicolumn\{(\d+)\}", line)]
            cells = len(re.findall(r"(?<!\\)&", line)) + 1
            assert cells + sum(spans) - len(spans) == int(count), line


def test_pointers_lead_to_labels_and_figures_to_files(english: Path) -> None:
    text = _body(english)
    labels = re.findall(r"\\label\{([^}]+)\}", text)
    pointers = re.findall(r"\\hyperref\[([^\]]+)\]\{(Table|Figure)~\\ref\*\{([^}]+)\}\}", text)
    assert len(labels) == len(set(labels))
    assert pointers
    assert {label for label, _, again in pointers if label == again} <= set(labels)
    figures = re.findall(r"\\includegraphics\[width=\\linewidth,alt=\{(.+)\}\]\{([^}]+)\}", text)
    assert len(figures) == sum(isinstance(block, er.Chart) for block in sample_report("en").numbered())
    for alt, name in figures:
        assert len(alt) > 40
        assert (english / name).read_bytes().startswith(b"%PDF-")


def test_numbers_and_marks_are_those_of_the_page(russian: Path, mongolian: Path) -> None:
    text = _body(russian)
    assert r"\rlap{)}" in text
    assert r"{*}" in text
    assert "1~200" in text
    assert escaped(er.Language("ru").say("legend.suppressed", limit=30)) in text
    stamp = er.Language("mn").say("stamp.short")
    assert _body(mongolian).splitlines()[2].startswith(rf"\egstamp{{{stamp}}}")
    assert rf"\egmadeup{{{stamp}}}" in _body(mongolian)
    assert rf"\fancyhead[C]{{\small\bfseries {stamp}}}" in (mongolian / "report.tex").read_text("utf-8")
    assert "fancyhead" not in (russian / "report.tex").read_text("utf-8")


def test_languages_names_and_citation(tmp_path: Path, mongolian: Path) -> None:
    preamble = (mongolian / "report-preamble.tex").read_text("utf-8")
    assert r"\babelprovide[import=mn,main]{mongolian}" in preamble
    assert r"\renewcommand{\tablename}{Хүснэгт}" in preamble
    section = er.Section("s", "S", (er.Paragraph("p"),))
    report = er.Report(
        "a_b", "A & B", er.Language("en"), (section,), authors="R&D {x}", version="1.2", date=sample_date()
    )
    files = {file.name: file for file in report.write(tmp_path, formats=["latex", "json"])}
    entry = files["report.bib"].read_text("utf-8")
    assert entry.startswith("@techreport{a+5Fb,")
    assert r"author = {{R\&D \{x\}}}" in entry
    assert "note = {{Version 1.2}}" in entry
    outputs = json.loads(files["manifest.json"].read_text("utf-8"))["outputs"]
    assert {*FILES, "report.bib"} <= {each["file"] for each in outputs}


def sample_date():
    import datetime as dt

    return dt.date(2026, 11, 1)


def test_names_of_labels_keep_ids_apart() -> None:
    assert name_of("a_b") != name_of("a b")
    assert re.fullmatch(r"[A-Za-z0-9+-]+", name_of("үг/..\\{x}"))


def _hostile_report(code: str) -> er.Report:
    rows = tuple(er.Row((er.Cell(HOSTILE), er.Cell("[x] " + HOSTILE), er.Cell("*"))) for _ in range(25))
    columns = (er.Column(HOSTILE, align="start"), er.Column(HOSTILE, "g&"), er.Column("c", "g&", "center"))
    words = {"lead": HOSTILE, "notes": (HOSTILE,), "source": HOSTILE}
    tables = [
        er.Table(name, HOSTILE, columns, (er.RowGroup(rows[:count], HOSTILE),), **words)
        for name, count in (("long_one", 25), ("short", 2))
    ]
    blocks = (er.Heading(HOSTILE), er.Paragraph(HOSTILE), er.Notes((HOSTILE,), HOSTILE), *tables)
    section = er.Section("s", HOSTILE, (*blocks, er.Paragraph((er.Ref("short"), " ", er.Em(HOSTILE)))))
    facts = er.Facts(((HOSTILE, HOSTILE),))
    return er.Report(
        "r", HOSTILE, er.Language(code), (section,), subtitle=HOSTILE, facts=facts, authors=HOSTILE
    )


ENGINE = next((name for name in ("lualatex", "xelatex", "tectonic") if shutil.which(name)), None)


@pytest.mark.skipif(ENGINE is None, reason="no LuaLaTeX, XeLaTeX or tectonic on the path")
@pytest.mark.slow
def test_it_compiles_whatever_a_survey_says(tmp_path: Path) -> None:
    for report in (sample_report("mn", synthetic=True), _hostile_report("ru")):
        folder = tmp_path / report.name
        report.write(folder, formats=["latex"])
        flags = ["--untrusted", "--keep-logs"] if ENGINE == "tectonic" else ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error"]  # fmt: skip
        for _ in range(1 if ENGINE == "tectonic" else 2):
            done = subprocess.run(
                [ENGINE, *flags, "report.tex"], check=False, cwd=folder, capture_output=True, timeout=300
            )  # type: ignore[list-item]
            assert done.returncode == 0, done.stdout[-3000:].decode("utf-8", "replace")
        log = (folder / "report.log").read_text("utf-8", "replace")
        assert "There were undefined references" not in log
        assert "Missing character" not in log
        if report.name == "sample":
            assert not re.search(r"Overfull \\hbox .* in (alignment|paragraph)", log)
