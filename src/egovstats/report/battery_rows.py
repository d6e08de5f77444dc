"""One item of a battery as values, with small bases withheld."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from egovstats.report.blocks import ABSENT, Cell
from egovstats.report.disclosure import Disclosure
from egovstats.report.shown import Shown, show
from egovstats.report.shown_tests import ShownTest, show_test
from egovstats.report.values import MARGIN, Format, Value
from egovstats.results import HypothesisTest

if TYPE_CHECKING:
    from egovstats.inference.battery import BatteryRow

_VERDICTS = {"changed, but within the margin": "within"}


class ShownRow:
    """Levels and tests of one item.

    Parameters
    ----------
    row : BatteryRow
        With levels.
    on : str
        Key of the waves' times.
    conf_level : float
    rule : Disclosure
    """

    def __init__(self, row: BatteryRow, on: str, conf_level: float, rule: Disclosure) -> None:
        assert row.levels is not None
        self.row, self.on, self.rule, self.item = row, on, rule, row.item
        shown = show(row.levels, prefix=f"battery.{row.item}", rule=rule, conf_level=conf_level)
        self.levels: dict[float, Shown] = {float(each.keys[on]): each for each in shown}

    @property
    def times(self) -> list[float]:
        """Times of the waves with answers."""
        return sorted(self.levels)

    @property
    def bases(self) -> list[Value]:
        """Estimates that the trend rests on."""
        return [each.estimate for each in self.levels.values()]

    @property
    def withheld(self) -> bool:
        """Whether a wave has too few respondents to show."""
        return any(base.status == "suppressed" for base in self.bases)

    def level(self, at: float) -> Cell:
        """The level at a time."""
        return Cell(self.levels[at].estimate) if at in self.levels else ABSENT

    def _test(self, name: str, test: HypothesisTest, **more: Any) -> ShownTest:
        prefix = f"battery.{self.item}.{name}"
        return show_test(test, prefix=prefix, rule=self.rule, bases=self.bases, **more)

    @cached_property
    def change(self) -> ShownTest:
        """From the first to the last wave."""
        assert self.row.change is not None
        return self._test("change", self.row.change)

    @cached_property
    def slope(self) -> ShownTest:
        """With the respondent as the unit."""
        assert self.row.slope is not None
        return self._test("slope", self.row.slope, decimals=2)

    @cached_property
    def by_wave(self) -> ShownTest | None:
        """The slope with the wave as the unit."""
        found = self.row.trend.by_wave if self.row.trend else None
        return None if found is None else self._test("by_wave", found, decimals=2)

    @cached_property
    def departure(self) -> ShownTest | None:
        """Of the waves from a straight line."""
        found = self.row.trend.linearity if self.row.trend else None
        return None if found is None else self._test("departure", found)

    @cached_property
    def least_n(self) -> Value:
        """Respondents in the smallest wave."""
        least = min(self.levels.values(), key=lambda each: each.estimate.n or 0)
        return least.n

    @property
    def verdict(self) -> str:
        """Of equivalence; empty where a mean has none or a base is too small."""
        if self.row.equivalence is None or self.withheld:
            return ""
        said = str(self.row.equivalence.keys["verdict"])
        return _VERDICTS.get(said, said)

    @cached_property
    def smallest(self) -> Value | None:
        """The smallest margin that the data would show."""
        if self.row.equivalence is None:
            return None
        return self._number("smallest_margin", self.row.equivalence.others[0].estimate, "share", MARGIN)

    @cached_property
    def higher(self) -> tuple[Value, Value, Value] | None:
        """P(later > earlier) with its limits, per cent."""
        test = self.row.superiority
        if test is None or test.effect is None:
            return None
        shown = self._test("superiority", test)
        percent = Format("percent", 0)
        numbers = (shown.effect, shown.conf_low, shown.conf_high)
        middle, low, high = (replace(each, format=percent) for each in numbers)
        return middle, low, high

    @property
    def turn_reason(self) -> str:
        """Why no joinpoint was looked for."""
        return self.row.joinpoint.reason if self.row.joinpoint else ""

    def turn(self, none: str) -> list[Cell]:
        """Year of the joinpoint with its interval; `none` where the line does not turn."""
        found = self.row.joinpoint
        if found is None or found.reason or self.withheld:
            return [ABSENT] * 3
        if not found.joinpoints:
            return [Cell(none), ABSENT, ABSENT]
        year = found.joinpoints[0]
        year_format = Format("label", 1 if self.on == "date" else 0)
        numbers = {"at": year.estimate, "at_low": year.conf_low, "at_high": year.conf_high}
        return [
            Cell(self._number(f"joinpoint_{name}", value, self.on, year_format))
            for name, value in numbers.items()
        ]

    def _number(self, name: str, value: float, unit: str, fmt: Format) -> Value:
        n = min((base.n for base in self.bases if base.n is not None), default=None)
        made = Value(
            id=f"battery.{self.item}.{name}",
            value=value,
            unit=unit,
            format=fmt,
            statistic=name,
            keys={"item": self.item},
            sources=self.row.levels.sources if self.row.levels else (),
            n=n,
        )
        return self.rule.apply(made)
