"""One byte of a file changed: an error, or a table in which that byte explains every difference.

A value may become another value, a label another label. That rows move, columns change places or a
row is lost without a word is never explained.
"""

from __future__ import annotations

import pickle
import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyreadstat
import pytest

import egovstats as eg

SEED, MUTANTS = 20_260, 24
FILES = ["a.sav", "a_row.sav", "a.zsav", "a_8.dta", "a_10.dta", "a_12.dta", "a_13.dta", "a_15.dta", "a.por"]
FILES += ["a_5.xpt", "a_8.xpt", "a.csv", "a.xlsx", "a.parquet"]
LABELS = {"trust": {1: "Not at all", 2: "A little", 3: "A lot", 9: "Don't know"}}
THEIRS = """
import pickle, sys, warnings
import pyreadstat
from pyreadstat.pyreadstat import parser_entry_point
warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    kind = {"sav": "sav/zsav", "zsav": "sav/zsav", "xpt": "xport"}.get(path.rpartition(".")[2], path.rpartition(".")[2])
    try:
        frame, _ = parser_entry_point(
            path, kind, user_missing=True, disable_datetime_conversion=True, output_format="pandas"
        )
    except Exception:
        continue
    with open(path + ".pickle", "wb") as file:
        pickle.dump(frame, file)
"""


def _frame() -> pd.DataFrame:
    chance = np.random.default_rng(3)
    n = 40
    frame = pd.DataFrame(
        {
            "id": np.arange(1.0, n + 1),
            "trust": chance.choice([1.0, 2.0, 3.0, 9.0], n),
            "place": chance.choice(["Ulaanbaatar", "Arkhangai", "Tuv", ""], n),
            "income": np.round(chance.normal(500, 100, n), 2),
            "w": chance.uniform(0.5, 2, n).round(4),
            "remark": chance.choice(["x" * 20, "yy", ""], n),
        }
    )
    frame.loc[::7, "income"] = np.nan
    return frame


def _write(path: Path) -> bytes:
    frame, ending = _frame(), path.suffix
    version = path.stem.rpartition("_")[2]
    if ending in (".sav", ".zsav"):
        how = {"row_compress": version == "row", "compress": ending == ".zsav"}
        pyreadstat.write_sav(frame, path, variable_value_labels=LABELS, **how)
    elif ending == ".dta":
        whole = frame.astype({"trust": int})
        pyreadstat.write_dta(whole, path, version=int(version), variable_value_labels=LABELS)
    elif ending == ".xpt":
        pyreadstat.write_xport(frame, path, file_format_version=int(version))
    elif ending == ".por":
        pyreadstat.write_por(frame.rename(columns=str.upper), path)
    elif ending == ".csv":
        frame.to_csv(path, index=False)
    elif ending == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pyarrow.parquet.write_table(table, path, write_page_checksum=True)
    return path.read_bytes()


def _read(path: Path) -> eg.Microdata:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eg.read_microdata(path)


def _cells_changed(one: pd.Series, other: pd.Series) -> int:
    left, right = one.astype(object), other.astype(object)
    both_empty = left.isna().to_numpy() & right.isna().to_numpy()
    return int((~both_empty & (left.to_numpy() != right.to_numpy())).sum())


def _unexplained(before: eg.Microdata, after: eg.Microdata) -> str:
    """What one changed byte does not explain; empty where it explains all."""
    if set(after.codebook.notes) - set(before.codebook.notes):
        return ""  # the result says that something is odd
    if after.frame.shape != before.frame.shape:
        return f"shape {before.frame.shape} became {after.frame.shape}"
    renamed = sum(one != other for one, other in zip(before.frame, after.frame, strict=True))
    cells = labels = 0
    for one, other in zip(before.frame, after.frame, strict=True):
        was, now = before.codebook.variables[one], after.codebook.variables[other]
        labels += (was.label, was.values) != (now.label, now.values)
        if (was.format, was.kind) == (now.format, now.kind):  # a format makes a whole column dates
            cells += _cells_changed(before.frame[one], after.frame[other])
    if renamed > 1 or labels > 1 or cells > 1:
        return f"{renamed} names, {labels} labels, {cells} cells"
    return ""


def _mutants(whole: bytes, name: str) -> list[tuple[int, bytes]]:
    chance = random.Random(f"{SEED} {name}")
    used = [place for place, byte in enumerate(whole) if byte]  # most zeros are room that nothing reads
    found = []
    for place in chance.sample(used, MUTANTS):
        byte = chance.choice([0, 255, whole[place] ^ (1 << chance.randrange(8)), chance.randrange(256)])
        found.append((place, whole[:place] + bytes([byte]) + whole[place + 1 :]))
    return found


def _taken(folder: Path, name: str) -> tuple[eg.Microdata, dict[Path, eg.Microdata]]:
    """The whole file, and those of its mutants that are read."""
    whole = _write(folder / name)
    taken = {}
    for place, changed in _mutants(whole, name):
        path = folder / f"{place}" / name
        path.parent.mkdir()
        path.write_bytes(changed)
        try:
            taken[path] = _read(path)
        except eg.SourceError:
            continue
    return _read(folder / name), taken


def test_a_changed_byte_explains_the_table_or_it_is_refused(tmp_path: Path) -> None:
    wrong, every = {}, {}
    for name in FILES:
        folder = tmp_path / name.replace(".", "_")
        folder.mkdir()
        before, taken = _taken(folder, name)
        every |= taken
        for path, after in taken.items():
            if said := _unexplained(before, after):
                wrong[path] = said
    assert not wrong
    assert 100 < len(every) < MUTANTS * len(FILES) - 50
    _compare_with_pyreadstat(every)


def _compare_with_pyreadstat(taken: dict[Path, eg.Microdata]) -> None:
    """Cell by cell; a child process reads, since some of these files end it."""
    subprocess.run([sys.executable, "-c", THEIRS, *map(str, taken)], timeout=60, check=False)
    compared = 0
    for path, data in taken.items():
        pickled = Path(f"{path}.pickle")
        if not pickled.exists() or data.codebook.encoding_how == "guessed":
            continue  # refused by it, or text that it reads in another encoding
        theirs = pickle.loads(pickled.read_bytes())
        assert data.frame.shape == theirs.shape
        for name, variable in data.codebook.variables.items():
            if variable.kind in ("number", "text") and name not in data.tags:
                assert _cells_changed(data.frame[name], theirs[name]) == 0
                compared += 1
    assert compared > 100


@pytest.mark.parametrize("name", ["a.sav", "a_row.sav", "a.zsav", "a_12.dta", "a_15.dta", "a_8.xpt"])
def test_a_header_that_announces_fewer_rows_loses_none_in_silence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    whole = _write(path)
    n = len(_frame())
    if path.suffix == ".xpt":
        place = whole.index(b"HEADER RECORD*******OBS")
        old, new = (f"{rows:>15}".encode() for rows in (n, n - 3))
        assert whole[place + 48 : place + 63] == old
        changed = whole[: place + 48] + new + whole[place + 63 :]
    else:
        start, size = {".sav": (80, 4), ".zsav": (80, 4)}.get(path.suffix, (6, 4))
        if name == "a_15.dta":
            start, size = whole.index(b"<N>") + 3, 8
        assert int.from_bytes(whole[start : start + size], "little") == n
        changed = whole[:start] + (n - 3).to_bytes(size, "little") + whole[start + size :]
    path.write_bytes(changed)
    with pytest.raises(eg.SourceError, match="cannot be read"):
        _read(path)


@pytest.mark.parametrize("ending", ["sas7bdat", "sav", "zsav", "dta", "xpt", "por"])
def test_real_files(tmp_path: Path, shared_data: Path, ending: str) -> None:
    names = {"sas7bdat": "pyreadstat/sample.sas7bdat", "dta": "haven/types.dta", "sav": "readspss/hotel.sav"}
    name = names.get(ending, f"pyreadstat/sample.{ending}")
    whole = (shared_data / "files" / name).read_bytes()
    path = tmp_path / f"a.{ending}"
    path.write_bytes(whole)
    before = _read(path)
    for place, changed in _mutants(whole, name):
        path.write_bytes(changed)
        try:
            after = _read(path)
        except eg.SourceError:
            continue
        assert not _unexplained(before, after), place


def _changed(path: Path, old: bytes, new: bytes, *, last: bool = False) -> Path:
    whole = path.read_bytes()
    place = whole.rindex(old) if last else whole.index(old)
    path.write_bytes(whole[:place] + new + whole[place + len(old) :])
    return path


def test_packed_codes_that_do_not_fit_their_variable(tmp_path):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"q": [1.0, 2.0], "t": ["a", "b"]}), path, row_compress=True)
    whole = path.read_bytes()
    start = whole.index(b"\xe7\x03\x00\x00") + 8
    assert list(whole[start:])[:2] == [101, 253]
    assert list(whole[start + 16 :])[:4] == [102, 253, 252, 0]
    for place, code, said in (
        (0, 254, "blanks stand where a number must be"),
        (16, 253, "'a.sav' cannot be read"),
        (17, 101, "'a.sav' cannot be read"),
        (19, 102, "something stands after the mark that ends its rows"),
    ):
        path.write_bytes(whole[: start + place] + bytes([code]) + whole[start + place + 1 :])
        with pytest.raises(eg.SourceError, match=said):
            _read(path)


def test_numbers_of_the_header_that_would_move_every_value(tmp_path):
    path = tmp_path / "a_row.sav"
    whole = _write(path)
    path.write_bytes(whole[:84] + np.float64(101).tobytes() + whole[92:])
    with pytest.raises(
        eg.SourceError, match="codes are packed with an offset of 101, and every writer takes 100"
    ):
        _read(path)
    path.write_bytes(whole)
    _changed(path, b"\xff\xff\xff\xff\xff\xff\xef\xff", b"\xff\xff\xff\x00\xff\xff\xef\xff")
    with pytest.raises(eg.SourceError, match="is to stand for no value, which no writer takes"):
        _read(path)


def test_a_code_that_is_no_text_does_not_end_the_program(sav, column):
    """pyreadstat ends with the process at the label of such a code, so a child process reads here."""
    path = sav([column("G", width=4, values={"F": "female", "Q": "male"})], [("F",), ("Q",)])
    _changed(path, b"Q       \x04", b"\xcc\xf3\xe6     \x04")  # windows-1251 in a file that declares UTF-8
    read = "import sys, egovstats as eg; print(eg.read_microdata(sys.argv[1]).codebook.variables['G'].values)"
    command = [sys.executable, "-W", "ignore", "-c", read, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "'female'" in done.stdout


def test_long_names_that_fit_no_variable_are_told(sav, column):
    path = sav([column("Q1"), column("Q2")], [(1, 2)], long_names={"Q1": "trust", "Q2": "fear"})
    assert list(_read(path).frame) == ["trust", "fear"]
    _changed(path, b"Q2=fear", b"Q7=fear")
    with pytest.warns(eg.DataWarning, match="1 of 2 entries are for no variable of the file"):
        eg.read_microdata(path)


def test_two_variables_of_one_name(sav, column):
    path = sav([column("Q1"), column("Q2")], [(1, 2)], long_names={"Q1": "trust", "Q2": "fears"})
    _changed(path, b"Q2=fears", b"Q2=trust")
    with pytest.raises(eg.SourceError, match="it has two variables called 'trust'"):
        _read(path)


def test_blanks_after_the_last_row_are_not_a_row(tmp_path):
    path = tmp_path / "a_5.xpt"
    whole = _write(path)
    assert whole.endswith(b" " * 20)
    path.write_bytes(whole[:-20] + b"x" + whole[-19:])
    with pytest.raises(eg.SourceError, match=r"bytes were changed after its last row|its last row has"):
        _read(path)


def test_a_portable_file_whose_letters_were_exchanged(tmp_path):
    path = tmp_path / "a.por"
    _write(path)
    _changed(path, b"ABCDEF", b"ABDCEF")
    with pytest.raises(eg.SourceError, match="its table of letters is not that of the bytes"):
        _read(path)


def test_checksums_of_parquet_are_looked_at_and_their_absence_is_told(tmp_path):
    path = tmp_path / "a.parquet"
    whole = _write(path)
    assert _read(path).codebook.notes == ()
    place = whole.index(b"Ulaanbaatar")
    path.write_bytes(whole[:place] + b"V" + whole[place + 1 :])
    with pytest.raises(eg.SourceError, match="cut off or damaged"):
        _read(path)
    _frame().to_parquet(path)
    assert _read(path).codebook.notes[0].startswith("The pages of the file have no checksums")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_column_that_is_numbers_but_for_a_cell_is_told(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    frame = pd.DataFrame({"w": [*[1.25] * 19, "1,25"], "code": [*["A1"] * 10, *range(10)]})
    frame.to_csv(path, index=False) if ending == "csv" else frame.to_excel(path, index=False)
    with pytest.warns(eg.DataWarning, match="w: 19 of 20 values are numbers and the others are not") as told:
        eg.read_microdata(path)
    assert len(told) == 1


def test_decimal_commas_beside_dates_and_a_slip(tmp_path):
    path = tmp_path / "a.csv"
    rows = "".join(f"01.0{month}.2020;{month},5;{month},25\n" for month in range(1, 10))
    path.write_text("day;x;y\n" + rows, encoding="utf-8")
    assert _read(path).frame["x"].tolist() == [month + 0.5 for month in range(1, 10)]
    path.write_text("day;x;y\n" + rows + "01.10.2020;3.5;1,5\n", encoding="utf-8")
    data = _read(path)
    assert data.frame["y"].sum() == 45 + 9 * 0.25 + 1.5
    assert any("x: 9 of 10 values are numbers" in note for note in data.codebook.notes)


@pytest.mark.parametrize("name", ["a.csv", "a_15.dta", "a.sav"])
def test_one_bad_byte_among_utf8_is_refused_and_spoils_no_other_cell(tmp_path, name):
    path = tmp_path / name
    frame = pd.DataFrame({"q": [1.0, 2.0, 3.0], "place": ["Bayan-Ölgii", "Dornogovi", "Bayan-Ölgii"]})
    writers = {
        "csv": lambda: frame.to_csv(path, index=False),
        "dta": lambda: pyreadstat.write_dta(frame, path),
    }
    writers.get(path.suffix[1:], lambda: pyreadstat.write_sav(frame, path))()
    _changed(path, b"Dornogovi", b"Dorno\xffovi")
    with pytest.raises(eg.SourceError, match="are UTF-8 and 1 are not"):
        _read(path)


def test_a_letter_at_the_end_of_a_text_is_not_lost(tmp_path):
    """The only letter beyond ASCII in an old Stata file begins a letter of UTF-8 and ends its text."""
    path = tmp_path / "a_12.dta"
    pyreadstat.write_dta(pd.DataFrame({"name": ["Andre", "Bold"]}), path, version=12)
    _changed(path, b"Andre", b"Andr\xe9", last=True)
    assert _read(path).frame["name"].tolist() == ["André", "Bold"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("windows-1255", ["שלום", "גבר", "אישה"]), ("windows-1258", ["Tuấn", "Hànôi", "Á"])],
)
def test_the_end_of_a_text_does_not_leak_into_the_next(sav, column, encoding, words):
    words = [word.encode(encoding, "ignore").decode(encoding) for word in words]
    one, two, three = words
    labels = {1.0: one, 2.0: three}
    columns = [column("T", label=two, width=8), column("Q", label=one, values=labels)]
    path = sav(columns, [(word, 1) for word in words], encoding=encoding, charset=encoding, code_page=None)
    for data in (eg.read_microdata(path), eg.read_microdata(path, encoding=encoding)):
        assert list(data.frame) == ["T", "Q"]
        assert data.frame["T"].tolist() == words
        assert [each.label for each in data.codebook.variables.values()] == [two, one]
        assert data.codebook.variables["Q"].values == {1: one, 2: three}
        assert data.codebook.encoding == encoding


def test_a_transport_file_with_a_changed_width_of_a_variable(tmp_path):
    path = tmp_path / "a_5.xpt"
    whole = _write(path)
    place = whole.index(b"HEADER RECORD*******NAM") + 80 + 4
    path.write_bytes(whole[:place] + b"\x00\x03" + whole[place + 2 :])
    with pytest.raises(eg.SourceError, match="the places of its variables do not follow one another"):
        _read(path)


def test_texts_of_parquet_that_are_no_utf8(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table({"q": [1, 2], "place": ["Tuv-aimag", "Dornogovi"]})
    pyarrow.parquet.write_table(table, path, compression="none", use_dictionary=False)
    _changed(
        path,
        b"\x09\x00\x00\x00Tuv-aimag\x09\x00\x00\x00Dornogovi",
        b"\x09\x00\x00\x00Tuv-aimag\x09\x00\x00\x00Dorno\xffovi",
    )
    with pytest.raises(eg.SourceError, match="cut off or damaged"):
        _read(path)
