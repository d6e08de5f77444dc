"""Synthetic respondents for one wave: the file's schema, and nothing of its rows.

What goes in is the codebook, the card, the crosswalk and shares that the report has published. Every column
is drawn by itself, so that no respondent's row and no connection between two answers can be in what comes
out; estimates of it mean nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from egovstats.microdata import Codebook, Microdata, Variable
from egovstats.review.shares import NOT_ASKED, Shares
from egovstats.sources import Source
from egovstats.waves import Card, SurveySeries
from egovstats.waves.aliases import name_key
from egovstats.waves.codes import code_text
from egovstats.waves.crosswalk import Rule
from egovstats.waves.demo_draw import WEIGHT_SPREAD, stream
from egovstats.waves.demo_table import STAMP, STAMP_LABEL

MOST = 2000
"""Respondents of a synthetic wave, at most."""

PER_UNIT = 10
"""Respondents of one synthetic sampling unit."""

NOTES = (
    "SYNTHETIC: drawn by egovstats from a codebook and from published shares. No one was interviewed.",
    "Every column was drawn by itself: nothing can be concluded from this file.",
    "Зохиомол өгөгдөл: хэнээс ч асуугаагүй, ямар ч дүгнэлт хийж болохгүй.",
    "Вымышленные данные: никого не опрашивали, выводов делать нельзя.",
)

_UNASKED = ("not_applicable", "not_asked", "system")


@dataclass(frozen=True, slots=True)
class _Option:
    """What a source column may hold, and how often; a range is drawn from evenly."""

    code: Any
    chance: float
    bounds: tuple[float, float] | None = None


def synthetic_wave(
    series: SurveySeries,
    card: Card,
    book: Codebook,
    shares: Mapping[tuple[str, str], Shares],
    *,
    n: int,
    seed: int,
) -> Microdata:
    """Draw a synthetic file of one wave.

    Parameters
    ----------
    series : SurveySeries
    card : Card
    book : Codebook
        Of the wave's file; columns that are not in it are not made.
    shares : mapping
        What is published, by wave and item; other answers are drawn evenly.
    n : int
        Respondents.
    seed : int

    Returns
    -------
    Microdata
        Stamped SYNTHETIC in its label, its notes and a column of its own.
    """
    draw = _Draw(series, card, book, shares, n, seed)
    columns = draw.design()
    for name, variable in book.variables.items():
        if name not in columns:
            columns[name] = draw.column(variable)
    ordered = {name: columns[name] for name in book.variables} | {STAMP: np.ones(n)}
    stamped = _stamped(book, card, series, n)
    return Microdata(pd.DataFrame(ordered), stamped, Source(stamped.file_label, "microdata", synthetic=True))


def _stamped(book: Codebook, card: Card, series: SurveySeries, n: int) -> Codebook:
    mark = Variable(STAMP, STAMP_LABEL, values={1: "SYNTHETIC"}, measure="nominal", format="F8.0")
    return replace(
        book,
        variables={**book.variables, STAMP: mark},
        # ASCII alone and short: SPSS keeps 64 bytes
        file_label=f"SYNTHETIC stand-in: {series.name} {card.wave}"[:64].encode("ascii", "ignore").decode(),
        weight=book.weight if book.weight in book.variables else None,
        documents=NOTES,
        notes=(),
        n=n,
        created="",
        synthetic=True,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Draw:
    """One wave under way."""

    series: SurveySeries
    card: Card
    book: Codebook
    shares: Mapping[tuple[str, str], Shares]
    n: int
    seed: int

    def _rng(self, name: str) -> np.random.Generator:
        return stream(self.seed, self.series.name, self.card.wave, name)

    # Columns of the sample design

    def design(self) -> dict[str, Any]:
        """Strata, sampling units, weight and date, which must fit one another."""
        card, columns = self.card, dict[str, Any]()
        units = max(2, self.n // PER_UNIT)
        unit = np.arange(self.n) * units // self.n
        names = list(dict.fromkeys(name for name in self._strata() if name in self.book.variables))
        cells = list(product(*(self._codes(name) for name in names)))[: units // 2]
        for at, name in enumerate(names):
            # two units at the least in each stratum, or it would have no variance
            columns[name] = self._typed(name, [cells[each % len(cells)][at] for each in unit])
        if card.weight in self.book.variables:
            noise = self._rng("weight").standard_normal(self.n)
            columns[str(card.weight)] = np.round(np.exp(WEIGHT_SPREAD * noise), 4)
        if card.psu in self.book.variables and card.psu not in names:
            columns[str(card.psu)] = self._units(str(card.psu), unit, units)
        if card.interview_date in self.book.variables:
            columns[str(card.interview_date)] = self._days(str(card.interview_date))
        return columns

    def _strata(self) -> list[str]:
        found = [self.series.crosswalk.variable(self.card.wave, item) for item in self.card.stratum_items]
        return [*self.card.stratum, *(name for name in found if name is not None)]

    def _codes(self, name: str) -> list[Any]:
        """Codes that a column of strata may hold."""
        options = [each for each in self._options(self.book.variables[name]) if each.chance > 0]
        found = [each.bounds[0] if each.bounds else each.code for each in options]
        return found or ([1.0, 2.0] if self.book.variables[name].kind == "number" else ["1", "2"])

    def _units(self, name: str, unit: np.ndarray, units: int) -> Any:
        if self.book.variables[name].kind != "number":
            return self._typed(name, [f"{each + 1:04d}" for each in unit])
        if name == self.card.weight:  # the weight tells the units apart, so it must differ between them
            return np.round(0.5 + (unit + 1) / units, 6)
        return (unit + 1).astype(float)

    def _days(self, name: str) -> Any:
        start, end = self.card.field.start, self.card.field.end
        if self.book.variables[name].kind not in ("date", "datetime") or start is None or end is None:
            return self.column(self.book.variables[name])
        days = self._rng(name).integers(0, (end - start).days + 1, self.n)
        return pd.Timestamp(start) + pd.to_timedelta(days, unit="D")

    # All other columns

    def column(self, variable: Variable) -> Any:
        """A column drawn by itself; empty where nothing says what it may hold."""
        options = [each for each in self._options(variable) if each.chance > 0]
        if variable.kind in ("date", "datetime"):
            return np.full(self.n, np.datetime64("NaT", "ns"))
        if variable.kind == "time":
            return np.full(self.n, np.timedelta64("NaT", "ns"))
        if not options:
            return self._typed(variable.name, [_nothing(variable)] * self.n)
        rng = self._rng(variable.name)
        chance = np.array([each.chance for each in options])
        picked = rng.choice(len(options), size=self.n, p=chance / chance.sum())
        within = rng.random(self.n)
        return self._typed(
            variable.name, [_value(options[at], part) for at, part in zip(picked, within, strict=True)]
        )

    def _typed(self, name: str, values: Sequence[Any]) -> Any:
        if self.book.variables[name].kind == "number":
            return np.array(values, dtype=float)
        return np.array([str(each) for each in values], dtype=object)

    def _options(self, variable: Variable) -> list[_Option]:
        crosswalk, wave = self.series.crosswalk, self.card.wave
        for item in crosswalk.asked(wave):
            if crosswalk.variable(wave, item) == variable.name:
                known = self.shares.get((wave, item), Shares())
                return self._of_rules(variable, crosswalk.of(wave, item), known)
        codes = [code for code in variable.values if not _declared(variable, code)]
        return [_Option(code, 1.0) for code in codes if isinstance(code, str) != (variable.kind == "number")]

    def _of_rules(self, variable: Variable, rules: Sequence[Rule], known: Shares) -> list[_Option]:
        """Codes that the crosswalk names, as often as the share that is published says."""
        answers = [rule for rule in rules if not rule.missing]
        silent = [rule for rule in rules if rule.missing and not rule.source_code.startswith(".")]
        unasked = known.reasons.get(NOT_ASKED, 0.0)
        spoken = [each for each in known.reasons if each != NOT_ASKED]
        quiet = (1 - unasked) * sum(known.reasons[each] for each in spoken)
        options = []
        for rule in answers:
            chance = _share(rule, answers, known) * max(0.0, 1 - unasked - quiet)
            options += self._of_rule(variable, rule, chance)
        for rule in silent:
            same = [each for each in silent if _reason(each) == _reason(rule)]
            share = (
                unasked if _reason(rule) == NOT_ASKED else (1 - unasked) * known.reasons.get(rule.missing, 0)
            )
            options += self._of_rule(variable, rule, share / len(same))
        if not any(each.chance > 0 for each in options):
            return [replace(each, chance=1.0) for each in options]
        return options

    def _of_rule(self, variable: Variable, rule: Rule, chance: float) -> list[_Option]:
        table = self.series.crosswalk.tables.get(rule.source_code)
        if table is None:
            return [_Option(_source_code(variable, rule), chance, rule.bounds)]
        numeric = variable.kind == "number"
        codes: list[Any] = [
            code for code, label in variable.values.items() if name_key(label or code_text(code)) in table
        ]
        codes = codes if numeric or codes else sorted(table)
        return [_Option(code, chance / len(codes)) for code in codes]


def _share(rule: Rule, answers: Sequence[Rule], known: Shares) -> float:
    """Share of those with an answer whom one row of the crosswalk should get.

    Answers without a published share divide evenly what the published ones leave.
    """
    targets = {each.target for each in answers}
    given = {code: share for code, share in known.answers.items() if code in targets}
    if not given:
        return 1 / len(answers)
    if rule.target in given:
        return given[rule.target] / sum(1 for each in answers if each.target == rule.target)
    others = [each for each in answers if each.target not in given]
    return max(0.0, 1 - sum(given.values())) / len(others)


def _reason(rule: Rule) -> str:
    return NOT_ASKED if rule.missing in _UNASKED else rule.missing


def _source_code(variable: Variable, rule: Rule) -> Any:
    if rule.bounds is not None:
        return None
    if variable.kind == "number":
        return float(rule.source_code) if rule.source_code else np.nan
    return rule.source_code


def _value(option: _Option, part: float) -> Any:
    if option.bounds is None:
        return option.code
    low, high = option.bounds
    return low + min(np.floor(part * (high - low + 1)), high - low)


def _nothing(variable: Variable) -> Any:
    return np.nan if variable.kind == "number" else ""


def _declared(variable: Variable, code: Any) -> bool:
    """Whether the file declares a code missing."""
    if code in variable.missing_codes:
        return True
    inside = [] if isinstance(code, str) else variable.missing_ranges
    return any(low <= code <= high for low, high in inside)
