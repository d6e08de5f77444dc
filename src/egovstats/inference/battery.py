"""Every question about the trends of many items at once: one table, and the tests behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design
from egovstats.errors import EstimateError, nearest
from egovstats.estimate import mean, proportion
from egovstats.estimate.wording import joined
from egovstats.inference.adjust import p_adjust
from egovstats.inference.battery_record import record_of
from egovstats.inference.change import change
from egovstats.inference.equivalence import equivalence
from egovstats.inference.joinpoint import Joinpoint, joinpoint
from egovstats.inference.statement import time_in_words
from egovstats.inference.superiority import superiority
from egovstats.inference.trend import Trend, trend
from egovstats.results import Estimates, HypothesisTest
from egovstats.sources import Source, Sourced

if TYPE_CHECKING:
    from egovstats.waves import Waves


@dataclass(frozen=True, slots=True, eq=False)
class BatteryRow:
    """What was asked of one item.

    Parameters
    ----------
    item, label, answers : str
        `answers` says whose share it is; ``"mean"`` for a number.
    levels : Estimates or None
        By wave, those with answers only.
    change : HypothesisTest or None
        From the first to the last wave, adjusted over the items.
    trend : Trend or None
    slope : HypothesisTest or None
        Of `trend`, adjusted over the items.
    joinpoint : Joinpoint or None
    equivalence : HypothesisTest or None
        Of the change, adjusted over the items.
    superiority : HypothesisTest or None
        P(later > earlier) of all answers, first against last wave; None for answers without an order.
    comparability : tuple of str
        What changed between the first and the last wave, where the waves know.
    reason : str
        Why nothing could be asked; empty where something could.
    """

    item: str
    label: str
    answers: str
    levels: Estimates | None
    change: HypothesisTest | None
    trend: Trend | None
    slope: HypothesisTest | None
    joinpoint: Joinpoint | None
    equivalence: HypothesisTest | None
    superiority: HypothesisTest | None
    comparability: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class TrendBattery(Sourced):
    """The trends of many items.

    Parameters
    ----------
    rows : tuple of BatteryRow
    on : str
    margin : float
        Of equivalence, in share points.
    adjust : str
        How p-values were adjusted over the items.
    conf_level : float
    sources, notes : tuple
    """

    rows: tuple[BatteryRow, ...]
    on: str
    margin: float
    adjust: str
    conf_level: float
    sources: tuple[Source, ...]
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def times(self) -> list[float]:
        """Times of all waves with answers to any item."""
        return sorted({float(at) for row in self.rows if row.levels for at in row.levels.keys[self.on]})

    def to_frame(self) -> pd.DataFrame:
        """One row an item, all numbers in full.

        Columns: ``item``, ``label``, ``answers``, ``n`` (smallest base), a level and its standard error by
        time, the ``change`` with interval and p-values, the ``slope`` with the respondent and with the wave
        as the unit, the ``departure`` from a line, ``joinpoint`` with interval, ``equivalence`` with the
        smallest margin, ``superiority`` with interval, ``comparability``, ``reason``.
        """
        return pd.DataFrame([record_of(row, self.times, self.on) for row in self.rows])


def trend_battery(
    data: Waves | Design,
    items: Sequence[str] | None = None,
    *,
    on: str = "year",
    answers: Mapping[str, Sequence[Any]] | Sequence[Any] | None = None,
    margin: float = 0.03,
    adjust: str = "holm",
    conf_level: float = 0.95,
    lonely_psu: str = "fail",
    progress: Callable[[str], None] | None = None,
) -> TrendBattery:
    """Ask everything about the trends of many items.

    Parameters
    ----------
    data : Waves or Design
    items : sequence of str, optional
        All items with a headline where left out.
    on : str
        Column with the time of each wave.
    answers : mapping or sequence, optional
        Item to the answers whose share is followed, instead of its headline; a sequence of answers holds
        for all items. An item with neither is followed by its mean.
    margin : float
        Change of a share that would matter, for equivalence (means have none: their scales differ).
    adjust : str
        How p-values of changes, slopes and equivalence are adjusted over the items, each a family.
    conf_level : float
    lonely_psu : str
        As in `Design`, with waves.
    progress : callable, optional
        Told how many items are done, every ten of them.

    Returns
    -------
    TrendBattery
        An item asked once, or with fewer waves than a question needs, has the reason in its row.

    Raises
    ------
    EstimateError
        No items, or one that is not there.

    References
    ----------
    Those of `change`, `trend`, `joinpoint`, `equivalence` and `superiority`.
    """
    design = data if isinstance(data, Design) else data.design(lonely_psu=lonely_psu)
    chosen = _chosen(design, items)
    compared = None if isinstance(data, Design) else data.comparability
    followed = answers if isinstance(answers, Mapping) else dict.fromkeys(chosen, answers)
    rows = []
    for count, item in enumerate(chosen, start=1):
        rows.append(_row(design, item, on, followed.get(item), margin, conf_level, compared))
        if progress is not None and (count % 10 == 0 or count == len(chosen)):
            progress(f"{count} of {len(chosen)} items")
    return TrendBattery(
        rows=_adjusted(rows, adjust, margin),
        on=on,
        margin=margin,
        adjust=adjust,
        conf_level=conf_level,
        sources=design.sources,
        notes=(
            f"p-values of changes, slopes and equivalence are adjusted over {len(rows)} items ({adjust})",
            f"equivalence: no change larger than {margin:g} either way",
        ),
    )


def _chosen(design: Design, items: Sequence[str] | None) -> list[str]:
    if items is None:
        items = [name for name, about in design.items.items() if getattr(about, "headline", None)]
    chosen = [items] if isinstance(items, str) else list(items)
    if not chosen:
        raise EstimateError("no item has a headline. Name the items, with answers={item: [...]} for shares.")
    columns = design.frame.columns
    for name in chosen:
        if name not in columns:
            raise EstimateError(f"there is no item {name!r}. {nearest(name, columns)}")
    return chosen


def _row(
    design: Design,
    item: str,
    on: str,
    answers: Sequence[Any] | None,
    margin: float,
    conf_level: float,
    compared: pd.DataFrame | None,
) -> BatteryRow:
    about = design.items.get(item)
    headline = getattr(about, "headline", None)
    given = list(answers) if answers is not None else list(headline.codes) if headline else None
    label = (getattr(about, "label", None) or {}).get("en", item)
    if given is None:
        said = "mean"
    elif answers is None and headline is not None:
        said = headline.label.get("en", "")
    else:
        said = str(joined(given))
    frame = design.frame
    asked = frame[item].notna().to_numpy() & (design.weight > 0)
    times = np.unique(frame.loc[asked, on].to_numpy(dtype=float))
    blank = BatteryRow(item, label, said, None, None, None, None, None, None, None, (), "")
    if len(times) < 2:
        when = f" ({'' if on == 'date' else f'{on} '}{time_in_words(float(times[0]))})" if len(times) else ""
        return replace(blank, reason=f"asked {'once' if len(times) else 'never'}{when}, so there is no trend")
    levels = (
        mean(design, item, by=on, where=asked)
        if given is None
        else proportion(design, item, by=on, where=asked, answers=given)
    )
    ends = change(levels, on=on, pairs="last", adjust="none", conf_level=conf_level)[0]
    line = trend(design, item, on, answers=given, conf_level=conf_level)
    return replace(
        blank,
        levels=levels,
        change=ends,
        trend=line,
        slope=line.slope,
        joinpoint=joinpoint(levels, on=on, conf_level=conf_level),
        superiority=_superiority(design, item, on, times, conf_level),
        comparability=_changed(
            compared, item, frame.loc[asked, ["wave", on]] if "wave" in frame else None, on
        ),
    )


def _superiority(
    design: Design, item: str, on: str, times: np.ndarray, conf_level: float
) -> HypothesisTest | None:
    if getattr(design.items.get(item), "kind", "") == "nominal" or design.in_words(item):
        return None
    first, last = (design.frame[on].to_numpy(dtype=float) == at for at in (times[0], times[-1]))
    return superiority(design, item, on=on, pairs="last", where=first | last, conf_level=conf_level)[0]


def _changed(
    compared: pd.DataFrame | None, item: str, waves: pd.DataFrame | None, on: str
) -> tuple[str, ...]:
    """Aspects that changed between the first and the last wave with answers."""
    if compared is None or waves is None:
        return ()
    ordered = waves.sort_values(on, kind="stable")["wave"]
    ends = (ordered.iloc[0], ordered.iloc[-1])
    rows = compared[
        (compared["item"] == item)
        & (compared["wave_a"] == ends[0])
        & (compared["wave_b"] == ends[1])
        & (compared["status"] == "changed")
    ]
    return tuple(rows["aspect"])


def _adjusted(rows: list[BatteryRow], adjust: str, margin: float) -> tuple[BatteryRow, ...]:
    """Each kind of test is a family over the items."""
    changes = _family([row.change for row in rows], adjust)
    slopes = _family([row.slope for row in rows], adjust)
    shares = [
        at
        for at, row in enumerate(rows)
        if changes[at] is not None and row.levels is not None and row.levels.statistic == "proportion"
    ]
    tests = [changes[at] for at in shares]
    equal = equivalence([test for test in tests if test is not None], margin, adjust=adjust) if tests else ()
    by_row = dict(zip(shares, equal, strict=True))
    return tuple(
        replace(row, change=changes[at], slope=slopes[at], equivalence=by_row.get(at))
        for at, row in enumerate(rows)
    )


def _family(tests: Sequence[HypothesisTest | None], adjust: str) -> list[HypothesisTest | None]:
    adjusted = p_adjust([np.nan if test is None else test.p_value for test in tests], adjust)
    return [
        None if test is None else replace(test, p_adjusted=float(p), adjust=adjust)
        for test, p in zip(tests, adjusted, strict=True)
    ]
