"""Sentences on tests: three styles, three languages, right words for what is unclear, equivalent or untested."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import egovstats as eg
from egovstats.errors import ReportError
from egovstats.results import Check


def found(**changes: object) -> eg.HypothesisTest:
    facts: dict[str, object] = {
        "test": "design-based t test of a difference",
        "null": "The share is the same in 2013 and 2022.",
        "statistic": -1.13,
        "distribution": "t",
        "df": (272.0,),
        "p_value": 0.0213,
        "effect": eg.Effect("difference", -0.039, -0.075, -0.002, "share difference"),
        "keys": {"item": "trust", "year_from": 2013, "year_to": 2022},
    }
    return eg.HypothesisTest(**(facts | changes))


def said(test: object, style: str = "plain", language: str = "en", **more: object) -> str:
    return eg.sentences(test, style=style, language=language, **more)[0].replace("\xa0", " ")


UNCLEAR = {"effect": eg.Effect("difference", -0.039, -0.089, 0.012, "share difference"), "p_value": 0.12}


def test_plain_words_give_effect_and_interval() -> None:
    assert said(found()) == "trust, 2013–2022: down 3.9 percentage points (95% CI −7.5 to −0.2)."
    assert said(found(**UNCLEAR)) == (
        "trust, 2013–2022: no clear change (−3.9 percentage points; 95% CI −8.9 to 1.2)."
    )
    doubtful = said(found(p_adjusted=0.2, adjust="holm"))
    assert doubtful.endswith("which does not stand out once all the comparisons made are taken into account.")
    assert "no change" not in "".join((doubtful, said(found(**UNCLEAR))))


def test_apa_has_statistic_df_p_effect_and_interval() -> None:
    assert said(found(), "apa") == (
        "trust, 2013–2022: there was a decrease, t(272) = −1.13, p = .021, "
        "difference = −3.9 percentage points, 95% CI [−7.5, −0.2]."
    )
    assert "p < .001 after Holm adjustment" in said(found(p_adjusted=1e-9, adjust="holm"), "apa")
    assert "there was no clear change" in said(found(**UNCLEAR), "apa")
    wald = found(effect=None, distribution="F", df=(3.0, 642.5), statistic=73.8, test="Wald test")
    assert said(wald, "apa") == "trust, 2013–2022: Wald test, F(3, 642.50) = 73.80, p = .021."
    theta = eg.Effect("P(later > earlier)", 0.753, 0.73, 0.77, "probability")
    assert "P(later > earlier) = .75, 95% CI [.73, .77]" in said(found(effect=theta), "apa")


def test_asa_has_no_bright_line_and_names_assumptions() -> None:
    checks = (Check("enough sampling units", "272 degrees of freedom, 8 wanted", True),)
    checks += (Check("a straight line through the waves", "Wald: p < .001", False),)
    text = said(found(checks=checks), "asa")
    assert "values from −7.5 to −0.2 are compatible with the data (95% interval)" in text
    assert "the probability p = 0.021" in text
    assert "Checked: enough sampling units (272 degrees of freedom, 8 wanted)." in text
    assert "Doubtful: a straight line through the waves (Wald: p < .001)." in text
    assert "non-response" in text
    assert "significant" not in text


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("equivalent", "equivalence is shown: the change lies within 6.0 percentage points either way"),
        ("changed", "there is a change, and nothing shows it to lie within 6.0 percentage points"),
        ("changed, but within the margin", "there is a change, but it lies within 6.0 percentage points"),
        ("undecided", "neither a change nor its absence is shown: anything from −6.9 to −0.8 is compatible"),
    ],
)
def test_equivalence_is_never_the_absence_of_significance(verdict: str, words: str) -> None:
    keys = {"item": "trust", "verdict": verdict, "margin_low": -0.06, "margin_high": 0.06}
    effect = eg.Effect("difference", -0.039, -0.069, -0.008, "share difference", 0.9)
    test = found(keys=keys, effect=effect)
    assert words in said(test)
    assert "two one-sided tests with the bounds −6.0 percentage points" in said(test, "apa")
    assert "“The change is −6.0 percentage points or less, or +6.0 percentage points or more”" in said(
        test, "asa"
    )


@pytest.mark.parametrize("style", ["plain", "apa", "asa"])
def test_what_was_not_tested_has_a_reason(style: str) -> None:
    test = found(p_value=float("nan"), notes=("no variance to test against",))
    assert said(test, style) == "trust, 2013–2022: not tested: no variance to test against."


def test_ratios_turn_at_one_and_probabilities_at_a_half() -> None:
    odds = eg.Effect("odds ratio", 1.19, 1.17, 1.21, "ratio per year")
    assert "the odds rise, multiplied by 1.19 a year" in said(found(effect=odds))
    near = eg.Effect("odds ratio", 1.01, 0.99, 1.02, "ratio per year")
    assert "no clear trend of the odds" in said(found(effect=near))
    below = eg.Effect("P(later > earlier)", 0.4, 0.37, 0.42, "probability")
    assert "in only 40 per cent of all pairs" in said(found(effect=below))
    relative = eg.Effect("relative change", 0.068, 0.061, 0.076, "ratio less 1 per year")
    assert "up 6.8 per cent a year on average (95% CI 6.1 to 7.6)" in said(found(effect=relative))


@pytest.fixture(scope="module")
def results() -> list[object]:
    rng = np.random.default_rng(5)
    n = 600
    frame = pd.DataFrame(
        {
            "year": np.repeat([2010, 2012, 2014, 2016, 2018], n // 5),
            "psu": np.arange(n) // 6,
            "sex": rng.integers(1, 3, n),
            "age": rng.integers(18, 80, n),
            "trust": rng.integers(0, 4, n),
        }
    )
    sample = eg.Design(frame, psu="psu")
    shares = eg.proportion(sample, "trust", by="year", answers=[2, 3])
    changes = eg.change(shares, on="year", adjust="max-t")
    return [
        changes,
        eg.equivalence(changes, 0.05),
        eg.trend(sample, "trust", answers=[2, 3]),
        eg.trend_shape(shares),
        eg.trend_shape(shares.select([0, 1])),
        eg.answer_trend(sample, "trust"),
        eg.distribution_change(sample, "trust", on="year"),
        eg.joinpoint(shares),
        eg.policy_break(sample, "trust", [2005, 2013], answers=[2, 3], effects="both"),
        eg.parallel_trends(sample, "trust", "sex", answers=[2, 3]),
        eg.decompose_change(sample, "trust", "sex", on="year", answers=[2, 3]),
        eg.cohort_replacement(sample, "trust", answers=[2, 3]),
        eg.standardised_trend(sample, "trust", "sex", answers=[2, 3]),
        eg.cochran_armitage_test(sample, "trust", answers=[2, 3]),
    ]


@pytest.mark.parametrize("language", ["en", "mn", "ru"])
@pytest.mark.parametrize("style", ["plain", "apa", "asa"])
def test_every_result_speaks(results: list[object], style: str, language: str) -> None:
    for result in results:
        for text in eg.sentences(result, style=style, language=language, subject="Итгэл"):
            assert text.endswith(".")
            assert "{" not in text
            assert "nan" not in text
            if language != "en" and style == "plain":
                # Names of columns and of tests of mathematics stay; whole English sentences do not.
                assert not re.search(r"\b(the|from|between|waves?|slope|there is)\b", text), text


def test_a_style_and_a_result_that_do_not_exist() -> None:
    with pytest.raises(ReportError, match=r"there is no style 'apaa'.*'apa'"):
        eg.sentences(found(), style="apaa")
    with pytest.raises(ReportError, match="a float holds no tests"):
        eg.sentences(1.0)
