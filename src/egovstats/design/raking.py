"""Weights raked to several margins at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from egovstats.design.calibrated import with_weights
from egovstats.design.design import Design, check_design
from egovstats.design.margins import Crossing, Totals, margin_of, refuse_unequal, targets
from egovstats.design.solve import rake_cells
from egovstats.errors import DesignError, nearest

_REGRESSIONS = ("weighted", "unweighted")


def rake(
    design: Design,
    margins: Mapping[str | tuple[str, ...], Totals],
    *,
    regression: str = "weighted",
    tolerance: float = 1e-10,
    max_steps: int = 1000,
) -> Design:
    """Rake to several margins at once.

    Parameters
    ----------
    design : Design or ReplicateDesign
    margins : mapping
        Column (or tuple of columns) to the population of each of its categories.
    regression : str
        Whose residuals the variance is made of: the regression on the margins under the weights before
        (``"weighted"``), or under equal weights (``"unweighted"``, as R's `rake` has it). Replicate
        weights need none.
    tolerance : float
        Largest relative distance from any control total.
    max_steps : int
        Rounds over the margins.

    Raises
    ------
    DesignError
        Margins of different sums, categories without respondents or without totals, no convergence.

    References
    ----------
    Deming and Stephan (1940), Annals of Mathematical Statistics 11, 427-444; Deville, Saerndal and Sautory
    (1993), JASA 88, 1013-1020 (variance).
    """
    if regression not in _REGRESSIONS:
        raise DesignError(f"regression cannot be {regression!r}. {nearest(regression, _REGRESSIONS)}")
    if len(margins) == 0:
        raise DesignError("no margins were given. Pass {'sex': {'male': ..., 'female': ...}, ...}.")
    weight = check_design(design).weight
    each = [margin_of(design, list(name) if isinstance(name, tuple) else name) for name in margins]
    for margin in each:
        margin.refuse_missing(weight)
    crossing = Crossing.of(each)
    held = crossing.sums(weight)
    goals = [
        targets(margin, totals, np.bincount(place + 1, weights=held)[1:], partial=False)
        for margin, totals, place in zip(each, margins.values(), crossing.places, strict=True)
    ]
    refuse_unequal(list(margins), goals)

    def solve(now: np.ndarray) -> np.ndarray:
        sums = held if now is weight else crossing.sums(now)
        used = np.flatnonzero(crossing.complete & (sums != 0))
        factor = np.zeros(len(sums))
        factor[used] = rake_cells(
            sums[used],
            [place[used] for place in crossing.places],
            goals,
            [(str(margin), margin.levels) for margin in each],
            tolerance=tolerance,
            max_steps=max_steps,
        )
        return crossing.scaled(now, factor)

    spread = None if regression == "weighted" else np.where(weight > 0, weight, 1.0)
    return with_weights(design, solve, crossing.auxiliaries, spread)
