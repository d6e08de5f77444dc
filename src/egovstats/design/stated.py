"""What a user states about the sampling, stage by stage, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.columns import design_numbers
from egovstats.errors import DesignError, nearest
from egovstats.variance import Stages, build_stages

PPS = ("brewer", "overton", "hartley-rao", "hansen-hurwitz")


def listed(names: str | Sequence[str] | None) -> list[str]:
    """One name, several or none, as a list."""
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def strata_by_stage(
    stratum: str | Sequence[str] | None, strata: Sequence[str | Sequence[str] | None] | None, depth: int
) -> list[str | Sequence[str] | None]:
    """Columns of strata of each stage; None where a stage has none."""
    if stratum is not None and strata is not None:
        raise DesignError("stratum and strata say the same thing. Pass strata only for several stages.")
    given = [stratum] if strata is None else [strata] if isinstance(strata, str) else list(strata)
    if len(given) > depth:
        raise DesignError(f"{len(given)} stages of strata for {depth} stages of units. Pass one a stage.")
    return given + [None] * (depth - len(given))


def pps_rule(pps: str | tuple[str, float] | np.ndarray | None) -> tuple[str, float | None]:
    """Name of the rule for unequal probabilities, "" for a matrix or none, and the number beside it."""
    if pps is None or isinstance(pps, np.ndarray):
        return "", None
    rule, squares = (pps, None) if isinstance(pps, str) else pps
    if rule not in PPS:
        raise DesignError(f"pps cannot be {rule!r}. {nearest(str(rule), PPS)}")
    if squares is not None and (rule != "hartley-rao" or not 0 < squares <= 1):
        raise DesignError(
            f"pps={pps!r} cannot be: only 'hartley-rao' takes a number beside it, above 0 and at most 1."
        )
    return rule, squares


def probabilities(frame: pd.DataFrame, name: str | None, asked: bool, depth: int) -> list[np.ndarray | None]:
    """Inclusion probabilities of the first stage, checked; `asked` where pps= was given."""
    if name is None:
        if asked:
            raise DesignError("pps= needs the probabilities. Pass their column as inclusion_probability=.")
        return [None] * depth
    chance = design_numbers(frame, name, "inclusion probability")
    outside = int((~((chance > 0) & (chance <= 1))).sum())
    if outside:
        raise DesignError(
            f"{outside} inclusion probabilities in {name!r} are not above 0 and at most 1. "
            "Correct them; certain PSUs have probability 1."
        )
    return [chance] + [None] * (depth - 1)


def population_sizes(
    frame: pd.DataFrame,
    names: list[str],
    strata: list[Any],
    units: list[Any],
    depth: int,
    *,
    fractions: bool,
) -> list[np.ndarray | None]:
    """Units in the population of each respondent's stratum, stage by stage."""
    found: list[np.ndarray | None] = []
    for name in names:
        values = design_numbers(frame, name, "sampling fraction" if fractions else "population size")
        if fractions:
            outside = ~((values > 0) & (values <= 1))
            if outside.any():
                raise DesignError(
                    f"{int(outside.sum())} sampling fractions in {name!r} are not above 0 and at most 1. "
                    "Pass counts of units as population_size= instead."
                )
        elif (values < 1).any():
            raise DesignError(
                f"{int((values < 1).sum())} population sizes in {name!r} are below 1, which are no counts. "
                "Pass shares of units sampled as sampling_fraction= instead."
            )
        found.append(values)
    if fractions and names:
        found = [_size_from_fraction(fraction, found, strata, units, at) for at, fraction in enumerate(found)]
    return found + [None] * (depth - len(found))


def _size_from_fraction(
    fraction: np.ndarray | None, _: list[np.ndarray | None], strata: list[Any], units: list[Any], at: int
) -> np.ndarray:
    """Population size = units sampled in the stratum over the sampling fraction."""
    assert fraction is not None
    stages = build_stages(
        strata[: at + 1],
        units[: at + 1],
        [np.full(len(fraction), 1e300)] * (at + 1),
        len(fraction),
        lonely_psu="remove",
        nest=True,
    )
    stage = stages.stages[at]
    return stage.size[stage.stratum[stages.unit]] / fraction


def weights_from(stages: Stages, n: int, sizes: list[str]) -> np.ndarray:
    """Product over stages of population over sample, shape (n,); 1 where no population is known."""
    weight = np.ones(n)
    if not sizes:
        return weight
    unit = stages.unit.astype(np.int64)
    for stage in reversed(stages.stages):
        stratum = stage.stratum[unit]
        weight *= np.where(np.isfinite(stage.population), 1 / stage.fraction, 1.0)[stratum]
        unit = stage.parent[stratum]
    return weight
