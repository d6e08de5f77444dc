"""Headline sentences in three languages, word for word."""

from __future__ import annotations

import math

import pytest

import egovstats.report as er
from egovstats.report.numerals import NBSP
from egovstats.results import Effect, HypothesisTest

RULE = er.Disclosure()
MINUS = "\N{MINUS SIGN}"


def level(name: str, value: float, n: float | None = 1200) -> er.Value:
    return RULE.apply(er.Value(name, value, "share", er.Format("percent", 1), n=n))


def outcome(
    effect: float,
    low: float,
    high: float,
    p: float,
    *,
    p_adjusted: float | None = None,
    unit: str = "share difference",
    n: float = 2400,
    bases: tuple[er.Value, ...] = (),
) -> er.ShownTest:
    test = HypothesisTest(
        test="Wald test",
        null="no change",
        statistic=2.0,
        distribution="t",
        df=(100.0,),
        p_value=p,
        effect=Effect("difference", effect, low, high, unit),
        n=n,
        p_adjusted=p_adjusted,
        adjust="none" if p_adjusted is None else "holm",
    )
    return er.show_test(test, prefix="change", rule=RULE, bases=bases)


def sentence(
    code: str, test: er.ShownTest, first: er.Value, second: er.Value, **options: str
) -> tuple[str, str]:
    language = er.Language(code)
    made = er.change_sentence(
        test, first, second, labels=("2013", "2022"), subject="s", language=language, rule=RULE, **options
    )
    return made.finding, language.plain(made.text).replace(NBSP, " ").replace(MINUS, "-")


FALL = (-0.1318, -0.171, -0.0931, 0.0000041)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "en",
            "From 61.2% (2013) to 48.0% (2022): down 13.2 points "
            "(95% CI -17.1 to -9.3; p < .001; n = 2,400).",
        ),
        (
            "ru",
            "С 61,2 % (2013) до 48,0 % (2022): снижение на 13,2 п. п. "
            "(95 %-й ДИ от -17,1 до -9,3; p < 0,001; n = 2 400).",
        ),
        (
            "mn",
            "61.2% (2013) байснаа 48.0% (2022) болж, 13.2 нэгж хувиар буурсан "
            "(95%-ийн итгэх завсар: -17.1; -9.3; p < .001; n = 2,400).",
        ),
    ],
)
def test_a_clear_fall(code: str, expected: str) -> None:
    found = sentence(code, outcome(*FALL), level("a", 0.6118), level("b", 0.48))
    assert found == ("down", expected)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "From 44.1% (2013) to 46.1% (2022): no clear change (+2.0 points; 95% CI -3.0 to 7.0; p = .436; n = 2,400)."),
        ("ru", "С 44,1 % (2013) до 46,1 % (2022): явного изменения не выявлено (+2,0 п. п.; 95 %-й ДИ от -3,0 до 7,0; p = 0,436; n = 2 400)."),
        ("mn", "44.1% (2013), 46.1% (2022): тодорхой өөрчлөлт илрээгүй (+2.0 нэгж хувь; 95%-ийн итгэх завсар: -3.0; 7.0; p = .436; n = 2,400)."),
    ],
)  # fmt: skip
def test_an_interval_that_includes_zero_is_no_clear_change(code: str, expected: str) -> None:
    found = sentence(code, outcome(0.02, -0.03, 0.07, 0.436), level("a", 0.441), level("b", 0.461))
    assert found == ("unclear", expected)


def test_a_clear_rise() -> None:
    finding, text = sentence("en", outcome(0.21, 0.162, 0.258, 1e-9), level("a", 0.511), level("b", 0.721))
    assert finding == "up"
    assert "up 21.0 points (95% CI 16.2 to 25.8; p < .001; n = 2,400)" in text


def test_a_change_that_the_adjustment_takes_away_is_doubtful() -> None:
    test = outcome(0.041, 0.002, 0.08, 0.039, p_adjusted=0.195)
    finding, text = sentence("en", test, level("a", 0.4), level("b", 0.441))
    assert finding == "doubtful"
    assert (
        "+4.1 points, which does not stand out once all the comparisons made are taken into account" in text
    )
    assert "p = .195 after Holm adjustment" in text
    assert (
        sentence(
            "en", outcome(0.041, 0.002, 0.08, 0.009, p_adjusted=0.045), level("a", 0.4), level("b", 0.441)
        )[0]
        == "up"
    )


def test_an_interval_that_touches_zero_includes_it() -> None:
    assert outcome(0.02, 0.0, 0.04, 0.05).finding == "unclear"


def test_without_an_interval_nothing_is_concluded() -> None:
    test = outcome(-0.09, math.nan, math.nan, math.nan, n=math.nan)
    finding, text = sentence(
        "en", test, level("a", 0.62, None), level("b", 0.53, None), reason="no sample size is printed"
    )
    assert finding == "untested"
    assert (
        text
        == "From 62.0% (2013) to 53.0% (2022); whether that is a change cannot be tested: no sample size is printed."
    )


@pytest.mark.parametrize("code", ["en", "mn", "ru"])
def test_a_small_wave_is_not_shown_and_a_smallish_one_is_flagged(code: str) -> None:
    small, fair, ample = level("a", 0.61, 29), level("c", 0.61, 40), level("b", 0.48)
    finding, text = sentence(code, outcome(*FALL, bases=(small, ample)), small, ample)
    assert finding == "suppressed"
    assert "61" not in text
    assert "13" not in text.replace("2013", "")
    assert "30" in text
    finding, text = sentence(code, outcome(*FALL, bases=(fair, ample)), fair, ample)
    assert finding == "down"
    assert "50" in text


def test_scores_have_no_points() -> None:
    first, second = (
        er.Value(i, v, "score 0-3", er.Format("number", 2)) for i, v in (("a", 1.42), ("b", 1.2))
    )
    _, text = sentence("en", outcome(-0.22, -0.3, -0.14, 0.001, unit="score 0-3"), first, second)
    assert text == "From 1.42 (2013) to 1.20 (2022): down 0.22 (95% CI -0.30 to -0.14; p = .001; n = 2,400)."


def test_a_ratio_is_neutral_at_one() -> None:
    assert outcome(1.2, 0.9, 1.5, 0.2, unit="ratio").finding == "unclear"
    assert outcome(0.7, 0.6, 0.8, 0.001, unit="ratio").finding == "down"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "Down 1.2 points a year on average, 2013–2022 (95% CI -1.8 to -0.6; p = .001; n = 2,400)."),
        ("ru", "В среднем снижение на 1,2 п. п. в год, 2013–2022 (95 %-й ДИ от -1,8 до -0,6; p = 0,001; n = 2 400)."),
        ("mn", "2013–2022: жилд дунджаар 1.2 нэгж хувиар буурсан (95%-ийн итгэх завсар: -1.8; -0.6; p = .001; n = 2,400)."),
    ],
)  # fmt: skip
def test_trend(code: str, expected: str) -> None:
    language = er.Language(code)
    test = outcome(-0.012, -0.018, -0.006, 0.001, unit="share per year")
    made = er.trend_sentence(test, period="2013–2022", subject="s", language=language)
    assert language.plain(made.text).replace(NBSP, " ").replace(MINUS, "-") == expected


def test_p_style_is_the_languages() -> None:
    language = er.Language("en", p_style="plain")
    made = er.change_sentence(
        outcome(0.02, -0.03, 0.07, 0.436), level("a", 0.441), level("b", 0.461),
        labels=("a", "b"), subject="s", language=language, rule=RULE,
    )  # fmt: skip
    assert "p = 0.436" in language.plain(made.text).replace(NBSP, " ")


def test_the_sentence_points_to_its_result_and_its_table() -> None:
    language = er.Language("en")
    made = er.change_sentence(
        outcome(*FALL), level("a", 0.6118), level("b", 0.48),
        labels=("2013", "2022"), subject="s", language=language, rule=RULE, target="table-x",
    )  # fmt: skip
    assert (made.result, made.target) == ("change.effect", "table-x")
