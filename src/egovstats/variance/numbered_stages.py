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
        place = _Place(depth, None if depth == 0 else units[depth - 1], stratum)
        stage, unit = _number(stratum, label, population, unit, place, nest)
        chance = given[depth]
        if chance is not None:
            stage = replace(stage, probability=_per_unit(chance, unit, label, len(stage.stratum)))
        if lonely_psu == "fail" and stage.lonely.any():
            _refuse_lonely(stage, place)
        above = weight_above[stage.parent][stage.stratum]
        sampled = _sampled(stage)
        stages.append(stage)
        scales.append(_scale(stage, lonely_psu) * above)
        weight_above = sampled * above
    return Stages(tuple(stages), unit, tuple(scales), lonely_psu, domain_lonely)


class _Place:
    """Names a stratum of a stage for an error, by one of its respondents.

    Parameters
    ----------
    depth : int
        Stages before this one.
    above, stratum : labels, shape (n,), or None
        Units of the stage before, and strata of this one.
    """

    def __init__(self, depth: int, above: Any, stratum: Any) -> None:
        self.depth, self.above, self.stratum = depth, above, stratum
        self.row = np.zeros(0, np.int64)

    def __call__(self, stratum: int) -> str:
        """The stratum in words."""
        row, said = int(self.row[stratum]), []
        if self.depth:
            kind = "PSU" if self.depth == 1 else f"unit of stage {self.depth}"
            said.append(f"{kind} {_label(self.above, row)!r}" if self.above is not None else "one respondent")
        if self.stratum is not None:
            said.append(f"stratum {_label(self.stratum, row)!r}")
        return ", ".join(said) or "the sample as a whole (there are no strata)"

    def count(self, strata: int) -> str:
        """So many strata, in words."""
        one, several = ("stratum", "strata") if self.depth == 0 else ("PSU", "PSUs")
        if self.depth > 1:
            one, several = f"unit of stage {self.depth}", f"units of stage {self.depth}"
        return f"{strata} {one if strata == 1 else several}"


def _label(labels: Any, row: int) -> str:
    return str(labels.iloc[row] if hasattr(labels, "iloc") else labels[row])


def _per_unit(values: np.ndarray, unit: np.ndarray, label: Any, units: int) -> np.ndarray:
    """The value of each unit, refused where its respondents differ."""
    own = np.empty(units)
    own[unit] = values
    apart = np.flatnonzero(own[unit] != values)
    if len(apart):
        raise DesignError(
            f"respondents of PSU {_label(label, int(apart[0]))!r} have different inclusion probabilities "
            f"({len(np.unique(unit[apart]))} such PSUs). Give every respondent the probability of their PSU; "
            "stages after the first take population_size."
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
    place: _Place,
    nest: bool,
) -> tuple[Stage, np.ndarray]:
    """One stage from the labels of its strata and units, inside the units of the stage before."""
    n, depth = len(parent), place.depth
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
        unit, unit_stratum = _units_in_strata(h, label, stratum, nest=nest or depth > 0)
    size = np.bincount(unit_stratum, minlength=strata)
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    first_row = np.empty(strata, np.int64)
    first_row[h[::-1]] = np.arange(n - 1, -1, -1)
    place.row = first_row
    sizes = (
        np.full(strata, np.inf) if population is None else _populations(population, h, first_row, size, place)
    )
    stage = Stage(unit_stratum, start, size.astype(float), sizes, parent[first_row].astype(np.int64))
    return stage, unit


def _respondents_as_units(h: np.ndarray, strata: int) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(h, kind="stable")
    unit = np.empty(len(h), np.int32)
    unit[order] = np.arange(len(h), dtype=np.int32)
    return unit, h[order]


def _units_in_strata(h: np.ndarray, label: Any, strata: Any, *, nest: bool) -> tuple[np.ndarray, np.ndarray]:
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
        held = [
            _label(strata, int(np.flatnonzero((code == code[row]) & (h == each))[0]))
            for each in np.unique(h[code == code[row]])[:2]
        ]
        raise DesignError(
            f"PSU {str(unit)!r} lies in more than one stratum ({held[0]!r} and {held[1]!r}; "
            f"{len(np.unique(code[astray]))} in all). If PSU codes start again in each stratum, pass "
            "nest=True; otherwise correct the stratum or the PSU column."
        )
    order = np.argsort(stratum_of, kind="stable")
    rank = np.empty(len(levels), np.int32)
    rank[order] = np.arange(len(levels), dtype=np.int32)
    return rank[code], stratum_of[order]


def _populations(
    population: np.ndarray, h: np.ndarray, first_row: np.ndarray, size: np.ndarray, place: _Place
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
            f"the population size or sampling fraction is not the same within {place(varies[0])} "
            f"({place.count(len(varies))} in all). Give every respondent there the same."
        )
    short = np.flatnonzero(sizes < size * (1 - 1e-10))
    if len(short):
        at = short[0]
        raise DesignError(
            f"{place(at)} has {int(size[at])} sampled units but a population size of {sizes[at]:g} "
            f"({place.count(len(short))} in all). population_size counts units of the population; pass "
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


def _refuse_lonely(stage: Stage, place: _Place) -> None:
    lonely, depth = np.flatnonzero(stage.lonely), place.depth
    if depth == 0 and len(stage.stratum) == 1:
        raise DesignError(
            "all respondents are of one PSU, so nothing can be said about the variance. Check the PSU "
            "column; where the respondents themselves were drawn, leave psu= out."
        )
    first = lonely[:8]
    named = [place(each) if depth else repr(_label(place.stratum, int(place.row[each]))) for each in first]
    shown = ", ".join(named) + (" ..." if len(lonely) > 8 else "")
    what = "one PSU" if depth == 0 else f"one unit at stage {depth + 1}"
    raise DesignError(
        f"{place.count(len(lonely))} {'has' if len(lonely) == 1 else 'have'} {what} only, so the variance "
        f"there is unknown: {shown}. Merge them with neighbours in the data or the wave's card, or pass "
        "lonely_psu='adjust' (cautious), 'average', 'certainty' or 'remove' (both count them as adding "
        "nothing)."
    )
