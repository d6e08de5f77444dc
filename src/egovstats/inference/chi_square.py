"""Are the answers to two items independent: Pearson's test corrected for the design, and Wald's.

References
----------
Rao and Scott (1981), JASA 76, 221-230; (1984), Annals of Statistics 12, 46-60; Thomas and Rao (1987), JASA
82, 630-636 (how the tests do in small samples); Koch, Freeman and Freeman (1975), International
Statistical Review 43, 59-78.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np
from scipy import special

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.inference.adjust import METHODS as ADJUSTMENTS
from egovstats.inference.adjust import p_adjust
from egovstats.inference.chi_square_result import ChiSquareTest, ChiSquareTests
from egovstats.inference.chi_square_sum import weighted_chi_square_tail
from egovstats.inference.chi_square_table import Table, departures, effect_matrix, two_way
from egovstats.inference.wald import f_tail
from egovstats.results import Effect

STATISTICS = ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint", "wls-score")
_NAMES = {
    "F": "Rao-Scott chi-square test, second order",
    "Chisq": "Rao-Scott chi-square test, first order",
    "Wald": "Wald test of independence",
    "adjWald": "Wald test of independence, adjusted",
    "lincom": "Pearson's test by the exact weighted sum of chi-squares",
    "saddlepoint": "Pearson's test by the saddle point of the weighted sum of chi-squares",
    "wls-score": "score test of independence, scaled as R's survey has it",
}


@overload
def chi_square(  # type: ignore[overload-overlap]
    design: Design,
    rows: str,
    columns: str,
    *,
    statistic: str = ...,
    where: Where = ...,
    denominator: str = ...,
    adjust: str = ...,
    conf_level: float = ...,
) -> ChiSquareTest: ...


@overload
def chi_square(
    design: Design,
    rows: Sequence[str],
    columns: str,
    *,
    statistic: str = ...,
    where: Where = ...,
    denominator: str = ...,
    adjust: str = ...,
    conf_level: float = ...,
) -> ChiSquareTests: ...


def chi_square(
    design: Design,
    rows: str | Sequence[str],
    columns: str,
    *,
    statistic: str = "F",
    where: Where = None,
    denominator: str = "design",
    adjust: str = "holm",
    conf_level: float = 0.95,
) -> ChiSquareTest | ChiSquareTests:
    """Test that answers are spread alike over the columns.

    Parameters
    ----------
    design : Design
    rows : str or sequence of str
        Column of answers; several items make one test each, a family.
    columns : str
        What they are compared over: waves, groups, another item.
    statistic : str
        ``"F"`` (Rao-Scott, second order: X squared over the sum of its weights, as F), ``"Chisq"`` (first
        order), ``"lincom"`` (the exact weighted sum of chi-squares), ``"saddlepoint"`` (its approximation),
        ``"Wald"``, ``"adjWald"`` (both reject too often with few PSUs, the adjusted one less so; ``"F"`` does
        not), or ``"wls-score"`` (only to compare with R).
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.
    denominator : str
        Of ``"lincom"`` and ``"saddlepoint"``: ``"design"`` (the degrees of freedom of F), ``"none"``, or
        ``"whole"`` (cut to a whole number, but divided by the full one; only to compare with R).
    adjust : str
        How p-values of several items are adjusted; as in `p_adjust`.
    conf_level : float
        Of the interval of Cramer's V.

    Returns
    -------
    ChiSquareTest, or ChiSquareTests for several items
        The effect is Cramer's V less what chance adds to it; its interval inverts the noncentral chi-square
        of X squared over its mean weight. Plain V is beside it.

    Raises
    ------
    EstimateError
        A column that is not there, an unknown statistic.

    References
    ----------
    Rao and Scott (1984), Annals of Statistics 12, 46-60; Bergsma (2013), Journal of the Korean Statistical
    Society 42, 323-328 (the correction of V); Smithson (2003), Confidence Intervals, ch. 5 (its interval).
    """
    for word, known, what in (
        (statistic, STATISTICS, "statistic"),
        (denominator, ("design", "none", "whole"), "denominator"),
        (adjust, ADJUSTMENTS, "adjustment"),
    ):
        if word not in known:
            raise EstimateError(f"there is no {what} {word!r}. {nearest(word, known)}")
    several = [rows] if isinstance(rows, str) else list(rows)
    if columns in several or not several:
        raise EstimateError(f"an item cannot be crossed with itself ({columns!r}). Name two columns.")
    domains = check_design(design).domains(columns, where)
    together = design.at_once(domains) if where is None or isinstance(where, str) else 1
    tests = []
    for low in range(0, len(several), together):
        some = several[low : low + together]
        if len(some) > 1:
            design.prepare(domains, some)
        tests += [_test(design, item, columns, statistic, where, denominator, conf_level) for item in some]
    if isinstance(rows, str):
        return tests[0]
    adjusted = p_adjust([test.p_value for test in tests], adjust)
    family = [
        replace(test, p_adjusted=float(p), adjust=adjust) for test, p in zip(tests, adjusted, strict=True)
    ]
    return ChiSquareTests(tuple(family), adjust)


def _test(
    design: Design,
    rows: str,
    columns: str,
    statistic: str,
    where: Where,
    denominator: str,
    conf_level: float,
) -> ChiSquareTest:
    table = two_way(design, rows, columns, where=where)
    facts: dict[str, Any] = {
        "test": _NAMES[statistic],
        "null": f"The answers to {rows} are spread alike over {columns}.",
        "n": table.answered,
        "keys": {"item": rows, "by": columns},
        "sources": design.sources,
    }
    trouble = _trouble(table, statistic, rows, columns)
    if trouble:
        return ChiSquareTest(
            statistic=np.nan, distribution="F", df=(), p_value=np.nan, notes=(trouble,), **facts
        )
    facts |= {
        "pearson": table.contingency * table.respondents,
        "rows": tuple(table.rows),
        "columns": tuple(table.columns),
        "shares": table.share.reshape(table.shape),
        "expected_shares": table.expected.reshape(table.shape),
        "scaled_to": table.respondents,
    }
    if statistic in ("Wald", "adjWald", "wls-score"):
        return _wald(table, statistic, facts)
    return _pearson(table, statistic, denominator, conf_level, facts)


def _trouble(table: Table, statistic: str, rows: str, columns: str) -> str:
    """Why the question cannot be answered; empty if it can."""
    r, c = table.shape
    if r * c == 0:
        return f"nobody answered both {rows} and {columns}"
    if r < 2 or c < 2:
        alone = rows if r < 2 else columns
        return f"everyone in the table has the same answer to {alone}, so there is nothing to compare"
    if table.df <= 0:
        return f"no degrees of freedom: {table.df:g} PSUs more than strata"
    if statistic not in ("Wald", "adjWald", "wls-score"):
        return ""
    beyond = table.df - (table.comparisons if statistic == "Wald" else table.comparisons - 1)
    if statistic == "wls-score":
        beyond = table.df + 2 - r - c
    if beyond < (0 if statistic == "Wald" else 1):
        return (
            f"{table.comparisons} comparisons are too many for {table.df:g} degrees of freedom; "
            "statistic='F' needs fewer"
        )
    return ""


def _pearson(
    table: Table, statistic: str, denominator: str, conf_level: float, facts: dict[str, Any]
) -> ChiSquareTest:
    effects = effect_matrix(table)
    trace, squares = float(np.trace(effects)), float((effects * effects.T).sum())
    q = table.comparisons
    if not trace > 0:
        note = "no variance: the PSUs of each stratum have the same table"
        return ChiSquareTest(
            statistic=np.nan, distribution="F", df=(), p_value=np.nan, notes=(note,), **facts
        )
    df = trace**2 / squares
    x = facts["pearson"]
    facts |= _association(table, x, trace / q, conf_level)
    if statistic == "F":
        ddf = df * table.df
        value = x / trace
        return ChiSquareTest(
            statistic=value,
            distribution="F",
            df=(df, ddf),
            p_value=f_tail(value, df, ddf),
            scale=trace,
            **facts,
        )
    if statistic == "Chisq":
        value = x * q / trace
        p_value = float(special.chdtrc(q, value))
        return ChiSquareTest(
            statistic=value, distribution="chi2", df=(float(q),), p_value=p_value, scale=trace / q, **facts
        )
    weights = np.sort(np.linalg.eigvals(effects).real)[::-1]
    ddf = np.inf if denominator == "none" else df * table.df
    counted = np.floor(ddf) if denominator == "whole" else ddf
    p_value = weighted_chi_square_tail(
        x if np.isinf(ddf) else x * counted / ddf,
        np.maximum(weights, 0),
        ddf=counted,
        method="exact" if statistic == "lincom" else "saddlepoint",
    )
    return ChiSquareTest(
        statistic=x,
        distribution="weighted chi2",
        df=() if np.isinf(ddf) else (ddf,),
        p_value=p_value,
        scale=1.0,
        weights=tuple(weights.tolist()),
        **facts,
    )


def _wald(table: Table, statistic: str, facts: dict[str, Any]) -> ChiSquareTest:
    gap, cov = departures(table)
    q, nu = table.comparisons, table.df
    size = np.sqrt(np.diag(cov))
    scaled = cov / np.outer(size, size) if (size > 0).all() else cov
    if (size <= 0).any() or np.linalg.matrix_rank(scaled, hermitian=True) < q:
        note = "the departures from independence have no full-rank covariance; statistic='F' does without"
        return ChiSquareTest(
            statistic=np.nan, distribution="F", df=(), p_value=np.nan, notes=(note,), **facts
        )
    form = float((gap / size) @ np.linalg.solve(scaled, gap / size))
    notes: tuple[str, ...] = ()
    if statistic == "Wald":
        value, ddf = form / q, nu
    elif statistic == "adjWald":
        ddf = nu - q + 1
        value = form * ddf / (q * nu)
    else:
        r, c = table.shape
        value, ddf = form / r**2, nu + 2 - r - c
        notes = (
            "R divides the quadratic form by the squared number of rows, not by its degrees of freedom; "
            "use 'adjWald' for a test that holds its level",
        )
    return ChiSquareTest(
        statistic=value,
        distribution="F",
        df=(float(q), float(ddf)),
        p_value=f_tail(value, q, ddf),
        notes=notes,
        **facts,
    )


def _association(table: Table, x: float, effect: float, conf_level: float) -> dict[str, Any]:
    """Cramer's V with its correction and interval, from X squared over its mean weight."""
    q, n = table.comparisons, table.respondents
    most = n * min(len(table.rows) - 1, len(table.columns) - 1)
    corrected = x / effect
    tail = (1 - conf_level) / 2
    excess = np.array([max(corrected - q, 0.0), *_noncentral(corrected, q, (1 - tail, tail))])
    value, low, high = np.minimum(np.sqrt(excess * effect / most), 1.0)
    plain = Effect(
        "Cramer's V, uncorrected",
        float(np.sqrt(x / most)),
        float("nan"),
        float("nan"),
        "association 0-1",
        conf_level,
    )
    return {
        "effect": Effect("Cramer's V", float(value), float(low), float(high), "association 0-1", conf_level),
        "others": (plain,),
    }


def _noncentral(x: float, q: int, probabilities: tuple[float, float]) -> list[float]:
    """Noncentralities under which x is at the given quantiles; 0 where even none is too many."""
    found = []
    for p in probabilities:
        if special.chdtr(q, x) <= p:
            found.append(0.0)
        else:
            value = float(special.chndtrinc(x, q, p))
            found.append(value if np.isfinite(value) else x)
    return found
