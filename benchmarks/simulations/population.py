"""Made-up populations whose truths are known, and clustered, stratified, weighted samples of them.

Every answer is a function of one latent normal number: people of a PSU are alike in it, and its distribution
is standard normal in the population whatever the PSUs are. So a share set to 0.40 is 0.40 exactly, and two
waves with the same settings have the same distribution: a null hypothesis that is set holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

import egovstats as eg

YEARS = np.array([2010.0, 2012, 2014, 2016, 2018])
STRATUM_SHARE = np.array([0.35, 0.25, 0.22, 0.18])
STRATUM_OFFSET = np.array([-0.08, 0.02, 0.05, 0.0667])  # of shares; of latent numbers three times that
STRATUM_OFFSET = STRATUM_OFFSET - STRATUM_OFFSET @ STRATUM_SHARE
SIZES = (8, 13)  # respondents of a PSU: 8 to 12
ALIKE = 0.08  # intraclass correlation of the latent number
UNEQUAL = 0.3  # standard deviation of the logarithm of weights within a stratum
CUTS = np.array([1.2, 0.0, -1.3])  # of the rating's cumulative log-odds, from the lowest cut up
AGE_SLOPE, YOUNG_GAP = 0.03, 0.15
YOUNG_AGES, OLD_AGES = (18, 40), (40, 85)


@dataclass(frozen=True, slots=True)
class Course:
    """What the waves of a population are like; arrays have shape (k,) of waves.

    Parameters
    ----------
    years : np.ndarray
    trust : np.ndarray
        Share of `trust`.
    mood : np.ndarray
        How much higher `mood` and `score` are than at first.
    young : np.ndarray
        Share of people under 40.
    base : np.ndarray
        Share of `approve` among older people; younger ones have `YOUNG_GAP` more.
    log_odds : float
        Change a year of the log-odds of a higher `rating`, and of `belief`.
    pull : tuple of float
        Change a year of the log-odds of the second and third `choice` against the first.
    by_area : tuple of float
        Change a year of the share of `split` in each of three areas.
    panel : bool
        The same PSUs in every wave, of which half of what makes their people alike lasts.
    """

    years: np.ndarray = field(default_factory=lambda: YEARS)
    trust: np.ndarray = field(default_factory=lambda: np.full(5, 0.4))
    mood: np.ndarray = field(default_factory=lambda: np.zeros(5))
    young: np.ndarray = field(default_factory=lambda: np.full(5, 0.4))
    base: np.ndarray = field(default_factory=lambda: np.full(5, 0.35))
    log_odds: float = 0.0
    pull: tuple[float, float] = (0.0, 0.0)
    by_area: tuple[float, float, float] = (0.0, 0.0, 0.0)
    panel: bool = False

    @property
    def middle(self) -> np.ndarray:
        """Years less 2014, shape (k,)."""
        return self.years - 2014.0

    @property
    def rating(self) -> np.ndarray:
        """Share of each of the four ratings by wave, shape (k, 4)."""
        return np.diff(rating_cdf(self.log_odds * self.middle), axis=1)

    @property
    def choice(self) -> np.ndarray:
        """Share of each of the three choices by wave, shape (k, 3)."""
        scores = np.column_stack([0 * self.middle, *(pull * self.middle for pull in self.pull)])
        scores = np.exp(scores + np.array([0.3, 0.0, -0.4]))
        return scores / scores.sum(axis=1, keepdims=True)

    @property
    def belief(self) -> np.ndarray:
        """Share of `belief` by wave, a line in the log-odds."""
        return special.expit(-0.3 + self.log_odds * self.middle)


def rating_cdf(shift: np.ndarray) -> np.ndarray:
    """Distribution function of the ratings, 0 first and 1 last, for people shifted upwards; shape (k, 5)."""
    inner = special.expit(-CUTS - np.asarray(shift)[:, None])
    edge = np.zeros((len(inner), 1))
    return np.hstack([edge, inner, edge + 1])


def sample(course: Course, psus: int, rng: np.random.Generator) -> eg.Design:
    """One sample of all waves with so many PSUs a stratum and wave."""
    k, strata = len(course.years), len(STRATUM_SHARE)
    units = k * strata * psus
    place = np.repeat(np.arange(units), rng.integers(*SIZES, units))  # PSU of each respondent
    wave, stratum = place // (strata * psus), place // psus % strata
    psu = place % (strata * psus) if course.panel else place
    alike = rng.normal(size=(3, units))
    lasting = alike[0, place % (strata * psus)] if course.panel else alike[0, place]
    shared = np.sqrt(ALIKE / 2) * (lasting + alike[1, place])
    latent = shared + np.sqrt(1 - ALIKE) * rng.normal(size=len(place))
    weight = STRATUM_SHARE[stratum] / psus * rng.lognormal(0, UNEQUAL, len(place))
    other = np.sqrt(ALIKE) * alike[2, place] + np.sqrt(1 - ALIKE) * rng.normal(size=len(place))
    frame = answers(course, wave, stratum, latent, other, rng).assign(
        psu=psu, stratum=stratum if course.panel else stratum + strata * wave, weight=weight
    )
    return eg.Design(frame, weight="weight", stratum="stratum", psu="psu")


def answers(
    course: Course,
    wave: np.ndarray,
    stratum: np.ndarray,
    latent: np.ndarray,
    other: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Answers of people, all arrays of shape (n,); the latent number `other` makes `colour` alone."""
    n = len(wave)
    u = special.ndtr(latent)
    young = rng.random(n) < course.young[wave]
    age = np.where(young, rng.integers(*YOUNG_AGES, n), rng.integers(*OLD_AGES, n))
    area = rng.integers(0, 3, n)
    local = 3 * STRATUM_OFFSET[stratum]
    mood = latent + local + course.mood[wave]
    drift = np.array(course.by_area)[area] * course.middle[wave]
    rating = (u[:, None] > rating_cdf(course.log_odds * course.middle)[wave, 1:-1]).sum(axis=1)
    choice = (u[:, None] > np.cumsum(course.choice, axis=1)[wave, :-1]).sum(axis=1)
    colour = ((other + local)[:, None] > np.array([-0.4, 0.5])).sum(axis=1)
    return pd.DataFrame(
        {
            "year": course.years[wave],
            "trust": (u < course.trust[wave] + STRATUM_OFFSET[stratum]).astype(float),
            "rating": rating + 1.0,
            "mood": mood,
            "score": mood + AGE_SLOPE * age,
            "approve": (u < course.base[wave] + YOUNG_GAP * young).astype(float),
            "belief": (u < course.belief[wave]).astype(float),
            "choice": choice + 1.0,
            "split": (u < 0.45 + drift).astype(float),
            "colour": colour + 1.0,
            "young": young.astype(float),
            "age": age.astype(float),
            "area": area.astype(float),
            "region": stratum.astype(float),
        }
    )


def mean_age(young: float) -> float:
    """Mean age where so large a share is young."""
    low, high = ((edges[0] + edges[1] - 1) / 2 for edges in (YOUNG_AGES, OLD_AGES))
    return young * low + (1 - young) * high
