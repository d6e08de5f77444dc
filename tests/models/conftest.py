"""Data that tests of models share: the reference's own samples, and a made-up one with everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import egovstats as eg

DATA = Path(__file__).resolve().parents[1] / "reference" / "data"


@pytest.fixture(scope="session")
def strat() -> eg.Design:
    frame = pd.read_csv(DATA / "apistrat.csv")
    return eg.Design(frame, weight="pw", stratum="stype", population_size="fpc")


@pytest.fixture(scope="session")
def clus() -> eg.Design:
    frame = pd.read_csv(DATA / "apiclus1.csv")
    quarter = pd.cut(frame.meals, [-1, 20, 40, 60, 101], labels=False)
    score = pd.cut(frame.api00, [0, 580, 650, 720, 2000], labels=False)
    wide = (frame["sch.wide"] == "Yes").astype(float)
    frame = frame.assign(quarter=quarter + 1, score=score + 1, wide=wide, narrow=1 - wide)
    return eg.Design(frame, weight="pw", psu="dnum", population_size="fpc")


def made_up(seed: int = 3, n: int = 600) -> pd.DataFrame:
    """A clustered sample with numbers, words, answers on a scale, counts and holes."""
    rng = np.random.default_rng(seed)
    psu = np.sort(rng.integers(0, 40, n))
    age = rng.integers(18, 80, n)
    region = rng.choice(["east", "north", "west"], n)
    lean = 0.03 * (age - 45) + (region == "west") * 0.6 + rng.normal(0, 0.3, 40)[psu]
    latent = lean + rng.logistic(size=n)
    frame = pd.DataFrame(
        {
            "psu": psu,
            "stratum": psu // 10,
            "w": rng.lognormal(0, 0.4, n),
            "age": age,
            "region": region,
            "urban": rng.integers(0, 2, n),
            "vote": (latent > 0).astype(float),
            "trust": np.digitize(latent, [-1.2, 0, 1.2]) + 1,
            "visits": rng.poisson(np.exp(0.3 + 0.2 * lean)),
            "exposure": rng.uniform(0.5, 2, n),
            "income": rng.lognormal(3, 0.5, n),
            "score": 5 + lean + rng.normal(size=n),
        }
    )
    frame["party"] = np.select([latent > 0.8, latent > -0.4], ["red", "blue"], "green")
    return frame


@pytest.fixture(scope="session")
def sample() -> eg.Design:
    return eg.Design(made_up(), weight="w", stratum="stratum", psu="psu")
