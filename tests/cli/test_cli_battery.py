"""The command battery: its table at two widths, its files, its speed on twenty real items, its refusals."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import egovstats
from egovstats.cli import main
from egovstats.cli.output import SYNTHETIC
from egovstats.cli.tables import lined_up, width_of
from egovstats.inference import trend_battery

Run = Callable[..., tuple[int, str, str]]
ITEMS = ("bureaucratic", "service_difficulty", "bribe_paid")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "waves"
    assert main(["demo", str(folder), "-q"]) == 0
    return folder / "bureaucracy"


def words(demo: Path, *more: object) -> tuple[object, ...]:
    return ("battery", "bureaucracy", "--data", demo, "--item", ",".join(ITEMS), *more)


@pytest.mark.parametrize("columns", [80, 120])
def test_tables_fit_the_terminal(run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, err = run(*words(demo))
    assert code == 0
    assert out.startswith(SYNTHETIC)
    assert max(map(width_of, out.removeprefix(SYNTHETIC).splitlines()[:-1])) <= columns + 4
    assert "adjusted over 3 items by Holm" in out
    assert "2 waves: a line that turns once has four unknowns" in out
    assert "3 of 3 items" in err


def test_numbers_are_those_of_the_battery(run: Run, demo: Path, tmp_path: Path) -> None:
    code, out, _ = run(*words(demo, "--json", "--on", "year"))
    assert code == 0
    found = json.loads(out)
    waves = egovstats.open_series("bureaucracy").read(demo, items=list(ITEMS))
    want = trend_battery(waves, ITEMS).to_frame()
    assert [row["change"] for row in found["rows"]] == want["change"].tolist()
    assert [row["2015"] for row in found["rows"]] == want["2015"].tolist()
    assert (found["margin"], found["adjust"], found["synthetic"]) == (0.03, "holm", True)

    code, _, err = run(*words(demo, "-o", tmp_path / "battery.csv"))
    assert code == 0
    assert f"wrote {tmp_path / 'battery.csv'}" in err
    with (tmp_path / "battery.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["item"] for row in rows] == list(ITEMS)
    assert {row["synthetic"] for row in rows} == {"True"}


@pytest.mark.parametrize(("suffix", "start"), [("html", b"<!DOCTYPE"), ("docx", b"PK"), ("xlsx", b"PK")])
def test_documents(run: Run, demo: Path, tmp_path: Path, suffix: str, start: bytes) -> None:
    code, out, err = run(*words(demo, "--lang", "mn", "-o", tmp_path / f"b.{suffix}"))
    assert (code, out) == (0, "")
    content = (tmp_path / f"b.{suffix}").read_bytes()
    assert content[:20].lower().startswith(start.lower())
    code, _, err = run(*words(demo, "-o", tmp_path / f"b.{suffix}"))
    assert code == 3
    assert "is there already" in err


def test_answers_of_ones_own(run: Run, demo: Path) -> None:
    code, out, _ = run(*words(demo, "--answers", "service_difficulty=4", "--json"))
    assert code == 0
    row = json.loads(out)["rows"][1]
    design = egovstats.open_series("bureaucracy").read(demo, items=list(ITEMS)).design()
    shares = egovstats.proportion(design, "service_difficulty", by="year", answers=[4])
    assert row["2015"] == pytest.approx(shares.estimate[0])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--answers", "bribe_paid"), "takes an item and codes, such as trust=3,4"),
        (("--answers", "bribe_paid=yes"), "takes an item and codes"),
        (("-o", "b.pdf"), "must end in .csv, .json, .txt, .html, .docx, .xlsx"),
        (("--margin", "0"), "--margin"),
        (("--item", "bribe"), "bribe"),
    ],
)
def test_refusals(run: Run, demo: Path, more: tuple[str, ...], said: str) -> None:
    code, _, err = run(*words(demo, *more))
    assert code != 0
    assert said in err


def test_twenty_items_of_tunisia_in_twenty_seconds(run: Run, shared_data: Path) -> None:
    folder = shared_data / "microdata" / "afrobarometer-tunisia"
    known = egovstats.open_series("afrobarometer-tunisia").items
    items = [name for name, item in known.items() if item.headline is not None][:20]
    start = time.process_time()
    code, out, _ = run("battery", "afrobarometer-tunisia", "--data", folder, "--item", ",".join(items))
    assert time.process_time() - start < 20
    assert code == 0
    assert "Trust in the prime minister: asked once (2013.1), so there is no trend" in out


def test_a_narrow_table_breaks_heads_and_labels() -> None:
    found = lined_up(
        ["Item", "Share of the first wave"],
        [["Trust in the national electoral commission", "41.0"], ["a group of rows that is long", ""]],
        groups=["", "%"],
        width=30,
    )
    lines = found.splitlines()
    assert max(map(width_of, lines)) <= 30
    assert lines[0].strip() == "%"
    assert lines[-1] == "a group of rows that is long"
    assert any(line.split()[-1] == "41.0" for line in lines)
