"""Statistics in running text: finds them, and computes what they imply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import pandas as pd

from egovstats.checks.dispersion import debit, grimmer
from egovstats.checks.granularity import grim_mean, printed_value
from egovstats.inference import p_from_statistic

Verdict = Literal["reproduced", "within_rounding", "contradicted", "not_testable"]

_NUMBER = r"[-−–]?\s?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)"
_P = rf"p\s*(?P<relation>[=<>≤≥])\s*(?P<p>{_NUMBER})"
_DF = r"\(\s*(?P<df>\d+(?:\.\d+)?)\s*(?:,\s*[nN]\s*=\s*[\d,]+\s*)?\)"
_TESTS: tuple[tuple[str, str], ...] = (
    ("t", rf"\bt\s*{_DF}"),
    ("r", rf"\br\s*{_DF}"),
    ("F", r"\bF\s*\(\s*(?P<df>\d+(?:\.\d+)?)\s*,\s*(?P<df2>\d+(?:\.\d+)?)\s*\)"),
    ("chi2", rf"(?:χ2|χ²|[Xx]2|[Xx]²|\bchi2|\bchi-?squared?)\s*{_DF}"),
    ("z", r"\b[zZ]"),
)
_STATISTICS = [
    (name, re.compile(rf"{head}\s*[=]\s*(?P<value>{_NUMBER})\s*[,;]?\s*(?:and\s+)?{_P}"))
    for name, head in _TESTS
]
_MEANS = re.compile(
    rf"\bM\s*=\s*(?P<mean>{_NUMBER})\s*[,;]\s*SD\s*=\s*(?P<sd>{_NUMBER})\s*[,;]\s*[nN]\s*=\s*(?P<n>[\d,]+)"
)


@dataclass(frozen=True, slots=True)
class TextCheck:
    """One statistic found in a text.

    Parameters
    ----------
    line : int
        Where it begins, from 1.
    text : str
        As it stands there.
    kind : str
        ``"t"``, ``"F"``, ``"chi2"``, ``"z"``, ``"r"`` or ``"mean"``.
    verdict : str
        As for claims.
    computed : float, optional
        The p-value that the statistic has.
    low, high : float, optional
        p-values that the rounding of the statistic leaves open.
    decision : bool, optional
        Whether the printed and the computed p-value lie on one side of .05; None where that is open.
    reason : str
        Why the verdict is what it is.
    """

    line: int
    text: str
    kind: str
    verdict: Verdict
    computed: float | None = None
    low: float | None = None
    high: float | None = None
    decision: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TextChecks:
    """Everything that was found in a text, in its order."""

    found: tuple[TextCheck, ...]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[TextCheck]:
        return iter(self.found)

    @property
    def contradicted(self) -> tuple[TextCheck, ...]:
        """What cannot be as it is printed."""
        return tuple(each for each in self.found if each.verdict == "contradicted")

    def to_frame(self) -> pd.DataFrame:
        """One row a statistic."""
        names = ["line", "text", "kind", "verdict", "computed", "low", "high", "decision", "reason"]
        return pd.DataFrame([[getattr(each, name) for name in names] for each in self.found], columns=names)


def check_text(text: str) -> TextChecks:
    """Check the statistics in a text by what they imply.

    Test statistics with degrees of freedom and a p-value ("t(28) = 2.20, p = .036") get their p-value
    computed again, with all that the rounding of the statistic leaves open. Means with a standard deviation
    and n ("M = 3.45, SD = 1.20, n = 20") are set beside what n whole scores, or n answers of 0 or 1, give.

    Parameters
    ----------
    text : str
        Running text in which statistics stand in APA style, with decimal points.

    Returns
    -------
    TextChecks
        Two-sided tests are taken; where half the p-value is what is printed, the reason says so. Means of
        more respondents than their decimals can tell apart, which weighted means of surveys usually are, are
        not testable.

    References
    ----------
    Nuijten et al. (2016), Behavior Research Methods 48, 1205-1226 (recomputed p-values).

    Examples
    --------
    >>> [(each.kind, each.verdict) for each in check_text("t(28) = 2.20, p = .036; F(1, 28) = 4.8, p < .01")]
    [('t', 'reproduced'), ('F', 'contradicted')]
    """
    found = [(match.start(), _statistic(text, name, match)) for name, match in _matches(text)]
    found += [(match.start(), _mean(text, match)) for match in _MEANS.finditer(text)]
    return TextChecks(tuple(check for _, check in sorted(found, key=lambda each: each[0])))


def _matches(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for name, pattern in _STATISTICS:
        for match in pattern.finditer(text):
            yield name, match


def _plain(number: str) -> str:
    """The digits of a printed number, in the form that `printed_value` reads."""
    return re.sub(r"[\s,]", "", number).replace("−", "-").replace("–", "-")


def _place(text: str, match: re.Match[str]) -> tuple[int, str]:
    return text.count("\n", 0, match.start()) + 1, " ".join(match[0].split())


def _statistic(text: str, name: str, match: re.Match[str]) -> TextCheck:
    line, words = _place(text, match)
    value, half = printed_value(_plain(match["value"]))
    df = [float(match[part]) for part in ("df", "df2") if part in match.re.groupindex and match[part]]
    if (name == "r" and abs(value) + half >= 1) or (name in ("F", "chi2") and value < 0) or 0 in df:
        reason = "no such statistic: out of its range, or no degrees of freedom"
        return TextCheck(line, words, name, "contradicted", reason=reason)
    # The larger the statistic, the smaller p.
    nearest, furthest = max(abs(value) - half, Fraction(0)), abs(value) + half
    p, high, low = (p_from_statistic(name, float(each), df=df) for each in (abs(value), nearest, furthest))
    printed = _printed_p(match)
    verdict: Verdict = "contradicted"
    reason = f"the statistic has p from {low:.4g} to {high:.4g}"
    if _meets(printed, p, p):
        verdict, reason = "reproduced", ""
    elif _meets(printed, low, high):
        verdict, reason = "within_rounding", "the rounding of the statistic allows it"
    elif _meets(printed, low / 2, high / 2) and name in ("t", "z", "r"):
        reason += "; half of that, a one-sided test, would agree"
    return TextCheck(line, words, name, verdict, p, low, high, _decision(match, low, high), reason)


def _printed_p(match: re.Match[str]) -> tuple[Fraction, Fraction]:
    """Smallest and largest p-value that the printed one can stand for."""
    value, half = printed_value(_plain(match["p"]))
    if match["relation"] in "<≤":
        return Fraction(0), value
    if match["relation"] in ">≥":
        return value, Fraction(1)
    return max(value - half, Fraction(0)), value + half


def _meets(printed: tuple[Fraction, Fraction], low: float, high: float) -> bool:
    return low <= printed[1] and high >= printed[0]


def _decision(match: re.Match[str], low: float, high: float) -> bool | None:
    """Whether print and computation agree on p < .05; None where either leaves it open."""
    first, last = _printed_p(match)
    limit = Fraction(1, 20)
    below = last < limit or (last <= limit and match["relation"] in "<≤")
    said = True if below else False if first >= limit else None
    found = True if high < limit else False if low >= limit else None
    return None if said is None or found is None else said == found


def _mean(text: str, match: re.Match[str]) -> TextCheck:
    line, words = _place(text, match)
    mean, deviation = _plain(match["mean"]), _plain(match["sd"])
    n = int(match["n"].replace(",", ""))
    if n < 2:
        return TextCheck(
            line, words, "mean", "not_testable", reason="one respondent has no standard deviation"
        )
    _, half = printed_value(mean)
    if 2 * half * n >= 1:
        reason = f"{n} respondents can give any mean with so few decimals; a weighted mean could in any case"
        return TextCheck(line, words, "mean", "not_testable", reason=reason)
    if not grim_mean(mean, n):
        return TextCheck(
            line, words, "mean", "contradicted", reason=f"no sum of {n} whole scores has this mean"
        )
    binary = 0 <= printed_value(mean)[0] <= 1 and debit(mean, deviation, n)
    if grimmer(mean, deviation, n) or binary:
        return TextCheck(line, words, "mean", "reproduced")
    reason = f"no {n} whole scores of this mean have this standard deviation"
    return TextCheck(line, words, "mean", "contradicted", reason=reason)
