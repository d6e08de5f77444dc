"""The same estimate under another rule for missing answers: left out, an answer of its own, or bounds.

Bounds after Manski (1995), Identification Problems in the Social Sciences, ch. 2: those who did not answer
are all given the answer that makes the estimate smallest, then largest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from egovstats.errors import WaveError, nearest
from egovstats.waves.harmonise import REASONS
from egovstats.waves.item import Answer, Item
from egovstats.waves.pooled_file import REASON_CODES
from egovstats.waves.words import MISSING_REASONS

if TYPE_CHECKING:
    from egovstats.waves.pooled import Waves

RULES = ("out", "answer", "lower", "upper")
UNSAID = ("dont_know", "refused", "no_answer")
"""Reasons of people who were asked and gave no answer."""

SAID = {
    "dont_know": {"en": "Don't know", "mn": "Мэдэхгүй", "ru": "Не знаю"},
    "refused": {"en": "Refused", "mn": "Татгалзсан", "ru": "Отказ"},
    "no_answer": {"en": "No answer", "mn": "Хариулаагүй", "ru": "Нет ответа"},
    "not_applicable": {"en": "Not applicable", "mn": "Хамаарахгүй", "ru": "Не относится"},
    "not_asked": {"en": "Not asked", "mn": "Асуугаагүй", "ru": "Не спрашивали"},
    "system": {"en": "Missing", "mn": "Утга алга", "ru": "Пропуск"},
}
"""Missing reasons as answers."""


def under_rule(waves: Waves, rule: str, *, reasons: Iterable[str] = UNSAID) -> Waves:
    """Treat missing answers by another rule; see `Waves.under`."""
    if rule not in RULES:
        raise WaveError(f"there is no rule {rule!r} for missing answers. {nearest(rule, RULES)}")
    chosen = (reasons,) if isinstance(reasons, str) else tuple(reasons)
    for reason in chosen:
        if reason not in MISSING_REASONS:
            raise WaveError(f"there is no missing reason {reason!r}. {nearest(reason, MISSING_REASONS)}")
    if rule == "out":
        return waves
    frame, missing, log = waves.frame.copy(), waves.missing.copy(), waves.log.copy()
    items, left = dict(waves.items), []
    for name, item in waves.items.items():
        if not item.answers:
            left.append(name)
            continue
        fill = {reason: _code(item, rule, reason) for reason in chosen}
        reason_of = missing[name].astype(str)
        filled = reason_of.isin(chosen).to_numpy()
        frame[name] = np.where(filled, reason_of.map(fill).to_numpy(dtype=float), frame[name].to_numpy(float))
        codes = np.where(filled, 0, missing[name].cat.codes.to_numpy())
        missing[name] = pd.Categorical.from_codes(codes, dtype=REASONS)
        moved = ((log["item"] == name) & log["missing"].isin(chosen)).to_numpy()
        log.loc[moved, "target"] = log.loc[moved, "missing"].map(fill).astype(float)
        log.loc[moved, "missing"] = ""
        items[name] = _item(item, chosen) if rule == "answer" else item
    note = f"missing rule {rule!r} for {', '.join(chosen)}"
    rest = f"; numbers have no such rule and stay as they are: {', '.join(left)}" if left else ""
    return replace(
        waves,
        frame=frame,
        missing=missing,
        items=items,
        log=log,
        notes=(*waves.notes, note + rest),
        as_read=waves.as_read or waves,
    )


def _code(item: Item, rule: str, reason: str) -> float:
    """The code that a missing answer gets."""
    if rule == "answer":
        return float(REASON_CODES[reason])
    codes = sorted(item.codes)
    if item.headline is None:
        return float(codes[0] if rule == "lower" else codes[-1])
    wanted = [code for code in codes if code in item.headline.codes]
    others = [code for code in codes if code not in item.headline.codes]
    pool = (wanted if rule == "upper" else others) or codes
    # the far end, so that the mean of the scale is bounded as well as the headline share
    high = np.mean(wanted) >= np.mean(others or wanted)
    return float(pool[-1] if high == (rule == "upper") else pool[0])


def _item(item: Item, reasons: tuple[str, ...]) -> Item:
    """The item with the reasons among its answers; no scale any more, so no mean."""
    more = tuple(Answer(code=REASON_CODES[reason], label=dict(SAID[reason])) for reason in reasons)
    return item.model_copy(update={"answers": (*item.answers, *more), "kind": "nominal", "unit": None})
