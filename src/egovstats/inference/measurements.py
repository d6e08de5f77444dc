"""Levels with known errors from waves, from print and from tables, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.errors import EstimateError, nearest
from egovstats.inference.published_share import PublishedShare
from egovstats.inference.wave_points import wave_points
from egovstats.results import Estimates
from egovstats.sources import Source, merge_sources


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """Levels with known errors, from any kinds of sources.

    Parameters
    ----------
    frame : pd.DataFrame
        ``time``, ``estimate``, ``std_error``, ``source``, sorted by time.
    unit : str
    sources : tuple of Source
    notes : tuple of str
        What was assumed of them.
    """

    frame: pd.DataFrame
    unit: str
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()

    __repr__ = as_text
    _repr_html_ = as_html


def measurements(
    *parts: Estimates | tuple[Sequence[float], Sequence[PublishedShare]] | pd.DataFrame,
    on: str = "date",
    names: Sequence[str] | None = None,
) -> Measurements:
    """Put levels from waves, from print and from tables together.

    Parameters
    ----------
    *parts
        Each one of: estimates of one quantity split by `on`; times with published shares (those without an n
        are left out, with a note); a frame with ``time``, ``estimate``, ``std_error``.
    on : str
        Key with the time of the estimates; the middle of the field period is best.
    names : sequence of str, optional
        A name for each part; "source 1", ... where left out.

    Raises
    ------
    EstimateError
        Nothing was given, or a part that is none of these.
    """
    if not parts:
        raise EstimateError("there is nothing to smooth. Pass estimates, published shares or a frame.")
    labels = list(names) if names is not None else [f"source {at + 1}" for at in range(len(parts))]
    if len(labels) != len(parts):
        raise EstimateError(f"{len(labels)} names for {len(parts)} parts. Pass one a part.")
    frames, unit, sources, notes = [], "", [], []
    for part, label in zip(parts, labels, strict=True):
        if isinstance(part, Estimates):
            points = wave_points(part, on)
            unit = unit or points.unit
            sources += list(points.sources)
            notes += [f"{label}: {each}" for each in points.dropped]
            table = pd.DataFrame(
                {"time": points.time, "estimate": points.estimate, "std_error": points.std_error}
            )
        elif isinstance(part, pd.DataFrame):
            table = _table(part)
        else:
            table = _published(part, label, notes)
            unit = unit or "share"
        frames.append(table.assign(source=label))
    whole = pd.concat(frames, ignore_index=True).sort_values("time", kind="stable", ignore_index=True)
    return Measurements(whole, unit or "own unit", merge_sources(sources), tuple(notes))


def _table(part: pd.DataFrame) -> pd.DataFrame:
    for name in ("time", "estimate", "std_error"):
        if name not in part.columns:
            raise EstimateError(
                f"a table of levels needs a column {name!r}. {nearest(name, part.columns)} "
                "Rename the columns to time, estimate and std_error."
            )
    table = part[["time", "estimate", "std_error"]].astype(float)
    if not (table["std_error"] > 0).all() or not np.isfinite(table.to_numpy()).all():
        raise EstimateError(
            "every level needs a time and a standard error above 0, and some have none. "
            "Leave out levels whose precision is not known."
        )
    return table


def _published(
    part: tuple[Sequence[float], Sequence[PublishedShare]], label: str, notes: list[str]
) -> pd.DataFrame:
    times, shares = part
    if len(times) != len(shares):
        raise EstimateError(f"{len(times)} times for {len(shares)} published shares. Pass one each.")
    known = [(at, share) for at, share in zip(times, shares, strict=True) if share.variance > 0]
    lost = len(shares) - len(known)
    if lost:
        notes.append(f"{label}: left out, since without n or without spread: {lost}")
    effects = sorted({share.deff for _, share in known})
    if known:
        said = ", ".join(f"{each:g}" for each in effects)
        notes.append(f"{label}: printed shares have the design effect that was stated for them ({said})")
    # Rounding moves a printed share by up to half its last digit: a uniform error of that width.
    return pd.DataFrame(
        {
            "time": [float(at) for at, _ in known],
            "estimate": [share.share for _, share in known],
            "std_error": [np.sqrt(share.variance + share.half_step**2 / 3) for _, share in known],
        }
    )
