"""Random stratified samples that property tests draw on."""

from __future__ import annotations

import numpy as np
import pandas as pd

import egovstats as eg


def random_sample(seed: int, *, equal_weights: bool = False, least: int = 2) -> pd.DataFrame:
    """Two waves, strata within waves, PSUs of uneven size, unequal weights, missing answers.

    Columns: wave, stratum, psu, w, group (a, b), y (ties), x (none), q (answers 1..4), z (answers u, v, w).
    """
    rng = np.random.default_rng(seed)
    rows = []
    for wave in (2015, 2020):
        for stratum in range(int(rng.integers(2, 4))):
            for psu in range(int(rng.integers(least, least + 4))):
                shift = rng.normal(0, 0.6)
                for _ in range(int(rng.integers(2, 9))):
                    rows.append((wave, f"{wave}|{stratum}", f"{wave}|{stratum}|{psu}", shift))
    frame = pd.DataFrame(rows, columns=["wave", "stratum", "psu", "shift"])
    n = len(frame)
    frame["w"] = 1.0 if equal_weights else rng.lognormal(0, 0.5, n)
    frame["group"] = rng.choice(["a", "b"], n)
    frame["y"] = np.round(5 + 2 * frame["shift"] + rng.normal(0, 2, n))
    frame["x"] = rng.normal(frame["shift"], 1, n)
    frame["q"] = np.clip(np.round(2.5 + frame["shift"] + rng.normal(0, 1, n)), 1, 4)
    frame["z"] = rng.choice(["u", "v", "w"], n, p=[0.5, 0.3, 0.2])
    frame.loc[rng.random(n) < 0.08, ["y", "q"]] = np.nan
    return frame


def design_of(frame: pd.DataFrame, **changed: object) -> eg.Design:
    """The frame's own design."""
    usual: dict[str, object] = {"weight": "w", "stratum": "stratum", "psu": "psu"}
    return eg.Design(frame, **(usual | changed))  # type: ignore[arg-type]
