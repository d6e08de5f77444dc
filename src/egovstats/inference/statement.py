"""A test of one number: estimate, standard error and degrees of freedom to statistic, p-value, interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from egovstats.intervals import t_quantile
from egovstats.results import Check, Effect, HypothesisTest
from egovstats.sources import Source

SPECK = 1e-20  # variance below this share of the squared estimate is rounding, not sampling


def per_time(unit: str, on: str) -> str:
    """The unit of a slope; dates are years with decimals, so their unit is the year.

    Examples
    --------
    >>> per_time("share", "date"), per_time("score", "wave")
    ('share per year', 'score per wave')
    """
    return f"{unit} per {'year' if on == 'date' else on}"


def time_in_words(time: Any) -> str:
    """A wave's name or time as a sentence says it: dates, which are years with decimals, with one.

    Examples
    --------
    >>> time_in_words("2009-04"), time_in_words(2013.0), time_in_words(2013.0562)
    ('2009-04', '2013', '2013.1')
    """
    if isinstance(time, float):
        return f"{time:.0f}" if time.is_integer() else f"{time:.1f}"
    return str(time)


def two_sided_t(statistic: float, df: float) -> float:
    """Two-sided p-value of Student's t; of the normal distribution where `df` is infinite."""
    if np.isinf(df):
        return float(2 * special.ndtr(-abs(statistic)))
    return float(2 * special.stdtr(df, -abs(statistic)))


def t_effect(
    name: str, estimate: float, std_error: float, df: float, *, unit: str, conf_level: float = 0.95
) -> Effect:
    """An effect with its symmetric interval."""
    margin = float(t_quantile(np.array(df), conf_level)) * std_error
    return Effect(name, estimate, estimate - margin, estimate + margin, unit, conf_level, std_error)


def t_statement(
    test: str,
    null: str,
    estimate: float,
    std_error: float,
    df: float,
    *,
    name: str,
    unit: str,
    conf_level: float = 0.95,
    n: float = float("nan"),
    keys: Mapping[str, Any] | None = None,
    sources: Sequence[Source] = (),
    notes: Sequence[str] = (),
    others: Sequence[Effect] = (),
    checks: Sequence[Check] = (),
) -> HypothesisTest:
    """Test that a number is 0; without variance or degrees of freedom there is a reason and no p-value."""
    known = bool(np.isfinite(std_error) and std_error**2 > SPECK * max(abs(estimate), 1e-150) ** 2 and df > 0)
    statistic = estimate / std_error if known else float("nan")
    reason = () if known else (_why(estimate, df),)
    return HypothesisTest(
        test=test,
        null=null,
        statistic=statistic,
        distribution="t",
        df=(float(df),),
        p_value=two_sided_t(statistic, df) if known else float("nan"),
        effect=t_effect(
            name, estimate, std_error if known else float("nan"), df, unit=unit, conf_level=conf_level
        ),
        others=tuple(others),
        n=float(n),
        keys=dict(keys or {}),
        sources=tuple(sources),
        notes=(*notes, *reason),
        checks=tuple(checks),
    )


def _why(estimate: float, df: float) -> str:
    if not np.isfinite(estimate):
        return "nobody answered in one of the waves, so there is no number"
    if not df > 0:
        return "no degrees of freedom: as many strata as PSUs"
    return "no variance to test against"


def on_scale(
    test: HypothesisTest, back: Callable[[np.ndarray], np.ndarray], name: str, unit: str
) -> HypothesisTest:
    """A test of a logarithm with its effect taken back to the scale of ratios, limit by limit."""
    effect = test.effect
    assert effect is not None
    low, middle, high = back(np.array([effect.conf_low, effect.estimate, effect.conf_high]))
    return replace(test, effect=Effect(name, float(middle), float(low), float(high), unit, effect.conf_level))


def untested(
    test: str,
    null: str,
    reason: str,
    *,
    keys: Mapping[str, Any] | None = None,
    sources: Sequence[Source] = (),
) -> HypothesisTest:
    """A question that the data cannot answer: NaN, with the reason in `notes`."""
    return HypothesisTest(
        test=test,
        null=null,
        statistic=float("nan"),
        distribution="t",
        df=(),
        p_value=float("nan"),
        keys=dict(keys or {}),
        sources=tuple(sources),
        notes=(reason,),
    )
