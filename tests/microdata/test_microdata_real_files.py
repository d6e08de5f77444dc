"""Every real file at hand: read whole, counted whole, or refused for its stated reason."""

from __future__ import annotations

import csv
import warnings

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import egovstats as eg
from egovstats.microdata import Codebook

REFUSED = {
    "broken/truncated_header_only_ym23.sav": "before the last of the 65566 rows that its header announces",
    "readspss/hotel-encrypted.sav": "is encrypted: it begins with the mark 'ENCRYPTEDSAV'",
    "parso_charsets/charset_aukr.sas7bdat": "names a character set that is not supported. Pass encoding=",
}
WARNED = {"haven/datetime.sav": "date.posix: 1 of 2 values are outside the calendar"}


def _inventory(shared_data):
    with open(shared_data / "files" / "inventory.csv", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["file"] != "file"]


def test_every_file_of_the_inventory(shared_data):
    rows = _inventory(shared_data)
    assert len(rows) > 50
    for row in rows:
        path, name = shared_data / "files" / row["file"], row["file"]
        if name in REFUSED:
            with pytest.raises(eg.SourceError) as error:
                eg.read_microdata(path)
            assert REFUSED[name] in str(error.value), name
            continue
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            data = eg.read_microdata(path)
        told = [str(each.message) for each in caught]
        assert len(told) == (name in WARNED), (name, told)
        assert all(WARNED[name] in each for each in told)
        if row["rows"]:
            assert data.frame.shape == (int(row["rows"]), int(row["cols"])), name
            missing = [
                each
                for each in data.codebook.variables.values()
                if each.missing_codes or each.missing_ranges or each.tagged_missing
            ]
            assert len(missing) >= int(row["user_missing_vars"]), name
            labelled = [v for v in data.codebook.variables.values() if v.values or v.tagged_missing]
            assert len(labelled) >= int(row["value_label_vars"]), name
            assert len(data.codebook.multiple_response) >= int(row["mr_sets"]), name
        assert list(data.frame.columns) == list(data.codebook.variables), name
        assert Codebook.from_json(data.codebook.to_json()) == data.codebook, name
        counts = data.frequencies()
        assert (counts.groupby("variable")["n"].sum() == len(data.frame)).all(), name
        assert eg.inspect_file(path).startswith("File "), name


def test_numbers_are_those_of_other_readers(shared_data):
    """pandas has its own readers for Stata and SAS."""
    compared = 0
    for path in sorted((shared_data / "files").glob("*/*")):
        if path.suffix == ".dta":
            theirs = pd.read_stata(path, convert_categoricals=False, convert_dates=False)
        elif path.suffix == ".sas7bdat" and path.name != "charset_aukr.sas7bdat":
            theirs = pd.read_sas(path, encoding="latin-1")
        else:
            continue
        data = eg.read_microdata(path)
        for name, variable in data.codebook.variables.items():
            if variable.kind == "number":
                ours = data.frame[name].to_numpy(dtype=float)
                assert np.array_equal(ours, theirs[name].to_numpy(dtype=float), equal_nan=True), (
                    path.name,
                    name,
                )
                compared += 1
            elif variable.kind in ("date", "datetime") and path.suffix == ".sas7bdat":
                apart = (data.frame[name] - theirs[name].astype("datetime64[us]")).abs().max()
                assert apart < pd.Timedelta("1ms"), (path.name, name)
                compared += 1
    assert compared > 60


@pytest.mark.parametrize(
    ("wave", "rows", "weight"),
    [
        ("tun_r5_data", 1200, "withinwt"),
        ("tun_r6_data_en", 1200, "withinwt"),
        ("tun_r7_data", 1199, "withinwt"),
        ("tun_r8_data", 1200, "withinwt_hh"),
        ("tun_r9_data", 1200, None),
    ],
)
def test_real_waves(shared_data, wave, rows, weight):
    data = eg.read_microdata(shared_data / "microdata" / "afrobarometer-tunisia" / f"{wave}.sav")
    assert len(data.frame) == rows
    assert data.codebook.weight == weight
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("utf-8", "declared")
    if weight:
        assert data.frame[weight].gt(0).all()


def test_trust_in_the_president_keeps_its_codes(shared_data):
    path = shared_data / "microdata" / "afrobarometer-tunisia" / "tun_r5_data.sav"
    data = eg.read_microdata(path, columns=["Q59A_TUN"])
    variable = data.codebook.variables["Q59A_TUN"]
    assert set(variable.values) >= {0, 1, 2, 3, 9, -1}
    assert variable.missing_codes == ()  # 9 and -1 have labels and are not declared missing
    assert set(data.frame["Q59A_TUN"].unique()) <= set(variable.values)


def test_sets_of_a_real_survey(shared_data):
    data = eg.read_microdata(shared_data / "microdata" / "proetica-2019" / "Proetica_2019_4.sav")
    sets = data.codebook.multiple_response
    assert [each.name for each in sets] == ["P1", "P26", "P29", "P31", "P33", "P35", "P40", "P43", "P45"]
    assert {(each.kind, each.counted_value) for each in sets} == {("dichotomy", 1)}
    assert sets[0].label.startswith("P1. ¿Cuáles de los siguientes")
    assert all(name in data.frame.columns for each in sets for name in each.variables)
    assert data.codebook.weight == "pondera"
    assert data.codebook.variables["pondera"].missing_codes == (-99.99,)


def test_windows_1251_as_it_is_and_mistaken(shared_data):
    path = shared_data / "files" / "wild" / "coursera_metrics_ru.sav"
    data = eg.read_microdata(path, columns=["Q1", "Q1s2"])
    assert (data.codebook.encoding, data.codebook.encoding_how) == ("windows-1251", "declared")
    assert data.codebook.variables["Q1"].label.startswith("Охарактеризуйте")
    with pytest.warns(
        eg.DataWarning, match=r"as windows-1252 \(given by the user\).*encoding='windows-1251'"
    ):
        eg.read_microdata(path, columns=["Q1"], encoding="windows-1252")
    with pytest.raises(eg.SourceError, match=r"cannot be read as utf-8 \(given by the user\)"):
        eg.read_microdata(path, encoding="utf-8")


def test_character_set_that_is_not_supported_can_be_given(shared_data):
    path = shared_data / "files" / "parso_charsets" / "charset_aukr.sas7bdat"
    data = eg.read_microdata(path, encoding="mac-cyrillic")
    assert data.frame.shape == (150, 5)
    assert data.codebook.encoding_how == "given by the user"


def test_labels_from_a_sas_catalog(shared_data):
    folder = shared_data / "files" / "haven"
    bare = eg.read_microdata(folder / "hadley.sas7bdat")
    assert bare.codebook.notes == (
        "Labels of codes are in a SAS catalog; pass it as codebook=, for: workshop, gender.",
    )
    data = eg.read_microdata(folder / "hadley.sas7bdat", codebook=folder / "formats.sas7bcat")
    assert data.codebook.variables["workshop"].values == {1: "R", 2: "SAS"}
    assert data.codebook.variables["gender"].values == {"f": "Female", "m": "Male"}
    assert data.codebook.notes == ()
    tagged = eg.read_microdata(folder / "tagged-na.sas7bdat", codebook=folder / "tagged-na.sas7bcat")
    assert tagged.codebook.variables["x"].tagged_missing == {".A": "Apple", ".Z": "Zebra", ".H": ""}
    assert sorted(tagged.tags["x"].dropna()) == [".A", ".H", ".Z"]
    with pytest.raises(eg.SourceError, match=r"holds labels for SAS data sets, not for a \.sav file"):
        eg.read_microdata(folder / "datetime.sav", codebook=folder / "formats.sas7bcat")
    with pytest.raises(eg.SourceError, match=r"the catalog 'no\.sas7bcat' cannot be read"):
        eg.read_microdata(folder / "hadley.sas7bdat", codebook=folder / "no.sas7bcat")
    with pytest.raises(eg.SourceError, match=r"is a SAS catalog of labels and holds no rows"):
        eg.read_microdata(folder / "formats.sas7bcat")


def test_codes_that_a_plain_read_loses_in_a_portable_file(shared_data):
    path = shared_data / "files" / "readspss" / "electric.por"
    plain, _ = pyreadstat.read_por(path)
    data = eg.read_microdata(path)
    assert data.codebook.variables["DAYOFWK"].missing_codes == (9,)
    assert (data.frame["DAYOFWK"] == 9).sum() == plain["DAYOFWK"].isna().sum() > 0


def test_dates_of_a_real_file(shared_data):
    frame = eg.read_microdata(shared_data / "files" / "readspss" / "datetimes.sav").frame
    days = ["d1", "d2", "a1", "a2", "e1", "e2", "j1", "j2", "s1", "s2"]
    assert {frame[name].iloc[0] for name in days} == {pd.Timestamp("2013-01-31")}
    assert frame["q1"].iloc[0] == frame["m1"].iloc[0] == pd.Timestamp("2013-01-01")
    assert frame["dt3"].iloc[0] == frame["y3"].iloc[0] == pd.Timestamp("2013-01-31 01:02:33.72")
    assert frame["dt6"].iloc[0] == frame["t3"].iloc[0] == pd.Timedelta("29:14:36.58")
    assert frame["w3"].iloc[0] == 5


@pytest.mark.parametrize(
    "name", ["pyreadstat/sample_missing.sav", "pyreadstat/sample.zsav", "pyreadstat/sample.dta"]
)
def test_real_files_cut_off(shared_data, tmp_path, name):
    whole = (shared_data / "files" / name).read_bytes()
    path = tmp_path / name.split("/")[1]
    path.write_bytes(whole)
    frame = eg.read_microdata(path).frame
    for place in range(0, len(whole), max(1, len(whole) // 50)):
        path.write_bytes(whole[:place])
        try:
            cut = eg.read_microdata(path).frame
        except eg.SourceError:
            continue
        pd.testing.assert_frame_equal(cut, frame)
