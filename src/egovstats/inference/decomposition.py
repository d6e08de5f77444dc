"""Why a rate changed: because groups changed their size, or because their rates changed.

References
----------
Kitagawa (1955), JASA 50, 1168-1194; Das Gupta (1993), Standardization and Decomposition of Rates, US Bureau
of the Census, ch. 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.design.design import Design, check_design
from egovstats.design.domains import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.results import Covariance, Estimates
from egovstats.variance.smooth import smooth


@dataclass(frozen=True, slots=True, eq=False)
class Kitagawa:
    """Two parts of a change, group by group.

    Parameters
    ----------
    composition_by_group, rate_by_group : np.ndarray, shape (G,)
        What each group's change of size, and of rate, adds.
    """

    composition_by_group: np.ndarray
    rate_by_group: np.ndarray

    @property
    def composition(self) -> float:
        """What the changed sizes of groups add."""
        return float(self.composition_by_group.sum())

    @property
    def rate(self) -> float:
        """What the changed rates within groups add."""
        return float(self.rate_by_group.sum())

    @property
    def total(self) -> float:
        """The change."""
        return self.composition + self.rate


def kitagawa(
    share0: Sequence[float], rate0: Sequence[float], share1: Sequence[float], rate1: Sequence[float]
) -> Kitagawa:
    """Split the change of a rate into composition and rates.

    Parameters
    ----------
    share0, share1 : sequence of float, length G
        Shares of the groups before and after; each adds up to 1.
    rate0, rate1 : sequence of float, length G
        Rates (or means) within the groups.

    Returns
    -------
    Kitagawa
        Changes of shares at the mean of both rates, changes of rates at the mean of both shares: they add
        up to the change, with no interaction left.

    Raises
    ------
    EstimateError
        Sequences of different lengths, shares that do not add up to 1.

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194.

    Examples
    --------
    >>> parts = kitagawa([0.5, 0.5], [0.2, 0.4], [0.4, 0.6], [0.2, 0.5])
    >>> round(parts.composition, 3), round(parts.rate, 3), round(parts.total, 3)
    (0.025, 0.055, 0.08)
    """
    given = {"share0": share0, "rate0": rate0, "share1": share1, "rate1": rate1}
    arrays = {name: np.asarray(values, dtype=float) for name, values in given.items()}
    if len({each.shape for each in arrays.values()}) != 1 or arrays["share0"].ndim != 1:
        sizes = ", ".join(f"{name} {each.shape}" for name, each in arrays.items())
        raise EstimateError(f"shares and rates must have one entry a group, got {sizes}.")
    for name in ("share0", "share1"):
        if abs(arrays[name].sum() - 1) > 1e-6 or (arrays[name] < 0).any():
            raise EstimateError(
                f"{name} must be shares that add up to 1, got a sum of {arrays[name].sum():g}. "
                "Divide them by it if they are counts."
            )
    composition, rate = _parts(*arrays.values())
    return Kitagawa(composition, rate)


def _parts(
    share0: np.ndarray, rate0: np.ndarray, share1: np.ndarray, rate1: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Parts of each group, last axis."""
    return (share1 - share0) * (rate0 + rate1) / 2, (rate1 - rate0) * (share0 + share1) / 2


def decompose_change(
    design: Design,
    item: str,
    groups: str,
    *,
    on: str = "wave",
    waves: tuple[Any, Any] | None = None,
    answers: Any = None,
    where: Where = None,
) -> Estimates:
    """Split the change of a mean or share between two waves, with standard errors.

    Parameters
    ----------
    design : Design
    item : str
        Column of numbers; or of answers if `answers` is given.
    groups : str
        Column of the groups whose sizes and rates may have changed.
    on, waves : str, and pair
        Which column tells the waves apart, and which two; the first and last where left out.
    answers : answer, or sequence of answers, optional
        Decompose the share of these answers; the mean where left out.
    where : str or boolean array of shape (n,), optional
        Domain; rows outside stay in the design.

    Returns
    -------
    Estimates
        Keys ``part`` (total, composition, rate) and ``group`` ("all", or one group); joint covariance.

    Raises
    ------
    EstimateError
        A wave that is not there, a group that one of the waves lacks.

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194; variances by linearisation of all shares and means together.
    """
    y, answered = _numbers(check_design(design), item, answers)
    inside = answered & (design.codes(groups)[0] > 0)
    mask = mask_of(design.frame, where)
    inside = inside if mask is None else inside & mask
    known = design.codes(on)[1]
    pair = (known[0], known[-1]) if waves is None else tuple(waves)
    for wave in pair:
        if wave not in known:
            raise EstimateError(f"there is no {on} {wave!r}. {nearest(str(wave), known)}")
    inside &= design.frame[on].isin(pair).to_numpy()
    domains = design.domains([on, groups], inside)
    place, names = _places(domains.keys, on, groups, pair)
    totals = design.totals(domains, [np.where(inside, y, 0.0), inside.astype(float)])
    estimate, covariance = smooth(totals, lambda value: _decomposed(value, place))
    reach = design.reach(domains, 1)
    k = len(estimate)
    return Estimates(
        keys=pd.DataFrame(
            {
                "part": ["total", "composition", "rate", *["composition", "rate"] * len(names)],
                "group": ["all"] * 3 + [name for name in names for _ in range(2)],
            }
        ),
        estimate=estimate,
        covariance=Covariance(covariance.variance, lambda: covariance.matrix),
        df=np.full(k, domains.df[0] if reach is None else reach.df(np.arange(len(domains)))),
        n=np.full(k, float(domains.n.sum())),
        population=np.full(k, float(totals.value[:, 1].sum())),
        statistic="decomposition",
        unit="share difference" if answers is not None else design.unit(item),
        sources=design.sources,
        design_df=design.df,
        notes=(*domains.notes, f"{on} {pair[1]} less {pair[0]}"),
    )


def _numbers(design: Design, item: str, answers: Any) -> tuple[np.ndarray, np.ndarray]:
    if answers is None:
        return design.values(item)
    codes, known = design.codes(item)
    chosen = list(answers) if isinstance(answers, (list, tuple, set, frozenset)) else [answers]
    for answer in chosen:
        if answer not in known:
            raise EstimateError(f"item {item!r} has no answer {answer!r}. {nearest(str(answer), known)}")
    return np.array([0.0] + [float(each in chosen) for each in known])[codes], codes > 0


def _places(keys: pd.DataFrame, on: str, groups: str, pair: tuple[Any, ...]) -> tuple[np.ndarray, list[Any]]:
    """Domain of each (wave, group), shape (2, G), and the groups."""
    names = list(dict.fromkeys(keys[groups]))
    place = np.full((2, len(names)), -1)
    for at, (wave, group) in enumerate(zip(keys[on], keys[groups], strict=True)):
        place[pair.index(wave), names.index(group)] = at
    if (place < 0).any():
        wave, group = (int(each[0]) for each in np.nonzero(place < 0))
        raise EstimateError(
            f"nobody of {groups} {names[group]!r} answered in {on} {pair[wave]!r}, so its rate is unknown. "
            "Join it with another group."
        )
    return place, names


def _decomposed(totals: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Total, composition and rate, then both of each group, from sums and people (..., domains, 2)."""
    people, rate = totals[..., 1], totals[..., 0] / totals[..., 1]
    size = people[..., place]
    share = size / size.sum(axis=-1, keepdims=True)
    rates = rate[..., place]
    composition, rise = _parts(share[..., 0, :], rates[..., 0, :], share[..., 1, :], rates[..., 1, :])
    sums = [each.sum(axis=-1) for each in (composition, rise)]
    whole = np.stack([sums[0] + sums[1], *sums], axis=-1)
    parts = np.stack([composition, rise], axis=-1)
    return np.concatenate([whole, parts.reshape(*parts.shape[:-2], -1)], axis=-1)
