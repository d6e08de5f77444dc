"""Every claim of the shipped study: the verdict and the numbers it follows from."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from egovstats.checks import Ledger, Number, check_claims

VERDICTS = {
    "bureaucratic-fell": "not_testable",
    "coordination-changed": "not_testable",
    "medium-or-bad-range": "contradicted",
    "confidence-below-half": "not_testable",
    "top-ten-issues": "not_testable",
    "bribe-only-way": "not_testable",
    "bureaucracy-index": "not_testable",
    "government-effectiveness": "contradicted",
    "egdi-rank": "reproduced",
    "corruption-perceptions": "reproduced",
    "civil-registration-units": "reproduced",
    "databases": "reproduced",
    "signature-shares": "reproduced",
    "services-online": "reproduced",
    "internet-users-age": "contradicted",
    "documents-g2c": "not_testable",
    "priority-tasks": "contradicted",
    "implementation-fell": "reproduced",
    "services-series": "contradicted",
    "signature-issuers": "reproduced",
    "connectivity-growth": "reproduced",
    "emongolia-users": "reproduced",
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return check_claims("mongolia")


def number(ledger: Ledger, claim: str, name: str) -> Number:
    return next(each for each in ledger[claim].numbers if each.name == name)


def test_every_claim_has_its_verdict(ledger: Ledger) -> None:
    assert {verdict.claim: verdict.verdict for verdict in ledger} == VERDICTS
    assert [verdict.number for verdict in ledger] == list(range(1, 23))


@pytest.mark.parametrize("language", ["en", "mn", "ru"])
def test_every_claim_is_told_in_every_language(ledger: Ledger, language: str) -> None:
    table = ledger.to_frame(language)
    assert (table[["statement", "reason"]].map(len) > 15).all(axis=None)
    assert ((table["needed"] != "") == (table["verdict"] == "not_testable")).all()
    for verdict in ledger:
        assert {"en", "mn", "ru"} <= set(verdict.words)
        assert not verdict.note or {"en", "mn", "ru"} <= set(verdict.note)
    assert len({verdict.topic_text(language) for verdict in ledger}) == 4
    assert not table["reason"].str.contains(r"[{}]|nan", regex=True).any()
    assert len(ledger.numbers_frame(language)) == sum(len(verdict.numbers) for verdict in ledger)


def test_fall_is_significant_from_230_in_each_survey(ledger: Ledger) -> None:
    needed = [each for each in ledger["bureaucratic-fell"].numbers if each.label.key == "n_needed"]
    assert [each.computed for each in needed] == [230, 345, 460]
    # the smallest difference that rounds to it, 61.5 to 52.5 is 9; 61.5 to 53.5 is 8 points
    assert needed[0].high == math.ceil(1.959963984540054**2 * (0.615 * 0.385 + 0.535 * 0.465) / 0.08**2)
    tests = ledger["bureaucratic-fell"].tests
    assert [(test.keys["n"], test.keys["deff"]) for test in tests] == [
        (n, deff) for n in (1000, 1200) for deff in (1, 1.5, 2)
    ]
    worst = tests[2]
    assert worst.statistic == pytest.approx(-0.09 / math.sqrt(2 * (0.62 * 0.38 + 0.53 * 0.47) / 1000))
    assert [effect.name for effect in worst.others] == ["odds ratio", "risk ratio", "Cohen's h"]


def test_sums_outside_the_stated_range(ledger: Ledger) -> None:
    assert "2015 62 + 20 = 82 is 2 outside, by 0.5 at the least" in ledger["medium-or-bad-range"].reason
    assert (
        "2018 42 + 39 = 81 is 1 outside, which rounding can explain" in ledger["medium-or-bad-range"].reason
    )


def test_governance_value_belongs_to_another_year_and_release(ledger: Ledger) -> None:
    verdict = ledger["government-effectiveness"]
    assert (
        "39.9 is a percentile rank, but not of 2021: it is the value of 2020 in release 2021."
        in verdict.reason
    )
    assert number(ledger, "government-effectiveness", "2021 in release 2022").computed == pytest.approx(
        34.615, abs=1e-3
    )
    test = verdict.tests[0]
    assert test.effect is not None
    assert test.effect.conf_low < 0 < test.effect.conf_high


def test_rank_of_two_editions_and_the_newer_one(ledger: Ledger) -> None:
    reason = ledger["egdi-rank"].reason_text(remarks=True)
    assert "editions of 2018, 2020" in reason
    assert "has rank 74" in reason
    assert "0.343 (2003) to 0.721 (2022), with a rise in 8 of 10 steps" in reason
    assert math.isnan(ledger["egdi-rank"].tests[0].p_value)


def test_population_of_2020_is_implied(ledger: Ledger) -> None:
    whole = number(ledger, "internet-users-age", "Implied population")
    assert whole.computed == pytest.approx(2_602_000 / 0.782)
    assert whole.low < 3_327_204 < whole.high
    outside = number(ledger, "internet-users-age", "Outside the group at the least")
    assert outside.low == pytest.approx(2_601_500 * (1 - 0.6445 / 0.7815))


def test_documents_leave_the_majority_open(ledger: Ledger) -> None:
    found = {each.label.key: each.computed for each in ledger["documents-g2c"].numbers}
    assert found == {"left_over": 1, "at_least_with_kind": 7, "at_most_with_kind": 16, "majority": 14}
    assert "9 or more would have to include the kind" in ledger["documents-g2c"].needed


def test_wider_base_does_not_explain_the_fall(ledger: Ledger) -> None:
    diluted = number(ledger, "implementation-fell", "Left by a wider base alone")
    assert diluted.computed == pytest.approx(90.5 * 100 / 130)
    change = number(ledger, "implementation-fell", "Change")
    assert (change.low, change.computed, change.high) == pytest.approx((-36.05, -35.5, -34.95))


def test_growth_factors_and_yearly_rates(ledger: Ledger) -> None:
    factors = {
        each.figures[1]: each for each in ledger["connectivity-growth"].numbers if each.unit == "times"
    }
    assert factors["bandwidth_2012"].computed == pytest.approx(22000 / 78)
    assert factors["bandwidth_2012"].low == pytest.approx(21500 / 78.5)
    rates = [each for each in ledger["connectivity-growth"].numbers if each.label.key == "annual_growth"]
    assert rates[3].computed == pytest.approx(100 * ((3409005 / 551000) ** (1 / 7) - 1))


def test_users_fit_the_population(ledger: Ledger) -> None:
    percents = [each.computed for each in ledger["emongolia-users"].numbers[:2]]
    assert percents == pytest.approx([100 * each * 0.782 / 2_602_000 for each in (1_700_000, 1_141_853)])
    ratios = [each.computed for each in ledger["emongolia-users"].numbers if each.label.key == "ratio"]
    assert ratios == pytest.approx([4.9 / 1.7, 0.75 / 1.7])


def test_without_indicators_their_claims_are_not_testable(root: Path, tmp_path: Path) -> None:
    study = root / "surveys/mongolia"
    for name in ("claims.yaml", "figures.csv"):
        (tmp_path / name).write_bytes((study / name).read_bytes())
    bare = check_claims(tmp_path)
    changed = {claim for claim, verdict in VERDICTS.items() if bare[claim].verdict != verdict}
    assert changed == {"government-effectiveness", "egdi-rank", "corruption-perceptions"}
    assert bare["internet-users-age"].verdict == "contradicted"
    assert bare["egdi-rank"].needed == "The releases of: E-Government Development Index."


def test_no_claim_can_hold_a_verdict_of_its_own(root: Path) -> None:
    text = (root / "surveys/mongolia/claims.yaml").read_text(encoding="utf-8")
    assert not any(
        f"verdict: {word}" in text or f"result: {word}" in text for word in ("reproduced", "holds", "fails")
    )
