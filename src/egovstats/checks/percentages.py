"""One printed percentage: which n it can come from, and how sure it is for usual n."""

from __future__ import annotations

import itertools
from typing import Any

from egovstats.checks.granularity import grim_counts, grim_percent_n, largest_impossible_n
from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence, FigureId, check
from egovstats.checks.wording import Message
from egovstats.inference.published_interval import proportion_interval


@check("granularity")
def percentage_of_whole_people(
    evidence: Evidence, *, percent: FigureId, n: tuple[int, ...] = (), deff: tuple[float, ...] = (1.0,)
) -> Outcome:
    """Can a printed percentage be a count of whole people, and how wide is its interval?

    With a published n this decides; without one it informs: which n are possible, and Wilson's interval at
    each of `n` over each design effect. Weighted percentages need not be counts of whole people.
    """
    figure = evidence.figure(percent)
    largest = largest_impossible_n(figure.value)
    possible, impossible = grim_percent_n(figure.value, range(1, largest + 1))
    intervals = [_interval(evidence, figure.id, size, each) for size, each in itertools.product(n, deff)]
    numbers = (
        Number.of("smallest_n", min(possible, default=largest + 1), unit="persons", figures=(percent,)),
        Number.of("largest_impossible_n", largest, unit="persons", figures=(percent,)),
        *intervals,
    )
    values: dict[str, Any] = {
        "percent": figure.told,
        "smallest": min(possible, default=largest + 1),
        "impossible": len(impossible),
        "largest": largest,
        "low": min((each.low for each in intervals), default=float("nan")),
        "high": max((each.high for each in intervals), default=float("nan")),
        "widest": min(n, default=0),
        "deff": max(deff),
    }
    if figure.n is None:
        return Outcome("granularity", "informs", Message("granularity_informs", values), None, numbers)
    counts = grim_counts(figure.value, figure.n)
    result: Result = "holds" if counts else "fails"
    values |= {"n": figure.n, "count": counts[0] if counts else ""}
    return Outcome("granularity", result, Message(f"granularity_{result}", values), None, numbers)


def _interval(evidence: Evidence, name: str, n: int, deff: float) -> Number:
    """The percentage with Wilson's interval at n over the design effect."""
    share = float(evidence.figure(name).number) / 100
    low, high = proportion_interval(share, n / deff, conf_level=1 - evidence.alpha)
    return Number.of(
        "interval",
        (100 * low, 100 * share, 100 * high),
        unit="percent",
        decimals=1,
        figures=(name,),
        n=n,
        deff=deff,
    )
