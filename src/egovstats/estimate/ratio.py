"""Ratios of two totals, by domain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.terms import Term
from egovstats.design.where import Where
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
    pairs = [(name, denominator) for name in names]
    about = design.centres([*names, denominator])
    centres = [(cy, about[-1]) for cy in about[:-1]]
    totals, products = design.term_totals(
        domains,
        [term for y, x in pairs for term in _terms(y, x)],
        [term for pair, centre in zip(pairs, centres, strict=True) for term in _products(pair, centre)],
    )
    q = len(names)
    estimate, covariance = totals.covariance(range(0, 3 * q, 3), range(1, 3 * q, 3))
    n = np.column_stack([design.base_counts(domains, pair) for pair in pairs])
    bottom, population = totals.value[:, 1::3], totals.value[:, 2::3]
    with np.errstate(invalid="ignore", divide="ignore"):
        # Residuals have weighted mean 0 by construction, so their variance is the mean square.
        square = np.column_stack(
            [
                _residual_square(products[:, 6 * at : 6 * at + 6], *centres[at], estimate[:, at])
                for at in range(q)
            ]
        )
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


def _terms(numerator: str, denominator: str) -> tuple[Term, Term, Term]:
    """Top, bottom and people of a ratio, among those who have both."""
    both = (numerator, denominator)
    return Term(both, ((numerator, 0.0),)), Term(both, ((denominator, 0.0),)), Term(both)


def _products(pair: tuple[str, str], centre: tuple[float, float]) -> list[Term]:
    """First and second moments of both about their centres, and people, among those who have both."""
    y, x = zip(pair, centre, strict=True)
    return [Term(pair, each) for each in ((), (y,), (x,), (y, y), (y, x), (x, x))]


def _residual_square(products: np.ndarray, cy: float, cx: float, ratio: np.ndarray) -> np.ndarray:
    """Weighted sum of (y - R x) squared, shape (G,), from moments about the centres."""
    one, sy, sx, syy, syx, sxx = products.T
    offset = cy - ratio * cx
    return np.maximum(
        syy - 2 * ratio * syx + ratio**2 * sxx + 2 * offset * (sy - ratio * sx) + offset**2 * one, 0.0
    )
