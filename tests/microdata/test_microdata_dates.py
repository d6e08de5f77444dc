"""Dates: formats of three programs, whole columns at once, and what lies outside the calendar."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import egovstats as eg
from egovstats.microdata import Variable
from egovstats.microdata.dates import convert, kind_of


@pytest.mark.parametrize(
    ("family", "format_name", "kind"),
    [
        ("spss", "DATE11", "date"),
        ("spss", "ADATE10", "date"),
        ("spss", "MOYR8", "date"),
        ("spss", "QYR6", "date"),
        ("spss", "WKYR10", "date"),
        ("spss", "DATETIME23.2", "datetime"),
        ("spss", "YMDHMS20", "datetime"),
        ("spss", "TIME5", "time"),
        ("spss", "DTIME12", "time"),
        ("spss", "MTIME8.2", "time"),
        ("spss", "WKDAY3", "number"),
        ("spss", "MONTH9", "number"),
        ("spss", "F8.2", "number"),
        ("spss", "DOLLAR8", "number"),
        ("stata", "%td", "date"),
        ("stata", "%tdD_m_Y", "date"),
        ("stata", "%-tdDD/NN/CCYY", "date"),
        ("stata", "%d", "date"),
        ("stata", "%tm", "date"),
        ("stata", "%tq", "date"),
        ("stata", "%tw", "date"),
        ("stata", "%th", "date"),
        ("stata", "%ty", "number"),
        ("stata", "%tc", "datetime"),
        ("stata", "%tcDD/NN/CCYY_HH:MM", "datetime"),
        ("stata", "%tCDmCY_HH:MM:SS", "datetime"),
        ("stata", "%tcHH:MM:SS", "time"),
        ("stata", "%tcHH:MM", "time"),
        ("stata", "%9.0g", "number"),
        ("sas", "DATE9", "date"),
        ("sas", "YYMMDD10", "date"),
        ("sas", "MONYY7", "date"),
        ("sas", "E8601DA10", "date"),
        ("sas", "DATETIME20", "datetime"),
        ("sas", "DTDATE9", "datetime"),
        ("sas", "E8601DT", "datetime"),
        ("sas", "TIME8", "time"),
        ("sas", "BEST12", "number"),
        ("sas", "YEAR4", "date"),
        ("sas", "DATEX", "number"),
        ("sas", "$CHAR8", "number"),
        ("sas", "", "number"),
    ],
)
def test_formats_that_make_a_number_a_date(family, format_name, kind):
    assert kind_of(format_name, family) == kind


def _converted(numbers, format_name, family, **declared):
    variable = Variable("x", format=format_name, kind=kind_of(format_name, family), **declared)
    return convert(pd.Series(numbers, dtype=float), variable, family)


@pytest.mark.parametrize(
    ("number", "format_name", "family", "expected"),
    [
        (86400.0, "DATE11", "spss", "1582-10-15"),
        (13_630_000_000.0, "DATETIME20", "spss", "2014-09-13 15:06:40"),
        (0.0, "%td", "stata", "1960-01-01"),
        (-1.0, "%td", "stata", "1959-12-31"),
        (1_764_558_855_000.0, "%tc", "stata", "2015-12-01 03:14:15"),
        (721.0, "%tm", "stata", "2020-02-01"),
        (241.0, "%tq", "stata", "2020-04-01"),
        (121.0, "%th", "stata", "2020-07-01"),
        (3121.0, "%tw", "stata", "2020-01-08"),
        (22_000.0, "DATE9", "sas", "2020-03-26"),
        (1_900_800_000.5, "DATETIME20", "sas", "2020-03-26 00:00:00.500"),
    ],
)
def test_numbers_become_the_dates_their_program_shows(number, format_name, family, expected):
    assert _converted([number], format_name, family).column.iloc[0] == pd.Timestamp(expected)


def test_times_are_durations_and_may_pass_midnight():
    column = _converted([3661.5, 105_276.0], "TIME8", "spss").column
    assert column.tolist() == [pd.Timedelta("01:01:01.5"), pd.Timedelta("1 days 05:14:36")]


def test_stata_clock_with_a_day_in_it_is_a_datetime():
    assert _converted([3_600_000.0], "%tcHH:MM", "stata").kind == "time"
    found = _converted([3_600_000.0, 1_764_558_855_000.0], "%tcHH:MM", "stata")
    assert found.kind == "datetime"
    assert found.column.iloc[1] == pd.Timestamp("2015-12-01 03:14:15")


def test_numbers_outside_the_calendar_are_missing_and_counted():
    found = _converted([1e12, -5.0, 99.0, np.nan, 13e9, 1e300, np.inf], "DATE11", "spss")
    assert found.column.notna().tolist() == [False, False, False, False, True, False, False]
    assert found.out_of_range == 5


def test_declared_and_labelled_numbers_are_codes_and_no_dates():
    found = _converted(
        [99.0, 13e9, 97.0, 55.0, np.nan],
        "DATE11",
        "spss",
        missing_codes=(99,),
        missing_ranges=((96, 98),),
        values={55: "still going on"},
    )
    assert found.out_of_range == 0
    assert found.declared.fillna("").tolist() == ["99", "", "97", "55", ""]


def test_year_9999_is_the_last():
    day = (dt.date(9999, 12, 31) - dt.date(1960, 1, 1)).days
    found = _converted([day, day + 1.0], "%td", "stata")
    assert found.column.iloc[0] == pd.Timestamp(9999, 12, 31)
    assert found.out_of_range == 1


def test_a_file_with_dates_out_of_range_is_read_with_a_warning(sav, column):
    path = sav([column("D", format="DATE", missing=(99,))], [(13e9,), (99,), (9e15,)])
    with pytest.warns(eg.DataWarning) as caught:
        data = eg.read_microdata(path)
    assert [str(each.message) for each in caught] == [
        "made.sav: D: 1 of 3 values are outside the calendar (format DATE8) and were made missing."
    ]
    assert data.codebook.notes == (
        "D: 1 of 3 values are outside the calendar (format DATE8) and were made missing.",
    )
    assert data.frame["D"].notna().tolist() == [True, False, False]
    assert data.tags["D"].fillna("").tolist() == ["", "99", ""]


def test_same_dates_as_pyreadstat(tmp_path):
    frame = pd.DataFrame({"d": pd.to_datetime(["2020-02-29", "1999-12-31"]), "q": [1.0, 2.0]})
    frame["clock"] = [dt.time(1, 2, 3), dt.time(23, 59, 59)]
    for name, write, read in (
        ("a.sav", pyreadstat.write_sav, pyreadstat.read_sav),
        ("a.dta", pyreadstat.write_dta, pyreadstat.read_dta),
    ):
        write(frame, tmp_path / name)
        ours = eg.read_microdata(tmp_path / name).frame
        theirs, _ = read(tmp_path / name)
        assert ours["d"].tolist() == [pd.Timestamp(each) for each in theirs["d"]]
        assert [str(each)[-8:] for each in ours["clock"]] == [str(each) for each in theirs["clock"]]
