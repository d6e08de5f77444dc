"""What a printed change would be worth with this n and that design effect."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from egovstats.checks.figures import Figure
from egovstats.checks.outcomes import Number
from egovstats.inference.published import p_value_range, published_change
from egovstats.inference.published_share import PublishedShare
from egovstats.results import HypothesisTest

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """A test at one n a survey and one design effect, with the range of its p-value over rounding."""

    n: float
    deff: float
    test: HypothesisTest
    p_low: float
    p_high: float

    def number(self, figures: tuple[str, ...]) -> Number:
        """The p-value as a number of the ledger."""
        value = (self.p_low, self.test.p_value, self.p_high)
        return Number.of("p_value", value, style="p", figures=figures, n=self.n, deff=self.deff)


def published_share(figure: Figure, *, n: float | None = None, deff: float = 1.0) -> PublishedShare:
    """A printed percentage as a share, with an assumed n or its own."""
    return PublishedShare(
        float(figure.number) / 100,
        figure.n if n is None else n,
        deff,
        str(figure.year or ""),
        float(figure.half_step) / 100,
    )


def over_rounding(function: Callable[[float, float], float], before: Figure, after: Figure) -> Triple:
    """A function of two shares: its least over their rounding, its value as printed, its greatest."""
    ends = [(float(each.rounded.low) / 100, float(each.rounded.high) / 100) for each in (before, after)]
    found = [function(p, q) for p, q in itertools.product(*ends)]
    return min(found), function(float(before.number) / 100, float(after.number) / 100), max(found)


def trials_of_share(
    before: Figure, after: Figure, sizes: Sequence[int], deffs: Sequence[float]
) -> list[Trial]:
    """Tests of a change of one share: at the published n where both are known, else at each of `sizes`."""
    known = before.n is not None and after.n is not None
    trials = []
    for n, deff in itertools.product((None,) if known else sizes, deffs):
        pair = (published_share(before, n=n, deff=deff), published_share(after, n=n, deff=deff))
        test = published_change(*pair)
        keys = {**test.keys, "n": n if n is not None else f"{before.n}, {after.n}", "deff": deff}
        shown = float(n) if n is not None else (before.n or 0) / 2 + (after.n or 0) / 2
        trials.append(Trial(shown, deff, replace(test, keys=keys), *p_value_range(*pair)))
    return trials
