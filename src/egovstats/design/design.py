"""The sample design: what every estimator asks for weights, domains, values and covariances."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import labels, weights
from egovstats.design.domains import Domains, cuts_of, number_domains
from egovstats.design.respondents import Respondents
from egovstats.design.stated import (
    listed,
    population_sizes,
    pps_rule,
    probabilities,
    strata_by_stage,
    weights_from,
)
from egovstats.design.tallies import Answered, by_cell, terms_by_cell
from egovstats.design.terms import Term, term_arrays
from egovstats.design.where import Where, mask_of
from egovstats.errors import DesignError, EstimateError
from egovstats.results import Reach
from egovstats.sources import Source
from egovstats.variance import (
    Cells,
    CellTotals,
    Stages,
    Totals,
    build_stages,
    sum_columns,
    tally,
    with_approximate_joint,
    with_joint_probabilities,
)

_KEPT = 16  # numberings of domains remembered at a time
_AT_ONCE = 1 << 15  # totals by cell that are worked out together


class Design(Respondents):
    """A stratified multi-stage sample.

    Parameters
    ----------
    frame : pd.DataFrame, n rows
        One row a respondent; never changed.
    weight : str, optional
        Column of sampling weights. Without it, weights follow from `population_size` (population over
        sample, stage by stage), or everyone counts 1.
    stratum : str or sequence of str, optional
        Column of strata; several columns together make the strata of the first stage. For strata of
        later stages pass a list with one entry (a name, a tuple of names, or None) a stage to `strata`.
    psu : str or sequence of str, optional
        Columns of sampling units, one a stage, PSUs first. Without it respondents are the units.
    population_size : str or sequence of str, optional
        Columns with the number of units in the population of the stratum, one a stage.
    sampling_fraction : str or sequence of str, optional
        The same as shares of units sampled, above 0 and at most 1.
    nest : bool
        PSU codes start again in each stratum. Otherwise a code found in two strata is refused.
    lonely_psu : str
        Strata with one PSU: ``"fail"`` (refused, with the list), ``"remove"`` and ``"certainty"`` (add
        nothing), ``"average"`` (add the mean of the other strata) or ``"adjust"`` (taken from the mean of
        all PSUs).
    domain_lonely : bool
        Apply ``"adjust"`` or ``"average"`` also to strata left with one PSU in a domain.
    inclusion_probability : str, optional
        Column with the probability that the PSU was drawn, for PSUs drawn with unequal probabilities;
        without `weight`, weights are one over it.
    pps : str, tuple or np.ndarray, optional
        Variance with unequal probabilities: ``"brewer"`` (default where probabilities are given),
        ``"overton"`` or ``"hartley-rao"`` (approximate joint probabilities), ``"hansen-hurwitz"`` (as if
        drawn with replacement), or the matrix of joint inclusion probabilities of the PSUs, in the order
        in which they first appear. ``("hartley-rao", q)`` gives the sum of squared probabilities over the
        population, divided by the number of PSUs drawn, which is estimated otherwise.
    pps_variance : str
        With joint probabilities: ``"HT"`` (Horvitz-Thompson) or ``"YG"`` (Yates-Grundy).
    items : mapping, optional
        Item name to its description (`answers`, each with `code`; `unit`).
    sources : tuple of Source

    Raises
    ------
    DesignError
        Missing or negative weights, missing labels, a PSU in two strata, a population below its sample,
        strata with one PSU.

    Examples
    --------
    >>> frame = pd.DataFrame({"w": [1.0, 2.0, 1.0, 2.0], "y": [1.0, 2.0, 3.0, 4.0]})
    >>> Design(frame, weight="w").df
    3.0
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        weight: str | None = None,
        stratum: str | Sequence[str] | None = None,
        psu: str | Sequence[str] | None = None,
        population_size: str | Sequence[str] | None = None,
        sampling_fraction: str | Sequence[str] | None = None,
        strata: Sequence[str | Sequence[str] | None] | None = None,
        nest: bool = False,
        lonely_psu: str = "fail",
        domain_lonely: bool = False,
        inclusion_probability: str | None = None,
        pps: str | tuple[str, float] | np.ndarray | None = None,
        pps_variance: str = "HT",
        items: Mapping[str, Any] | None = None,
        sources: Sequence[Source] = (),
    ) -> None:
        super().__init__(frame, items, sources)
        units = listed(psu)
        sizes = listed(population_size) or listed(sampling_fraction)
        if listed(population_size) and listed(sampling_fraction):
            raise DesignError("population_size and sampling_fraction say the same thing. Pass one of them.")
        depth = max(len(units), len(sizes), 1)
        if len(sizes) > max(len(units), 1) + 1:
            raise DesignError(
                f"{len(sizes)} population sizes for {len(units)} stages of units. Pass one a stage."
            )
        stage_strata = strata_by_stage(stratum, strata, depth)
        unit_labels = [
            labels(frame, name, "unit of a later stage" if at else "PSU") for at, name in enumerate(units)
        ] + [None] * (depth - len(units))
        stratum_labels = [labels(frame, name, "stratum") for name in stage_strata]
        populations = population_sizes(
            frame, sizes, stratum_labels, unit_labels, depth, fractions=population_size is None
        )
        rule, squares = pps_rule(pps)
        chances = probabilities(frame, inclusion_probability, pps is not None, depth)
        self.stages: Stages = build_stages(
            stratum_labels,
            unit_labels,
            populations,
            len(frame),
            lonely_psu=lonely_psu,
            domain_lonely=domain_lonely,
            nest=nest,
            probabilities=None if rule == "hansen-hurwitz" else chances,
        )
        if isinstance(pps, np.ndarray):
            self.stages = with_joint_probabilities(self.stages, pps, pps_variance)
        elif rule in ("overton", "hartley-rao"):
            self.stages = with_approximate_joint(self.stages, rule, pps_variance, squares)
        self.lonely_psu = lonely_psu
        self.weight: np.ndarray = (
            weights(frame, weight)
            if weight is not None
            else weights_from(self.stages, len(frame), sizes)
            if chances[0] is None
            else 1 / chances[0]
        )
        self.weight_name = weight
        self._active = None if (self.weight > 0).all() else self.weight > 0
        self._domains: OrderedDict[Any, Domains] = OrderedDict()

    def __repr__(self) -> str:
        first = self.stages.first
        return f"<Design: {len(self)} respondents, {len(first.size)} strata, {len(first.stratum)} PSUs>"

    @property
    def df(self) -> float:
        """Design degrees of freedom: PSUs minus strata, among those with a weight above 0."""
        return float(self.domains(None).df[0])

    def domains(self, by: str | Sequence[str] | None = None, where: Where = None) -> Domains:
        """Domains of the sample, numbered once and remembered.

        Parameters
        ----------
        by : str or sequence of str, optional
            Split by the values of these columns (all combinations that occur).
        where : str, or boolean array of shape (n,), optional
            Keep to the respondents for whom this holds.
        """
        by_key = by if by is None or isinstance(by, str) else tuple(by)
        key = (by_key, where) if where is None or isinstance(where, str) else None
        if key is not None and key in self._domains:
            self._domains.move_to_end(key)
            return self._domains[key]
        domains = self._numbered(by, where)
        if key is not None:
            self._domains[key] = domains
            if len(self._domains) > _KEPT:
                _, gone = self._domains.popitem(last=False)
                self._kept.drop(lambda held: isinstance(held, tuple) and held[1] is gone)
        return domains

    def _numbered(self, by: str | Sequence[str] | None, where: Where) -> Domains:
        """Number the domains, with their cells and degrees of freedom."""
        mask = mask_of(self._frame, where)
        if mask is not None and mask.all():
            return self.domains(by)  # everybody: numbered once and remembered
        keys, code, notes = number_domains(self._frame, by, mask, self._active)
        cells = Cells.build(self.stages, code, len(keys))
        df = np.array([self.stages.df(present) for present in cells.present])
        n = _sizes(code, len(keys), len(self))
        return Domains(keys, code, cells, df, n, notes, cuts_of(code, len(keys)))

    def totals(self, domains: Domains, columns: Sequence[np.ndarray]) -> Totals:
        """Weighted totals of columns, shape (n,) each, by domain."""
        cells = _cells(domains)
        weighted = [self.weight * each for each in columns]
        return CellTotals(cells, sum_columns(cells.index, weighted, len(cells)))

    def answer_totals(self, domains: Domains, item: str) -> tuple[Totals, list[Any]]:
        """Weighted totals of an item's K answers by domain, in one pass, and the answers."""
        found = self.answered(domains, [item])[0]
        return found.totals, found.answers

    def answered(self, domains: Domains, items: Sequence[str]) -> list[Answered]:
        """Totals of the answers of several items by domain, and how many answered; kept for the next time."""
        if type(self) is Design:
            return by_cell(self, _cells(domains), domains, items)
        found = []
        for item in items:
            codes, answers = self.codes(item)
            totals = self.code_totals(domains, codes, len(answers))
            found.append(Answered(totals, self.counts(domains, codes > 0), answers))
        return found

    def prepare(self, domains: Domains, items: Sequence[str]) -> None:
        """Tally several items in one pass, where tallies are kept until each is asked for."""
        if type(self) is Design:
            self.answered(domains, items)

    def term_totals(
        self, domains: Domains, terms: Sequence[Term], beside: Sequence[Term] = ()
    ) -> tuple[Totals, np.ndarray]:
        """Weighted totals of terms by domain; and those of further terms whose variance nobody needs.

        Returns
        -------
        totals : Totals of the terms
        sums : np.ndarray, shape (G, beside)
        """
        if type(self) is Design:
            every = terms_by_cell(self, _cells(domains), domains, [*terms, *beside])
            return every.columns(0, len(terms)), every.value[:, len(terms) :]
        arrays = term_arrays([*terms, *beside], self.values)
        groups, first = len(domains), int(domains.code is not None)
        code = np.zeros(len(self), np.int64) if domains.code is None else domains.code + 1
        sums = np.zeros((groups, len(beside)))
        for at, each in enumerate(arrays[len(terms) :]):
            sums[:, at] = np.bincount(code, weights=self.weight * each, minlength=groups + first)[first:]
        return self.totals(domains, arrays[: len(terms)]), sums

    def base_counts(self, domains: Domains, base: Sequence[str]) -> np.ndarray:
        """Respondents with a weight above 0 who answered all of `base`, by domain, shape (G,)."""
        if len(base) == 1 and (small := self.numbers(base[0])) is not None:
            kept = self._kept.get((base[0], domains)) if type(self) is Design else None
            if kept is not None:
                n: np.ndarray = kept[1]
                return n
            return self.counts(domains, small[0] > 0)
        inside = self.values(base[0])[1]
        for item in base[1:]:
            inside = inside & self.values(item)[1]
        return self.counts(domains, inside)

    def at_once(self, domains: Domains) -> int:
        """How many items to take at once: many where the sample is small, few where totals fill memory."""
        cells = 1 if domains.cells is None else len(domains.cells)
        return min(max(_AT_ONCE // max(cells, 1), 4), 64)

    def code_totals(self, domains: Domains, codes: np.ndarray, levels: int) -> Totals:
        """Weighted totals of those with each code 1..levels (0: none), by domain; `codes` is unsigned."""
        cells = _cells(domains)
        return CellTotals(cells, tally(cells.index, codes, self.weight, len(cells), levels))

    def counts(self, domains: Domains, inside: np.ndarray) -> np.ndarray:
        """Respondents with a weight above 0 for whom `inside` (n,) holds, by domain, shape (G,)."""
        if domains.cuts is not None:
            ends = domains.cuts.tolist()
            return np.array([np.count_nonzero(inside[a:b]) for a, b in pairwise(ends)], dtype=float)
        if domains.code is None:
            return np.array([np.count_nonzero(inside)], dtype=float)
        outside = np.flatnonzero(~inside)  # few, as a rule: those who gave no answer
        code = domains.code[outside]
        return domains.n - np.bincount(code[code >= 0], minlength=len(domains))

    def reach(self, domains: Domains, each: int) -> Reach | None:
        """Degrees of freedom of sets of domains, for `each` estimates a domain."""
        present, stages = _cells(domains).present, self.stages
        return Reach(
            lambda chosen: stages.df(present[chosen].any(axis=0)), np.repeat(np.arange(len(domains)), each)
        )

    def cov_of_totals(self, scores: np.ndarray) -> np.ndarray:
        """Covariance of the sums of linearised values.

        Parameters
        ----------
        scores : np.ndarray, shape (n, k)
            Each respondent's contribution, weight included.

        Returns
        -------
        np.ndarray, shape (k, k)
        """
        units = self.stages.units
        totals = np.column_stack(
            [
                np.bincount(self.stages.unit, weights=each, minlength=units)
                for each in np.asarray(scores, float).T
            ]
        )
        return self.stages.cov(totals)


def _sizes(code: np.ndarray | None, domains: int, n: int) -> np.ndarray:
    if code is None:
        return np.array([float(n)])
    return np.bincount(code[code >= 0], minlength=domains).astype(float)


def _cells(domains: Domains) -> Cells:
    assert domains.cells is not None  # a linearised design numbers its cells with its domains
    return domains.cells


def check_design(design: object) -> Design:
    """The design, or an error that says how to make one.

    Raises
    ------
    EstimateError
        Something else was passed.
    """
    if not isinstance(design, Design):
        raise EstimateError(
            f"an estimate needs a Design, got {type(design).__name__}. "
            "Make one: egovstats.Design(frame, weight=..., stratum=..., psu=...)."
        )
    return design
