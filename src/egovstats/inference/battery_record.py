"""One row of the battery's frame: every number in full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from egovstats.results import HypothesisTest

if TYPE_CHECKING:
    from egovstats.inference.battery import BatteryRow


def record_of(row: BatteryRow, times: Sequence[float], on: str) -> dict[str, Any]:
    """One row of the frame."""
    none = float("nan")
    found: dict[str, Any] = {"item": row.item, "label": row.label, "answers": row.answers}
    levels = row.levels
    place = {float(at): n for n, at in enumerate(levels.keys[on])} if levels else {}
    found["n"] = float(levels.n.min()) if levels else none
    for at in times:
        here = place.get(at)
        found[f"{at:g}"] = none if levels is None or here is None else float(levels.estimate[here])
        found[f"{at:g}_std_error"] = none if levels is None or here is None else float(levels.std_error[here])
    found |= _effect("change", row.change) | _effect("slope", row.slope)
    line = row.trend
    found |= _effect("slope_by_wave", line.by_wave if line else None)
    found["departure_p"] = line.linearity.p_value if line and line.linearity else none
    bends = row.joinpoint.joinpoints if row.joinpoint else ()
    found["joinpoint"] = bends[0].estimate if bends else none
    found["joinpoint_low"] = bends[0].conf_low if bends else none
    found["joinpoint_high"] = bends[0].conf_high if bends else none
    found["joinpoint_p"] = row.joinpoint.tests[0].p_value if row.joinpoint and row.joinpoint.tests else none
    found["joinpoint_reason"] = row.joinpoint.reason if row.joinpoint else row.reason
    found["equivalence"] = row.equivalence.keys["verdict"] if row.equivalence else ""
    found["equivalence_p_adjusted"] = row.equivalence.p_adjusted if row.equivalence else none
    found["smallest_margin"] = row.equivalence.others[0].estimate if row.equivalence else none
    found |= _effect("superiority", row.superiority)
    found["comparability"] = ", ".join(row.comparability)
    found["reason"] = row.reason
    return found


def _effect(name: str, test: HypothesisTest | None) -> dict[str, float]:
    none = float("nan")
    effect = test.effect if test else None
    found = {
        name: effect.estimate if effect else none,
        f"{name}_low": effect.conf_low if effect else none,
        f"{name}_high": effect.conf_high if effect else none,
        f"{name}_p": test.p_value if test else none,
    }
    if test is not None and test.p_adjusted is not None and name in ("change", "slope"):
        found[f"{name}_p_adjusted"] = test.p_adjusted
    elif name in ("change", "slope"):
        found[f"{name}_p_adjusted"] = none
    return found
