"""Samples larger than memory: totals by PSU from one pass over the source, estimates from those.

A linearised variance needs totals by PSU and no respondent, so everything after the GROUP BY is the code
that designs in memory use.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import answer_codes
from egovstats.design.domains import Domains, number_domains
from egovstats.design.kept import Kept
from egovstats.design.lazy_checks import check_rows, population_of, strata_of
from egovstats.design.lazy_open import open_scan
from egovstats.design.lazy_rows import RowsNotHeld
from egovstats.design.lazy_scan import Groups, ItemTally, Look, Question, Scan, check_columns
from egovstats.design.tallies import Answered
from egovstats.design.terms import Term
from egovstats.design.where import Where
from egovstats.errors import DesignError, EstimateError
from egovstats.sources import Source
from egovstats.variance import Cells, CellTotals, Totals, build_stages

_KEPT_BYTES = 256 << 20
_AT_ONCE = 1 << 28  # bytes of totals that one pass may gather


@dataclass(frozen=True, slots=True, eq=False)
class LazyDomains(Domains):
    """Domains of a lazy design, with the question that finds their respondents again.

    Parameters
    ----------
    by : tuple of str
    where : str, optional
    """

    by: tuple[str, ...] = ()
    where: str | None = None


class LazyDesign(RowsNotHeld):
    """A stratified sample of PSUs that is never read into memory.

    Totals, means, proportions, ratios, toplines and chi-square tests take it like a `Design` and give the
    same numbers; what needs every respondent (quantiles, models) is refused.

    Parameters
    ----------
    source : path or lazy frame
        A Parquet file, folder or pattern; or a polars LazyFrame, a Dask or Spark frame, a DuckDB relation,
        or a frame in memory.
    psu : str or sequence of str
        Column of PSUs (several columns: stages, of which the first carries the variance).
    weight, stratum, nest, lonely_psu, domain_lonely, items, sources
        As in `Design`.
    population_size : str, optional
        Column with the number of PSUs in the population of the stratum, for one stage.
    engine : str, optional
        What reads a path: ``"arrow"`` (default; batches in the order of the files, so that no digit depends
        on the machine), ``"duckdb"`` (extra ``scale``) or ``"spark"`` (extra ``spark``).

    Raises
    ------
    DesignError
        As in `Design`; no PSUs; a source that cannot be read.
    MissingExtraError
        The engine is not installed.

    Notes
    -----
    Conditions in `where` are text. The memory used is that of totals by PSU, domain and answer.

    Examples
    --------
    >>> frame = pd.DataFrame({"w": [1.0, 2.0, 1.0, 2.0], "psu": [1, 1, 2, 3], "y": [1.0, 2.0, 3.0, 4.0]})
    >>> LazyDesign(frame, weight="w", psu="psu").df
    2.0
    """

    def __init__(
        self,
        source: Any,
        *,
        weight: str | None = None,
        stratum: str | Sequence[str] | None = None,
        psu: str | Sequence[str] | None = None,
        population_size: str | None = None,
        nest: bool = False,
        lonely_psu: str = "fail",
        domain_lonely: bool = False,
        items: Mapping[str, Any] | None = None,
        sources: Sequence[Source] = (),
        engine: str | None = None,
    ) -> None:
        self.items = dict(items or {})
        self.sources = tuple(sources)
        self.scan: Scan = open_scan(source, engine)
        units = [psu] if isinstance(psu, str) else list(psu or [])
        self._strata = (stratum,) if isinstance(stratum, str) else tuple(stratum or ())
        if not units:
            raise DesignError(
                "a lazy design adds respondents up by PSU, and psu= names no column. Name it; if every "
                "respondent was drawn by itself, read the columns you need into memory and use Design."
            )
        if len(units) > 1 and population_size is not None:
            raise DesignError(
                "a lazy design has one stage of units with a population size. Pass the PSUs alone, or use "
                "Design."
            )
        self._psu, self._nest = units[0], nest
        self.weight_name = weight
        self.lonely_psu = lonely_psu
        extremes = (population_size,) if population_size else ()
        keys = tuple(dict.fromkeys([*self._strata, self._psu]))
        found = self.scan.answer(Question(keys, weight, faults=True, extremes=extremes))
        self._n = int(found.rows.sum())
        check_rows(found, keys, weight)
        population = population_of(found, population_size)
        self.stages = build_stages(
            [strata_of(found.keys, self._strata)],
            [found.keys[self._psu].to_numpy()],
            [population],
            len(found.keys),
            lonely_psu=lonely_psu,
            domain_lonely=domain_lonely,
            nest=nest,
        )
        # A PSU code names its PSU by itself, unless codes start again in each stratum.
        self._unit_keys = keys if nest else (self._psu,)
        self._units = Look(found.keys[list(self._unit_keys)])
        self._start(found)

    def _start(self, found: Groups) -> None:
        unit = self.stages.unit
        units = self.stages.units
        self._held = np.bincount(unit, weights=found.n, minlength=units)
        self._domains = OrderedDict()
        self._kept = Kept(_KEPT_BYTES)
        self._centres: dict[str, float] = {}

    def __len__(self) -> int:
        return self._n

    def __repr__(self) -> str:
        first = self.stages.first
        return f"<LazyDesign: {len(self)} respondents, {len(first.size)} strata, {len(first.stratum)} PSUs>"

    def _unit_of(self, found: Groups) -> np.ndarray:
        """Sampling unit of each group, shape (g,)."""
        return self.stages.unit[self._units.place(found.keys)].astype(np.int64)

    def in_words(self, item: str) -> bool:
        """Whether the answers of an item are words rather than numbers."""
        check_columns(self.scan.columns, (item,))
        return not self.scan.columns[item]

    def at_once(self, domains: Domains) -> int:
        """How many items one pass takes on."""
        cells = _cells(domains)
        return int(np.clip(_AT_ONCE // (8 * 24 * max(len(cells), 1)), 1, 64))

    def _numbered(self, by: str | Sequence[str] | None, where: Where) -> Domains:
        """Number the domains: one pass, unless everyone is in one."""
        if where is not None and not isinstance(where, str):
            raise EstimateError(
                "a lazy design takes where= as a condition in words, since it holds no rows that an array "
                'could mark. Pass text such as "urban == 1 and age >= 18".'
            )
        names = () if by is None else (by,) if isinstance(by, str) else tuple(by)
        if not names and where is None:
            unit, n = np.arange(self.stages.units), self._held
            return self._domains_of(pd.DataFrame(index=range(1)), unit, np.zeros(len(unit), int), n, (), None)
        keys = tuple(dict.fromkeys([*self._unit_keys, *names]))
        found = self.scan.answer(Question(keys, self.weight_name, where))
        unit = self._unit_of(found)
        frame = found.keys[list(names)] if names else pd.DataFrame(index=range(len(unit)))
        inside = found.inside.copy()
        notes = []
        for name in names:
            missing = frame[name].isna().to_numpy() & inside
            if missing.any():
                count = int(found.rows[missing].sum())
                notes.append(f"{count} respondents without {name!r} are in no domain")
            inside &= ~missing
        rows, code, _ = number_domains(frame, list(names) or None, inside, found.n > 0)
        assert code is not None
        return self._domains_of(rows, unit, code, found.n, names, where, tuple(notes))

    def _domains_of(
        self,
        keys: pd.DataFrame,
        unit: np.ndarray,
        code: np.ndarray,
        n: np.ndarray,
        by: tuple[str, ...],
        where: str | None,
        notes: tuple[str, ...] = (),
    ) -> LazyDomains:
        """Cells of the groups that hold a respondent of a domain."""
        groups = len(keys)
        held = (code >= 0) & (n > 0)
        key = np.unique(unit[held].astype(np.int64) * groups + code[held])
        cells = Cells(
            self.stages, groups, np.zeros(0, np.int32), key // groups, (key % groups).astype(np.int32)
        )
        df = np.array([self.stages.df(present) for present in cells.present])
        size = np.bincount(code[held], weights=n[held], minlength=groups)
        return LazyDomains(keys, None, cells, df, size, notes, None, by, where)

    def _ask(self, domains: Domains, **wanted: Any) -> tuple[Groups, np.ndarray]:
        """One pass over the respondents of the domains; each group's cell, the number of cells for none."""
        assert isinstance(domains, LazyDomains)
        keys = tuple(dict.fromkeys([*self._unit_keys, *domains.by]))
        found = self.scan.answer(Question(keys, self.weight_name, domains.where, **wanted))
        cells = _cells(domains)
        code = np.zeros(len(found.rows), np.int64)
        if domains.by:
            code = Look(domains.keys).place(found.keys[list(domains.by)])
        unit = self._unit_of(found)
        wide = len(domains) + 1
        key = unit * wide + code
        known = cells.unit.astype(np.int64) * wide + cells.domain
        cell = np.minimum(np.searchsorted(known, key), len(known) - 1)
        outside = ~found.inside | (code < 0) | (known[cell] != key)
        return found, np.where(outside, len(known), cell)

    def answered(self, domains: Domains, items: Sequence[str]) -> list[Answered]:
        """Totals of the answers of several items by domain, and how many answered; kept for the next time."""
        kept = {item: self._kept.get((item, domains)) for item in items}
        missing = tuple(item for item in kept if kept[item] is None)
        if missing:
            check_columns(self.scan.columns, missing)
            found, cell = self._ask(domains, items=missing)
            for item in missing:
                entry = self._answered(domains, item, found.tallies[item], cell)
                kept[item] = entry
                assert isinstance(entry.totals, CellTotals)
                self._kept.put((item, domains), entry, entry.totals.sums.nbytes)
        return [kept[item] for item in items]

    def prepare(self, domains: Domains, items: Sequence[str]) -> None:
        """Tally several items in one pass, to be asked for one by one."""
        self.answered(domains, items)

    def _answered(self, domains: Domains, item: str, tally: ItemTally, cell: np.ndarray) -> Answered:
        cells = _cells(domains)
        codes, answers = answer_codes(tally.levels.rename(item), self.items.get(item))
        sums = np.zeros((len(answers), len(cells)))
        n = np.zeros(len(domains))
        domain = np.append(cells.domain, -1)[cell]
        inside = domain >= 0
        for at, code in enumerate(codes.tolist()):
            if code:
                sums[code - 1] += np.bincount(cell, weights=tally.weight[:, at], minlength=len(cells) + 1)[
                    :-1
                ]
                n += np.bincount(domain[inside], weights=tally.n[inside, at], minlength=len(domains))
        return Answered(CellTotals(cells, sums), n, answers)

    def term_totals(
        self, domains: Domains, terms: Sequence[Term], beside: Sequence[Term] = ()
    ) -> tuple[Totals, np.ndarray]:
        """Weighted totals of terms by domain, and of further terms, from one pass; counts come with it."""
        every = (*terms, *beside)
        bases = tuple(dict.fromkeys(term.base for term in every))
        found, cell = self._ask(domains, terms=every, bases=bases)
        cells = _cells(domains)
        size = len(cells) + 1
        sums = np.stack([np.bincount(cell, weights=each, minlength=size)[:-1] for each in found.sums.T])
        domain = np.append(cells.domain, -1)[cell]
        inside = domain >= 0
        for base, each in zip(bases, found.counts.T, strict=True):
            n = np.bincount(domain[inside], weights=each[inside], minlength=len(domains))
            self._kept.put((base, domains), n, n.nbytes)
        totals = CellTotals(cells, sums)
        return totals.columns(0, len(terms)), totals.value[:, len(terms) :]

    def base_counts(self, domains: Domains, base: Sequence[str]) -> np.ndarray:
        """Respondents with a weight above 0 who answered all of `base`, by domain, shape (G,)."""
        n: np.ndarray | None = self._kept.get((tuple(base), domains))
        if n is None:
            self.term_totals(domains, [Term(tuple(base))])
            n = self._kept.get((tuple(base), domains))
            assert n is not None
        return n

    def centres(self, items: Sequence[str]) -> list[float]:
        """A number amid those of each item: moments about it lose no digits to large values."""
        missing = tuple(item for item in dict.fromkeys(items) if item not in self._centres)
        if missing:
            self._centres |= dict(zip(missing, self.scan.centres(missing), strict=True))
        return [self._centres[item] for item in items]


def _cells(domains: Domains) -> Cells:
    assert domains.cells is not None
    return domains.cells
