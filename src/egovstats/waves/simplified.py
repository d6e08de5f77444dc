"""Pooled waves with a part of their sample design set aside, to see what hangs on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from egovstats.waves.harmonise import REASONS

if TYPE_CHECKING:
    from egovstats.waves.pooled import Waves


def unweighted(waves: Waves) -> Waves:
    """Count every respondent alike; those whose weight is 0 stay out."""
    weight = (waves.frame["weight"].to_numpy() > 0).astype(float)
    return replace(waves, frame=waves.frame.assign(weight=weight), notes=(*waves.notes, "weights set aside"))


def unclustered(waves: Waves) -> Waves:
    """Take every respondent for a sampling unit, within the strata."""
    unit = [f"{wave}|{at}" for at, wave in enumerate(waves.frame["wave"])]
    return replace(waves, frame=waves.frame.assign(psu=unit), notes=(*waves.notes, "clusters set aside"))


def mixed(waves: Waves, others: Waves, names: list[str]) -> Waves:
    """Waves of which some are taken from the same waves under another rule.

    Parameters
    ----------
    waves, others : Waves
        The same respondents in the same order.
    names : list of str
        Ids of the waves that are taken from `others`.
    """
    take = waves.frame["wave"].isin(names).to_numpy()
    frame, missing = waves.frame.copy(), waves.missing.copy()
    for name in waves.items:
        frame[name] = np.where(take, others.frame[name], frame[name])
        codes = np.where(take, others.missing[name].cat.codes, missing[name].cat.codes)
        missing[name] = pd.Categorical.from_codes(codes, dtype=REASONS)
    return replace(waves, frame=frame, missing=missing, notes=(*waves.notes, *others.notes[-1:]))
