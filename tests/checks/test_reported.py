"""Statistics in running text: what is found, and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from scipy import stats

from egovstats import check_text
from egovstats.checks import debit, grimmer
from egovstats.cli import main
from egovstats.errors import ClaimError


@pytest.mark.parametrize(
    ("text", "kind", "p"),
    [
        ("t(28) = 2.20, p = .036", "t", 2 * stats.t.sf(2.20, 28)),
        ("t(28) = −2.20, p = .036", "t", 2 * stats.t.sf(2.20, 28)),
        ("F(2, 45) = 3.45, p = .040", "F", stats.f.sf(3.45, 2, 45)),
        ("χ²(3, N = 1,200) = 8.10, p = .044", "chi2", stats.chi2.sf(8.10, 3)),
        ("chi2(3) = 8.10; p = .044", "chi2", stats.chi2.sf(8.10, 3)),
        ("z = 1.96, p = .05", "z", 2 * stats.norm.sf(1.96)),
        ("r(48) = .35, p = .013", "r", 2 * stats.t.sf(0.35 * math.sqrt(48 / (1 - 0.35**2)), 48)),
    ],
)
def test_p_is_computed_again(text: str, kind: str, p: float) -> None:
    (found,) = check_text(f"As expected ({text}), trust fell.")
    assert found.kind == kind
    assert found.computed == pytest.approx(p, rel=1e-9)
    assert found.verdict == "reproduced"
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "verdict", "decision"),
    [
        ("t(28) = 2.20, p < .05", "reproduced", True),
        ("t(28) = 2.20, p = .08", "contradicted", False),
        ("t(28) = 2.20, p < .001", "contradicted", True),
        ("t(28) = 2.2, p = .035", "within_rounding", True),  # 2.2 stands for 2.15 to 2.25
        ("t(28) = 1.80, p > .05", "reproduced", True),
        ("t(28) = 1.80, p < .05", "contradicted", False),
        ("t(28) = 1.80, p = .041", "contradicted", False),
        ("z = 1.96, p = .05", "reproduced", None),
        ("F(2, 45) = -1.00, p = .5", "contradicted", None),
        ("r(20) = 1.20, p = .01", "contradicted", None),
    ],
)
def test_verdict_and_decision(text: str, verdict: str, decision: bool | None) -> None:
    (found,) = check_text(text)
    assert (found.verdict, found.decision) == (verdict, decision)


def test_a_one_sided_p_is_recognised() -> None:
    (found,) = check_text("t(28) = 1.80, p = .041")
    assert found.reason.endswith("half of that, a one-sided test, would agree")


def test_places_and_order() -> None:
    found = check_text("A: F(1, 9) = 5.12, p = .05.\nB: t(9) = 2.26,\np = .05; M = 3.45, SD = 1.20, n = 20")
    assert [(each.line, each.kind) for each in found] == [(1, "F"), (2, "t"), (3, "mean")]
    assert len(check_text("Nothing here: p = .04, at(3) = 4.")) == 0


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (
            "M = 3.45, SD = 1.20, n = 20",
            "contradicted",
        ),  # no SD of 20 whole scores with sum 69 rounds to 1.20
        ("M = 3.43, SD = 1.20, n = 20", "contradicted"),  # 3.43 * 20 is not whole
        ("M = 2.50, SD = 1.29, n = 4", "reproduced"),  # 1, 2, 3, 4
        ("M = 0.40, SD = 0.50, n = 30", "reproduced"),
        ("M = 3.45, SD = 1.20, n = 1,200", "not_testable"),
        ("M = 3, SD = 1, n = 1", "not_testable"),
    ],
)
def test_means_of_whole_scores(text: str, verdict: str) -> None:
    (found,) = check_text(text)
    assert found.verdict == verdict


def _possible(n: int, highest: int) -> set[tuple[str, str]]:
    """Mean and standard deviation, as printed, of every n scores from 0 to the highest."""
    found = set()
    for scores in product(range(highest + 1), repeat=n):
        mean = sum(scores) / n
        deviation = math.sqrt(sum((score - mean) ** 2 for score in scores) / (n - 1))
        found.add((f"{mean:.2f}", f"{deviation:.2f}"))
    return found


def test_whatever_whole_scores_give_is_possible() -> None:
    for mean, deviation in _possible(5, 4):
        assert grimmer(mean, deviation, 5), (mean, deviation)
    for mean, deviation in _possible(9, 1):
        assert debit(mean, deviation, 9), (mean, deviation)


def test_what_they_cannot_give_is_not() -> None:
    possible = _possible(9, 1)
    for mean, _ in possible:
        refused = [
            f"{each / 100:.2f}" for each in range(0, 60) if (mean, f"{each / 100:.2f}") not in possible
        ]
        assert not any(debit(mean, deviation, 9) for deviation in refused)
    # Sums and sums of squares of whole scores are both odd or both even.
    assert not grimmer("2.50", "0.82", 4)


@pytest.mark.parametrize("wrong", [("3.5", "1.0", 1), ("3,5", "1.0", 9)])
def test_what_is_no_number_is_refused(wrong: tuple[str, str, int]) -> None:
    with pytest.raises(ClaimError):
        grimmer(*wrong)
    with pytest.raises(ClaimError):
        debit(*wrong)
    with pytest.raises(ClaimError, match="lies between 0 and 1"):
        debit("1.5", "0.5", 9)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: object) -> tuple[int, str, str]:
        return (main([str(word) for word in words]), *capsys.readouterr())

    return run


def test_the_command(tmp_path: Path, call: Callable[..., tuple[int, str, str]]) -> None:
    file = tmp_path / "article.txt"
    file.write_text("t(28) = 2.20, p = .036\nt(28) = 1.80, p < .05\n", encoding="utf-8")
    code, out, err = call("check-text", file)
    assert (code, err) == (0, "")
    assert out.startswith("2 statistics, 1 of which cannot be as printed\n✓ line 1:")
    assert "the decision at .05 is another" in " ".join(out.split())
    assert call("check-text", file, "--strict")[0] == 1
    file.write_bytes("Доверие".encode("cp1251"))
    assert call("check-text", file)[0] == 3
    assert call("check-text", tmp_path / "nothing.txt")[0] == 3
