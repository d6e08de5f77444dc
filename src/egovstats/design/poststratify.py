"""Weights scaled cell by cell: post-stratification, standardising, non-response."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from egovstats.design.calibrated import with_weights
from egovstats.design.columns import column
from egovstats.design.design import Design, check_design
from egovstats.design.margins import Margin, Totals, margin_of, targets
from egovstats.errors import DesignError


def poststratify(design: Design, by: str | Sequence[str], totals: Totals, *, partial: bool = False) -> Design:
    """Post-stratify: scale the weights of each cell to its population.

    Parameters
    ----------
    design : Design or ReplicateDesign
    by : str or sequence of str
        Columns whose combinations are the cells.
    totals : mapping, Series or DataFrame
        Population of each cell: ``{"E": 4421, ...}``, tuples as keys for several columns, or a frame with
        the `by` columns and one column of counts.
    partial : bool
        Let cells without respondents go; refused otherwise.

    Returns
    -------
    Design
        With the new weights; totals of the cells have no variance.

    Raises
    ------
    DesignError
        A cell with respondents but no total, or with a total but no respondents, also in one of the
        replicates; respondents without a cell.

    References
    ----------
    Holt and Smith (1979), JRSS A 142, 33-46.
    """
    margin = margin_of(check_design(design), by)
    margin.refuse_missing(design.weight)
    return _scaled(design, margin, targets(margin, totals, margin.sums(design.weight), partial=partial))


def _scaled(design: Design, margin: Margin, target: np.ndarray) -> Design:
    """Post-stratification to the categories of a margin; weights of those in none become 0."""

    def solve(weight: np.ndarray) -> np.ndarray:
        held = margin.sums(weight)
        empty = np.flatnonzero((held == 0) & (target > 0))
        if len(empty):
            raise DesignError(
                f"margin {str(margin)!r}: category {margin.levels[empty[0]]!r} has a control total of "
                f"{target[empty[0]]:,.6g} and no weight at all. Join it with another category."
            )
        ratio = np.divide(target, held, out=np.zeros(len(target)), where=held > 0)
        return weight * np.append(0.0, ratio)[margin.codes]

    return with_weights(design, solve, margin.auxiliaries)


def standardise(
    design: Design,
    by: str | Sequence[str],
    over: str | Sequence[str],
    population: Totals,
    *,
    excluding_missing: str | None = None,
) -> Design:
    """Give every group of `over` the same composition in `by` (direct standardisation).

    Parameters
    ----------
    design : Design
    by : str or sequence of str
        Columns of the composition, such as age groups.
    over : str or sequence of str
        Columns of the groups to compare.
    population : mapping, Series or DataFrame
        Standard population by the categories of `by`; only its shares matter.
    excluding_missing : str, optional
        Item whose missing answers are left out before the groups are balanced.

    Raises
    ------
    DesignError
        As in `poststratify`; a group without respondents in a category of the standard population.
    """
    frame, weight = check_design(design).frame, design.weight
    inner, outer = margin_of(design, by), margin_of(design, over)
    target = targets(inner, population, inner.sums(weight), partial=True)
    inside = (inner.codes > 0) & (outer.codes > 0)
    if excluding_missing is not None:
        inside &= column(frame, excluding_missing, "item").notna().to_numpy()
    size = outer.sums(np.where(inside, weight, 0.0))
    code = (outer.codes.astype(np.int64) - 1) * len(inner) + inner.codes
    both = Margin(
        [*outer.names, *inner.names],
        np.where(inside, code, 0),
        [(group, cell) for group in outer.levels for cell in inner.levels],
    )
    share = target / target.sum()
    held = both.sums(np.where(inside, weight, 0.0)).reshape(len(outer), len(inner)) > 0
    absent = np.argwhere(~held & (size[:, None] > 0) & (share > 0))
    if len(absent):
        group, cell = (each.levels[at] for each, at in zip((outer, inner), absent[0], strict=True))
        raise DesignError(
            f"group {group!r} has no respondents in category {cell!r} of {str(inner)!r} ({len(absent)} such "
            "pairs), so it cannot get the standard composition. Join categories, or leave the group out."
        )
    return _scaled(design, both, np.outer(size, share).ravel())


def adjust_nonresponse(design: Design, responded: str, by: str | Sequence[str]) -> Design:
    """Give the weights of those who did not respond to respondents of the same cell.

    Parameters
    ----------
    design : Design
        The whole sample, with weights of selection.
    responded : str
        Column of true and false (or 1 and 0).
    by : str or sequence of str
        Columns whose combinations are the cells.

    Returns
    -------
    Design
        Those who did not respond have weight 0 and stay in the design.

    Raises
    ------
    DesignError
        A cell without any respondent; it is named.

    References
    ----------
    Little (1986), International Statistical Review 54, 139-157.
    """
    frame, weight = check_design(design).frame, design.weight
    margin = margin_of(design, by)
    margin.refuse_missing(weight)
    answered = column(frame, responded, "response").to_numpy(dtype=float) == 1
    held, reached = margin.sums(weight), margin.sums(weight * answered)
    empty = np.flatnonzero((reached == 0) & (held > 0))
    if len(empty):
        raise DesignError(
            f"nobody responded in cell {margin.levels[empty[0]]!r} of {margin.names} ({len(empty)} cells). "
            "Join it with a neighbouring cell."
        )
    return _scaled(design, Margin(margin.names, np.where(answered, margin.codes, 0), margin.levels), held)
