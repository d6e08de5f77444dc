"""Polychoric correlations: of the normal variables that ordered answers are cuts of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import optimize, special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.intervals import fisher
from egovstats.scales.items import scale_items
from egovstats.scales.normal_cells import cell_probabilities, cell_slopes, threshold_slopes
from egovstats.scales.polychoric_errors import (
    DIFFERENCE,
    by_differences,
    by_products,
    table_of,
    together,
    two_step,
)
from egovstats.sources import Source, Sourced

METHODS = ("two-step", "ml")
_EDGE = 0.9999  # correlations are looked for within it


@dataclass(frozen=True, slots=True, eq=False)
class Polychoric(Sourced):
    """Polychoric correlations of k items.

    Parameters
    ----------
    names : list of str
    r : np.ndarray, shape (k, k)
    thresholds : list of np.ndarray
        Of each item: its K - 1 cuts on the standard normal scale.
    cov : np.ndarray, shape (q, q)
        Design-based covariance of the q = k (k - 1) / 2 correlations, row by row of the upper triangle.
    products : np.ndarray, shape (q,)
        Variances in which averages of products of scores stand for derivatives of the likelihood, as Muthen
        (1984) has them: the weights of `ordered_cfa`.
    df : float
    n : int
    sources : tuple of Source
    information : np.ndarray, optional
        Observed information of a respondent about cuts and correlation (maximum likelihood only).
    """

    names: list[str]
    r: np.ndarray
    thresholds: list[np.ndarray]
    cov: np.ndarray
    products: np.ndarray
    df: float
    n: int
    sources: tuple[Source, ...]
    information: np.ndarray | None = None

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def std_error(self) -> np.ndarray:
        """Standard errors of the correlations, shape (q,)."""
        return np.sqrt(np.diag(self.cov))

    @property
    def model_std_error(self) -> float:
        """Of the correlation, as for a simple random sample of normal variables (maximum likelihood only)."""
        if self.information is None:
            raise EstimateError("two-step correlations have no such error. Use std_error, or method='ml'.")
        return float(np.sqrt(np.linalg.inv(self.information)[-1, -1] / self.n))

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a pair of items; intervals symmetric on artanh(r)."""
        pairs = list(combinations(range(len(self.names)), 2))
        estimate = np.array([self.r[pair] for pair in pairs])
        low, high = fisher(
            estimate, np.diag(self.cov), np.full(len(pairs), self.n), np.array(self.df), conf_level
        )
        return pd.DataFrame(
            {
                "item": [self.names[a] for a, _ in pairs],
                "other": [self.names[b] for _, b in pairs],
                "estimate": estimate,
                "std_error": self.std_error,
                "conf_low": low,
                "conf_high": high,
                "df": self.df,
                "n": self.n,
            }
        )


def polychoric(
    design: Design, items: Sequence[str], *, method: str = "two-step", where: Where = None
) -> Polychoric:
    """Polychoric correlations of ordered answers, with design-based standard errors.

    Parameters
    ----------
    design : Design
        Linearised (not of replicate weights).
    items : sequence of str
        Two or more columns of ordered answers; people who answered all of them count.
    method : str
        ``"two-step"``: cuts from each item alone, then the correlations; ``"ml"``: both at once, for two
        items.
    where : str or boolean array of shape (n,), optional

    Returns
    -------
    Polychoric

    Raises
    ------
    EstimateError
        An item with one answer, an unknown method, maximum likelihood of more than two items.

    References
    ----------
    Olsson (1979), Psychometrika 44, 443-460 (both methods, derivatives); Muthen (1984), Psychometrika 49,
    115-132 (joint covariance of cuts and correlations, here with the design's own covariance of scores).
    """
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r}. {nearest(method, METHODS)}")
    names = scale_items(items)
    if method == "ml" and len(names) > 2:
        raise EstimateError(
            f"maximum likelihood of {len(names)} items at once is not offered. Pass two items, or "
            "method='two-step'."
        )
    check_design(design)
    if hasattr(design, "replicate_weights"):
        raise EstimateError(
            "polychoric correlations need a linearised design, and this one has replicate weights. "
            "Pass the Design with strata and PSUs."
        )
    codes, levels, used = _answers(design, names, where)
    weight = np.where(used, design.weight, 0.0)
    cuts = [_cuts(code, k, weight, name) for code, k, name in zip(codes, levels, names, strict=True)]
    tables = {
        (a, b): table_of(codes[a], codes[b], levels[a], levels[b], weight)
        for a, b in combinations(range(len(names)), 2)
    }
    rho = {pair: _correlation(table, cuts[pair[0]], cuts[pair[1]]) for pair, table in tables.items()}
    information = None
    if method == "ml":
        cuts, rho, information = _jointly(tables[0, 1], cuts, rho[0, 1])
    if information is None:
        cov, products = (
            design.cov_of_totals(two_step(codes, cuts, rho, weight, derivatives=each)[:, -len(rho) :])
            for each in (by_differences, by_products)
        )
    else:
        cov = design.cov_of_totals(together(codes, cuts, rho[0, 1], weight, information)[:, -1:])
        products = cov
    r = np.eye(len(names))
    for (a, b), value in rho.items():
        r[a, b] = r[b, a] = value
    domains = design.domains(None, used)
    return Polychoric(
        names,
        r,
        cuts,
        cov,
        np.diag(products),
        float(domains.df[0]),
        int(np.count_nonzero(used & (design.weight > 0))),
        design.sources,
        information,
    )


def _answers(
    design: Design, names: list[str], where: Where
) -> tuple[list[np.ndarray], list[int], np.ndarray]:
    """Codes 0..K-1 of each item (whatever where nobody counts), the K's, and who counts (n,)."""
    read = [design.codes(name) for name in names]
    used = np.logical_and.reduce([codes > 0 for codes, _ in read])
    mask = mask_of(design.frame, where)
    used = used if mask is None else used & mask
    codes, levels = [], []
    for name, (found, _) in zip(names, read, strict=True):
        given = np.unique(found[used])
        if len(given) < 2:
            raise EstimateError(
                f"{name!r} has {len(given)} answer(s) among those who answered all items, so it has no "
                "correlation. Leave it out."
            )
        place = np.zeros(int(found.max()) + 1, dtype=np.int64)
        place[given] = np.arange(len(given))
        codes.append(place[found])
        levels.append(len(given))
    return codes, levels, used


def _cuts(codes: np.ndarray, levels: int, weight: np.ndarray, name: str) -> np.ndarray:
    share = np.bincount(codes, weights=weight, minlength=levels)
    if (share <= 0).any():
        raise EstimateError(
            f"an answer to {name!r} is given by people of weight 0 alone. Merge it with another."
        )
    return np.asarray(special.ndtri(np.cumsum(share)[:-1] / share.sum()))


def _correlation(table: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """The correlation with the highest likelihood, the cuts given."""

    def against(rho: float) -> float:
        p = np.maximum(cell_probabilities(first, second, rho), 1e-300)
        return -float(np.sum(table * np.log(p)))

    found = optimize.minimize_scalar(
        against, bounds=(-_EDGE, _EDGE), method="bounded", options={"xatol": 1e-12}
    )
    return float(found.x)


def _jointly(
    table: np.ndarray, cuts: list[np.ndarray], rho: float
) -> tuple[list[np.ndarray], dict[tuple[int, int], float], np.ndarray]:
    """Cuts and correlation of two items by maximum likelihood, with their observed information."""
    split, share = len(cuts[0]), table / table.sum()

    def slope(theta: np.ndarray) -> np.ndarray:
        at = theta[:split], theta[split:-1], float(theta[-1])
        ratio = share / np.maximum(cell_probabilities(*at), 1e-300)
        return np.array([np.sum(ratio * each) for each in (*threshold_slopes(*at), cell_slopes(*at))])

    def against(theta: np.ndarray) -> tuple[float, np.ndarray]:
        first, second, r = theta[:split], theta[split:-1], float(np.tanh(theta[-1]))
        if (np.diff(first) <= 0).any() or (np.diff(second) <= 0).any():
            return np.inf, np.zeros(len(theta))
        p = np.maximum(cell_probabilities(first, second, r), 1e-300)
        uphill = slope(np.append(theta[:-1], r))
        uphill[-1] *= 1 - r**2
        return -float(np.sum(share * np.log(p))), -uphill

    start = np.concatenate([*cuts, [np.arctanh(rho)]])
    found = optimize.minimize(against, start, jac=True, method="BFGS", options={"gtol": 1e-9})
    theta = np.append(found.x[:-1], np.tanh(found.x[-1]))
    steps = DIFFERENCE * np.eye(len(theta))
    information = np.array([(slope(theta - each) - slope(theta + each)) / (2 * DIFFERENCE) for each in steps])
    cuts = [theta[:split], theta[split:-1]]
    return cuts, {(0, 1): float(theta[-1])}, (information + information.T) / 2
