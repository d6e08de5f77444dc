"""Counts of things: what is left of a total, whether most are of a kind, whether counts make one series."""

from __future__ import annotations

from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.rounding import Rounded
from egovstats.checks.sums import total_of
from egovstats.checks.wording import Message


@check("most_of_kind")
def most_of_kind(
    evidence: Evidence,
    *,
    total: FigureId,
    kind: FigureId,
    others: list[FigureId],
    mixed: FigureId,
    mixtures: FigureId,
    mixtures_with: FigureId,
) -> Outcome:
    """Are most of a total of one kind, when some of the total are mixtures that may include the kind?

    Of the mixtures, at least one is of each sort that the text names: so those with the kind are at least the
    sorts with it, and at most all mixtures but one of each sort without it.

    Parameters
    ----------
    total, kind, mixed : str
        Counts: of all, of the kind alone, of mixtures.
    others : list of str
        Counts of other single kinds; the text gives none for the kind that is left.
    mixtures, mixtures_with : str
        How many sorts of mixture the text names, and how many of them include the kind.
    """
    whole, alone, mix = (int(evidence.figure(each).number) for each in (total, kind, mixed))
    sorts, sorts_with = (int(evidence.figure(each).number) for each in (mixtures, mixtures_with))
    rest = whole - alone - mix - sum(int(evidence.figure(each).number) for each in others)
    low, high, majority = alone + sorts_with, alone + mix - (sorts - sorts_with), whole // 2 + 1
    result: Result = "holds" if low >= majority else "fails" if high < majority else "unknown"
    if rest < 0:
        result = "fails"
    values = {
        "total": whole,
        "alone": alone,
        "mixed": mix,
        "rest": rest,
        "low": low,
        "high": high,
        "majority": majority,
        "from_mixed": majority - alone,
    }
    figures = (total, kind, *others, mixed, mixtures, mixtures_with)
    return Outcome(
        "most_of_kind",
        result,
        Message("most_too_many" if rest < 0 else f"most_{result}", values),
        Message("coding_of_mixed", values, "needs") if result == "unknown" else None,
        (
            Number.of("left_over", rest, figures=figures),
            Number.of("at_least_with_kind", low, figures=figures),
            Number.of("at_most_with_kind", high, figures=figures),
            Number.of("majority", majority, figures=(total,)),
        ),
        figures=figures,
    )


@check("one_series")
def counts_make_one_series(evidence: Evidence, *, counts: list[list[FigureId]]) -> Outcome:
    """Can counts at successive times be one series of something that is only added to?

    Such a count never falls; where it does, the counts are of different things.

    Parameters
    ----------
    counts : list of list
        In order of time; several figures are added.
    """
    totals = [total_of(evidence, each) for each in counts]
    steps = list(zip(totals, totals[1:], counts[1:], strict=False))
    falls = [(before, after, names) for before, after, names in steps if after.high < before.low]
    result: Result = "fails" if falls else "holds"
    values = {
        "counts": [
            Message("count_at", {"count": evidence.told(name), "label": evidence.figure(name).label}, "parts")
            for each in counts
            for name in each
        ],
        "falls": [
            Message("fall", {"before": b.value, "after": a.value, "by": b.value - a.value}, "parts")
            for b, a, _ in falls
        ],
    }
    figures = tuple(name for each in counts for name in each)
    return Outcome(
        "one_series",
        result,
        Message(f"one_series_{result}", values),
        numbers=tuple(
            Number.of(
                "step_of_counts",
                after - before,
                unit=evidence.figure(names[0]).unit,
                figures=names,
                label=evidence.figure(names[0]).label,
            )
            for before, after, names in steps
        ),
        figures=figures,
    )


@check("fall_with_base")
def fall_with_base(
    evidence: Evidence, *, before: FigureId, after: FigureId, base_before: FigureId, base_after: FigureId
) -> Outcome:
    """Did a percentage fall, and could a wider base alone explain it?

    If the things added to the base had achieved nothing and the others as much as before, the percentage
    would be ``before * base_before / base_after``.

    Parameters
    ----------
    before, after : str
        Figures in per cent.
    base_before, base_after : str
        Counts of what each percentage is of.
    """
    first, last = evidence.rounded(before), evidence.rounded(after)
    base, wider = evidence.rounded(base_before), evidence.rounded(base_after)
    hundred = Rounded.exact(100)
    points, relative = last - first, (last / first - Rounded.exact(1)) * hundred
    diluted = first * base / wider
    result: Result = "within_rounding" if last.value < first.value else "fails"
    if last.high < first.low:
        result = "holds"
    done = {before: first * base / hundred, after: last * wider / hundred}
    values = {
        "before": evidence.told(before),
        "after": evidence.told(after),
        "points": abs(points.value),
        "percent": abs(relative.value),
        "base": evidence.told(base_before),
        "wider": evidence.told(base_after),
        "diluted": diluted.value,
        "done_before": done[before].value,
        "done_after": done[after].value,
    }
    figures = (before, after, base_before, base_after)
    key = "fall_not" if result == "fails" else "fall_within"
    if result == "holds":
        key = "fall_explained_by_base" if diluted.value <= last.value else "fall_beyond_base"
    unit = evidence.figure(base_before).unit
    return Outcome(
        "fall_with_base",
        result,
        Message(key, values),
        numbers=(
            Number.of("change", points, unit="percentage points", decimals=1, figures=figures[:2]),
            Number.of("relative_change", relative, unit="percent", decimals=1, figures=figures[:2]),
            Number.of("diluted", diluted, unit="percent", decimals=1, figures=figures),
            *(
                Number.of(
                    "done", each, unit=unit, decimals=1, figures=(name,), label=evidence.figure(name).label
                )
                for name, each in done.items()
            ),
        ),
        figures=figures,
    )
