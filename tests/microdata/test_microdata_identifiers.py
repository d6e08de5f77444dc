"""Columns that say who somebody is are found, and questions that merely speak of phones are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.microdata import Codebook, Variable, describe
from egovstats.sources import Source

N = 40


def _found(name="x", label="", *, kind="text", cells=None, values=None, weight=None, n=N):
    cells = [f"text {k}" for k in range(n)] if cells is None else cells
    book = Codebook({name: Variable(name, label, values or {}, kind=kind)}, weight=weight)
    return eg.probable_identifiers(book, pd.DataFrame({name: cells})).get(name, "")


@pytest.mark.parametrize(
    ("name", "label", "says"),
    [
        ("first_name", "", "a person's name"),
        ("q1", "Овог нэр", "a person's name"),
        ("q1", "ФИО", "a person's name"),
        ("RespPhone", "", "reach somebody"),
        ("q9", "Утасны дугаар", "reach somebody"),
        ("q9", "Номер телефона", "reach somebody"),
        ("q9", "E-mail", "reach somebody"),
        ("gps_lat", "", "an exact place"),
        ("a", "Гэрийн хаяг", "an exact place"),
        ("a", "Паспорт", "identity document"),
        ("dob", "", "a date of birth"),
        ("q1", "Interviewer's name", "a person's name"),
        ("q9", "Facebook account", "reach somebody"),
        ("q9", "Төрсөн огноо", "a date of birth"),
    ],
)
def test_by_name_or_label(name, label, says):
    cells = [f"text {k % 12}" for k in range(N)]  # alike enough that only the name tells
    assert says in _found(name, label, cells=cells)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([f"a{k % 9}@example.org" for k in range(N)], "e-mail addresses"),
        ([f"+976 9911 00{k % 9:02}" for k in range(N)], "phone numbers"),
        ([f"10.0.0.{k % 9}" for k in range(N)], "network addresses"),
        ([f"text {k}" for k in range(N)], "nearly all of its values differ"),
    ],
)
def test_by_values(cells, says):
    assert says in _found(cells=cells)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("wgt_exp", "Expansion weight"),
        ("w", "Жин (тооцоо)"),
        ("w", "Вес"),
        ("d7", "Household income, MNT"),
        ("d7", "Өрхийн сарын орлого, төгрөг"),
        ("d7", "Доход семьи"),
        ("LENGTH", "Length of interview, seconds"),
    ],
)
def test_weights_amounts_and_durations_in_whole_numbers_are_measurements(name, label):
    cells = 100_000 + 137.0 * np.arange(N)
    assert not _found(name, label, kind="number", cells=cells)
    assert _found(name, f"{label}: case ID", kind="number", cells=cells)


@pytest.mark.parametrize("label", ["Аймгийн нэр", "Сумын нэр", "Намын нэр", "Нэр дэвшигчийн нэр"])
def test_a_name_of_a_province_or_a_party_names_nobody(label):
    assert not _found("q1", label, cells=[f"text {k % 12}" for k in range(N)])


def test_small_numbers_call_nobody_and_large_ones_do():
    assert not _found("q", "Number of mobile phones", kind="number", cells=np.arange(N) % 9.0)
    assert _found("q", "Mobile phone", kind="number", cells=np.arange(N) % 20 + 88_110_000.0)
    assert not _found("q", "Passport number", kind="number", cells=np.arange(N) % 9.0)


def test_moments_of_an_interview_and_dates_of_birth():
    stamps = [f"2020-05-{1 + k % 28:02} {9 + k % 8}:{k:02}:07" for k in range(N)]
    assert not _found("start", "", cells=stamps)
    days = pd.date_range("1950-01-01", periods=N, freq="411D")
    assert "over more than 20 years" in _found(kind="date", cells=days)


def test_numbers_that_differ_are_found_and_measurements_are_not():
    assert _found(kind="number", cells=np.arange(N, dtype=float))
    assert not _found(kind="number", cells=np.linspace(0, 1, N))
    assert not _found(kind="number", cells=np.arange(N, dtype=float), weight="x")
    assert not _found(kind="datetime", cells=pd.date_range("2020-05-01", periods=N, freq="h"))
    assert not _found(kind="number", cells=np.arange(20, dtype=float), n=20)


@pytest.mark.parametrize(
    "cells",
    [
        [f"0.{k:09}" for k in range(20)],
        [f"2013-01-{1 + k % 28:02}" for k in range(20)],
        [f"05/04/{1950 + k}" for k in range(20)],
        [""] * N,
        [None] * N,
    ],
)
def test_numbers_dates_and_nothing_are_no_phones(cells):
    assert not _found(cells=cells)


def test_answers_and_questions_are_no_identifiers():
    labels = {1: "Yes", 2: "No"}
    assert not _found("phone", "Phone", kind="number", cells=[1.0, 2.0] * 20, values=labels)
    counts = [float(k % 9) for k in range(N)]
    assert not _found("q1", "How many mobile phones are there", kind="number", cells=counts)
    assert not _found("q1", "Do you have a phone?", cells=[f"text {k % 9}" for k in range(N)])
    assert not _found("phone", "Has a phone", kind="number", cells=[0.0, 1.0] * 20)
    assert not _found("cell_phone_type", "", cells=["a", "b"] * 20)


def test_inspect_flags_them_without_a_value():
    book = Codebook({"mail": Variable("mail", "E-mail", kind="text")}, n=N, format="sav")
    frame = pd.DataFrame({"mail": [f"a{k}@example.org" for k in range(N)]})
    text = describe(eg.Microdata(frame, book, Source("made", "microdata", file="made.sav")))
    assert (
        "Privacy    Probable identifiers of respondents, left out of what is written unless they are named: mail."
        in text
    )
    assert "   probable identifier: its name or label says that it holds" in text
    assert "example.org" not in text


def test_real_waves(shared_data):
    folder = shared_data / "microdata" / "afrobarometer-tunisia"
    data = eg.read_microdata(folder / "tun_r5_data.sav")
    assert set(eg.probable_identifiers(data.codebook, data.frame)) == {"RESPNO", "TEL"}
