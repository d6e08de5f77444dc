"""Does an item have given shares: Pearson's test corrected for the design.

References
----------
Rao and Scott (1981), JASA 76, 221-230, section 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.inference.chi_square_result import ChiSquareTest
from egovstats.inference.chi_square_sum import moments_match, weighted_chi_square_tail
from egovstats.inference.wald import f_tail
from egovstats.variance.smooth import smooth

STATISTICS = ("F", "satterthwaite", "lincom", "saddlepoint")


def goodness_of_fit(
    design: Design,
    item: str,
    shares: Mapping[Any, float] | Sequence[float],
    *,
    statistic: str = "F",
    where: Where = None,
) -> ChiSquareTest:
    """Test that the answers to an item have given shares in the population.

    Parameters
    ----------
    design : Design
    item : str
        Column of answers.
    shares : mapping or sequence of float
        Share of each answer (in the item's order, if a sequence); brought to add up to 1.
    statistic : str
        ``"F"`` (second order, with the design's degrees of freedom), ``"satterthwaite"`` (the same without
        them), ``"lincom"`` (exact weighted sum of chi-squares) or ``"saddlepoint"``.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.

    Returns
    -------
    ChiSquareTest
        `pearson` is X squared of the table of people, `scale` what it is divided by.

    Raises
    ------
    EstimateError
        Shares that do not fit the answers, or are not above 0.

    References
    ----------
    Rao and Scott (1981), JASA 76, 221-230.
    """
    if statistic not in STATISTICS:
        raise EstimateError(f"there is no statistic {statistic!r}. {nearest(statistic, STATISTICS)}")
    domains = check_design(design).domains(None, where)
    totals, answers = design.answer_totals(domains, item)
    p = _given(item, shares, answers)

    def departures(people: np.ndarray) -> np.ndarray:
        expected = people.sum(axis=-1, keepdims=True) * p
        return ((people - expected) / np.sqrt(expected))[..., 0, :]

    gap, covariance = smooth(totals, departures, linear=True)
    people = totals.value[0]
    weights = np.linalg.eigvalsh(covariance.matrix) if np.isfinite(gap).all() else np.zeros(1)
    weights = np.maximum(weights[::-1], 0.0)
    df = float(domains.df[0])
    facts: dict[str, Any] = {
        "test": "Rao-Scott goodness-of-fit test",
        "null": f"The answers to {item} have the given shares.",
        "n": float(np.count_nonzero(design.codes(item)[0][_inside(design, domains.code)])),
        "keys": {"item": item},
        "sources": design.sources,
        "pearson": float((gap**2).sum()),
        "weights": tuple(weights.tolist()),
        "rows": (item,),
        "columns": tuple(answers),
        "shares": (people / people.sum() if people.sum() else people)[None, :],
        "expected_shares": p[None, :],
        "scaled_to": float(people.sum()),
    }
    if not weights[0] > 0 or df <= 0:
        note = "no variance: the PSUs of each stratum are alike" if df > 0 else "no degrees of freedom"
        return ChiSquareTest(
            statistic=np.nan, distribution="F", df=(), p_value=np.nan, notes=(note,), **facts
        )
    return _referred(statistic, weights, df, facts)


def _inside(design: Design, code: np.ndarray | None) -> np.ndarray:
    return np.ones(len(design), bool) if code is None else code >= 0


def _referred(statistic: str, weights: np.ndarray, df: float, facts: dict[str, Any]) -> ChiSquareTest:
    """X squared against the distribution asked for."""
    x = facts["pearson"]
    scale, matched = moments_match(weights)
    if statistic == "F":
        value, ddf = x / weights.sum(), matched * df
        return ChiSquareTest(
            statistic=value,
            distribution="F",
            df=(matched, ddf),
            p_value=f_tail(value, matched, ddf),
            scale=float(weights.sum()),
            **facts,
        )
    method = {"lincom": "exact"}.get(statistic, statistic)
    p_value = weighted_chi_square_tail(x, weights, method=method)
    if statistic == "satterthwaite":
        return ChiSquareTest(
            statistic=x / scale, distribution="chi2", df=(matched,), p_value=p_value, scale=scale, **facts
        )
    return ChiSquareTest(
        statistic=x, distribution="weighted chi2", df=(), p_value=p_value, scale=1.0, **facts
    )


def _given(item: str, shares: Mapping[Any, float] | Sequence[float], answers: list[Any]) -> np.ndarray:
    """Shares in the order of the answers, adding up to 1."""
    if isinstance(shares, Mapping):
        strange = [answer for answer in shares if answer not in answers]
        missing = [answer for answer in answers if answer not in shares]
        if strange or missing:
            what = f"names {strange[0]!r}, which is none" if strange else f"leaves out {missing[0]!r}"
            raise EstimateError(f"shares {what} of the answers to {item!r} ({answers}). Give each a share.")
        values = np.array([float(shares[answer]) for answer in answers])
    else:
        values = np.asarray(list(shares), dtype=float)
        if len(values) != len(answers):
            raise EstimateError(
                f"{len(values)} shares for the {len(answers)} answers to {item!r} ({answers}). Give each one."
            )
    if not (np.isfinite(values) & (values > 0)).all():
        raise EstimateError(f"shares of {item!r} must be above 0, got {values.min():g}. Join rare answers.")
    return values / values.sum()
