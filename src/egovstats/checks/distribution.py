"""Did all the answers of a question together change, when only percentages are published?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from egovstats.checks.figures import Figure
from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.survey_data import find_waves
from egovstats.checks.trials import Trial, Triple
from egovstats.checks.waves import distribution_in_waves
from egovstats.checks.wording import Message
from egovstats.errors import ClaimError
from egovstats.inference.published_table import n_for_distribution_change, published_distribution_change
from egovstats.results import HypothesisTest

Shares = tuple[float, ...]


@check("distribution_change")
def change_of_distribution(
    evidence: Evidence,
    *,
    before: tuple[FigureId, ...],
    after: tuple[FigureId, ...],
    n: tuple[int, ...] = (),
    deff: tuple[float, ...] = (1.0,),
    series: str = "",
    item: str = "",
) -> Outcome:
    """Did the answers change between two surveys, taken together?

    What the printed percentages leave to 100 is an answer of its own. Real waves of the named series decide,
    where they are given; else the percentages with their n.

    Parameters
    ----------
    before, after : tuple of str
        Figures in per cent, the same answers in the same order.
    n, deff, series, item
        As in the check ``published_change``.
    """
    waves = find_waves(evidence, series, item)
    if waves is not None:
        return distribution_in_waves(evidence, waves, item=item)
    if len(before) != len(after):
        raise ClaimError(
            f"both surveys need the same answers, got {len(before)} and {len(after)}. Name them in one order."
        )
    first, last = ([evidence.figure(each) for each in side] for side in (before, after))
    figures = (*before, *after)
    sizes = _published_n(first, last)
    trials = [
        _trial(first, last, given, each)
        for given, each in itertools.product((sizes,) if sizes else [(size, size) for size in n], deff)
    ]
    result, key = _result(evidence, trials, known=sizes is not None)
    thresholds = {each: _threshold(evidence, first, last, each) for each in deff}
    values = {
        "changes": [_change(p, q) for p, q in zip(first, last, strict=True)],
        "rest": _rest(last) - _rest(first),
        "thresholds": [
            Message("threshold", {"n": middle, "deff": each}, "parts")
            for each, (_, middle, _) in thresholds.items()
        ],
        "worst": max((trial.p_high for trial in trials), default=float("nan")),
    }
    numbers = [
        Number.of(
            "change_of", q.rounded - p.rounded, unit="percentage points", figures=(p.id, q.id), answer=q.label
        )
        for p, q in zip(first, last, strict=True)
    ]
    numbers += [
        Number.of("n_needed", value, unit="persons", figures=figures, deff=each)
        for each, value in thresholds.items()
    ]
    return Outcome(
        "distribution_change",
        result,
        Message(key, values),
        needed=Message("n_of_surveys", {}, "needs") if result == "unknown" else None,
        numbers=(*numbers, *(trial.number(figures) for trial in trials)),
        tests=tuple(trial.test for trial in trials),
        figures=figures,
    )


def _result(evidence: Evidence, trials: Sequence[Trial], *, known: bool) -> tuple[Result, str]:
    if not known:
        return "unknown", "distribution_without_n"
    if max(trial.p_high for trial in trials) <= evidence.alpha:
        return "holds", "distribution_significant"
    return "unknown", "distribution_not_significant"


def _change(before: Figure, after: Figure) -> Message:
    values = {"answer": after.label, "before": before.told, "after": after.told}
    return Message("answer_change", values, "parts")


def _rest(side: Sequence[Figure]) -> float:
    return float(100 - sum(each.number for each in side))


def _published_n(first: Sequence[Figure], last: Sequence[Figure]) -> tuple[float, float] | None:
    sizes = [{each.n for each in side} for side in (first, last)]
    if any(len(found) != 1 or None in found for found in sizes):
        return None
    (n_before,), (n_after,) = sizes
    return float(n_before or 0), float(n_after or 0)


def _corners(side: Sequence[Figure]) -> list[Shares]:
    """Shares of the answers and the rest at every corner of their rounding."""
    ends = itertools.product(*((float(f.rounded.low), float(f.rounded.high)) for f in side))
    return [_shares(each) for each in ends if sum(each) <= 100]


def _printed(side: Sequence[Figure]) -> Shares:
    return _shares([float(each.number) for each in side])


def _shares(percents: Sequence[float]) -> Shares:
    return (*(each / 100 for each in percents), max(1 - sum(percents) / 100, 0.0))


def _trial(first: Sequence[Figure], last: Sequence[Figure], sizes: tuple[float, float], deff: float) -> Trial:
    def test_at(p: Shares, q: Shares) -> HypothesisTest:
        return published_distribution_change(
            p, q, n_before=sizes[0], n_after=sizes[1], deff_before=deff, deff_after=deff
        )

    corners = [test_at(p, q).p_value for p, q in itertools.product(_corners(first), _corners(last))]
    test = test_at(_printed(first), _printed(last))
    n = (sizes[0] + sizes[1]) / 2
    return Trial(n, deff, replace(test, keys={"n": n, "deff": deff}), min(corners), max(corners))


def _threshold(evidence: Evidence, first: Sequence[Figure], last: Sequence[Figure], deff: float) -> Triple:
    def needed(p: Shares, q: Shares) -> float:
        return float(n_for_distribution_change(p, q, deff=deff, alpha=evidence.alpha))

    corners = [needed(p, q) for p, q in itertools.product(_corners(first), _corners(last))]
    return min(corners), needed(_printed(first), _printed(last)), max(corners)
