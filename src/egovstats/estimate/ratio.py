"""Ratios of two totals, by domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where
from egovstats.estimate.assemble import assemble, item_names, keys_of
from egovstats.results import Estimates


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
    pairs = [_both(design, name, denominator) for name in names]
    totals = design.totals(domains, [each for y, x, both in pairs for each in (y, x, both.astype(float))])
    q = len(names)
    estimate, covariance = totals.covariance(range(0, 3 * q, 3), range(1, 3 * q, 3))
    n = np.column_stack([design.counts(domains, both) for _, _, both in pairs])
    bottom, population = totals.value[:, 1::3], totals.value[:, 2::3]
    with np.errstate(invalid="ignore", divide="ignore"):
        # Residuals have weighted mean 0 by construction, so their variance is the mean square.
        at = 0 if domains.code is None else domains.code
        squares = [(y - estimate[at, j] * x) ** 2 for j, (y, x, _) in enumerate(pairs)]
        square = design.totals(domains, [np.nan_to_num(each) for each in squares]).value
        var_srs = square / population / (n - 1) * (population / bottom) ** 2
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": [f"{name}/{denominator}" for name in names]}),
        estimate=estimate,
        n=n,
        population=population,
        var_srs=var_srs,
        statistic="ratio",
        unit=f"{' or '.join(names)} per {denominator}",
    )


def _both(design: Design, numerator: str, denominator: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both items and who has both, shape (n,) each; 0 for those who lack one."""
    y, has_y = design.values(numerator)
    x, has_x = design.values(denominator)
    both = has_y & has_x
    return np.where(both, y, 0.0), np.where(both, x, 0.0), both
