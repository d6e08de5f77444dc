"""Agreement of two or more codings of the same units: Cohen's and Fleiss's kappa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.results import Effect, Estimates, HypothesisTest
from egovstats.scales.ratings import category_codes, rating_matrix
from egovstats.variance.smooth import smooth_by_domain

WEIGHTS = ("none", "linear", "quadratic")


def agreement_weights(categories: int, weights: str) -> np.ndarray:
    """How much of an agreement each pair of categories is, shape (m, m): 1 on the diagonal.

    ``"none"``: 0 elsewhere; ``"linear"``: 1 - |i - j| / (m - 1); ``"quadratic"``: 1 - (i - j)^2 / (m - 1)^2.
    """
    if weights not in WEIGHTS:
        raise EstimateError(f"there are no weights {weights!r}. {nearest(weights, WEIGHTS)}")
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / (categories - 1)
    distance = {"none": apart > 0, "linear": apart, "quadratic": apart**2}[weights]
    return np.asarray(1 - distance, dtype=float)


def _kappa(cells: np.ndarray, agree: np.ndarray) -> np.ndarray:
    """Kappa, shape (..., 1), from the people in each cell, shape (..., m * m)."""
    m = len(agree)
    share = cells.reshape(*cells.shape[:-1], m, m)
    share = share / share.sum(axis=(-2, -1), keepdims=True)
    rows, columns = share.sum(axis=-1), share.sum(axis=-2)
    observed = (share * agree).sum(axis=(-2, -1))
    expected = (rows[..., :, None] * columns[..., None, :] * agree).sum(axis=(-2, -1))
    return np.asarray(((observed - expected) / (1 - expected))[..., None])


def cohen_kappa(
    design: Design,
    first: str,
    second: str,
    *,
    weights: str = "none",
    categories: Sequence[Any] | None = None,
    by: str | Sequence[str] | None = None,
    where: Where = None,
) -> Estimates:
    """Cohen's kappa of two codings in the population, with design-based standard errors.

    Parameters
    ----------
    design : Design
    first, second : str
        Columns with the same categories; people with both count.
    weights : str
        ``"none"``, ``"linear"`` or ``"quadratic"``: how near misses count.
    categories : sequence, optional
        All categories in their order; by default those that occur, sorted.
    by, where
        As in `mean`.

    Returns
    -------
    Estimates
        One kappa a domain; intervals symmetric on log(1 - kappa).

    Raises
    ------
    EstimateError
        Fewer than two categories, unknown weights, a category that is not listed.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46; Cohen (1968), Psychological Bulletin
    70, 213-220 (weights); the standard error is that of a function of weighted totals.
    """
    domains = check_design(design).domains(by, where)
    frame = design.frame
    missing = [name for name in (first, second) if name not in frame]
    if missing:
        raise EstimateError(f"there is no column {missing[0]!r}. {nearest(missing[0], frame.columns)}")
    codes, levels = category_codes(frame[[first, second]].to_numpy(dtype=object), categories)
    agree = agreement_weights(len(levels), weights)
    both = np.asarray((codes > 0).all(axis=1))
    joint = np.where(both, (codes[:, 0] - 1) * len(levels) + codes[:, 1], 0)
    kind = np.uint8 if len(levels) < 16 else np.uint16
    totals = design.code_totals(domains, joint.astype(kind), len(levels) ** 2)
    estimate, covariance = smooth_by_domain(totals, lambda cells: _kappa(cells, agree))
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [f"{first}, {second}"]}),
        estimate=estimate,
        n=design.counts(domains, both)[:, None],
        population=totals.value.sum(axis=1, keepdims=True),
        var_srs=None,
        statistic="kappa",
        unit="coefficient",
        interval="bonett",
    )


def kappa_of_table(
    table: np.ndarray | pd.DataFrame, *, weights: str = "none", conf_level: float = 0.95
) -> Effect:
    """Cohen's kappa of a table of counts, with its large-sample standard error (a simple random sample).

    Parameters
    ----------
    table : array_like, shape (m, m)
        Counts: rows are the first coding's categories, columns the second's, in the same order.
    weights : str
        As in `cohen_kappa`.
    conf_level : float

    Returns
    -------
    Effect
        With a normal interval.

    Raises
    ------
    EstimateError
        A table that is not square, has negative counts or one category alone.

    References
    ----------
    Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72, 323-327, equation 8 and 13.

    Examples
    --------
    >>> found = kappa_of_table([[20, 5], [10, 15]])
    >>> round(found.estimate, 3), round(found.std_error, 3)
    (0.4, 0.127)
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2 or (counts < 0).any():
        raise EstimateError(
            f"kappa needs a square table of counts with two categories or more, got shape {counts.shape}. "
            "Give both codings the same categories, those that one never used with counts of 0."
        )
    n = counts.sum()
    agree, share = agreement_weights(len(counts), weights), counts / n if n else counts
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float((share * agree).sum()), float((np.outer(rows, columns) * agree).sum())
    if not n or expected == 1:
        raise EstimateError("everyone is in one category, so there is no agreement beyond chance to measure.")
    kappa = (observed - expected) / (1 - expected)
    mean = (agree @ columns)[:, None] + (rows @ agree)[None, :]
    inner = float((share * (agree - mean * (1 - kappa)) ** 2).sum())
    variance = (inner - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    std_error = float(np.sqrt(max(variance, 0.0)))
    margin = float(special.ndtri((1 + conf_level) / 2)) * std_error
    return Effect("kappa", kappa, kappa - margin, kappa + margin, "coefficient", conf_level, std_error)


def fleiss_kappa(ratings: pd.DataFrame) -> HypothesisTest:
    """Fleiss's kappa of three or more raters, tested against agreement by chance.

    Parameters
    ----------
    ratings : pd.DataFrame, shape (units, raters)
        Categories; units without all ratings are left out.

    Returns
    -------
    HypothesisTest
        The effect is kappa, its standard error that under chance; a normal test. Observed and expected
        agreement stand among `others`.

    Raises
    ------
    EstimateError
        Fewer than two raters, two complete units or two categories.

    References
    ----------
    Fleiss (1971), Psychological Bulletin 76, 378-382; Fleiss, Nee and Landis (1979), Psychological Bulletin
    86, 974-977 (the standard error under chance).
    """
    values = rating_matrix(ratings)
    complete = values[~pd.isna(values).any(axis=1)]
    if len(complete) < 2:
        raise EstimateError(
            f"{len(complete)} units have all {values.shape[1]} ratings, and two are needed. "
            "krippendorff_alpha() takes units with missing ratings."
        )
    codes, levels = category_codes(complete, None)
    units, raters = codes.shape
    counts = np.stack([(codes == at + 1).sum(axis=1) for at in range(len(levels))], axis=1)
    share = counts.sum(axis=0) / (units * raters)
    observed = float(((counts**2).sum() - units * raters) / (units * raters * (raters - 1)))
    expected = float((share**2).sum())
    kappa = (observed - expected) / (1 - expected)
    spread = share * (1 - share)
    variance = 2 * (spread.sum() ** 2 - (spread * (1 - 2 * share)).sum())
    std_error = float(np.sqrt(variance / (units * raters * (raters - 1))) / spread.sum())
    z = kappa / std_error
    margin = float(special.ndtri(0.975)) * std_error
    return HypothesisTest(
        test="Fleiss's kappa",
        null="The raters agree by chance alone.",
        statistic=z,
        distribution="normal",
        df=(),
        p_value=float(2 * special.ndtr(-abs(z))),
        effect=Effect("kappa", kappa, kappa - margin, kappa + margin, "coefficient", 0.95, std_error),
        others=tuple(
            Effect(name, value, np.nan, np.nan, "share")
            for name, value in (("observed agreement", observed), ("agreement by chance", expected))
        ),
        n=float(units),
        notes=("the standard error, and so the width of the interval, is that under agreement by chance",),
    )
