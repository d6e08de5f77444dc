"""Results as text, CSV and JSON; tables that line up."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest

import egovstats
from egovstats.cli.output import SYNTHETIC, Result, deliver, plain
from egovstats.cli.tables import lined_up, width_of
from egovstats.errors import SourceError
from egovstats.sources import Source

ROWS = [{"answer": "Итгэдэг", "estimate": 0.1 + 0.2, "df": (3.0, 4.0), "rank": float("nan")}]


def result(*, synthetic: bool = False) -> Result:
    source = Source("Politbarometer", "microdata", synthetic=synthetic)
    return Result("topline", "a table", ROWS, (source,), ("weights are assumed",))


def test_json_keeps_every_digit() -> None:
    content = json.loads(result().as_json())
    assert content["schema_version"] == 1
    assert content["command"] == "topline"
    assert content["synthetic"] is False
    assert content["rows"] == [
        {"answer": "Итгэдэг", "estimate": 0.30000000000000004, "df": [3.0, 4.0], "rank": None}
    ]
    assert content["sources"][0]["title"] == "Politbarometer"


def test_text_has_notes() -> None:
    assert result().as_text() == "a table\n\n- weights are assumed\n"


def test_synthetic_results_are_stamped_in_every_form() -> None:
    made_up = result(synthetic=True)
    text = made_up.as_text()
    assert text.startswith(SYNTHETIC)
    assert text.rstrip().endswith(SYNTHETIC)
    assert json.loads(made_up.as_json())["synthetic"] is True
    assert made_up.as_csv().splitlines()[0].startswith("synthetic,")


def test_csv_file_opens_in_spreadsheets(tmp_path: Path) -> None:
    file = tmp_path / "topline.csv"
    deliver(result(), as_json=False, output=file, force=False)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.DictReader(lines)) == [
            {"answer": "Итгэдэг", "estimate": "0.30000000000000004", "df": "3.0 4.0", "rank": ""}
        ]


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    file = tmp_path / "topline.txt"
    deliver(result(), as_json=False, output=file, force=False)
    with pytest.raises(SourceError, match=r"'topline.txt' is there already. Pass --force"):
        deliver(result(), as_json=False, output=file, force=False)
    deliver(result(), as_json=True, output=file, force=True)
    assert json.loads(file.read_text(encoding="utf-8"))["command"] == "topline"


def test_the_name_says_the_format(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match=r"'topline.docx' must end in .csv, .json, .txt"):
        deliver(result(), as_json=False, output=tmp_path / "topline.docx", force=False)


def test_values_of_numpy_and_pandas_are_plain() -> None:
    values = {"a": np.float64(1.5), "b": np.int64(2), "c": pd.NA, "d": np.array([1.0, np.inf]), "e": np.True_}
    assert plain(values) == {"a": 1.5, "b": 2, "c": None, "d": [1.0, None], "e": True}
    assert plain([pd.Timestamp("2020-05-01"), None, "x"]) == ["2020-05-01 00:00:00", None, "x"]


def test_columns_line_up_in_any_script() -> None:
    table = lined_up(["item", "n"], [["Ерөнхийлөгч", "1,200"], ["調査", "9"], ["й", "10"]]).splitlines()
    assert {width_of(line) for line in table} == {18}
    assert [line[-1] for line in table[2:]] == ["0", "9", "0"]


def test_a_shared_head_stands_once() -> None:
    table = lined_up(
        ["wave", "no", "yes", "n"], [["2019", "59.0", "41.0", "1200"]], groups=["", "%", "%", ""]
    )
    assert table.splitlines()[0] == "      %"
    assert table.splitlines()[1] == "wave    no   yes     n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes without a signal")
def test_a_process_that_is_ended_leaves_no_half_file(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from egovstats import sources\n"
        "from egovstats.cli import main\n"
        "replace = os.replace\n"
        "os.replace = lambda *names: os.kill(os.getpid(), signal.SIGTERM) or replace(*names)\n"
        "sys.argv = ['egovstats', 'indicator', 'MNG', 'TI_CPI', '-o', 'cpi.csv']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(egovstats.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert "interrupted. Files are written whole" in done.stderr
    assert list(tmp_path.iterdir()) == []
