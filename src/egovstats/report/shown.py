"""Estimates and tests as values of a report: named, formatted, and with small bases withheld."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from egovstats.report.disclosure import Disclosure
from egovstats.report.values import COUNT, P_VALUE, Format, Value, result_id
from egovstats.results import Effect, Estimates, HypothesisTest
from egovstats.sources import Source

DECIMALS = 2
"""Digits of scores, indices and effect sizes; shares have one in per cent."""

Facts = tuple[float, Format, str, str, dict[str, Any]]
"""A number, its format, the name of the statistic, the formula in words, and its parameters."""

_HOW = {
    "proportion": "weighted share of those with an answer",
    "mean": "weighted mean of those with an answer",
    "total": "weighted total",
    "ratio": "ratio of two weighted totals",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One estimate as values.

    Parameters
    ----------
    keys : dict
        Item, wave, answer, domain.
    estimate, conf_low, conf_high, margin, std_error, n, deff : Value
        `margin` is the half-width of the symmetric interval.
    """

    keys: Mapping[str, Any]
    estimate: Value
    conf_low: Value
    conf_high: Value
    margin: Value
    std_error: Value
    n: Value
    deff: Value

    @property
    def conf_level(self) -> float:
        """Level of the interval and of the margin."""
        return float(self.conf_low.parameters["conf_level"])

    def values(self) -> tuple[Value, ...]:
        """All of them."""
        return (
            self.estimate,
            self.conf_low,
            self.conf_high,
            self.margin,
            self.std_error,
            self.n,
            self.deff,
        )


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


def formats_of(unit: str, *, decimals: int | None = None) -> tuple[Format, Format, Format]:
    """How levels, differences and half-widths in a unit are printed.

    Shares (any unit that starts with "share") print as per cent and points; "people" and "respondents"
    as counts; ratios without a sign; all else as numbers.
    """
    if unit.split(" ")[0] == "share":
        digits = 1 if decimals is None else decimals
        return Format("percent", digits), Format("points", digits), Format("margin", digits)
    if unit.startswith("ratio"):
        return (Format("number", DECIMALS if decimals is None else decimals),) * 3
    if unit in ("people", "respondents", "persons"):
        return COUNT, Format("change", 0), Format("number", 0)
    digits = DECIMALS if decimals is None else decimals
    return Format("number", digits), Format("change", digits), Format("number", digits)


def show(
    estimates: Estimates,
    *,
    prefix: str,
    rule: Disclosure,
    conf_level: float = 0.95,
    decimals: int | None = None,
) -> tuple[Shown, ...]:
    """Estimates as values, one a row, with the rule for small bases applied.

    Parameters
    ----------
    estimates : Estimates
    prefix : str
        Beginning of the ids; the keys follow, then the name of the number.
    rule : Disclosure
    conf_level : float
    decimals : int, optional
        Digits on the printed scale.
    """
    low, high = estimates.conf_int(conf_level)
    margin = estimates.margin(conf_level)
    deff = estimates.deff() if estimates.var_srs is not None else np.full(len(estimates), np.nan)
    level, _, half = formats_of(estimates.unit, decimals=decimals)
    rows = []
    for i, record in enumerate(estimates.keys.to_dict("records")):
        keys = {str(name): _plain(value) for name, value in record.items()}
        base = Value(
            id=f"{prefix}.{result_id(*keys.values())}",
            value=None,
            unit=estimates.unit,
            keys=keys,
            sources=_of_wave(estimates.sources, keys),
            n=float(estimates.n[i]),
        )
        interval = {"conf_level": conf_level, "interval": estimates.interval, "df": float(estimates.df[i])}
        how = _HOW.get(estimates.statistic, estimates.statistic)
        numbers: dict[str, Facts] = {
            "estimate": (estimates.estimate[i], level, estimates.statistic, how, {}),
            "conf_low": (low[i], level, "conf_low", f"{estimates.interval} interval", interval),
            "conf_high": (high[i], level, "conf_high", f"{estimates.interval} interval", interval),
            "margin": (margin[i], half, "margin", "t quantile times standard error", interval),
            "std_error": (estimates.std_error[i], half, "std_error", "linearised variance of the design", {}),
            "deff": (
                deff[i],
                Format("number", 2),
                "deff",
                "variance over that of a simple random sample",
                {},
            ),
        }
        made = {name: _make(base, name, *facts, rule=rule) for name, facts in numbers.items()}
        count: Facts = (float(estimates.n[i]), COUNT, "n", "respondents with an answer, unweighted", {})
        made["n"] = replace(_make(base, "n", *count, rule=rule), unit="respondents")
        rows.append(Shown(keys=keys, **made))
    return tuple(rows)


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
        keys={str(name): _plain(value) for name, value in test.keys.items()},
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
        value = replace(_make(base, name, *facts, rule=rule), unit=units.get(name, effect.unit))
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


def _make(
    base: Value,
    name: str,
    number: float,
    fmt: Format,
    statistic: str,
    how: str,
    parameters: Mapping[str, Any],
    *,
    rule: Disclosure,
) -> Value:
    value: float | int = float(number)
    if fmt.kind == "count" and math.isfinite(value):
        value = round(value)
    made = replace(
        base,
        id=f"{base.id}.{name}",
        value=value,
        format=fmt,
        statistic=statistic,
        how=how,
        parameters=dict(parameters),
        status="shown",
    )
    return rule.apply(made)


def _of_wave(sources: tuple[Source, ...], keys: Mapping[str, Any]) -> tuple[Source, ...]:
    """The sources of the estimate's own wave, where sources and keys name waves."""
    own = tuple(source for source in sources if source.wave and source.wave == str(keys.get("wave", "")))
    return own or sources


def _plain(value: Any) -> Any:
    """A key as a plain Python word or number, so that it prints and travels in JSON."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
