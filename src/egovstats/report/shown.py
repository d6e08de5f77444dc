"""Estimates as values of a report: named, formatted, and with small bases withheld."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from egovstats.report.disclosure import Disclosure
from egovstats.report.values import COUNT, Format, Value, result_id
from egovstats.results import Estimates
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
        keys = {str(name): plain_key(value) for name, value in record.items()}
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
        made = {name: value_of(base, name, *facts, rule=rule) for name, facts in numbers.items()}
        count: Facts = (float(estimates.n[i]), COUNT, "n", "respondents with an answer, unweighted", {})
        made["n"] = replace(value_of(base, "n", *count, rule=rule), unit="respondents")
        rows.append(Shown(keys=keys, **made))
    return tuple(rows)


def value_of(
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
    """One number of a result; `base` has what all its numbers share: keys, sources, respondents."""
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


def plain_key(value: Any) -> Any:
    """A key as a plain Python word or number, so that it prints and travels in JSON."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
