"""Survey waves as evidence: which may be used, and the estimates of an item by wave."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from egovstats.checks.outcomes import Number, Outcome, Result
from egovstats.checks.registry import Evidence
from egovstats.checks.wording import Message
from egovstats.errors import ClaimError
from egovstats.results import Estimates
from egovstats.sources import shipped
from egovstats.waves.documents import read_document
from egovstats.waves.series import SeriesCard

if TYPE_CHECKING:
    from egovstats.waves import Waves


def find_waves(evidence: Evidence, series: str, item: str) -> Waves | None:
    """Real waves of a series in which an item was answered; None where there are none."""
    waves = _given(evidence, series)
    if waves is None or waves.synthetic or item not in waves.items or not waves.frame[item].notna().any():
        return None
    return waves


def _given(evidence: Evidence, series: str) -> Waves | None:
    """The waves given under the name of the series."""
    return evidence.waves.get(series)


def no_waves(evidence: Evidence, name: str, *, series: str, item: str) -> Outcome:
    """The outcome of a check on waves that are not there, do not hold the item, or are made up."""
    waves = _given(evidence, series)
    values = _about(series, item)
    if waves is None:
        key = "waves_missing"
    elif waves.synthetic:
        key = "waves_synthetic"
    else:
        key = "item_missing"
    return Outcome(name, "unknown", Message(key, values), Message("waves", values, "needs"))


@cache
def _series_card(series: str) -> SeriesCard | None:
    """What ships about a series; None for one that does not ship."""
    path = shipped("surveys") / series / "series.yaml"
    return read_document(path, SeriesCard, name=path.name)[0] if path.is_file() else None


def _about(series: str, item: str) -> dict[str, Any]:
    """Title of a series, label and note of an item, for readers; the names where no more is known."""
    card = _series_card(series)
    found = None if card is None else next((each for each in card.items if each.name == item), None)
    return {
        "series": series if card is None else card.title,
        "item": item if found is None else found.label,
        "note": (found.note if found is not None else None) or "",
    }


def over_every_wave(waves: Waves, result: Result) -> tuple[Result, Message | None]:
    """The result of a statement on every wave, and what it needs: it cannot hold with waves unread."""
    if result == "holds" and waves.skipped:
        missing = [each.wave for each in waves.skipped]
        return "unknown", Message("missing_waves", {"waves": missing}, "needs")
    return result, Message("larger_samples", {}, "needs") if result == "unknown" else None


def headline(waves: Waves, item: str) -> Estimates:
    """The headline share of an item in each wave that asked it."""
    from egovstats.estimate import proportion

    about = waves.items[item].headline
    if about is None:
        raise ClaimError(
            f"item {item!r} of {waves.series.name!r} has no headline share. "
            "Add `headline` to it in series.yaml."
        )
    return asked(proportion(waves.design(lonely_psu="adjust"), item, by="wave", answers=list(about.codes)))


def asked(estimates: Estimates) -> Estimates:
    """The estimates of waves in which the item was answered."""
    return estimates.select(estimates.n > 0)


def wave_numbers(estimates: Estimates, *, factor: float = 100, unit: str = "percent") -> tuple[Number, ...]:
    """An estimate a wave, with its interval, as numbers of the ledger."""
    low, high = estimates.conf_int()
    return tuple(
        Number.of(
            "wave_value",
            (factor * low[at], factor * estimates.estimate[at], factor * high[at]),
            unit=unit,
            decimals=1,
            wave=str(wave),
        )
        for at, wave in enumerate(estimates.keys["wave"])
    )


def extremes(estimates: Estimates, factor: float = 100) -> dict[str, object]:
    """How many waves there are, and which has the least and the greatest value."""
    order = estimates.estimate.argsort()
    wave = estimates.keys["wave"].astype(str).to_list()
    return {
        "count": len(wave),
        "least": factor * estimates.estimate[order[0]],
        "least_wave": wave[order[0]],
        "most": factor * estimates.estimate[order[-1]],
        "most_wave": wave[order[-1]],
    }
