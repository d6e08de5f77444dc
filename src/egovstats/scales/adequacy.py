"""Whether items have enough in common to look for factors: KMO, sphericity, multiple correlations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.estimate import correlation
from egovstats.results import HypothesisTest
from egovstats.scales.items import item_products, scale_items
from egovstats.scales.reliability import correlations, squared_multiple_correlations
from egovstats.sources import Source, Sourced

_SINGULAR = 1e-12  # smallest eigenvalue, below which items repeat one another


@dataclass(frozen=True, slots=True, eq=False)
class CorrelationMatrix:
    """Weighted correlations of k items among those who answered all of them.

    Parameters
    ----------
    names : list of str
    r, cov : np.ndarray, shape (k, k)
        Correlations; covariances (sums of weights below).
    mean : np.ndarray, shape (k,)
    n : int
        Respondents.
    sources : tuple of Source
    """

    names: list[str]
    r: np.ndarray
    cov: np.ndarray
    mean: np.ndarray
    n: int
    sources: tuple[Source, ...]


def correlation_matrix(
    design: Design,
    items: Sequence[str],
    *,
    reverse: Sequence[str] = (),
    ends: tuple[float, float] | None = None,
    where: Where = None,
) -> CorrelationMatrix:
    """Correlations of the items; refused where one item follows from the others."""
    names = scale_items(items)
    found = item_products(
        design, names, check_design(design).domains(None, where), reverse=reverse, ends=ends
    )
    cov = found.matrix(found.totals.value)[0]
    r = correlations(cov)
    if np.linalg.eigvalsh(r)[0] < _SINGULAR:
        raise EstimateError(
            f"the items {', '.join(names)} repeat one another: one follows from the rest, so their "
            "correlations have no inverse. Leave out the item that is a sum or a copy of others."
        )
    return CorrelationMatrix(
        names, r, cov, found.means(found.totals.value)[0], int(found.n[0]), design.sources
    )


@dataclass(frozen=True, slots=True, eq=False)
class SamplingAdequacy(Sourced):
    """What items have in common.

    Parameters
    ----------
    kmo : float
        Kaiser-Meyer-Olkin measure of all items, from 0 to 1; .8 and more is held good, below .5 unacceptable.
    items : pd.DataFrame
        One row an item: its own ``kmo`` and ``smc``, the squared multiple correlation with the others.
    n : int
    sources : tuple of Source
    """

    kmo: float
    items: pd.DataFrame
    n: int
    sources: tuple[Source, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def notes(self) -> tuple[str, ...]:
        """The measure of all items in words."""
        return (f"Kaiser-Meyer-Olkin measure of all items: {self.kmo:.3f}",)

    def to_frame(self) -> pd.DataFrame:
        """One row an item."""
        return self.items


def sampling_adequacy(design: Design, items: Sequence[str], *, where: Where = None) -> SamplingAdequacy:
    """Kaiser-Meyer-Olkin measure and squared multiple correlations.

    Parameters
    ----------
    design : Design
    items : sequence of str
        Two or more columns of numbers; people who answered all of them count.
    where : str or boolean array of shape (n,), optional

    Returns
    -------
    SamplingAdequacy

    Raises
    ------
    EstimateError
        As in `alpha`; or an item that follows from the others.

    References
    ----------
    Kaiser and Rice (1974), Educational and Psychological Measurement 34, 111-117.
    """
    matrix = correlation_matrix(design, items, where=where)
    inverse = np.linalg.inv(matrix.r)
    root = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(root, root)
    apart = ~np.eye(len(matrix.names), dtype=bool)
    plain, left = (matrix.r**2 * apart), (partial**2 * apart)
    table = pd.DataFrame(
        {
            "item": matrix.names,
            "kmo": plain.sum(axis=0) / (plain.sum(axis=0) + left.sum(axis=0)),
            "smc": squared_multiple_correlations(matrix.r),
        }
    )
    return SamplingAdequacy(float(plain.sum() / (plain.sum() + left.sum())), table, matrix.n, matrix.sources)


def sphericity(design: Design, items: Sequence[str], *, where: Where = None) -> HypothesisTest:
    """Test that no two items are correlated.

    Bartlett's test where everyone counts the same and was drawn alone; with weights, strata or PSUs a Wald
    test of all correlations on their design-based covariance, since Bartlett's would ignore the design.

    Parameters
    ----------
    design, items, where
        As in `sampling_adequacy`.

    Returns
    -------
    HypothesisTest

    Raises
    ------
    EstimateError
        As in `sampling_adequacy`; or more correlations than degrees of freedom.

    References
    ----------
    Bartlett (1950), British Journal of Statistical Psychology 3, 77-85; Korn and Graubard (1990), American
    Statistician 44, 270-276 (the adjusted Wald test).
    """
    matrix = correlation_matrix(design, items, where=where)
    k = len(matrix.names)
    pairs = k * (k - 1) // 2
    null = "No two of the items are correlated."
    if simple_sample(design):
        statistic = -(matrix.n - 1 - (2 * k + 5) / 6) * float(np.linalg.slogdet(matrix.r)[1])
        return HypothesisTest(
            test="Bartlett's test of sphericity",
            null=null,
            statistic=statistic,
            distribution="chi2",
            df=(float(pairs),),
            p_value=float(special.chdtrc(pairs, statistic)),
            n=float(matrix.n),
            sources=design.sources,
        )
    found = correlation(design, matrix.names, where=where)
    df = float(found.df[0])
    if df - pairs + 1 <= 0:
        raise EstimateError(
            f"{pairs} correlations cannot be tested together on {df:g} degrees of freedom of the design. "
            "Test fewer items at a time."
        )
    # On Fisher's scale, where the sampling distribution of a correlation is closer to normal.
    slope = 1 / (1 - found.estimate**2)
    z, cov = np.arctanh(found.estimate), found.cov * np.outer(slope, slope)
    statistic = float(z @ np.linalg.solve(cov, z)) * (df - pairs + 1) / (df * pairs)
    return HypothesisTest(
        test="adjusted Wald test of all correlations",
        null=null,
        statistic=statistic,
        distribution="F",
        df=(float(pairs), df - pairs + 1),
        p_value=float(special.fdtrc(pairs, df - pairs + 1, statistic)),
        n=float(matrix.n),
        sources=design.sources,
    )


def simple_sample(design: Design) -> bool:
    """Whether everyone was drawn alone, from one stratum, and counts the same."""
    first = design.stages.first
    alone = type(design) is Design and len(first.stratum) == len(design) and len(first.size) == 1
    return alone and bool(np.ptp(design.weight) == 0)
