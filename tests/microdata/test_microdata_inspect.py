"""`inspect_file`: the whole text of a small file, and nothing in it that names a respondent."""

from __future__ import annotations

import math

import pytest

import egovstats as eg
from egovstats.microdata import describe

NAN = math.nan


def test_the_whole_text(sav, column):
    path = sav(
        [
            column("ID", "Respondent", width=12),
            column(
                "Q1",
                "Do you trust the government?",
                values={1: "Yes", 2: "No", 9: "Don't know"},
                missing=(9,),
            ),
            column("Q2", missing_range=(97, 99)),
            column("W", "Weight"),
            column("DAY", "Day of the interview", format="DATE"),
        ],
        [
            (f"person {k}", (1, 1, 2, 9, NAN)[k % 5], (3, 3, 98)[k % 3], 1 + k / 7, 13e9 + k * 86400)
            for k in range(30)
        ],
        weight="W",
        file_label="Trust 2020",
        sets=b"$both=D1 1 4 Both q1 q2\n",
    )
    lines = [line.rstrip() for line in eg.inspect_file(path).splitlines()]
    assert [line for line in lines if not line.startswith("SHA-256")] == [
        "File       made.sav",
        "Title      Trust 2020",
        "Format     SPSS (.sav)",
        "Rows       30",
        "Variables  5",
        "Encoding   utf-8 (declared by the file or its format)",
        "Created    2020-05-01 10:11:12",
        "Weight     W",
        "Sets       1",
        "Set        both (dichotomy, counts 1): Both [Q1, Q2]",
        "Privacy    Probable identifiers of respondents, left out of what is written unless they are named: ID.",
        "",
        "1. ID  Respondent",
        "   [text, A12]",
        "   probable identifier: nearly all of its values differ",
        "               30 different values, not listed: text may name people            30",
        "",
        "2. Q1  Do you trust the government?",
        "   [number, F8.0]",
        "            1  Yes                                                              12",
        "            2  No                                                                6",
        "            9  Don't know                                                        6  missing",
        "               no value                                                          6  missing",
        "",
        "3. Q2",
        "   [number, F8.0]",
        "   declared missing: 97 to 99",
        "           98                                                                   10  missing",
        "            3                                                                   20",
        "",
        "4. W  Weight",
        "   [number, F8.0]",
        "               30 other values, each of fewer than 5 respondents                30",
        "",
        "5. DAY  Day of the interview",
        "   [date, DATE8]",
        "               dates in 1994                                                    30",
    ]


def test_no_row_of_a_respondent_is_shown(sav, column):
    names = [f"Бат-Эрдэнэ {k}" for k in range(40)]
    path = sav(
        [column("NAME", width=40), column("PHONE"), column("BORN", format="DATE")],
        [(name, 99_000_000 + k, 11_900_000_000 + k * 86400 * 40) for k, name in enumerate(names)],
    )
    text = eg.inspect_file(path)
    for k, name in enumerate(names):
        assert name not in text
        assert str(99_000_000 + k) not in text
    assert "99000000" not in text
    assert "-01-" not in text.replace("2020-05-01", "")


def test_warnings_stand_in_the_text_and_are_not_raised_again(sav, column):
    path = sav(
        [column("Q1", "Вы доверяете правительству?", values={1: "Совсем не доверяю"})],
        [(1,)],
        encoding="cp1251",
        charset="windows-1252",
    )
    text = eg.inspect_file(path)
    assert "Warning    text looks misread: " in text
    assert "Encoding   windows-1252 (declared by the file or its format)" in text
    text = eg.inspect_file(path, encoding="windows-1251")
    assert "Warning" not in text
    assert "Вы доверяете правительству?" in text
    assert "Encoding   windows-1251 (as given)" in text


def test_stamp_of_a_stand_in_file_comes_first(sav, column):
    path = sav([column("Q")], [(1,)], file_label="SYNTHETIC wave")
    assert eg.inspect_file(path).startswith(
        "SYNTHETIC: made up for a demonstration; nothing real follows from it.\n"
    )


def test_long_lists_of_answers_end_with_their_sum(sav, column):
    labels = {k: f"place {k}" for k in range(80)}
    path = sav([column("PLACE", values=labels)], [(k,) for k in range(80)])
    lines = eg.inspect_file(path).splitlines()
    assert lines[-1].split() == ["20", "more", "answers", "20"]


def test_describe_takes_a_file_that_was_read(sav, column):
    data = eg.read_microdata(sav([column("Q")], [(1,)]))
    assert describe(data) == eg.inspect_file(sav([column("Q")], [(1,)]))


def test_a_file_that_cannot_be_read_raises(tmp_path):
    with pytest.raises(eg.SourceError, match="there is no file"):
        eg.inspect_file(tmp_path / "none.sav")
