"""From what publications print beside an estimate: means with standard deviations, intervals, statistics.

References
----------
Welch (1947), Biometrika 34, 28-35; Hedges (1981), J. Educational Statistics 6, 107-128 (g); Cochran (1954),
Biometrics 10, 101-129 (Q); DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188; Higgins and
Thompson (2002), Statistics in Medicine 21, 1539-1558 (I squared).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from egovstats.errors import EstimateError, nearest
from egovstats.inference.published_interval import normal_quantile, two_sided
from egovstats.results import Effect, HypothesisTest


@dataclass(frozen=True, slots=True)
class PublishedMean:
    """A mean as a publication gives it: with its standard deviation and n."""

    mean: float
    sd: float
    n: float


def welch_from_summary(
    first: PublishedMean, second: PublishedMean, *, conf_level: float = 0.95
) -> HypothesisTest:
    """Welch's t test of ``first - second``, with Cohen's d and Hedges' g in `others`.

    The standardised differences use the pooled standard deviation and come without an interval.
    """
    variances = [each.sd**2 / each.n for each in (first, second)]
    df = sum(variances) ** 2 / (variances[0] ** 2 / (first.n - 1) + variances[1] ** 2 / (second.n - 1))
    difference, std_error = first.mean - second.mean, math.sqrt(sum(variances))
    margin = float(special.stdtrit(df, (1 + conf_level) / 2)) * std_error
    within = (first.n - 1) * first.sd**2 + (second.n - 1) * second.sd**2
    total = first.n + second.n
    d = difference / math.sqrt(within / (total - 2))
    return HypothesisTest(
        test="Welch's t test from means and standard deviations",
        null="both means are the same",
        statistic=difference / std_error,
        distribution="t",
        df=(df,),
        p_value=p_from_statistic("t", difference / std_error, df=(df,)),
        effect=Effect(
            "difference", difference, difference - margin, difference + margin, "score", conf_level, std_error
        ),
        others=tuple(
            Effect(name, value, math.nan, math.nan, "standard deviations", conf_level)
            for name, value in (("Cohen's d", d), ("Hedges' g", d * (1 - 3 / (4 * total - 9))))
        ),
        n=total,
    )


def std_error_from_interval(conf_low: float, conf_high: float, *, conf_level: float = 0.95) -> float:
    """Standard error behind a published interval that was made with the normal quantile."""
    if not conf_low <= conf_high:
        raise EstimateError(f"an interval must rise, got {conf_low!r} to {conf_high!r}. Swap its limits.")
    return (conf_high - conf_low) / (2 * normal_quantile(conf_level))


def difference_of_estimates(
    first: float,
    second: float,
    *,
    std_error1: float,
    std_error2: float,
    correlation: float = 0.0,
    conf_level: float = 0.95,
    unit: str = "",
) -> HypothesisTest:
    """Normal test of ``first - second`` from two published estimates with their standard errors.

    `correlation` is that of the two estimates' errors: 0 for independent samples.
    """
    difference = first - second
    shared = 2 * correlation * std_error1 * std_error2
    std_error = math.sqrt(std_error1**2 + std_error2**2 - shared)
    margin = normal_quantile(conf_level) * std_error
    statistic = difference / std_error
    return HypothesisTest(
        test="z test of two published estimates",
        null="both estimates are of the same value",
        statistic=statistic,
        distribution="normal",
        df=(),
        p_value=two_sided(statistic),
        effect=Effect(
            "difference", difference, difference - margin, difference + margin, unit, conf_level, std_error
        ),
    )


_DF = {"z": 0, "t": 1, "chi2": 1, "r": 1, "F": 2}


def p_from_statistic(test: str, statistic: float, *, df: Sequence[float] = ()) -> float:
    """p-value of a printed statistic: two-sided for z, t and r, upper tail for chi2 and F.

    Raises
    ------
    EstimateError
        An unknown test, or another number of degrees of freedom than it has.

    Examples
    --------
    >>> round(p_from_statistic("t", 2.17, df=[48]), 4)
    0.035
    """
    if test not in _DF:
        raise EstimateError(f"there is no test {test!r} here. {nearest(test, _DF)}")
    if len(df) != _DF[test]:
        raise EstimateError(
            f"{test} has {_DF[test]} degrees of freedom, got {len(df)}. Pass df as a list of that length."
        )
    if test == "r":
        test, statistic = "t", statistic * math.sqrt(df[0] / (1 - statistic**2))
    if test == "z":
        return two_sided(statistic)
    if test == "t":
        return float(2 * special.stdtr(df[0], -abs(statistic)))
    return float(special.chdtrc(df[0], statistic) if test == "chi2" else special.fdtrc(*df, statistic))


@dataclass(frozen=True, slots=True)
class Pooled:
    """Several published estimates taken together.

    Parameters
    ----------
    estimate, std_error : float
    q, df, p_heterogeneity : float
        Cochran's Q, its degrees of freedom and p-value: do the estimates differ by more than their errors?
    i_squared : float
        Share of the variation that is not sampling error.
    tau_squared : float
        Variance between the true values; 0 when they are taken to be one.
    """

    estimate: float
    std_error: float
    q: float
    df: float
    p_heterogeneity: float
    i_squared: float
    tau_squared: float

    @property
    def p_value(self) -> float:
        """Two-sided p-value that the pooled value is zero."""
        return two_sided(self.estimate / self.std_error)


def pool(estimate: np.ndarray, std_error: np.ndarray, *, random: bool = False) -> Pooled:
    """Inverse-variance mean of published estimates, shape (k,) each.

    With `random` the true values may differ (DerSimonian and Laird's variance between them).

    Raises
    ------
    EstimateError
        Fewer than two estimates, or a standard error that is not positive.
    """
    y, error = np.asarray(estimate, dtype=float), np.asarray(std_error, dtype=float)
    if len(y) < 2 or y.shape != error.shape or not (error > 0).all():
        raise EstimateError(
            f"pooling needs two estimates or more, each with a standard error above 0, got {len(y)} and "
            f"{int((error > 0).sum())} such errors. Leave out what has none."
        )
    weight = 1 / error**2
    mean = weight @ y / weight.sum()
    q, df = float(weight @ (y - mean) ** 2), len(y) - 1
    tau_squared = 0.0
    if random:
        tau_squared = max(0.0, (q - df) / (weight.sum() - (weight**2).sum() / weight.sum()))
        weight = 1 / (error**2 + tau_squared)
        mean = weight @ y / weight.sum()
    return Pooled(
        estimate=float(mean),
        std_error=float(1 / np.sqrt(weight.sum())),
        q=q,
        df=float(df),
        p_heterogeneity=float(special.chdtrc(df, q)),
        i_squared=max(0.0, (q - df) / q) if q > 0 else 0.0,
        tau_squared=float(tau_squared),
    )
