"""Are two items associated within strata of a third: the Cochran-Mantel-Haenszel test under the design.

References
----------
Landis, Heyman and Koch (1978), International Statistical Review 46, 237-254 (the test for strata of tables);
Binder (1983), International Statistical Review 51, 279-292 (linearised variances in place of the
hypergeometric ones); Robins, Breslow and Greenland (1986), Biometrics 42, 311-323 (the common odds ratio).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from egovstats.design.design import Design, check_design
from egovstats.design.where import Where
from egovstats.errors import EstimateError
from egovstats.inference.wald import f_tail
from egovstats.intervals import t_quantile
from egovstats.results import Effect, HypothesisTest
from egovstats.variance.smooth import smooth
from egovstats.variance.totals import Totals


def mantel_haenszel(
    design: Design,
    rows: str,
    columns: str,
    *,
    strata: str | Sequence[str],
    where: Where = None,
    conf_level: float = 0.95,
) -> HypothesisTest:
    """Test that two items are independent within every stratum of others.

    Parameters
    ----------
    design : Design
    rows, columns : str
        Columns of answers.
    strata : str or sequence of str
        What is held constant: tables are compared within each combination.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.
    conf_level : float
        Of the interval.

    Returns
    -------
    HypothesisTest
        F of the departures from independence, summed over strata (people, not respondents, so strata
        count by their size); denominator: PSUs minus strata of the design, minus comparisons plus 1. For two
        by two answers the effect is Mantel and Haenszel's common odds ratio, symmetric on its logarithm.

    Raises
    ------
    EstimateError
        A column that is not there or named twice.

    References
    ----------
    Landis, Heyman and Koch (1978), International Statistical Review 46, 237-254.
    """
    held = [strata] if isinstance(strata, str) else list(strata)
    if len({rows, columns, *held}) < 2 + len(held):
        raise EstimateError(
            f"rows, columns and strata must be different columns, got {[rows, columns, *held]}. Change one."
        )
    domains = check_design(design).domains([*held, columns], where)
    totals, answers = design.answer_totals(domains, rows)
    tables = _tables(domains.keys, held, columns, totals, answers)
    df = float(design.domains(None, where).df[0])
    r, c = len(tables.rows), len(tables.columns)
    q = max(r - 1, 0) * max(c - 1, 0)
    inside = design.codes(rows)[0] > 0
    facts: dict[str, Any] = {
        "test": "Cochran-Mantel-Haenszel test, design-based",
        "null": f"{rows} and {columns} are independent within {' and '.join(held)}.",
        "n": float(design.counts(domains, inside).sum()),
        "keys": {"item": rows, "by": columns, "within": " and ".join(held)},
        "sources": design.sources,
    }
    if q == 0 or df - q + 1 <= 0:
        note = (
            "no stratum has two answers to both items, so there is nothing to compare"
            if q == 0
            else f"{q} comparisons are too many for {df:g} degrees of freedom"
        )
        return HypothesisTest(
            statistic=np.nan, distribution="F", df=(), p_value=np.nan, notes=(note,), **facts
        )
    gap, covariance = smooth(totals, tables.departures)
    cov = covariance.matrix
    rank = np.linalg.matrix_rank(cov, hermitian=True) if np.isfinite(cov).all() else 0
    if rank < q:
        note = f"the {q} departures from independence have a covariance of rank {rank}"
        return HypothesisTest(
            statistic=np.nan, distribution="F", df=(), p_value=np.nan, notes=(note,), **facts
        )
    ddf = df - q + 1
    value = float(gap @ np.linalg.solve(cov, gap)) * ddf / (q * df)
    return HypothesisTest(
        statistic=value,
        distribution="F",
        df=(float(q), ddf),
        p_value=f_tail(value, q, ddf),
        effect=_odds_ratio(totals, tables, df, conf_level) if (r, c) == (2, 2) else None,
        notes=domains.notes,
        **facts,
    )


@dataclass(frozen=True, eq=False)
class _Tables:
    """Tables of the strata: where each total lies.

    Parameters
    ----------
    rows, columns : list
        Answers that occur.
    place : np.ndarray of int, shape (H, R, C)
        Total of each cell among all G * K of them; G * K for cells that nobody is in.
    """

    rows: list[Any]
    columns: list[Any]
    place: np.ndarray

    def people(self, totals: np.ndarray) -> np.ndarray:
        """Cells (..., H, R, C) from totals (..., G, K)."""
        flat = totals.reshape(*totals.shape[:-2], -1)
        padded = np.concatenate([flat, np.zeros((*flat.shape[:-1], 1), flat.dtype)], axis=-1)
        return padded[..., self.place]

    def departures(self, totals: np.ndarray) -> np.ndarray:
        """People less those expected, summed over strata, but for the first row and column."""
        cells = self.people(totals)
        row, column = cells.sum(axis=-1, keepdims=True), cells.sum(axis=-2, keepdims=True)
        gap = (cells - row * column / cells.sum(axis=(-2, -1), keepdims=True)).sum(axis=-3)
        return gap[..., 1:, 1:].reshape(*gap.shape[:-2], -1)

    def log_odds_ratio(self, totals: np.ndarray) -> np.ndarray:
        """Mantel and Haenszel's, of two by two answers, shape (..., 1)."""
        cells = self.people(totals)
        size = cells.sum(axis=(-2, -1))
        along = (cells[..., 0, 0] * cells[..., 1, 1] / size).sum(axis=-1)
        across = (cells[..., 0, 1] * cells[..., 1, 0] / size).sum(axis=-1)
        return np.log(along / across)[..., None]


def _tables(keys: Any, held: list[str], columns: str, totals: Totals, answers: list[Any]) -> _Tables:
    """Number the tables; strata with fewer than two rows or columns say nothing and are left out."""
    value = totals.value
    groups = keys.groupby(held, sort=False, observed=True).indices
    stratum_cells = []
    for rows_of in groups.values():
        people = value[rows_of] > 0
        if people.any(axis=0).sum() > 1 and people.any(axis=1).sum() > 1:
            stratum_cells.append(rows_of)
    used = np.concatenate(stratum_cells) if stratum_cells else np.zeros(0, np.int64)
    row = np.flatnonzero((value[used] > 0).any(axis=0)) if len(used) else np.zeros(0, np.int64)
    levels = keys[columns].tolist()
    found = list(dict.fromkeys(levels[at] for at in used))
    place = np.full((len(stratum_cells), len(row), len(found)), value.size)
    for h, domains in enumerate(stratum_cells):
        for domain in domains:
            place[h, :, found.index(levels[domain])] = domain * value.shape[1] + row
    return _Tables([answers[at] for at in row], found, place)


def _odds_ratio(totals: Totals, tables: _Tables, df: float, conf_level: float) -> Effect | None:
    estimate, covariance = smooth(totals, tables.log_odds_ratio)
    if not np.isfinite(estimate[0]):
        return None
    margin = float(t_quantile(np.array(df), conf_level)) * float(np.sqrt(covariance.variance[0]))
    low, value, high = np.exp([estimate[0] - margin, estimate[0], estimate[0] + margin])
    return Effect("common odds ratio", float(value), float(low), float(high), "ratio", conf_level)
