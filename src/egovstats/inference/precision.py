"""What a design can see: the smallest change, the n and the waves that a question needs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.errors import EstimateError
from egovstats.inference.change import change
from egovstats.inference.published_interval import normal_quantile
from egovstats.results import Effect, Estimates, HypothesisTest


def detectable_factor(df: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Standard errors that a change must be away from 0 to be found with a given power.

    Parameters
    ----------
    df : float
        Degrees of freedom of the two-sided t test; infinity for normal ones.
    power, alpha : float

    Returns
    -------
    float
        2.80 for power 0.8 at 5 per cent with many degrees of freedom.

    References
    ----------
    Bloom (1995), Evaluation Review 19, 547-556 (minimum detectable effects); the noncentral t distribution
    in place of his sum of quantiles.

    Examples
    --------
    >>> round(detectable_factor(float("inf")), 4)
    2.8016
    """
    from scipy.optimize import brentq

    _check(power, alpha)
    if not df > 0:
        return float("nan")
    if np.isinf(df):
        lower = normal_quantile(1 - alpha) + special.ndtri(power)
        # The other tail counts too, though hardly.
        return float(brentq(lambda d: _normal_power(d, alpha) - power, lower - 0.5, lower + 0.5))
    critical = special.stdtrit(df, 1 - alpha / 2)
    return float(brentq(lambda d: t_power(d, df, alpha=alpha) - power, 1e-6, critical * 4 + 40))


def t_power(distance: float, df: float, *, alpha: float = 0.05) -> float:
    """Power of a two-sided t test when the truth is `distance` standard errors from the null."""
    if np.isinf(df):
        return _normal_power(distance, alpha)
    critical = float(special.stdtrit(df, 1 - alpha / 2))
    above = 1 - float(special.nctdtr(df, distance, critical))
    below = float(special.nctdtr(df, distance, -critical))
    return above + (below if np.isfinite(below) else 0.0)


def _normal_power(distance: float, alpha: float) -> float:
    critical = float(special.ndtri(1 - alpha / 2))
    return float(special.ndtr(distance - critical) + special.ndtr(-distance - critical))


def _check(power: float, alpha: float) -> None:
    if not (0 < alpha < power < 1):
        raise EstimateError(
            f"power must lie between alpha and 1, got power {power!r} and alpha {alpha!r}. Pass 0.8 and 0.05."
        )


def detectable_change(
    estimates: Estimates,
    *,
    on: str = "wave",
    pairs: Any = "all",
    power: float = 0.8,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Smallest change that waves which were made could have found.

    Parameters
    ----------
    estimates, on, pairs
        As in `change`.
    power, alpha : float

    Returns
    -------
    pd.DataFrame
        One row a pair: its keys, ``std_error``, ``df``, ``detectable`` (in the unit of the estimates), the
        observed ``difference``.

    Notes
    -----
    A matter of the design, not of the answer: power at the observed change says nothing that its p-value
    does not, so it is not given.

    References
    ----------
    Bloom (1995), Evaluation Review 19, 547-556; Hoenig and Heisey (2001), American Statistician 55, 19-24.
    """
    rows = []
    for test in change(estimates, on=on, pairs=pairs, adjust="none"):
        effect = test.effect
        assert effect is not None
        factor = detectable_factor(test.df[0], power=power, alpha=alpha)
        rows.append(
            {
                **test.keys,
                "difference": effect.estimate,
                "std_error": effect.std_error,
                "df": test.df[0],
                "detectable": factor * effect.std_error,
                "power": power,
            }
        )
    return pd.DataFrame(rows)


def minimum_detectable_change(
    share: float,
    n: float,
    *,
    n_later: float | None = None,
    deff: float = 1.0,
    correlation: float = 0.0,
    df: float = float("inf"),
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Smallest rise of a share that two surveys find with a given power.

    Parameters
    ----------
    share : float
        The earlier share.
    n, n_later : float
        Respondents of the earlier and the later survey (the same where left out).
    deff : float
        Design effect of both.
    correlation : float
        Of both estimates: 0 for fresh samples, the overlap times the correlation of answers for panels.
    df : float
        Degrees of freedom of both designs together.
    power, alpha : float

    Returns
    -------
    float
        In share points; NaN where even 1 - share would not be found. A fall is that of ``1 - share``.

    Raises
    ------
    EstimateError
        A share outside 0 to 1, an n that is not positive.

    Examples
    --------
    >>> round(minimum_detectable_change(0.5, 1200, deff=1.5), 4)
    0.0697
    """
    from scipy.optimize import brentq

    if not 0 < share < 1 or not n > 0 or not deff > 0:
        raise EstimateError(
            f"a share between 0 and 1, an n and a design effect above 0 are needed, got {share!r}, {n!r}, "
            f"{deff!r}."
        )
    factor = detectable_factor(df, power=power, alpha=alpha)
    later = n if n_later is None else n_later

    def short(rise: float) -> float:
        first, second = share * (1 - share) / n, (share + rise) * (1 - share - rise) / later
        variance = deff * (first + second - 2 * correlation * math.sqrt(first * second))
        return rise - factor * math.sqrt(max(variance, 0.0))

    top = 1 - share
    return float(brentq(short, 1e-12, top)) if short(top * (1 - 1e-12)) > 0 else float("nan")


def n_for_change(
    share: float,
    rise: float,
    *,
    deff: float = 1.0,
    correlation: float = 0.0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> int:
    """Respondents a survey that two surveys need to find a change of a share.

    Parameters
    ----------
    share, rise : float
        The earlier share, and the change (negative for a fall).
    deff, correlation, power, alpha
        As in `minimum_detectable_change`, by the normal distribution.

    Examples
    --------
    >>> n_for_change(0.5, 0.0697, deff=1.5)
    1200
    """
    later = share + rise
    if not (0 < share < 1 and 0 <= later <= 1) or rise == 0:
        raise EstimateError(
            f"a share and a share after the change within 0 to 1 are needed, got {share!r} and {later:g}. "
            "Pass a rise other than 0."
        )
    factor = detectable_factor(float("inf"), power=power, alpha=alpha)
    first, second = share * (1 - share), later * (1 - later)
    variance = first + second - 2 * correlation * math.sqrt(first * second)
    return math.ceil(deff * variance * (factor / rise) ** 2 - 1e-9)


def waves_for_slope(
    slope: float,
    std_error: float,
    *,
    spacing: float = 1.0,
    wave_sd: float = 0.0,
    power: float = 0.8,
    alpha: float = 0.05,
    most: int = 100,
) -> int | None:
    """Evenly spaced waves that a linear trend needs to be found.

    Parameters
    ----------
    slope : float
        Change per unit of time.
    std_error : float
        Of the level in one wave.
    spacing : float
        Time between waves.
    wave_sd : float
        Standard deviation of the waves about their line beyond sampling error (`Trend.by_wave` estimates
        it). Above 0, the wave is the unit: k - 2 degrees of freedom.
    power, alpha : float
    most : int
        Waves that are tried.

    Returns
    -------
    int or None
        None where more than `most` would be needed.

    References
    ----------
    Gerrodette (1987), Ecology 68, 1364-1372 (power of a trend through k points).

    Examples
    --------
    >>> waves_for_slope(-0.01, 0.02, spacing=2.0)
    5
    """
    _check(power, alpha)
    if not (std_error >= 0 and wave_sd >= 0 and std_error + wave_sd > 0 and spacing > 0) or slope == 0:
        raise EstimateError(
            "a slope other than 0, a positive spacing and an error above 0 are needed, got "
            f"{slope!r}, {spacing!r}, {std_error!r} and {wave_sd!r}."
        )
    for k in range(3 if wave_sd > 0 else 2, most + 1):
        time = spacing * (np.arange(k) - (k - 1) / 2)
        error = math.sqrt((std_error**2 + wave_sd**2) / float(time @ time))
        if t_power(abs(slope) / error, k - 2.0 if wave_sd > 0 else float("inf"), alpha=alpha) >= power:
            return k
    return None


def with_detectable(test: HypothesisTest, *, power: float = 0.8, alpha: float = 0.05) -> HypothesisTest:
    """A test with the smallest effect that it could have found among its `others`."""
    effect = test.effect
    if effect is None or not test.df:
        raise EstimateError(f"{test.test!r} has no effect with a standard error. Pass a change or a slope.")
    size = detectable_factor(test.df[0], power=power, alpha=alpha) * effect.std_error
    none = float("nan")
    return replace(
        test, others=(*test.others, Effect("smallest detectable effect", size, none, none, effect.unit))
    )
