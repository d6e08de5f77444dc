"""Waves as draws of a process, long series, curves between waves, and the power that designs claim."""

from __future__ import annotations

import numpy as np
import pandas as pd

import egovstats as eg
from egovstats import inference as inf
from simulations.intervals import per_year
from simulations.population import Course
from simulations.tally import LEVEL, Tally

SCATTER = 0.04  # standard deviation of waves about their line


def scattered(design: eg.Design, course: Course, tally: Tally) -> None:
    """The process has no trend, its waves scatter by more than sampling error."""
    line = eg.trend(design, "trust", answers=[1])
    tally.size("scattered waves: trend, wave as the unit", "trend", line.by_wave, truth=0.0)
    tally.size("scattered waves: trend, respondents", "trend", line.slope, truth=0.0)
    step = inf.policy_break(design, "trust", 2013, answers=[1]).by_wave[0]
    tally.size("scattered waves: step, wave as the unit", "policy_break", step, truth=0.0)
    bend = inf.joinpoint(line.estimates, method="permutation").tests[0]
    tally.size("scattered waves: joinpoint, permutations", 'joinpoint(method="permutation")', bend)


def scattered_line(design: eg.Design, course: Course, tally: Tally) -> None:
    """The same about a line that falls a point and a half a year."""
    line = eg.trend(design, "trust", answers=[1])
    name = "scattered waves: trend"
    if line.by_wave:
        tally.coverage(f"{name}, wave as the unit", "trend", line.by_wave.effect, -0.015)
    tally.coverage(f"{name}, respondents", "trend", line.slope.effect, -0.015)


def long_flat(design: eg.Design, course: Course, tally: Tally) -> None:
    """Nine waves without any joinpoint."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    tally.size("joinpoint, largest t, 9 waves", "joinpoint", inf.joinpoint(shares).tests[0])
    rng = np.random.default_rng(int(shares.estimate[0] * 2**52))
    permuted = inf.joinpoint(shares, method="permutation", draws=499, rng=rng).tests[0]
    tally.size("joinpoint, permutations, 9 waves", 'joinpoint(method="permutation")', permuted)
    chosen = inf.joinpoint(shares, method="BIC")
    tally.size(
        "joinpoint chosen by BIC, 9 waves",
        'joinpoint(method="BIC")',
        float(not chosen.joinpoints),
        bound=True,
    )
    shape = inf.trend_shape(shares)
    tally.size("linear trend through 9 waves (GLS)", "trend_shape", shape.slope, truth=0.0)
    tally.size("departure from a line, 9 waves", "trend_shape", shape.departures[0])
    line = eg.trend(design, "trust", answers=[1])
    tally.size("departure from a line, respondents, 9 waves", "trend", line.linearity)
    tally.size("linear trend, wave as the unit, 9 waves", "trend", line.by_wave, truth=0.0)
    tally.size("answers over 9 waves, F", "chi_square", eg.chi_square(design, "rating", "year"))


def bent(design: eg.Design, course: Course, tally: Tally) -> None:
    """The slope changes at one wave."""
    found = inf.joinpoint(eg.proportion(design, "trust", by="year", answers=[1]))
    top = course.years[int(np.argmax(course.trust))]
    k = len(course.years)
    name = f"a bend of the trend, {k} waves"
    tally.rate("power", f"{name}, found", "joinpoint", float(bool(found.joinpoints)), nominal=float("nan"))
    if found.joinpoints:
        year = found.joinpoints[0]
        tally.coverage(f"year of the joinpoint, where found, {k} waves", "joinpoint", year, float(top))
        first = per_year_of(course, 0, int(np.argmax(course.trust)))
        slope = found.segments[0].effect
        tally.coverage(f"slope before the joinpoint, {k} waves", "joinpoint", slope, first)
    average = per_year(course, course.trust)
    tally.coverage(f"average slope, a bend, {k} waves", "joinpoint", found.average.effect, average)


def per_year_of(course: Course, first: int, last: int) -> float:
    """Slope between two waves."""
    return float((course.trust[last] - course.trust[first]) / (course.years[last] - course.years[first]))


def rise(design: eg.Design, course: Course, tally: Tally) -> None:
    """What power designs claim for the rise that is there, and whether the tests have it."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    two = eg.change(shares, on="year", pairs="last", adjust="none")[0]
    rose = float(course.trust[-1] - course.trust[0])
    row = inf.detectable_change(shares, on="year", pairs="last").iloc[0]
    claimed = inf.t_power(rose / float(row["std_error"]), float(row["df"]))
    found = float(two.p_value < LEVEL)
    tally.rate("power", "the rise, claimed", "t_power", claimed, nominal=float("nan"))
    tally.rate("power", "the rise, found", "change", found, nominal=float("nan"))
    effects = shares.deff()
    planned = inf.minimum_detectable_change(
        float(course.trust[0]),
        float(shares.n[[0, -1]].mean()),
        deff=float((effects[0] + effects[-1]) / 2),
        df=float(row["df"]),
    )
    for call, size in (
        ("detectable_change", float(row["detectable"])),
        ("minimum_detectable_change", planned),
    ):
        tally.rate("power", f"smallest rise by {call}", call, size, nominal=float("nan"))


def six_items(psus: int, rng: np.random.Generator) -> eg.Design:
    """Two waves of six questions that have nothing to do with one another and do not change."""
    waves = [
        rng.normal(size=(2 * 4 * psus, 1, 6)) * np.sqrt(0.08)
        + rng.normal(size=(2 * 4 * psus, 10, 6)) * np.sqrt(0.92)
    ]
    latent = np.concatenate(waves).reshape(-1, 6)
    psu = np.repeat(np.arange(2 * 4 * psus), 10)
    frame = pd.DataFrame((latent < -0.25).astype(float), columns=[f"q{at}" for at in range(6)])
    frame = frame.assign(
        year=2010.0 + psu // (4 * psus), psu=psu, stratum=psu // psus, weight=rng.lognormal(0, 0.3, len(psu))
    )
    return eg.Design(frame, weight="weight", stratum="stratum", psu="psu")


def families(design: eg.Design, course: None, tally: Tally) -> None:
    """One change of each of six items: a family of independent tests."""
    p = [
        eg.change(eg.mean(design, f"q{at}", by="year"), on="year", adjust="none")[0].p_value
        for at in range(6)
    ]
    for rule in ("holm", "hochberg", "hommel", "BH", "BY", "bonferroni"):
        smallest = float(inf.p_adjust(p, rule).min())
        tally.size(f"any of 6 independent items, {rule}", f'change(adjust="{rule}")', smallest, bound=True)


def walk(psus: int, rng: np.random.Generator) -> tuple[pd.DataFrame, float, float]:
    """A random walk measured at 12 irregular dates; a date between two of them, and the level there."""
    time = np.sort(rng.uniform(2005, 2022, 12))
    at = float((time[5] + time[6]) / 2)
    every = np.sort(np.append(time, at))
    level = 0.5 + np.concatenate([[0], np.cumsum(rng.normal(0, 0.02 * np.sqrt(np.diff(every))))])
    error = rng.choice([0.012, 0.02, 0.03], 12)
    place = int(np.searchsorted(every, at))
    seen = np.delete(level, place) + rng.normal(0, error)
    return pd.DataFrame({"time": time, "estimate": seen, "std_error": error}), at, float(level[place])


def smoother(made: tuple[pd.DataFrame, float, float], course: None, tally: Tally) -> None:
    """The band between two measurements."""
    data, at, level = made
    curve = inf.smooth_trend(data, at=[at]).curve.iloc[0]
    tally.coverage("band between measurements", "smooth_trend", curve, level)
