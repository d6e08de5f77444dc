"""``egovstats codebook`` in the formats that other programs read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import egovstats

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wave.sav"
    frame = pd.DataFrame({"trust": [1.0, 2.0] * 20, "email": [f"a{k}@example.org" for k in range(40)]})
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"trust": {1: "Үгүй", 2: "Тийм"}})
    return path


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_lossless_forms(run: Run, file: Path, tmp_path: Path, ending: str) -> None:
    code, out, err = run("codebook", file, "-o", tmp_path / f"book.{ending}")
    assert (code, out) == (0, "")
    assert f"wrote {tmp_path / f'book.{ending}'}" in err
    text = (tmp_path / f"book.{ending}").read_text(encoding="utf-8")
    read = egovstats.Codebook.from_json if ending == "json" else egovstats.Codebook.from_ddi
    assert read(text) == egovstats.read_microdata(file).codebook


def test_forms_for_readers(run: Run, file: Path, tmp_path: Path) -> None:
    for ending in ("md", "html", "xlsx", "txt", "csv", "schema.json"):
        code, _, err = run("codebook", file, "-o", tmp_path / f"book.{ending}")
        assert code == 0, err
        assert b"example.org" not in (tmp_path / f"book.{ending}").read_bytes()
    assert "| 2 | Тийм | 20 | 50.0 |" in (tmp_path / "book.md").read_text(encoding="utf-8")
    assert "Not counted" in (tmp_path / "book.md").read_text(encoding="utf-8")
    fields = json.loads((tmp_path / "book.schema.json").read_text(encoding="utf-8"))["fields"]
    assert [each["name"] for each in fields] == ["trust", "email"]
    with (tmp_path / "book.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["value_label"] for row in csv.DictReader(lines)] == ["Үгүй", "Тийм", ""]
    code, _, err = run("codebook", file, "-o", tmp_path / "kept.md", "--keep", "email")
    assert code == 0, err
    assert "Not counted" not in (tmp_path / "kept.md").read_text(encoding="utf-8")


def test_what_cannot_be_written(run: Run, file: Path, tmp_path: Path) -> None:
    code, _, err = run("codebook", file, "-o", tmp_path / "book.doc")
    assert code == 3
    assert "it ends in '.doc'. Let it end in .json, .schema.json" in err
    (tmp_path / "book.md").write_text("mine", encoding="utf-8")
    code, _, err = run("codebook", file, "-o", tmp_path / "book.md")
    assert code == 3
    assert "'book.md' is there already. Pass --force" in err
    assert (tmp_path / "book.md").read_text(encoding="utf-8") == "mine"
