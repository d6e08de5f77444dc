"""Numbers, p-values, plural forms and dates as text."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egovstats.errors import ReportError
from egovstats.report import Format, Language, Value
from egovstats.report.language import plural
from egovstats.report.numerals import NBSP, Signs, number_text, p_text, rounded, stars


@pytest.mark.parametrize(
    ("code", "expected"), [("en", "1,234.5"), ("mn", "1,234.5"), ("ru", f"1{NBSP}234,5")]
)
def test_thousands_and_decimals(code: str, expected: str) -> None:
    assert Language(code).number(1234.5) == expected


def test_half_is_rounded_away_from_zero_as_by_hand() -> None:
    assert str(rounded(0.125, 2)) == "0.13"
    assert str(rounded(-0.125, 2)) == "-0.13"
    assert str(rounded(0.145, 0, 100)) == "15"  # 0.145 * 100 is 14.499999999999998 in binary


def test_zero_has_no_sign() -> None:
    assert number_text(-0.0004, Signs(), decimals=1, factor=100) == "0.0"
    assert number_text(0.0, Signs(), signed=True) == "0.0"


def test_minus_is_a_minus_sign() -> None:
    assert number_text(-17.14, Signs()) == "\N{MINUS SIGN}17.1"


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_number_text_is_the_number(value: float, decimals: int) -> None:
    text = number_text(value, Signs(), decimals=decimals).replace(",", "").replace("\N{MINUS SIGN}", "-")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize(
    ("p", "apa", "asa", "plain"),
    [
        (0.0213, "= .021", "< .05", "= 0.021"),
        (0.00099, "< .001", "< .001", "< 0.001"),
        (0.001, "= .001", "< .01", "= 0.001"),
        (0.0496, "= .050", "< .05", "= 0.050"),
        (0.436, "= .436", "= .44", "= 0.436"),
        (0.9996, "> .999", "> .99", "> 0.999"),
        (1.0, "= 1.000", "= 1.00", "= 1.000"),
    ],
)
def test_p_values_in_three_styles(p: float, apa: str, asa: str, plain: str) -> None:
    found = [p_text(p, Signs(), style).replace(NBSP, " ") for style in ("apa", "asa", "plain")]  # type: ignore[arg-type]
    assert found == [apa, asa, plain]


def test_decimal_comma_keeps_the_zero_of_a_p_value() -> None:
    assert Language("ru").p(0.021).replace(NBSP, " ") == "= 0,021"


def test_stars() -> None:
    assert [stars(p) for p in (0.2, 0.04, 0.004, 0.0004)] == ["", "*", "**", "***"]


def test_forms_of_a_value() -> None:
    language = Language("en")
    change = Value("c", -0.1318, "share", Format("points", 1))
    assert language.show(change) == f"\N{MINUS SIGN}13.2{NBSP}points"
    assert language.show(change, "bare") == "\N{MINUS SIGN}13.2"
    assert language.show(change, "size") == "13.2"
    rise = Value("r", 0.02, "share", Format("points", 1))
    assert language.show(rise, "bare") == "+2.0"
    assert language.show(rise, "limit") == "2.0"
    p = Value("p", 0.021, "p-value", Format("p", 3))
    assert [language.show(p, form).replace(NBSP, " ") for form in ("display", "bare", "cell")] == [
        "p = .021",
        "= .021",
        ".021",
    ]
    assert language.show(Value("y", 2013, "year", Format("label", 0))) == "2013"
    assert language.show(Value("n", 12345, "respondents", Format("count", 0))) == "12,345"


def test_russian_plural_forms() -> None:
    language = Language("ru")
    said = [language.say("unit.waves", count=n) for n in (1, 2, 5, 11, 12, 21, 22, 25, 111)]
    assert [re.sub(r"\d+ ", "", text) for text in said] == [
        "волна", "волны", "волн", "волн", "волн", "волна", "волны", "волн", "волн",
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["en", "ru"])
def test_plural_categories_are_those_of_cldr(code: str) -> None:
    babel = pytest.importorskip("babel")
    rule = babel.Locale.parse(code).plural_form
    assert all(plural(code, n) == rule(n) for n in range(130))


def test_mongolian_nouns_stay_after_numbers() -> None:
    assert {plural("mn", n) for n in range(30)} == {"other"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", ["1 May 2020", "1–19 May 2020", "16 March – 14 April 2012", "30 December 2019 – 2 January 2020"]),
        (
            "ru",
            [
                "1 мая 2020 г.",
                "1–19 мая 2020 г.",
                "16 марта – 14 апреля 2012 г.",
                "30 декабря 2019 г. – 2 января 2020 г.",
            ],
        ),
        (
            "mn",
            [
                "2020 оны 5 дугаар сарын 1",
                "2020 оны 5 дугаар сарын 1–19",
                "2012 оны 3 дугаар сарын 16 – 4 дүгээр сарын 14",
                "2019 оны 12 дугаар сарын 30 – 2020 оны 1 дүгээр сарын 2",
            ],
        ),
    ],
)  # fmt: skip
def test_dates(code: str, expected: list[str]) -> None:
    language = Language(code)
    ranges = [
        (dt.date(2020, 5, 1), dt.date(2020, 5, 1)),
        (dt.date(2020, 5, 1), dt.date(2020, 5, 19)),
        (dt.date(2012, 3, 16), dt.date(2012, 4, 14)),
        (dt.date(2019, 12, 30), dt.date(2020, 1, 2)),
    ]
    assert [language.date_range(*each) for each in ranges] == expected


def test_unknown_language_and_style() -> None:
    with pytest.raises(
        ReportError, match=r"^there is no report language 'fr'\. There are: 'en', 'mn', 'ru'\.$"
    ):
        Language("fr")
    with pytest.raises(ReportError, match=r"there is no style 'APA' for p-values\. Did you mean 'apa'"):
        Language("en", p_style="APA")  # type: ignore[arg-type]


def test_unknown_message_names_the_near_one() -> None:
    with pytest.raises(ReportError, match=r"there is no message 'collumn\.n' in 'en'\. Did you mean 'column"):
        Language("en").say("collumn.n")
    with pytest.raises(ReportError, match="needs the field 'sources'"):
        Language("en").say("page.source")
