"""Claims on surveys: computed from real waves; without them, or from synthetic ones, there is no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.survey_data import (
    asked,
    extremes,
    find_waves,
    headline,
    no_waves,
    over_every_wave,
    wave_numbers,
)
from egovstats.checks.wording import Message
from egovstats.results import HypothesisTest

if TYPE_CHECKING:
    from egovstats.waves import Waves


def change_in_waves(evidence: Evidence, waves: Waves, *, item: str, direction: str) -> Outcome:
    """Did the headline share of an item change the stated way from the first wave to the last?"""
    from egovstats.inference import change

    estimates = headline(waves, item)
    test = change(estimates, on="wave", pairs="last", adjust="none")[0]
    result: Result = _way(evidence, test, -1 if direction == "fall" else 1)
    values = {"points": 100 * test.effect.estimate, "p_value": test.p_value, "item": waves.items[item].label}
    return Outcome(
        "published_change",
        result,
        Message(f"waves_{direction}_{result}", values),
        Message("larger_samples", {}, "needs") if result == "unknown" else None,
        wave_numbers(estimates),
        (test,),
        sources=estimates.sources,
    )


def _way(evidence: Evidence, test: HypothesisTest, sign: int) -> Result:
    """Whether a change goes the stated way: surely, surely not, or not known."""
    p_value = test.p_value if test.p_adjusted is None else test.p_adjusted
    if test.effect is None or not p_value <= evidence.alpha:
        return "unknown"
    return "holds" if sign * test.effect.estimate > 0 else "fails"


def distribution_in_waves(evidence: Evidence, waves: Waves, *, item: str) -> Outcome:
    """Did all the answers of an item together change between the waves?"""
    import numpy as np

    from egovstats.estimate import proportion
    from egovstats.inference import contrast, wald_test

    estimates = asked(proportion(waves.design(lonely_psu="adjust"), item, by="wave"))
    first, last = (list(estimates.keys["wave"])[at] for at in (0, -1))
    answers = list(dict.fromkeys(estimates.keys["answer"]))
    # the last answer follows from the others, so its difference is left out
    steps: dict[str, Any] = {
        str(answer): np.where(
            estimates.keys["answer"] == answer,
            np.where(
                estimates.keys["wave"] == last, 1.0, np.where(estimates.keys["wave"] == first, -1.0, 0.0)
            ),
            0.0,
        )
        for answer in answers[:-1]
    }
    test = wald_test(contrast(estimates, steps))
    result: Result = "holds" if test.p_value <= evidence.alpha else "unknown"
    values = {"p_value": test.p_value, "item": waves.items[item].label}
    return Outcome(
        "distribution_change",
        result,
        Message(f"waves_distribution_{result}", values),
        Message("larger_samples", {}, "needs") if result == "unknown" else None,
        (),
        (test,),
        sources=estimates.sources,
    )


@check("share_always_below")
def share_always_below(evidence: Evidence, *, series: str, item: str, limit: FigureId) -> Outcome:
    """Did the headline share of an item stay below a limit in every wave?

    It fails where a wave's whole interval lies at the limit or above; a wave that is above only within its
    error leaves it open.
    """
    waves = find_waves(evidence, series, item)
    if waves is None:
        return no_waves(evidence, "share_always_below", series=series, item=item)
    estimates = headline(waves, item)
    bound = float(evidence.figure(limit).number) / 100
    low, _ = estimates.conf_int()
    result: Result = "holds" if (estimates.estimate < bound).all() else "unknown"
    if (low >= bound).any():
        result = "fails"
    decided, needed = over_every_wave(waves, result)
    values = {"item": waves.items[item].label, "limit": evidence.plain(limit), **extremes(estimates)}
    return Outcome(
        "share_always_below",
        decided,
        Message(f"always_below_{result}", values),
        needed,
        wave_numbers(estimates),
        figures=(limit,),
        sources=estimates.sources,
    )


@check("steady_decline")
def steady_decline(evidence: Evidence, *, series: str, item: str) -> Outcome:
    """Did the headline share of an item decline steadily?

    It must have fallen from the first wave to the last by more than chance, without a significant rise
    between any two successive waves (Holm over the steps).
    """
    waves = find_waves(evidence, series, item)
    if waves is None:
        return no_waves(evidence, "steady_decline", series=series, item=item)
    from egovstats.inference import change

    estimates = headline(waves, item)
    overall = change(estimates, on="wave", pairs="last", adjust="none")[0]
    steps = change(estimates, on="wave", pairs="successive", adjust="holm")
    rises = [step for step in steps if _way(evidence, step, 1) == "holds"]
    result: Result = "fails" if rises else _way(evidence, overall, -1)
    decided, needed = over_every_wave(waves, result)
    values = {
        "item": waves.items[item].label,
        "points": 100 * overall.effect.estimate,
        "p_value": overall.p_value,
        "rises": len(rises),
        "count": len(estimates),
    }
    return Outcome(
        "steady_decline",
        decided,
        Message(f"decline_{'rises' if rises else result}", values),
        needed,
        wave_numbers(estimates),
        (overall, *steps),
        sources=estimates.sources,
    )


@check("ranks_within")
def ranks_within(
    evidence: Evidence, *, series: str, item: str, answers: tuple[float, ...], limit: FigureId
) -> Outcome:
    """Were the answers among the most frequent ones in every wave?

    Parameters
    ----------
    answers : tuple of float
        Target codes.
    limit : str
        Figure with the worst rank that the claim allows.
    """
    waves = find_waves(evidence, series, item)
    if waves is None:
        return no_waves(evidence, "ranks_within", series=series, item=item)
    from egovstats.estimate import proportion

    estimates = asked(proportion(waves.design(lonely_psu="adjust"), item, by="wave"))
    table = estimates.keys.assign(share=estimates.estimate)
    table["rank"] = table.groupby("wave", sort=False)["share"].rank(ascending=False, method="min")
    chosen = table[table["answer"].isin(answers)]
    worst = chosen.groupby("answer", sort=False)["rank"].max()
    allowed = float(evidence.figure(limit).number)
    labels = waves.items[item].labels
    result: Result = "holds" if (worst <= allowed).all() else "fails"
    decided, needed = over_every_wave(waves, result)
    values = {
        "item": waves.items[item].label,
        "limit": evidence.plain(limit),
        "options": int(table.groupby("wave")["answer"].nunique().max()),
        "count": int(table["wave"].nunique()),
    }
    return Outcome(
        "ranks_within",
        decided,
        Message(f"ranks_{result}", values),
        needed,
        tuple(
            Number.of("worst_rank", float(rank), answer=labels[float(answer)])
            for answer, rank in zip(worst.index, worst, strict=True)
        ),
        figures=(limit,),
        sources=estimates.sources,
    )


@check("mean_in_range")
def mean_in_range(evidence: Evidence, *, series: str, item: str, low: FigureId, high: FigureId) -> Outcome:
    """Does the mean of an item lie in the stated range in every wave?

    It fails where a wave's whole interval lies outside; a wave that is outside only within its error leaves
    it open.
    """
    waves = find_waves(evidence, series, item)
    if waves is None:
        return no_waves(evidence, "mean_in_range", series=series, item=item)
    from egovstats.estimate import mean

    estimates = asked(mean(waves.design(lonely_psu="adjust"), item, by="wave"))
    bottom, top = (float(evidence.figure(each).number) for each in (low, high))
    least, most = estimates.conf_int()
    inside = (estimates.estimate >= bottom) & (estimates.estimate <= top)
    result: Result = "holds" if inside.all() else "unknown"
    if ((most < bottom) | (least > top)).any():
        result = "fails"
    values = {"item": waves.items[item].label, "low": evidence.plain(low), "high": evidence.plain(high)}
    return Outcome(
        "mean_in_range",
        result,
        Message(f"mean_{result}", values | extremes(estimates, 1)),
        Message("larger_samples", {}, "needs") if result == "unknown" else None,
        wave_numbers(estimates, factor=1, unit=waves.items[item].unit or "points"),
        figures=(low, high),
        sources=estimates.sources,
    )


@check("share_in_print")
def share_in_print(evidence: Evidence, *, series: str, item: str, percent: FigureId) -> Outcome:
    """Does the headline share of an item round to the printed percentage in some wave?"""
    waves = find_waves(evidence, series, item)
    if waves is None:
        return no_waves(evidence, "share_in_print", series=series, item=item)
    estimates = headline(waves, item)
    printed = evidence.figure(percent).rounded
    found = [
        str(wave)
        for wave, share in zip(estimates.keys["wave"], estimates.estimate, strict=True)
        if printed.low <= 100 * share <= printed.high
    ]
    result: Result = "holds" if found else "unknown"
    values = {"item": waves.items[item].label, "percent": evidence.plain(percent), "waves": found}
    return Outcome(
        "share_in_print",
        result,
        Message(f"print_{result}", values | extremes(estimates)),
        None if found else Message("survey_of_percent", values, "needs"),
        wave_numbers(estimates),
        figures=(percent,),
        sources=estimates.sources,
    )
