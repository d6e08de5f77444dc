"""The guide for report authors: its files are written and its commands run, in order, as a reader would."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from egovstats.cli import main


@pytest.fixture(scope="module")
def guide(root: Path) -> str:
    return (root / "docs" / "guide-reports.md").read_text(encoding="utf-8")


def _blocks(guide: str) -> list[tuple[str, str]]:
    return re.findall(r"```(\w+)\n(.*?)```", guide, re.DOTALL)


@pytest.mark.slow
def test_its_commands_do_what_it_says(
    guide: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for kind, block in _blocks(guide):
        name = re.match(r"(?:# |<!-- )(mine/\S+)", block)
        if name:
            (tmp_path / name[1]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name[1]).write_text(block, encoding="utf-8")
        for line in block.splitlines() if kind == "sh" else []:
            program, *words = shlex.split(line)
            if program == "mkdir":
                (tmp_path / words[-1]).mkdir(parents=True)
                continue
            assert program == "egovstats"
            assert main(words) == 0, line
            said.append((words[0], capsys.readouterr().out))
    assert [name for name, _ in said] == [
        *("demo", "report", "report", "compare", "verify"),
        *("variants", "variants", "bundle", "verify"),
    ]
    assert re.search(r"numbers and verdicts: \d+ identical\n", said[3][1])
    assert said[4][1].startswith("The run can be made again.")
    assert "Decisions of the report about survey data: 2." in said[5][1]
    assert "Without weights" in (tmp_path / "variants.html").read_text(encoding="utf-8")
    assert said[8][1].startswith("The run can be made again.")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Two surveys asked the same questions, three years apart." in page
    assert "By group" in page
    assert "Хүнд суртлын дарамт" in (tmp_path / "out-mn" / "report.html").read_text(encoding="utf-8")


def test_limits_of_small_bases_are_read(guide: str, tmp_path: Path) -> None:
    from egovstats.report.opened import open_definition

    yaml = dict.fromkeys(block for kind, block in _blocks(guide) if kind == "yaml")
    definition, rule = yaml
    folder = tmp_path / "mine"
    (folder / "text").mkdir(parents=True)
    (folder / "report.yaml").write_text(definition + rule, encoding="utf-8")
    (folder / "text" / "en.md").write_text("# findings\n\nWords.\n", encoding="utf-8")
    found = open_definition(folder).definition.disclosure
    assert (found.suppress_below, found.flag_below, found.cell_below) == (50, 100, 10)
    assert json.dumps(found.exceptions).startswith('{"tape.level.2018.burden_time"')
