"""Which waves may stand in one trend: those between which nothing is known to have changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from egovstats.errors import WaveError, nearest
from egovstats.waves.item import ASPECTS


def comparable_waves(
    table: pd.DataFrame,
    item: str,
    waves: Sequence[str],
    *,
    aspects: Iterable[str] | None = None,
    strict: bool = False,
) -> tuple[str, ...]:
    """Find the most waves of which no two are known to differ.

    Parameters
    ----------
    table : pd.DataFrame
        `Waves.comparability`.
    item : str
    waves : sequence of str
        That asked the item, in order of time.
    aspects : iterable of str, optional
        Aspects that count; all by default.
    strict : bool
        Whether "unknown" separates two waves, too.

    Returns
    -------
    tuple of str
        In order of time; among sets of the same size the one that ends latest.
    """
    wanted = _aspects(aspects)
    bad = ("changed", "unknown") if strict else ("changed",)
    rows = table[(table["item"] == item) & table["aspect"].isin(wanted) & table["status"].isin(bad)]
    apart = {frozenset(pair) for pair in zip(rows["wave_a"], rows["wave_b"], strict=True)}
    best: tuple[int, ...] = ()
    stack: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), tuple(range(len(waves))[::-1]))]
    while stack:  # latest waves first, so that the first set of a size is the one that ends latest
        chosen, left = stack.pop()
        if len(chosen) > len(best):
            best = chosen
        if not left or len(chosen) + len(left) <= len(best):
            continue
        first, rest = left[0], left[1:]
        stack.append((chosen, rest))
        near = tuple(at for at in rest if frozenset((waves[at], waves[first])) not in apart)
        stack.append(((*chosen, first), near))
    return tuple(waves[at] for at in sorted(best))


def reasons_apart(
    table: pd.DataFrame,
    item: str,
    kept: Sequence[str],
    waves: Sequence[str],
    *,
    aspects: Iterable[str] | None = None,
) -> tuple[str, ...]:
    """Say of each wave that is not kept what is known to have changed against those that are.

    Parameters
    ----------
    table, item, waves, aspects
        As for `comparable_waves`.
    kept : sequence of str
        What it gave.

    Returns
    -------
    tuple of str
        A sentence a wave: ``"r5 is left out of trust: base differs from r6, r7 (...)."``.
    """
    rows = table[(table["item"] == item) & table["aspect"].isin(_aspects(aspects))]
    rows = rows[rows["status"] == "changed"]
    told = []
    for wave in waves:
        if wave in kept:
            continue
        facts: dict[tuple[str, str], list[str]] = {}
        for row in rows.to_dict("records"):
            pair = [row["wave_a"], row["wave_b"]]
            if wave in pair:
                other = pair[1 - pair.index(wave)]
                if other in kept:
                    facts.setdefault((row["aspect"], row["detail"]), []).append(other)
        said = [
            f"{aspect} differs from {', '.join(others)} ({what})" for (aspect, what), others in facts.items()
        ]
        told.append(f"{wave} is left out of {item}: {'; '.join(said)}.")
    return tuple(told)


def _aspects(aspects: Iterable[str] | None) -> tuple[str, ...]:
    wanted = ASPECTS if aspects is None else (aspects,) if isinstance(aspects, str) else tuple(aspects)
    for aspect in wanted:
        if aspect not in ASPECTS:
            raise WaveError(f"there is no aspect {aspect!r}. {nearest(aspect, ASPECTS)}")
    return wanted
