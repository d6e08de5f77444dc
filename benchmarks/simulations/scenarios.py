"""Which populations are drawn, and what is asked of each sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulations import intervals, nulls, waves
from simulations.intervals import STEP, STEP_AT
from simulations.population import YEARS, Course, sample
from simulations.tally import Tally

Ask = Callable[[Any, Any, Tally], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A population and its questions.

    Parameters
    ----------
    name : str
    course : callable
        The waves of one draw, from its random numbers.
    asks : tuple of callable
    draw : callable
        The sample of a course.
    psus_matter : bool
        Whether it differs with the number of PSUs.
    """

    name: str
    course: Callable[[np.random.Generator], Any]
    asks: tuple[Ask, ...]
    draw: Callable[[Any, int, np.random.Generator], Any] = sample
    psus_matter: bool = True

    def one(self, psus: int, seed: int, draw: int) -> tuple[Any, Any]:
        """The sample and the course of one draw, the same whatever else is run."""
        rng = np.random.default_rng([seed, *self.name.encode(), psus, draw])
        course = self.course(rng)
        return self.draw(course, psus, rng), course


def line(first: float, last: float, k: int = 5) -> np.ndarray:
    """Levels on a line."""
    return np.linspace(first, last, k)


FLAT = Course()
STEADY = Course(
    trust=line(0.55, 0.42),
    mood=line(0.0, 0.4),
    young=line(0.45, 0.35),
    base=line(0.35, 0.45),
    log_odds=-0.08,
    pull=(0.06, -0.05),
    by_area=(-0.02, 0.0, 0.015),
)
STEPPED = Course(trust=0.52 - 0.01 * (YEARS - 2010) + STEP * (YEARS >= STEP_AT))
CURVED = Course(trust=0.55 - 0.01 * (YEARS - 2014) ** 2)
RELATIVE = Course(trust=0.4 * np.exp(0.04 * (YEARS - 2014)))
MARGIN = Course(trust=line(0.36, 0.48), mood=line(0.0, 0.35))
PARTLY = Course(trust=np.array([0.4, 0.4, 0.4, 0.52, 0.3]))
BENT = Course(trust=np.array([0.40, 0.48, 0.56, 0.48, 0.40]))
RISEN = Course(trust=line(0.40, 0.555))
LONG = np.arange(2002.0, 2019.0, 2.0)
NINE = {name: np.full(9, level) for name, level in (("mood", 0.0), ("young", 0.4), ("base", 0.35))}
LONG_FLAT = Course(years=LONG, trust=np.full(9, 0.4), **NINE)
LONG_BENT = Course(years=LONG, trust=0.54 - 0.02 * np.abs(LONG - 2010), **NINE)


def _always(course: Any) -> Callable[[np.random.Generator], Any]:
    return lambda rng: course


def _scattered(slope: float) -> Callable[[np.random.Generator], Course]:
    return lambda rng: Course(trust=0.42 + slope * (YEARS - 2014) + rng.normal(0, waves.SCATTER, len(YEARS)))


SCENARIOS = (
    Scenario(
        "flat",
        _always(FLAT),
        (
            nulls.changes,
            nulls.families,
            nulls.distributions,
            nulls.trends,
            nulls.scales,
            nulls.joinpoints,
            nulls.breaks,
            nulls.domains,
            nulls.reasons,
            nulls.comparisons,
            nulls.regressions,
            intervals.comparisons,
        ),
    ),
    Scenario(
        "steady",
        _always(STEADY),
        (
            intervals.changes,
            intervals.distributions,
            intervals.trends,
            intervals.scales,
            intervals.domains,
            intervals.reasons,
        ),
    ),
    Scenario("margin", _always(MARGIN), (nulls.margin,)),
    Scenario("partly", _always(PARTLY), (nulls.false_findings,)),
    Scenario("stepped", _always(STEPPED), (intervals.breaks,)),
    Scenario("curved", _always(CURVED), (intervals.curve,)),
    Scenario("relative", _always(RELATIVE), (intervals.relative,)),
    Scenario("scattered", _scattered(0.0), (waves.scattered,)),
    Scenario("scattered line", _scattered(-0.015), (waves.scattered_line,)),
    Scenario("bent", _always(BENT), (waves.bent,)),
    Scenario("long and flat", _always(LONG_FLAT), (waves.long_flat,)),
    Scenario("long and bent", _always(LONG_BENT), (waves.bent,)),
    Scenario("panel", _always(Course(panel=True)), (nulls.panel,)),
    Scenario("panel line", _always(Course(panel=True, trust=line(0.55, 0.42))), (intervals.panel,)),
    Scenario("risen", _always(RISEN), (waves.rise,)),
    Scenario(
        "six items",
        _always(None),
        (waves.families,),
        draw=lambda course, psus, rng: waves.six_items(psus, rng),
    ),
    Scenario(
        "walk",
        _always(None),
        (waves.smoother,),
        draw=lambda course, psus, rng: waves.walk(psus, rng),
        psus_matter=False,
    ),
)
