"""The battery's numbers as an article's table: short columns, per cent, intervals in brackets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from egovstats.results import Effect, HypothesisTest

if TYPE_CHECKING:
    from egovstats.inference.battery import BatteryRow, TrendBattery

_DASH = "–"
_VERDICTS = {"changed, but within the margin": "within margin", "undecided": "not shown"}


def article(battery: TrendBattery) -> pd.DataFrame:
    """One row an item; a dash where there is no number, with the reason in the last column."""
    table = pd.DataFrame([_row(row, battery) for row in battery.rows]).set_index("Item")
    return table.rename_axis("SYNTHETIC DATA") if battery.synthetic else table


def _row(row: BatteryRow, battery: TrendBattery) -> dict[str, str]:
    share = row.levels is None or row.levels.statistic == "proportion"
    scale, digits = (100.0, 1) if share else (1.0, 2)
    levels = row.levels
    place = {float(at): n for n, at in enumerate(levels.keys[battery.on])} if levels else {}
    found = {"Item": row.label if row.answers in ("", "mean") else f"{row.label}: {row.answers}"}
    for at in battery.times:
        known = levels is not None and at in place
        found[f"{at:g}"] = (
            _number(float(levels.estimate[place[at]]) * scale, digits) if known and levels else _DASH
        )
    found["Change"] = _effect(row.change, scale, digits)
    found["p (adj.)"] = _p(row.change.p_adjusted if row.change else None)
    found["Slope a year"] = _effect(row.slope, scale, digits + 1)
    by_wave = row.trend.by_wave if row.trend else None
    found["p, wave as unit"] = _p(by_wave.p_value if by_wave else None)
    linearity = row.trend.linearity if row.trend else None
    found["p, departure"] = _p(linearity.p_value if linearity else None)
    found["Joinpoint"] = _joinpoint(row)
    verdict = row.equivalence.keys["verdict"] if row.equivalence else _DASH
    found[f"±{battery.margin * 100:g} points"] = _VERDICTS.get(verdict, verdict)
    found["P(later > earlier)"] = _effect(row.superiority, 1.0, 2)
    found["Differs"] = ", ".join(row.comparability) or _DASH
    found["Note"] = _note(row)
    return found


def _number(value: float, digits: int) -> str:
    return _DASH if not np.isfinite(value) else f"{value:.{digits}f}".replace("-", "−")


def _effect(test: HypothesisTest | None, scale: float, digits: int) -> str:
    effect: Effect | None = test.effect if test else None
    if effect is None or not np.isfinite(effect.estimate):
        return _DASH
    low, high = (_number(each * scale, digits) for each in (effect.conf_low, effect.conf_high))
    return f"{_number(effect.estimate * scale, digits)} [{low}, {high}]"


def _p(value: float | None) -> str:
    if value is None or not np.isfinite(value):
        return _DASH
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0")


def _note(row: BatteryRow) -> str:
    found = row.joinpoint
    if row.reason or found is None:
        return row.reason
    if found.reason:
        return f"joinpoint: {found.reason.split(':')[0]} are too few"
    loose = found.joinpoints and found.departure.p_value < 0.05
    return "one bend does not fit the waves either" if loose else ""


def _joinpoint(row: BatteryRow) -> str:
    found = row.joinpoint
    if found is None or found.reason:
        return _DASH
    if not found.joinpoints:
        return "none"
    year = found.joinpoints[0]
    return f"{year.estimate:g} [{year.conf_low:.0f}, {year.conf_high:.0f}]"
