"""Ratios of two totals, by domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains, Where
from egovstats.estimate.assemble import assemble, item_names, keys_of
from egovstats.results import Estimates
from egovstats.variance import sum_columns


def ratio(
    design: Design,
    numerator: str | Sequence[str],
    denominator: str,
    *,
    by: str | Sequence[str] | None = None,
    where: Where = None,
) -> Estimates:
    """Estimated total of one item over that of another.

    Parameters
    ----------
    design : Design
    numerator : str or sequence of str
        Columns of numbers; several share one joint covariance.
    denominator : str
        Column of numbers. The base of each ratio is those who have both.
    by, where
        As in `mean`.

    Returns
    -------
    Estimates
        Domain by domain, ratios within.

    Raises
    ------
    EstimateError
        A column that is not there or holds no numbers.

    References
    ----------
    Saerndal, Swensson and Wretman (1992), result 5.6.2: linearised value w (y - R x) / sum(w x).
    """
    domains = check_design(design).domains(by, where)
    names = item_names(numerator)
    found = [_one(design, name, denominator, domains) for name in names]
    return assemble(
        design,
        domains,
        np.column_stack([each[0] for each in found]),
        keys=keys_of(domains, {"item": [f"{name}/{denominator}" for name in names]}),
        estimate=np.column_stack([each[1] for each in found]),
        n=np.column_stack([each[2] for each in found]),
        population=np.column_stack([each[3] for each in found]),
        var_srs=np.column_stack([each[4] for each in found]),
        statistic="ratio",
        unit=f"{' or '.join(names)} per {denominator}",
    )


def _one(design: Design, numerator: str, denominator: str, domains: Domains) -> tuple[np.ndarray, ...]:
    """Scores by cell, then estimate, n, population and simple-random variance by domain."""
    y, has_y = design.values(numerator)
    x, has_x = design.values(denominator)
    both = has_y & has_x
    weight = np.where(both, design.weight, 0.0)
    cells = domains.cells
    counted = (both & (design.weight > 0)).astype(float)
    sums = sum_columns(cells.index, [weight * y, weight * x, weight, counted], len(cells))
    top, bottom, population, n = cells.by_domain(sums).T
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = np.where(bottom != 0, top / bottom, np.nan)
        scores = (sums[:, 0] - estimate[cells.domain] * sums[:, 1]) / bottom[cells.domain]
        # Residuals have weighted mean 0 by construction, so their variance is the mean square.
        residual = y - (estimate[domains.code] if domains.code is not None else estimate[0]) * x
        square = cells.by_domain(sum_columns(cells.index, [weight * residual**2], len(cells)))[:, 0]
        var_srs = square / population / (n - 1) * (population / bottom) ** 2
    return scores, estimate, n, population, var_srs
