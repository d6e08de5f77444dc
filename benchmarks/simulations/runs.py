"""Draws in chunks that are kept, so that a run can stop, go on, and take new questions on."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

from egovstats.errors import EgovstatsError
from simulations.scenarios import SCENARIOS, Ask, Scenario
from simulations.tally import Tally

CHUNK = 50


def folder_of(store: Path, scenario: Scenario, ask: Ask, psus: int, seed: int) -> Path:
    """Where the chunks of one question lie."""
    name = f"{ask.__module__.rsplit('.', 1)[-1]}.{ask.__name__}"
    return store / f"seed-{seed}" / scenario.name.replace(" ", "-") / name / f"psus-{psus}"


def run(
    store: Path, *, draws: int, psus: Sequence[int], seed: int, only: str = "", chunk: int = CHUNK
) -> None:
    """Make every chunk that is not there yet."""
    for count in psus:
        for scenario in SCENARIOS:
            if only in scenario.name and (scenario.psus_matter or count == max(psus)):
                _run(store, scenario, draws, count, seed, chunk)


def _run(store: Path, scenario: Scenario, draws: int, psus: int, seed: int, chunk: int) -> None:
    for first in range(0, draws, chunk):
        last = min(first + chunk, draws)
        paths = {
            ask: folder_of(store, scenario, ask, psus, seed) / f"{first}-{last}.json" for ask in scenario.asks
        }
        asks = [ask for ask, path in paths.items() if _reached(path.parent, first) < last]
        if not asks:
            continue
        made = chunk_of(scenario, asks, range(first, last), psus, seed)
        for ask in asks:
            for shorter in paths[ask].parent.glob(f"{first}-*.json"):
                shorter.unlink()
            made[ask].write(paths[ask])


def _reached(folder: Path, first: int) -> int:
    """The draw before which the chunk that begins at `first` ends; 0 where there is none."""
    return max((int(path.stem.split("-")[1]) for path in folder.glob(f"{first}-*.json")), default=0)


def chunk_of(
    scenario: Scenario, asks: Iterable[Ask], draws: Iterable[int], psus: int, seed: int
) -> dict[Ask, Tally]:
    """Every question asked of the same samples."""
    tallies = {ask: Tally() for ask in asks}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for draw in draws:
            data, course = scenario.one(psus, seed, draw)
            for ask, tally in tallies.items():
                try:
                    ask(data, course, tally)
                except EgovstatsError as error:
                    tally.untold(f"refused: {ask.__name__}", str(error)[:80])
    return tallies


def merged(store: Path, psus: int, seed: int) -> Tally:
    """All chunks there are."""
    whole = Tally()
    for scenario in SCENARIOS:
        for ask in scenario.asks:
            for path in sorted(folder_of(store, scenario, ask, psus, seed).glob("*.json")):
                whole.merge(path)
    return whole
