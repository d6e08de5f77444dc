"""Covariance from replicate weights, and replicate weights from a design: arrays in, arrays out.

References
----------
Wolter (2007), Introduction to Variance Estimation, ch. 3 (balanced half-samples), 4 (jackknife), 5
(bootstrap); Judkins (1990), Journal of Official Statistics 6, 223-239 (Fay); Rao, Wu and Yue (1992),
Survey Methodology 18, 209-217 (bootstrap of n - 1 PSUs).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from egovstats.errors import DesignError, nearest
from egovstats.one_thread import one_thread
from egovstats.results import Covariance
from egovstats.variance.stages import Stages

METHODS = ("JK1", "JKn", "JK2", "BRR", "Fay", "bootstrap", "successive-difference", "other")


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """How replicated estimates make a variance.

    Parameters
    ----------
    method : str
    scale : float
    rscales : np.ndarray, shape (R,)
    mse : bool
        Deviations from the estimate itself; from the mean of the replicates otherwise.
    """

    method: str
    scale: float
    rscales: np.ndarray
    mse: bool

    def deviations(self, replicates: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Scaled deviations, shape (R, k): their crossproduct is the covariance."""
        if self.mse:
            centre = estimate
        else:
            centre = replicates[self.rscales > 0].mean(axis=0)
        return (replicates - centre) * np.sqrt(self.scale * self.rscales)[:, None]

    @one_thread
    def covariance(self, replicates: np.ndarray, estimate: np.ndarray) -> Covariance:
        """Covariance of estimates (k,) from their replicates (R, k)."""
        deviations = self.deviations(replicates, estimate)

        def transformed(function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
            return (self.deviations(function(replicates), function(estimate)) ** 2).sum(axis=0)

        return Covariance(
            (deviations**2).sum(axis=0), one_thread(lambda: deviations.T @ deviations), transformed
        )


def scheme_of(
    method: str,
    replicates: int,
    *,
    fay: float | None,
    scale: float | None,
    rscales: Sequence[float] | None,
    mse: bool,
) -> Scheme:
    """The scale of each method, unless it is given.

    Raises
    ------
    DesignError
        An unknown method, or a scale that the method needs and nobody gave.
    """
    if method not in METHODS:
        raise DesignError(f"there is no replicate method {method!r}. {nearest(method, METHODS)}")
    if method == "Fay" and (fay is None or not 0 < fay < 1):
        raise DesignError(
            f"Fay's method needs fay between 0 and 1, got {fay!r}. Pass the factor of the documentation."
        )
    usual = {
        "BRR": 1 / replicates,
        "Fay": 1 / (replicates * (1 - (fay or 0)) ** 2),
        "JK1": (replicates - 1) / replicates,
        "JK2": 1.0,
        "bootstrap": 1 / (replicates - 1),
        "successive-difference": 4 / replicates,
    }
    if method == "JKn":
        if rscales is None:
            raise DesignError(
                "JKn needs rscales: (n - 1)/n of each replicate's stratum. Pass them, or make the replicates "
                "with jackknife(design)."
            )
        usual["JKn"] = 1.0
    if method == "other" and scale is None and rscales is None:
        raise DesignError("method 'other' has no usual scale. Pass scale= and rscales= of the documentation.")
    if scale is not None and not (np.isfinite(scale) and scale > 0):
        raise DesignError(f"scale must be a number above 0, got {scale!r}. Pass that of the documentation.")
    factors = np.ones(replicates) if rscales is None else np.asarray(rscales, dtype=float)
    if factors.shape != (replicates,) or (factors < 0).any():
        raise DesignError(f"rscales must be {replicates} numbers of 0 or more, got {factors.shape[0]}.")
    return Scheme(method, usual.get(method, 1.0) if scale is None else float(scale), factors, mse)


class ReplicateTotals:
    """Totals by domain with their replicates.

    Parameters
    ----------
    value : np.ndarray, shape (G, r)
    replicates : np.ndarray, shape (R, G, r)
    scheme : Scheme
    """

    def __init__(self, value: np.ndarray, replicates: np.ndarray, scheme: Scheme) -> None:
        self.value = value
        self.replicates = replicates
        self.scheme = scheme

    def covariance(
        self, top: Sequence[int], bottom: Sequence[int] | None = None
    ) -> tuple[np.ndarray, Covariance]:
        """See `egovstats.variance.totals.Totals`."""
        top = list(top)
        if bottom is None:
            estimate, moved = self.value[:, top], self.replicates[:, :, top]
        else:
            below = list(bottom)
            with np.errstate(divide="ignore", invalid="ignore"):
                estimate = np.where(
                    self.value[:, below] != 0, self.value[:, top] / self.value[:, below], np.nan
                )
                base = self.replicates[:, :, below]
                moved = np.where(base != 0, self.replicates[:, :, top] / base, np.nan)
        return estimate, self.scheme.covariance(moved.reshape(len(moved), -1), estimate.ravel())

    @one_thread
    def combine(self, weights: np.ndarray) -> ReplicateTotals:
        """See `egovstats.variance.totals.Totals`."""
        return ReplicateTotals(self.value @ weights, self.replicates @ weights, self.scheme)

    def as_one(self) -> ReplicateTotals:
        """See `egovstats.variance.totals.Totals`."""
        return self

    def columns(self, low: int, high: int) -> ReplicateTotals:
        """The totals of a range of columns."""
        return ReplicateTotals(self.value[:, low:high], self.replicates[:, :, low:high], self.scheme)


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Replicate weights as factors of the weight, PSU by PSU: shape (R, PSUs), with their scheme."""

    factors: np.ndarray
    scheme: Scheme


def jackknife_factors(stages: Stages, *, mse: bool) -> Factors:
    """Leave one PSU out at a time; its stratum's others make up for it.

    Raises
    ------
    DesignError
        A stratum of one PSU, unless the design's lonely rule takes it as certain.
    """
    stage = stages.first
    psus = len(stage.stratum)
    size = stage.size[stage.stratum]
    if stage.lonely.any() and stages.lonely_psu not in ("remove", "certainty"):
        raise DesignError(
            f"{int(stage.lonely.sum())} strata have one PSU, which cannot be left out. Merge them with "
            "neighbours, or build the design with lonely_psu='certainty' to count them as adding nothing."
        )
    factors = np.ones((psus, psus))
    with np.errstate(divide="ignore"):
        up = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
    for left_out in range(psus):
        same = slice(*_stratum_range(stages, stage.stratum[left_out]))
        factors[left_out, same] = up[left_out]
        factors[left_out, left_out] = 0.0 if size[left_out] > 1 else 1.0
    fpc = np.where(np.isfinite(stage.population), 1 - stage.fraction, 1.0)[stage.stratum]
    if len(stage.size) == 1:
        scale = float((psus - 1) / psus * fpc[0])
        return Factors(factors, Scheme("JK1", scale, np.ones(psus), mse))
    return Factors(factors, Scheme("JKn", 1.0, (size - 1) / size * fpc, mse))


def _stratum_range(stages: Stages, stratum: int) -> tuple[int, int]:
    start = int(stages.first.start[stratum])
    return start, start + int(stages.first.size[stratum])


def brr_factors(stages: Stages, *, fay: float, mse: bool) -> Factors:
    """Balanced half-samples: one PSU of each pair counts 2 - fay, the other fay.

    A stratum of more than two PSUs (an even number) is cut into pairs in the order of its PSUs.

    Raises
    ------
    DesignError
        A stratum with an odd number of PSUs, or `fay` outside 0 to 1.
    """
    if not 0 <= fay < 1:
        raise DesignError(f"fay must be at least 0 and below 1, got {fay!r}.")
    stage = stages.first
    odd = np.flatnonzero(stage.size % 2)
    if len(odd):
        raise DesignError(
            f"balanced half-samples need an even number of PSUs in each stratum; {len(odd)} strata have an "
            "odd one. Use jackknife(design) or bootstrap(design), or merge strata."
        )
    pair = np.arange(len(stage.stratum)) // 2  # PSUs are numbered stratum by stratum, all of even size
    signs = hadamard(int(pair[-1]) + 2)[:, 1 : int(pair[-1]) + 2]
    first = np.arange(len(pair)) % 2 == 0
    chosen = np.where(first, signs[:, pair], -signs[:, pair])
    factors = 1 + (1 - fay) * chosen
    method = "Fay" if fay else "BRR"
    scale = 1 / (len(factors) * (1 - fay) ** 2)
    return Factors(factors, Scheme(method, scale, np.ones(len(factors)), mse))


def hadamard(least: int) -> np.ndarray:
    """A square matrix of +1 and -1 with orthogonal columns, of order at least `least`; its first column is 1.

    By Paley's construction (order p + 1 for a prime p of the form 4k + 3) and Sylvester's doubling.

    Examples
    --------
    >>> H = hadamard(10)
    >>> H.shape, bool((H.T @ H == 12 * np.eye(12)).all()), bool((H[:, 0] == 1).all())
    ((12, 12), True, True)
    """
    best: tuple[int, int, int] | None = None
    for doublings in range(least.bit_length() + 1):
        core = -(-least // 2**doublings)
        order = (
            core
            if core <= 2
            else next(p + 1 for p in range(max(core - 1, 3), 4 * core + 8) if _paley_prime(p))
        )
        if best is None or order * 2**doublings < best[0]:
            best = (order * 2**doublings, order, doublings)
    assert best is not None
    matrix = (
        np.ones((1, 1))
        if best[1] == 1
        else np.array([[1.0, 1], [1, -1]])
        if best[1] == 2
        else _paley(best[1] - 1)
    )
    for _ in range(best[2]):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix * matrix[:, [0]]


def _paley_prime(p: int) -> bool:
    return p % 4 == 3 and all(p % d for d in range(2, int(p**0.5) + 1))


def _paley(p: int) -> np.ndarray:
    squares = {(x * x) % p for x in range(1, p)}
    residue = np.array([0] + [1 if x in squares else -1 for x in range(1, p)])
    jacobsthal = residue[(np.arange(p)[:, None] - np.arange(p)[None, :]) % p]
    core = np.zeros((p + 1, p + 1))
    core[0, 1:], core[1:, 0] = 1, -1
    core[1:, 1:] = jacobsthal
    return core + np.eye(p + 1)


def bootstrap_factors(stages: Stages, *, draws: int, rng: np.random.Generator, mse: bool) -> Factors:
    """Draw n - 1 PSUs with replacement in each stratum of n.

    Raises
    ------
    DesignError
        Fewer than two draws, or a stratum of one PSU that is not taken as certain.
    """
    if draws < 2:
        raise DesignError(f"a bootstrap needs at least two draws, got {draws}. Several hundred are usual.")
    stage = stages.first
    if stage.lonely.any() and stages.lonely_psu not in ("remove", "certainty"):
        raise DesignError(
            f"{int(stage.lonely.sum())} strata have one PSU, which cannot be resampled. Merge them with "
            "neighbours, or build the design with lonely_psu='certainty' to count them as adding nothing."
        )
    factors = np.ones((draws, len(stage.stratum)))
    for stratum, size in enumerate(stage.size.astype(int)):
        if size < 2:
            continue
        hits = rng.multinomial(size - 1, np.full(size, 1 / size), size=draws)
        spread = hits * (size / (size - 1))
        # Shrinking towards 1 by the root of 1 - n/N carries the finite population (Beaumont and Patak 2012).
        shrink = np.sqrt(1 - stage.fraction[stratum]) if np.isfinite(stage.population[stratum]) else 1.0
        start, end = _stratum_range(stages, stratum)
        factors[:, start:end] = 1 + shrink * (spread - 1)
    return Factors(factors, Scheme("bootstrap", 1 / (draws - 1), np.ones(draws), mse))
