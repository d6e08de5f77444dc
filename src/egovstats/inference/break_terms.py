"""Steps and bends of an interrupted series, and which of them the waves can tell apart."""

from __future__ import annotations

import numpy as np


def outside(start: float, times: np.ndarray) -> str:
    """Why a break is not between the waves; empty where it is."""
    if start <= times[0]:
        return f"no wave with answers lies before {start:g}: the first is of {times[0]:g}"
    if start > times[-1]:
        return f"no wave with answers lies after {start:g}: the last is of {times[-1]:g}"
    return ""


def break_terms(start: float, effects: str, on: str) -> list[tuple[str, str]]:
    """Kind and name of each term of a break."""
    made = []
    if effects in ("level", "both"):
        made.append(("level", f"step at {start:g}"))
    if effects in ("slope", "both"):
        made.append(("slope", f"{on} after {start:g}"))
    return made


def break_columns(
    time: np.ndarray, centre: float, starts: tuple[float, ...], effects: str, on: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Intercept, time, and step or bend of each break, shape (n, 2 + terms)."""
    columns, names = [np.ones(len(time)), time - centre], ["Intercept", on]
    for start in starts:
        for kind, name in break_terms(start, effects, on):
            later = time >= start
            columns.append(later.astype(float) if kind == "level" else np.where(later, time - start, 0.0))
            names.append(name)
    return np.column_stack(columns), tuple(names)


def identified(
    times: np.ndarray, starts: tuple[float, ...], effects: str, on: str
) -> tuple[set[str], dict[str, str]]:
    """Terms that the waves can tell from all others, and for the rest why not."""
    X, names = break_columns(times, float(times.mean()), starts, effects, on)
    rank = np.linalg.matrix_rank(X)
    told: set[str] = set()
    reasons = {
        name: outside(start, times)
        for start in starts
        for _, name in break_terms(start, effects, on)
        if outside(start, times)
    }
    for at in range(2, X.shape[1]):
        if names[at] in reasons:
            continue
        rest = np.delete(X, at, axis=1)
        if np.linalg.matrix_rank(rest) < rank:
            told.add(names[at])
            continue
        same = [names[b] for b in range(2, X.shape[1]) if b != at and np.allclose(X[:, b], X[:, at])]
        reasons[names[at]] = (
            f"{len(times)} waves cannot tell it from {same[0]!r}: no wave lies between them"
            if same
            else f"{len(times)} waves cannot tell it from the trend and the other breaks"
        )
    return told, reasons
