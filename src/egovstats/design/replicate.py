"""Designs whose variance comes from replicate weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import design_numbers
from egovstats.design.design import Design
from egovstats.design.domains import Domains, cuts_of, number_domains
from egovstats.design.replicate_terms import term_columns
from egovstats.design.tallies import Answered
from egovstats.design.terms import Term
from egovstats.design.where import Where
from egovstats.errors import DesignError
from egovstats.one_thread import one_thread
from egovstats.results import Covariance, Reach
from egovstats.sources import Source
from egovstats.variance import Totals
from egovstats.variance.blocks import Arrays, ByUnit, Columns, Levels, Table, block_sums
from egovstats.variance.ranks import rank_by_rows
from egovstats.variance.replicates import Factors, ReplicateTotals, Scheme, scheme_of


class ReplicateDesign(Design):
    """A sample with replicate weights.

    Parameters
    ----------
    frame : pd.DataFrame, n rows
    weight : str
        Column of the full-sample weights.
    replicates : sequence of str
        Columns of replicate weights.
    method : str
        ``"JK1"``, ``"JKn"``, ``"JK2"``, ``"BRR"``, ``"Fay"``, ``"bootstrap"``,
        ``"successive-difference"`` or ``"other"``: sets the scale of the variance.
    fay : float, optional
        Fay's factor.
    scale, rscales : float and sequence of float, optional
        Instead of the method's own: variance = scale * sum(rscales * deviation squared).
    mse : bool
        Deviations from the full-sample estimate; from the mean of the replicates otherwise.
    combined : bool
        Replicate columns hold whole weights; otherwise factors that multiply `weight`.
    items, sources
        As in `Design`.

    Raises
    ------
    DesignError
        No replicates, missing or negative ones, an unknown method, scales that do not fit.

    References
    ----------
    Wolter (2007), Introduction to Variance Estimation, ch. 3-5.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        *,
        weight: str,
        replicates: Sequence[str],
        method: str,
        fay: float | None = None,
        scale: float | None = None,
        rscales: Sequence[float] | None = None,
        mse: bool = False,
        combined: bool = True,
        items: Mapping[str, Any] | None = None,
        sources: Sequence[Source] = (),
    ) -> None:
        super().__init__(frame, weight=weight, items=items, sources=sources)
        names = [replicates] if isinstance(replicates, str) else list(replicates)
        if len(names) < 2:
            raise DesignError(
                f"a variance needs at least two replicate weights, got {names}. Pass the names of all their "
                "columns in a list."
            )
        scheme = scheme_of(method, len(names), fay=fay, scale=scale, rscales=rscales, mse=mse)
        columns = [design_numbers(frame, name, "replicate weight") for name in names]
        for name, values in zip(names, columns, strict=True):
            if negative := int((values < 0).sum()):
                raise DesignError(
                    f"{negative} of {len(values)} replicate weights in {name!r} are negative. Check that all "
                    "the columns named are replicate weights."
                )
            if not (values > 0).any():
                raise DesignError(
                    f"no replicate weight in {name!r} is above 0, so that replicate represents nobody. Leave "
                    "its column out, with its rscale."
                )
        self._start(scheme, columns, None if combined else self.weight, None)

    @classmethod
    def made(cls, design: Design, made: Factors) -> ReplicateDesign:
        """A replicate design with factors by PSU of another design."""
        new = cls.__new__(cls)
        new.__dict__.update(design.__dict__)
        new._domains = type(design._domains)()
        psu = design.stages.psu_of_units()[design.stages.unit]
        new._start(made.scheme, made.factors, design.weight, psu)
        return new

    def _start(
        self,
        scheme: Scheme,
        columns: Sequence[np.ndarray] | np.ndarray,
        base: np.ndarray | None,
        psu: np.ndarray | None,
    ) -> None:
        self.scheme = scheme
        self._columns, self._base, self._psu = columns, base, psu
        self._degf: float | None = None

    def reweighted(self, weight: np.ndarray, replicates: list[np.ndarray]) -> ReplicateDesign:
        """The same sample and scheme with other weights: full-sample (n,) and R of replicates (n,)."""
        new = type(self).__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.weight = weight
        new._active = None if (weight > 0).all() else weight > 0
        new._domains = type(self._domains)()
        new._start(self.scheme, replicates, None, None)
        return new

    def __repr__(self) -> str:
        made = f"{self.replicates} {self.scheme.method} replicates"
        return f"<ReplicateDesign: {len(self)} respondents, {made}>"

    @property
    def replicates(self) -> int:
        """How many replicate weights there are."""
        return len(self._columns)

    @property
    def df(self) -> float:
        """Rank of the matrix of replicate weights, minus 1."""
        if self._degf is None:
            self._degf = self._rank(np.arange(len(self)), self.replicates)
        return self._degf

    def replicate_weights(self) -> Iterator[np.ndarray]:
        """Each replicate's weights, shape (n,), one after the other."""
        every = slice(0, len(self))
        for values in self._columns:
            yield self._block([values], every)[0]

    def replicated(self, statistic: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, Covariance]:
        """Any statistic of the weights, with its covariance.

        Parameters
        ----------
        statistic : callable
            Takes weights, shape (n,), and returns estimates, shape (k,).

        Returns
        -------
        estimate : np.ndarray, shape (k,)
        covariance : Covariance
        """
        estimate = np.atleast_1d(np.asarray(statistic(self.weight), dtype=float))
        moved = np.stack(
            [np.atleast_1d(np.asarray(statistic(weight), dtype=float)) for weight in self.replicate_weights()]
        )
        return estimate, self.scheme.covariance(moved, estimate)

    def _block(self, columns: Sequence[np.ndarray] | np.ndarray, rows: slice | np.ndarray) -> np.ndarray:
        """Replicate weights of some respondents, shape (columns, rows)."""
        if self._psu is not None:
            block = np.stack([values[self._psu[rows]] for values in columns])
        else:
            block = np.stack([values[rows] for values in columns])
        return block if self._base is None else block * self._base[rows]

    def _numbered(self, by: str | Sequence[str] | None, where: Where) -> Domains:
        """Number the domains; degrees of freedom are those of the replicate weights in each."""
        keys, code, notes = number_domains(self._frame, by, where, self._active)
        if code is None:
            return Domains(keys, None, None, np.array([self.df]), np.array([float(len(self))]), notes, None)
        sizes = np.bincount(code[code >= 0], minlength=len(keys))
        cuts = cuts_of(code, len(keys))
        small = code.astype(np.int16) if len(keys) < 1 << 15 else code  # sorted without comparing
        order = np.arange(len(code)) if cuts is not None else np.argsort(small, kind="stable")
        order, ends = order[len(code) - sizes.sum() :], np.cumsum(sizes)
        whole = int(self.df) + 1
        df = np.array(
            [self._rank(order[end - size : end], whole) for end, size in zip(ends, sizes, strict=True)]
        )
        return Domains(keys, code, None, df, sizes.astype(float), notes, cuts)

    def _rank(self, rows: np.ndarray, most: int) -> float:
        """Rank of the replicate weights of some respondents, minus 1; it cannot exceed `most`."""
        if self._psu is not None:  # respondents of one PSU have the same factors
            held, columns = np.zeros(len(self._columns[0]), bool), self._columns
            held[self._psu[rows]] = True
            psu = np.flatnonzero(held)
            return float(
                rank_by_rows(lambda part: np.stack([c[psu[part]] for c in columns]), len(psu), most) - 1
            )
        return float(rank_by_rows(lambda part: self._block(self._columns, rows[part]), len(rows), most) - 1)

    def totals(self, domains: Domains, columns: Sequence[np.ndarray]) -> Totals:
        """Totals of columns, shape (n,) each, by domain, under the weights and every replicate."""
        return self._sums(domains, [Arrays(columns)])

    def code_totals(self, domains: Domains, codes: np.ndarray, levels: int) -> Totals:
        """Totals of those with each code 1..levels, by domain."""
        return self._sums(domains, [Levels(codes, levels)])

    def answered(self, domains: Domains, items: Sequence[str]) -> list[Answered]:
        """Totals of the answers of several items by domain, and how many answered: one pass for all."""
        coded = [self.codes(item) for item in items]
        totals = self._sums(domains, [Levels(codes, len(answers)) for codes, answers in coded])
        ends = np.cumsum([len(answers) for _, answers in coded])
        return [
            Answered(totals.columns(end - len(answers), end), self.counts(domains, codes > 0), answers)
            for end, (codes, answers) in zip(ends, coded, strict=True)
        ]

    @one_thread
    def term_totals(
        self, domains: Domains, terms: Sequence[Term], beside: Sequence[Term] = ()
    ) -> tuple[Totals, np.ndarray]:
        """Totals of terms by domain; and the values, shape (G, beside), of some without variance."""
        asked = term_columns(terms, beside, self.numbers, self.values)
        sums, others = self._block_sums(domains, asked.columns, asked.beside)
        found = sums @ asked.recipe
        others = np.hstack([sums[0], others]) @ asked.recipe_beside
        return ReplicateTotals(found[0], found[1:], self.scheme), others

    def _sums(self, domains: Domains, columns: Sequence[Columns]) -> ReplicateTotals:
        sums, _ = self._block_sums(domains, columns, ())
        return ReplicateTotals(sums[0], sums[1:], self.scheme)

    def _block_sums(
        self, domains: Domains, columns: Sequence[Columns], beside: Sequence[Columns]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Sums under the weights and all replicates, shape (R + 1, G, columns); others (G, beside)."""
        replicates: Columns
        if self._psu is not None:
            replicates = ByUnit(np.asarray(self._columns), self._psu, self.weight)
        else:
            table = Table.under(self._columns) if self._base is None else None
            replicates = table or Arrays(self._columns, self._base)
        every: list[Columns] = [Arrays([self.weight]), replicates]
        return block_sums(columns, beside, every, domains.code, len(domains), len(self))

    def reach(self, domains: Domains, each: int) -> Reach | None:
        """Degrees of freedom of sets of domains, for `each` estimates a domain."""

        def count(chosen: np.ndarray) -> float:
            best = float(domains.df[chosen].max())
            if domains.code is None or len(chosen) == 1 or best >= self.df:
                return best
            return self._rank(np.flatnonzero(np.isin(domains.code, chosen)), int(self.df) + 1)

        return Reach(count, np.repeat(np.arange(len(domains)), each))

    def cov_of_totals(self, scores: np.ndarray) -> np.ndarray:
        """Not defined for replicates: estimators re-compute their numbers instead.

        Raises
        ------
        DesignError
            Always.
        """
        raise DesignError(
            "replicate weights carry no covariance of scores. Use an estimator or replicated()."
        )
