"""Whole studies, drawn at random and read from their files: what the crosswalk says is what comes out.

Every expected value is worked out by plain pandas from what was drawn, not from what was written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import wave_files as made
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egovstats.errors import WaveError
from egovstats.waves import Waves, open_series, series
from egovstats.waves.aliases import name_key
from egovstats.waves.crosswalk import csv_row
from egovstats.waves.words import MISSING_REASONS

QUICK = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
WAVES = ("2019", "2021")
CARD = """\
wave: "{wave}"
year: {wave}
title: Долгион {wave}
file: {{names: ["*{wave}*.csv"]}}
"""
CODES = (1, 2, 3, 8, 9, 98)
SPELLINGS = {
    1: ("Архангай", "архангай ", "Aрхангай", "Архангaй", "АРХАНГАЙ", "Arkhangai"),
    2: ("Өмнөговь", "Омноговь", "ЄМНЄГОВЬ", "Өмнөговь\u00a0", "Umnugovi"),
    3: ("Берёзово", "Березово", "берёзово", "БЕРЕЗОВО"),
}
PLACES = "code,en,mn,aliases\n1,Arkhangai,Архангай,\n2,Umnugovi,Өмнөговь,\n3,,Берёзово,\n"

reasons = st.sampled_from(MISSING_REASONS).map(lambda reason: (float("nan"), reason))
destinations = st.one_of(st.sampled_from([1, 2, 3]).map(lambda code: (float(code), "")), reasons)
mapping = st.fixed_dictionaries(dict.fromkeys(CODES, destinations))
"""Any recode: several to one, turned scales, and codes to missing reasons."""
answers = st.lists(st.sampled_from([*CODES, None]), min_size=1, max_size=12)
writing = st.sampled_from(["1", "1.0", " 1 "])
drawn_wave = st.tuples(answers, mapping, writing, reasons)


@pytest.fixture(autouse=True, scope="module")
def _each_card_once() -> Iterator[None]:
    """YAML is slow to parse, and the cards are always the same: each text is read once."""
    read = series.read_document
    known: dict[tuple[str, str], object] = {}

    def once(path: Path, model: type, *, name: str) -> object:
        key = (path.read_text(encoding="utf-8"), model.__name__)
        if key not in known:
            known[key] = read(path, model, name=name)
        found, faults = known[key]  # type: ignore[misc]
        return found, list(faults)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(series, "read_document", once)
        yield


def _written(code: int | None, how: str) -> str:
    return "" if code is None else how.replace("1", str(code))


def _row(wave: str, code: str, to: tuple[float, str], *, item: str = "trust", variable: str = "Q") -> str:
    target = "" if to[1] else f"{to[0]:g}"
    cells = {"wave": wave, "item": item, "source_variable": variable, "source_code": code}
    return csv_row({**cells, "code": target, "missing": to[1]}) + "\n"


def _study(folder: Path, rows: str) -> Path:
    return made.write_study(folder / "demo", rows=rows, cards=[CARD.format(wave=wave) for wave in WAVES])


def _read(folder: Path, rows: str, files: dict[str, pd.DataFrame]) -> Waves:
    study = _study(folder, rows)
    (study / "places.csv").write_text(PLACES, encoding="utf-8")
    (folder / "files").mkdir()
    for wave, frame in files.items():
        frame.to_csv(folder / "files" / f"w{wave}.csv", index=False)
    return open_series(study).read(folder / "files")


def _check_counts(waves: Waves, sizes: dict[str, int]) -> None:
    for (wave, _), n in waves.log.groupby(["wave", "item"])["n"].sum().items():
        assert n == sizes[wave]
    for name, item in waves.items.items():
        assert np.array_equal(waves.frame[name].isna(), waves.missing[name] != "")
        if item.codes:
            assert set(waves.frame[name].dropna()) <= set(item.codes)


@QUICK
@given(st.tuples(drawn_wave, drawn_wave), st.booleans())
def test_each_code_goes_where_its_row_says(waves: tuple[tuple[object, ...], ...], turned: bool) -> None:
    rows, files, expected = [], {}, []
    for name, (found, recode, how, empty) in zip(WAVES, waves, strict=True):
        rows += [_row(name, str(code), to) for code, to in recode.items()]
        rows.append(_row(name, "", empty))
        ids = [f"{name}-{k}" for k in range(len(found))]
        files[name] = pd.DataFrame({"id": ids, "Q": [_written(code, how) for code in found]})
        expected += [recode[code] if code is not None else empty for code in found]
    text = "".join(rows[::-1] if turned else rows)  # the order of rows means nothing
    with tempfile.TemporaryDirectory() as folder:
        pooled = _read(Path(folder), text, files)
    _check_counts(pooled, {name: len(frame) for name, frame in files.items()})
    got = list(zip(pooled.frame["trust"], pooled.missing["trust"].astype(str), strict=True))
    assert repr(got) == repr([(float(value), reason) for value, reason in expected])
    counted = pd.DataFrame(expected, columns=["target", "missing"]).groupby(
        ["target", "missing"], dropna=False
    )
    log = pooled.log[(pooled.log["item"] == "trust") & (pooled.log["n"] > 0)]
    assert log.groupby(["target", "missing"], dropna=False)["n"].sum().to_dict().__repr__() == (
        counted.size().to_dict().__repr__()
    )


@QUICK
@given(drawn_wave, st.randoms(use_true_random=False))
def test_order_of_people_and_of_files_means_nothing(drawn: tuple[object, ...], chance: object) -> None:
    found, recode, how, empty = drawn
    rows = "".join(_row(name, str(code), to) for name in WAVES for code, to in recode.items())
    rows += "".join(_row(name, "", empty) for name in WAVES)
    frame = pd.DataFrame({"id": range(len(found)), "Q": [_written(code, how) for code in found]})
    order = list(range(len(found)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    other = frame.assign(id=frame["id"] + 100)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first = _read(Path(one), rows, {"2019": frame, "2021": other})
        second = _read(Path(two), rows, {"2021": other, "2019": frame.iloc[order]})
    placed = np.argsort([*order, *(len(found) + k for k in range(len(found)))])
    back = second.frame.iloc[placed].reset_index(drop=True)
    pd.testing.assert_frame_equal(  # a unit is named by its place in the file
        first.frame.drop(columns="psu"), back.drop(columns="psu")
    )
    pd.testing.assert_frame_equal(
        first.log.sort_values(list(first.log.columns), ignore_index=True),
        second.log.sort_values(list(second.log.columns), ignore_index=True),
    )


@QUICK
@given(answers, st.sampled_from(CODES), st.sampled_from(["code", "row", "reason"]))
def test_what_the_crosswalk_lacks_or_says_twice_is_told(
    found: list[int | None], code: int, fault: str
) -> None:
    present = [*found, code]
    rows = [_row("2019", str(each), (1.0, "")) for each in CODES if each != code or fault != "code"]
    rows.append(_row("2019", "", (float("nan"), "system")))
    if fault == "row":
        rows.append(_row("2019", f"{code}.0", (2.0, "")))
    if fault == "reason":
        rows[CODES.index(code)] = _row("2019", str(code), (1.0, "no_such_reason"))
    frame = pd.DataFrame({"id": range(len(present)), "Q": present})
    with tempfile.TemporaryDirectory() as folder, pytest.raises(WaveError) as caught:
        _read(Path(folder), "".join(rows), {"2019": frame})
    said = str(caught.value)
    n = present.count(code)
    if fault == "code":
        assert "wave 2019 (w2019.csv): Q: code" in said
        assert f"'{code}' (no label) of {n} respondent" in said
        assert "is not mapped to trust. Add to crosswalk.csv" in said
    elif fault == "row":
        assert f"the code '{code}.0' is the same number as in line {CODES.index(code) + 2}" in said
        assert "Correct that row." in said
    else:
        assert f"crosswalk.csv, line {CODES.index(code) + 2}: missing 'no_such_reason' is no reason" in said


@QUICK
@given(st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.integers(0, 5)), min_size=1, max_size=10))
def test_places_in_any_spelling_are_one_place(drawn: list[tuple[int, int]]) -> None:
    names = [SPELLINGS[code][at % len(SPELLINGS[code])] for code, at in drawn]
    rows = '2019,trust,P,"@places","",=,,\n'
    with tempfile.TemporaryDirectory() as folder:
        pooled = _read(Path(folder), rows, {"2019": pd.DataFrame({"id": range(len(names)), "P": names})})
    assert pooled.frame["trust"].tolist() == [code for code, _ in drawn]
    _check_counts(pooled, {"2019": len(names)})


@given(st.text(max_size=10), st.text(max_size=10))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_names_that_are_one_stay_one(left: str, right: str) -> None:
    assert name_key(f" {left.upper()} ") == name_key(left.upper())
    if name_key(left) == name_key(right):
        assert name_key(left + "x") == name_key(left + "x")


@QUICK
@given(st.lists(st.tuples(*[st.sampled_from([1, 2, 3, None])] * 3), min_size=1, max_size=10))
def test_ranked_answers_are_counted_once_a_person(drawn: list[tuple[int | None, ...]]) -> None:
    first = made.SERIES[made.SERIES.index("  - name: trust") : made.SERIES.index("  - name: bribe")]
    items = "".join(first.replace("name: trust", f"name: problem_{k}") for k in (1, 2, 3))
    sets = "sets:\n  - {name: named, label: {en: Problem, mn: Асуудал}, items: [problem_1, problem_2, problem_3]}\n"
    text = made.SERIES[: made.SERIES.index("  - name: trust")] + items + sets
    rows = ""
    for rank in (1, 2, 3):
        about = {"item": f"problem_{rank}", "variable": f"P{rank}"}
        rows += "".join(_row("2019", str(code), (4.0 - code, ""), **about) for code in (1, 2, 3))
        rows += _row("2019", "", (float("nan"), "system"), **about)
    frame = pd.DataFrame(drawn, columns=["P1", "P2", "P3"], dtype=object).assign(id=range(len(drawn)))
    with tempfile.TemporaryDirectory() as folder:
        study = made.write_study(
            Path(folder) / "demo", series=text, rows=rows, cards=[CARD.format(wave="2019")]
        )
        (Path(folder) / "files").mkdir()
        frame.to_csv(Path(folder) / "files" / "w2019.csv", index=False)
        pooled = open_series(study).read(Path(folder) / "files").spread("named")
    _check_counts(pooled, {"2019": len(drawn)})
    turned = frame[["P1", "P2", "P3"]].apply(lambda column: 4 - column.astype(float))
    for code in (1, 2, 3):
        expected = (turned == code).any(axis=1).astype(float).where(turned.notna().any(axis=1))
        assert repr(pooled.frame[f"named_{code}"].tolist()) == repr(expected.tolist())


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=4),
    st.lists(st.integers(0, 20), min_size=1, max_size=12),
)
def test_ranges_that_meet_are_told_and_others_take_their_numbers(
    ranges: list[tuple[int, int]], found: list[int]
) -> None:
    rows = "".join(_row("2019", f"{low}..{high}", (1.0 + k % 3, "")) for k, (low, high) in enumerate(ranges))
    frame = pd.DataFrame({"id": range(len(found)), "Q": found})
    taken = [[k for k, (low, high) in enumerate(ranges) if low <= value <= high] for value in range(21)]
    sound = all(low <= high for low, high in ranges) and all(len(each) < 2 for each in taken)
    covered = all(taken[value] for value in found)
    with tempfile.TemporaryDirectory() as folder:
        if sound and covered:
            pooled = _read(Path(folder), rows, {"2019": frame})
            assert pooled.frame["trust"].tolist() == [1.0 + taken[value][0] % 3 for value in found]
            return
        with pytest.raises(WaveError, match=r"overlaps|ends before it starts|is not mapped|mapped in line"):
            _read(Path(folder), rows, {"2019": frame})


def test_a_wave_without_a_row_is_not_read_as_one_that_asked_nothing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2], "Q": [1, 2]})
    with pytest.raises(WaveError) as caught:
        _read(tmp_path, "", {"2019": frame})
    assert str(caught.value) == (
        "the files of the series 'demo' cannot be read, with 1 fault:\n"
        "  crosswalk.csv: no row is of the wave '2019', whose file 'w2019.csv' is there.\n"
        "Add a row for each code of the wave, or leave it out with waves=."
    )


def test_one_file_for_two_waves(tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": [1, 2], "Q": [1, 2]})
    rows = "".join(_row(wave, str(code), (float(code), "")) for wave in WAVES for code in (1, 2))
    with pytest.raises(WaveError) as caught:
        _read(tmp_path, rows, {"2019": frame, "2021": frame})
    assert (
        "wave 2021 (w2021.csv): is the same file, byte by byte, as 'w2019.csv' of wave 2019. Put this wave's "
        "own file in its place." in str(caught.value)
    )


def test_the_file_of_another_wave_under_this_wave_s_name(tmp_path: Path) -> None:
    rows = "".join(_row("2019", str(code), (float(code), "")) for code in (1, 2, 3))
    rows += "".join(_row("2021", str(code), (code / 10, ""), variable="T") for code in (10, 20, 30))
    first, second = pd.DataFrame({"id": [1], "Q": [3]}), pd.DataFrame({"id": [1], "T": [30]})
    with pytest.raises(WaveError) as caught:
        _read(tmp_path / "columns", rows, {"2019": second, "2021": first})
    for said in (
        "wave 2019 (w2019.csv): there is no column 'Q'",
        "wave 2021 (w2021.csv): there is no column 'T'",
    ):
        assert said in str(caught.value)
    rows = rows.replace(",T,", ",Q,")
    with pytest.raises(WaveError) as caught:
        _read(tmp_path / "codes", rows, {"2019": second.rename(columns={"T": "Q"}), "2021": first})
    assert "wave 2019 (w2019.csv): Q: code '30' (no label) of 1 respondent is not mapped" in str(caught.value)
    assert "wave 2021 (w2021.csv): Q: code '3' (no label) of 1 respondent is not mapped" in str(caught.value)
