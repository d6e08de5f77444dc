"""Tests and trends as values of a report: named, formatted, and withheld with the estimates they compare."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from egovstats.report.disclosure import Disclosure
from egovstats.report.shown import Facts, formats_of, plain_key, value_of
from egovstats.report.values import COUNT, P_VALUE, Format, Value
from egovstats.results import Effect, HypothesisTest


@dataclass(frozen=True, slots=True)
class ShownTest:
    """One test as values; `effect` and its limits are undefined where the test has no effect.

    Parameters
    ----------
    test : HypothesisTest
    effect, conf_low, conf_high, p, p_adjusted, statistic, n : Value
    """

    test: HypothesisTest
    effect: Value
    conf_low: Value
    conf_high: Value
    p: Value
    p_adjusted: Value | None
    statistic: Value
    n: Value

    @property
    def conf_level(self) -> float:
        """Level of the effect's interval; 0.95 where there is none."""
        return self.test.effect.conf_level if self.test.effect else 0.95

    @property
    def excludes_zero(self) -> bool | None:
        """Whether the interval leaves out "no effect" (0; 1 for a ratio); None where it is not to be seen."""
        low, high = self.conf_low.value, self.conf_high.value
        if low is None or high is None:
            return None
        return low > self._neutral or high < self._neutral

    @property
    def _neutral(self) -> float:
        unit = self.effect.unit
        return 1.0 if unit.startswith("ratio") and not unit.startswith("ratio less 1") else 0.0

    @property
    def finding(self) -> str:
        """``"up"``, ``"down"``, ``"unclear"``, ``"doubtful"``, ``"untested"`` or ``"suppressed"``.

        Doubtful: the interval leaves out 0, but the p-value adjusted over the family does not confirm it.
        """
        if self.effect.status == "suppressed":
            return "suppressed"
        if self.excludes_zero is None or self.effect.value is None:
            return "untested"
        if not self.excludes_zero:
            return "unclear"
        adjusted = self.test.p_adjusted
        if adjusted is not None and not adjusted < 1 - self.conf_level + 1e-12:
            return "doubtful"
        return "up" if self.effect.value > self._neutral else "down"

    def values(self) -> tuple[Value, ...]:
        """All of them."""
        first = (self.effect, self.conf_low, self.conf_high, self.p)
        adjusted = () if self.p_adjusted is None else (self.p_adjusted,)
        return (*first, *adjusted, self.statistic, self.n)


class ShownTrend:
    """Tests of one trend as values: slope, departure from a line, slope with the wave as the unit."""

    def __init__(
        self,
        waves: tuple[str, ...],
        *,
        slope: ShownTest,
        departure: ShownTest | None = None,
        by_wave: ShownTest | None = None,
    ) -> None:
        self.waves, self.slope, self.departure, self.by_wave = waves, slope, departure, by_wave


def show_test(
    test: HypothesisTest,
    *,
    prefix: str,
    rule: Disclosure,
    bases: Iterable[Value] = (),
    decimals: int | None = None,
) -> ShownTest:
    """A test as values.

    Parameters
    ----------
    test : HypothesisTest
    prefix : str
        Beginning of the ids; ``effect``, ``conf_low``, ... follow.
    rule : Disclosure
    bases : iterable of Value
        Estimates that the test compares: if one is withheld, so is all of the test.
    decimals : int, optional
        Digits of the effect on the printed scale.
    """
    bases = tuple(bases)
    smallest = min((value.n for value in bases if value.n is not None), default=test.n)
    base = Value(
        id=prefix,
        value=None,
        unit="",
        keys={str(name): plain_key(value) for name, value in test.keys.items()},
        sources=test.sources,
        n=None if math.isnan(smallest) else float(smallest),
    )
    effect = test.effect or Effect("none", math.nan, math.nan, math.nan, "")
    _, change, _ = formats_of(effect.unit, decimals=decimals)
    interval = {"conf_level": effect.conf_level}
    about = {"test": test.test, "null": test.null, "distribution": test.distribution, "df": list(test.df)}
    numbers: dict[str, Facts] = {
        "effect": (effect.estimate, change, effect.name, effect.name, {}),
        "conf_low": (effect.conf_low, change, "conf_low", "interval of the effect", interval),
        "conf_high": (effect.conf_high, change, "conf_high", "interval of the effect", interval),
        "p": (test.p_value, P_VALUE, "p_value", test.test, about),
        "statistic": (test.statistic, Format("number", 2), "statistic", test.test, about),
        "n": (test.n, COUNT, "n", "respondents behind the test, unweighted", {}),
    }
    if test.p_adjusted is not None:
        adjusted = about | {"adjust": test.adjust}
        numbers["p_adjusted"] = (test.p_adjusted, P_VALUE, "p_value", test.test, adjusted)
    units = {"p": "p-value", "p_adjusted": "p-value", "statistic": test.distribution, "n": "respondents"}
    made: dict[str, Value] = {}
    for name, facts in numbers.items():
        value = replace(value_of(base, name, *facts, rule=rule), unit=units.get(name, effect.unit))
        hidden = any(each.status == "suppressed" for each in bases)
        made[name] = replace(value, n=None).withheld("too few respondents") if hidden else value
    return ShownTest(
        test=test,
        effect=made["effect"],
        conf_low=made["conf_low"],
        conf_high=made["conf_high"],
        p=made["p"],
        p_adjusted=made.get("p_adjusted"),
        statistic=made["statistic"],
        n=made["n"],
    )
