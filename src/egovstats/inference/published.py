"""Two shares in print: is the difference between them more than chance, and how large is it?

A published percentage comes with a base at best, and never with the sample behind it. So a share here
is a proportion, the number of respondents `n` and a design effect that the reader states; its variance
is ``deff * p * (1 - p) / n``. What a reference calls `x` successes out of `n` is the share ``x / n``.

References
----------
Newcombe (1998), Statistics in Medicine 17, 873-890 (intervals of a difference); Schuirmann (1987), J.
Pharmacokinetics and Biopharmaceutics 15, 657-680 (two one-sided tests).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from scipy import special

from egovstats.errors import EstimateError
from egovstats.inference.published_interval import normal_quantile, proportion_interval, two_sided
from egovstats.inference.published_power import n_for_significance
from egovstats.inference.published_share import (
    PublishedShare,
    difference_effect,
    difference_std_error,
    effect_sizes,
)
from egovstats.results import Effect, HypothesisTest
from egovstats.sources import Source


def published_change(
    before: PublishedShare,
    after: PublishedShare,
    *,
    pooled: bool = False,
    conf_level: float = 0.95,
    sources: Iterable[Source] = (),
) -> HypothesisTest:
    """Test whether a published share changed between two independent surveys.

    Parameters
    ----------
    before, after : PublishedShare
        The effect is `after` minus `before`.
    pooled : bool
        Take the test's standard error from the joint share; the interval never does.
    conf_level : float
    sources : iterable of Source

    Returns
    -------
    HypothesisTest
        Normal test of the difference (share points), with the odds ratio (Woolf), risk ratio (Katz) and
        Cohen's h of `after` against `before` in `others`. Without both n, `p_value` is NaN and `notes` says
        from which n a survey the printed difference would be significant at ``1 - conf_level``.

    Examples
    --------
    >>> test = published_change(PublishedShare(0.37, 998, 1.7), PublishedShare(0.41, 1003, 1.5))
    >>> round(test.statistic, 4), round(test.p_value, 4)
    (1.4521, 0.1465)
    """
    difference = after.share - before.share
    std_error = difference_std_error(before, after, pooled=pooled)
    statistic = _ratio(difference, std_error)
    return HypothesisTest(
        test="two-sample z test of published shares" + (" (pooled variance)" if pooled else ""),
        null="the share is the same in both surveys",
        statistic=statistic,
        distribution="normal",
        df=(),
        p_value=two_sided(statistic),
        effect=difference_effect(before, after, conf_level),
        others=effect_sizes(after, before, conf_level=conf_level),
        n=(before.n or math.nan) + (after.n or math.nan),
        keys=_keys(before, after),
        sources=tuple(sources),
        notes=_notes(before, after, conf_level),
    )


def _ratio(value: float, std_error: float) -> float:
    if std_error > 0:
        return value / std_error
    return math.nan if math.isnan(std_error) or value == 0 else math.copysign(math.inf, value)


def _keys(before: PublishedShare, after: PublishedShare) -> dict[str, Any]:
    return {"from": before.label, "to": after.label} if before.label or after.label else {}


def _notes(before: PublishedShare, after: PublishedShare, conf_level: float) -> tuple[str, ...]:
    notes = []
    if before.n is None or after.n is None:
        notes.append("no p-value: the number of respondents is not published for both surveys")
        if before.share != after.share:
            needed = n_for_significance(
                before.share, after.share, deff1=before.deff, deff2=after.deff, alpha=1 - conf_level
            )
            notes.append(f"significant at {1 - conf_level:.3g} from n = {needed} in each survey")
    if before.variance == 0 and after.variance == 0:
        notes.append(
            "in each survey nobody or everybody gave the answer, so there is no sampling error to see"
        )
    if before.deff != 1 or after.deff != 1:
        notes.append(f"design effects {before.deff:g} and {after.deff:g} are assumed")
    return tuple(notes)


def p_value_range(before: PublishedShare, after: PublishedShare) -> tuple[float, float]:
    """Smallest and largest p-value of `published_change` over all shares that round to the printed ones.

    The statistic moves one way in each share while the other stays and they keep their order, so the four
    corners of the rounding box bound it; where the box holds a difference of zero the largest p-value is 1.
    """
    corners = [
        published_change(replace(before, share=low), replace(after, share=high)).p_value
        for low in _ends(before)
        for high in _ends(after)
    ]
    if abs(after.share - before.share) <= before.half_step + after.half_step:
        corners.append(1.0)
    return min(corners), max(corners)


def _ends(share: PublishedShare) -> tuple[float, float]:
    return max(share.share - share.half_step, 0.0), min(share.share + share.half_step, 1.0)


def two_proportion_chisq(
    first: PublishedShare, second: PublishedShare, *, continuity: bool = True, conf_level: float = 0.95
) -> HypothesisTest:
    """Pearson's chi-square of two shares, as R's ``prop.test``, with Yates' correction and its interval.

    The correction is cut where it would turn the difference round. Both shares need n; a design effect is
    refused (use `published_change`).
    """
    n1, n2 = _plain_sizes(first, second)
    difference = first.share - second.share
    correction = min(0.5, abs(difference) / (1 / n1 + 1 / n2)) if continuity else 0.0
    joint = (first.share * n1 + second.share * n2) / (n1 + n2)
    if not 0 < joint < 1:
        raise EstimateError("all or none gave the answer in both groups: there is nothing to test.")
    off = max(abs(difference) * n1 * n2 / (n1 + n2) - correction, 0.0)
    statistic = off**2 / (joint * (1 - joint)) * (1 / n1 + 1 / n2)
    std_error = difference_std_error(first, second)
    margin = normal_quantile(conf_level) * std_error + correction * (1 / n1 + 1 / n2)
    low, high = max(difference - margin, -1.0), min(difference + margin, 1.0)
    return HypothesisTest(
        test="chi-square test of two shares" + (" with continuity correction" if continuity else ""),
        null="the share is the same in both groups",
        statistic=statistic,
        distribution="chi2",
        df=(1.0,),
        p_value=float(special.chdtrc(1, statistic)),
        effect=Effect("difference", difference, low, high, "share", conf_level, std_error),
        n=n1 + n2,
    )


def _plain_sizes(first: PublishedShare, second: PublishedShare) -> tuple[float, float]:
    if first.n is None or second.n is None or (first.deff, second.deff) != (1.0, 1.0):
        raise EstimateError(
            "this test needs n of both shares and simple random sampling. "
            "Use published_change, which takes design effects and says what a missing n leaves open."
        )
    return first.n, second.n


def newcombe_difference(
    first: PublishedShare, second: PublishedShare, *, continuity: bool = False, conf_level: float = 0.95
) -> tuple[float, float]:
    """Newcombe's hybrid score interval of ``first - second`` (his method 10; 11 with the correction).

    Examples
    --------
    >>> low, high = newcombe_difference(PublishedShare(56 / 70, 70), PublishedShare(48 / 80, 80))
    >>> round(low, 4), round(high, 4)
    (0.0524, 0.3339)
    """
    limits = []
    for each in (first, second):
        if each.n is None:
            raise EstimateError("Newcombe's interval needs n of both shares. Pass n to PublishedShare.")
        limits.append(
            proportion_interval(
                each.share, each.n_effective, method="wilson", continuity=continuity, conf_level=conf_level
            )
        )
    (low1, high1), (low2, high2) = limits
    difference = first.share - second.share
    below = math.hypot(first.share - low1, high2 - second.share)
    above = math.hypot(high1 - first.share, second.share - low2)
    return difference - below, difference + above


def tost_two_proportions(
    first: PublishedShare, second: PublishedShare, *, low: float, high: float, alpha: float = 0.05
) -> tuple[HypothesisTest, HypothesisTest]:
    """Two one-sided tests that ``first - second`` lies above `low` and below `high`.

    The shares are equivalent when both p-values are at most `alpha`, which is when the effect's interval
    (level ``1 - 2 * alpha``) lies inside the margins.

    Returns
    -------
    tuple of HypothesisTest
        Against the lower margin and against the upper one.
    """
    if not low < high:
        raise EstimateError(f"the margins must rise, got {low!r} to {high!r}. Pass low below high.")
    effect = difference_effect(second, first, 1 - 2 * alpha)
    tests = []
    for side, margin, sign in (("below", low, 1), ("above", high, -1)):
        statistic = _ratio(effect.estimate - margin, effect.std_error)
        tests.append(
            HypothesisTest(
                test="one-sided z test against an equivalence margin",
                null=f"the difference is {margin:g} or {side}",
                statistic=statistic,
                distribution="normal",
                df=(),
                p_value=float(special.ndtr(-sign * statistic)),
                effect=effect,
                n=(first.n or math.nan) + (second.n or math.nan),
            )
        )
    return tests[0], tests[1]
