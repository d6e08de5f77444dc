"""Confirmatory factor analysis of ordered answers: diagonally weighted least squares on polychorics."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import optimize, special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.intervals import t_quantile
from egovstats.one_thread import one_thread
from egovstats.results import HypothesisTest
from egovstats.scales.cfa_layout import Layout, lay_out
from egovstats.scales.cfa_measures import incremental, rmsea
from egovstats.scales.cfa_scores import scaling
from egovstats.scales.cfa_syntax import parse_model
from egovstats.scales.polychoric import Polychoric, polychoric
from egovstats.sources import Source, Sourced


@dataclass(frozen=True, slots=True, eq=False)
class OrderedFactorModel(Sourced):
    """A confirmatory model of the variables behind ordered answers, each of variance 1.

    Parameters
    ----------
    correlations : Polychoric
    layout : Layout
        Its parameters but the residual variances, which are what the factors leave of 1.
    theta, cov : np.ndarray, shape (q,), (q, q)
    test : HypothesisTest
        That the model holds, by the mean and variance of the discrepancy under the design.
    measures : dict of str to float
        ``chi_square`` (the discrepancy as it is, not to be looked up), ``cfi``, ``tli``, ``rmsea``, ``srmr``.
    df : float
        Of intervals.
    sources, notes : tuple
    """

    correlations: Polychoric
    layout: Layout
    theta: np.ndarray
    cov: np.ndarray
    test: HypothesisTest
    measures: dict[str, float]
    df: float
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def n(self) -> int:
        """Respondents."""
        return self.correlations.n

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a loading, in the project's column names."""
        margin = float(t_quantile(np.array(self.df), conf_level))
        place = {name[1:3]: at for at, name in enumerate(self.layout.names) if name[0] == "loading"}
        rows = []
        for factor, items in self.layout.measures.factors.items():
            for item in items:
                at = place.get((factor, item))
                value = 1.0 if at is None else float(self.theta[at])
                error = 0.0 if at is None else float(np.sqrt(self.cov[at, at]))
                rows.append((factor, item, value, error, value - margin * error, value + margin * error))
        return pd.DataFrame(
            rows, columns=["factor", "item", "estimate", "std_error", "conf_low", "conf_high"]
        )


@one_thread
def ordered_cfa(
    design: Design, model: str, *, scale: str = "variance", where: Where = None
) -> OrderedFactorModel:
    """Fit a confirmatory factor model to ordered answers.

    Parameters
    ----------
    design : Design
        Linearised (not of replicate weights).
    model : str
        As in `cfa`.
    scale : str
        ``"variance"``: factors have variance 1; ``"marker"``: the first loading of each is 1.
    where : str or boolean array of shape (n,), optional
        Domain.

    Returns
    -------
    OrderedFactorModel

    Raises
    ------
    EstimateError
        As in `cfa` and `polychoric`.

    References
    ----------
    Muthen, du Toit and Spisic (1997), Robust inference using weighted least squares (unpublished; the
    estimator and its test); Muthen (1984), Psychometrika 49, 115-132; Rao and Scott (1984), Annals of
    Statistics 12, 46-60 (the test's degrees of freedom).
    """
    measures = parse_model(model)
    found = polychoric(design, measures.items, where=where)
    layout = lay_out(measures, 1, means=False, scale=scale)
    free = np.array([not (name[0] == "residual" and name[1] == name[2]) for name in layout.names])
    pairs = tuple(np.array(list(combinations(range(len(measures.items)), 2))).T)
    r = found.r[pairs]
    if free.sum() > len(r):
        raise EstimateError(
            f"{int(free.sum())} unknowns and {len(r)} correlations: the model is not identified. A factor "
            "alone needs three items."
        )
    weight = 1 / found.products
    theta = _fitted(layout, free, pairs, r, weight)
    slope = _slopes(layout, theta, free, pairs)
    bread = np.linalg.inv(slope.T @ (weight[:, None] * slope))
    map_ = bread @ slope.T * weight
    left = r - _implied(layout, theta, pairs)
    discrepancy, df = float(weight @ left**2), len(r) - int(free.sum())
    U = np.diag(weight) - (weight[:, None] * slope) @ map_
    base = float(weight @ r**2)
    close = rmsea(discrepancy, df, found.n, 1)[0]
    cfi, tli = incremental(discrepancy, df, base, len(r))
    p = len(measures.items)
    measured = {
        "chi_square": discrepancy,
        "cfi": cfi,
        "tli": tli,
        "rmsea": close,
        "srmr": float(np.sqrt((left**2).sum() / (p * (p + 1) / 2))),
    }
    kept = np.flatnonzero(free)
    cov = np.full((layout.size, layout.size), np.nan)
    cov[np.ix_(kept, kept)] = map_ @ found.cov @ map_.T
    return OrderedFactorModel(
        found,
        layout,
        theta,
        cov,
        _test(discrepancy, df, U, found),
        measured,
        found.df,
        found.sources,
        _notes(layout, theta),
    )


def _implied(layout: Layout, theta: np.ndarray, pairs: tuple[np.ndarray, ...]) -> np.ndarray:
    sigma, _ = layout.implied(theta)
    return np.asarray(sigma[0][pairs])


def _slopes(layout: Layout, theta: np.ndarray, free: np.ndarray, pairs: tuple[np.ndarray, ...]) -> np.ndarray:
    of_sigma, _ = layout.slopes(theta, 0)
    return np.asarray(of_sigma[:, pairs[0], pairs[1]].T[:, free])


def _fitted(
    layout: Layout, free: np.ndarray, pairs: tuple[np.ndarray, ...], r: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """Parameters of the least discrepancy, shape (q,); residual variances stay 0: no pair holds them."""
    theta = np.zeros(layout.size)
    for at, (kind, left, right, _) in enumerate(layout.names):
        theta[at] = 0.6 if kind == "loading" else 0.5 if kind == "factor" and left == right else 0.0
    root = np.sqrt(weight / weight.mean())

    def residual(part: np.ndarray) -> np.ndarray:
        theta[free] = part
        return root * (_implied(layout, theta, pairs) - r)

    def jacobian(part: np.ndarray) -> np.ndarray:
        theta[free] = part
        return root[:, None] * _slopes(layout, theta, free, pairs)

    signed = theta[free].copy()
    found = optimize.least_squares(
        residual, signed, jac=jacobian, xtol=1e-14, ftol=1e-14, gtol=1e-12, max_nfev=2000
    )
    theta[free] = found.x
    values = np.linalg.eigvalsh(jacobian(found.x).T @ jacobian(found.x))
    if not found.success or values[0] < 1e-10 * values[-1]:
        raise EstimateError(
            "the model is not identified, or no best fit was found. A factor alone needs three items that "
            "correlate; pairs of residuals must leave enough correlations."
        )
    for name in layout.measures.factors:
        cells = [at for at, each in enumerate(layout.names) if each[0] == "loading" and each[1] == name]
        if len(cells) == len(layout.measures.factors[name]) and theta[cells].sum() < 0:
            theta[cells] *= -1
            for at, each in enumerate(layout.names):
                if each[0] == "factor" and each[1] != each[2] and name in each[1:3]:
                    theta[at] *= -1
    return theta


def _test(discrepancy: float, df: int, U: np.ndarray, found: Polychoric) -> HypothesisTest:
    reason = ""
    mean = spread = float("nan")
    if df == 0:
        reason = "as many unknowns as correlations: any data fit, so the model is not tested"
    elif found.df <= 0:
        reason = "the design has no degrees of freedom, so nothing is tested"
    else:
        mean, spread = scaling(U, found.cov)
    known = not reason
    return HypothesisTest(
        test="test of the model by weighted least squares, Rao-Scott correction",
        null="The model holds: it gives the polychoric correlations.",
        statistic=discrepancy / mean if known else float("nan"),
        distribution="F",
        df=(spread, spread * found.df),
        p_value=float(special.fdtrc(spread, spread * found.df, discrepancy / mean))
        if known
        else float("nan"),
        n=float(found.n),
        sources=found.sources,
        notes=(reason,) if reason else (),
    )


def _notes(layout: Layout, theta: np.ndarray) -> tuple[str, ...]:
    sigma, _ = layout.implied(theta)
    over = [item for at, item in enumerate(layout.measures.items) if sigma[0, at, at] >= 1]
    return tuple(f"improper solution: the factors hold more than all variance of {item}" for item in over)
