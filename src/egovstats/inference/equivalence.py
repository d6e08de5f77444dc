"""Equivalence: is a change shown to be smaller than what would matter?

"No significant change" says that the data cannot tell a change from none. "No change larger than the
margin" is a finding of its own, and needs a test of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy import special

from egovstats.errors import EstimateError
from egovstats.inference.adjust import p_adjust
from egovstats.inference.change import Changes
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest

VERDICTS = ("equivalent", "changed", "changed, but within the margin", "undecided")
"""What the two tests together may say."""


def equivalence(
    changes: HypothesisTest | Iterable[HypothesisTest],
    margin: float | tuple[float, float],
    *,
    alpha: float = 0.05,
    adjust: str = "holm",
) -> Changes:
    """Two one-sided tests that changes lie within a margin.

    Parameters
    ----------
    changes : HypothesisTest or iterable of HypothesisTest
        From `change`, `contrast`-based tests or a slope: each with an effect that has a standard error,
        and a t or normal distribution.
    margin : float or (low, high)
        What would matter, in the unit of the effect: 0.03 for 3 percentage points; (-0.03, 0.05) for
        unequal limits around 0.
    alpha : float
        Size of the tests; the interval beside them has level ``1 - 2 * alpha``.
    adjust : str
        How p-values are adjusted over the family; see `p_adjust`.

    Returns
    -------
    Changes
        A test each: `p_value` is the larger of the two one-sided ones; the effect has the interval that
        lies within the margin exactly if the test rejects; `others` holds the smallest symmetric margin
        that the data would show ("smallest margin"); the key ``verdict`` is one of `VERDICTS`, from the
        adjusted p-values at `alpha`.

    Raises
    ------
    EstimateError
        A margin that holds no 0, or a test without a standard error to work from.

    Notes
    -----
    The margin must be chosen before the data are seen. The two tests need no adjustment for being two
    (an intersection-union test).

    References
    ----------
    Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680; Berger and Hsu
    (1996), Statistical Science 11, 283-319 (intersection-union); Lakens (2017), Social Psychological and
    Personality Science 8, 355-362 (the four verdicts).

    Examples
    --------
    >>> from egovstats.results import Effect, HypothesisTest
    >>> found = HypothesisTest("t", "", 0.5, "t", (100.0,), 0.62,
    ...                        effect=Effect("difference", 0.005, -0.015, 0.025, "share", 0.95, 0.01))
    >>> round(equivalence(found, 0.03)[0].p_value, 6)
    0.007023
    """
    low, high = (-abs(margin), abs(margin)) if isinstance(margin, int | float) else margin
    if not low < 0 < high:
        raise EstimateError(
            f"a margin must hold 0 between its limits, got {low:g} to {high:g}. Pass 0.03 for 3 points."
        )
    if not 0 < alpha < 0.5:
        raise EstimateError(f"alpha must lie between 0 and 0.5, got {alpha!r}. Pass 0.05 for 5 per cent.")
    family = [changes] if isinstance(changes, HypothesisTest) else list(changes)
    tests = [_two_one_sided(test, low, high, alpha) for test in family]
    adjusted = p_adjust([test.p_value for test in tests], adjust)
    return Changes(
        tuple(
            replace(
                test,
                p_adjusted=float(p),
                adjust=adjust,
                keys={**test.keys, "verdict": _verdict(original, float(p), alpha)},
            )
            for test, original, p in zip(tests, family, adjusted, strict=True)
        ),
        adjust,
    )


def _two_one_sided(test: HypothesisTest, low: float, high: float, alpha: float) -> HypothesisTest:
    effect = test.effect
    if effect is None or test.distribution not in ("t", "normal"):
        raise EstimateError(
            f"equivalence needs an effect with a standard error, and {test.test!r} has none. "
            "Pass changes, contrasts or slopes."
        )
    df = float(test.df[0]) if test.df else np.inf
    known = bool(effect.std_error > 0 and df > 0)
    above = (effect.estimate - low) / effect.std_error if known else float("nan")
    below = (effect.estimate - high) / effect.std_error if known else float("nan")
    statistic = above if abs(above) < abs(below) else below
    p_value = max(_upper(above, df), _upper(-below, df)) if known else float("nan")
    width = float(t_quantile(np.array(df), 1 - 2 * alpha)) * effect.std_error
    smallest = abs(effect.estimate) + width
    return HypothesisTest(
        test="two one-sided t tests (equivalence)",
        null=f"The {effect.name} is {low:g} or less, or {high:g} or more.",
        statistic=statistic,
        distribution=test.distribution,
        df=test.df,
        p_value=p_value,
        effect=replace(
            effect,
            conf_low=effect.estimate - width,
            conf_high=effect.estimate + width,
            conf_level=1 - 2 * alpha,
        ),
        others=(Effect("smallest margin", smallest, float("nan"), float("nan"), effect.unit, 1 - 2 * alpha),),
        n=test.n,
        keys={**test.keys, "margin_low": low, "margin_high": high},
        sources=test.sources,
        notes=test.notes,
        checks=test.checks,
    )


def _upper(statistic: float, df: float) -> float:
    return float(special.ndtr(-statistic) if np.isinf(df) else special.stdtr(df, -statistic))


def _verdict(difference: HypothesisTest, p_equivalent: float, alpha: float) -> str:
    p = difference.p_value if difference.p_adjusted is None else difference.p_adjusted
    if np.isnan(p_equivalent) or np.isnan(p):
        return "undecided"
    inside, differs = p_equivalent < alpha, p < alpha
    if inside:
        return "changed, but within the margin" if differs else "equivalent"
    return "changed" if differs else "undecided"
