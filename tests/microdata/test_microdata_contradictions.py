"""What a dictionary says against itself, or against the rows, is refused or told: never a table without a word."""

from __future__ import annotations

import struct
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import egovstats as eg
from egovstats.microdata.variable import MultipleResponseSet, Variable
from egovstats.sources import Source


def _changed(path: Path, old: bytes, new: bytes) -> Path:
    whole = path.read_bytes()
    assert whole.count(old) == 1
    path.write_bytes(whole.replace(old, new))
    return path


@pytest.mark.parametrize("length", [b"10600", b"00102", b"0060\0", b"006-0"])
def test_a_very_long_text_of_another_length(tmp_path: Path, length: bytes) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"remark": ["x" * 600, "y"], "q": [1.0, 2.0]}), path)
    assert eg.read_microdata(path).frame["remark"].str.len().tolist() == [600, 1]
    with pytest.raises(eg.SourceError, match=r"in its dictionary: a (very long )?text"):
        eg.read_microdata(_changed(path, b"=00600", b"=" + length))


def test_long_names_under_another_kind_of_record(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"mychar": ["a"], "mynum": [1.0]}), path)
    with pytest.warns(eg.DataWarning, match="names or labels are missing"):
        data = eg.read_microdata(_changed(path, struct.pack("<3i", 7, 13, 1), struct.pack("<3i", 7, 12, 1)))
    assert list(data.frame) == ["MYCHAR", "MYNUM"]


def _two_texts_with_labels(path: Path) -> Path:
    frame = pd.DataFrame({"one": ["a", "b"], "two": ["y", "n"]})
    labels = {"one": {"a": "A"}, "two": {"y": "yes"}}
    pyreadstat.write_sav(frame, path, variable_value_labels=labels)
    return path


def test_two_lists_of_labels_for_one_variable(tmp_path: Path) -> None:
    path = _two_texts_with_labels(tmp_path / "a.sav")
    assert {name: each.values for name, each in eg.read_microdata(path).codebook.variables.items()} == {
        "one": {"a": "A"},
        "two": {"y": "yes"},
    }
    with pytest.warns(eg.DataWarning, match="Two lists of labels are for one variable"):
        eg.read_microdata(_changed(path, struct.pack("<3i", 4, 1, 2), struct.pack("<3i", 4, 1, 1)))


@pytest.mark.parametrize(("old", "new"), [(b"$s=C ", b"$s=X "), (b" a b\n", b" a x\n"), (b"$s=C ", b"$s?C ")])
def test_a_damaged_set_is_told(tmp_path: Path, old: bytes, new: bytes) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    book = eg.Codebook(
        {name: Variable(name) for name in "ab"},
        multiple_response=(MultipleResponseSet("s", "chosen", ("a", "b"), None, "category"),),
    )
    path = tmp_path / "set.sav"
    eg.write_microdata(eg.Microdata(frame, book, Source("s", "microdata")), path)
    assert eg.read_microdata(path).codebook.multiple_response == book.multiple_response
    with pytest.warns(eg.DataWarning, match="sets that are damaged: 1"):
        eg.read_microdata(_changed(path, old, new))


def test_labels_of_codes_longer_than_their_text(tmp_path: Path) -> None:
    path = _two_texts_with_labels(tmp_path / "a.sav")
    with pytest.warns(eg.DataWarning, match="longer than the text that they belong to: 1;"):
        eg.read_microdata(_changed(path, b"y       \x03yes", b"y     z \x03yes"))


def test_no_row_of_a_portable_file_is_lost_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.por"
    frame = pd.DataFrame({"ID": range(1, 41), "SEX": ["F", "M"] * 20, "AGE": [30.5, None] * 20})
    pyreadstat.write_por(frame, path)
    whole = path.read_bytes()
    assert eg.read_microdata(path, columns=["AGE"]).frame.shape == (40, 1)
    start, refused = whole.index(b"F1/1/F"), 0
    for place in range(start + 1, len(whole)):
        if whole[place : place + 1] != b"/":
            continue
        path.write_bytes(whole[:place] + b"." + whole[place + 1 :])
        for columns in (None, ["AGE"]):
            with pytest.raises(eg.SourceError, match="cannot be read"):
                eg.read_microdata(path, columns=columns)
        refused += 1
    assert refused > 80


@pytest.mark.parametrize(
    ("place", "byte", "said"),
    [
        (130_312, 28, "announces 28 rows, and its pages hold 5"),
        (130_312, 3, "announces 3 rows, and the pages of the file hold 5"),
    ],
)
def test_rows_that_a_sas_header_announces(
    tmp_path: Path, shared_data: Path, place: int, byte: int, said: str
) -> None:
    whole = bytearray((shared_data / "files" / "pyreadstat" / "sample.sas7bdat").read_bytes())
    assert whole[place] == 5
    whole[place] = byte
    path = tmp_path / "a.sas7bdat"
    path.write_bytes(whole)
    if byte > 5:
        with pytest.raises(eg.SourceError, match=said):
            eg.read_microdata(path)
    else:
        with pytest.warns(eg.DataWarning, match=said):
            assert len(eg.read_microdata(path).frame) == byte


def test_packed_rows_that_no_memory_would_hold(tmp_path: Path, shared_data: Path) -> None:
    whole = (shared_data / "files" / "pyreadstat" / "sample_bincompressed.sas7bdat").read_bytes()
    mark = b"\xf7\xf7\xf7\xf7\0\0\0\0"
    place = whole.index(mark) + 48
    assert int.from_bytes(whole[place : place + 8], "little") == 5
    path = tmp_path / "a.sas7bdat"
    path.write_bytes(whole[:place] + (2**31).to_bytes(8, "little") + whole[place + 8 :])
    with pytest.raises(eg.SourceError, match="announces 2147483648 rows in"):
        eg.read_microdata(path)


@pytest.mark.parametrize(
    ("file", "place", "byte", "said"),
    [
        ("parso_charsets/charset_acyr", 129_976, 0, "two columns share bytes of a row"),
        ("pyreadstat/test_file_label_linux", 129_486, 1, "is to be shown as a text"),
        ("pyreadstat/missing_test", 65_720, 1, "a part is not where its page says"),
    ],
)
def test_dictionary_of_a_sas_file(
    tmp_path: Path, shared_data: Path, file: str, place: int, byte: int, said: str
) -> None:
    whole = bytearray((shared_data / "files" / f"{file}.sas7bdat").read_bytes())
    whole[place] = byte
    path = tmp_path / "a.sas7bdat"
    path.write_bytes(whole)
    with pytest.raises(eg.SourceError, match=said):
        eg.read_microdata(path)


def test_a_format_of_no_known_kind(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"q": [1.0]}), path, variable_format={"q": "DATETIME20"})
    shown = struct.pack("<i", 22 << 16 | 20 << 8)
    with pytest.warns(eg.DataWarning, match="Variables with a format of no known kind: 1"):
        eg.read_microdata(_changed(path, shown * 2, struct.pack("<i", 222 << 16 | 20 << 8) * 2))


@pytest.mark.parametrize(("kind", "said"), [(1, "a number of 19 bytes"), (130, "unknown kind 130")])
def test_kinds_in_a_transport_file(tmp_path: Path, kind: int, said: str) -> None:
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(pd.DataFrame({"day": ["1959-12-30 23:59:59"]}), path, file_format_version=8)
    described = struct.pack(">3h", 2, 0, 19)
    with pytest.raises(eg.SourceError, match=said):
        eg.read_microdata(_changed(path, described, struct.pack(">3h", kind, 0, 19)))
