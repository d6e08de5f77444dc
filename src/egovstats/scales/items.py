"""The items of a scale as numbers that all point the same way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from egovstats.design import Design, Domains
from egovstats.errors import EstimateError, nearest
from egovstats.estimate.products import Products, products_of


def scale_items(items: Sequence[str], least: int = 2) -> list[str]:
    """Names of the items, refused when too few or named twice."""
    names = [items] if isinstance(items, str) else list(items)
    if len(names) < least or len(set(names)) != len(names):
        raise EstimateError(
            f"a scale needs {least} or more different items, got {names!r}. Name each of its columns once."
        )
    return names


def item_values(
    design: Design, items: Sequence[str], reverse: Sequence[str], ends: tuple[float, float] | None
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Numbers and who answered, shape (n,) each, item by item; those in `reverse` are turned round.

    Parameters
    ----------
    reverse : sequence of str
        Items whose high answers mean little of what the scale measures.
    ends : tuple of float, optional
        Lowest and highest answer; by default the ends of the item's described answers.
    """
    strange = [name for name in reverse if name not in items]
    if strange:
        raise EstimateError(
            f"{strange[0]!r} is to be reversed but is not an item. {nearest(strange[0], items)}"
        )
    found = []
    for name in items:
        y, answered = design.values(name)
        if name in reverse:
            low, high = _ends(design, name, ends)
            outside = int((answered & ((y < low) | (y > high))).sum())
            if outside:
                raise EstimateError(
                    f"{outside} answers to {name!r} lie outside {low:g} to {high:g}, so it cannot be "
                    "reversed. Pass ends=(lowest, highest) as the question has them."
                )
            y = np.where(answered, low + high - y, 0.0)
        found.append((y, answered))
    return found


def _ends(design: Design, name: str, ends: tuple[float, float] | None) -> tuple[float, float]:
    if ends is not None:
        return float(min(ends)), float(max(ends))
    described: Any = getattr(design.items.get(name), "answers", None) or ()
    codes = [each.code for each in described]
    if not codes or not all(isinstance(code, (int, float)) for code in codes):
        raise EstimateError(
            f"{name!r} cannot be reversed without the ends of its scale. Pass ends=(lowest, highest)."
        )
    return float(min(codes)), float(max(codes))


def item_products(
    design: Design,
    items: Sequence[str],
    domains: Domains,
    *,
    reverse: Sequence[str] = (),
    ends: tuple[float, float] | None = None,
) -> Products:
    """Totals of the items and of their products among those who answered all of them."""
    found = products_of(design, list(items), item_values(design, items, reverse, ends), domains)
    few = np.flatnonzero(found.n < 2)
    if len(few):
        where = (
            ", ".join(str(each) for each in domains.keys.iloc[few[0]]) if len(domains.keys.columns) else ""
        )
        raise EstimateError(
            f"{int(found.n[few[0]])} respondents answered all of {', '.join(items)}"
            f"{f' in {where}' if where else ''}, too few for a scale. Leave out the item hardly asked."
        )
    flat = np.diagonal(found.matrix(found.totals.value), axis1=-2, axis2=-1) <= 0
    if flat.any():
        raise EstimateError(
            f"everyone gave the same answer to {items[int(np.argwhere(flat)[0, -1])]!r}, so it has no "
            "correlations. Leave it out."
        )
    return found
