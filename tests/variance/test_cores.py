"""The number of threads that BLAS may use moves no digit of an estimate, an error or a covariance."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.linalg  # noqa: F401  scipy's own BLAS is loaded, too
from threadpoolctl import threadpool_info, threadpool_limits

import egovstats as eg
from egovstats.one_thread import one_thread

N, PSUS, REPLICATES = 30_000, 2_000, 40
ITEMS = [f"q{at}" for at in range(20)]


@cache
def frame() -> pd.DataFrame:
    """Large enough for BLAS to split products and sums over its threads."""
    rng = np.random.default_rng(17)
    psu = np.sort(rng.integers(0, PSUS, N))
    pull = rng.normal(0, 0.5, PSUS)[psu]
    answers = np.clip(np.round(3 + pull[:, None] + rng.normal(0, 1.2, (N, len(ITEMS)))), 1, 5)
    answers[rng.random(answers.shape) < 0.05] = np.nan
    weight = np.exp(rng.normal(0, 0.8, N))
    moved = weight[:, None] * rng.choice([0.5, 1.5], (PSUS, REPLICATES))[psu]
    known = {
        "w": weight,
        "psu": psu,
        "st": psu // 40,
        "wave": rng.integers(0, 10, N),
        "sex": rng.choice(["f", "m"], N),
        "region": rng.integers(0, 8, N),
        "x": rng.normal(0, 1, N) + pull,
        "age": rng.uniform(18, 90, N),
        "b": (rng.random(N) < 1 / (1 + np.exp(-pull))).astype(float),
    }
    return pd.DataFrame(
        {
            **known,
            **dict(zip(ITEMS, answers.T, strict=True)),
            **{f"r{k}": each for k, each in enumerate(moved.T)},
        }
    )


def plain() -> eg.Design:
    return eg.Design(frame(), weight="w", stratum="st", psu="psu")


def calibrated() -> eg.Design:
    people = frame()["w"].sum()
    totals = {"Intercept": people, "sex[T.m]": people * 0.48, "x": 90.0, "age": people * 53}
    return eg.calibrate(plain(), "sex + x + age", totals)


def raked(design: eg.Design) -> eg.Design:
    people = frame()["w"].sum()
    return eg.rake(
        design,
        {
            "sex": {"f": people * 0.52, "m": people * 0.48},
            "region": dict.fromkeys(range(8), people / 8),
            "wave": dict.fromkeys(range(10), people / 10),
        },
    )


def replicated() -> eg.Design:
    names = [f"r{at}" for at in range(REPLICATES)]
    return eg.ReplicateDesign(frame(), weight="w", replicates=names, method="Fay", fay=0.5)


DESIGNS: dict[str, Callable[[], eg.Design]] = {
    "PSUs": plain,
    "calibrated": calibrated,
    "raked": lambda: raked(plain()),
    "replicates": replicated,
    "raked replicates": lambda: raked(replicated()),
}


def digits(design: eg.Design, models: bool) -> dict[str, bytes]:
    """Everything that a design is asked for, as bytes."""
    found: dict[str, Any] = {
        "means": eg.mean(design, ITEMS),
        "by wave": eg.mean(design, ITEMS[:5], by="wave"),
        "ratio": eg.ratio(design, "x", "age", by="sex"),
        "shares": eg.proportion(design, "q0", by="wave"),
        "variances": eg.population_variance(design, ["x", "age"]),
        "correlations": eg.correlation(design, ["x", "age", "q0"]),
        "median": eg.quantile(design, "x", 0.5),
        "line": eg.glm(design, "x ~ age + sex + C(region)"),
        "logit": eg.glm(design, "b ~ x + age + sex", family="binomial"),
    }
    if models:
        found |= {
            "ordinal": eg.ordinal(design, "q0 ~ x + age"),
            "multinomial": eg.multinomial(design, "q1 ~ x"),
            "effect": eg.margins(found["logit"], "x"),
        }
    return {
        name: b"".join(np.ascontiguousarray(each).tobytes() for each in (it.estimate, it.std_error, it.cov))
        for name, it in found.items()
    } | {"weights": design.weight.tobytes()}


@pytest.mark.parametrize("name", DESIGNS)
def test_threads_move_no_digit(name: str) -> None:
    seen = []
    for threads in (1, 4):
        with threadpool_limits(threads):
            seen.append(digits(DESIGNS[name](), models=name in ("PSUs", "raked")))
    assert all(each == seen[0] for each in seen), [k for k in seen[0] if len({each[k] for each in seen}) > 1]


def scales(design: eg.Design) -> dict[str, bytes]:
    """Everything in which the rows of several items are multiplied, as bytes."""
    model = "one =~ q0 + q1 + q2 + q3\ntwo =~ q4 + q5 + q6"
    factors, ordered = eg.cfa(design, model), eg.ordered_cfa(design, "one =~ q0 + q1 + q2")
    reliability = eg.alpha(design, ITEMS[:6]).coefficients
    polychoric = eg.polychoric(design, ["q0", "q1", "q2"])
    found: dict[str, list[Any]] = {
        "alpha": [reliability.estimate, reliability.cov],
        "cfa": [factors.theta, factors.cov, factors.chi_square],
        "ordered": [ordered.theta, ordered.cov],
        "polychoric": [polychoric.r, polychoric.cov],
        "component": [eg.index(design, ITEMS, method="component").to_numpy()],
    }
    return {name: b"".join(np.asarray(each).tobytes() for each in them) for name, them in found.items()}


def test_threads_move_no_digit_of_scales() -> None:
    seen = []
    for count in (1, 4):
        with threadpool_limits(count):
            seen.append(scales(plain()))
    assert seen[0] == seen[1], [name for name in seen[0] if seen[0][name] != seen[1][name]]


def threads() -> list[int]:
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


def test_threads_come_back_when_the_last_block_ends() -> None:
    with threadpool_limits(3):
        with one_thread:
            assert set(threads()) == {1}
            with pytest.raises(ZeroDivisionError), one_thread:
                _ = 1 / 0
            assert set(threads()) == {1}
        assert set(threads()) == {3}
