"""Whether the gaps between domains stay the same from wave to wave, whatever course they take together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from egovstats.design.design import Design
from egovstats.estimate import mean, proportion
from egovstats.inference.contrast import contrast
from egovstats.inference.statement import untested
from egovstats.inference.wald import f_tail, wald_test
from egovstats.results import HypothesisTest


def same_course(
    design: Design,
    item: str,
    answers: Sequence[Any] | None,
    by: str,
    on: str,
    used: np.ndarray,
    levels: list[Any],
    keys: dict[str, Any],
) -> HypothesisTest:
    """All double differences between waves and domains are 0."""
    test, null = "Wald test of parallel courses", "The gaps between domains are the same in every wave."
    levels_by_wave = (
        mean(design, item, by=[by, on], where=used)
        if answers is None
        else proportion(design, item, by=[by, on], where=used, answers=answers)
    )
    pairs = levels_by_wave.keys[[by, on]].itertuples(index=False)
    table = {(row[0], row[1]): at for at, row in enumerate(pairs)}
    waves = sorted({wave for _, wave in table})
    whole = [wave for wave in waves if all((level, wave) in table for level in levels)]
    if len(whole) < 2:
        return untested(test, null, "fewer than two waves have answers in all domains", keys=keys)
    rows = []
    for level in levels[1:]:
        for wave in whole[1:]:
            row = np.zeros(len(levels_by_wave))
            for a, b, sign in (
                (level, wave, 1.0),
                (level, whole[0], -1.0),
                (levels[0], wave, -1.0),
                (levels[0], whole[0], 1.0),
            ):
                row[table[a, b]] = sign
            rows.append(row)
    double = contrast(levels_by_wave, {str(at): row.tolist() for at, row in enumerate(rows)})
    # Each wave's gaps have a covariance estimated on that wave's PSUs alone, so it is that wave's degrees of
    # freedom by which the Wald statistic runs high (the mean of Hotelling's T squared).
    smallest = min(levels_by_wave.df_of(np.array([table[level, wave] for level in levels])) for wave in whole)
    ddf = levels_by_wave.df_of(np.arange(len(levels_by_wave))) - len(rows) + 1
    shrink = (smallest - len(levels)) / smallest if smallest > 0 else 0.0
    if ddf <= 0 or shrink <= 0 or not (double.variance > 0).all():
        reason = f"{smallest:g} degrees of freedom in a wave do not carry the gaps of {len(levels)} domains"
        return untested(test, null, reason, keys=keys)
    found = wald_test(double)
    q = found.df[0]
    statistic = found.statistic * shrink
    return replace(
        found,
        test=test,
        null=null,
        statistic=statistic,
        df=(q, ddf),
        p_value=f_tail(statistic, q, ddf),
        keys=keys,
    )
