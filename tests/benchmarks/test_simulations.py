"""The simulations run, their null hypotheses are true, runs add up, and the page says what was counted."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import egovstats as eg
from egovstats import inference as inf


@pytest.fixture(scope="module")
def part(root: Path) -> Iterator[Any]:
    sys.path.insert(0, str(root / "benchmarks"))
    yield lambda name: importlib.import_module(f"simulations.{name}")
    sys.path.remove(str(root / "benchmarks"))


@pytest.mark.slow
def test_every_scenario_runs_and_every_test_has_an_answer(part: Any) -> None:
    runs = part("runs")
    for scenario in part("scenarios").SCENARIOS:
        for tally in runs.chunk_of(scenario, scenario.asks, range(2), 8, 7).values():
            assert tally, scenario.name
            for name, count in tally.items():
                assert count.untold == 0, (scenario.name, name)
                assert count.draws in (1, 2) if "where" in name else count.draws == 2, (scenario.name, name)


def test_waves_without_change_have_the_shares_that_were_set(part: Any) -> None:
    population = part("population")
    course = population.Course(trust=np.linspace(0.5, 0.4, 5), log_odds=0.1, pull=(0.05, -0.05))
    estimates, errors = [], []
    for draw in range(60):
        design = population.sample(course, 8, np.random.default_rng([11, draw]))
        found = [
            eg.proportion(design, "trust", by="year", answers=[1]).estimate,
            eg.proportion(design, "belief", by="year", answers=[1]).estimate,
            eg.proportion(design, "rating", by="year").estimate,
            eg.proportion(design, "choice", by="year").estimate,
            eg.mean(design, "mood", by="year").estimate,
            eg.mean(design, "age", by="year").estimate,
        ]
        estimates.append(np.concatenate(found))
    truth = np.concatenate(
        [
            course.trust,
            course.belief,
            course.rating.ravel(),
            course.choice.ravel(),
            course.mood,
            [population.mean_age(share) for share in course.young],
        ]
    )
    errors = np.std(estimates, axis=0) / np.sqrt(len(estimates))
    assert (np.abs(np.mean(estimates, axis=0) - truth) < 4 * errors).all()


def test_effects_scatter_around_their_truths(part: Any) -> None:
    runs, scenarios = part("runs"), part("scenarios")
    flat, steady = scenarios.SCENARIOS[:2]
    assert (flat.name, steady.name) == ("flat", "steady")
    few = {flat: [part("nulls").breaks], steady: [part("intervals").reasons]}
    for scenario, asks in few.items():
        for tally in runs.chunk_of(scenario, asks, range(25), 8, 3).values():
            biases = {name: count.bias for name, count in tally.items() if not count.bound}
            assert all(abs(bias) < 4 for bias in biases.values() if np.isfinite(bias)), biases


def test_a_run_that_stops_and_goes_on_is_the_run_in_one_go(part: Any, tmp_path: Path) -> None:
    runs = part("runs")
    for draws in (3, 5):
        runs.run(tmp_path / "twice", draws=draws, psus=[3], seed=1, only="curved", chunk=2)
    runs.run(tmp_path / "once", draws=5, psus=[3], seed=1, only="curved", chunk=5)
    # What stops within a chunk is made again, never counted twice.
    twice, once = (runs.merged(tmp_path / name, 3, 1) for name in ("twice", "once"))
    name = "coverage: curvature through waves (GLS)"
    assert once[name].draws == twice[name].draws == 5
    assert once[name].hits == twice[name].hits
    assert once[name].error == pytest.approx(twice[name].error, rel=1e-12)


def test_the_page_marks_what_is_outside_and_is_the_same_twice(part: Any, tmp_path: Path) -> None:
    page, runs, tally = part("page"), part("runs"), part("tally")
    scenario = part("scenarios").SCENARIOS[0]
    made = tally.Tally()
    made["good"] = tally.Count("size", "change", 0.05, draws=2000, hits=104.0)
    made["bad"] = tally.Count("size", "trend", 0.05, draws=2000, hits=180.0)
    made["careful"] = tally.Count("size", 'change(adjust="BY")', 0.05, bound=True, draws=2000, hits=20.0)
    made["narrow"] = tally.Count("coverage", "trend", 0.95, draws=2000, hits=1800.0)
    folder = runs.folder_of(tmp_path, scenario, scenario.asks[0], 8, 1)
    made.write(folder / "0-2000.json")
    texts = []
    for _ in range(2):
        page.write_page(tmp_path / "page.md", tmp_path, psus=[8], seed=1)
        texts.append((tmp_path / "page.md").read_text() + (tmp_path / "page.svg").read_text())
    assert texts[0] == texts[1]
    assert "| good | `change` | 5.2 (± 0.5; 2,000) |" in texts[0]
    assert "9.0 ▲" in texts[0]
    assert "90.0 ▼" in texts[0]
    assert '| careful | `change(adjust="BY")` | 1.0 (± 0.2; 2,000) |' in texts[0]
    failed = texts[0][texts[0].index("## Where it fails") :]
    assert "| bad | size | 9.0" in failed
    assert "| narrow | coverage | 90.0" in failed
    assert "| good |" not in failed
    assert "| careful |" not in failed


def test_the_part_of_answer_trend_that_is_asked_is_the_whole_ones(part: Any) -> None:
    course = part("scenarios").STEADY
    design = part("population").sample(course, 8, np.random.default_rng(2))
    asked = eg.margins(eg.multinomial(design, "choice ~ I(year - 2014)"), "year")
    whole = inf.answer_trend(design, "choice").answers
    np.testing.assert_allclose(asked.estimate, whole.estimate, rtol=1e-9)
    np.testing.assert_allclose(asked.cov, whole.cov, rtol=1e-7, atol=1e-12)
