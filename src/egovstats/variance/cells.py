"""Cells: the pairs of a sampling unit and a domain that hold a respondent.

Totals by cell are all that a linearised variance needs. Domains that share no stratum (waves) are
uncorrelated, so the covariance is worked out within groups of connected domains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from egovstats.one_thread import one_thread
from egovstats.variance.numbering import dense_codes
from egovstats.variance.stages import Stages

Place = np.ndarray | slice
_BLOCK = 1 << 22  # numbers in one dense block


@dataclass(frozen=True, eq=False)
class Cells:
    """Numbering of (unit, domain) pairs.

    Parameters
    ----------
    stages : Stages
    domains : int
        How many domains there are.
    index : np.ndarray of int32, shape (n,)
        Cell of each respondent; the number of cells for those in no domain.
    unit, domain : np.ndarray of int, shape (C,)
        Unit (of the last stage) and domain of each cell, ascending by unit.
    as_one : bool
        To the rules of lonely PSUs all domains are one: a unit in any of them is in all.
    """

    stages: Stages
    domains: int
    index: np.ndarray
    unit: np.ndarray
    domain: np.ndarray
    as_one: bool = False

    @classmethod
    def build(cls, stages: Stages, domain: np.ndarray | None, domains: int) -> Cells:
        """Number the cells; `domain` has shape (n,), -1 for none, or is None when all are in one."""
        if domain is None:
            every = np.arange(stages.units, dtype=np.int32)
            return cls(stages, 1, stages.unit, every, np.zeros(stages.units, np.int32))
        width = domains + 1
        key = stages.unit.astype(np.int64) * width + domain
        key[domain < 0] = -1
        inside = key >= 0
        codes, levels = dense_codes(key) if inside.all() else dense_codes(np.where(inside, key, -1))
        if not inside.all():
            codes, levels = codes - 1, levels[1:]
            codes[codes < 0] = len(levels)
        return cls(
            stages, domains, codes.astype(np.int32), levels // width, (levels % width).astype(np.int32)
        )

    def __len__(self) -> int:
        return len(self.unit)

    @cached_property
    def psu(self) -> np.ndarray:
        """PSU of each cell, shape (C,)."""
        return self.unit if len(self.stages.stages) == 1 else self.stages.psu_of_units()[self.unit]

    @cached_property
    def present(self) -> np.ndarray:
        """Which PSUs hold a respondent of each domain, bool, shape (domains, PSUs)."""
        held = np.zeros((self.domains, len(self.stages.first.stratum)), bool)
        held[self.domain, self.psu] = True
        return held

    @cached_property
    def _held(self) -> np.ndarray | None:
        """Cells of each domain where the cells come domain by domain, shape (domains,); None otherwise."""
        if np.any(self.domain[1:] < self.domain[:-1]):
            return None
        return np.bincount(self.domain, minlength=self.domains)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Give each cell the value of its domain: shape (r, domains) to (r, C)."""
        if self._held is not None:
            return np.repeat(values, self._held, axis=1)
        return np.take(values, self.domain, axis=1)

    def by_domain(self, values: np.ndarray) -> np.ndarray:
        """Sum cell values, shape (r, C), within domains: shape (r, domains)."""
        if self.domains == 1:
            return values.sum(axis=1)[:, None]
        runs = self._runs
        return self._runs_by_domain(np.add.reduceat(_take(values, runs.order), runs.start, axis=1))

    def _runs_by_domain(self, values: np.ndarray) -> np.ndarray:
        """Sum values of runs, shape (r, runs), within domains: shape (r, domains)."""
        domain = self._runs.domain
        sums = [np.bincount(domain, weights=each, minlength=self.domains) for each in values]
        return np.array(sums).reshape(len(values), self.domains)

    @cached_property
    def _groups(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Groups of domains that share strata: (their domains, their cells)."""
        if self.domains == 1 or not self.stages.separable:
            return [(np.arange(self.domains), np.arange(len(self)))]
        stratum = self.stages.first.stratum[self.psu]
        group = _connected(stratum, self.domain, self.domains)
        cell_group = group[self.domain]
        order = np.argsort(cell_group, kind="stable")
        cuts = np.searchsorted(cell_group[order], np.arange(group.max() + 2))
        return [
            (np.flatnonzero(group == at), order[cuts[at] : cuts[at + 1]])
            for at in range(int(group.max()) + 1)
        ]

    @one_thread
    def cov(self, scores: np.ndarray) -> np.ndarray:
        """Covariance of the domain sums of linearised cell totals.

        Parameters
        ----------
        scores : np.ndarray, shape (r, C)

        Returns
        -------
        np.ndarray, shape (domains * r, domains * r)
            Domain by domain, and the r columns within each.
        """
        r = len(scores)
        cov = np.zeros((self.domains * r, self.domains * r))
        if self._alone:
            for domain, block in self._own_blocks(scores):
                cov[domain * r : (domain + 1) * r, domain * r : (domain + 1) * r] = block
        for domains, cells in self._groups:
            if not len(cells) or (self._alone and len(domains) == 1):
                continue
            place = np.zeros(self.domains, np.int64)
            place[domains] = np.arange(len(domains))
            columns = (domains[:, None] * r + np.arange(r)).ravel()
            block = self._dense(scores.T[cells], cells, place[self.domain[cells]], len(domains))
            cov[np.ix_(columns, columns)] = block
        return cov

    @cached_property
    def _alone(self) -> list[tuple[int, Place, Place]]:
        """Domains that share no stratum with another, as waves do: domain, its cells and its runs."""
        if self.domains == 1 or not self.stages.separable:
            return []
        runs = self._runs
        found: list[tuple[int, Place, Place]] = []
        for domains, _ in self._groups:
            if len(domains) == 1:
                own = np.flatnonzero(runs.domain == domains[0])
                cells = [np.arange(runs.start[at], runs.start[at] + runs.held[at]) for at in own]
                if len(own):
                    found.append((int(domains[0]), _slice(np.concatenate(cells)), _slice(own)))
        return found

    def _own_blocks(self, scores: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Covariance within each domain that shares no stratum, from all cells centred at once."""
        runs = self._runs
        values = _take(scores, runs.order)
        size = self.stages.first.size[runs.stratum]
        root = np.sqrt(self.stages.scale[0][self.stages.first.start[runs.stratum]])
        mean = np.add.reduceat(values, runs.start, axis=1) / size
        centred = (values - np.repeat(mean, runs.held, axis=1)) * np.repeat(root, runs.held)
        absent = mean * (np.sqrt(size - runs.held) * root)  # PSUs of the stratum with nobody of the domain
        for domain, cells, own in self._alone:
            here, missing = centred[:, cells], absent[:, own]
            yield domain, here @ here.T + missing @ missing.T

    def _dense(self, scores: np.ndarray, cells: np.ndarray, place: np.ndarray, domains: int) -> np.ndarray:
        """Covariance within one group of domains, stratum range by stratum range to bound the memory."""
        r = scores.shape[1]
        width = domains * r
        if not self.stages.separable:
            everywhere = np.zeros((self.stages.units, domains, r))
            everywhere[self.unit[cells], place] = scores
            held = np.zeros((self.stages.units, domains), bool)
            held[self.unit[cells], slice(None) if self.as_one else place] = True
            return self.stages.cov(everywhere.reshape(-1, width), np.repeat(held, r, axis=1))
        stage = self.stages.first
        scale = np.sqrt(self.stages.scale[0][stage.start])  # one factor serves all units of a stratum
        unit = self.unit[cells]
        stratum = stage.stratum[unit]
        held, first_cell = np.unique(stratum, return_index=True)  # cells ascend by unit, so by stratum
        bounds = np.append(first_cell, len(cells))
        cov = np.zeros((width, width))
        for low, high in _batches(stage.size[held], width):
            part = slice(bounds[low], bounds[high])
            sizes = stage.size[held[low:high]].astype(np.int64)
            offset = np.concatenate([[0], np.cumsum(sizes)])
            batch = np.searchsorted(held[low:high], stratum[part])
            row = offset[batch] + unit[part] - stage.start[stratum[part]]
            by_domain = np.zeros((int(offset[-1]), domains, r))
            by_domain[row, place[part]] = scores[part]
            totals = by_domain.reshape(-1, width)
            mean = np.add.reduceat(totals, offset[:-1], axis=0) / sizes[:, None]
            totals -= np.repeat(mean, sizes, axis=0)
            totals *= np.repeat(scale[held[low:high]], sizes)[:, None]
            cov += totals.T @ totals
        return cov

    @cached_property
    def _runs(self) -> _Runs:
        stratum = self.stages.first.stratum[self.psu]
        key = stratum.astype(np.int64) * self.domains + self.domain
        order = None
        if np.any(key[1:] < key[:-1]):
            order = np.argsort(key, kind="stable")
            key = key[order]
        start = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, np.int64)
        return _Runs(
            order=order,
            start=start,
            stratum=key[start] // self.domains,
            domain=key[start] % self.domains,
            held=np.diff(np.append(start, len(key))),
        )

    def variance(self, scores: np.ndarray) -> np.ndarray:
        """Variances alone, shape (r, domains): the diagonal of `cov` without the joint matrix.

        Parameters
        ----------
        scores : np.ndarray, shape (r, C)
        """
        if not self.stages.separable:
            return np.diag(self.cov(scores)).reshape(self.domains, len(scores)).T.copy()
        runs = self._runs
        values = _take(scores, runs.order)
        size = self.stages.first.size[runs.stratum]
        mean = np.add.reduceat(values, runs.start, axis=1) / size
        centred = values - np.repeat(mean, runs.held, axis=1)
        centred *= centred
        squares = np.add.reduceat(centred, runs.start, axis=1)
        squares += (size - runs.held) * mean * mean  # PSUs of the stratum with nobody of the domain
        squares *= self.stages.scale[0][self.stages.first.start[runs.stratum]]
        return self._runs_by_domain(squares)


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Runs of cells of one stratum and one domain.

    Parameters
    ----------
    order : np.ndarray, shape (C,), or None
        Order that brings the cells into runs; None where they are.
    start, stratum, domain, held : np.ndarray, one entry a run
        First cell, stratum, domain and number of cells.
    """

    order: np.ndarray | None
    start: np.ndarray
    stratum: np.ndarray
    domain: np.ndarray
    held: np.ndarray


def _slice(places: np.ndarray) -> Place:
    """Neighbouring places as a slice."""
    if places[-1] - places[0] + 1 == len(places):
        return slice(int(places[0]), int(places[-1]) + 1)
    return places


def _take(values: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    return values if order is None else values[:, order]


def _connected(stratum: np.ndarray, domain: np.ndarray, domains: int) -> np.ndarray:
    """Number the groups of domains that are connected through shared strata, shape (domains,)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    strata = int(stratum.max()) + 1 if len(stratum) else 0
    links = coo_matrix(
        (np.ones(len(domain), np.int8), (domain, domains + stratum)), shape=(domains + strata,) * 2
    )
    return connected_components(links, directed=False)[1][:domains]


def _batches(sizes: np.ndarray, width: int) -> list[tuple[int, int]]:
    """Cut strata into ranges whose dense block stays below a bound."""
    most = max(_BLOCK // max(width, 1), 1)
    cuts, held = [0], 0
    for at, size in enumerate(sizes):
        if held and held + size > most:
            cuts.append(at)
            held = 0
        held += int(size)
    return list(zip(cuts, [*cuts[1:], len(sizes)], strict=True))
