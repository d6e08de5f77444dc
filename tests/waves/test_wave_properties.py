"""Truths for any frame, card and crosswalk: counts in are counts out, and no input makes a silent wrong table."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from wave_files import write_wave

from egovstats.errors import EgovstatsError
from egovstats.microdata import Codebook, Microdata, Variable
from egovstats.sources import Source
from egovstats.spreadsheets import as_typed, harmless
from egovstats.waves import MISSING_REASONS, Card, Item, accept_proposals, draft_survey, open_series
from egovstats.waves.codes import code_text
from egovstats.waves.crosswalk import COLUMNS, Crosswalk, csv_row, read_crosswalk
from egovstats.waves.crosswalk_checks import check_crosswalk
from egovstats.waves.draft_words import missing_reason, without_numbering
from egovstats.waves.harmonise import harmonise
from egovstats.waves.published_table import read_table

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ITEM = Item.model_validate(
    {
        "name": "trust",
        "topic": "trust",
        "kind": "ordinal",
        "label": "Trust",
        "answers": [{"code": code, "label": f"answer {code}"} for code in (1, 2, 3)],
    }
)
AGE = Item.model_validate({"name": "age", "topic": "background", "kind": "number", "label": "Age"})
CARD = Card.model_validate({"wave": "w", "year": 2020, "title": "W", "file": {"names": ["*"]}})

numbers = st.one_of(st.integers(-2, 12).map(float), st.just(float("nan")), st.sampled_from([0.5, 998.0]))
columns = st.lists(numbers, max_size=30)
texts = st.text(max_size=12)
codes = st.one_of(
    st.integers(-2, 12).map(str),
    st.sampled_from(["", "998", "0.5", "1.0", "01", "0..5", "3..9", "-2..12", ".a", "x", "=1+1"]),
)
cells = st.one_of(
    st.tuples(st.sampled_from(["1", "2", "3", "4", "=", "nan", "?"]), st.just("")),
    st.tuples(st.just(""), st.sampled_from([*MISSING_REASONS, "dk"])),
)


good = st.one_of(
    st.tuples(st.sampled_from(["1", "2", "3"]), st.just("")),
    st.tuples(st.just(""), st.sampled_from(MISSING_REASONS)),
)
whole = st.lists(good, min_size=17, max_size=17).map(
    lambda to: [("", ("", "system")), *zip([*map(str, range(-2, 13)), "998", "0.5"], to, strict=True)]
)
"""A row for every code that `numbers` can draw."""
some = st.lists(st.tuples(codes, cells), min_size=1, max_size=12)
part = st.lists(st.tuples(codes, good), min_size=1, max_size=6, unique_by=lambda row: row[0])


def _crosswalk(rows: list[tuple[str, tuple[str, str]]], item: str) -> tuple[Crosswalk, list[object]]:
    """Read generated rows as a file is read, with the faults of both checks."""
    lines = [
        csv_row(
            {
                "wave": "w",
                "item": item,
                "source_variable": "Q",
                "source_code": code,
                "code": to,
                "missing": why,
            }
        )
        for code, (to, why) in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crosswalk.csv"
        path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n", encoding="utf-8")
        crosswalk, faults = read_crosswalk(path)
    return crosswalk, [*faults, *check_crosswalk(crosswalk, {"trust": ITEM, "age": AGE}, ("w",))]


def _data(column: list[float]) -> Microdata:
    frame = pd.DataFrame({"Q": pd.Series(column, dtype=float)})
    return Microdata(
        frame, Codebook({"Q": Variable("Q", "Question")}, n=len(frame)), Source("W", "microdata")
    )


@QUICK
@given(
    column=columns,
    rows=st.one_of(some, part, whole),
    item=st.sampled_from([ITEM, AGE]),
)
def test_counts_in_are_counts_out_or_there_is_a_fault(
    column: list[float], rows: list[tuple[str, tuple[str, str]]], item: Item
) -> None:
    crosswalk, faults = _crosswalk(rows, item.name)
    event("faults of the crosswalk" if faults else "crosswalk stands")
    if faults or not crosswalk.of("w", item.name):
        return
    done = harmonise(CARD, _data(column), crosswalk, [item])
    event("faults of the file" if done.faults else "harmonised")
    if done.faults:
        assert item.name not in done.values
        return
    values, missing = done.values[item.name], done.missing[item.name]
    assert len(values) == len(missing) == len(column)
    assert sum(row[-1] for row in done.log) == len(column)  # type: ignore[misc]
    assert np.array_equal(np.isnan(values), np.asarray(missing) != "")
    if item is ITEM:
        assert set(values[~np.isnan(values)]) <= {1.0, 2.0, 3.0}
    for number, value, reason in zip(column, values, missing, strict=True):
        assert (value, reason) in _allowed(number, rows) or (
            np.isnan(value) and _reason_allowed(number, rows, reason)
        )


def _allowed(number: float, rows: list[tuple[str, tuple[str, str]]]) -> set[tuple[float, str]]:
    """What the rows let a number become, worked out row by row without the code under test."""
    return {
        (number if to == "=" else float(to), "")
        for code, (to, why) in rows
        if not why and to not in ("nan", "?") and _fits(number, code)
    }


def _reason_allowed(number: float, rows: list[tuple[str, tuple[str, str]]], reason: str) -> bool:
    return any(why == reason and _fits(number, code) for code, (_, why) in rows)


def _fits(number: float, code: str) -> bool:
    if np.isnan(number) or code == "":
        return bool(np.isnan(number)) and code == ""
    if ".." in code:
        low, high = code.split("..")
        return float(low) <= number <= float(high)
    try:
        return float(code) == number
    except ValueError:
        return False


@QUICK
@given(st.lists(st.tuples(*[texts] * len(COLUMNS)), max_size=8))
def test_any_row_of_text_is_read_or_told_with_its_line(rows: list[tuple[str, ...]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([COLUMNS, *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crosswalk.csv"
        path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
        crosswalk, faults = read_crosswalk(path)
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    told = {fault.line for fault in faults}
    assert len(crosswalk) + len(told) >= filled or any("is not CSV" in fault.what for fault in faults)


@QUICK
@given(st.binary(max_size=200))
def test_any_bytes_are_no_crosswalk_or_a_told_one(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, read in (("crosswalk.csv", read_crosswalk), ("published.csv", lambda p: read_table(p, {}))):
            path = Path(folder) / name
            path.write_bytes(content)
            found, faults = read(path)
            assert faults
            assert len(found) == 0


@QUICK
@given(st.dictionaries(st.sampled_from(COLUMNS), texts.map(str.strip), min_size=3))
@example({"source_label": '"', "note": "a\nb", "item": ","})
def test_a_row_that_is_written_reads_back(row: dict[str, str]) -> None:
    if any("\r" in cell or "\x00" in cell for cell in row.values()):
        return
    found = next(csv.reader(io.StringIO(csv_row(row), newline=""), strict=True))
    assert found == [row.get(column, "") for column in COLUMNS]


@QUICK
@given(texts)
@example("=cmd|' /C calc'!A0")
@example("+1+1")
@example("-2+3")
@example("@SUM(1)")
@example("'=1+1")
def test_no_text_runs_as_a_formula(text: str) -> None:
    safe = harmless(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) or _runs_nowhere(safe)
    assert safe.endswith(text)
    assert as_typed(safe) == text


def _runs_nowhere(text: str) -> bool:
    """A plain number, a range of numbers, or signs without anything to work on."""
    return set(text.lower()) <= set("=+-@0123456789.,e% inf")


@QUICK
@given(texts)
def test_any_label_is_understood_without_an_error(label: str) -> None:
    assert missing_reason(label) in ("", *MISSING_REASONS)
    assert without_numbering(label) in label


@QUICK
@given(st.floats(allow_nan=True, allow_infinity=False))
def test_a_number_and_its_code_are_one(number: float) -> None:
    text = code_text(number)
    assert (text == "" and np.isnan(number)) or float(text) == number


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(["wave", "year", "title", "file", "field", "weight", "psu", "n", "mode", "unknown"]),
        st.one_of(texts, st.integers(), st.none(), st.lists(texts, max_size=2)),
    )
)
def test_any_card_is_valid_or_told(content: dict[str, object]) -> None:
    from ruamel.yaml import YAML

    from egovstats.waves.documents import read_document

    buffer = io.StringIO()
    YAML(typ="safe", pure=True).dump(content, buffer)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "card.yaml"
        path.write_text(buffer.getvalue(), encoding="utf-8")
        try:
            card, faults = read_document(path, Card, name="card.yaml")
        except EgovstatsError as error:  # pragma: no cover - a fault must be returned, not raised
            pytest.fail(str(error))
    assert (card is None) == bool(faults)


labels = st.sampled_from(
    [
        "Trust the president",
        "Trust the police",
        "Доверие полиции",
        "Age",
        "=1+1",
        "Confiance en la police",
        "",
    ]
)
answers = st.dictionaries(
    st.integers(-1, 9).map(float),
    st.sampled_from(["Yes", "No", "Oui", "Не знаю", "Refused", "A lot", "Not at all", "-5", "@x", "n/a"]),
    max_size=5,
)
question = st.tuples(
    labels, answers, st.lists(st.one_of(st.integers(-1, 9).map(float), st.none()), min_size=8, max_size=8)
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(question, min_size=1, max_size=4), min_size=1, max_size=2))
def test_an_accepted_draft_accounts_for_everybody_or_is_refused(waves: list[list[object]]) -> None:
    pytest.importorskip("rapidfuzz")
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for at, questions in enumerate(waves):
            columns = {f"Q{number}": each[2] for number, each in enumerate(questions)}  # type: ignore[index]
            names = {f"Q{number}": each[0] for number, each in enumerate(questions)}  # type: ignore[index]
            values = {f"Q{number}": each[1] for number, each in enumerate(questions) if each[1]}  # type: ignore[index]
            files.append(
                write_wave(Path(folder) / f"x_{2019 + at}.sav", columns, labels=names, values=values)
            )
        try:
            draft_survey(Path(folder) / "draft", files, single=True)
            accept_proposals(Path(folder) / "draft")
            pooled = open_series(Path(folder) / "draft").read(folder)
        except EgovstatsError as error:
            event(f"refused: {str(error)[:20]}")
            return
        event("read")
        assert len(pooled) == 8 * len(waves)
        assert (pooled.log.groupby(["wave", "item"])["n"].sum() == 8).all()
