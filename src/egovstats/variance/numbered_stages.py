"""Labels of strata and units numbered stage by stage; designs that cannot be are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from egovstats.errors import DesignError, nearest
from egovstats.variance.numbering import dense_codes
from egovstats.variance.stages import CERTAIN, Stage, Stages

LONELY_POLICIES = ("fail", "remove", "certainty", "average", "adjust")


def build_stages(
    strata: Sequence[Any],
    units: Sequence[Any],
    populations: Sequence[np.ndarray | None],
    n: int,
    *,
    lonely_psu: str = "fail",
    domain_lonely: bool = False,
    nest: bool = False,
    probabilities: Sequence[np.ndarray | None] | None = None,
) -> Stages:
    """Number strata and units of all stages.

    Parameters
    ----------
    strata, units, populations : sequences, one entry a stage
        Label of each respondent's stratum and unit, and the number of units in the population of the
        stratum, shape (n,) each; None where there is none. Units of None are the respondents.
    n : int
        Respondents.
    lonely_psu : str
        ``"fail"``, ``"remove"``, ``"certainty"``, ``"average"`` or ``"adjust"``.
    domain_lonely : bool
        Treat strata left with one unit in a domain by the rule of `lonely_psu` there (``"adjust"`` and
        ``"average"``).
    nest : bool
        Unit labels start again in each stratum.
    probabilities : sequence, one entry a stage, optional
        Inclusion probability of each respondent's unit, shape (n,): Brewer's approximation uses them in
        place of the sampling fraction.

    Returns
    -------
    Stages
        Stages after the first only where the population of the stage before is known: without it the
        PSUs alone carry the variance.

    Raises
    ------
    DesignError
        A unit in two strata, a population smaller than its sample or not the same within a stratum,
        strata with one PSU under ``"fail"``.
    """
    if lonely_psu not in LONELY_POLICIES:
        raise DesignError(f"lonely_psu cannot be {lonely_psu!r}. {nearest(lonely_psu, LONELY_POLICIES)}")
    stages: list[Stage] = []
    scales: list[np.ndarray] = []
    unit = np.zeros(n, np.int32)
    weight_above = np.ones(1)
    given = probabilities or [None] * len(strata)
    for depth, (stratum, label, population) in enumerate(zip(strata, units, populations, strict=True)):
        if depth and not (np.isfinite(stages[-1].population).any() or stages[-1].unequal):
            break
        stage, unit, names = _number(stratum, label, population, unit, depth, nest)
        chance = given[depth]
        if chance is not None:
            stage = replace(stage, probability=_per_unit(chance, unit, len(stage.stratum)))
        if lonely_psu == "fail" and stage.lonely.any():
            _refuse_lonely(stage, names, depth)
        above = weight_above[stage.parent][stage.stratum]
        sampled = _sampled(stage)
        stages.append(stage)
        scales.append(_scale(stage, lonely_psu) * above)
        weight_above = sampled * above
    return Stages(tuple(stages), unit, tuple(scales), lonely_psu, domain_lonely)


def _per_unit(values: np.ndarray, unit: np.ndarray, units: int) -> np.ndarray:
    """The value of each unit, refused where its respondents differ."""
    own = np.empty(units)
    own[unit] = values
    if (own[unit] != values).any():
        raise DesignError(
            "respondents of one PSU have different inclusion probabilities. Give every respondent the "
            "probability of their PSU; stages after the first take population_size."
        )
    return own


def _sampled(stage: Stage) -> np.ndarray:
    """Share of the population that each unit's draw took, shape (U,): what later stages are multiplied by."""
    if stage.probability is not None:
        return stage.probability
    return np.where(np.isfinite(stage.population), stage.fraction, 0.0)[stage.stratum]


def _number(
    stratum: Any,
    label: Any,
    population: np.ndarray | None,
    parent: np.ndarray,
    depth: int,
    nest: bool,
) -> tuple[Stage, np.ndarray, np.ndarray]:
    """One stage from the labels of its strata and units, inside the units of the stage before."""
    n = len(parent)
    if stratum is None:
        own, names = np.zeros(n, np.int32), np.array([""])
    else:
        own, names = dense_codes(stratum)
    h, strata = own, len(names)
    if depth:
        h, pairs = dense_codes(parent.astype(np.int64) * len(names) + own)
        strata = len(pairs)
    if label is None:
        unit, unit_stratum = _respondents_as_units(h, strata)
    else:
        unit, unit_stratum = _units_in_strata(h, label, strata, names, nest=nest or depth > 0)
    size = np.bincount(unit_stratum, minlength=strata)
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    first_row = np.empty(strata, np.int64)
    first_row[h[::-1]] = np.arange(n - 1, -1, -1)
    own_names = names[own[first_row]]
    sizes = (
        np.full(strata, np.inf)
        if population is None
        else _populations(population, h, first_row, size, own_names)
    )
    stage = Stage(unit_stratum, start, size.astype(float), sizes, parent[first_row].astype(np.int64))
    return stage, unit, own_names


def _respondents_as_units(h: np.ndarray, strata: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(h, kind="stable")
    unit = np.empty(len(h), np.int32)
    unit[order] = np.arange(len(h), dtype=np.int32)
    return unit, h[order]


def _units_in_strata(
    h: np.ndarray, label: Any, strata: int, names: np.ndarray, *, nest: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Number units in the order of their strata, by look-up of the label where each lies in one stratum."""
    code, levels = dense_codes(label)
    if nest:
        code, pairs = dense_codes(h.astype(np.int64) * len(levels) + code)
        return code, (pairs // len(levels)).astype(np.int32)
    stratum_of = np.empty(len(levels), np.int32)
    stratum_of[code] = h
    astray = stratum_of[code] != h
    if astray.any():
        row = int(np.flatnonzero(astray)[0])
        unit = levels[code[row]]
        held = names[np.unique(h[code == code[row]])[:2]] if len(names) == strata else ["?", "?"]
        raise DesignError(
            f"PSU {str(unit)!r} lies in more than one stratum ({str(held[0])!r} and {str(held[1])!r}; "
            f"{len(np.unique(code[astray]))} PSUs do). If PSU codes start again in each stratum, pass "
            "nest=True; otherwise correct the stratum or the PSU column."
        )
    order = np.argsort(stratum_of, kind="stable")
    rank = np.empty(len(levels), np.int32)
    rank[order] = np.arange(len(levels), dtype=np.int32)
    return rank[code], stratum_of[order]


def _populations(
    population: np.ndarray, h: np.ndarray, first_row: np.ndarray, size: np.ndarray, names: np.ndarray
) -> np.ndarray:
    """Population size of each stratum, shape (H,), refused where it varies or is below the sample."""
    population = np.asarray(population, dtype=float)
    sizes = population[first_row]
    if np.isnan(population).any():
        raise DesignError(
            f"population sizes are missing for {int(np.isnan(population).sum())} respondents. "
            "Fill them in, or pass no population_size to treat the sample as drawn with replacement."
        )
    varies = np.unique(h[population != sizes[h]])
    if len(varies):
        raise DesignError(
            f"population size is not the same within stratum {str(names[varies[0]])!r} ({len(varies)} "
            "strata). Give every respondent of a stratum the number of units in that stratum."
        )
    short = np.flatnonzero(sizes < size * (1 - 1e-10))
    if len(short):
        at = short[0]
        raise DesignError(
            f"stratum {str(names[at])!r} has {int(size[at])} sampled units but a population size of "
            f"{sizes[at]:g} ({len(short)} strata). population_size counts units of the population; pass "
            "sampling_fraction= if the column holds fractions."
        )
    return sizes


def _scale(stage: Stage, lonely_psu: str) -> np.ndarray:
    """Factor of each unit's centred square, shape (U,): (1 - n/N) n/(n-1), with the lonely rule."""
    share = stage.fraction[stage.stratum] if stage.probability is None else stage.probability
    fpc = np.where(1 - share > CERTAIN, 1 - share, 0.0)
    size = stage.size[stage.stratum]
    scale = fpc * np.where(size > 1, size / np.maximum(size - 1, 1), 1.0)
    if lonely_psu == "adjust":
        return scale
    return np.where(stage.lonely[stage.stratum], 0.0, scale)


def _refuse_lonely(stage: Stage, names: np.ndarray, depth: int) -> None:
    lonely = names[stage.lonely]
    if depth == 0 and len(stage.stratum) == 1:
        raise DesignError(
            "all respondents are of one PSU, so nothing can be said about the variance. Check the PSU "
            "column; where the respondents themselves were drawn, leave psu= out."
        )
    shown = ", ".join(repr(str(name)) for name in lonely[:8]) + (" ..." if len(lonely) > 8 else "")
    where = "one PSU" if depth == 0 else f"one unit at stage {depth + 1}"
    raise DesignError(
        f"{len(lonely)} strata have {where} each, so their variance is unknown: {shown}. Merge them with "
        "neighbours in the data or the wave's card, or pass lonely_psu='adjust' (cautious), 'average', "
        "'certainty' or 'remove' (both count them as adding nothing)."
    )
