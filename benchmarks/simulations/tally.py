"""Counts and sums of simulated draws, which add up: runs can stop, go on and be merged."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from egovstats.results import Effect, HypothesisTest

LEVEL = 0.05


@dataclass(slots=True)
class Count:
    """Draws of one test or interval.

    Parameters
    ----------
    kind : str
        ``"size"`` (rejections where the null hypothesis holds), ``"coverage"`` or ``"power"``.
    call : str
        The public call.
    nominal : float
        What the rate should be.
    bound : bool
        The rate need only keep to the nominal one's safe side.
    draws, hits, untold : number
        Draws with an answer, rejections (or intervals that hold the truth), draws without an answer.
    known : int
        Draws whose estimate and truth are in the sums.
    error, squared_error, variance : float
        Sums of estimate less truth, of its square, and of squared standard errors.
    """

    kind: str
    call: str
    nominal: float
    bound: bool = False
    draws: int = 0
    hits: float = 0.0
    untold: int = 0
    known: int = 0
    error: float = 0.0
    squared_error: float = 0.0
    variance: float = 0.0

    @property
    def rate(self) -> float:
        """Share of draws that hit."""
        return self.hits / self.draws if self.draws else float("nan")

    @property
    def monte_carlo_error(self) -> float:
        """Standard error of the rate over draws."""
        return float(np.sqrt(self.rate * (1 - self.rate) / self.draws)) if self.draws else float("nan")

    @property
    def bias(self) -> float:
        """Mean of estimate less truth, in its own Monte Carlo standard errors (NaN where it is not kept)."""
        if self.known < 2:
            return float("nan")
        mean = self.error / self.known
        spread = self.squared_error / self.known - mean**2
        return float(mean / np.sqrt(spread / self.known)) if spread > 0 else float("nan")

    @property
    def error_ratio(self) -> float:
        """Root mean squared standard error over the standard deviation of the estimates."""
        spread = self.squared_error / max(self.known, 1) - (self.error / max(self.known, 1)) ** 2
        return float(np.sqrt(self.variance / self.known / spread)) if spread > 0 else float("nan")

    def add(self, other: Count) -> None:
        """Add the draws of another run."""
        for name in ("draws", "hits", "untold", "known", "error", "squared_error", "variance"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Tally(dict[str, Count]):
    """Counts by name of the test or interval."""

    def size(
        self,
        name: str,
        call: str,
        test: HypothesisTest | float | None,
        *,
        truth: float | None = None,
        nominal: float = LEVEL,
        bound: bool = False,
    ) -> None:
        """A test whose null hypothesis holds; its effect, if `truth` is given, ought to scatter around it.

        No test (None) is a draw without an answer.
        """
        p = test if isinstance(test, float) else test.p_value if test else float("nan")
        effect = test.effect if isinstance(test, HypothesisTest) and truth is not None else None
        self._put(name, Count("size", call, nominal, bound), p < LEVEL, np.isfinite(p), effect, truth)

    def coverage(
        self,
        name: str,
        call: str,
        effect: Any,
        truth: float,
        *,
        nominal: float = 1 - LEVEL,
        bound: bool = False,
    ) -> None:
        """An interval (anything with `conf_low` and `conf_high`) and what it ought to hold."""
        low, high = float(effect.conf_low), float(effect.conf_high)
        told = np.isfinite(low) or np.isfinite(high)
        self._put(name, Count("coverage", call, nominal, bound), low <= truth <= high, told, effect, truth)

    def rate(
        self,
        kind: str,
        name: str,
        call: str,
        hit: float,
        *,
        nominal: float = LEVEL,
        bound: bool = False,
    ) -> None:
        """Any other event (1 or 0), or a share of events within a draw."""
        self._put(name, Count(kind, call, nominal, bound), hit, True, None, None)

    def untold(self, name: str, call: str) -> None:
        """No answer in this draw."""
        self._put(name, Count("size", call, LEVEL), False, False, None, None)

    def _put(
        self, name: str, empty: Count, hit: Any, told: Any, effect: Effect | None, truth: float | None
    ) -> None:
        count = self.setdefault(name, empty)
        if not told:
            count.untold += 1
            return
        count.draws += 1
        count.hits += float(hit)
        estimate = getattr(effect, "estimate", float("nan"))
        if truth is not None and np.isfinite(estimate):
            count.known += 1
            count.error += float(estimate - truth)
            count.squared_error += float(estimate - truth) ** 2
            count.variance += float(getattr(effect, "std_error", float("nan"))) ** 2

    def write(self, path: Path) -> None:
        """Write the counts; a file is whole or not there."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps({name: asdict(count) for name, count in self.items()}), encoding="utf-8")
        part.replace(path)

    def merge(self, path: Path) -> None:
        """Add the counts of a file; a kind goes before each name, as a test and its interval share one."""
        for name, values in json.loads(path.read_text(encoding="utf-8")).items():
            count = Count(**values)
            key = f"{count.kind}: {name}"
            if key in self:
                self[key].add(count)
            else:
                self[key] = count
