from __future__ import annotations

from pathlib import Path

import pytest

from egovstats.checks import check_claims
from egovstats.checks.outcomes import Outcome, verdict_of
from egovstats.checks.registry import CHECKS, check, find_check
from egovstats.checks.wording import Message
from egovstats.errors import ClaimError, SourceError

FIGURES = "id,topic,label,value,unit\na,t,A,62,percent\nb,t,B,20,percent\nab,t,A and B,82,percent\n"
TOP = "publication: {title: T, citation: C}\nclaims:\n"


def study(folder: Path, claims: str) -> Path:
    (folder / "figures.csv").write_text(FIGURES, encoding="utf-8")
    (folder / "claims.yaml").write_text(TOP + claims, encoding="utf-8")
    return folder


def claim(name: str, number: int, checks: str) -> str:
    return f"  - {{id: {name}, number: {number}, topic: t, statement: S, checks: [{checks}]}}\n"


def outcome(result: str) -> Outcome:
    needed = Message("larger_samples", {}, "needs") if result == "unknown" else None
    return Outcome("x", result, Message("sum_holds"), needed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["holds", "informs"], "reproduced"),
        (["holds", "within_rounding"], "within_rounding"),
        (["within_rounding", "unknown"], "not_testable"),
        (["unknown", "fails"], "contradicted"),
        (["informs"], "not_testable"),
        ([], "not_testable"),
    ],
)
def test_the_rule_of_verdicts(results: list[str], verdict: str) -> None:
    assert verdict_of([outcome(each) for each in results]) == verdict


def test_an_undecided_check_must_say_what_it_needs() -> None:
    with pytest.raises(ClaimError, match="does not say what it needs"):
        Outcome("x", "unknown", Message("sum_holds"))


def test_a_small_study_of_ones_own(tmp_path: Path) -> None:
    folder = study(
        tmp_path,
        claim("adds", 2, "{check: sum, parts: [a, b], total: ab}")
        + claim("not", 1, "{check: sum, parts: [a, b], total: 90}"),
    )
    ledger = check_claims(folder)
    assert [verdict.claim for verdict in ledger] == ["not", "adds"]
    assert ledger["adds"].verdict == "reproduced"
    assert ledger["not"].reason == "62 + 20 = 82, not 90: off by 8."
    assert ledger.counts == {"reproduced": 1, "within_rounding": 0, "contradicted": 1, "not_testable": 0}
    table = ledger.to_frame("ru").set_index("claim")
    assert table.loc["not", "reason"] == "62 + 20 = 82, а не 90: расхождение 8."
    assert (table.loc["adds", "printed"], table.loc["adds", "computed"]) == ("82", "Сумма: 82 %")
    assert ledger["adds"].figures == ("a", "b", "ab")
    assert [source.file for source in ledger.sources] == ["figures.csv"]
    assert check_claims(folder / "claims.yaml").counts == ledger.counts


def test_all_faults_of_claims_are_told_together(tmp_path: Path) -> None:
    folder = study(
        tmp_path,
        claim("one", 1, "{check: smu, parts: [a, b], total: ab}")
        + claim("two", 2, "{check: sum, parts: [a, bb], totla: ab}")
        + claim("three", 3, "{check: sum, parts: [a, bb], total: abc}"),
    )
    with pytest.raises(ClaimError) as caught:
        check_claims(folder)
    assert str(caught.value).splitlines() == [
        "'claims.yaml' is not a list of claims, with 4 faults:",
        "  claim 'one': there is no check 'smu'. Did you mean 'sum'?",
        "  claim 'two': check 'sum': total: field required; totla: unknown parameter. Did you mean 'total'?",
        "  claim 'three': there is no figure 'bb'. Did you mean 'b'?",
        "  claim 'three': there is no figure 'abc'. Did you mean 'ab'?",
        "Correct them, then read again.",
    ]


def test_faults_of_the_file_have_their_line(tmp_path: Path) -> None:
    folder = study(
        tmp_path, "  - {id: Bad name, number: 0, topic: t, statement: S, checks: [], verdict: true}\n"
    )
    with pytest.raises(ClaimError, match=r"claims.yaml, line 3: .*verdict: unknown key"):
        check_claims(folder)
    folder = study(tmp_path, 2 * claim("twin", 1, "{check: sum, parts: [a, b], total: ab}"))
    with pytest.raises(ClaimError, match="the claim 'twin' is there twice"):
        check_claims(folder)


def test_studies_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match=r"there are no claims at 'mongolai'.*Did you mean 'mongolia'"):
        check_claims("mongolai")
    with pytest.raises(SourceError, match=r"'figures\.csv' cannot be read"):
        check_claims(
            study(tmp_path, claim("x", 1, "{check: sum, parts: [a], total: a}")),
            figures=tmp_path / "no" / "figures.csv",
        )
    with pytest.raises(ClaimError, match="alpha must lie between 0 and 1, got 5"):
        check_claims("mongolia", alpha=5)


def test_checks_are_registered_once_under_their_name() -> None:
    with pytest.raises(ClaimError, match="there is a check 'sum' already"):
        check("sum")(CHECKS["sum"].function)
    assert find_check("growth").function.__name__ == "grew"
    for name, each in CHECKS.items():
        assert each.function.__doc__, name
        assert each.parameters.model_fields, name
