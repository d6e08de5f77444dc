"""Answers of stand-in respondents, drawn so that every stated marginal holds exactly in expectation.

Each answer starts from a number on a normal scale, made of the point's effect, the respondent's own
effect on the topic, age, education and chance, whose variances add up to 1. Its rank in the known
mixture of capital and other places is uniform, and the rank picks the answer by the marginal's
cumulative shares. So clusters, correlated items and differences between groups leave the weighted
marginals as stated.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from egovstats.waves.demo_plan import Asked, Plan, Topic, WavePlan, is_reason

WEIGHT_SPREAD = 0.25
"""Standard deviation of the logarithm of a respondent's own part of the weight."""

CENTRE, SOUM = 2.0, 3.0
"""Settlement codes outside the capital, by turns from point to point; the capital's is 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Where the respondents of a wave were found.

    Parameters
    ----------
    cell : np.ndarray of int, shape (n,)
        Position of the respondent's place in the list of place codes.
    point : np.ndarray of int, shape (n,)
        The primary unit, counted through all places from 0.
    capital : np.ndarray of bool, shape (n,)
    settlement : np.ndarray, shape (n,)
        1 capital, 2 aimag centre, 3 soum centre or countryside.
    weight : np.ndarray, shape (n,)
        Mean 1; each place adds up to its share of the population.
    """

    cell: np.ndarray
    point: np.ndarray
    capital: np.ndarray
    settlement: np.ndarray
    weight: np.ndarray

    @property
    def capital_share(self) -> float:
        """Weighted share of the capital."""
        return float(self.weight[self.capital].sum() / self.weight.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Answers to one item: `code` (n,) in target codes, nan where `missing` (n,) names a reason."""

    code: np.ndarray
    missing: np.ndarray


def stream(seed: int, *names: str) -> np.random.Generator:
    """Random numbers of one wave, topic or item: adding another changes none of its draws."""
    return np.random.default_rng([seed, zlib.crc32("/".join(names).encode())])


def draw_sample(
    plan: WavePlan, capital_cells: np.ndarray, *, per_point: int, weighted: bool, rng: np.random.Generator
) -> Sample:
    """Spread the interviews of a wave over places and points.

    Parameters
    ----------
    plan : WavePlan
    capital_cells : np.ndarray of bool, shape (places,)
        Which places belong to the capital; the others share their interviews and adults equally.
    per_point : int
        Interviews of one point.
    weighted : bool
        Without weights every respondent counts 1, so the sample's shares are the population's.
    rng : np.random.Generator

    Returns
    -------
    Sample
    """
    sizes = _interviews(plan, capital_cells)
    cell = np.repeat(np.arange(len(sizes)), sizes)
    points, first = [], 0
    for size, in_capital in zip(sizes, capital_cells, strict=True):
        count = max(2 if in_capital else 4, round(size / per_point))
        points.append(first + np.arange(size) * count // size)
        first += count
    point = np.concatenate(points)
    capital = capital_cells[cell]
    weight = np.ones(plan.n)
    if weighted:
        weight = np.exp(WEIGHT_SPREAD * rng.standard_normal(plan.n))
        target = plan.n * _population(plan, capital_cells)
        weight *= (target / np.bincount(cell, weight, minlength=len(sizes)))[cell]
    settlement = np.where(capital, 1.0, np.where(point % 2 == 0, CENTRE, SOUM))
    return Sample(cell, point, capital, settlement, np.round(weight, 4))


def _interviews(plan: WavePlan, capital_cells: np.ndarray) -> np.ndarray:
    inside = round(plan.n * plan.capital_sample)
    sizes = np.zeros(len(capital_cells), dtype=int)
    for total, cells in ((inside, capital_cells), (plan.n - inside, ~capital_cells)):
        places = np.flatnonzero(cells)
        sizes[places] = [len(part) for part in np.array_split(np.arange(total), max(len(places), 1))][
            : len(places)
        ]
    return sizes


def _population(plan: WavePlan, capital_cells: np.ndarray) -> np.ndarray:
    share = np.where(capital_cells, plan.capital_population, 1 - plan.capital_population)
    return share / np.where(capital_cells, capital_cells.sum(), (~capital_cells).sum())


@dataclass(slots=True, eq=False)
class People:
    """The respondents of one wave: their sample, their ranks, and the effects that topics share.

    Parameters
    ----------
    sample : Sample
    seed : int
    scope : tuple of str
        Series and wave.
    plan : Plan
    """

    sample: Sample
    seed: int
    scope: tuple[str, ...]
    plan: Plan
    age: np.ndarray = field(init=False)
    education: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        size = len(self.sample.cell)
        self.age = self.rng("rank of age").standard_normal(size)
        self.education = self.rng("rank of education").standard_normal(size)

    def rng(self, *names: str) -> np.random.Generator:
        """Random numbers for one purpose within the wave."""
        return stream(self.seed, *self.scope, *names)

    def rank(self, item: str, topic: str, shape: Topic) -> np.ndarray:
        """Uniform ranks (n,) of the respondents on one item, clustered and correlated as its topic says."""
        if item in (self.plan.age, self.plan.education):
            return ndtr(self.age if item == self.plan.age else self.education)
        size, points = len(self.sample.cell), int(self.sample.point.max()) + 1
        shared, own = self.rng("topic", topic), self.rng("item", item)
        # half of a point's effect belongs to the topic, half to the item
        effect = (shared.standard_normal(points) + own.standard_normal(points)) / np.sqrt(2)
        scale = (
            np.sqrt(shape.cluster) * effect[self.sample.point]
            + np.sqrt(shape.person) * shared.standard_normal(size)
            + np.sqrt(1 - shape.explained) * own.standard_normal(size)
            + shape.age * self.age
            + shape.education * self.education
        )
        share = self.sample.capital_share
        score = scale + shape.capital * self.sample.capital
        return share * ndtr(score - shape.capital) + (1 - share) * ndtr(score)


def draw_item(people: People, item: str, topic: str, shares: Mapping[str, float]) -> Drawn:
    """Draw the answers to one item.

    Parameters
    ----------
    people : People
    item, topic : str
    shares : mapping
        By target code, band of numbers or missing reason, in the order of the questionnaire; adds up to 1.

    Returns
    -------
    Drawn
    """
    answers = [answer for answer in shares if not is_reason(answer)]
    reasons = [answer for answer in shares if is_reason(answer)]
    lost = np.array([shares[reason] for reason in reasons])
    silent = people.rank(f"{item}, no answer", "no answer", people.plan.nonresponse)
    chosen = np.searchsorted(np.cumsum(lost), silent, side="right")
    missing = np.array([*reasons, ""], dtype=object)[chosen]
    kept = np.array([shares[answer] for answer in answers])
    bounds = np.concatenate([[0.0], np.cumsum(kept) / kept.sum()])
    shared = people.plan.topic_of(item, topic)
    rank = people.rank(item, shared, people.plan.topics[shared])
    place = np.clip(np.searchsorted(bounds, rank, side="right") - 1, 0, len(answers) - 1)
    within = (rank - bounds[place]) / (bounds[place + 1] - bounds[place])
    code = _values(answers, place, within)
    return Drawn(np.where(missing == "", code, np.nan), missing)


def _values(answers: Sequence[str], place: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Target codes, or whole numbers inside the bands, of the places (n,) picked in the list."""
    ends = np.array([[float(end) for end in (answer.split("..") * 2)[:2]] for answer in answers])
    low, high = ends[place].T
    return low + np.minimum(np.floor(within * (high - low + 1)), high - low)


def leave_out(drawn: Drawn, asked: Asked, filter_item: Drawn) -> Drawn:
    """Take the answers from those who were not asked: not applicable."""
    silent = np.isin(filter_item.missing.astype(str), asked.missing)
    was_asked = np.isin(filter_item.code, asked.codes) | silent
    return Drawn(
        np.where(was_asked, drawn.code, np.nan), np.where(was_asked, drawn.missing, "not_applicable")
    )
