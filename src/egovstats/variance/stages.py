"""How the sample was drawn, as arrays: strata and units of every stage, and the covariance that follows.

Notation: stage s has units numbered 0..U-1 in the order of their strata. A stratum of a later stage
lies inside one unit of the stage before, its parent.

References
----------
Saerndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, result 4.3.1 (stages);
Wolter (2007), Introduction to Variance Estimation, section 1.4 (ultimate clusters).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from egovstats.one_thread import one_thread

CERTAIN = 1e-7  # a stratum sampled to this share of its population adds no variance


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One stage of sampling.

    Parameters
    ----------
    stratum : np.ndarray of int, shape (U,)
        Stratum of each unit, ascending.
    start : np.ndarray of int, shape (H,)
        First unit of each stratum.
    size : np.ndarray, shape (H,)
        Units sampled in each stratum.
    population : np.ndarray, shape (H,)
        Units in the population of each stratum; infinite where drawn with replacement or not known.
    parent : np.ndarray of int, shape (H,)
        Unit of the stage before that holds the stratum; 0 at the first stage.
    probability : np.ndarray, shape (U,), optional
        Inclusion probability of each unit where they are unequal.
    """

    stratum: np.ndarray
    start: np.ndarray
    size: np.ndarray
    population: np.ndarray
    parent: np.ndarray
    probability: np.ndarray | None = None

    @property
    def unequal(self) -> bool:
        """Whether units were drawn with unequal probabilities."""
        return self.probability is not None

    @property
    def fraction(self) -> np.ndarray:
        """Share of each stratum's units that were sampled, shape (H,)."""
        return self.size / self.population

    @property
    def lonely(self) -> np.ndarray:
        """Strata with one unit that is not the whole population, shape (H,) of bool."""
        return (self.size == 1) & (1 - self.fraction > CERTAIN)


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """All stages that add to the variance, with the factor of each unit.

    Parameters
    ----------
    stages : tuple of Stage
    unit : np.ndarray of int32, shape (n,)
        Unit of the last of these stages that each respondent belongs to.
    scale : tuple of np.ndarray, shape (U,) each
        What the centred square of each unit is multiplied by.
    lonely_psu : str
        What is done with strata of one unit.
    domain_lonely : bool
        Strata left with one unit in a domain are treated as lonely there.
    joint : np.ndarray, shape (U, U), optional
        Quadratic form of the unit totals, where joint inclusion probabilities are known.
    """

    stages: tuple[Stage, ...]
    unit: np.ndarray
    scale: tuple[np.ndarray, ...]
    lonely_psu: str
    domain_lonely: bool = False
    joint: np.ndarray | None = None

    @property
    def first(self) -> Stage:
        """The stage of the PSUs."""
        return self.stages[0]

    @property
    def units(self) -> int:
        """How many units the last stage has."""
        return len(self.stages[-1].stratum)

    @property
    def separable(self) -> bool:
        """Whether the variance is a sum over first-stage strata of centred squares and nothing else."""
        borrows = self.lonely_psu in ("adjust", "average") and (
            self.domain_lonely or bool(self.first.lonely.any())
        )
        return len(self.stages) == 1 and self.joint is None and not self.first.unequal and not borrows

    def psu_of_units(self) -> np.ndarray:
        """PSU of each unit of the last stage, shape (U,)."""
        psu = np.arange(self.units)
        for stage in reversed(self.stages[1:]):
            psu = stage.parent[stage.stratum[psu]]
        return psu

    @one_thread
    def cov(self, totals: np.ndarray, held: np.ndarray | None = None) -> np.ndarray:
        """Covariance of the sums of `totals` over all units.

        Parameters
        ----------
        totals : np.ndarray, shape (U, k)
            Weighted (linearised) totals of the units of the last stage; 0 for units without respondents.
        held : np.ndarray of bool, shape (U, k), optional
            Units with a respondent of each column's domain; all where left out.

        Returns
        -------
        np.ndarray, shape (k, k)
        """
        if self.joint is not None:
            return totals.T @ self.joint @ totals
        held = np.ones(totals.shape, bool) if held is None else held
        cov = np.zeros((totals.shape[1], totals.shape[1]))
        for at in reversed(range(len(self.stages))):
            stage = self.stages[at]
            mean, factor = self._rules(stage, totals, held)
            centred = (totals - mean[stage.stratum]) * factor[stage.stratum]
            centred *= np.sqrt(self.scale[at])[:, None]
            cov += centred.T @ centred
            if at:
                parent = stage.parent[stage.stratum]
                units = len(self.stages[at - 1].stratum)
                totals = _sum_by(parent, totals, units)
                held = _sum_by(parent, held.astype(float), units) > 0
        return cov

    def _rules(self, stage: Stage, totals: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What is subtracted from the units of each stratum, and what they are multiplied by, (H, k) each."""
        mean = np.add.reduceat(totals, stage.start, axis=0) / stage.size[:, None]
        factor = np.ones(mean.shape)
        if self.lonely_psu not in ("adjust", "average"):
            return mean, factor
        units = np.add.reduceat(held.astype(np.int64), stage.start, axis=0)
        lonely = np.repeat(stage.lonely[:, None], totals.shape[1], axis=1)
        if self.domain_lonely:
            lonely |= (units == 1) & (stage.size[:, None] > 1) & (1 - stage.fraction[:, None] > CERTAIN)
        if not lonely.any():
            return mean, factor
        parents = int(stage.parent.max()) + 1
        if self.lonely_psu == "adjust":
            counts = np.bincount(stage.parent[stage.stratum], minlength=parents)
            overall = _sum_by(stage.parent[stage.stratum], totals, parents) / np.maximum(counts, 1)[:, None]
            return np.where(lonely, overall[stage.parent], mean), factor
        return mean, _averaged(stage.parent, parents, units > 0, lonely)

    def df(self, present: np.ndarray | None = None) -> float:
        """PSUs minus strata, counted among the PSUs marked in `present`, shape (PSUs,)."""
        stratum = self.first.stratum
        if present is None:
            return float(len(stratum) - len(self.first.size))
        return float(present.sum() - len(np.unique(stratum[present])))


def _averaged(parent: np.ndarray, parents: int, held: np.ndarray, lonely: np.ndarray) -> np.ndarray:
    """What the known strata are multiplied by to stand for the lonely ones, shape (H, k).

    They stand for those of the same parent; where a parent has no known stratum, the other parents stand
    for it. Where none is known at all, nothing is: NaN.
    """
    present = _sum_by(parent, held.astype(float), parents)
    known = _sum_by(parent, (held & ~lonely).astype(float), parents)
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.where(known > 0, present / known, 1.0)
        between = (present > 0).sum(axis=0) / (known > 0).sum(axis=0)
    between = np.where((present > 0).any(axis=0) & ~np.isfinite(between), np.nan, between)
    between[~(present > 0).any(axis=0)] = 1.0
    return np.asarray(np.where(lonely & np.isfinite(between), 0.0, np.sqrt(within * between)[parent]))


def _sum_by(group: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    """Sum the rows of `values`, shape (U, k), within groups: shape (groups, k)."""
    return np.column_stack([np.bincount(group, weights=each, minlength=groups) for each in values.T])
