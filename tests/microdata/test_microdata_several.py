"""Several files at once: each its own table, and every fault told."""

from __future__ import annotations

import pandas as pd
import pytest
from click.testing import CliRunner

import egovstats as eg
from egovstats.cli.app import egovstats as command
from egovstats.cli.console import Console


@pytest.fixture
def waves(tmp_path):
    for year in (2020, 2021):
        pd.DataFrame({"q": [1, 2, 2], "w": [0.5, 1.0, year / 1000]}).to_csv(
            tmp_path / f"{year}.csv", index=False
        )
    (tmp_path / "cut.sav").write_bytes(b"$FL2" + b" " * 60)
    (tmp_path / "empty.dta").write_bytes(b"")
    return tmp_path


def test_each_file_is_a_table_of_its_own(waves):
    read = eg.read_microdata_files([waves / "2021.csv", waves / "2020.csv"], columns=["q"])
    assert list(read) == ["2021.csv", "2020.csv"]
    assert [list(each.frame) for each in read.values()] == [["q"], ["q"]]
    read = eg.read_microdata_files(waves.glob("20*.csv"), columns={"2020.csv": ["w"]})
    assert {name: list(each.frame) for name, each in read.items()} == {
        "2020.csv": ["w"],
        "2021.csv": ["q", "w"],
    }


def test_all_faults_are_told_together(waves):
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata_files([waves / "cut.sav", waves / "2020.csv", waves / "empty.dta"])
    said = str(error.value).splitlines()
    assert said[0] == "2 of 3 files cannot be read. Mend each, or leave it out:"
    assert said[1].startswith("- 'cut.sav' cannot be read: it is cut off or damaged")
    assert said[2].startswith("- 'empty.dta' is empty (0 bytes)")


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        ([], {}, "no file is named"),
        (["2020.csv", "2020.csv"], {}, "'2020.csv' is named twice"),
        (
            ["2020.csv"],
            {"columns": {"2019.csv": ["q"]}},
            "columns= names '2019.csv', which is none of the files",
        ),
    ],
)
def test_a_wrong_list(waves, names, options, said):
    with pytest.raises(eg.SourceError, match=said):
        eg.read_microdata_files([waves / name for name in names], **options)


def test_inspect_shows_those_that_can_be_read(waves):
    names = [str(waves / name) for name in ("2020.csv", "cut.sav", "2021.csv")]
    with pytest.raises(eg.SourceError, match=r"'cut\.sav' cannot be read"):
        CliRunner().invoke(command, ["inspect", *names], obj=Console(), catch_exceptions=False)
    result = CliRunner().invoke(command, ["inspect", *names], obj=Console())
    assert result.stdout.count("File ") == 2
