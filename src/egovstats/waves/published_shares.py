"""The share of some answers in one wave, from its published percentages and their rounding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.waves.item import Item
from egovstats.waves.published_table import Printed

COLUMNS = (
    "wave",
    "year",
    "date",
    "share",
    "low",
    "high",
    "n",
    "deff",
    "std_error",
    "half_step",
    "base",
    "source",
)
"""Columns of `Published.shares`: `low` and `high` bound the share before it was rounded."""


def share_of(
    rows: Sequence[Printed], item: Item, wanted: Sequence[float], base: str, date: float
) -> dict[str, object] | str:
    """Add up the answers wanted, on the base wanted.

    Parameters
    ----------
    rows : sequence of Printed
        All figures of one item in one wave.
    item : Item
    wanted : sequence of float
        Target codes.
    base : str
        ``"printed"``, ``"valid"`` or ``"all"``.
    date : float
        Of the wave's card.

    Returns
    -------
    dict or str
        A row of `COLUMNS`; a sentence that says why not, where the figures do not give it.
    """
    parts = [row for row in rows if row.codes and set(row.codes) <= set(wanted)]
    have = {code for row in parts for code in row.codes}
    if have != set(wanted):
        return "not printed: " + ", ".join(item.labels[code]["en"] for code in wanted if code not in have)
    if len({row.base for row in parts}) > 1:
        return "the answers are printed on two bases"
    first, n = parts[0], parts[0].n
    share, room = sum(row.share for row in parts), sum(row.half_step for row in parts)
    low, high = share - room, share + room
    if base not in ("printed", first.base):
        without = [row for row in rows if row.missing]
        if not _can_be_valid(first, base, without):
            known = first.base or "an unknown base"
            return f"the percentages are of {known}, and cannot be turned to {base}"
        left, slack = 1 - sum(row.share for row in without), sum(row.half_step for row in without)
        low, high = low / (left + slack), high / max(left - slack, 1e-9)
        share, n = share / left, None if n is None else n * left
    deff = first.deff or 1.0
    low, high = max(low, 0.0), min(high, 1.0)
    return {
        "wave": first.wave, "year": first.year, "date": date, "share": share, "low": low, "high": high,
        "n": np.nan if n is None else n, "deff": deff,
        "std_error": np.sqrt(deff * share * (1 - share) / n) if n else np.nan,
        "half_step": (high - low) / 2, "base": first.base if base == "printed" else base,
        "source": "; ".join(dict.fromkeys(row.source for row in parts)),
    }  # fmt: skip


def _can_be_valid(first: Printed, base: str, without: Sequence[Printed]) -> bool:
    """Shares of all become shares of those with an answer where what all others said is printed, too."""
    return (
        first.base == "all"
        and base == "valid"
        and bool(without)
        and all(row.base == "all" for row in without)
        and sum(row.share for row in without) < 1
    )
