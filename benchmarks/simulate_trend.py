"""Size of the trend tests and coverage of their intervals under a clustered design.

    python benchmarks/simulate_trend.py [--draws 2000] [--psus 8] [--seed 1] [--out FILE.csv]

A superpopulation without any change is sampled in five waves of four strata; respondents of a PSU are alike
(intraclass correlation 0.05), weights are unequal. Each draw makes every test once. A second population
changes as stated, and the intervals are asked whether they hold the truth. `docs/simulations.md` has the
table of accepted runs.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import egovstats as eg
from egovstats import inference as inf

YEARS = np.array([2010.0, 2012, 2014, 2016, 2018])
STRATA, SIZE, CORRELATION = 4, 10, 0.05
CUTS = np.array([-0.8, 0.0, 0.9])
Found = dict[str, tuple[bool, float]]  # name to (rejected or covered, nominal rate)


def sample(rng: np.random.Generator, psus: int, level: np.ndarray, move: np.ndarray) -> eg.Design:
    """One sample of all waves: share `trust` at `level`, latent answers moved by `move`, both shape (k,)."""
    k, units = len(YEARS), STRATA * psus
    n = k * units * SIZE
    wave = np.repeat(np.arange(k), units * SIZE)
    psu = np.repeat(np.arange(k * units), SIZE)
    stratum = (psu % STRATA) + STRATA * wave
    common = rng.normal(size=k * units)[psu]
    latent = np.sqrt(CORRELATION) * common + np.sqrt(1 - CORRELATION) * rng.normal(size=n)
    from scipy.special import ndtri

    age = rng.integers(18, 85, n).astype(float)
    frame = pd.DataFrame(
        {
            "year": YEARS[wave],
            "psu": psu,
            "stratum": stratum,
            "weight": rng.lognormal(0, 0.35, n),
            "trust": (latent < ndtri(level)[wave]).astype(float),
            "rating": np.digitize(latent + move[wave], CUTS) + 1.0,
            "score": latent + move[wave] + 0.03 * age,
            "age": age,
            "young": (age < 40).astype(float),
            "area": rng.integers(0, 3, n).astype(float),
        }
    )
    return eg.Design(frame, weight="weight", stratum="stratum", psu="psu")


def null_tests(design: eg.Design) -> Found:
    """Every test where its null hypothesis holds."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    p: dict[str, float] = {}
    changes = eg.change(shares, on="year", adjust="none")
    p["change, first and last wave"] = changes[3].p_value
    p["change of a median"] = eg.change(eg.quantile(design, "score", by="year"), on="year", pairs="last")[
        0
    ].p_value
    net = eg.net(design, "rating", plus=[3, 4], minus=[1, 2], by="year")
    p["change of a net"] = eg.change(net, on="year", pairs="last")[0].p_value
    p["max-t, any of 10 pairs"] = min(t.p_adjusted for t in inf.max_t(shares, on="year"))
    p["Holm, any of 10 pairs"] = float(inf.p_adjust([t.p_value for t in changes], "holm").min())
    p["ordinal superiority"] = inf.superiority(design, "rating", on="year", pairs="last")[0].p_value
    p["Wasserstein distance"] = inf.wasserstein(design, "rating", on="year", pairs="last")[0].p_value
    p["chi-square, answers by wave"] = inf.chi_square(design, "rating", "year").p_value
    p["Cochran-Armitage, Rao-Scott"] = inf.cochran_armitage_test(design, "trust", answers=[1]).p_value
    line = eg.trend(design, "trust", answers=[1])
    p["linear trend"] = line.slope.p_value
    p["log-odds trend"] = line.odds_ratio.p_value
    p["departure from a line, regression"] = line.linearity.p_value
    p["linear trend, wave as the unit"] = line.by_wave.p_value
    shape = inf.trend_shape(shares)
    p["linear trend of waves"] = shape.slope.p_value
    p["curvature of waves"] = shape.curvature.p_value
    p["relative change of waves"] = shape.relative.p_value
    p["departure from a line, waves"] = shape.departures[0].p_value
    p["orthogonal quadratic"] = shape.orthogonal[1].p_value
    p["joinpoint, largest t"] = inf.joinpoint(shares).tests[0].p_value
    p["joinpoint, permutations"] = inf.joinpoint(shares, method="permutation").tests[0].p_value
    broken = inf.policy_break(design, "trust", 2013, answers=[1], effects="both")
    p["policy break: step"] = broken.tests[0].p_value
    p["policy break: both"] = broken.tests[2].p_value
    p["policy break: step, wave as the unit"] = broken.by_wave[0].p_value
    same = inf.parallel_trends(design, "trust", "area", answers=[1])
    p["equal slopes, Wald"] = same.equal_slopes.p_value
    p["equal slopes, likelihood ratio"] = same.likelihood_ratio.p_value
    p["parallel courses"] = same.same_course.p_value
    kitagawa = inf.decompose_change(design, "score", "young", on="year")
    p["Kitagawa: composition"] = kitagawa.part("composition").p_value
    p["Kitagawa: rate"] = kitagawa.part("rate").p_value
    blinder = inf.oaxaca(design, "score", ["age"], on="year")
    p["Oaxaca: explained"] = blinder.part("explained").p_value
    cohorts = inf.cohort_replacement(design, "trust", answers=[1])
    p["cohorts: within"] = cohorts.part("within cohorts").p_value
    fixed = inf.standardised_trend(design, "trust", "young", answers=[1])
    p["standardised slope"] = fixed.standardised_trend.slope.p_value
    p["what standardising does"] = inf.standardised_trend(design, "score", "young").first_to_last.p_value
    found: Found = {name: (value < 0.05, 0.05) for name, value in p.items()}
    return found


def coverage(design: eg.Design, level: np.ndarray, move: np.ndarray) -> Found:
    """Every interval where the truth is known and is not 0."""
    from scipy.special import ndtr

    shares = eg.proportion(design, "trust", by="year", answers=[1])
    held: dict[str, bool] = {}

    def inside(name: str, effect: eg.Effect, truth: float) -> None:
        held[name] = bool(effect.conf_low <= truth <= effect.conf_high)

    gap = float(level[-1] - level[0])
    last = eg.change(shares, on="year", pairs="last")[0]
    inside("change, first and last wave", last.effect, gap)
    joint = inf.max_t(shares, on="year")
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    held["max-t, all 10 differences together"] = all(
        test.effect.conf_low <= level[j] - level[i] <= test.effect.conf_high
        for test, (i, j) in zip(joint, pairs, strict=True)
    )
    edges = np.concatenate([[-np.inf], CUTS, [np.inf]])
    early, late = (np.diff(ndtr(edges - move[at])) for at in (0, -1))
    truth = float(late @ (np.cumsum(early) - early / 2))
    inside("ordinal superiority", inf.superiority(design, "rating", on="year", pairs="last")[0].effect, truth)
    way = float(np.abs(np.cumsum(late) - np.cumsum(early))[:-1].sum())
    inside(
        "Wasserstein distance (at least)",
        inf.wasserstein(design, "rating", on="year", pairs="last")[0].effect,
        way,
    )
    slope = float(np.polyfit(YEARS, level, 1)[0])
    inside("linear trend", eg.trend(design, "trust", answers=[1]).slope.effect, slope)
    inside("linear trend of waves", inf.trend_shape(shares).slope.effect, slope)
    parts = inf.decompose_change(design, "trust", "young", on="year", answers=[1])
    inside("Kitagawa: rate", parts.part("rate").effect, gap)
    posterior = inf.posterior_changes(shares, on="year", pairs="last")[0]
    held["posterior of a change"] = posterior.conf_low <= gap <= posterior.conf_high
    bound = inf.apc_bounds(design, "score", {"age": (0.0, 0.03)}).bounds[0]
    inside("bounds on age (at least)", bound, 0.03)
    return {name: (value, 0.95) for name, value in held.items()}


def equivalence_at_the_margin(design: eg.Design, margin: float) -> Found:
    """The change is exactly the margin: 'equivalent' is wrong."""
    shares = eg.proportion(design, "trust", by="year", answers=[1])
    test = inf.equivalence(eg.change(shares, on="year", pairs="last", adjust="none"), margin)[0]
    return {"equivalence, truth at the margin": (test.p_value < 0.05, 0.05)}


def bent(design: eg.Design, year: float) -> Found:
    """A clear bend: does the interval hold its year?"""
    found = inf.joinpoint(eg.proportion(design, "trust", by="year", answers=[1]))
    if not found.joinpoints:
        return {"joinpoint found (power)": (False, np.nan)}
    at = found.joinpoints[0]
    return {
        "joinpoint found (power)": (True, np.nan),
        "year of the joinpoint, where found": (at.conf_low <= year <= at.conf_high, 0.95),
    }


def scattered(design: eg.Design) -> Found:
    """Waves scatter about no trend by more than sampling error: the wave is the unit."""
    line = eg.trend(design, "trust", answers=[1])
    broken = inf.policy_break(design, "trust", 2013, answers=[1], effects="level")
    bend = inf.joinpoint(line.estimates, method="permutation").tests[0]
    p = {
        "scattered waves: linear trend, wave as the unit": line.by_wave.p_value,
        "scattered waves: step, wave as the unit": broken.by_wave[0].p_value,
        "scattered waves: joinpoint, permutations": bend.p_value,
        "scattered waves: linear trend, respondent as the unit": line.slope.p_value,
    }
    return {name: (value < 0.05, 0.05) for name, value in p.items()}


def smoothed(rng: np.random.Generator) -> Found:
    """A random walk measured at 12 irregular dates; the band in the middle of a gap."""
    time = np.sort(rng.uniform(2005, 2022, 12))
    at = float((time[5] + time[6]) / 2)
    every = np.sort(np.append(time, at))
    level = 0.5 + np.concatenate([[0], np.cumsum(rng.normal(0, 0.02 * np.sqrt(np.diff(every))))])
    error = rng.choice([0.012, 0.02, 0.03], 12)
    place = np.searchsorted(every, at)
    seen = np.delete(level, place)
    data = pd.DataFrame({"time": time, "estimate": seen + rng.normal(0, error), "std_error": error})
    curve = inf.smooth_trend(data, at=[at]).curve.iloc[0]
    return {"smoother's band between waves": (curve.conf_low <= level[place] <= curve.conf_high, 0.95)}


def table_of(tally: dict[tuple[str, str, float], list[bool]], psus: int) -> pd.DataFrame:
    """Rates over all draws, with their Monte Carlo error."""
    return pd.DataFrame(
        [
            {
                "kind": kind,
                "test": name,
                "nominal": nominal,
                "rate": float(np.mean(hits)),
                "monte_carlo_error": float(np.sqrt(np.mean(hits) * (1 - np.mean(hits)) / len(hits))),
                "draws": len(hits),
                "psus_per_stratum": psus,
            }
            for (kind, name, nominal), hits in tally.items()
        ]
    )


def run(draws: int, psus: int, seed: int, out: Path | None = None) -> pd.DataFrame:
    """All draws; the table so far is written every 100 of them."""
    rng = np.random.default_rng(seed)
    flat, still = np.full(5, 0.4), np.zeros(5)
    fall, rise = np.array([0.55, 0.53, 0.50, 0.45, 0.42]), np.linspace(0, 0.4, 5)
    edge = 0.42 + np.array([0, 0.04, 0.08, 0.12, 0.16])
    hinge = np.array([0.40, 0.50, 0.60, 0.50, 0.40])
    parts: list[tuple[str, Callable[[], Found]]] = [
        ("size", lambda: null_tests(sample(rng, psus, flat, still))),
        ("coverage", lambda: coverage(sample(rng, psus, fall, rise), fall, rise)),
        ("size", lambda: equivalence_at_the_margin(sample(rng, psus, edge, still), 0.16)),
        ("coverage", lambda: bent(sample(rng, psus, hinge, still), 2014.0)),
        ("size", lambda: scattered(sample(rng, psus, 0.4 + rng.normal(0, 0.05, 5), still))),
        ("coverage", lambda: smoothed(rng)),
    ]
    tally: dict[tuple[str, str, float], list[bool]] = defaultdict(list)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for draw in range(draws):
            for kind, part in parts:
                for name, (hit, nominal) in part().items():
                    tally[kind, name, nominal].append(bool(hit))
            if out and draw % 100 == 99:
                table_of(tally, psus).to_csv(out, index=False)
    return table_of(tally, psus)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--psus", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    table = run(given.draws, given.psus, given.seed, given.out)
    if given.out:
        table.to_csv(given.out, index=False)
    sys.stdout.write(table.to_string(index=False, float_format=lambda value: f"{value:.4f}") + "\n")


if __name__ == "__main__":
    main()
