"""Our own reader of SPSS values against pyreadstat: every cell equal, or left to pyreadstat."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import egovstats as eg
from egovstats.microdata import sav_stream
from egovstats.microdata.sav_stream import UnusualLayoutError
from egovstats.microdata.sav_values import places_of, read_values
from egovstats.microdata.spss_header import read_spss_header

HIGHEST = np.finfo(float).max
WAYS = {
    "plain": {},
    "bytecode": {"row_compress": True},
    "zlib": {"compress": True},
}


def _own(path: Path, encoding: str = "utf-8") -> pd.DataFrame:
    header = read_spss_header(path)
    _, meta = pyreadstat.read_sav(path, metadataonly=True, encoding=None if encoding == "utf-8" else encoding)
    n = header.n_cases if header.n_cases >= 0 else meta.number_rows
    return read_values(
        path, header, n, dict(zip(meta.column_names, places_of(header), strict=True)), encoding
    )


def _theirs(path: Path, encoding: str | None = None) -> pd.DataFrame:
    frame, _ = pyreadstat.read_sav(
        path, user_missing=True, disable_datetime_conversion=True, encoding=encoding
    )
    return frame


def _write(path: Path, frame: pd.DataFrame, way: str, **options: object) -> Path:
    pyreadstat.write_sav(frame, path, **WAYS[way], **options)
    return path


NUMBERS = st.one_of(
    st.integers(-120, 300).map(float),
    st.floats(width=64, allow_infinity=False),
    st.sampled_from([np.nan, -HIGHEST, HIGHEST, np.nextafter(-HIGHEST, 0), 0.0, -0.0, 152.0, -99.0]),
    # words whose own bytes look like commands
    st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0]),
    st.lists(st.sampled_from([0, 1, 252, 253, 254, 255, 64]), min_size=8, max_size=8).map(
        lambda each: struct.unpack("<d", bytes(each))[0]
    ),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12) | st.text("аөүё z", max_size=200)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(data=st.data())
@pytest.mark.parametrize("way", WAYS)
def test_any_table_reads_as_pyreadstat_reads_it(tmp_path, monkeypatch, way, data):
    kinds = data.draw(st.lists(st.booleans(), min_size=1, max_size=7))
    n = data.draw(st.integers(1, 40))
    columns = {}
    for place, is_text in enumerate(kinds):
        cells = data.draw(st.lists(TEXTS if is_text else NUMBERS, min_size=n, max_size=n))
        columns[f"v{place}"] = pd.Series(cells, dtype=object if is_text else float)
    path = _write(tmp_path / ("a.zsav" if way == "zlib" else "a.sav"), pd.DataFrame(columns), way)
    # pieces of a few words, so that commands and rows are cut everywhere
    monkeypatch.setattr(sav_stream, "_PIECE", data.draw(st.sampled_from([8, 24, 72, 1000, 1 << 20])))
    try:
        own = _own(path)
    except UnusualLayoutError:
        assert any(kinds)  # numbers are never left to pyreadstat
        return
    pd.testing.assert_frame_equal(own, _theirs(path), check_exact=True)


@pytest.mark.parametrize("way", WAYS)
def test_texts_wider_than_a_segment(tmp_path, way):
    frame = pd.DataFrame(
        {
            "a": ["x" * 254, "y" * 255, "", "z" * 3],
            "b": ["x" * 256 + "end", "y" * 600, "", "a " * 300],
            "c": [1.0, np.nan, 300.0, 2.5],
            "d": ["ү" * 400, "b" * 2000, "c" * 251 + "  " + "d" * 260, "e"],
        }
    )
    frame["b"] = frame["b"].str.rstrip()  # the format fills texts up with spaces
    path = _write(tmp_path / ("a.zsav" if way == "zlib" else "a.sav"), frame, way)
    header = read_spss_header(path)
    assert [len(place.segments) for place in places_of(header)] == [1, 3, 1, 8]
    own = _own(path)
    pd.testing.assert_frame_equal(own, _theirs(path), check_exact=True)
    pd.testing.assert_frame_equal(own, frame, check_exact=True)


@pytest.mark.parametrize("way", WAYS)
def test_codes_declared_missing_and_dates_stay_numbers(tmp_path, way):
    frame = pd.DataFrame(
        {"q": [1.0, 8.0, 9.0, np.nan], "day": [1.3e10, 1.31e10, np.nan, 99.0], "t": ["a", "NA", "b", ""]}
    )
    path = _write(
        tmp_path / ("a.zsav" if way == "zlib" else "a.sav"),
        frame,
        way,
        missing_ranges={"q": [{"lo": 8, "hi": 9}], "t": ["NA"]},
        variable_format={"day": "DATE11"},
    )
    own = _own(path)
    pd.testing.assert_frame_equal(own, _theirs(path), check_exact=True)
    assert own["q"].tolist()[:3] == [1, 8, 9]
    assert own["day"].iloc[3] == 99.0
    assert own["t"].tolist() == ["a", "NA", "b", ""]


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("n_cases", [-1, 5])
def test_number_of_rows_unknown(sav, column, compressed, n_cases):
    columns = [column("ID", width=12), column("Q")]
    path = sav(columns, [(f"r{k}", k) for k in range(5)], n_cases=n_cases, compressed=compressed)
    data = eg.read_microdata(path)
    pd.testing.assert_frame_equal(data.frame, _theirs(path), check_exact=True)
    assert data.codebook.n == 5


def test_encodings_and_byte_orders(sav, column):
    columns = [column("T", width=20), column("Q")]
    rows = [("Өнөөдөр", 1), ("Да", 2)]
    path = sav(columns, [("Нет", 1), ("Да", 2)], encoding="cp1251", charset="windows-1251", code_page=1251)
    pd.testing.assert_frame_equal(_own(path, "windows-1251"), _theirs(path), check_exact=True)
    path = sav(columns, rows)
    pd.testing.assert_frame_equal(_own(path), _theirs(path), check_exact=True)
    path = sav(columns, rows, order=">")
    with pytest.raises(UnusualLayoutError):
        _own(path)
    pd.testing.assert_frame_equal(eg.read_microdata(path).frame, _theirs(path), check_exact=True)


def test_text_that_is_not_valid_is_left_to_pyreadstat(sav, column):
    path = sav([column("T", width=8)], [(b"\xff\xfe\xff",)])
    with pytest.raises(UnusualLayoutError):
        _own(path)
    path = sav([column("T", width=8)], [(b"a\0b",)])
    with pytest.raises(UnusualLayoutError):
        _own(path)


def test_only_columns_asked_for_and_a_share_told(tmp_path):
    frame = pd.DataFrame({f"v{k}": np.arange(1000.0) for k in range(9)})
    path = _write(tmp_path / "a.sav", frame, "bytecode")
    header = read_spss_header(path)
    places = places_of(header)
    told: list[float] = []
    own = read_values(path, header, 1000, {"v3": places[3], "v7": places[7]}, "utf-8", told.append)
    pd.testing.assert_frame_equal(own, frame[["v3", "v7"]], check_exact=True)
    assert told[-1] == 1.0
    data = eg.read_microdata(path, columns=["v7", "v3"])
    assert list(data.frame) == ["v3", "v7"]


def test_a_file_that_announces_no_rows(sav, column):
    path = sav([column("Q")], [(1,), (2,)], n_cases=0)
    assert _own(path).shape == (0, 1)
    with pytest.raises(eg.SourceError, match="has 1 columns and 0 rows"):
        eg.read_microdata(path)


@pytest.mark.parametrize("rows", [2**30, 2001, 10])
def test_zlib_blocks_with_another_number_of_rows(tmp_path, rows):
    path = _write(tmp_path / "a.zsav", pd.DataFrame({"q": np.arange(2000.0), "t": "x"}), "zlib")
    raw = bytearray(path.read_bytes())
    raw[80:84] = struct.pack("<i", rows)  # the header announces them
    path.write_bytes(raw)
    with pytest.raises(eg.SourceError, match=r"'a\.zsav' cannot be read"):
        eg.read_microdata(path)


def test_pyreadstat_is_not_asked_for_rows(tmp_path, monkeypatch):
    path = _write(tmp_path / "a.sav", pd.DataFrame({"q": [1.0, 2.0]}), "bytecode")
    from egovstats.microdata import statistical

    def refuse(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(statistical, "_rows", refuse)
    assert eg.read_microdata(path).frame["q"].tolist() == [1, 2]


def test_cut_zlib_blocks_are_refused(tmp_path):
    frame = pd.DataFrame({"q": np.random.default_rng(1).normal(size=2000), "t": "some text"})
    path = _write(tmp_path / "a.zsav", frame, "zlib")
    whole = path.read_bytes()
    for place in range(len(whole) - 1, read_spss_header(path).data_starts, -997):
        path.write_bytes(whole[:place])
        with pytest.raises(eg.SourceError):
            eg.read_microdata(path)


def test_every_real_file_reads_as_pyreadstat_reads_it(shared_data):
    equal = 0
    for path in sorted([*shared_data.rglob("*.sav"), *shared_data.rglob("*.zsav")]):
        try:
            theirs = _theirs(path)
        except Exception:  # pyreadstat raises plain exceptions of several kinds
            continue
        header = read_spss_header(path)
        try:
            own = _own(path, header.charset or "utf-8")
        except UnusualLayoutError:
            continue
        pd.testing.assert_frame_equal(own, theirs, check_exact=True)
        equal += 1
    assert equal > 30
