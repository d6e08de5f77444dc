"""Samples of several waves for the tests of trends: strata, PSUs, weights, answers that drift."""

from __future__ import annotations

import numpy as np
import pandas as pd

import egovstats as eg

YEARS = (2010, 2012, 2014, 2016, 2018)


def frame_of_waves(
    *,
    seed: int = 1,
    years: tuple[int, ...] = YEARS,
    slope: float = 0.0,
    level: float = 0.5,
    psus: int = 32,
    strata: int = 4,
    size: int = 12,
) -> pd.DataFrame:
    """Share `trust`, score `score`, answers 1 to 4 `rating`, age, sex, area; `slope` is that of the share."""
    rng = np.random.default_rng(seed)
    parts = []
    for year in years:
        psu = np.repeat(np.arange(psus), size)
        n = len(psu)
        shift = rng.normal(0, 0.06, psus)[psu] + slope * (year - years[0])
        latent = shift * 4 + rng.normal(0, 1, n)
        age = rng.integers(18, 85, n)
        parts.append(
            pd.DataFrame(
                {
                    "year": year,
                    "psu": [f"{year}|{each}" for each in psu],
                    "stratum": [f"{year}|{each % strata}" for each in psu],
                    "weight": rng.lognormal(0, 0.3, n),
                    "trust": (rng.random(n) < np.clip(level + shift, 0, 1)).astype(float),
                    "score": 5 + 10 * shift + rng.normal(0, 1, n),
                    "rating": np.digitize(latent, [-0.8, 0.0, 0.9]) + 1.0,
                    "age": age.astype(float),
                    "young": (age < 40).astype(float),
                    "sex": rng.choice(["man", "woman"], n),
                    "area": rng.choice(["north", "south", "west"], n),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def design_of_waves(frame: pd.DataFrame | None = None, **changes: object) -> eg.Design:
    """The design of such a frame."""
    given = frame_of_waves(**changes) if frame is None else frame  # type: ignore[arg-type]
    return eg.Design(given, weight="weight", stratum="stratum", psu="psu")
