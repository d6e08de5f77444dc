"""Means of numbers, by domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.estimate.assemble import assemble, item_names, keys_of
from egovstats.estimate.moments import moments
from egovstats.results import Estimates


def mean(
    design: Design, item: str | Sequence[str], *, by: str | Sequence[str] | None = None, where: Where = None
) -> Estimates:
    """Weighted mean of the answers.

    Parameters
    ----------
    design : Design
    item : str or sequence of str
        Columns of numbers. Several items share one joint covariance; each has its own base.
    by : str or sequence of str, optional
        Split by these columns.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.

    Returns
    -------
    Estimates
        Domain by domain, items within; in the item's own unit. Degrees of freedom: PSUs minus strata
        in the domain.

    Raises
    ------
    EstimateError
        A column that is not there or holds no numbers.

    References
    ----------
    Woodruff (1971), JASA 66, 411-414: linearised value w (y - mean) / sum(w).
    """
    domains = check_design(design).domains(by, where)
    names = item_names(item)
    found = moments(design, names, domains)
    offset, covariance = found.totals.covariance(found.first, found.base)
    with np.errstate(invalid="ignore", divide="ignore"):
        var_srs = found.element_variance / found.n
    return assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"item": list(names)}),
        estimate=found.centre + offset,
        n=found.n,
        population=found.population,
        var_srs=var_srs,
        statistic="mean",
        unit=design.unit(names[0]) if len(names) == 1 else "own unit of each item",
    )
