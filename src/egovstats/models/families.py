"""Families and links of generalised linear models, as functions of arrays.

References
----------
McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., table 2.1 and section 4.3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from egovstats.errors import EstimateError, nearest

Function = Callable[[np.ndarray], np.ndarray]
_TINY = np.finfo(float).eps


@dataclass(frozen=True, slots=True)
class Link:
    """A link: linear predictor to mean, its derivative, and back."""

    name: str
    mean: Function
    slope: Function
    predictor: Function


def _normal_density(eta: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * eta * eta) / np.sqrt(2 * np.pi)


LINKS = {
    "identity": Link("identity", lambda eta: eta, np.ones_like, lambda mu: mu),
    "log": Link("log", np.exp, np.exp, np.log),
    "inverse": Link("inverse", lambda eta: 1 / eta, lambda eta: -1 / eta**2, lambda mu: 1 / mu),
    "logit": Link(
        "logit",
        special.expit,
        lambda eta: np.maximum(special.expit(eta) * special.expit(-eta), _TINY),
        special.logit,
    ),
    "probit": Link(
        "probit", special.ndtr, lambda eta: np.maximum(_normal_density(eta), _TINY), special.ndtri
    ),
    "cloglog": Link(
        "cloglog",
        lambda eta: -np.expm1(-np.exp(np.minimum(eta, 700))),
        lambda eta: np.maximum(np.exp(np.minimum(eta, 700) - np.exp(np.minimum(eta, 700))), _TINY),
        lambda mu: np.log(-np.log1p(-mu)),
    ),
}


@dataclass(frozen=True, slots=True)
class Family:
    """A family with its link.

    Parameters
    ----------
    name : str
    link : Link
    variance : callable
        Variance function of the mean.
    start : callable
        First guess of the means from the answers.
    allowed : callable
        Whether answers can come from the family, element by element.
    about : str
        What the answers must be, for error messages.
    """

    name: str
    link: Link
    variance: Function
    start: Function
    allowed: Function
    about: str


_MAKERS: dict[str, tuple[str, tuple[str, ...], Function, Function, Function, str]] = {
    "gaussian": (
        "identity",
        ("identity", "log", "inverse"),
        np.ones_like,
        lambda y: y,
        np.isfinite,
        "numbers",
    ),
    "binomial": (
        "logit",
        ("logit", "probit", "cloglog", "log", "identity"),
        lambda mu: mu * (1 - mu),
        lambda y: (y + 0.5) / 2,
        lambda y: (y >= 0) & (y <= 1),
        "0 or 1 (or shares between)",
    ),
    "poisson": (
        "log",
        ("log", "identity"),
        lambda mu: mu,
        lambda y: y + 0.1,
        lambda y: y >= 0,
        "counts of 0 or more",
    ),
    "gamma": (
        "inverse",
        ("inverse", "log", "identity"),
        lambda mu: mu**2,
        lambda y: y,
        lambda y: y > 0,
        "numbers above 0",
    ),
}
FAMILIES = tuple(_MAKERS)


def family_of(name: str, link: str | None = None) -> Family:
    """A family by name, with its usual link or another that it allows.

    Raises
    ------
    EstimateError
        An unknown family, or a link that does not fit it.

    Examples
    --------
    >>> family_of("binomial").link.name
    'logit'
    """
    plain = name.removeprefix("quasi").lower() if isinstance(name, str) else name
    if plain not in _MAKERS:
        raise EstimateError(f"there is no family {name!r}. {nearest(str(name), _MAKERS)}")
    usual, links, variance, start, allowed, about = _MAKERS[plain]
    chosen = link or usual
    if chosen not in links:
        raise EstimateError(f"the {plain} family takes no {chosen!r} link. {nearest(chosen, links)}")
    return Family(plain, LINKS[chosen], variance, start, allowed, about)
