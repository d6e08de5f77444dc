"""Did a published share change? From which n it would be significant, and what usual samples would give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from egovstats.checks.figures import Figure
from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.survey_data import find_waves
from egovstats.checks.trials import Trial, Triple, over_rounding, trials_of_share
from egovstats.checks.waves import change_in_waves
from egovstats.checks.wording import Message
from egovstats.inference.published_power import cohen_h, n_for_significance

Direction = Literal["fall", "rise"]


@check("published_change")
def change_of_share(
    evidence: Evidence,
    *,
    before: FigureId,
    after: FigureId,
    direction: Direction,
    n: tuple[int, ...] = (),
    deff: tuple[float, ...] = (1.0,),
    series: str = "",
    item: str = "",
) -> Outcome:
    """Did a published share change the stated way by more than chance?

    Real waves of the named series decide, where they are given; else the printed shares with their n. Without
    n the check says from which n a survey the change would be significant, and what those in `n` would give.

    Parameters
    ----------
    before, after : str
        Figures in per cent, from independent surveys.
    direction : str
        ``"fall"`` or ``"rise"``.
    n, deff : tuple
        Numbers of respondents a survey, and design effects, to try.
    series, item : str
        Survey series and item that the percentages are from, if they are known.
    """
    waves = find_waves(evidence, series, item)
    if waves is not None:
        return change_in_waves(evidence, waves, item=item, direction=direction)
    first, last = evidence.figure(before), evidence.figure(after)
    trials = trials_of_share(first, last, n, deff)
    result, key = _result(evidence, first, last, direction, trials)
    values = {
        "before": first.told,
        "after": last.told,
        "points": abs((last.rounded - first.rounded).value),
        "thresholds": _thresholds(evidence, first, last, deff),
        "worst": max((trial.p_high for trial in trials), default=float("nan")),
    }
    needed = {"fall_without_n": "n_of_surveys", "rise_without_n": "n_of_surveys"}.get(key, "larger_samples")
    return Outcome(
        "published_change",
        result,
        Message(key, values),
        needed=Message(needed, {}, "needs") if result == "unknown" else None,
        numbers=_numbers(evidence, first, last, deff, trials),
        tests=tuple(trial.test for trial in trials),
        figures=(before, after),
    )


def _result(
    evidence: Evidence, first: Figure, last: Figure, direction: Direction, trials: Sequence[Trial]
) -> tuple[Result, str]:
    difference = (last.number - first.number) * (-1 if direction == "fall" else 1)
    if difference <= 0:
        return "fails", f"no_{direction}"
    if first.n is None or last.n is None:
        return "unknown", f"{direction}_without_n"
    if max(trial.p_high for trial in trials) <= evidence.alpha:
        return "holds", f"{direction}_significant"
    return "unknown", f"{direction}_not_significant"


def _needed_n(evidence: Evidence, first: Figure, last: Figure, deff: float) -> Triple:
    return over_rounding(
        lambda p, q: n_for_significance(p, q, deff1=deff, deff2=deff, alpha=evidence.alpha), first, last
    )


def _thresholds(evidence: Evidence, first: Figure, last: Figure, deffs: Sequence[float]) -> list[Message]:
    if first.rounded.overlaps(last.rounded):
        return []
    return [
        Message("threshold", {"n": _needed_n(evidence, first, last, deff)[1], "deff": deff}, "parts")
        for deff in deffs
    ]


def _odds_ratio(before: float, after: float) -> float:
    return after / (1 - after) / (before / (1 - before))


def _numbers(
    evidence: Evidence, first: Figure, last: Figure, deffs: Sequence[float], trials: Sequence[Trial]
) -> tuple[Number, ...]:
    figures = (first.id, last.id)
    h = over_rounding(lambda p, q: cohen_h(q, p), first, last)
    found = [
        Number.of(
            "change",
            last.rounded - first.rounded,
            unit="percentage points",
            decimals=first.decimals,
            figures=figures,
        ),
        Number.of("odds_ratio", over_rounding(_odds_ratio, first, last), decimals=2, figures=figures),
        Number.of("cohen_h", h, decimals=2, figures=figures),
    ]
    if not first.rounded.overlaps(last.rounded):
        found += [
            Number.of(
                "n_needed", _needed_n(evidence, first, last, deff), unit="persons", figures=figures, deff=deff
            )
            for deff in deffs
        ]
    return (*found, *(trial.number(figures) for trial in trials))
