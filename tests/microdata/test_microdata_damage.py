"""Files that are missing, cut off, encrypted or not what their name says: our error, or the whole table."""

from __future__ import annotations

import gzip
import random
import warnings
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import egovstats as eg
from egovstats.microdata import inspect_file

FRAME = pd.DataFrame({"q": [1.0, 2.0, 3.0, 9.0], "name": ["x", "yy", "zzz", "w"], "k": [1, 2, 3, 4]})
LABELS = {"q": {1: "one", 2: "two", 9: "nine"}}


def _write(path: Path) -> bytes:
    ending, version = path.suffix, path.stem.rpartition("_")[2]
    if ending in (".sav", ".zsav"):
        pyreadstat.write_sav(FRAME, path, compress=ending == ".zsav", variable_value_labels=LABELS)
    elif ending == ".dta":
        pyreadstat.write_dta(FRAME, path, version=int(version), variable_value_labels=LABELS)
    elif ending == ".xpt":
        pyreadstat.write_xport(FRAME, path, file_format_version=int(version))
    elif ending == ".por":
        pyreadstat.write_por(FRAME.rename(columns=str.upper), path)
    elif ending == ".xlsx":
        FRAME.to_excel(path, index=False)
    elif ending == ".parquet":
        FRAME.to_parquet(path)
    return path.read_bytes()


def _read(path: Path) -> tuple[pd.DataFrame, dict[str, dict[object, str]], list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = eg.read_microdata(path)
    labels = {name: dict(each.values) for name, each in data.codebook.variables.items()}
    return data.frame, labels, [str(each.message) for each in caught]


FILES = [
    "a.sav",
    "a.zsav",
    "a_8.dta",
    "a_10.dta",
    "a_12.dta",
    "a_13.dta",
    "a_15.dta",
    "a.por",
    "a_5.xpt",
    "a_8.xpt",
    "a.xlsx",
    "a.parquet",
]


@pytest.mark.parametrize("name", FILES)
def test_cut_anywhere_it_is_our_error_or_the_whole_table(tmp_path, name):
    whole = _write(tmp_path / name)
    frame, labels, told = _read(tmp_path / name)
    assert len(frame) == 4
    assert told == []
    size = len(whole)
    places = sorted({*range(0, size, max(1, size // 60)), *range(max(0, size - 40), size)})
    refused = 0
    for place in places:
        (tmp_path / name).write_bytes(whole[:place])
        try:
            cut_frame, cut_labels, told = _read(tmp_path / name)
        except eg.SourceError:
            refused += 1
            continue
        pd.testing.assert_frame_equal(cut_frame, frame)
        assert cut_labels == labels or any("labels that are not in the file" in each for each in told)
    assert refused > len(places) / 2


@pytest.mark.parametrize("compressed", [False, True])
def test_sav_without_a_count_of_rows_is_checked_by_its_structure(sav, column, compressed):
    columns = [column("ID", width=12), column("Q")]
    rows = [(f"r{k}", k) for k in range(9)]
    path = sav(columns, rows, n_cases=-1, compressed=compressed)
    whole = path.read_bytes()
    data = eg.read_microdata(path)
    assert len(data.frame) == 9
    assert data.codebook.notes[0].startswith("The file does not say how many rows it has")
    start = whole.index(b"\xe7\x03\x00\x00") + 8  # record 999 ends the dictionary
    kept = {}
    for place in range(start + 1, len(whole)):
        path.write_bytes(whole[:place])
        try:
            kept[place] = len(eg.read_microdata(path).frame)
        except eg.SourceError as error:
            last = error
    assert "ends inside a row" in str(last)
    if not compressed:  # 24 bytes a row: only a cut between two rows cannot be seen
        assert kept == {start + 24 * rows: rows for rows in range(1, 9)}
    else:
        assert all(whole_rows < 9 for whole_rows in kept.values())


def test_cut_sav_says_how_many_rows_were_announced(sav, column):
    path = sav([column("Q")], [(k,) for k in range(20)])
    path.write_bytes(path.read_bytes()[:-5])
    size = path.stat().st_size
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(path)
    assert str(error.value) == (
        f"'made.sav' cannot be read: it is cut off or damaged (it has {size} bytes and ends before the last of "
        "the 20 rows that its header announces). Get the file again, and compare its size in bytes with the "
        "producer's."
    )


def test_more_rows_than_a_file_can_hold_are_refused_before_memory_is_set_aside(sav, column, tmp_path):
    for compressed in (False, True):
        path = sav([column("Q")], [(1,)], n_cases=2**31 - 1, compressed=compressed)
        with pytest.raises(eg.SourceError, match="before the last of the 2147483647 rows that its header"):
            eg.read_microdata(path)
    for version, size in ((13, 4), (15, 8)):
        path = tmp_path / f"a_{version}.dta"
        raw = _write(path)
        place = raw.index(b"<N>") + 3
        path.write_bytes(raw[:place] + (10**9).to_bytes(size, "little") + raw[place + size :])
        with pytest.raises(eg.SourceError, match="bytes and announces 1000000000 rows"):
            eg.read_microdata(path)


def test_missing_file_names_the_near_one(tmp_path):
    (tmp_path / "wave_2020.sav").write_bytes(b"$FL2")
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(tmp_path / "wave_2002.sav")
    assert str(error.value) == (
        f"there is no file 'wave_2002.sav' in the folder {tmp_path.name!r}. Did you mean 'wave_2020.sav'?"
    )
    with pytest.raises(eg.SourceError, match="That folder is not there either"):
        eg.read_microdata(tmp_path / "no" / "wave.sav")


def test_folder_empty_and_unknown_endings(tmp_path):
    with pytest.raises(
        eg.SourceError, match=r"is a folder, not a file of microdata\. Give the file inside it\."
    ):
        eg.read_microdata(tmp_path)
    (tmp_path / "e.sav").touch()
    with pytest.raises(eg.SourceError, match=r"'e\.sav' is empty \(0 bytes\)"):
        eg.read_microdata(tmp_path / "e.sav")
    (tmp_path / "x.docm").write_bytes(b"hello")
    with pytest.raises(eg.SourceError, match=r"the ending '\.docm' is not one of \.sav, \.zsav, \.por"):
        eg.read_microdata(tmp_path / "x.docm")
    _write(tmp_path / "data_15.dta")
    (tmp_path / "data_15.dta").rename(tmp_path / "data.stata")
    with pytest.raises(eg.SourceError, match="by its first bytes it is a Stata file"):
        eg.read_microdata(tmp_path / "data.stata")


@pytest.mark.parametrize(
    ("content", "ending", "said"),
    [
        (b"\x1c" + b"\0" * 7 + b"ENCRYPTEDSAV" + b"\0" * 40, ".sav", "is encrypted: it begins with the mark"),
        (gzip.compress(b"$FL2", mtime=0), ".sav", "Unpack it and give the file inside it."),
        (b"PK\x03\x04" + b"\0" * 26 + b"wave.sav", ".zip", "those of a zip archive"),
        (b"PK\x03\x04" + b"\0" * 26 + b"wave.sav", ".sav", "those of a zip archive"),
        (b"<!DOCTYPE html><html>Sign in", ".csv", "It may be the sign-in page of a download"),
        (b"\n <html><body>", ".sav", "those of a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 40, ".xlsx", "Save it in Excel as .xlsx"),
        (b"RDX3\nX\n", ".sav", "those of an R data file. Save it as .sav, .dta, .csv or .xlsx."),
        (b"no such thing at all", ".sav", "does not begin like one"),
        (b"no such thing at all", ".parquet", "does not begin like one"),
    ],
)
def test_files_that_are_something_else(tmp_path, content, ending, said):
    path = tmp_path / f"f{ending}"
    path.write_bytes(content)
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(path)
    assert said in str(error.value)


@pytest.mark.parametrize("pair", [("a_15.dta", "b.sav"), ("a.sav", "b.dta"), ("a.por", "b.csv"), ("a_8.xpt", "b.sas7bdat"), ("a.xlsx", "b.csv"), ("a.parquet", "b.dta"), ("a_8.dta", "b.por")])  # fmt: skip
def test_right_content_under_a_wrong_name_says_how_to_rename(tmp_path, pair):
    right, wrong = pair
    _write(tmp_path / right)
    (tmp_path / right).rename(tmp_path / wrong)
    with pytest.raises(eg.SourceError) as error:
        eg.read_microdata(tmp_path / wrong)
    assert str(error.value).endswith(f"Rename it to end in {Path(right).suffix}.")


def test_a_table_in_text_may_begin_like_a_parquet_file(tmp_path):
    (tmp_path / "p.csv").write_text("PAR1,PAR2\n1,2\n")
    assert eg.read_microdata(tmp_path / "p.csv").frame["PAR1"].tolist() == [1]


def test_no_rows_is_an_error(tmp_path):
    pyreadstat.write_sav(FRAME.iloc[:0], tmp_path / "n.sav")
    with pytest.raises(eg.SourceError, match=r"'n\.sav' has 3 columns and 0 rows, so there is no one in it"):
        eg.read_microdata(tmp_path / "n.sav")


def test_several_tables_in_one_transport_file(tmp_path):
    one = _write(tmp_path / "a_5.xpt")
    (tmp_path / "a_5.xpt").write_bytes(one + one[240:])
    with pytest.raises(eg.SourceError, match="it holds 2 data sets"):
        eg.read_microdata(tmp_path / "a_5.xpt")


def test_transport_file_of_release_5_says_what_cannot_be_checked(tmp_path):
    _write(tmp_path / "a_5.xpt")
    _write(tmp_path / "a_8.xpt")
    assert "does not say how many rows" in eg.read_microdata(tmp_path / "a_5.xpt").codebook.notes[0]
    assert eg.read_microdata(tmp_path / "a_8.xpt").codebook.notes == ()


def test_reader_that_stops_in_a_way_not_foreseen_is_still_our_error(tmp_path, monkeypatch):
    _write(tmp_path / "a.sav")

    def stops(*_arguments, **_options):
        raise RuntimeError("bad row: 'Bold, Ulaanbaatar' in it")

    monkeypatch.setattr("egovstats.microdata.readstat._parser", lambda: stops)
    with pytest.raises(eg.SourceError) as error:
        inspect_file(tmp_path / "a.sav")
    assert str(error.value) == (
        "'a.sav' cannot be read: the reader stopped with RuntimeError (bad row:). Get the file again, or save "
        "it anew in the program it is from."
    )


def test_too_little_memory_is_our_error(tmp_path, monkeypatch):
    _write(tmp_path / "a.sav")

    def stops(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr("egovstats.microdata.readstat._parser", lambda: stops)
    with pytest.raises(eg.SourceError, match="its header asks for more memory than there is"):
        eg.read_microdata(tmp_path / "a.sav")


@pytest.mark.parametrize("name", FILES)
def test_bytes_changed_anywhere_are_our_error_or_a_table(tmp_path, name):
    path = tmp_path / name
    whole = _write(path)
    chance = random.Random(7)
    refused = 0
    for _ in range(60):
        changed = bytearray(whole)
        for _ in range(chance.choice((1, 2, 8))):
            changed[chance.randrange(len(changed))] = chance.choice((0, 127, 128, 255, chance.randrange(256)))
        path.write_bytes(changed)
        try:
            frame, _, _ = _read(path)
        except eg.SourceError:
            refused += 1
        else:
            assert len(frame)
    assert refused > 2
