"""Principal components and exploratory factor analysis of items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, special

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.results import HypothesisTest
from egovstats.scales.adequacy import CorrelationMatrix, correlation_matrix, simple_sample
from egovstats.scales.rotation import ROTATIONS, rotate
from egovstats.sources import Source, Sourced

METHODS = ("ml", "minres")
_LEAST = 0.005  # smallest uniqueness: below it a solution is improper


@dataclass(frozen=True, slots=True, eq=False)
class Factors(Sourced):
    """Loadings of k items on m factors or components.

    Parameters
    ----------
    names : list of str
    method, rotation : str
    loadings : np.ndarray, shape (k, m)
        Pattern loadings; each column's sum is positive, columns by falling sum of squares.
    factor_correlation : np.ndarray, shape (m, m)
        The identity unless the rotation is oblique.
    uniqueness : np.ndarray, shape (k,)
        Variance of each item that the factors leave, of 1.
    eigenvalues : np.ndarray, shape (k,)
        Of the correlation matrix.
    fit : HypothesisTest, optional
        Likelihood-ratio test that m factors are enough (maximum likelihood on a simple random sample only).
    n : int
    sources : tuple of Source
    notes : tuple of str
    """

    names: list[str]
    method: str
    rotation: str
    loadings: np.ndarray
    factor_correlation: np.ndarray
    uniqueness: np.ndarray
    eigenvalues: np.ndarray
    fit: HypothesisTest | None
    n: int
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def communality(self) -> np.ndarray:
        """Variance of each item that the factors hold, shape (k,)."""
        return 1 - self.uniqueness

    @property
    def explained(self) -> np.ndarray:
        """Sum of squares that each factor stands for, shape (m,); over k it is a share of all variance."""
        return np.asarray(np.diag(self.factor_correlation @ self.loadings.T @ self.loadings))

    def to_frame(self) -> pd.DataFrame:
        """One row an item: a column of loadings a factor, ``communality``, ``uniqueness``."""
        columns = {f"factor_{at + 1}": self.loadings[:, at] for at in range(self.loadings.shape[1])}
        return pd.DataFrame(
            {"item": self.names, **columns, "communality": self.communality, "uniqueness": self.uniqueness}
        )


def principal_components(
    design: Design, items: Sequence[str], *, components: int = 1, where: Where = None
) -> Factors:
    """Principal components of the items' correlations.

    Parameters
    ----------
    design : Design
    items : sequence of str
        Two or more columns of numbers; people who answered all of them count.
    components : int
        How many to keep, at most as many as items.
    where : str or boolean array of shape (n,), optional

    Returns
    -------
    Factors
        Loadings are correlations of items with components.

    Raises
    ------
    EstimateError
        As in `sampling_adequacy`; or a number of components that cannot be.

    References
    ----------
    Jolliffe (2002), Principal Component Analysis, 2nd ed., section 2.3.
    """
    matrix = correlation_matrix(design, items, where=where)
    _check_count(components, len(matrix.names), "components")
    value, vector = np.linalg.eigh(matrix.r)
    value, vector = value[::-1], vector[:, ::-1]
    loadings = _signed(vector[:, :components] * np.sqrt(value[:components]))
    left = 1 - (loadings**2).sum(axis=1)
    return Factors(
        matrix.names,
        "principal components",
        "none",
        loadings,
        np.eye(components),
        left,
        value,
        None,
        matrix.n,
        matrix.sources,
        (),
    )


def factor_analysis(
    design: Design,
    items: Sequence[str],
    *,
    factors: int = 1,
    method: str = "ml",
    rotation: str = "none",
    where: Where = None,
) -> Factors:
    """Exploratory factor analysis of the items' weighted correlations.

    Parameters
    ----------
    design : Design
    items : sequence of str
        Three or more columns of numbers; people who answered all of them count.
    factors : int
        With k items and m factors, (k - m)^2 must be at least k + m.
    method : str
        ``"ml"`` (maximum likelihood) or ``"minres"`` (least squares of the off-diagonal residuals).
    rotation : str
        ``"none"``, ``"varimax"`` (factors stay uncorrelated) or ``"oblimin"`` (they may correlate).
    where : str or boolean array of shape (n,), optional

    Returns
    -------
    Factors

    Raises
    ------
    EstimateError
        As in `sampling_adequacy`; too many factors, an unknown method or rotation.

    References
    ----------
    Lawley and Maxwell (1971), Factor Analysis as a Statistical Method, ch. 4 (likelihood over uniquenesses;
    Bartlett's correction of the test, p. 36); Harman and Jones (1966), Psychometrika 31, 351-368 (minres);
    Jennrich (2002), Psychometrika 67, 7-19 (rotations).
    """
    if method not in METHODS:
        raise EstimateError(f"there is no method {method!r}. {nearest(method, METHODS)}")
    if rotation not in ROTATIONS:
        raise EstimateError(f"there is no rotation {rotation!r}. {nearest(rotation, ROTATIONS)}")
    matrix = correlation_matrix(design, items, where=where)
    k = len(matrix.names)
    _check_count(factors, k, "factors")
    free = ((k - factors) ** 2 - k - factors) // 2
    if free < 0:
        raise EstimateError(
            f"{k} items cannot tell {factors} factors apart: more unknowns than correlations. "
            "Ask for fewer factors, or name more items."
        )
    loadings, uniqueness, least = extract(matrix.r, factors, method)
    at = int(np.argmin(uniqueness))
    improper = (
        f"improper solution: nothing is left of {matrix.names[at]}; ask for fewer factors or leave it out"
    )
    notes = (improper,) if uniqueness[at] <= _LEAST * 1.001 else ()
    fit = _enough(matrix, factors, free, least, simple=simple_sample(design)) if method == "ml" else None
    turned, together = rotate(loadings, rotation)
    order = np.argsort(-np.diag(together @ turned.T @ turned), kind="stable")
    return Factors(
        matrix.names,
        {"ml": "maximum likelihood", "minres": "minimum residuals"}[method],
        rotation,
        turned[:, order],
        together[np.ix_(order, order)],
        uniqueness,
        np.linalg.eigvalsh(matrix.r)[::-1],
        fit,
        matrix.n,
        matrix.sources,
        notes,
    )


def extract(R: np.ndarray, factors: int, method: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Unrotated loadings (k, m), uniquenesses (k,) and the least criterion."""
    criterion = {"ml": _likelihood, "minres": _least_squares}[method]
    start = (1 - 0.5 * factors / len(R)) / np.diag(np.linalg.inv(R))
    found = optimize.minimize(
        criterion,
        np.clip(start, _LEAST, 1.0),
        args=(R, factors),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LEAST, 1.0)] * len(R),
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
    )
    psi = found.x
    if method == "ml":
        root = np.sqrt(psi)
        value, vector = np.linalg.eigh(R / np.outer(root, root))
        top = np.maximum(value[::-1][:factors] - 1, 0)
        loadings = root[:, None] * vector[:, ::-1][:, :factors] * np.sqrt(top)
    else:
        value, vector = np.linalg.eigh(R - np.diag(psi))
        loadings = vector[:, ::-1][:, :factors] * np.sqrt(np.maximum(value[::-1][:factors], 0))
    return _signed(loadings), psi, float(found.fun)


def _likelihood(psi: np.ndarray, R: np.ndarray, factors: int) -> tuple[float, np.ndarray]:
    """Lawley and Maxwell's function of the uniquenesses with its gradient."""
    root = np.sqrt(psi)
    value, vector = np.linalg.eigh(R / np.outer(root, root))
    rest = value[: len(psi) - factors]
    loadings = root[:, None] * vector[:, len(psi) - factors :]
    loadings = loadings * np.sqrt(np.maximum(value[len(psi) - factors :] - 1, 0))
    left = np.diag(loadings @ loadings.T) + psi - np.diag(R)
    return float(np.sum(rest - np.log(rest)) - len(rest)), left / psi**2


def _least_squares(psi: np.ndarray, R: np.ndarray, factors: int) -> tuple[float, np.ndarray]:
    """Half the squares that m factors leave of R - diag(psi), with the gradient."""
    value, vector = np.linalg.eigh(R - np.diag(psi))
    rest, of_rest = value[: len(psi) - factors], vector[:, : len(psi) - factors]
    return float(rest @ rest) / 2, -(of_rest**2) @ rest


def _signed(loadings: np.ndarray) -> np.ndarray:
    """Columns turned so that their sums are positive: the sign of a factor means nothing."""
    signed: np.ndarray = loadings * np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    return signed


def _enough(
    matrix: CorrelationMatrix, factors: int, free: int, least: float, *, simple: bool
) -> HypothesisTest:
    k = len(matrix.names)
    test, null = "likelihood-ratio test of the number of factors", f"{factors} factors are enough."
    reason = ""
    if not simple:
        reason = "the test takes a simple random sample and would ignore weights, strata and PSUs; see cfa()"
    elif free == 0:
        reason = "as many unknowns as correlations: any data fit"
    statistic = (matrix.n - 1 - (2 * k + 5) / 6 - 2 * factors / 3) * least
    known = not reason
    return HypothesisTest(
        test=test,
        null=null,
        statistic=statistic if known else float("nan"),
        distribution="chi2",
        df=(float(free),),
        p_value=float(special.chdtrc(free, statistic)) if known else float("nan"),
        n=float(matrix.n),
        sources=matrix.sources,
        notes=(reason,) if reason else (),
    )


def _check_count(count: int, items: int, what: str) -> None:
    if not 1 <= count <= items:
        raise EstimateError(f"{count} {what} of {items} items cannot be. Ask for 1 to {items}.")
