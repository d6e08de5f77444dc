"""How well items that are added up hang together: Cronbach's alpha and its relatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate.assemble import assemble, keys_of
from egovstats.estimate.products import Products, bessel
from egovstats.results import Estimates
from egovstats.scales.items import item_products, scale_items
from egovstats.variance.smooth import smooth_by_domain

COEFFICIENTS = ("alpha", "standardised alpha", "lambda 6", "average r")


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Reliability of a scale, by domain.

    Parameters
    ----------
    coefficients : Estimates
        Four rows a domain, key ``coefficient``: ``alpha``, ``standardised alpha`` (of items brought to one
        variance), ``lambda 6`` (Guttman's, from squared multiple correlations), ``average r``. Standard
        errors by the design; intervals symmetric on log(1 - x).
    items : pd.DataFrame
        One row an item and domain: ``mean``, ``std_dev``, ``item_total_r`` (with the sum of all items),
        ``item_rest_r`` (with the sum of the others), ``alpha_if_dropped``, ``standardised_alpha_if_dropped``.
    scale : pd.DataFrame
        One row a domain: ``n`` who answered all items, ``mean`` and ``std_dev`` of the mean of the items,
        ``median_r``.
    reversed : tuple of str
        Items that were turned round.
    """

    coefficients: Estimates
    items: pd.DataFrame
    scale: pd.DataFrame
    reversed: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.coefficients.synthetic

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done about the data, and items that point the other way."""
        against = self.items.loc[self.items["item_rest_r"] < 0, "item"].unique()
        turned = (f"reversed: {', '.join(self.reversed)}",) if self.reversed else ()
        asked = tuple(f"{item} goes against the others: is it to be reversed?" for item in against)
        return (*self.coefficients.notes, *turned, *asked)

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a coefficient, in the project's column names."""
        return self.coefficients.to_frame(conf_level=conf_level)


def alpha(
    design: Design,
    items: Sequence[str],
    *,
    reverse: Sequence[str] = (),
    ends: tuple[float, float] | None = None,
    by: str | Sequence[str] | None = None,
    where: Where = None,
) -> Reliability:
    """Cronbach's alpha of a scale, with design-based standard errors.

    Parameters
    ----------
    design : Design
        Of any kind; weights, strata, PSUs and replicate weights count. ``Design(frame)`` is a simple sample.
    items : sequence of str
        Two or more columns of numbers; people who answered all of them count.
    reverse : sequence of str
        Items to turn round first.
    ends : tuple of float, optional
        Lowest and highest possible answer of the items in `reverse`; by default from their description.
    by, where
        As in `mean`: alpha by wave shows whether an index is as reliable in one wave as in another.

    Returns
    -------
    Reliability

    Raises
    ------
    EstimateError
        Fewer than two items, an item in words, nobody answered all of them, everyone answered alike.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334; Guttman (1945), Psychometrika 10, 255-282 (lambda 6). The
    standard error is that of a function of weighted totals (Saerndal, Swensson and Wretman, 1992, 5.5).

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3, 4, 4], "b": [1, 3, 3, 4, 5], "c": [2, 2, 3, 5, 4]})
    >>> round(float(alpha(Design(frame), ["a", "b", "c"]).coefficients.estimate[0]), 3)
    0.947
    """
    domains = check_design(design).domains(by, where)
    names = scale_items(items)
    found = item_products(design, names, domains, reverse=reverse, ends=ends)
    estimate, covariance = smooth_by_domain(found.totals, lambda totals: _coefficients(found.matrix(totals)))
    count = (len(domains), len(COEFFICIENTS))
    coefficients = assemble(
        design,
        domains,
        covariance,
        keys=keys_of(domains, {"coefficient": list(COEFFICIENTS)}),
        estimate=estimate,
        n=np.broadcast_to(found.n[:, None], count),
        population=np.broadcast_to(found.totals.value[:, :1], count),
        var_srs=None,
        statistic="reliability",
        unit="coefficient",
        interval="bonett",
    )
    return Reliability(coefficients, _items(found, domains), _scale(found, domains), tuple(reverse))


def _alpha(C: np.ndarray) -> np.ndarray:
    """k / (k - 1) times one minus the items' variances over that of their sum; C has shape (..., k, k)."""
    k = C.shape[-1]
    alone = np.trace(C, axis1=-2, axis2=-1)
    return k / (k - 1) * (1 - alone / C.sum(axis=(-2, -1)))


def correlations(C: np.ndarray) -> np.ndarray:
    """Covariance matrices (..., k, k) as correlations."""
    spread = np.sqrt(np.diagonal(C, axis1=-2, axis2=-1))
    return C / (spread[..., :, None] * spread[..., None, :])


def squared_multiple_correlations(R: np.ndarray) -> np.ndarray:
    """R squared of each variable on all others, shape (..., k), from correlations (..., k, k)."""
    return 1 - 1 / np.diagonal(np.linalg.inv(R), axis1=-2, axis2=-1)


def _coefficients(C: np.ndarray) -> np.ndarray:
    """The four coefficients, shape (..., 4)."""
    R = correlations(C)
    k = C.shape[-1]
    unique = (1 - squared_multiple_correlations(R)).sum(axis=-1)
    whole = R.sum(axis=(-2, -1))
    average = (whole - k) / (k * (k - 1))
    return np.stack([_alpha(C), _alpha(R), 1 - unique / whole, average], axis=-1)


def _items(found: Products, domains: Domains) -> pd.DataFrame:
    value = found.totals.value
    C, k = found.matrix(value), len(found.names)
    R = correlations(C)
    spread = np.sqrt(np.diagonal(C, axis1=-2, axis2=-1))
    with_all = C.sum(axis=-1)
    rest = C.sum(axis=(-2, -1))[:, None] - 2 * with_all + spread**2
    without = [np.delete(np.arange(k), at) for at in range(k)]
    columns = {
        "mean": found.means(value),
        "std_dev": spread * np.sqrt(bessel(found.n))[:, None],
        "item_total_r": with_all / (spread * np.sqrt(C.sum(axis=(-2, -1)))[:, None]),
        "item_rest_r": (with_all - spread**2) / (spread * np.sqrt(rest)),
    }
    if k > 2:
        for name, M in (("alpha_if_dropped", C), ("standardised_alpha_if_dropped", R)):
            columns[name] = np.stack([_alpha(M[:, left][:, :, left]) for left in without], axis=-1)
    keys = keys_of(domains, {"item": list(found.names)})
    return keys.assign(**{name: values.ravel() for name, values in columns.items()})


def _scale(found: Products, domains: Domains) -> pd.DataFrame:
    value = found.totals.value
    C, k = found.matrix(value), len(found.names)
    off = correlations(C)[:, *np.triu_indices(k, 1)]
    return domains.keys.reset_index(drop=True).assign(
        n=found.n,
        mean=found.means(value).mean(axis=-1),
        std_dev=np.sqrt(C.sum(axis=(-2, -1)) * bessel(found.n)) / k,
        median_r=np.median(off, axis=-1),
    )


def alpha_interval(
    coefficient: float, n: int, items: int, *, conf_level: float = 0.95
) -> tuple[float, float]:
    """Interval of a printed alpha, from n and the number of items alone (a simple random sample).

    Parameters
    ----------
    coefficient : float
        Below 1.
    n, items : int
        Respondents; items in the scale.

    Returns
    -------
    tuple of float
        Lower and upper limit.

    Raises
    ------
    EstimateError
        An alpha of 1 or above, fewer than two respondents or items.

    References
    ----------
    Feldt, Woodruff and Salih (1987), Applied Psychological Measurement 11, 93-103.

    Examples
    --------
    >>> [round(limit, 3) for limit in alpha_interval(0.78, 240, 6)]
    [0.734, 0.82]
    """
    if not coefficient < 1 or n < 2 or items < 2:
        raise EstimateError(
            f"an interval needs an alpha below 1, two respondents and two items; got alpha {coefficient!r}, "
            f"n {n!r}, {items!r} items. Check the printed numbers."
        )
    df1, df2 = n - 1, (n - 1) * (items - 1)
    upper, lower = (special.fdtri(df1, df2, tail) for tail in ((1 - conf_level) / 2, (1 + conf_level) / 2))
    return float(1 - (1 - coefficient) * lower), float(1 - (1 - coefficient) * upper)


def spearman_brown(reliability: float, *, length: float = 2.0) -> float:
    """Reliability of a test made `length` times as long; 2 turns a split-half correlation into it.

    Parameters
    ----------
    reliability : float
        Of the test as it is, above -1 / (length - 1).
    length : float
        Above 0.

    Raises
    ------
    EstimateError
        A length of 0 or below.

    References
    ----------
    Spearman (1910), British Journal of Psychology 3, 271-295.

    Examples
    --------
    >>> round(spearman_brown(0.61), 4)
    0.7578
    """
    if not length > 0:
        raise EstimateError(f"a test cannot be {length!r} times as long. Pass a number above 0.")
    return length * reliability / (1 + (length - 1) * reliability)
