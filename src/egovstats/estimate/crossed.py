"""Crossed answers, as a result: people, and shares of the row, of the column and of the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.design.domains import Domains
from egovstats.design.where import Where
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.assemble import keys_of
from egovstats.estimate.proportion import check_interval
from egovstats.estimate.remarks import remarks
from egovstats.results import Covariance, Estimates
from egovstats.variance.smooth import smooth
from egovstats.variance.totals import Totals

SHARES = ("row", "column", "total")


def table_of(tables: Domains, cells: Domains, split: list[str]) -> np.ndarray:
    """The table that each of the (table, column) domains belongs to, shape (G,)."""
    if not split:
        return np.zeros(len(cells), np.int64)
    place = {key: at for at, key in enumerate(tables.keys[split].itertuples(index=False, name=None))}
    return np.array([place[key] for key in cells.keys[split].itertuples(index=False, name=None)])


@dataclass(frozen=True, eq=False)
class Crosstab:
    """Crossed answers: B tables of R rows and C columns.

    Parameters
    ----------
    design : Design
    tables, cells : Domains
        The B tables; and their columns with anyone in them, G.
    split : list of str
        What the tables are split by.
    where : condition
        Who is in the tables at all.
    rows, columns : str
        The items.
    answers, levels : list
        The R answers of the rows and the C of the columns.
    totals : Totals
        People by column (G) and answer (R).
    table, column : np.ndarray of int, shape (G,)
        Where each column lies.
    respondents : np.ndarray, shape (G, R)
    """

    design: Design
    tables: Domains
    cells: Domains
    split: list[str]
    where: Where
    rows: str
    columns: str
    answers: list[Any]
    levels: list[Any]
    totals: Totals
    table: np.ndarray
    column: np.ndarray
    respondents: np.ndarray

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def shape(self) -> tuple[int, int, int]:
        """Tables, rows, columns."""
        return len(self.tables), len(self.answers), len(self.levels)

    @cached_property
    def _place(self) -> np.ndarray:
        """Cell of the tables, row by row, that each total belongs to, shape (G * R,)."""
        _, r, c = self.shape
        return ((self.table[:, None] * r + np.arange(r)) * c + self.column[:, None]).ravel()

    def _spread(self, values: np.ndarray) -> np.ndarray:
        """Totals (..., G, R) as cells (..., B * R * C); cells that nobody is in hold 0."""
        flat = values.reshape(*values.shape[:-2], -1)
        spread = np.zeros((*flat.shape[:-1], int(np.prod(self.shape))), dtype=flat.dtype)
        spread[..., self._place] = flat
        return spread

    @property
    def n(self) -> np.ndarray:
        """Respondents in each cell, shape (B, R, C)."""
        return self._spread(self.respondents).reshape(self.shape)

    @property
    def n_effective(self) -> np.ndarray:
        """Respondents in each column over the design effect of their weights, shape (B, C).

        Kish (1965), Survey Sampling, 11.7: the square of the weights' sum over the sum of their squares.
        """
        assert self.cells.code is not None
        inside = (self.cells.code >= 0) & (self.design.codes(self.rows)[0] > 0)
        code, weight = self.cells.code[inside], self.design.weight[inside]
        sums = [np.bincount(code, weights=weight**power, minlength=len(self.cells)) for power in (1, 2)]
        found = np.zeros((len(self.tables), len(self.levels)))
        with np.errstate(invalid="ignore", divide="ignore"):
            found[self.table, self.column] = np.where(sums[1] > 0, sums[0] ** 2 / sums[1], 0.0)
        return found

    @property
    def counts(self) -> Estimates:
        """People in each cell, table by table, row by row."""
        _, covariance = self.totals.covariance(range(len(self.answers)))
        cells = int(np.prod(self.shape))
        place = self._place

        def joint() -> np.ndarray:
            cov = np.zeros((cells, cells))
            cov[np.ix_(place, place)] = covariance.matrix
            return cov

        variance = np.zeros(cells)
        variance[place] = covariance.variance
        people = self._spread(self.totals.value)
        return self._assembled(
            "total",
            people,
            Covariance(variance, joint),
            var_srs=lambda n, base: people / base * (1 - people / base) / (n - 1) * base**2,
            statistic="count",
            unit="people",
        )

    def shares(self, of: str = "column", *, interval: str = "logit") -> Estimates:
        """Share of each cell in its column, its row, or the whole table.

        Parameters
        ----------
        of : str
            ``"column"``, ``"row"`` or ``"total"``.
        interval : str
            As in `proportion`.

        Raises
        ------
        EstimateError
            Another word, an unknown interval.
        """
        if of not in SHARES:
            raise EstimateError(f"there are no shares of {of!r}. {nearest(of, SHARES)}")
        check_interval(interval)
        group = self._group(of)
        share, covariance = smooth(
            self.totals, lambda totals: self._ratio(totals, group), jacobian=lambda _: self._slope(group)
        )
        return self._assembled(
            of,
            share,
            covariance,
            var_srs=lambda n, _: share * (1 - share) / (n - 1),
            statistic="proportion",
            unit="share",
            interval=interval,
        )

    def to_frame(self, *, conf_level: float = 0.95) -> pd.DataFrame:
        """One row a cell: people, then the three shares with their intervals."""
        counts = self.counts
        frame = counts.keys.assign(n=self.n.ravel(), population=counts.estimate)
        for of in SHARES:
            shares = self.shares(of)
            low, high = shares.conf_int(conf_level)
            frame[f"{of}_share"], frame[f"{of}_std_error"] = shares.estimate, shares.std_error
            frame[f"{of}_conf_low"], frame[f"{of}_conf_high"] = low, high
        return frame

    def _group(self, of: str) -> np.ndarray:
        """What each cell is a share of, as numbers 0, 1, ..., shape (B * R * C,)."""
        b, r, c = self.shape
        table, row, column = np.indices((b, r, c)).reshape(3, -1)
        return {"total": table, "row": table * r + row, "column": table * c + column}[of]

    def _ratio(self, totals: np.ndarray, group: np.ndarray) -> np.ndarray:
        people = self._spread(totals)
        member = group[:, None] == np.arange(group.max() + 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return people / (people @ member)[..., group]

    def _slope(self, group: np.ndarray) -> np.ndarray:
        """Derivatives of the shares by the totals: (own - share * same group) / group's sum."""
        people = self._spread(self.totals.value)
        with np.errstate(invalid="ignore", divide="ignore"):
            base = _sum(group, people)
            slope = (np.eye(len(people)) - (group[:, None] == group) * (people / base)[:, None]) / base[
                :, None
            ]
        return slope[:, self._place]

    def _domain(self, of: str) -> tuple[Domains, np.ndarray]:
        """Whose degrees of freedom the shares have, and which domain each cell belongs to (0 if empty)."""
        b, r, c = self.shape
        if of == "total":
            return self.tables, np.repeat(np.arange(b), r * c)
        domains = self.cells if of == "column" else self.row_domains()
        member = self._group(of)
        table = table_of(self.tables, domains, self.split)
        name, levels = (self.columns, self.levels) if of == "column" else (self.rows, self.answers)
        within = [levels.index(level) for level in domains.keys[name]]
        place = np.zeros(member.max() + 1, np.int64)
        place[table * len(levels) + np.array(within, np.int64)] = np.arange(len(domains))
        return domains, place[member]

    def row_domains(self) -> Domains:
        """People by row answer, among those who are in the tables."""
        return self.design.domains([*self.split, self.rows], self.where)

    def _assembled(
        self,
        of: str,
        estimate: np.ndarray,
        covariance: Covariance,
        *,
        var_srs: Callable[[np.ndarray, np.ndarray], np.ndarray],
        statistic: str,
        unit: str,
        interval: str = "wald",
    ) -> Estimates:
        """Estimates of all cells; `var_srs` has the base's respondents and people to go by."""
        _, r, c = self.shape
        domains, place = self._domain(of)
        group = self._group(of)
        n, people = _sum(group, self.n), _sum(group, self._spread(self.totals.value))
        reach = self.design.reach(domains, 1)
        cells: dict[str, list[object]] = {
            self.rows: [answer for answer in self.answers for _ in range(c)],
            self.columns: self.levels * r,
        }
        with np.errstate(invalid="ignore", divide="ignore"):
            simple = var_srs(n, people)
        return Estimates(
            keys=keys_of(self.tables, cells),
            estimate=estimate,
            covariance=covariance,
            df=(df := domains.df[place]),
            n=n,
            population=people,
            statistic=statistic,
            unit=unit,
            sources=self.design.sources,
            design_df=self.design.df,
            var_srs=simple,
            reach=reach and replace(reach, domain=place),
            interval=interval,
            notes=(*self.cells.notes, *remarks(estimate, covariance.variance, n, df, interval=interval)),
        )


def _sum(group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum of the values (cells) of each cell's group, at each cell."""
    return np.bincount(group, weights=values.ravel())[group]
