"""t tests of means: against a value, of two items, of two groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate.wording import less
from egovstats.inference.group_means import GroupMeans, answering, group_means
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest


def t_test(
    design: Design,
    item: str,
    *,
    by: str | None = None,
    paired: str | None = None,
    value: float = 0.0,
    where: Where = None,
    df: float | None = None,
    conf_level: float = 0.95,
) -> HypothesisTest:
    """Design-based t test of a mean.

    Parameters
    ----------
    design : Design
    item : str
        Column of numbers.
    by : str, optional
        Column with two groups; the second's mean less the first's is tested against `value`.
    paired : str, optional
        Another column of numbers of the same people; the mean of item less paired is tested.
    value : float
        Mean, or difference, under the null hypothesis.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.
    df : float, optional
        Degrees of freedom; PSUs minus strata minus 1 where left out (the convention of R's survey, for one
        sample, too), counted among PSUs with an answer.
    conf_level : float
        Of the interval.

    Returns
    -------
    HypothesisTest
        Two-sided. Beside the difference stands Cohen's d, over the standard deviation of respondents.

    Raises
    ------
    EstimateError
        Not two groups, `by` together with `paired`, a column that holds no numbers.

    References
    ----------
    Lumley (2010), Complex Surveys, section 5.1; Cohen (1988), Statistical Power Analysis, ch. 2.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 5.0, 6.0, 7.0], "g": list("aaabbb")})
    >>> round(t_test(Design(frame), "y", by="g").effect.estimate, 3)
    4.0
    """
    if by is not None and paired is not None:
        raise EstimateError("by= compares groups and paired= compares items. Pass one of them.")
    y, answered = check_design(design).values(item)
    if paired is not None:
        other, has_other = design.values(paired)
        y, answered = y - other, answered & has_other
    means = group_means(design, y, answering(design, answered, by, where), by)
    if by is not None and len(means.groups) != 2:
        shown = ", ".join(repr(str(group)) for group in means.groups[:6])
        raise EstimateError(
            f"a t test compares two groups, and {by!r} has {len(means.groups)} here ({shown}). "
            "Keep two by where=, or compare all with rank_test() or a model."
        )
    sign = np.array([1.0]) if by is None else np.array([-1.0, 1.0])
    degrees = means.df - 1 if df is None else float(df)
    return _test(design, means, sign, value, degrees, conf_level, _words(item, by, paired, value, means))


def _words(item: str, by: str | None, paired: str | None, value: float, means: GroupMeans) -> dict[str, Any]:
    """Names of the test, its null hypothesis and its effect."""
    if by is not None:
        first, second = means.groups
        gap = "" if value == 0 else f" but for {value:g}"
        return {
            "test": "design-based t test of two groups",
            "null": f"The mean of {item} is the same for {by} {first} and {second}{gap}.",
            "effect": "difference in means",
            "keys": {"item": item, f"{by}_from": first, f"{by}_to": second},
        }
    if paired is not None:
        return {
            "test": "design-based paired t test",
            "null": f"The mean of {item} less {paired} is {value:g}.",
            "effect": "mean difference",
            "keys": {"item": less(item, paired)},
        }
    return {
        "test": "design-based one-sample t test",
        "null": f"The mean of {item} is {value:g}.",
        "effect": "mean",
        "keys": {"item": item},
    }


def _test(
    design: Design,
    means: GroupMeans,
    sign: np.ndarray,
    value: float,
    df: float,
    conf_level: float,
    words: dict[str, Any],
) -> HypothesisTest:
    estimate = float(sign @ means.mean)
    variance = float(sign @ means.cov @ sign)
    size = float(np.abs(means.mean).max())
    known = df > 0 and np.isfinite(variance) and variance > 1e-20 * max(size, 1e-300) ** 2
    std_error = float(np.sqrt(variance)) if known else float("nan")
    statistic = (estimate - value) / std_error
    margin = float(t_quantile(np.array(df), conf_level)) * std_error
    unit = design.unit(str(words["keys"]["item"]))
    low, high = estimate - margin, estimate + margin
    deviation = float(np.sqrt(_pooled(means)))
    standardised: tuple[Effect, ...] = ()
    if deviation > 0 and known:
        d, d_low, d_high = ((each - value) / deviation for each in (estimate, low, high))
        d_unit = "standard deviations"
        standardised = (Effect("Cohen's d", d, d_low, d_high, d_unit, conf_level, std_error / deviation),)
    return HypothesisTest(
        test=words["test"],
        null=words["null"],
        statistic=statistic,
        distribution="t",
        df=(df,),
        p_value=_two_sided(statistic, df) if known else float("nan"),
        effect=Effect(words["effect"], estimate, low, high, unit, conf_level, std_error),
        others=standardised,
        n=float(means.n.sum()),
        keys=words["keys"],
        sources=design.sources,
        notes=means.notes if known else (*means.notes, _why_unknown(df)),
    )


def _two_sided(statistic: float, df: float) -> float:
    tail = special.ndtr(-abs(statistic)) if np.isinf(df) else special.stdtr(df, -abs(statistic))
    return float(2 * tail)


def _pooled(means: GroupMeans) -> float:
    """Variance of respondents within groups."""
    free = means.n - 1
    return float((free * means.spread).sum() / free.sum()) if (free > 0).all() else float("nan")


def _why_unknown(df: float) -> str:
    if df <= 0:
        return f"no degrees of freedom ({df:g}): the PSUs with an answer are too few"
    return "no variance: the weighted totals of all PSUs of a stratum are alike"
