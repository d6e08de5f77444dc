"""Parts that a change is made of, with their joint covariance; and Kitagawa's two parts.

Composition: people are others than they were. Rate: the same kind of people answer otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from egovstats.console import as_html, as_text
from egovstats.design.design import Design, check_design
from egovstats.design.where import Where, mask_of
from egovstats.errors import EstimateError, nearest
from egovstats.inference.checks import units_check
from egovstats.inference.outcome import outcome_of
from egovstats.inference.statement import t_statement
from egovstats.results import HypothesisTest
from egovstats.sources import Source
from egovstats.variance.smooth import smooth


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """A change and its parts.

    Parameters
    ----------
    method, item : str
    tests : tuple of HypothesisTest
        The total change, its parts, then the parts by group or variable; keys ``component`` and ``detail``
        (empty for whole parts).
    cov : np.ndarray, shape (k, k)
        Joint covariance of their effects.
    notes : tuple of str
        What the parts mean, and what is chosen by convention.
    """

    method: str
    item: str
    tests: tuple[HypothesisTest, ...]
    cov: np.ndarray
    notes: tuple[str, ...]

    __repr__ = as_text
    _repr_html_ = as_html

    @property
    def synthetic(self) -> bool:
        """Whether any source is made up."""
        return self.tests[0].synthetic

    def part(self, component: str, detail: str = "") -> HypothesisTest:
        """One part by name."""
        for test in self.tests:
            if (test.keys["component"], test.keys["detail"]) == (component, detail):
                return test
        known = [f"{test.keys['component']} {test.keys['detail']}".strip() for test in self.tests]
        raise EstimateError(f"there is no part {component!r}. {nearest(component, known)}")

    def to_frame(self) -> pd.DataFrame:
        """One row a part, with its share of the whole change."""
        table = pd.concat([test.to_frame() for test in self.tests], ignore_index=True)
        whole = table["estimate"].iloc[0]
        return table.assign(share_of_change=table["estimate"] / whole if whole else float("nan"))


def decomposition(
    method: str,
    item: str,
    labels: Sequence[tuple[str, str]],
    estimate: np.ndarray,
    cov: np.ndarray,
    df: float,
    *,
    unit: str,
    conf_level: float,
    n: float,
    sources: Sequence[Source],
    notes: Sequence[str],
    keys: dict[str, Any],
) -> Decomposition:
    """Parts (k,) with covariance (k, k) as a result; `labels` has a component and a detail for each."""
    tests = tuple(
        t_statement(
            f"{method} decomposition",
            f"The part {component!r}{f' ({detail})' if detail else ''} is 0.",
            float(estimate[at]),
            float(np.sqrt(max(cov[at, at], 0.0))),
            df,
            name=component,
            unit=unit,
            conf_level=conf_level,
            n=n,
            keys={**keys, "component": component, "detail": detail},
            sources=sources,
            checks=(units_check(df),),
        )
        for at, (component, detail) in enumerate(labels)
    )
    return Decomposition(method, item, tests, cov, tuple(notes))


@dataclass(frozen=True, slots=True, eq=False)
class KitagawaParts:
    """Parts of a change of a rate, in all and by group (arrays of shape (groups,))."""

    total: float
    composition: float
    rate: float
    composition_by_group: np.ndarray
    rate_by_group: np.ndarray


def kitagawa(
    share0: Sequence[float] | np.ndarray,
    rate0: Sequence[float] | np.ndarray,
    share1: Sequence[float] | np.ndarray,
    rate1: Sequence[float] | np.ndarray,
) -> KitagawaParts:
    """Decompose the change of a rate from printed shares and rates of groups.

    Parameters
    ----------
    share0, share1 : sequence of float, shape (groups,)
        Share of each group among people, before and after; each adds up to 1.
    rate0, rate1 : sequence of float, shape (groups,)
        Rate within each group.

    Raises
    ------
    EstimateError
        Different lengths, or shares that do not add up to 1 (to 0.5 per cent, as printed ones may not).

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194, equation of the two components.

    Examples
    --------
    >>> parts = kitagawa([0.5, 0.5], [0.2, 0.6], [0.4, 0.6], [0.3, 0.6])
    >>> round(parts.composition, 3), round(parts.rate, 3)
    (0.035, 0.045)
    """
    given = [np.asarray(each, dtype=float) for each in (share0, rate0, share1, rate1)]
    if len({each.shape for each in given}) != 1 or given[0].ndim != 1:
        raise EstimateError(
            f"every group needs both shares and both rates, got {[len(np.atleast_1d(g)) for g in given]}."
        )
    before, after = given[0], given[2]
    if abs(before.sum() - 1) > 0.005 or abs(after.sum() - 1) > 0.005:
        raise EstimateError(
            f"shares of groups must add up to 1, got {before.sum():g} and {after.sum():g}. Pass shares of "
            "all groups, from 0 to 1."
        )
    composition = (after - before) * (given[1] + given[3]) / 2
    rate = (given[3] - given[1]) * (before + after) / 2
    return KitagawaParts(
        float(composition.sum() + rate.sum()),
        float(composition.sum()),
        float(rate.sum()),
        composition,
        rate,
    )


def decompose_change(
    design: Design,
    item: str,
    group: str | Sequence[str],
    *,
    on: str = "wave",
    pair: tuple[Any, Any] | None = None,
    answers: Sequence[Any] | None = None,
    where: Where = None,
    conf_level: float = 0.95,
) -> Decomposition:
    """Split a change between two waves into composition and rate, with design-based errors.

    Parameters
    ----------
    design : Design
    item, answers, where
        As in `trend`: a share or a mean.
    group : str or sequence of str
        Columns of the groups; several are crossed.
    on : str
        Column that tells the waves apart.
    pair : (earlier, later), optional
        The first and the last wave with answers where left out.
    conf_level : float

    Returns
    -------
    Decomposition
        ``total``, ``composition``, ``rate``, and the last two by group. The base is those who have an
        answer and all group columns, so the total may differ a little from that of `change`.

    Raises
    ------
    EstimateError
        Fewer than two waves, a group that one of the waves does not have.

    References
    ----------
    Kitagawa (1955), JASA 50, 1168-1194; variance by linearisation of all totals together.
    """
    frame = check_design(design).frame
    names = [group] if isinstance(group, str) else list(group)
    y, asked, share = outcome_of(design, item, answers)
    mask = mask_of(frame, where)
    used = asked if mask is None else asked & mask
    pair = pair or first_and_last(frame, on, used & (design.weight > 0), item)
    used = used & frame[on].isin(list(pair)).to_numpy() & frame[names].notna().all(axis=1).to_numpy()
    domains = design.domains([on, *names], used)
    places, labels = _places(domains.keys, on, names, pair, item)
    totals = design.totals(domains, [used.astype(float), np.where(used, y, 0.0)])

    def parts(t: np.ndarray) -> np.ndarray:
        people, hits = t[..., 0][..., places], t[..., 1][..., places]  # (..., 2, groups)
        rate, size = hits / people, people / people.sum(axis=-1, keepdims=True)
        composition = (size[..., 1, :] - size[..., 0, :]) * (rate[..., 0, :] + rate[..., 1, :]) / 2
        rates = (rate[..., 1, :] - rate[..., 0, :]) * (size[..., 0, :] + size[..., 1, :]) / 2
        sums = np.stack([composition.sum(axis=-1), rates.sum(axis=-1)], axis=-1)
        whole = sums.sum(axis=-1, keepdims=True)
        return np.concatenate([whole, sums, composition, rates], axis=-1)

    estimate, cov = smooth(totals, parts)
    return decomposition(
        "Kitagawa",
        item,
        [("total", ""), ("composition", ""), ("rate", "")]
        + [("composition", label) for label in labels]
        + [("rate", label) for label in labels],
        estimate,
        cov.matrix,
        float(design.domains(None, used).df[0]),
        unit="share" if share else design.unit(item),
        conf_level=conf_level,
        n=float((used & (design.weight > 0)).sum()),
        sources=design.sources,
        notes=(
            f"base: those who have an answer and {', '.join(names)}",
            "a group's part of the composition is measured from a rate of 0, so only its sum has a meaning",
        ),
        keys={"item": item, f"{on}_from": pair[0], f"{on}_to": pair[1]},
    )


def first_and_last(frame: pd.DataFrame, on: str, used: np.ndarray, item: str) -> tuple[Any, Any]:
    """The first and the last wave with answers.

    Raises
    ------
    EstimateError
        There are not two.
    """
    if on not in frame.columns:
        raise EstimateError(f"there is no column {on!r} to tell waves apart. {nearest(on, frame.columns)}")
    waves = sorted(frame.loc[used, on].dropna().unique())
    if len(waves) < 2:
        raise EstimateError(
            f"item {item!r} has answers in {len(waves)} wave(s), so nothing can have changed. "
            "Read more waves, or choose an item that was asked more than once."
        )
    return waves[0], waves[-1]


def group_name(group: Sequence[Any]) -> str:
    """Name of a group of crossed columns; codes print as they are in the questionnaire."""
    return " × ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in group)


def _places(
    keys: pd.DataFrame, on: str, names: list[str], pair: tuple[Any, Any], item: str
) -> tuple[np.ndarray, list[str]]:
    """Row of each wave (2) and group in the domains, shape (2, groups), and the groups' names."""
    table = {tuple(row): at for at, row in enumerate(keys[[on, *names]].itertuples(index=False, name=None))}
    groups = list(dict.fromkeys(key[1:] for key in table))
    lacking = [
        f"{group_name(each)} in {wave}" for each in groups for wave in pair if (wave, *each) not in table
    ]
    if lacking:
        raise EstimateError(
            f"every group needs answers to {item!r} in both waves, and there are none for "
            f"{', '.join(lacking[:5])}{' ...' if len(lacking) > 5 else ''}. Join groups, or leave them out."
        )
    places = np.array([[table[(wave, *each)] for each in groups] for wave in pair])
    return places, [group_name(each) for each in groups]
